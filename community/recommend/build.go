package recommend

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"kith/graph"
)

// Input is what an Index is built from. Nothing in it is written to; Levels and
// the overlap are kept by the Index.
type Input struct {
	// Bought is customers × products; only whether there is an arc counts.
	Bought *graph.Graph
	// Levels has the community of each customer, or None, per level, the
	// finest first. Levels are nested: who shares a community shares the one
	// of every later level. Counts has the number of communities per level.
	Levels [][]uint32
	Counts []int
	// The memberships of customer u in communities of level 0 are
	// OverlapCommunity and OverlapDegree[OverlapOffsets[u]:
	// OverlapOffsets[u+1]], degrees in 0..1 summing to 1, the highest first.
	// Nil offsets mean that communities do not overlap. A customer without
	// memberships is in the community of level 0 alone.
	OverlapOffsets   []uint64
	OverlapCommunity []uint32
	OverlapDegree    []float64
	// Available says which products may be listed; nil means all.
	Available []bool
}

// Options are the settings of Build. The zero value is the default.
type Options struct {
	// Prior is m, the weight of the global rate in members; 0 means 10.
	Prior float64
	// MinSupporters is k, below which nothing of a community shows; 0 means 5.
	MinSupporters int
	// Similar is how many similar products to keep per product; 0 means 20,
	// negative none.
	Similar int
	// Threads is how many goroutines to use; 0 means GOMAXPROCS.
	Threads int
	// Progress is told how far the build has come.
	Progress graph.Progress
}

