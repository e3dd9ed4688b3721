package graph

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
)

// setLarger walks the rows in order, so that each vertex of the other side is met
// by its neighbours in ascending order.
func (p *projection) setLarger() {
	p.larger = make([]uint32, len(p.own.Targets))
	met := make([]uint32, p.other.Rows())
	for i, v := range p.own.Targets {
		met[v]++
		p.larger[i] = met[v]
	}
}

// tileBits is the least shift that leaves at most mostTiles tiles of n vertices,
// each of tileSize at least.
func tileBits(n int) uint {
	shift := uint(0)
	for 1<<shift < tileSize || n>>shift >= mostTiles {
		shift++
	}
	return shift
}

// setTiles cuts the own side into tiles of 1<<shift vertices.
func (p *projection) setTiles(shift uint) {
	p.tileShift = shift
	p.tiles = p.own.Rows()>>shift + 1
	p.tileEnd = make([]uint32, p.other.Rows()*p.tiles)
	for v := range p.other.Rows() {
		row := p.other.Neighbours(uint32(v))
		for t := range p.tiles {
			end, _ := slices.BinarySearch(row, uint32(min(uint64(t+1)<<p.tileShift, math.MaxUint32)))
			p.tileEnd[v*p.tiles+t] = uint32(end)
		}
	}
}

// blockRows is the number of rows that a worker takes at a time.
const blockRows = 32

// run offers all pairs to the heaps.
func (p *projection) run(ctx context.Context) error {
	n := p.own.Rows()
	blocks := (n + blockRows - 1) / blockRows
	workers := make([]*similarities, p.threads)
	var kept atomic.Int64
	many := func() bool { return p.opt.MostPairs > 0 && kept.Load() > p.opt.MostPairs }
	err := each(ctx, p.threads, blocks, func(worker, block int) {
		if many() {
			return
		}
		if workers[worker] == nil {
			workers[worker] = &similarities{p: p, sum: make([]float32, n)}
			if p.opt.All {
				workers[worker].pairs = &p.pairs[worker]
			}
		}
		if p.opt.All {
			before := len(p.pairs[worker].from)
			defer func() { kept.Add(int64(len(p.pairs[worker].from) - before)) }()
		}
		workers[worker].block(uint32(block*blockRows), uint32(min(n, (block+1)*blockRows)))
		if worker == 0 {
			p.opt.Progress.Report("comparing", int64(min(n, (block+1)*blockRows)), int64(n))
		}
	})
	if err == nil && many() {
		return fmt.Errorf("project: %w: more than %d", ErrManyPairs, p.opt.MostPairs)
	}
	if err == nil {
		p.opt.Progress.Report("comparing", int64(n), int64(n))
	}
	return err
}

// similarities is one worker's rows of similarities.
type similarities struct {
	p       *projection
	sum     []float32 // 0 between two rows
	met     []uint32  // vertices whose sum is not 0, when the row is sparse
	touched uint32    // keeps loads from being left out
	// pairs is where to keep pairs when all are wanted, else nil.
	pairs *arcColumns
}

// block compares the vertices from lo to below hi with all larger ones. Rows
// with few paths are done one by one; the others together, tile by tile, so that
// a tile's sums, scales and bars stay in the cache.
func (s *similarities) block(lo, hi uint32) {
	p := s.p
	var dense [blockRows]uint32
	n := 0
	for u := lo; u < hi; u++ {
		paths := s.paths(u)
		switch {
		case paths == 0:
		case paths > (len(s.sum)-int(u))/4 && p.tiles == 1:
			s.denseRow(u, 0, u+1, uint32(len(s.sum)))
		case paths > (len(s.sum)-int(u))/4:
			dense[n] = u
			n++
		default:
			s.sparseRow(u, paths)
		}
	}
	if n == 0 {
		return
	}
	for t := int(lo >> p.tileShift); t < p.tiles; t++ {
		begin := uint32(t << p.tileShift)
		end := uint32(min((t+1)<<p.tileShift, len(s.sum)))
		for _, u := range dense[:n] {
			if from := max(begin, u+1); from < end {
				s.denseRow(u, t, from, end)
			}
		}
	}
}

// paths is the number of paths from u to larger vertices. The rows that they lead
// through begin in places far apart, so their first entries are read here, where
// the loads don't wait for each other.
func (s *similarities) paths(u uint32) int {
	p := s.p
	if p.scale[u] == 0 {
		return 0
	}
	paths, touched := 0, uint32(0)
	first := p.own.Offsets[u]
	for k, v := range p.own.Neighbours(u) {
		lo, hi := p.other.Offsets[v]+uint64(p.larger[first+uint64(k)]), p.other.Offsets[v+1]
		if lo < hi && p.factor[v] > 0 {
			paths += int(hi - lo)
			touched ^= p.other.Targets[lo]
		}
	}
	s.touched = touched
	return paths
}

// denseRow compares u with the vertices from begin to below end, which are those
// of a tile that are larger than u. It moves u's marks of larger vertices to the
// end of the tile.
func (s *similarities) denseRow(u uint32, tile int, begin, end uint32) {
	p := s.p
	first := p.own.Offsets[u]
	marks := p.larger[first:p.own.Offsets[u+1]]
	for k, v := range p.own.Neighbours(u) {
		from, to := marks[k], p.tileEnd[int(v)*p.tiles+tile]
		if from >= to || p.factor[v] == 0 {
			continue
		}
		marks[k] = to
		lo, hi := p.other.Offsets[v]+uint64(from), p.other.Offsets[v]+uint64(to)
		if p.weighted != nil {
			addWeighted(s.sum, p.other.Targets[lo:hi], p.weighted[lo:hi], p.own.Weights[first+uint64(k)]*p.scale[u])
		} else {
			add(s.sum, p.other.Targets[lo:hi], p.factor[v])
		}
	}
	if s.pairs != nil {
		s.keepAll(u, begin, s.sum[begin:end])
	} else {
		p.offerAll(u, begin, s.sum[begin:end])
	}
	clear(s.sum[begin:end])
}

