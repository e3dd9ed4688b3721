package community

import (
	"context"

	"kith/graph"
)

// Objective is what Leiden and Louvain maximise.
type Objective uint8

// The objectives. Modularity compares with chance, CPM (the constant Potts
// model) asks for a density within communities of at least the resolution.
const (
	ModularityObjective Objective = iota
	CPMObjective
)

// Options of Leiden and Louvain. The zero value works.
type Options struct {
	// Resolution is γ; larger values give smaller communities. 0 means 1.
	Resolution float64
	// Objective is Modularity unless it says otherwise.
	Objective Objective
	// Iterations is how often the whole algorithm runs, each time from the
	// partition before. 0 means 2; the second is worth a lot on weighted
	// graphs, later ones ever less.
	Iterations int
	// UntilStable goes on after Iterations until an iteration moves
	// nothing, but no further than 100 iterations.
	UntilStable bool
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
// for the modularity or the constant Potts objective: in_c is the tie weight
// inside community c, K_c the sum of its strengths, n_c its size and m the total
// tie weight. A loop adds twice its weight to the strength of its vertex.
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
// Time is O(arcs) per iteration in practice. Memory at the peak, beside the
// graph's 4 or 8 bytes an arc, is 8 bytes an arc, about 70 bytes a vertex, and 8
// bytes a vertex for each thread. With the graph that is at most 24 bytes an arc
// where vertices have ten arcs or more and threads are few. Same seed, same
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

const maxIterations = 100

func optimise(ctx context.Context, g *graph.Graph, o Options, refined bool) (*Hierarchy, error) {
	s, err := newSearch(ctx, g, o)
	if err != nil {
		return nil, err
	}
	defer s.crew.dismiss()
	want := o.Iterations
	if want <= 0 {
		want = 2
	}
	most := want
	if o.UntilStable {
		most = max(want, maxIterations)
	}
	h := &Hierarchy{}
	for h.Iterations < most && !h.Stable {
		o.Progress.Report("finding communities", int64(h.Iterations), int64(want))
		moved, err := s.iterate(ctx, h.Iterations, refined)
		if err != nil {
			return nil, err
		}
		h.Iterations++
		h.Stable = moved == 0
	}
	o.Progress.Report("finding communities", int64(want), int64(want))
	s.levels(h, refined)
	return h, nil
}
