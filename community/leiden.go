package community

import (
	"context"
	"fmt"

	"kith/graph"
)

// Objective is what Leiden and Louvain maximise.
type Objective uint8

// The objectives. Modularity compares with chance, CPM (the constant Potts
// model) asks for a density within communities of at least the resolution, and
// the map equation (Infomap) for communities that a random walk stays in long,
// which finds small groups in large graphs, and none where ties are well mixed.
const (
	ModularityObjective Objective = iota
	CPMObjective
	MapObjective
)

// Effort is how often Leiden and Louvain run over the graph, each time from the
// partition before. The second time is worth a lot on weighted graphs, later ones
// ever less.
type Effort uint8

// The efforts: two iterations, or three of Leiden on large, sparse graphs, see
// move.go; one; ten; or as many as it takes until one moves nothing, up to 1,000.
const (
	NormalEffort Effort = iota
	FastEffort
	HighEffort
	FullEffort
)

// iterations is the least and the largest number of them.
func (o Options) iterations() (least, most int, err error) {
	switch o.Effort {
	case NormalEffort:
		least = 2
	case FastEffort:
		least = 1
	case HighEffort:
		least = 10
	case FullEffort:
		return max(o.Iterations, 1), max(o.Iterations, 1000), nil
	default:
		return 0, 0, fmt.Errorf("effort %d is not known", o.Effort)
	}
	if o.Iterations > 0 {
		least = o.Iterations
	}
	return least, least, nil
}

// Options of Leiden and Louvain. The zero value works.
type Options struct {
	// Resolution is γ; larger values give smaller communities. 0 means 1.
	Resolution float64
	// Objective is Modularity unless it says otherwise.
	Objective Objective
	// Effort is how long to look for something better.
	Effort Effort
	// Iterations, unless 0, is how often the whole algorithm runs, in place
	// of what Effort says; FullEffort goes on after them.
	Iterations int
	// Seed picks the random order of visits.
	Seed uint64
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It never
	// changes the answer.
	Threads int
	// Start is the partition to start from instead of single vertices.
	Start *Partition
	// Progress is told of each iteration.
	Progress graph.Progress
}

// Leiden finds communities of an undirected weighted graph that maximise
//
//	Q = 1/2m Σ_c (2·in_c - γ·K_c²/2m)    or    H = Σ_c (in_c - γ·n_c(n_c-1)/2)
//
// for the modularity or the constant Potts objective, or minimise the map
// equation, see Codelength: in_c is the tie weight inside community c, K_c the sum
// of its strengths, n_c its size and m the total tie weight. A loop adds twice its
// weight to the strength of its vertex.
//
// Traag, Waltman, van Eck 2019, doi:10.1038/s41598-019-41695-z: vertices move to
// the community that gains most until none can; each community is refined into
// connected groups; groups become the vertices of a smaller graph that starts
// from the communities found; and so on until nothing merges. Ours are the
// greedy choice in the refinement and the windows by which moves run in
// parallel, see move.go.
//
// The levels are the refined groups of the last iteration, from the finest to
// the coarsest, and at last the communities. Every community of every level is
// connected; the last level is checked, and split if it ever failed.
//
// With the map equation the components of the graph are tried as communities at
// last, as moves alone do not get there; they win where ties are well mixed.
//
// Time is O(arcs) per iteration in practice. Memory at the peak, beside the
// graph's 4 or 8 bytes an arc, is 8 bytes an arc, about 70 bytes a vertex, and 8
// bytes a vertex for each thread. With the graph that is at most 24 bytes an arc
// where vertices have ten arcs or more and threads are few. The map equation takes
// 32 bytes a vertex more and about four times the time. Same seed, same
// answer, to the bit, whatever the number of threads.
//
// An empty graph gives one level without communities. Isolated vertices, and
// all vertices of a graph whose weights are all zero, are communities of one.
// Components are never merged. A directed or rectangular graph is refused.
func Leiden(ctx context.Context, g *graph.Graph, o Options) (*Hierarchy, error) {
	return optimise(ctx, g, o, true)
}

// Louvain maximises the same objectives with the same options by moving and
// aggregating only (Blondel et al. 2008, doi:10.1088/1742-5468/2008/10/P10008).
// It is a little faster than Leiden and a little worse, and unlike there a
// community may fall apart into unconnected pieces. The levels are the
// partitions after each aggregation of the last iteration. Time, memory,
// determinism and odd input are as for Leiden.
func Louvain(ctx context.Context, g *graph.Graph, o Options) (*Hierarchy, error) {
	return optimise(ctx, g, o, false)
}

func optimise(ctx context.Context, g *graph.Graph, o Options, refined bool) (*Hierarchy, error) {
	want, most, err := o.iterations()
	if err != nil {
		return nil, err
	}
	s, err := newSearch(ctx, g, o)
	if err != nil {
		return nil, err
	}
	defer s.crew.dismiss()
	s.hasty = most > 1 && o.Start == nil && s.flow == nil && s.base.n >= hastyVertices && len(s.base.targets) < hastyDegree*s.base.n
	if s.hasty && refined && o.Effort == NormalEffort && o.Iterations == 0 {
		want, most = 3, 3
	}
	h := &Hierarchy{}
	whole := s.flow == nil // whether components have been tried as communities
	for h.Iterations < most && !h.Stable || !whole {
		o.Progress.Report("finding communities", int64(min(h.Iterations, want)), int64(want))
		moved, err := s.iterate(ctx, h.Iterations, refined)
		if err != nil {
			return nil, err
		}
		h.Iterations++
		h.Stable = moved == 0
		if !whole && (h.Iterations >= most || h.Stable) {
			whole = true
			better, err := s.tryComponents(g, o.Resolution)
			if err != nil {
				return nil, err
			}
			if better {
				h.Stable, most = false, h.Iterations+1
			}
		}
	}
	o.Progress.Report("finding communities", int64(want), int64(want))
	s.levels(h, refined)
	return h, nil
}
