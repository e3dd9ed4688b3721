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

func roles(t testing.TB, g *graph.Graph, of []uint32, count int, opt influence.RoleOptions) *influence.Positions {
	t.Helper()
	s := leaders(t, g, of, count, influence.LeaderOptions{Threads: opt.Threads})
	p, err := influence.Roles(context.Background(), g, of, count, s, opt)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRolesByHand(t *testing.T) {
	// Community 0 is a wheel: 0 is called by 1..8, and 1..8 call on in a
	// ring, so 0 has 8 partners inside and the others 3. Vertex 9 has one tie
	// into each of the communities 0, 1 and 2: participation 2/3. Community 1
	// is 9, 10 and 11, where 11 calls 10 and is called by nobody; community 2
	// is 12 alone, tied to 9 only; 13 speaks with itself at most.
	var arcs []graph.Arc
	for v := uint32(1); v <= 8; v++ {
		arcs = append(arcs, graph.Arc{From: v, To: 0}, graph.Arc{From: v, To: v%8 + 1})
	}
	arcs = append(arcs, graph.Arc{From: 9, To: 1}, graph.Arc{From: 9, To: 10}, graph.Arc{From: 9, To: 12}, graph.Arc{From: 11, To: 10}, graph.Arc{From: 13, To: 13})
	g := build(t, 14, false, arcs)
	of := []uint32{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 3}

	// Within community 0: mean 32/9, sd √(Σ(k-mean)²/9) = √(200/81).
	z := func(k float64) float64 { return (k - 32./9) / math.Sqrt(200./81) }
	// Within community 1: 9 and 11 have one partner, 10 has two.
	y := func(k float64) float64 { return (k - 4./3) / math.Sqrt(2./9) }
	want := &influence.Positions{
		Partners:      []uint32{8, 4, 3, 3, 3, 3, 3, 3, 3, 3, 2, 1, 1, 0},
		Within:        []uint32{8, 3, 3, 3, 3, 3, 3, 3, 3, 1, 2, 1, 0, 0},
		Z:             []float64{z(8), z(3), z(3), z(3), z(3), z(3), z(3), z(3), z(3), y(1), y(2), y(1), 0, 0},
		Participation: []float64{0, 1 - 10./16, 0, 0, 0, 0, 0, 0, 0, 2. / 3, 0, 0, 0, 0},
		Core:          []bool{0: true, 9: true, 10: true, 11: true, 13: false},
		Role: []influence.Role{
			0: influence.Leading,
			// All of the ring call alike, so the smallest disseminates.
			1: influence.Disseminator,
			2: influence.Follower, 3: influence.Follower, 4: influence.Follower, 5: influence.Follower,
			6: influence.Follower, 7: influence.Follower, 8: influence.Follower,
			// 9 and 11 disseminate alike, so 9 has the role; 12 leads a
			// community where it has no partner, which is no role.
			9: influence.Disseminator, 10: influence.Leading, 11: influence.Core,
			12: influence.Peripheral, 13: influence.Isolate,
		},
	}
	got := roles(t, g, of, 4, influence.RoleOptions{})
	if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
		t.Errorf("positions (-want +got):\n%s", diff)
	}
}

func TestRoleThresholds(t *testing.T) {
	// A vertex tied to one member of each of four communities of triangles is
	// a bridge: participation 3/4. Its own community is a clique of five
	// without it but for that one tie, of which all are core.
	var arcs []graph.Arc
	clique := func(from, to uint32) {
		for u := from; u < to; u++ {
			for v := u + 1; v < to; v++ {
				arcs = append(arcs, graph.Arc{From: u, To: v})
			}
		}
	}
	clique(0, 5)
	clique(6, 9)
	clique(9, 12)
	clique(12, 15)
	for _, v := range []uint32{2, 8, 11, 14} {
		arcs = append(arcs, graph.Arc{From: 5, To: v})
	}
	g := build(t, 15, true, arcs)
	of := []uint32{0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}
	p := roles(t, g, of, 4, influence.RoleOptions{})
	if p.Role[5] != influence.Bridge {
		t.Errorf("with participation %v the role is %v, want bridge", p.Participation[5], p.Role[5])
	}
	for v, want := range []influence.Role{influence.Core, influence.Core, influence.Leading, influence.Core, influence.Core} {
		if p.Role[v] != want {
			t.Errorf("in the clique, %d is %v, want %v", v, p.Role[v], want)
		}
	}
	if p := roles(t, g, of, 4, influence.RoleOptions{BridgeShare: .8}); p.Role[5] != influence.Peripheral {
		t.Errorf("with a threshold of .8 the role is %v, want peripheral", p.Role[5])
	}
}

func TestRoleNames(t *testing.T) {
	want := []string{"isolate", "leader", "disseminator", "bridge", "core", "peripheral", "follower", "role 7"}
	for i, name := range want {
		if got := influence.Role(i).String(); got != name {
			t.Errorf("role %d is called %q, want %q", i, got, name)
		}
	}
}

