package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"unsafe"
)

// record is the target of an arc, alone or above the bits of its weight. As
// weights are not negative, the order of records is that of targets and, among
// equal targets, of weights.
type record interface{ uint32 | uint64 }

func pack[R record](v uint32, w float32) R {
	var r R
	if unsafe.Sizeof(r) == 4 {
		return R(v)
	}
	return R(uint64(v)<<32 | uint64(math.Float32bits(w)))
}

func target[R record](r R) uint32 {
	if unsafe.Sizeof(r) == 4 {
		return uint32(r)
	}
	return uint32(uint64(r) >> 32)
}

// dealt is an arc list dealt to buckets of rows.
type dealt[R record] struct {
	rows    []uint32 // row of each record, until the buckets are sorted
	records []R
	starts  []uint64 // bucket k is records[starts[k]:starts[k+1]]
	raw     []uint32 // records of each row, before merging
}

// fill writes the arcs into the rows of the graph.
func fill[R record](ctx context.Context, b *builder) error {
	d, err := deal[R](ctx, b)
	if err != nil {
		return err
	}
	repeated, err := d.sort(ctx, b)
	if err != nil {
		return err
	}
	offsets := b.graph.Offsets
	for u := 1; u < len(offsets); u++ {
		offsets[u] += offsets[u-1]
	}
	return d.emit(ctx, b, repeated)
}

// deal copies every arc, and its mirror image in an undirected graph, to the
// bucket of its row. Each thread has a stretch of the list and its own place in
// each bucket.
func deal[R record](ctx context.Context, b *builder) (*dealt[R], error) {
	dropLoops := b.opt.DropLoops && !b.opt.TwoSides
	threads := min(b.threads, max(len(b.list), 1))
	counts := make([][]uint64, threads)
	err := each(ctx, threads, threads, func(_, t int) {
		n := make([]uint64, b.buckets)
		lo, hi := part(len(b.list), threads, t)
		for _, c := range b.list[lo:hi] {
			for k, u := range c.from {
				v := c.to[k]
				if (c.w != nil && c.w[k] == 0) || (u == v && dropLoops) {
					continue
				}
				n[u>>b.shift]++
				if b.opt.Undirected && u != v {
					n[v>>b.shift]++
				}
			}
		}
		counts[t] = n
	})
	if err != nil {
		return nil, err
	}
	d := &dealt[R]{starts: make([]uint64, b.buckets+1), raw: make([]uint32, b.opt.Rows)}
	sum := uint64(0)
	for k := range b.buckets {
		d.starts[k] = sum
		for t := range counts {
			counts[t][k], sum = sum, sum+counts[t][k]
		}
		if sum-d.starts[k] > math.MaxUint32 {
			return nil, fmt.Errorf("build graph: more than %d arcs leave the same few vertices", uint32(math.MaxUint32))
		}
	}
	d.starts[b.buckets] = sum
	d.rows, d.records = make([]uint32, sum), make([]R, sum)
	err = each(ctx, threads, threads, func(_, t int) {
		next, rows, records := counts[t], d.rows, d.records
		lo, hi := part(len(b.list), threads, t)
		for _, c := range b.list[lo:hi] {
			if ctx.Err() != nil {
				return
			}
			weight := float32(1)
			for k, u := range c.from {
				v := c.to[k]
				if c.w != nil {
					if weight = c.w[k]; weight == 0 {
						continue
					}
				}
				if u == v && dropLoops {
					continue
				}
				at := next[u>>b.shift]
				next[u>>b.shift] = at + 1
				rows[at], records[at] = u, pack[R](v, weight)
				if b.opt.Undirected && u != v {
					at = next[v>>b.shift]
					next[v>>b.shift] = at + 1
					rows[at], records[at] = v, pack[R](u, weight)
				}
			}
		}
	})
	return d, err
}

