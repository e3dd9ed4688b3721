package influence

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Starts are the vertices that a walk or heat starts from.
type Starts struct {
	// At lists them; one who stands twice counts twice. Empty means all.
	At []uint32
	// Weights stand beside At: not negative, finite, not all zero. Nil means
	// all alike.
	Weights []float64
}

// PageRanks ranks a network from many sets of starts, eight at a time: each set gets
// what PageRank gives with the set as Personal, but for rounding. opt.Personal must
// be empty. each is called for the sets in their order, with ranks that are only
// valid during the call; an error of it ends the work.
//
// Eight sets are kept side by side, a cache line per vertex, so that one look at an arc
// serves eight walks. Every set stops when its own residual is within the tolerance,
// and its ranks don't depend on the sets beside it, on the number of threads, or
// on the order of the sets, to the bit. Sums are float64 throughout.
//
// Time is O(n+m) a sweep and eight sets; memory beside the graph and its transpose is
// 192 bytes per vertex, and 8 more for each set that is settled before one that stands
// earlier.
func PageRanks(ctx context.Context, g *graph.Graph, sets []Starts, opt PageRankOptions, each func(set int, r Ranks) error) error {
	if len(opt.Personal) > 0 || len(opt.PersonalWeights) > 0 {
		return errors.New("pagerank: starts are given by the sets, not as personal vertices")
	}
	progress := opt.Progress
	opt.Progress = nil
	w, err := newWalk(ctx, g, opt)
	if err != nil {
		return err
	}
	b := walks{walk: w}
	for first := 0; first < len(sets); first += sweep.Lanes {
		progress.Report("pagerank", int64(first), int64(len(sets)))
		some := sets[first:min(first+sweep.Lanes, len(sets))]
		if err := b.begin(some); err != nil {
			return fmt.Errorf("pagerank: %w", err)
		}
		if w.n > 0 {
			if err := b.settle(ctx); err != nil {
				return fmt.Errorf("pagerank: %w", err)
			}
		}
		for l := range some {
			if err := each(first+l, b.ranks[l]); err != nil {
				return err
			}
		}
	}
	progress.Report("pagerank", int64(len(sets)), int64(len(sets)))
	return nil
}

// startRow says what starts at a vertex in each lane.
type startRow struct {
	vertex uint32
	share  sweep.Lane
}

// startRows gathers the starts of up to eight sets by vertex, ascending. uniform has
// 1/n in the lanes of empty sets, whose starts are not listed.
func startRows(n int, sets []Starts) (rows []startRow, uniform sweep.Lane, err error) {
	for l, s := range sets {
		t, err := starts(n, s.At, s.Weights)
		if err != nil {
			return nil, uniform, err
		}
		if t == nil {
			uniform[l] = 1 / float64(max(n, 1))
			continue
		}
		sorted := slices.Clone(s.At)
		slices.Sort(sorted)
		for _, v := range slices.Compact(sorted) {
			row := startRow{vertex: v}
			row.share[l] = t[v]
			rows = append(rows, row)
		}
	}
	slices.SortStableFunc(rows, func(a, b startRow) int { return int(int64(a.vertex) - int64(b.vertex)) })
	merged := rows[:0]
	for _, r := range rows {
		if k := len(merged) - 1; k >= 0 && merged[k].vertex == r.vertex {
			for l, x := range r.share {
				merged[k].share[l] += x
			}
			continue
		}
		merged = append(merged, r)
	}
	return merged, uniform, nil
}

// firstRow is the place of the first start at v or later.
func firstRow(rows []startRow, v uint32) int {
	i, _ := slices.BinarySearchFunc(rows, v, func(r startRow, v uint32) int { return int(int64(r.vertex) - int64(v)) })
	return i
}

// walks are up to eight walks side by side.
type walks struct {
	*walk
	sets                 int
	rows                 []startRow
	uniform              sweep.Lane
	score, gives, next   []sweep.Lane
	change, stuck, total []sweep.Lane // per block
	ranks                [sweep.Lanes]Ranks
}

