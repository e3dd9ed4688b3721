package influence

import (
	"context"
	"fmt"
	"math/bits"
	"sync"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// Triangles are the closed triples of a network and what follows from them.
type Triangles struct {
	// Count is per vertex the number of triangles that it belongs to, and
	// Total their number in all: a third of the sum of Count.
	Count []uint64
	Total uint64
	// Local is per vertex the share of pairs of partners who are partners of
	// each other, 0 for those with fewer than two partners.
	Local []float64
	// Mean is the mean of Local over all vertices, 0 for an empty graph.
	Mean float64
	// Transitivity is the share of paths of two ties, over all of the
	// network, whose ends are tied: 0 when there are none.
	Transitivity float64
}

// coreSize is the number of vertices of highest degree between which ties are
// kept as bits as well: 2 MB, which stays in a processor's cache.
const coreSize = 4096

// CountTriangles counts triangles, and from them the local clustering
// coefficient t_v/(d_v(d_v-1)/2) of D. J. Watts and S. H. Strogatz
// (doi:10.1038/30918), its mean, and the transitivity 3t/Σ d_v(d_v-1)/2. The
// graph must be undirected; make a directed one so with Symmetric. Weights and
// loops don't count.
//
// Ties are directed towards the end of higher degree, as by N. Chiba and T.
// Nishizeki (doi:10.1137/0214017) and, with vertices renumbered by degree, in
// the GAP benchmark suite (arXiv:1508.03619), so that nobody has more than
// √(2m) to look at, and each triangle is seen once, from its vertex of lowest
// degree. In a network with hubs most of its triangles have two or three of
// them. So the ties among the 4,096 vertices of highest degree stand in rows of
// bits too (ours): what two of them have in common is counted 64 at a time.
//
// O(m^1.5) time. Beside the result it holds 4 bytes a tie, 16 bytes a vertex,
// and for each thread 8 bytes a vertex. Counts are whole numbers, and the mean
// is added up in the order of vertices, so the result is the same to the bit for
// any number of threads (0 means GOMAXPROCS). An empty graph has empty columns.
// progress, which may be nil, is told of the vertices whose triangles are counted.
func CountTriangles(ctx context.Context, g *graph.Graph, threads int, progress graph.Progress) (*Triangles, error) {
	t, err := countTriangles(ctx, g, threads, coreSize, progress)
	if err != nil {
		return nil, fmt.Errorf("triangles: %w", err)
	}
	return t, nil
}

func countTriangles(ctx context.Context, g *graph.Graph, threads int, core uint32, progress graph.Progress) (*Triangles, error) {
	if err := mutualTies(g); err != nil {
		return nil, err
	}
	o := orient(g, core)
	cut := sweep.ByArcs(o.offsets)
	workers := make([]*triples, sweep.Workers(threads, cut.Blocks()))
	// All are made now, so that the memory does not depend on who of them comes first.
	for i := range workers {
		workers[i] = o.counter()
	}
	var reporting sync.Mutex
	counted := int64(0)
	sweep.Each(threads, cut.Blocks(), func(worker, b int) {
		if ctx.Err() != nil {
			return
		}
		workers[worker].count(cut[b], cut[b+1])
		reporting.Lock()
		defer reporting.Unlock()
		counted += int64(cut[b+1] - cut[b])
		progress.Report("triangles", counted, int64(g.Rows()))
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	n := g.Rows()
	t := &Triangles{Count: make([]uint64, n), Local: make([]float64, n)}
	// Twice the number of pairs of partners, and of those who are tied.
	var paths, closed uint64
	for v := range n {
		twice := uint64(0)
		for _, w := range workers {
			twice += w.twice[o.rank[v]]
		}
		t.Count[v] = twice / 2
		if d := uint64(partners(g, uint32(v))); d > 1 {
			t.Local[v] = float64(twice) / float64(d*(d-1))
			paths += d * (d - 1)
		}
		closed += twice
		t.Mean += t.Local[v]
	}
	t.Total = closed / 6
	if n > 0 {
		t.Mean /= float64(n)
	}
	if paths > 0 {
		t.Transitivity = float64(closed) / float64(paths)
	}
	return t, nil
}

// oriented is a network whose vertices are numbered by rising degree and whose
// ties lead from the smaller to the larger number.
type oriented struct {
	rank    []uint32 // the number of each vertex
	offsets []uint64
	up      []uint32 // ascending in each row
	// The vertices from base on are the core. Bit y-base of row x-base says
	// that x and y are tied.
	base, words uint32
	tied        []uint64
}

// orient numbers vertices by degree, equals by vertex, in O(n+m).
func orient(g *graph.Graph, core uint32) *oriented {
	n := uint32(g.Rows())
	o := &oriented{rank: make([]uint32, n), offsets: make([]uint64, n+1)}
	order := byDegree(g, o.rank)
	for v := range n {
		r := o.rank[v]
		for _, u := range g.Neighbours(v) {
			if o.rank[u] > r {
				o.offsets[r+1]++
			}
		}
	}
	for r := range n {
		o.offsets[r+1] += o.offsets[r]
	}
	// Going through the larger ends in ascending order leaves each row
	// ascending. Meanwhile offsets[r] is where row r goes on.
	o.up = make([]uint32, o.offsets[n])
	for r, v := range order {
		for _, u := range g.Neighbours(v) {
			if q := o.rank[u]; q < uint32(r) {
				o.up[o.offsets[q]] = uint32(r)
				o.offsets[q]++
			}
		}
	}
	copy(o.offsets[1:], o.offsets[:n])
	if n > 0 {
		o.offsets[0] = 0
	}
	size := min(n, core)
	o.base, o.words = n-size, (size+63)/64
	o.tied = make([]uint64, size*o.words)
	for x := range size {
		for _, y := range o.row(o.base + x) {
			y -= o.base
			o.tied[x*o.words+y/64] |= 1 << (y % 64)
			o.tied[y*o.words+x/64] |= 1 << (x % 64)
		}
	}
	return o
}

// byDegree lists vertices by rising degree, equals by vertex, and writes the
// place of each to rank.
func byDegree(g *graph.Graph, rank []uint32) []uint32 {
	most := 0
	for v := range rank {
		most = max(most, g.Degree(uint32(v)))
	}
	next := make([]uint32, most+2)
	for v := range rank {
		next[g.Degree(uint32(v))+1]++
	}
	for d := range most {
		next[d+1] += next[d]
	}
	order := make([]uint32, len(rank))
	for v := range rank {
		d := g.Degree(uint32(v))
		rank[v] = next[d]
		order[next[d]] = uint32(v)
		next[d]++
	}
	return order
}

func (o *oriented) row(r uint32) []uint32 { return o.up[o.offsets[r]:o.offsets[r+1]] }

// among is the row of bits of a vertex of the core.
func (o *oriented) among(r uint32) []uint64 {
	x := (r - o.base) * o.words
	return o.tied[x : x+o.words]
}

// triples counts triangles for one worker.
type triples struct {
	*oriented
	twice []uint64 // twice the number of triangles of each vertex
	mark  []uint64 // a bit for each partner of the vertex at hand
	own   []uint64 // a bit for each of its partners in the core
	hits  []uint32
}

func (o *oriented) counter() *triples {
	n := len(o.rank)
	return &triples{oriented: o, twice: make([]uint64, n), mark: make([]uint64, n/64+1), own: make([]uint64, o.words)}
}

// count finds the triangles whose smallest vertex is one of from..to.
func (t *triples) count(from, to uint32) {
	for u := from; u < min(to, t.base); u++ {
		t.outside(u)
	}
	for u := max(from, t.base); u < to; u++ {
		t.inside(u)
	}
}

// inside counts for a vertex of the core the triangles with larger partners in
// it. Each is found from all three of its ties, twice for each vertex.
func (t *triples) inside(u uint32) {
	own := t.among(u)
	sum := uint64(0)
	for _, v := range t.row(u) {
		k := common(own, t.among(v))
		t.twice[v] += k
		sum += k
	}
	t.twice[u] += sum
}

// common counts the bits that two rows have in common.
func common(a, b []uint64) uint64 {
	k := 0
	b = b[:len(a)]
	for i, x := range a {
		k += bits.OnesCount64(x & b[i])
	}
	return uint64(k)
}

// outside counts the triangles whose smallest vertex is u, which is not in the
// core.
func (t *triples) outside(u uint32) {
	row := t.row(u)
	if len(row) < 2 {
		return
	}
	for _, v := range row {
		t.mark[v/64] |= 1 << (v % 64)
	}
	sum, far := uint64(0), len(row)
	for i, v := range row {
		if v >= t.base {
			far = i
			break
		}
		theirs := t.row(v)
		if cap(t.hits) < len(theirs) {
			t.hits = make([]uint32, 0, 2*len(theirs))
		}
		hits := t.hits[:len(theirs)]
		k := 0
		for _, w := range theirs {
			hits[k] = w
			k += int(t.mark[w/64] >> (w % 64) & 1)
		}
		for _, w := range hits[:k] {
			t.twice[w] += 2
		}
		t.twice[v] += 2 * uint64(k)
		sum += 2 * uint64(k)
	}
	sum += t.pairs(row[far:])
	t.twice[u] += sum
	for _, v := range row {
		t.mark[v/64] = 0
	}
}

// pairs counts the ties among partners in the core of a vertex outside; it
// returns twice their number.
func (t *triples) pairs(core []uint32) uint64 {
	sum := uint64(0)
	if len(core) > int(t.words) {
		// A row of bits is read in less time than that of testing each.
		clear(t.own)
		for _, v := range core {
			v -= t.base
			t.own[v/64] |= 1 << (v % 64)
		}
		for _, v := range core {
			k := common(t.own, t.among(v))
			t.twice[v] += 2 * k
			sum += k
		}
		return sum
	}
	for i, v := range core {
		near := t.among(v)
		k := uint64(0)
		for _, w := range core[i+1:] {
			x := w - t.base
			is := near[x/64] >> (x % 64) & 1
			k += is
			t.twice[w] += 2 * is
		}
		t.twice[v] += 2 * k
		sum += 2 * k
	}
	return sum
}
