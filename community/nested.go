package community

import (
	"context"
	"fmt"
	"math"
	"slices"

	"kith/graph"
)

// NestedOptions of Nested. The zero value works.
type NestedOptions struct {
	// Options are those of the top level. Its seed, threads and iterations
	// serve the levels below too.
	Options
	// MaxSize is the size above which a community is split. 0 means 150,
	// about the number of people one can know (Dunbar 1992,
	// doi:10.1016/0047-2484(92)90081-J).
	MaxSize int
	// MinSize is the size below which a part of a split is joined to the
	// sister part it has the strongest ties to. 0 means no such limit.
	MinSize int
	// MaxLevels is the largest number of levels. 0 means 4.
	MaxLevels int
}

// Nested is a hierarchy for people (ours). The top level is Leiden at the
// resolution and objective asked for. A community of more than MaxSize members
// is split by Leiden on its induced graph, by modularity at resolution 1, and
// so on downwards, while the split is real: more than one part, and a positive
// modularity. A community that is not split stands on the level below again,
// so that every level is a full partition and lies within the one above.
// Every community of every level is connected.
//
// So the resolution limit of modularity, which merges groups that are small
// beside the whole graph (Fortunato & Barthélemy 2007,
// doi:10.1073/pnas.0605965104), is met by looking at each community on its own.
// A community stays above MaxSize where no real split exists, as in a clique,
// or where MaxLevels is reached.
//
// Time is that of Leiden once per level. Large communities run one by one on
// all threads, small ones in parallel, each with a seed of its own made of Seed,
// level and first member; the answer is the same for any number of threads.
// Odd input is treated as Leiden does.
func Nested(ctx context.Context, g *graph.Graph, o NestedOptions) (*Hierarchy, error) {
	if o.MaxSize == 0 {
		o.MaxSize = 150
	}
	if o.MaxLevels == 0 {
		o.MaxLevels = 4
	}
	if o.MaxSize < 1 || o.MinSize < 0 || o.MinSize > o.MaxSize || o.MaxLevels < 1 {
		return nil, fmt.Errorf("communities of %d to %d members on %d levels cannot be made; give 0 <= min <= max, 1 <= max and 1 <= levels", o.MinSize, o.MaxSize, o.MaxLevels)
	}
	h, err := Leiden(ctx, g, o.Options)
	if err != nil {
		return nil, err
	}
	levels := []Partition{h.Top()}
	for len(levels) < o.MaxLevels {
		o.Progress.Report("splitting communities", int64(len(levels)), int64(o.MaxLevels))
		finer, err := split(ctx, g, levels[len(levels)-1], len(levels), o)
		if err != nil {
			return nil, err
		}
		if finer.Count == levels[len(levels)-1].Count {
			break
		}
		levels = append(levels, finer)
	}
	slices.Reverse(levels)
	h.Levels = levels
	return h, nil
}

// largeCommunity is the number of members from which a community is split by
// all threads together.
const largeCommunity = 20000

