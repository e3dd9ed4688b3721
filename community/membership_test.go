package community

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// Vertex 0 of community 0 has ties of 6 to 1 (own), of 5 to 2 and of 1 to 3. Its
// mean tie is 4, so its degrees are (6+4)/16, 5/16 and 1/16, the last below the
// floor; of the first two, 10/15 and 5/15 remain.
func TestMembershipByHand(t *testing.T) {
	g := undirected(t, 5, [][2]uint32{{0, 1}, {0, 2}, {0, 3}, {4, 4}}, []float32{6, 5, 1, 9})
	p := of(0, 0, 1, 2, 3)
	m, err := Overlapping(g, p, MembershipOptions{})
	want := &Memberships{
		Offsets: []uint64{0, 2, 3, 5, 7, 8},
		// Vertex 2 has one tie, to community 0: half and half, own first. The
		// loop of 4 is no tie.
		Community: []uint32{0, 1, 0, 1, 0, 2, 0, 3},
		Degree:    []float64{10. / 15, 5. / 15, 1, .5, .5, .5, .5, 1},
	}
	if diff := cmp.Diff(want, m, cmpopts.EquateApprox(0, 1e-15)); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if c, d := m.Of(0); len(c) != 2 || len(d) != 2 {
		t.Errorf("vertex 0 belongs to %v by %v", c, d)
	}
	all, err := Overlapping(g, p, MembershipOptions{Floor: -1})
	if c, d := all.Of(0); err != nil || len(c) != 3 || math.Abs(d[2]-1./16) > 1e-15 {
		t.Errorf("without a floor vertex 0 belongs to %v by %v, %v", c, d, err)
	}
}

func TestMembershipLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: true})
		n := g.Rows()
		p := canonical(rapid.SliceOfN(rapid.Uint32Range(0, 4), n, n).Draw(t, "labels"), 5)
		floor := rapid.SampledFrom([]float64{0, .01, .3, -1}).Draw(t, "floor")
		m, err := Overlapping(g, p, MembershipOptions{Floor: floor})
		if err != nil {
			t.Fatal(err)
		}
		for v, own := range p.Of {
			communities, degrees := m.Of(uint32(v))
			sum := 0.0
			for i, d := range degrees {
				sum += d
				if d <= 0 || i > 0 && (d > degrees[i-1] || communities[i] == own) {
					t.Fatalf("vertex %d of %d belongs to %v by %v", v, own, communities, degrees)
				}
			}
			if communities[0] != own || math.Abs(sum-1) > 1e-12 {
				t.Fatalf("vertex %d of %d belongs to %v by %v", v, own, communities, degrees)
			}
		}
	})
}

// Neither how vertices are numbered nor the unit of weights nor what else is in the
// graph changes a degree, but for the order of sums.
func TestMembershipOfTheSameGraph(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: true})
		n := uint32(g.Rows())
		p := canonical(rapid.SliceOfN(rapid.Uint32Range(0, 4), int(n), int(n)).Draw(t, "labels"), 5)
		to := make([]uint32, n)
		for i := range to {
			to[i] = uint32(i)
		}
		to = rapid.Permutation(to).Draw(t, "numbers")
		// A copy, renumbered and of four times the weight, stands behind the graph.
		var rows []graph.Arc
		for u := range n {
			for _, v := range g.Neighbours(u) {
				if u <= v {
					w := g.Weight(u, v)
					rows = append(rows, graph.Arc{From: u, To: v, Weight: w}, graph.Arc{From: n + to[u], To: n + to[v], Weight: 4 * w})
				}
			}
		}
		twice, _, err := graph.BuildArcs(context.Background(), graph.BuildOptions{Rows: 2 * n, Undirected: true}, rows)
		if err != nil {
			t.Fatal(err)
		}
		both := Partition{Of: make([]uint32, 2*n), Count: 2 * p.Count}
		for v, c := range p.Of {
			both.Of[v], both.Of[n+to[v]] = c, c+uint32(p.Count)
		}
		alone, m := must(Overlapping(g, p, MembershipOptions{Floor: -1})), must(Overlapping(twice, both, MembershipOptions{Floor: -1}))
		degrees := func(m *Memberships, v uint32) map[uint32]float64 {
			list := map[uint32]float64{}
			communities, by := m.Of(v)
			for i, c := range communities {
				list[c%uint32(p.Count)] = by[i]
			}
			return list
		}
		for v := range n {
			want := degrees(alone, v)
			for _, u := range []uint32{v, n + to[v]} {
				if diff := cmp.Diff(want, degrees(m, u), cmpopts.EquateApprox(1e-12, 0)); diff != "" {
					t.Fatalf("vertex %d as %d (-want +got):\n%s", v, u, diff)
				}
			}
		}
	})
}

func TestMembershipRefuses(t *testing.T) {
	g := graphtest.Karate().Graph
	if _, err := Overlapping(g, of(0), MembershipOptions{}); err == nil {
		t.Error("a partition of another graph is accepted")
	}
	p := Partition{Of: make([]uint32, 34), Count: 1}
	for _, floor := range []float64{1, math.NaN()} {
		if _, err := Overlapping(g, p, MembershipOptions{Floor: floor}); err == nil {
			t.Errorf("a floor of %v is accepted", floor)
		}
	}
}
