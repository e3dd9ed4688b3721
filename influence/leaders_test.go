package influence_test

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func leaders(t testing.TB, g *graph.Graph, of []uint32, count int, opt influence.LeaderOptions) *influence.Standing {
	t.Helper()
	s, err := influence.Leaders(context.Background(), g, of, count, opt)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLeadersByHand(t *testing.T) {
	// Community 0 has three callers 1, 2, 3 of one person 0. With b the rank
	// of a caller, b = (1-d+d·x)/4 as 0 calls nobody, x = b + 3·d·b, and
	// 3b + x = 1, so b = 1/(4+3d) and the confidence is 1+3d. Turned round,
	// 0 gives each of the three d/3 of its own, so the confidence is 1+d/3.
	// Community 1 is one person, 2 a pair that never speaks, 3 is empty. The
	// call 4→0 between communities is nobody's, 5's to itself neither.
	const d = .85
	g := build(t, 7, false, []graph.Arc{
		{From: 1, To: 0}, {From: 2, To: 0}, {From: 3, To: 0}, {From: 4, To: 0}, {From: 5, To: 5}, {From: 4, To: 1},
	})
	of := []uint32{0, 0, 0, 0, 1, 2, 2}
	const b, c = 1 / (4 + 3*d), 1 / (4 + d)
	want := &influence.Standing{
		Authority:     []float64{b * (1 + 3*d), b, b, b, 1, .5, .5},
		Dissemination: []float64{c, c * (1 + d/3), c * (1 + d/3), c * (1 + d/3), 1, .5, .5},
		ByAuthority: []influence.Leader{
			{Vertex: 0, Max: b * (1 + 3*d), Min: b, Confidence: 1 + 3*d},
			{Vertex: 4, Max: 1, Min: 1, Confidence: 1},
			{Vertex: 5, Max: .5, Min: .5, Confidence: 1},
			{Vertex: influence.None},
		},
		ByDissemination: []influence.Leader{
			{Vertex: 1, Max: c * (1 + d/3), Min: c, Confidence: 1 + d/3},
			{Vertex: 4, Max: 1, Min: 1, Confidence: 1},
			{Vertex: 5, Max: .5, Min: .5, Confidence: 1},
			{Vertex: influence.None},
		},
	}
	got := leaders(t, g, of, 4, influence.LeaderOptions{})
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-11)); diff != "" {
		t.Errorf("standing (-want +got):\n%s", diff)
	}
}

func TestLeadersOfKarateFactions(t *testing.T) {
	// Zachary's two factions formed round Mr. Hi (1) and the officer John A
	// (34), doi:10.1086/jar.33.4.3629752.
	k := graphtest.Karate()
	hi, officer := k.Vertex("01"), k.Vertex("34")
	s := leaders(t, k.Graph, k.Groups, 2, influence.LeaderOptions{})
	if got := s.ByAuthority[k.Groups[hi]].Vertex; got != hi {
		t.Errorf("the leader of Mr. Hi's faction is %s", k.Names.At(got))
	}
	if got := s.ByAuthority[k.Groups[officer]].Vertex; got != officer {
		t.Errorf("the leader of the officers' faction is %s", k.Names.At(got))
	}
}

func TestLeadersAgreeWithPageRankOfSubgraphs(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		of, count := anyPartition(rt, g.Rows())
		s := leaders(t, g, of, count, influence.LeaderOptions{})
		for c := range count {
			var list []uint32
			for v, x := range of {
				if int(x) == c {
					list = append(list, uint32(v))
				}
			}
			if len(list) == 0 {
				if got := s.ByAuthority[c]; got != (influence.Leader{Vertex: influence.None}) {
					rt.Fatalf("empty community %d has leader %v", c, got)
				}
				continue
			}
			sub, err := g.Subgraph(list)
			if err != nil {
				rt.Fatal(err)
			}
			var arcs []graph.Arc
			for _, a := range arcsOf(sub) {
				if a.From != a.To {
					arcs = append(arcs, a)
				}
			}
			sub = build(t, sub.Cols, sub.Undirected, arcs)
			back, err := sub.Transpose(context.Background(), 1)
			if err != nil {
				rt.Fatal(err)
			}
			fine := influence.PageRankOptions{Tolerance: 1e-14, MaxIterations: 1000}
			for _, kind := range []struct {
				name   string
				g      *graph.Graph
				ranks  []float64
				leader influence.Leader
			}{
				{"authority", sub, s.Authority, s.ByAuthority[c]},
				{"dissemination", back, s.Dissemination, s.ByDissemination[c]},
			} {
				want := pageRank(t, kind.g, fine).Score
				most, least := 0.0, math.Inf(1)
				for i, v := range list {
					if math.Abs(kind.ranks[v]-want[i]) > 1e-10 {
						rt.Fatalf("%s of vertex %d in community %d is %v, want %v", kind.name, v, c, kind.ranks[v], want[i])
					}
					most, least = max(most, kind.ranks[v]), min(least, kind.ranks[v])
				}
				l := kind.leader
				if l.Max != most || l.Min != least || l.Confidence != most/least || of[l.Vertex] != uint32(c) {
					rt.Fatalf("%s: leader %+v of community %d, ranks from %v to %v", kind.name, l, c, least, most)
				}
				for _, v := range list {
					if kind.ranks[v] >= most*(1-1e-9) && v < l.Vertex {
						rt.Fatalf("%s: %d leads although %d has the same rank", kind.name, l.Vertex, v)
					}
				}
				if kind.ranks[l.Vertex] < most*(1-1e-9) {
					rt.Fatalf("%s: %d leads with %v, the most is %v", kind.name, l.Vertex, kind.ranks[l.Vertex], most)
				}
			}
		}
	})
}

