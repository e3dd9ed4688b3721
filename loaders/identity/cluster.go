package identity

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"kith/graph"
)

// Links are pairs of records with the weight of evidence that they are of one
// person, in ascending order of A, then B; A < B are canonical numbers.
type Links struct {
	A, B   []uint32
	Weight []float64 // bits
}

// Len is the number of links.
func (l *Links) Len() int { return len(l.A) }

// Find is the place of the link between two records.
func (l *Links) Find(a, b uint32) (int, bool) {
	if a > b {
		a, b = b, a
	}
	from, _ := slices.BinarySearch(l.A, a)
	to := from
	for to < len(l.A) && l.A[to] == a {
		to++
	}
	at, ok := slices.BinarySearch(l.B[from:to], b)
	return from + at, ok
}

// Fate is what became of a link.
type Fate uint8

// The fates.
const (
	// Review: too weak to merge by, strong enough for a person to look at.
	Review Fate = iota
	// Merged: the two records are one person's.
	Merged
	// CutAtBridge: it alone held two groups of records together.
	CutAtBridge
	// CutForSize: with it the person would have had too many records.
	CutForSize
	// CutByOverride: somebody put apart what it would join.
	CutByOverride
)

// String is the fate in words.
func (f Fate) String() string {
	switch f {
	case Review:
		return "for review"
	case Merged:
		return "merged"
	case CutAtBridge:
		return "cut at a bridge"
	case CutForSize:
		return "cut for size"
	case CutByOverride:
		return "cut by an override"
	}
	return "unknown fate"
}

// Grouping says when links make a person. The zero value works.
type Grouping struct {
	// Merge is the probability from which a link merges; 0 means 0.9.
	Merge float64
	// Bridge is the probability from which a link alone may hold two groups
	// of at least two records each together; 0 means 0.999.
	Bridge float64
	// MaxRecords is the most records of a person, but for what overrides put
	// together; 0 means 50.
	MaxRecords int
}

func (g Grouping) filled() (Grouping, error) {
	if g.Merge == 0 {
		g.Merge = .9
	}
	if g.Bridge == 0 {
		g.Bridge = max(.999, g.Merge)
	}
	if g.MaxRecords == 0 {
		g.MaxRecords = 50
	}
	switch {
	case !(g.Merge > 0 && g.Merge < 1):
		return g, fmt.Errorf("identity: the probability to merge at is %v; it must lie between 0 and 1", g.Merge)
	case !(g.Bridge >= g.Merge && g.Bridge <= 1):
		return g, fmt.Errorf("identity: the probability to keep a bridge at is %v; it must lie between %v, that to merge at, and 1", g.Bridge, g.Merge)
	case g.MaxRecords < 1:
		return g, fmt.Errorf("identity: at most %d records for a person; allow at least 1", g.MaxRecords)
	}
	return g, nil
}

// Clusters are the people found: each record is in one cluster.
type Clusters struct {
	// IDs are the records, in byte order: their canonical order.
	IDs *graph.Names
	// Of is the cluster of each record. Clusters are numbered by their
	// smallest record.
	Of []uint32
	// Members of cluster c are Members[Offsets[c]:Offsets[c+1]], ascending.
	Offsets, Members []uint32
	// Fates stand beside the links.
	Fates []Fate
}

// Len is the number of clusters.
func (c *Clusters) Len() int { return max(len(c.Offsets)-1, 0) }

// MembersOf are the records of a cluster, ascending. The slice is shared.
func (c *Clusters) MembersOf(k uint32) []uint32 { return c.Members[c.Offsets[k]:c.Offsets[k+1]] }

// ID names a cluster: by the smallest of its records' ids.
func (c *Clusters) ID(k uint32) string { return c.IDs.At(c.Members[c.Offsets[k]]) }

// Group makes people of links: the connected components of those that reach the
// merging threshold and of what overrides put together. Where a component is too
// large, or holds records that somebody put apart, its links are taken again, the
// strongest first (then by record numbers), and each that would join too many or
// the wrong records is cut. At last a link is cut that alone holds two groups of
// two or more records each together (a bridge, also when the links under review
// are counted), unless it is very strong: were the two groups one person, other
// pairs across them would look alike too. Ours, after what is usual.
//
// Time is O(links·log links) where there is something to cut, O(links) otherwise;
// memory 16 bytes a link and 20 a record. The answer depends on the set of links
// only. No links make each record a person.
//
// It is an error when overrides contradict each other.
func Group(ctx context.Context, ids *graph.Names, links *Links, o Overrides, opt Grouping) (*Clusters, error) {
	opt, err := opt.filled()
	if err != nil {
		return nil, err
	}
	g := &grouper{n: ids.Len(), links: links, opt: opt, merge: Weight(opt.Merge), fates: make([]Fate, links.Len())}
	g.together, g.apart = numbered(ids, o.Together), numbered(ids, o.Apart)
	g.forest = newForest(g.n)
	for _, p := range g.together {
		g.forest.join(p[0], p[1])
	}
	for _, p := range g.apart {
		if g.forest.root(p[0]) == g.forest.root(p[1]) {
			return nil, fmt.Errorf("identity: the records %q and %q are put apart by one override and together by others; drop one of them", ids.At(p[0]), ids.At(p[1]))
		}
	}
	g.components()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := g.bridges(ctx); err != nil {
		return nil, err
	}
	c := &Clusters{IDs: ids, Fates: g.fates}
	c.number(&g.forest)
	return c, nil
}

