package neighbour

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"kith/community/recommend"
	"kith/graph"
)

// Options of New. The zero value works.
type Options struct {
	// K is the number of neighbours of each product; 0 means 10. Ours: as of May
	// 2011 on Online Retail, 10 foretell what was bought until July better than 20,
	// 50 or 100 (recall at 10 of .090 against .085, .087 and .084, each ±.009;
	// BenchmarkRecallBySettings in cmd/kith).
	K int
	// Weighting is how likeness is measured; the default is cosine with idf
	// over customers, so that one who buys everything ties nothing.
	Weighting graph.Weighting
	// Counts lets a product that was bought more often weigh more in a
	// cosine. Otherwise each purchase counts once (ours: as of May 2011 on Online
	// Retail that foretells more, recall at 10 of .090
	// against .069).
	Counts bool
	// MaxDegree sets customers aside who bought more than this; 0 sets none
	// aside.
	MaxDegree int
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Model answers from the neighbours of products. It is immutable and may be asked by
// any number of goroutines.
type Model struct {
	// Similar has the neighbours of each product, with their similarities as
	// weights.
	Similar *graph.Graph

	pool sync.Pool // of *sums
}

// sums is the memory of one answer.
type sums struct {
	of      []float32 // per product, 0 between two answers
	touched []uint32
	list    []graph.Neighbour
}

// New finds the neighbours of the products of a graph of customers × products, as
// graph.Project does and with its time, memory and guarantees (B. Sarwar, G. Karypis,
// J. Konstan, J. Riedl, doi:10.1145/371920.372071).
func New(ctx context.Context, bought *graph.Graph, o Options) (*Model, error) {
	if o.K == 0 {
		o.K = 10
	}
	if !o.Counts {
		once := *bought
		once.Weights, bought = nil, &once
	}
	similar, _, err := graph.Project(ctx, bought, graph.ProjectOptions{
		K: o.K, Side: graph.SideColumns, Weighting: o.Weighting, MaxDegree: o.MaxDegree,
		Threads: o.Threads, Progress: o.Progress,
	})
	if err != nil {
		return nil, fmt.Errorf("neighbouring items: %w", err)
	}
	return &Model{Similar: similar}, nil
}

// For appends to dst the part [Offset, Offset+Limit) of the customer's list and
// returns it: the products that are neighbours of something in q.Owned, by
//
//	score(i) = Σ_{p owned} similarity(p, i)
//
// over those p that have i among their neighbours, equal ones by number. The owned and
// the not allowed ones are left out; q.Customer does not matter. Products that the
// model doesn't know are passed over.
//
// Time: O(owned·K) and the sorting of what that leads to.
func (m *Model) For(dst []recommend.Item, q recommend.Query) []recommend.Item {
	return m.ForWeights(dst, nil, q)
}

// ForWeights is For with a weight beside each entry of q.Owned by which its
// similarities are multiplied, such as how often it was bought; nil is 1 for each.
func (m *Model) ForWeights(dst []recommend.Item, weights []float32, q recommend.Query) []recommend.Item {
	if q.Limit <= 0 {
		return dst
	}
	s, _ := m.pool.Get().(*sums)
	if s == nil {
		s = &sums{of: make([]float32, m.Similar.Rows())}
	}
	defer m.pool.Put(s)
	for i, p := range q.Owned {
		if int64(p) >= int64(m.Similar.Rows()) {
			continue
		}
		w := float32(1)
		if weights != nil {
			w = weights[i]
		}
		if !(w > 0) {
			continue
		}
		like := m.Similar.WeightsOf(p)
		for k, v := range m.Similar.Neighbours(p) {
			x := w
			if like != nil {
				x *= like[k]
			}
			if s.of[v] == 0 {
				s.touched = append(s.touched, v)
			}
			s.of[v] += x
		}
	}
	for _, v := range s.touched {
		if q.Passes(v) {
			s.list = append(s.list, graph.Neighbour{Vertex: v, Weight: s.of[v]})
		}
		s.of[v] = 0
	}
	slices.SortFunc(s.list, func(a, b graph.Neighbour) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return int(int64(a.Vertex) - int64(b.Vertex))
	})
	from := min(max(q.Offset, 0), len(s.list))
	for _, n := range s.list[from:min(from+q.Limit, len(s.list))] {
		dst = append(dst, recommend.Item{
			Product: n.Vertex, Score: n.Weight, Source: recommend.ItemNeighbours,
			Community: recommend.None, Seen: recommend.None,
		})
	}
	s.touched, s.list = s.touched[:0], s.list[:0]
	return dst
}

// Method is the model as recommend.Evaluate compares it.
func (m *Model) Method() recommend.Method {
	return recommend.Method{Name: recommend.ItemNeighbours.String(), List: m.For}
}