func TestLeadersLaws(t *testing.T) {
	near := cmp.Options{cmpopts.EquateApprox(0, 1e-10), cmpopts.EquateEmpty()}
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		of, count := anyPartition(rt, g.Rows())
		want := leaders(t, g, of, count, influence.LeaderOptions{})

		back, err := g.Transpose(context.Background(), 1)
		if err != nil {
			rt.Fatal(err)
		}
		turned := leaders(t, back, of, count, influence.LeaderOptions{})
		if diff := cmp.Diff(want.Authority, turned.Dissemination, near); diff != "" {
			rt.Fatalf("authority isn't the dissemination of the transpose:\n%s", diff)
		}

		to := shuffled(rt, g.Rows())
		moved := make([]uint32, len(of))
		for v := range of {
			moved[to[v]] = of[v]
		}
		relabelled := leaders(t, graphtest.Relabel(g, to), moved, count, influence.LeaderOptions{})
		for v := range of {
			if math.Abs(want.Authority[v]-relabelled.Authority[to[v]]) > 1e-10 {
				rt.Fatalf("relabelling changes the authority of %d", v)
			}
		}
		for c := range count {
			if a, b := want.ByAuthority[c], relabelled.ByAuthority[c]; math.Abs(a.Confidence-b.Confidence) > 1e-8 {
				rt.Fatalf("relabelling changes the confidence of community %d from %v to %v", c, a, b)
			}
		}

		arcs := arcsOf(g)
		for i := range arcs {
			arcs[i].Weight *= 16
		}
		if diff := cmp.Diff(want, leaders(t, build(t, g.Cols, g.Undirected, arcs), of, count, influence.LeaderOptions{}), near); diff != "" {
			rt.Fatalf("the scale of weights counts:\n%s", diff)
		}
	})
}

func TestLeadersSameBitsForAnyThreads(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 2000, Mixing: .3, WeightMixing: .3, Seed: 1})
	count := 0
	for _, c := range p.Community {
		count = max(count, int(c)+1)
	}
	for _, undirected := range []bool{false, true} {
		g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 2000, Undirected: undirected}, p.From, p.To, p.Weights)
		if err != nil {
			t.Fatal(err)
		}
		want := leaders(t, g, p.Community, count, influence.LeaderOptions{Threads: 1})
		for _, threads := range threadCounts {
			got := leaders(t, g, p.Community, count, influence.LeaderOptions{Threads: threads})
			same(t, threads, want, got)
		}
	}
}

func TestLeadersRefuse(t *testing.T) {
	g := build(t, 2, false, []graph.Arc{{From: 0, To: 1}})
	tests := []struct {
		name  string
		of    []uint32
		count int
		opt   influence.LeaderOptions
		want  string
	}{
		{"too few vertices", []uint32{0}, 1, influence.LeaderOptions{}, "communities for 1 vertices, but the graph has 2"},
		{"community beyond the count", []uint32{0, 1}, 1, influence.LeaderOptions{}, "vertex 1 is in community 1, but there are only 1"},
		{"negative count", []uint32{0, 0}, -1, influence.LeaderOptions{}, "-1 communities"},
		{"damping", []uint32{0, 0}, 1, influence.LeaderOptions{Damping: 2}, "damping is 2"},
		{"tolerance", []uint32{0, 0}, 1, influence.LeaderOptions{Tolerance: math.NaN()}, "tolerance is NaN"},
		{"iterations", []uint32{0, 0}, 1, influence.LeaderOptions{MaxIterations: -1}, "-1 iterations"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := influence.Leaders(context.Background(), g, tt.of, tt.count, tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error is %v, want one that says %q", err, tt.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := influence.Leaders(ctx, g, []uint32{0, 0}, 1, influence.LeaderOptions{}); err == nil {
		t.Error("no error although the context has ended")
	}
}

func BenchmarkLeaders(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		p := graphtest.Planted(graphtest.PlantedOptions{Vertices: n, Mixing: .3, Seed: 1})
		g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: uint32(n)}, p.From, p.To, p.Weights)
		if err != nil {
			b.Fatal(err)
		}
		count := 0
		for _, c := range p.Community {
			count = max(count, int(c)+1)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				leaders(b, g, p.Community, count, influence.LeaderOptions{})
			}
			b.ReportMetric(float64(g.Arcs()), "arcs")
		})
	}
}