// sparseRow compares u with the larger vertices that its few paths lead to.
func (s *similarities) sparseRow(u uint32, paths int) {
	p := s.p
	if cap(s.met) < paths+1 {
		s.met = make([]uint32, paths+paths/4+1)
	}
	s.met = s.met[:cap(s.met)]
	met := 0
	first := p.own.Offsets[u]
	for k, v := range p.own.Neighbours(u) {
		i := first + uint64(k)
		lo, hi := p.other.Offsets[v]+uint64(p.larger[i]), p.other.Offsets[v+1]
		if p.factor[v] == 0 {
			continue
		}
		if p.weighted != nil {
			met = meetWeighted(s.sum, p.other.Targets[lo:hi], p.weighted[lo:hi], p.own.Weights[i]*p.scale[u], s.met, met)
		} else {
			met = meet(s.sum, p.other.Targets[lo:hi], p.factor[v], s.met, met)
		}
	}
	for _, v := range s.met[:met] {
		if x := p.similarity(u, v, s.sum[v]); s.pairs != nil {
			s.keep(u, v, x)
		} else {
			p.offer(u, v, x)
		}
		s.sum[v] = 0
	}
}

// keepAll keeps the pairs of u and the vertices from `from` on, whose sums these are,
// that are alike enough.
func (s *similarities) keepAll(u, from uint32, sum []float32) {
	for i, x := range sum {
		if v := from + uint32(i); x != 0 {
			s.keep(u, v, s.p.similarity(u, v, x))
		}
	}
}

func (s *similarities) keep(u, v uint32, x float32) {
	if x < s.p.opt.MinWeight {
		return
	}
	c := s.pairs
	c.from, c.to, c.w = append(c.from, u), append(c.to, v), append(c.w, min(x, s.p.most))
}

func add(sum []float32, list []uint32, x float32) {
	for len(list) >= 4 {
		a, b, c, d := list[0], list[1], list[2], list[3]
		sum[a] += x
		sum[b] += x
		sum[c] += x
		sum[d] += x
		list = list[4:]
	}
	for _, v := range list {
		sum[v] += x
	}
}

func addWeighted(sum []float32, list []uint32, w []float32, x float32) {
	w = w[:len(list)]
	for k, v := range list {
		sum[v] += x * w[k]
	}
}

// meet is add that also notes each vertex when it is met for the first time: it
// writes every vertex and moves on only when the sum was 0, which no wrongly
// predicted branch can delay.
func meet(sum []float32, list []uint32, x float32, met []uint32, n int) int {
	for _, v := range list {
		met[n] = v
		before := sum[v]
		sum[v] = before + x
		fresh := 0
		if before == 0 {
			fresh = 1
		}
		n += fresh
	}
	return n
}

func meetWeighted(sum []float32, list []uint32, w []float32, x float32, met []uint32, n int) int {
	w = w[:len(list)]
	for k, v := range list {
		met[n] = v
		before := sum[v]
		sum[v] = before + x*w[k]
		fresh := 0
		if before == 0 {
			fresh = 1
		}
		n += fresh
	}
	return n
}

// similarity of u and v, from the sum over their common neighbours.
func (p *projection) similarity(u, v uint32, sum float32) float32 {
	switch p.opt.Weighting {
	case Jaccard:
		return sum / (float32(p.size[u]+p.size[v]) - sum)
	case Overlap:
		return sum / float32(min(p.size[u], p.size[v]))
	case Count:
		return sum
	}
	if p.weighted != nil {
		return sum
	}
	return sum * p.scale[v] * p.scale[u]
}

// offerAll offers u the vertices from `from` on, whose sums these are, and them
// u. Similarities are compared by their bits, which have the same order as none
// is negative; a sum of 0 is below every bar.
func (p *projection) offerAll(u, from uint32, sum []float32) {
	bars := p.top.bar[from:][:len(sum)]
	own := p.top.bar[u].Load()
	switch {
	case p.opt.Weighting == Jaccard || p.opt.Weighting == Overlap:
		for i, x := range sum {
			if v := from + uint32(i); x != 0 {
				p.offer(u, v, p.similarity(u, v, x))
			}
		}
	case p.opt.Weighting == Count || p.weighted != nil:
		for i, x := range sum {
			if b := math.Float32bits(x); b >= own || b >= bars[i].Load() {
				p.offer(u, from+uint32(i), x)
				own = p.top.bar[u].Load()
			}
		}
	default:
		scales, scale := p.scale[from:][:len(sum)], p.scale[u]
		for i, x := range sum {
			x = x * scales[i] * scale
			if b := math.Float32bits(x); b >= own || b >= bars[i].Load() {
				p.offer(u, from+uint32(i), x)
				own = p.top.bar[u].Load()
			}
		}
	}
}

func (p *projection) offer(u, v uint32, s float32) {
	bits := math.Float32bits(s)
	if bits >= p.top.bar[u].Load() {
		p.top.push(u, v, s)
	}
	if bits >= p.top.bar[v].Load() {
		p.top.push(v, u, s)
	}
}
