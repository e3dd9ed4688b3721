package graph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Side is one of the two kinds of vertices of a rectangular graph.
type Side uint8

// The sides of a customer-product graph: customers are its rows.
const (
	SideRows Side = iota
	SideColumns
)

// Weighting says how alike two vertices are for what they are both tied to.
type Weighting uint8

const (
	// CosineIDF is Σ a(u,p)·a(v,p)·idf(p) over the norms that make a vertex
	// like itself by 1, with idf(p) = ln(N/n_p): of N vertices with ties, n_p
	// are tied to p. What everybody buys ties nobody. This is the default.
	CosineIDF Weighting = iota
	// Cosine is the same with idf(p) = 1.
	Cosine
	// Jaccard is what two share over what either has, weights disregarded.
	Jaccard
	// Overlap is what two share over what the one with less has.
	Overlap
	// Count is how many things two share: the raw 2, 1, 1 of a drawing.
	Count
)

// ProjectOptions shape a projection.
type ProjectOptions struct {
	// K is the number of neighbours to keep for each vertex; 0 means 20.
	K int
	// All keeps every neighbour that is alike by MinWeight at least, which
	// must be above 0, instead of the K most alike.
	All bool
	// MostPairs bounds All: when more pairs are alike enough, Project gives up with
	// ErrManyPairs as soon as it has found them. 0 sets no bound.
	MostPairs int64
	// Side is the side whose vertices are tied to each other.
	Side      Side
	Weighting Weighting
	// MinWeight leaves out neighbours that are less alike.
	MinWeight float32
	// MaxDegree sets vertices of the other side aside that have more ties
	// than this, as if they did not exist; 0 sets none aside.
	MaxDegree int
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress Progress
}

// ErrManyPairs says that a projection has more pairs than were allowed.
var ErrManyPairs = errors.New("too many pairs are alike enough to be kept")

// ProjectReport says what a projection did.
type ProjectReport struct {
	// Hubs are the vertices of the other side that were set aside.
	Hubs []uint32
	// Paths is how many pairs of ties that meet on the other side were
	// looked at, each pair once.
	Paths int64
}

// Project ties the vertices of one side of a rectangular graph to those that are
// most like them: row u of the result has the K vertices v of the highest
// similarity to u, in ascending order of v as in every graph, with the similarity
// as weight (Strongest lists them by weight). Equal similarities go to the
// smaller v. A vertex is not its own neighbour, and one without ties, or tied
// only to what all others are tied to, has none. The result is directed, as
// being among the most alike is not mutual; Symmetric with MergeMax makes it
// undirected, and keeps a tie when either end has it. With All instead, row u has
// all v whose similarity to u is at least MinWeight, which is mutual, so the result
// is undirected. Neighbours differ from those of a large K in nothing else.
//
// Pairs are reached by their common neighbours only, and each pair once, from
// its smaller vertex u: u's similarities to larger vertices are summed in a dense
// array, tile by tile where there are many, and offered to the bounded heaps of
// both ends. No more than one row for each thread exists at a time. As a heap
// keeps the K largest of a total order, it does not matter in what order pairs
// are offered; each similarity is summed over common neighbours in ascending
// order, in float32, which for m common neighbours is off by m·6e-8 of itself at
// the very most. So the result is the same to the bit for any number of threads.
//
// Time is O(n² / 2 + Σ n_p² / 2), the first part less than 1 ns a pair for rows
// that are nearly full and nothing for others; memory beside the input and the
// result is 8 bytes for each of n·K neighbours, 8 bytes an arc (12 with weights),
// up to 128 bytes for each vertex of the other side, and 8 bytes for each vertex
// and thread. With All it is 12 bytes for each pair that is kept instead of 8 for
// each neighbour, and what Build needs for them; pairs below MinWeight take none. The way of Gustavson, doi:10.1145/355791.355796, with a heap, as
// PyPI's sparse_dot_topn has it, and half the pairs.
func Project(ctx context.Context, g *Graph, opt ProjectOptions) (*Graph, ProjectReport, error) {
	if opt.K == 0 {
		opt.K = 20
	}
	if opt.K < 0 || opt.MaxDegree < 0 || !(opt.MinWeight >= 0) {
		return nil, ProjectReport{}, fmt.Errorf("project: %d neighbours, degree at most %d and weight at least %v can't be asked for", opt.K, opt.MaxDegree, opt.MinWeight)
	}
	if opt.All && opt.MinWeight == 0 {
		return nil, ProjectReport{}, errors.New("project: all pairs can't be kept; choose the least weight of those to keep")
	}
	p, err := newProjection(ctx, g, opt)
	if err != nil {
		return nil, p.report, err
	}
	if err := p.run(ctx); err != nil {
		return nil, p.report, err
	}
	if opt.All {
		n := uint32(p.own.Rows())
		out, _, err := build(ctx, BuildOptions{Rows: n, Cols: n, Undirected: true, Threads: p.threads}, p.pairs)
		return out, p.report, err
	}
	out, err := p.top.graph(ctx, p.threads)
	return out, p.report, err
}

