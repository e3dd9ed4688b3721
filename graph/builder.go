package graph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// Arc is one row of an arc list: a tie as an event file or a generator gives it.
type Arc struct {
	From, To uint32
	Weight   float32
}

// Merge says what becomes of several arcs between the same two vertices. Each
// way gives the same bits for any order of the arcs.
type Merge uint8

const (
	// MergeSum adds the weights up in float64, the smallest first, and
	// rounds once. This is the default.
	MergeSum Merge = iota
	// MergeMax keeps the largest weight.
	MergeMax
	// MergeOnce makes every tie weigh 1.
	MergeOnce
)

// BuildOptions shape the graph that Build makes.
type BuildOptions struct {
	// Rows is the number of vertices that arcs can leave.
	Rows uint32
	// Cols is the number of vertices that arcs can enter; 0 means Rows,
	// unless TwoSides.
	Cols uint32
	// TwoSides says that rows and columns are different vertices even where
	// there are as many of each, so that no arc is a loop.
	TwoSides bool
	// Undirected stores each arc in both directions and merges u-v with v-u.
	// A loop is stored once.
	Undirected bool
	// DropLoops leaves out arcs from a vertex to itself.
	DropLoops bool
	Merge     Merge
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads int
}

// BuildReport says what became of the arcs:
// Arcs = Zero + Loops (if dropped) + Merged + distinct ties.
type BuildReport struct {
	Arcs   int64 // given
	Zero   int64 // left out, as they weigh nothing
	Loops  int64 // from a vertex to itself, zero weights not counted
	Merged int64 // joined to another arc between the same vertices
}

// Build makes a Graph of an arc list in columns: arc i goes from[i]→to[i] and
// weighs w[i], or 1 when w is nil. Weights must be finite and not negative;
// arcs of weight zero are left out and counted. Neither an empty list nor
// isolated vertices are special: they give empty rows.
//
// The arcs are dealt to buckets of neighbouring rows, then each bucket is dealt
// to rows, sorted and merged while it is in the cache. Work and the place of
// every result are fixed by the input alone, and a row is sorted by target and
// weight before weights are added, so the result is the same to the bit for any
// number of threads and any order of the arcs.
//
// With m records (arcs; twice that when Undirected) and a result of a arcs,
// time is O(m log d) for rows of up to d arcs, O(m) where d exceeds 256. At its
// peak it holds, beside the input, 8m bytes (12m with weights) of records, of
// which 4m become the targets, 4a for weights, 12 bytes a row, and for each
// thread a copy of the largest bucket.
func Build(ctx context.Context, opt BuildOptions, from, to []uint32, w []float32) (*Graph, BuildReport, error) {
	if len(from) != len(to) || (w != nil && len(w) != len(from)) {
		return nil, BuildReport{}, fmt.Errorf("build graph: columns differ in length: %d from, %d to, %d weights", len(from), len(to), len(w))
	}
	return build(ctx, opt, []arcColumns{{from, to, w}})
}

// BuildArcs is Build for a list of arcs.
func BuildArcs(ctx context.Context, opt BuildOptions, arcs []Arc) (*Graph, BuildReport, error) {
	from, to, w := make([]uint32, len(arcs)), make([]uint32, len(arcs)), make([]float32, len(arcs))
	for i, a := range arcs {
		from[i], to[i], w[i] = a.From, a.To, a.Weight
	}
	return Build(ctx, opt, from, to, w)
}

// arcColumns is a stretch of an arc list.
type arcColumns struct {
	from, to []uint32
	w        []float32 // nil where every arc weighs 1
}

func (c arcColumns) slice(lo, hi int) arcColumns {
	s := arcColumns{c.from[lo:hi], c.to[lo:hi], nil}
	if c.w != nil {
		s.w = c.w[lo:hi]
	}
	return s
}

// stretches cuts an arc list into stretches that can be worked on in parallel.
func stretches(list []arcColumns) []arcColumns {
	const most = 1 << 16
	var cut []arcColumns
	for _, c := range list {
		for lo := 0; lo < len(c.from); lo += most {
			cut = append(cut, c.slice(lo, min(lo+most, len(c.from))))
		}
	}
	return cut
}

// builder carries a build from step to step.
type builder struct {
	opt     BuildOptions
	threads int
	list    []arcColumns
	shift   uint // row>>shift is the row's bucket
	buckets int
	report  BuildReport
	graph   *Graph
}