func (b *walks) begin(sets []Starts) (err error) {
	b.sets = len(sets)
	b.rows, b.uniform, err = startRows(b.n, sets)
	for l := range b.ranks {
		b.ranks[l] = Ranks{Score: b.ranks[l].Score}
	}
	if err != nil || b.score != nil {
		return err
	}
	b.score, b.gives, b.next = make([]sweep.Lane, b.n), make([]sweep.Lane, b.n), make([]sweep.Lane, b.n)
	blocks := b.cut.Blocks()
	b.change, b.stuck, b.total = make([]sweep.Lane, blocks), make([]sweep.Lane, blocks), make([]sweep.Lane, blocks)
	return nil
}

// settle sweeps until every set has been within the tolerance.
func (b *walks) settle(ctx context.Context) error {
	b.cut.Each(b.opt.Threads, func(i int, from, to uint32) {
		b.stuck[i] = sweep.Lane{}
		at := firstRow(b.rows, from)
		for v := from; v < to; v++ {
			x := b.uniform
			if at < len(b.rows) && b.rows[at].vertex == v {
				for l, t := range b.rows[at].share {
					x[l] += t
				}
				at++
			}
			b.leave(i, v, &x, b.gives)
		}
	})
	for sweeps, left := 1, b.sets; left > 0; sweeps++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		anew := sweep.SumLanes(b.stuck)
		for l, x := range anew {
			anew[l] = 1 - b.opt.Damping + b.opt.Damping*x
		}
		b.cut.Each(b.opt.Threads, func(i int, from, to uint32) { b.pull(i, from, to, &anew) })
		b.gives, b.next = b.next, b.gives
		change, total := sweep.SumLanes(b.change), sweep.SumLanes(b.total)
		for l := range b.sets {
			r := &b.ranks[l]
			if r.Iterations > 0 || change[l] > b.opt.Tolerance && sweeps < b.opt.MaxIterations {
				continue
			}
			r.Iterations, r.Residual = sweeps, change[l]
			b.keep(l, total[l])
			left--
		}
	}
	return nil
}

// leave takes the rank x of v, and notes what v gives.
func (b *walks) leave(block int, v uint32, x *sweep.Lane, gives []sweep.Lane) {
	b.score[v] = *x
	share := b.share(v)
	if share == 0 {
		for l, y := range x {
			b.stuck[block][l] += y
		}
	}
	for l, y := range x {
		gives[v][l] = y * share
	}
}

func (b *walks) pull(block int, from, to uint32, anew *sweep.Lane) {
	offsets, targets, weights := b.in.Offsets, b.in.Targets, b.in.Weights
	b.stuck[block] = sweep.Lane{}
	var x, base, change, total sweep.Lane
	for l, u := range b.uniform {
		base[l] = anew[l] * u
	}
	at := firstRow(b.rows, from)
	for v := from; v < to; v++ {
		lo, hi := offsets[v], offsets[v+1]
		if weights == nil {
			sweep.GatherLanes(&x, b.gives, targets[lo:hi])
		} else {
			sweep.GatherLanesWeighted(&x, b.gives, targets[lo:hi], weights[lo:hi])
		}
		for l := range x {
			x[l] += base[l]
		}
		if at < len(b.rows) && b.rows[at].vertex == v {
			for l, t := range b.rows[at].share {
				x[l] += float64(anew[l] * t)
			}
			at++
		}
		before := &b.score[v]
		for l, y := range x {
			change[l] += math.Abs(y - before[l])
			total[l] += y
		}
		b.leave(block, v, &x, b.next)
	}
	b.change[block], b.total[block] = change, total
}

// keep sets the ranks of a lane aside, adding up to 1.
func (b *walks) keep(lane int, total float64) {
	r := &b.ranks[lane]
	if r.Score == nil {
		r.Score = make([]float64, b.n)
	}
	b.cut.Each(b.opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			r.Score[v] = b.score[v][lane] / total
		}
	})
}
