package community

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"kith/graph"
)

// Updated is what Update found.
type Updated struct {
	Partition
	// Work is what it took.
	Work Work
	// Iterations is how often the algorithm ran; Stable says that the last
	// time moved nothing.
	Iterations int
	Stable     bool
}

// Work is how many times a search looked at a vertex, and at a tie from one of
// its ends.
type Work struct {
	Vertices int64 `json:"vertices"`
	Arcs     int64 `json:"arcs"`
}

// Update finds the communities of a graph that has changed a little since before
// was found. Touched has both ends of every tie that is new, gone or weighs
// something else, in any order; vertices must have the same numbers as before,
// those behind the end of before.Of are new.
//
// It is Leiden on the frontier (after Sahu 2024, doi:10.48550/arXiv.2405.11658):
// only touched vertices look for a better community at first, and then the
// neighbours of those that moved; only communities that have a touched vertex,
// or lost or gained one, are refined, and only their parts move on as groups,
// among all the others, which stand still as wholes (the last is ours). A second
// iteration, and more if the options ask for them, starts from the members of the
// communities that the one before changed. So communities that nobody touches
// stay as they are, and those that come apart are split: if those of before were
// connected, the new ones are.
//
// The work is proportional to the ties of the communities that are touched,
// where Leiden's is to all ties. Beside it, strengths are summed in one pass over
// the weights, and vertices numbered, which takes some hundredths of Leiden's time.
// Quality stays close to that of Leiden from the start (tests hold it to .001);
// what was never touched is never improved, though, so run Leiden now and then.
//
// The resolution and the objective should be those before was found with;
// modularity and CPM are offered, for the map equation use Leiden's start. Effort
// counts iterations as for Leiden, Start is not used. Same input, same answer, to
// the bit, whatever the number of threads. Odd input is treated as Leiden does.
func Update(ctx context.Context, g *graph.Graph, before Partition, touched []uint32, o Options) (*Updated, error) {
	_, most, err := o.iterations()
	if err != nil {
		return nil, err
	}
	if o.Objective == MapObjective {
		return nil, errors.New("updates are by modularity or CPM; for the map equation let Leiden start from the partition before")
	}
	start, err := extend(g, before)
	if err != nil {
		return nil, err
	}
	o.Start = &start
	s, err := newSearch(ctx, g, o)
	if err != nil {
		return nil, err
	}
	defer s.crew.dismiss()
	s.part = &partial{changed: make([]bool, s.base.n), frontier: slices.Clone(touched)}
	slices.Sort(s.part.frontier)
	s.part.frontier = slices.Compact(s.part.frontier)
	if k := len(s.part.frontier); k > 0 && int(s.part.frontier[k-1]) >= s.base.n {
		return nil, fmt.Errorf("touched vertex %d is not in the graph, which has %d", s.part.frontier[k-1], s.base.n)
	}
	u := &Updated{Stable: true}
	for u.Iterations < most && len(s.part.frontier) > 0 {
		o.Progress.Report("updating communities", int64(u.Iterations), 0)
		moved, err := s.iterate(ctx, u.Iterations, true)
		if err != nil {
			return nil, err
		}
		u.Iterations++
		u.Stable = moved == 0
	}
	u.Work = s.part.work
	for w := range s.scratch {
		u.Work.Vertices += s.scratch[w].work.Vertices
		u.Work.Arcs += s.scratch[w].work.Arcs
	}
	u.Partition = canonical(s.comm[:s.base.n:s.base.n], max(s.base.n, 1))
	return u, nil
}

// extend gives new vertices communities of their own.
func extend(g *graph.Graph, p Partition) (Partition, error) {
	if err := checkUndirected(g); err != nil {
		return p, err
	}
	if err := p.Check(len(p.Of)); err != nil {
		return p, err
	}
	if len(p.Of) > g.Rows() {
		return p, fmt.Errorf("the partition before has %d vertices, the graph %d; number them alike", len(p.Of), g.Rows())
	}
	of := slices.Clone(p.Of)
	for len(of) < g.Rows() {
		of = append(of, uint32(p.Count))
		p.Count++
	}
	return Partition{Of: of, Count: p.Count}, nil
}

// partial is what an update keeps besides: who starts, and which communities of
// the present level have lost or gained somebody. On levels below the given graph
// vertices without ties stand for communities that nobody touches. They do not
// move, and they are not in the way: others see them as targets of their ties.
type partial struct {
	frontier []uint32
	changed  []bool
	work     Work
}

// begin starts a level. What has changed above counts on.
func (p *partial) begin(s *search, lv *level) {
	if s.depth == 0 {
		clear(p.changed[:lv.n])
	}
}

// follow renumbers what is known of communities as group does, and opens those
// of the given graph that have changed or have a vertex of the frontier.
func (p *partial) follow(s *search, number []uint32, g *grouping) {
	changed := make([]bool, g.communities)
	for c, k := range number {
		if k != vacantTarget && p.changed[c] {
			changed[k] = true
		}
	}
	copy(p.changed, changed)
	if s.depth > 0 {
		return
	}
	g.open = changed
	for _, v := range p.frontier {
		g.open[s.comm[v]] = true
	}
}

// close says which groups have a member whose ties are not known, or need not
// be.
func (p *partial) close(lv *level, g, groups *grouping, count []uint32) []bool {
	closed := make([]bool, len(groups.starts)-1)
	for c := range g.communities {
		for i := count[c]; i < count[c+1]; i++ {
			if g.open != nil {
				closed[i] = !g.open[c]
				continue
			}
			for _, v := range groups.members[groups.starts[i]:groups.starts[i+1]] {
				closed[i] = closed[i] || lv.offsets[v] == lv.offsets[v+1]
			}
		}
	}
	return closed
}

// end splits the communities of the last level that have come apart, and makes
// the members of those that have changed the next frontier.
func (p *partial) end(s *search, lv *level) {
	label := pieces(lv, s.comm)
	changed := make([]bool, lv.n)
	for v, x := range label {
		changed[x] = p.changed[s.comm[v]]
	}
	copy(s.comm, label)
	for v, x := range label {
		p.changed[v] = changed[x]
	}
	p.frontier = p.frontier[:0]
	for v := range s.base.n {
		x := uint32(v)
		for d := range s.depth {
			x = s.depths[d].up[x]
		}
		if p.changed[x] {
			p.frontier = append(p.frontier, uint32(v))
		}
	}
}
