package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// LeaderOptions say how the walks within communities go. The zero value works.
type LeaderOptions struct {
	// Damping is the chance that a walk follows an arc instead of starting
	// anew at any member, in (0,1); 0 means 0.85.
	Damping float64
	// Tolerance ends the sweeps over a community: the sum of the changes of
	// its members' ranks in one sweep. 0 means 1e-12, so that members who
	// stand alike come out alike.
	Tolerance float64
	// MaxIterations is the most sweeps over a community; 0 means 500.
	MaxIterations int
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Standing is how members stand in their communities.
type Standing struct {
	// Authority and Dissemination are per vertex and add up to 1 in each
	// community.
	Authority, Dissemination []float64
	// ByAuthority and ByDissemination are per community.
	ByAuthority, ByDissemination []Leader
}

// Leader is the first of a community by one kind of rank.
type Leader struct {
	Vertex   uint32 // None in a community without members
	Max, Min float64
	// Confidence is Max/Min: 1 where all members are alike, as in a
	// community of one, and 0 where there is no member.
	Confidence float64
}

// Leaders ranks the members of each community by two random walks on the arcs
// between them:
//
//	authority      x_v = (1-d)/n + d·(Σ_{u→v} x_u·w_uv/s_u + D/n)
//	dissemination  the same with all arcs turned round
//
// where n is the number of members, s_u the weight of u's arcs to other
// members, and D the rank of members without such arcs. Who is called by those
// who are called has authority; who calls those who call disseminates. Both
// kinds have one leader per community, the member of the highest rank; among
// those within a billionth of it, the vertex of the smallest number. Confidence
// is the ratio of the highest to the lowest rank. of names the community of
// each vertex, below count.
//
// Two leaders by rank, and the ratio as confidence, are what IBM's Group
// Analysis reports. The walk is PageRank's; the equations are solved by
// Gauss-Seidel sweeps without D, whose only effect is a common factor, and
// scaled to 1 at the end.
//
// Communities are worked on in parallel, each by one goroutine that copies its
// arcs into memory of its own: O(n+m) in all and about as much again per sweep,
// which take some 30 to 170 to settle. It holds 16 bytes per vertex for the
// result, and per goroutine some 20 bytes an arc of the largest community that
// it meets (10 without weights). The sums in a community have a fixed order, so the result is the same
// to the bit for any number of threads.
//
// Loops don't count: calling oneself makes no leader. In a community without
// ties all are alike, and the smallest vertex leads with confidence 1; an
// isolated vertex has what starts at it. A community may be disconnected.
// Weights of zero count as no arc. An undirected graph gives both kinds the
// same ranks.
func Leaders(ctx context.Context, g *graph.Graph, of []uint32, count int, opt LeaderOptions) (*Standing, error) {
	if opt.Damping == 0 {
		opt.Damping = 0.85
	}
	if opt.Tolerance == 0 {
		opt.Tolerance = 1e-12
	}
	if opt.MaxIterations == 0 {
		opt.MaxIterations = 500
	}
	switch {
	case !(opt.Damping > 0 && opt.Damping < 1):
		return nil, fmt.Errorf("leaders: damping is %v; it must lie between 0 and 1", opt.Damping)
	case !(opt.Tolerance > 0):
		return nil, fmt.Errorf("leaders: tolerance is %v; it must be above 0", opt.Tolerance)
	case opt.MaxIterations < 0:
		return nil, fmt.Errorf("leaders: at most %d iterations are allowed; it must be 1 or more", opt.MaxIterations)
	}
	m, err := newMembers(g, of, count)
	if err != nil {
		return nil, fmt.Errorf("leaders: %w", err)
	}
	s := &Standing{
		Authority: make([]float64, len(of)), Dissemination: make([]float64, len(of)),
		ByAuthority: make([]Leader, count), ByDissemination: make([]Leader, count),
	}
	circles := make([]circle, sweep.Workers(opt.Threads, count))
	sweep.Each(opt.Threads, count, func(worker, i int) {
		if ctx.Err() != nil {
			return
		}
		c, k := m.bySize[i], &circles[worker]
		list := m.in(c)
		k.copy(g, m, c)
		if g.Undirected {
			s.ByAuthority[c] = k.lead(ctx, list, &k.out, &k.out, s.Authority, opt)
			s.ByDissemination[c] = s.ByAuthority[c]
			for _, v := range list {
				s.Dissemination[v] = s.Authority[v]
			}
			return
		}
		k.in.turn(&k.out, len(list))
		s.ByAuthority[c] = k.lead(ctx, list, &k.out, &k.in, s.Authority, opt)
		s.ByDissemination[c] = k.lead(ctx, list, &k.in, &k.out, s.Dissemination, opt)
	})
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("leaders: %w", err)
	}
	opt.Progress.Report("leaders", int64(count), int64(count))
	return s, nil
}