func build(ctx context.Context, opt BuildOptions, list []arcColumns) (*Graph, BuildReport, error) {
	if opt.Cols == 0 && !opt.TwoSides {
		opt.Cols = opt.Rows
	}
	if opt.Undirected && opt.TwoSides {
		return nil, BuildReport{}, errors.New("build graph: ties between two kinds of vertices have a direction; build them as they are and project the graph")
	}
	opt.TwoSides = opt.TwoSides || opt.Rows != opt.Cols
	if opt.Undirected && opt.TwoSides {
		return nil, BuildReport{}, fmt.Errorf("build graph: an undirected graph needs as many rows as columns, not %d and %d", opt.Rows, opt.Cols)
	}
	b := &builder{opt: opt, threads: threadsOr(opt.Threads), list: stretches(list)}
	b.graph = &Graph{Offsets: make([]uint64, uint64(opt.Rows)+1), Cols: opt.Cols, Undirected: opt.Undirected}
	for _, c := range b.list {
		b.report.Arcs += int64(len(c.from))
	}
	weighted, err := b.inspect(ctx)
	if err != nil {
		return nil, b.report, err
	}
	b.layOut()
	if weighted && opt.Merge != MergeOnce {
		err = fill[uint64](ctx, b)
	} else {
		err = fill[uint32](ctx, b)
	}
	if err != nil {
		return nil, b.report, err
	}
	stored := int64(len(b.graph.Targets))
	if opt.Undirected {
		stored = (stored + b.loopsStored()) / 2
	}
	b.report.Merged = b.report.Arcs - b.report.Zero - stored
	if opt.DropLoops {
		b.report.Merged -= b.report.Loops
	}
	return b.graph, b.report, nil
}

func (b *builder) loopsStored() int64 {
	if b.opt.DropLoops || b.report.Loops == 0 {
		return 0
	}
	var n int64
	for u := range b.graph.Rows() {
		if _, ok := b.graph.find(uint32(u), uint32(u)); ok {
			n++
		}
	}
	return n
}

// inspect checks every arc, counts zeros and loops, and says whether the arcs
// weigh anything but 1 (or 0).
func (b *builder) inspect(ctx context.Context) (weighted bool, err error) {
	type finding struct {
		zero, loops int64
		weighted    bool
		bad         int // place of the first bad arc, or -1
	}
	found := make([]finding, len(b.list))
	err = each(ctx, b.threads, len(b.list), func(_, i int) {
		f, c := finding{bad: -1}, b.list[i]
		for k, u := range c.from {
			v := c.to[k]
			weight := float32(1)
			if c.w != nil {
				weight = c.w[k]
				if weight != 1 {
					if !(weight >= 0 && weight <= math.MaxFloat32) {
						f.bad = k
						break
					}
					if weight == 0 {
						f.zero++
					} else {
						f.weighted = true
					}
				}
			}
			if u >= b.opt.Rows || v >= b.opt.Cols {
				f.bad = k
				break
			}
			if u == v && weight != 0 {
				f.loops++
			}
		}
		found[i] = f
	})
	if err != nil {
		return false, err
	}
	first := 0
	for i, f := range found {
		if f.bad >= 0 {
			return false, badArc(b.opt, b.list[i], f.bad, first+f.bad)
		}
		first += len(b.list[i].from)
		b.report.Zero += f.zero
		if !b.opt.TwoSides {
			b.report.Loops += f.loops
		}
		weighted = weighted || f.weighted
	}
	return weighted, nil
}

func badArc(opt BuildOptions, c arcColumns, k, place int) error {
	u, v := c.from[k], c.to[k]
	if u >= opt.Rows || v >= opt.Cols {
		return fmt.Errorf("build graph: arc %d goes from %d to %d in a graph of %d rows and %d columns", place, u, v, opt.Rows, opt.Cols)
	}
	return &DataError{Column: "weight", Reason: fmt.Sprintf("arc %d weighs %v; a weight must be a finite number that is not negative", place, c.w[k])}
}

// layOut chooses how many rows share a bucket: few enough that a bucket of
// average size stays in the second-level cache, and not so many buckets that
// dealing to them misses it.
func (b *builder) layOut() {
	const inBucket, most = 1 << 16, 1 << 11
	records := uint64(b.report.Arcs)
	if b.opt.Undirected {
		records *= 2
	}
	want := min(max(records/inBucket, 1), most)
	rows := max(uint64(b.opt.Rows), 1)
	b.shift = uint(bits.Len64((rows - 1) / want))
	b.buckets = int((rows-1)>>b.shift) + 1
}
