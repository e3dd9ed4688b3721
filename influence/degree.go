package influence

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Degrees are the plain counts of a network, per vertex unless said otherwise.
// Loops are left out of all but Loops.
type Degrees struct {
	// Out and In count arcs that leave and enter, Mutual those partners with
	// an arc each way.
	Out, In, Mutual []uint32
	// OutStrength and InStrength add up the weights of those arcs.
	OutStrength, InStrength []float64
	// Arcs counts all arcs but loops, Loops those from a vertex to itself,
	// Isolates the vertices without any other arc.
	Arcs, Loops int64
	Isolates    int
	// Reciprocity is the share of arcs whose opposite is there too; 0 when
	// there are no arcs, 1 on an undirected graph that has some.
	Reciprocity float64
}

// DegreeOptions are the means of Degree. The zero value works.
type DegreeOptions struct {
	// Transposed is the graph with all arcs turned round, made when nil.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads int
}

// Degree counts and weighs each vertex's arcs. An arc is reciprocated when its
// opposite exists, whatever the weights (M. E. J. Newman, S. Forrest, J.
// Balthrop, doi:10.1103/PhysRevE.66.035101).
//
// O(n+m) time, 28 bytes per vertex of memory beside the graph and its
// transpose. Weights are added up in the order of neighbours, so the result is
// the same to the bit for any number of threads. An empty graph gives empty
// columns; on an undirected graph in, out and mutual are alike.
func Degree(ctx context.Context, g *graph.Graph, opt DegreeOptions) (*Degrees, error) {
	if err := square(g); err != nil {
		return nil, fmt.Errorf("degree: %w", err)
	}
	in, err := turned(ctx, g, opt.Transposed, opt.Threads)
	if err != nil {
		return nil, fmt.Errorf("degree: %w", err)
	}
	n := g.Rows()
	d := &Degrees{
		Out: make([]uint32, n), In: make([]uint32, n), Mutual: make([]uint32, n),
		OutStrength: make([]float64, n), InStrength: make([]float64, n),
	}
	sweep.ByArcs(g.Offsets).Each(opt.Threads, func(_ int, from, to uint32) {
		for v := from; v < to && ctx.Err() == nil; v++ {
			d.Out[v], d.OutStrength[v] = others(g, v)
			d.In[v], d.InStrength[v] = others(in, v)
			d.Mutual[v] = mutual(g.Neighbours(v), in.Neighbours(v), v)
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("degree: %w", err)
	}
	mutual := int64(0)
	for v := range n {
		d.Arcs += int64(d.Out[v])
		mutual += int64(d.Mutual[v])
		if d.Out[v] == 0 && d.In[v] == 0 {
			d.Isolates++
		}
	}
	d.Loops = int64(g.Arcs()) - d.Arcs
	if d.Arcs > 0 {
		d.Reciprocity = float64(mutual) / float64(d.Arcs)
	}
	return d, nil
}

// others counts and weighs the arcs of v that don't lead back to v.
func others(g *graph.Graph, v uint32) (arcs uint32, strength float64) {
	w := g.WeightsOf(v)
	for i, u := range g.Neighbours(v) {
		switch {
		case u == v:
			continue
		case w == nil:
			strength++
		default:
			strength += float64(w[i])
		}
		arcs++
	}
	return arcs, strength
}

// mutual counts what two ascending lists have in common, but for self.
func mutual(a, b []uint32, self uint32) uint32 {
	k := uint32(0)
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0] < b[0]:
			a = a[1:]
		case b[0] < a[0]:
			b = b[1:]
		default:
			if a[0] != self {
				k++
			}
			a, b = a[1:], b[1:]
		}
	}
	return k
}