// circle is a community's own small graph, and the memory for the next one's.
type circle struct {
	out, in     rows
	rank, gives []float64
	share       []float64 // d over the strength, 0 where nothing leaves
}

// rows are the arcs within a community, by the places of members in it.
type rows struct {
	offsets []uint64
	targets []uint32
	weights []float32 // nil when every arc weighs 1
}

// copy takes the arcs between members of community c, without loops.
func (k *circle) copy(g *graph.Graph, m *members, c uint32) {
	list, out := m.in(c), &k.out
	out.offsets = append(out.offsets[:0], 0)
	out.targets, out.weights = out.targets[:0], out.weights[:0]
	for _, u := range list {
		w := g.WeightsOf(u)
		for j, v := range g.Neighbours(u) {
			if m.of[v] != c || v == u || (w != nil && w[j] == 0) {
				continue
			}
			out.targets = append(out.targets, m.place[v])
			if w != nil {
				out.weights = append(out.weights, w[j])
			}
		}
		out.offsets = append(out.offsets, uint64(len(out.targets)))
	}
	if g.Weights == nil {
		out.weights = nil
	}
}

// turn makes r the transpose of the arcs between n members.
func (r *rows) turn(of *rows, n int) {
	r.offsets = filled(r.offsets, n+1, 0)
	r.targets = filled(r.targets, len(of.targets), 0)
	r.weights = filled(r.weights, len(of.weights), 0)
	for _, v := range of.targets {
		r.offsets[v+1]++
	}
	for v := range n {
		r.offsets[v+1] += r.offsets[v]
	}
	// Each offset walks from the start of its row to the start of the next,
	// and is put back by shifting the offsets one place in the end.
	for u := range n {
		for i := of.offsets[u]; i < of.offsets[u+1]; i++ {
			v := of.targets[i]
			at := r.offsets[v]
			r.offsets[v]++
			r.targets[at] = uint32(u)
			if of.weights != nil {
				r.weights[at] = of.weights[i]
			}
		}
	}
	copy(r.offsets[1:], r.offsets[:n])
	r.offsets[0] = 0
	if of.weights == nil {
		r.weights = nil
	}
}

// filled returns n times x, in the memory of s where it is large enough.
func filled[T any](s []T, n int, x T) []T {
	if cap(s) < n {
		s = make([]T, n, n+n/4)
	}
	s = s[:n]
	for i := range s {
		s[i] = x
	}
	return s
}

// lead ranks the members of a community by a walk along the arcs of out, whose
// transpose is in, writes the ranks beside the vertices, and finds the leader.
func (k *circle) lead(ctx context.Context, list []uint32, out, in *rows, ranks []float64, opt LeaderOptions) Leader {
	n := len(list)
	if n == 0 {
		return Leader{Vertex: None}
	}
	k.share = filled(k.share, n, 0)
	for u := range n {
		s := float64(out.offsets[u+1] - out.offsets[u])
		if out.weights != nil {
			s = 0
			for _, w := range out.weights[out.offsets[u]:out.offsets[u+1]] {
				s += float64(w)
			}
		}
		if s > 0 {
			k.share[u] = opt.Damping / s
		}
	}
	k.rank = filled(k.rank, n, 1/float64(n))
	k.gives = filled(k.gives, n, 0)
	for u := range k.gives {
		k.gives[u] = k.rank[u] * k.share[u]
	}
	anew := (1 - opt.Damping) / float64(n)
	total := 1.0
	for range opt.MaxIterations {
		if ctx.Err() != nil {
			break // the caller sees it, and drops the ranks
		}
		change := 0.0
		total = 0
		for v := range n {
			lo, hi := in.offsets[v], in.offsets[v+1]
			x := anew
			if in.weights == nil {
				x += sweep.Gather(k.gives, in.targets[lo:hi])
			} else {
				x += sweep.GatherWeighted(k.gives, in.targets[lo:hi], in.weights[lo:hi])
			}
			change += math.Abs(x - k.rank[v])
			total += x
			k.rank[v] = x
			k.gives[v] = x * k.share[v]
		}
		if change <= opt.Tolerance*total {
			break
		}
	}
	l := Leader{Min: math.Inf(1)}
	for i, v := range list {
		x := k.rank[i] / total
		ranks[v] = x
		l.Max = max(l.Max, x)
		l.Min = min(l.Min, x)
	}
	for _, v := range list {
		if ranks[v] >= l.Max*(1-1e-9) {
			l.Vertex = v
			break
		}
	}
	l.Confidence = l.Max / l.Min
	return l
}