// withDefaults fills in what is zero.
func (o Options) withDefaults() Options {
	if o.Prior == 0 {
		o.Prior = 10
	}
	if o.MinSupporters == 0 {
		o.MinSupporters = 5
	}
	if o.Similar == 0 {
		o.Similar = 20
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return o
}

// Build counts who buys what in each community and ranks it:
//
//	score(i|c) = (n_ic + m·p_i)/(|c| + m)
//
// with n_ic the members of c who bought i, |c| all members, p_i the share of all
// customers who bought i, and m Options.Prior: the rate in c shrunk to the global
// one as if m more members had bought at that rate. An entry is kept where n_ic
// is at least Options.MinSupporters, so a level has at most arcs/MinSupporters
// entries and no list needs a cut. Similar products are described at SimilarTo.
//
// Time: O(levels·arcs), the sorting of the lists, and for the similar products
// O(Σ_u n_u²) with n_u the products of customer u; memory: the lists, the reversed
// graph and 16 bytes per product and goroutine. The answer is the same for any number of
// threads. Customers without purchases count in |c|; an empty graph gives empty
// lists.
func Build(ctx context.Context, in Input, o Options) (*Index, error) {
	o = o.withDefaults()
	if err := in.check(o); err != nil {
		return nil, fmt.Errorf("build recommendations: %w", err)
	}
	x := &Index{
		Customers: in.Bought.Rows(), Products: int(in.Bought.Cols),
		Prior: o.Prior, MinSupporters: o.MinSupporters,
		Buyers: make([]uint32, in.Bought.Cols),
		Member: in.Levels, OverlapOffsets: in.OverlapOffsets,
		OverlapCommunity: in.OverlapCommunity, OverlapDegree: in.OverlapDegree,
		Levels: make([]Table, len(in.Levels)),
	}
	for _, p := range in.Bought.Targets {
		x.Buyers[p]++
	}
	x.Everyone = x.rankEveryone(in.Available)
	stages, stage := int64(len(in.Levels)+1), "rank products"
	for l := range in.Levels {
		o.Progress.Report(stage, int64(l), stages)
		t, err := x.rankLevel(ctx, in, l, o.Threads)
		if err != nil {
			return nil, fmt.Errorf("build recommendations: %w", err)
		}
		x.Levels[l] = t
	}
	o.Progress.Report(stage, stages-1, stages)
	similar, err := x.rankSimilar(ctx, in, o.Similar, o.Threads)
	if err != nil {
		return nil, fmt.Errorf("build recommendations: %w", err)
	}
	x.Similar = similar
	o.Progress.Report(stage, stages, stages)
	return x, nil
}

// check says what is wrong with the input.
func (in *Input) check(o Options) error {
	if in.Bought == nil {
		return fmt.Errorf("there is no customer-product graph")
	}
	if !(o.Prior > 0) || math.IsInf(o.Prior, 0) {
		return fmt.Errorf("the prior is %v; it must be positive and finite", o.Prior)
	}
	if o.MinSupporters < 0 {
		return fmt.Errorf("the minimum of supporters is %d; it must not be negative", o.MinSupporters)
	}
	n := in.Bought.Rows()
	if len(in.Counts) != len(in.Levels) {
		return fmt.Errorf("there are %d levels but %d counts of communities", len(in.Levels), len(in.Counts))
	}
	if len(in.Levels) > math.MaxUint8 {
		return fmt.Errorf("there are %d levels; at most %d are possible", len(in.Levels), math.MaxUint8)
	}
	for l, of := range in.Levels {
		if len(of) != n {
			return fmt.Errorf("level %d has %d customers instead of %d", l, len(of), n)
		}
		for u, c := range of {
			if c != None && int64(c) >= int64(in.Counts[l]) {
				return fmt.Errorf("customer %d is in community %d of level %d, which has only %d", u, c, l, in.Counts[l])
			}
		}
		if l > 0 {
			if err := in.nested(l); err != nil {
				return err
			}
		}
	}
	if in.Available != nil && len(in.Available) != int(in.Bought.Cols) {
		return fmt.Errorf("availability is known of %d products instead of %d", len(in.Available), in.Bought.Cols)
	}
	return in.checkOverlap()
}

// nested says whether the communities of a level join whole ones of the level
// before.
func (in *Input) nested(l int) error {
	parent := make([]uint32, in.Counts[l-1])
	known := make([]bool, in.Counts[l-1])
	for u, c := range in.Levels[l-1] {
		if c == None {
			continue
		}
		if !known[c] {
			known[c], parent[c] = true, in.Levels[l][u]
		} else if parent[c] != in.Levels[l][u] {
			return fmt.Errorf("community %d of level %d is split over several of level %d", c, l-1, l)
		}
	}
	return nil
}

func (in *Input) checkOverlap() error {
	if in.OverlapOffsets == nil {
		return nil
	}
	n, m := in.Bought.Rows(), len(in.OverlapCommunity)
	if len(in.Levels) == 0 {
		return fmt.Errorf("there are overlapping memberships but no communities")
	}
	if len(in.OverlapOffsets) != n+1 || len(in.OverlapDegree) != m ||
		in.OverlapOffsets[0] != 0 || in.OverlapOffsets[n] != uint64(m) {
		return fmt.Errorf("the columns of the overlapping memberships do not fit %d customers", n)
	}
	for u := range n {
		if in.OverlapOffsets[u] > in.OverlapOffsets[u+1] {
			return fmt.Errorf("the offsets of the overlapping memberships fall at customer %d", u)
		}
	}
	for i, c := range in.OverlapCommunity {
		if int64(c) >= int64(in.Counts[0]) {
			return fmt.Errorf("membership %d is of community %d, but there are only %d", i, c, in.Counts[0])
		}
		if d := in.OverlapDegree[i]; !(d >= 0 && d <= 1) {
			return fmt.Errorf("membership %d has degree %v, outside 0..1", i, d)
		}
	}
	return nil
}

// rankEveryone is the Table of one row that stands for all customers.
func (x *Index) rankEveryone(available []bool) Table {
	t := Table{Size: []uint32{uint32(x.Customers)}, Offsets: []uint64{0}}
	b := ranker{x: x, count: x.Buyers}
	for p, n := range x.Buyers {
		if n > 0 {
			b.touched = append(b.touched, uint32(p))
		}
	}
	b.rank(&t, x.Customers, available)
	return t
}

// rankLevel is the Table of one level. Communities are cut into ranges of about
// equal work, which depend on the input alone; each range fills a table of its
// own and they are joined in order.
func (x *Index) rankLevel(ctx context.Context, in Input, level, threads int) (Table, error) {
	offsets, members := group(in.Levels[level], in.Counts[level])
	cuts := cut(in.Bought, offsets, members)
	parts := make([]Table, len(cuts)-1)
	err := each(ctx, len(parts), threads, func(next func() (int, bool)) {
		b := ranker{x: x, count: make([]uint32, x.Products)}
		for i, ok := next(); ok; i, ok = next() {
			t := &parts[i]
			t.Offsets = append(t.Offsets, 0)
			for c := cuts[i]; c < cuts[i+1]; c++ {
				list := members[offsets[c]:offsets[c+1]]
				for _, u := range list {
					for _, p := range in.Bought.Neighbours(u) {
						if b.count[p] == 0 {
							b.touched = append(b.touched, p)
						}
						b.count[p]++
					}
				}
				t.Size = append(t.Size, uint32(len(list)))
				b.rank(t, len(list), in.Available)
				for _, p := range b.touched {
					b.count[p] = 0
				}
				b.touched = b.touched[:0]
			}
		}
	})
	if err != nil {
		return Table{}, err
	}
	return join(parts), nil
}

// group lists the customers of each community, ascending.
func group(of []uint32, count int) (offsets []uint64, members []uint32) {
	offsets = make([]uint64, count+1)
	for _, c := range of {
		if c != None {
			offsets[c+1]++
		}
	}
	for c := range count {
		offsets[c+1] += offsets[c]
	}
	members = make([]uint32, offsets[count])
	next := slices.Clone(offsets[:count])
	for u, c := range of {
		if c != None {
			members[next[c]] = uint32(u)
			next[c]++
		}
	}
	return offsets, members
}

// cut splits the communities into at most some 64 ranges of about equal work.
func cut(bought *graph.Graph, offsets []uint64, members []uint32) []int {
	share := uint64(bought.Arcs()+len(members))/64 + 1
	cuts, work := []int{0}, uint64(0)
	for c := range len(offsets) - 1 {
		for _, u := range members[offsets[c]:offsets[c+1]] {
			work += uint64(bought.Degree(u)) + 1
		}
		if work >= share {
			cuts, work = append(cuts, c+1), 0
		}
	}
	if last := len(offsets) - 1; cuts[len(cuts)-1] != last {
		cuts = append(cuts, last)
	}
	return cuts
}

// each runs work on up to threads goroutines; next hands out the numbers below
// n, each once, and none once the context is done.
func each(ctx context.Context, n, threads int, work func(next func() (int, bool))) error {
	var taken atomic.Int64
	next := func() (int, bool) {
		if ctx.Err() != nil {
			return 0, false
		}
		i := int(taken.Add(1) - 1)
		return i, i < n
	}
	var wg sync.WaitGroup
	for range min(threads, n) {
		wg.Go(func() { work(next) })
	}
	wg.Wait()
	return ctx.Err()
}
