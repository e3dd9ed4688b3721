package community

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

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
