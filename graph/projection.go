package graph

import (
	"context"
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
// undirected, and keeps a tie when either end has it.
//
// Pairs are reached by their common neighbours only, and each pair once, from
// its smaller vertex u: u's row of similarities to larger vertices lies in one
// dense array for each thread, and is offered to the bounded heaps of both ends.
// No more than one such row for each thread exists at a time. As a heap keeps
// the K largest of a total order, it does not matter in what order pairs are
// offered; each similarity is summed over common neighbours in ascending order,
// in float32. So the result is the same to the bit for any number of threads.
//
// Time is O(n² / 2 + Σ n_p² / 2), the first part at some 1 ns for rows that are
// nearly full and not at all for others; memory beside the input and the result is
// 8 bytes for each of n·K neighbours, 8 bytes an arc (12 with weights), and 8 bytes
// for each vertex and thread. The way of Gustavson, doi:10.1145/355791.355796,
// with a heap, as PyPI's sparse_dot_topn has it, and half the pairs.
func Project(ctx context.Context, g *Graph, opt ProjectOptions) (*Graph, ProjectReport, error) {
	if opt.K == 0 {
		opt.K = 20
	}
	if opt.K < 0 || opt.MaxDegree < 0 || !(opt.MinWeight >= 0) {
		return nil, ProjectReport{}, fmt.Errorf("project: %d neighbours, degree at most %d and weight at least %v can't be asked for", opt.K, opt.MaxDegree, opt.MinWeight)
	}
	p, err := newProjection(ctx, g, opt)
	if err != nil {
		return nil, p.report, err
	}
	if err := p.run(ctx); err != nil {
		return nil, p.report, err
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
	// vertices larger than u begin.
	larger []uint32
	top    *top
}

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
	if err := ctx.Err(); err != nil {
		return p, err
	}
	p.top = newTop(n, min(opt.K, max(n-1, 1)), opt.MinWeight)
	if opt.Weighting == Count {
		p.top.most = math.MaxFloat32
	}
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

// run offers all pairs to the heaps.
func (p *projection) run(ctx context.Context) error {
	const rows = 32 // handed to a worker at a time
	n := p.own.Rows()
	blocks := (n + rows - 1) / rows
	workers := make([]*similarities, p.threads)
	return each(ctx, p.threads, blocks, func(worker, block int) {
		if workers[worker] == nil {
			workers[worker] = &similarities{p: p, sum: make([]float32, n)}
		}
		for u := block * rows; u < min(n, (block+1)*rows); u++ {
			workers[worker].row(uint32(u))
		}
		if worker == 0 {
			p.opt.Progress.Report("comparing", int64(block+1)*rows, int64(n))
		}
	})
}

// similarities is one worker's row of similarities.
type similarities struct {
	p       *projection
	sum     []float32 // 0 between two rows
	met     []uint32  // vertices whose sum is not 0, when the row is sparse
	touched uint32    // keeps loads from being left out
}

// row compares u with all larger vertices.
func (s *similarities) row(u uint32) {
	p := s.p
	scale := p.scale[u]
	if scale == 0 {
		return
	}
	// The rows to come begin in places far apart. Their first entries are read
	// here, where the loads do not wait for each other.
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
	if paths == 0 {
		return
	}
	dense := paths > (len(s.sum)-int(u))/4
	if !dense && cap(s.met) < paths+1 {
		s.met = make([]uint32, paths+paths/4+1)
	}
	met := 0
	for k, v := range p.own.Neighbours(u) {
		f := p.factor[v]
		if f == 0 {
			continue
		}
		i := first + uint64(k)
		lo, hi := p.other.Offsets[v]+uint64(p.larger[i]), p.other.Offsets[v+1]
		list := p.other.Targets[lo:hi]
		switch {
		case p.weighted != nil && dense:
			addWeighted(s.sum, list, p.weighted[lo:hi], p.own.Weights[i]*scale)
		case p.weighted != nil:
			met = meetWeighted(s.sum, list, p.weighted[lo:hi], p.own.Weights[i]*scale, s.met, met)
		case dense:
			add(s.sum, list, f)
		default:
			met = meet(s.sum, list, f, s.met, met)
		}
	}
	if dense {
		p.offerAll(u, s.sum)
		clear(s.sum[u+1:])
		return
	}
	for _, v := range s.met[:met] {
		p.offer(u, v, p.similarity(u, v, s.sum[v]))
		s.sum[v] = 0
	}
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

// offerAll offers a dense row. A sum of 0 is below every bar.
func (p *projection) offerAll(u uint32, sum []float32) {
	n := uint32(len(sum))
	if p.weighted != nil || p.opt.Weighting >= Jaccard {
		for v := u + 1; v < n; v++ {
			if sum[v] != 0 {
				p.offer(u, v, p.similarity(u, v, sum[v]))
			}
		}
		return
	}
	scale := p.scale[u]
	own := p.top.barOf(u)
	for v := u + 1; v < n; v++ {
		s := sum[v] * p.scale[v] * scale
		if s >= own {
			p.top.push(u, v, s)
			own = p.top.barOf(u)
		}
		if s >= p.top.barOf(v) {
			p.top.push(v, u, s)
		}
	}
}

func (p *projection) offer(u, v uint32, s float32) {
	if s >= p.top.barOf(u) {
		p.top.push(u, v, s)
	}
	if s >= p.top.barOf(v) {
		p.top.push(v, u, s)
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