// projection is a projection under way. "Own" are the vertices of the side that
// is projected, "other" those of the other side.
type projection struct {
	opt     ProjectOptions
	threads int
	report  ProjectReport
	own     *Graph // own × other
	other   *Graph // other × own, the same arcs
	// factor[p] is what a common neighbour p adds, 0 when it is set aside.
	factor []float32
	// scale[u] makes the sum over common neighbours a cosine: 1 over the norm
	// of u, 0 when it has none.
	scale []float32
	// size[u] is the number of u's neighbours that are not set aside.
	size []uint32
	// weighted[i] is the weight of arc i of other, times its factor and scale;
	// nil when the graph has no weights or they are disregarded.
	weighted []float32
	// larger[i], for arc i of own from u to p, is where in row p of other the
	// vertices larger than u begin, and later those not yet compared with u.
	larger []uint32
	// tileEnd[p·tiles+t] is where in row p of other the vertices of tile t end.
	tiles     int
	tileShift uint
	tileEnd   []uint32
	// most is what a similarity can be but for rounding.
	most float32
	top  *top
	// pairs are what each worker has kept of all pairs, u below v, in place
	// of top.
	pairs []arcColumns
}

// tileSize is the number of vertices whose sums, scales and bars fit together in
// the second-level cache, and mostTiles bounds the table of their ends.
const (
	tileSize  = 1 << 15
	mostTiles = 32
)

func newProjection(ctx context.Context, g *Graph, opt ProjectOptions) (*projection, error) {
	p := &projection{opt: opt, threads: threadsOr(opt.Threads)}
	back, err := g.Transpose(ctx, p.threads)
	if err != nil {
		return p, fmt.Errorf("project: %w", err)
	}
	p.own, p.other = g, back
	if opt.Side == SideColumns {
		p.own, p.other = back, g
	}
	n := p.own.Rows()
	p.setFactors()
	p.setScales()
	p.setLarger()
	p.setTiles(tileBits(n))
	if err := ctx.Err(); err != nil {
		return p, err
	}
	p.most = 1
	if opt.Weighting == Count {
		p.most = math.MaxFloat32
	}
	if opt.All {
		p.pairs = make([]arcColumns, p.threads)
		return p, nil
	}
	p.top = newTop(n, min(opt.K, max(n-1, 1)), opt.MinWeight)
	p.top.most = p.most
	return p, nil
}

// setFactors weighs the vertices of the other side.
func (p *projection) setFactors() {
	active := 0
	for u := range p.own.Rows() {
		if p.own.Degree(uint32(u)) > 0 {
			active++
		}
	}
	p.factor = make([]float32, p.other.Rows())
	for v := range p.factor {
		degree := p.other.Degree(uint32(v))
		switch {
		case p.opt.MaxDegree > 0 && degree > p.opt.MaxDegree:
			p.report.Hubs = append(p.report.Hubs, uint32(v))
		case degree == 0:
		case p.opt.Weighting == CosineIDF:
			p.factor[v] = float32(math.Log(float64(active) / float64(degree)))
		default:
			p.factor[v] = 1
		}
		if p.factor[v] > 0 {
			p.report.Paths += int64(degree) * int64(degree-1) / 2
		}
	}
}

// setScales finds the norms and, where weights count, the scaled weights.
func (p *projection) setScales() {
	n := p.own.Rows()
	p.scale, p.size = make([]float32, n), make([]uint32, n)
	weights := p.own.Weights
	if p.opt.Weighting != CosineIDF && p.opt.Weighting != Cosine {
		weights = nil
	}
	for u := range uint32(n) {
		norm := 0.0
		first := p.own.Offsets[u]
		for k, v := range p.own.Neighbours(u) {
			f := float64(p.factor[v])
			if f == 0 {
				continue
			}
			p.size[u]++
			if weights != nil {
				w := float64(weights[first+uint64(k)])
				f *= w * w
			}
			norm += f
		}
		if norm > 0 {
			p.scale[u] = float32(1 / math.Sqrt(norm))
		}
	}
	if weights == nil {
		return
	}
	p.weighted = make([]float32, len(p.other.Weights))
	for v := range uint32(p.other.Rows()) {
		first := p.other.Offsets[v]
		for k, u := range p.other.Neighbours(v) {
			i := first + uint64(k)
			p.weighted[i] = float32(float64(p.other.Weights[i]) * float64(p.factor[v]) * float64(p.scale[u]))
		}
	}
}

// Neighbour is a vertex and the weight of the tie that leads to it.
type Neighbour struct {
	Vertex uint32
	Weight float32
}

// Strongest lists the neighbours of u from the heaviest tie to the lightest,
// equal ones by vertex.
func (g *Graph) Strongest(u uint32) []Neighbour {
	row := g.Neighbours(u)
	list := make([]Neighbour, len(row))
	w := g.WeightsOf(u)
	for k, v := range row {
		list[k] = Neighbour{v, 1}
		if w != nil {
			list[k].Weight = w[k]
		}
	}
	slices.SortStableFunc(list, func(a, b Neighbour) int {
		switch {
		case a.Weight > b.Weight:
			return -1
		case a.Weight < b.Weight:
			return 1
		}
		return 0
	})
	return list
}