// split cuts each community of p that is too large.
func split(ctx context.Context, g *graph.Graph, p Partition, level int, o NestedOptions) (Partition, error) {
	offsets, members := p.Members()
	place := make([]uint32, len(p.Of)) // of a vertex within its community
	for c := range p.Count {
		for i, v := range members[offsets[c]:offsets[c+1]] {
			place[v] = uint32(i)
		}
	}
	// Communities come largest first, so those to split are a prefix.
	cut, large := 0, 0
	for cut < p.Count && offsets[cut+1]-offsets[cut] > uint64(o.MaxSize) {
		if offsets[cut+1]-offsets[cut] > largeCommunity {
			large++
		}
		cut++
	}
	parts := make([]Partition, cut)
	errs := make([]error, cut)
	one := func(c, threads int) {
		mine := members[offsets[c]:offsets[c+1]]
		sub := induced(g, p, place, mine)
		seed := streamOf(o.Seed, uint64(level), uint64(mine[0]))
		h, err := Leiden(ctx, sub, Options{Effort: o.Effort, Iterations: o.Iterations, Seed: seed.next(), Threads: threads})
		if err != nil {
			errs[c] = err
			return
		}
		part := h.Top()
		if q, err := Modularity(sub, part, 1); err != nil || q <= 0 {
			part, errs[c] = Partition{}, err
		} else if o.MinSize > 1 {
			part = joinSmall(sub, part, o.MinSize)
		}
		parts[c] = part
	}
	for c := range large {
		one(c, o.Threads)
	}
	crew := newCrew(o.Threads)
	defer crew.dismiss()
	crew.each(cut-large, func(_, i int) { one(large+i, 1) })

	labels := make([]uint32, len(p.Of))
	next := uint32(0)
	for c := range p.Count {
		count := 1
		if c < cut {
			if errs[c] != nil {
				return Partition{}, fmt.Errorf("split community %d: %w", c, errs[c])
			}
			count = max(1, parts[c].Count)
		}
		for i, v := range members[offsets[c]:offsets[c+1]] {
			labels[v] = next
			if count > 1 {
				labels[v] += parts[c].Of[i]
			}
		}
		next += uint32(count)
	}
	return canonical(labels, int(next)), nil
}

// induced is the graph within one community, whose members are given in
// ascending order with their places in it.
func induced(g *graph.Graph, p Partition, place, members []uint32) *graph.Graph {
	c := p.Of[members[0]]
	sub := &graph.Graph{Offsets: make([]uint64, len(members)+1), Cols: uint32(len(members)), Undirected: true}
	for i, v := range members {
		sub.Offsets[i+1] = sub.Offsets[i]
		for _, t := range g.Neighbours(v) {
			if p.Of[t] == c {
				sub.Offsets[i+1]++
			}
		}
	}
	arcs := sub.Offsets[len(members)]
	sub.Targets = make([]uint32, 0, arcs)
	if g.Weights != nil {
		sub.Weights = make([]float32, 0, arcs)
	}
	for _, v := range members {
		ws := g.WeightsOf(v)
		for i, t := range g.Neighbours(v) {
			if p.Of[t] != c {
				continue
			}
			sub.Targets = append(sub.Targets, place[t])
			if ws != nil {
				sub.Weights = append(sub.Weights, ws[i])
			}
		}
	}
	return sub
}

// joinSmall joins parts below the least size, the smallest first, each to the
// part it has the most tie weight to (ties: the larger part). Parts without
// ties stay.
func joinSmall(g *graph.Graph, p Partition, least int) Partition {
	of := slices.Clone(p.Of)
	for {
		offsets, members := Partition{Of: of, Count: p.Count}.Members()
		small, size := -1, uint64(math.MaxUint64)
		var into uint32
		for c := p.Count - 1; c >= 0; c-- {
			n := offsets[c+1] - offsets[c]
			if n == 0 || n >= uint64(least) || n >= size {
				continue
			}
			if t, ok := strongest(g, of, members[offsets[c]:offsets[c+1]], p.Count); ok {
				small, size, into = c, n, t
			}
		}
		if small < 0 {
			return canonical(of, p.Count)
		}
		for _, v := range members[offsets[small]:offsets[small+1]] {
			of[v] = into
		}
	}
}

// strongest is the other part that the members have the most tie weight to.
func strongest(g *graph.Graph, of, members []uint32, count int) (uint32, bool) {
	weight := make([]float64, count)
	own := of[members[0]]
	for _, v := range members {
		ws := g.WeightsOf(v)
		for i, t := range g.Neighbours(v) {
			if ws == nil {
				weight[of[t]]++
			} else {
				weight[of[t]] += float64(ws[i])
			}
		}
	}
	weight[own] = 0
	best := 0
	for c, w := range weight {
		if w > weight[best] {
			best = c
		}
	}
	return uint32(best), weight[best] > 0
}