// sort orders the records of each bucket by row, target and weight, notes how
// many records and how many distinct targets each row has, and says whether
// any target is repeated.
func (d *dealt[R]) sort(ctx context.Context, b *builder) (repeated bool, err error) {
	var some atomic.Bool
	type scratch struct {
		next     []uint32
		out, tmp []R
	}
	of := make([]scratch, b.threads)
	err = each(ctx, b.threads, b.buckets, func(worker, k int) {
		s := &of[worker]
		first := uint64(k) << b.shift
		last := min(first+1<<b.shift, uint64(b.opt.Rows))
		lo, hi := d.starts[k], d.starts[k+1]
		rows, records := d.rows[lo:hi], d.records[lo:hi]
		s.next = append(s.next[:0], make([]uint32, last-first)...)
		if len(s.out) < len(records) {
			s.out = make([]R, len(records)+len(records)/4)
		}
		out := s.out[:len(records)]
		for _, u := range rows {
			s.next[uint64(u)-first]++
		}
		sum := uint32(0)
		for i, n := range s.next {
			d.raw[first+uint64(i)] = n
			s.next[i] = sum
			sum += n
		}
		for i, u := range rows {
			at := &s.next[uint64(u)-first]
			out[*at] = records[i]
			*at++
		}
		begin := uint32(0)
		for i, end := range s.next {
			row := out[begin:end]
			begin = end
			if len(row) > 256 && len(s.tmp) < len(row) {
				s.tmp = make([]R, len(row)+len(row)/4)
			}
			sortRecords(row, s.tmp)
			distinct := uint64(0)
			for j := range row {
				if j == 0 || target(row[j]) != target(row[j-1]) {
					distinct++
				}
			}
			b.graph.Offsets[first+uint64(i)+1] = distinct
			if distinct < uint64(len(row)) && !some.Load() {
				some.Store(true)
			}
		}
		copy(records, out)
	})
	return some.Load(), err
}

// emit merges the records of each row into the arcs of the graph. The targets
// take the place of the rows, which are no longer needed.
func (d *dealt[R]) emit(ctx context.Context, b *builder, repeated bool) error {
	var r R
	g := b.graph
	weighted := unsafe.Sizeof(r) == 8
	arcs := g.Offsets[len(g.Offsets)-1]
	if g.Targets = d.rows[:arcs:arcs]; arcs < uint64(len(d.rows))/4*3 {
		g.Targets = make([]uint32, arcs)
	}
	d.rows = nil
	if weighted || (repeated && b.opt.Merge == MergeSum) {
		g.Weights = make([]float32, arcs)
	}
	var other, over atomic.Bool // some weight is not 1; some sum is too large
	err := each(ctx, b.threads, b.buckets, func(_, k int) {
		first := uint64(k) << b.shift
		last := min(first+1<<b.shift, uint64(b.opt.Rows))
		records := d.records[d.starts[k]:d.starts[k+1]]
		ones, finite := true, true
		for u := first; u < last; u++ {
			row := records[:d.raw[u]]
			records = records[len(row):]
			at := g.Offsets[u]
			for i := 0; i < len(row); at++ {
				v := target(row[i])
				g.Targets[at] = v
				end := i + 1
				for end < len(row) && target(row[end]) == v {
					end++
				}
				if g.Weights != nil {
					w := float32(end - i)
					if weighted {
						w = mergeWeights(b.opt.Merge, row[i:end])
					}
					g.Weights[at] = w
					ones = ones && w == 1
					finite = finite && w <= math.MaxFloat32
				}
				i = end
			}
		}
		if !ones {
			other.Store(true)
		}
		if !finite {
			over.Store(true)
		}
	})
	if err != nil {
		return err
	}
	if over.Load() {
		return &DataError{Column: "weight", Reason: "the weights between two vertices add up to more than 3.4e38; scale them down"}
	}
	if !other.Load() {
		g.Weights = nil
	}
	return nil
}

// mergeWeights joins the weights of one tie, which stand in ascending order.
func mergeWeights[R record](m Merge, run []R) float32 {
	last := math.Float32frombits(uint32(run[len(run)-1]))
	if m == MergeMax || len(run) == 1 {
		return last
	}
	sum := 0.0
	for _, r := range run {
		sum += float64(math.Float32frombits(uint32(r)))
	}
	return float32(sum)
}

// sortRecords sorts by insertion, comparison or digits, whichever suits the
// length; tmp is used beyond 256 records.
func sortRecords[R record](list, tmp []R) {
	switch {
	case len(list) <= 24:
		for i := 1; i < len(list); i++ {
			x := list[i]
			j := i
			for j > 0 && list[j-1] > x {
				list[j] = list[j-1]
				j--
			}
			list[j] = x
		}
	case len(list) <= 256:
		slices.Sort(list)
	default:
		radixRecords(list, tmp[:len(list)])
	}
}

func radixRecords[R record](list, tmp []R) {
	var differ R
	for _, x := range list {
		differ |= x ^ list[0]
	}
	src, dst := list, tmp
	for shift := uint(0); shift < 8*uint(unsafe.Sizeof(differ)); shift += 8 {
		if differ>>shift&255 == 0 {
			continue
		}
		var next [256]int
		for _, x := range src {
			next[x>>shift&255]++
		}
		sum := 0
		for i, n := range next {
			next[i] = sum
			sum += n
		}
		for _, x := range src {
			b := x >> shift & 255
			dst[next[b]] = x
			next[b]++
		}
		src, dst = dst, src
	}
	if &src[0] != &list[0] {
		copy(list, src)
	}
}