// partners counts in the plainest way.
func partners(g *graph.Graph, v uint32) map[uint32]bool {
	found := map[uint32]bool{}
	for u := range uint32(g.Rows()) {
		for _, w := range g.Neighbours(u) {
			if u == v && w != v {
				found[w] = true
			}
			if w == v && u != v {
				found[u] = true
			}
		}
	}
	return found
}

func TestRolesAndGroupsAgreeWithPlainCounts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		of, count := anyPartition(rt, g.Rows())
		p := roles(t, g, of, count, influence.RoleOptions{})
		groups, err := influence.Groups(context.Background(), g, of, count, p.Core, 0)
		if err != nil {
			rt.Fatal(err)
		}
		want := make([]influence.Group, count)
		inside := make([][]float64, count)
		for v := range uint32(g.Rows()) {
			by := make([]float64, count)
			all := partners(g, v)
			for u := range all {
				by[of[u]]++
			}
			squares := 0.0
			for _, k := range by {
				squares += k * k
			}
			share := 0.0
			if len(all) > 0 {
				share = 1 - squares/float64(len(all)*len(all))
			}
			if int(p.Partners[v]) != len(all) || float64(p.Within[v]) != by[of[v]] || math.Abs(p.Participation[v]-share) > 1e-12 {
				rt.Fatalf("vertex %d has %d partners, %d within, participation %v; want %d, %v, %v", v, p.Partners[v], p.Within[v], p.Participation[v], len(all), by[of[v]], share)
			}
			if (p.Role[v] == influence.Isolate) != (len(all) == 0) {
				rt.Fatalf("vertex %d of %d partners is %v", v, len(all), p.Role[v])
			}
			inside[of[v]] = append(inside[of[v]], p.Z[v])
			f := &want[of[v]]
			f.Size++
			if p.Core[v] {
				f.Core++
			}
			for _, u := range g.Neighbours(v) {
				if u == v || of[u] != of[v] {
					continue
				}
				f.Arcs++
				if p.Core[u] && p.Core[v] {
					f.CoreArcs++
				}
			}
		}
		for c := range want {
			f := &want[c]
			if f.Size > 0 {
				f.CoreFraction = float64(f.Core) / float64(f.Size)
			}
			if f.Size > 1 {
				f.Density = float64(f.Arcs) / float64(f.Size*(f.Size-1))
			}
			if f.Core > 1 {
				f.KernelDensity = float64(f.CoreArcs) / float64(f.Core*(f.Core-1))
			}
			mean, square := 0.0, 0.0
			for _, z := range inside[c] {
				mean += z
				square += z * z
			}
			// A z-score has mean 0 and variance 1, or is 0 throughout.
			n := float64(len(inside[c]))
			if math.Abs(mean) > 1e-9 || (math.Abs(square-n) > 1e-9 && square != 0) {
				rt.Fatalf("z-scores %v of community %d aren't standardised", inside[c], c)
			}
		}
		if diff := cmp.Diff(want, groups, cmpopts.EquateApprox(0, 1e-12)); diff != "" {
			rt.Fatalf("groups (-want +got):\n%s", diff)
		}
	})
}

func TestRolesSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000, 100_000, false, false)
	of := make([]uint32, g.Rows())
	for v := range of {
		of[v] = uint32(v) % 37
	}
	want := roles(t, g, of, 37, influence.RoleOptions{Threads: 1})
	for _, threads := range threadCounts {
		same(t, threads, want, roles(t, g, of, 37, influence.RoleOptions{Threads: threads}))
	}
}

func TestRolesAndGroupsRefuse(t *testing.T) {
	g := build(t, 2, false, []graph.Arc{{From: 0, To: 1}})
	s := leaders(t, g, []uint32{0, 0}, 1, influence.LeaderOptions{})
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"leaders of 1 communities, but there are 2": func() error {
			_, err := influence.Roles(ctx, g, []uint32{0, 1}, 2, s, influence.RoleOptions{})
			return err
		},
		"roles: there are communities for 1 vertices": func() error {
			_, err := influence.Roles(ctx, g, []uint32{0}, 1, s, influence.RoleOptions{})
			return err
		},
		"groups: there are communities for 1 vertices": func() error {
			_, err := influence.Groups(ctx, g, []uint32{0}, 1, []bool{true, true}, 0)
			return err
		},
		"core names 1 vertices": func() error {
			_, err := influence.Groups(ctx, g, []uint32{0, 0}, 1, []bool{true}, 0)
			return err
		},
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("error is %v, want one that says %q", err, name)
		}
	}
}

func BenchmarkRoles(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		p := graphtest.Planted(graphtest.PlantedOptions{Vertices: n, Mixing: .3, Seed: 1})
		g := p.Graph()
		count := 0
		for _, c := range p.Community {
			count = max(count, int(c)+1)
		}
		s := leaders(b, g, p.Community, count, influence.LeaderOptions{})
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				pos, err := influence.Roles(context.Background(), g, p.Community, count, s, influence.RoleOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := influence.Groups(context.Background(), g, p.Community, count, pos.Core, 0); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