type grouper struct {
	n               int
	links           *Links
	opt             Grouping
	merge           float64
	together, apart [][2]uint32
	fates           []Fate
	forest          forest
}

// components joins what reaches the threshold, with care where it must be.
func (g *grouper) components() {
	rough := newForest(g.n)
	for _, p := range g.together {
		rough.join(p[0], p[1])
	}
	for i, w := range g.links.Weight {
		if w >= g.merge {
			rough.join(g.links.A[i], g.links.B[i])
		}
	}
	odd := make([]bool, g.n) // by root: too large, or holding what is apart
	for r := range g.n {
		if root := rough.root(uint32(r)); int(rough.size[root]) > g.opt.MaxRecords {
			odd[root] = true
		}
	}
	apart := map[uint32][]uint32{} // who must not come to a record
	for _, p := range g.apart {
		if root := rough.root(p[0]); root == rough.root(p[1]) {
			odd[root] = true
			apart[p[0]] = append(apart[p[0]], p[1])
			apart[p[1]] = append(apart[p[1]], p[0])
		}
	}
	var careful []int
	for i, w := range g.links.Weight {
		switch a := g.links.A[i]; {
		case w < g.merge:
		case odd[rough.root(a)]:
			careful = append(careful, i)
		default:
			g.forest.join(a, g.links.B[i])
			g.fates[i] = Merged
		}
	}
	slices.SortFunc(careful, func(i, j int) int {
		return cmp.Or(cmp.Compare(g.links.Weight[j], g.links.Weight[i]), cmp.Compare(i, j))
	})
	g.joinCarefully(careful, apart)
}

// joinCarefully takes links, the strongest first, unless they join what must not
// be joined.
func (g *grouper) joinCarefully(order []int, apart map[uint32][]uint32) {
	// Records that are put apart from others, by the root of their group.
	bound := map[uint32][]uint32{}
	for r := range uint32(g.n) {
		if len(apart) > 0 && len(apart[r]) > 0 {
			root := g.forest.root(r)
			bound[root] = append(bound[root], r)
		}
	}
	for _, i := range order {
		a, b := g.forest.root(g.links.A[i]), g.forest.root(g.links.B[i])
		if a == b {
			g.fates[i] = Merged
			continue
		}
		if len(bound[a]) > len(bound[b]) {
			a, b = b, a
		}
		if g.forbidden(bound[a], b, apart) {
			g.fates[i] = CutByOverride
			continue
		}
		if int(g.forest.size[a]+g.forest.size[b]) > g.opt.MaxRecords {
			g.fates[i] = CutForSize
			continue
		}
		g.fates[i] = Merged
		both := append(bound[b], bound[a]...)
		delete(bound, a)
		delete(bound, b)
		g.forest.join(a, b)
		if len(both) > 0 {
			bound[g.forest.root(a)] = both
		}
	}
}

// forbidden says whether one of the records is put apart from a group.
func (g *grouper) forbidden(records []uint32, group uint32, apart map[uint32][]uint32) bool {
	for _, r := range records {
		for _, other := range apart[r] {
			if g.forest.root(other) == group {
				return true
			}
		}
	}
	return false
}

// number makes the clusters of a forest.
func (c *Clusters) number(f *forest) {
	n := len(f.parent)
	c.Of = make([]uint32, n)
	c.Members = make([]uint32, n)
	c.Offsets = append(c.Offsets, 0)
	label := make([]uint32, n)
	for r := range uint32(n) {
		root := f.root(r)
		if label[root] == 0 { // the smallest record of its cluster
			c.Offsets = append(c.Offsets, f.size[root])
			label[root] = uint32(len(c.Offsets) - 1)
		}
		c.Of[r] = label[root] - 1
	}
	for k := 1; k < len(c.Offsets); k++ {
		c.Offsets[k] += c.Offsets[k-1]
	}
	next := slices.Clone(c.Offsets)
	for r, k := range c.Of {
		c.Members[next[k]] = uint32(r)
		next[k]++
	}
}

// forest is a union-find of records, the smaller hung under the larger (R. E.
// Tarjan, J. van Leeuwen, doi:10.1145/62.2160).
type forest struct{ parent, size []uint32 }

func newForest(n int) forest {
	f := forest{make([]uint32, n), make([]uint32, n)}
	for r := range f.parent {
		f.parent[r], f.size[r] = uint32(r), 1
	}
	return f
}

func (f *forest) root(r uint32) uint32 {
	for f.parent[r] != r {
		f.parent[r] = f.parent[f.parent[r]]
		r = f.parent[r]
	}
	return r
}

func (f *forest) join(a, b uint32) {
	a, b = f.root(a), f.root(b)
	if a == b {
		return
	}
	if f.size[a] < f.size[b] || f.size[a] == f.size[b] && a > b {
		a, b = b, a
	}
	f.parent[b] = a
	f.size[a] += f.size[b]
}
