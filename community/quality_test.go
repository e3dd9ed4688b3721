package community

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	oracle "gonum.org/v1/gonum/graph/community"

	"kith/graph"
	"kith/graph/graphtest"
)

// A triangle 0-1-2 with weights 1, 2, 3, a loop of 2 on 0, and a tie of 4 to 3:
// m = 12; strengths 0: 1+3+2·2 = 8, 1: 3, 2: 2+3+4 = 9, 3: 4. With {0,1,2}
// and {3}: in = 8 and 0, K = 20 and 4.
func TestQualityByHand(t *testing.T) {
	g := undirected(t, 4, [][2]uint32{{0, 1}, {1, 2}, {0, 2}, {0, 0}, {2, 3}}, []float32{1, 2, 3, 2, 4})
	p := of(0, 0, 0, 1)
	near := cmpopts.EquateApprox(0, 1e-15)
	parts, err := ModularityParts(g, p, 0)
	if diff := cmp.Diff([]float64{16./24 - 400./576, -16. / 576}, parts, near); diff != "" || err != nil {
		t.Errorf("parts of modularity, %v (-want +got):\n%s", err, diff)
	}
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"modularity", modularity(t, g, p, 0), 16./24 - 416./576},
		{"modularity at 2", modularity(t, g, p, 2), 16./24 - 2*416./576},
		{"CPM", must(CPM(g, p, 0)), 8 - 3},
		{"CPM at 1/2", must(CPM(g, p, .5)), 8 - 1.5},
		{"coverage", must(Coverage(g, p)), 16. / 24},
	} {
		if math.Abs(c.got-c.want) > 1e-15 {
			t.Errorf("%s is %v; want %v", c.name, c.got, c.want)
		}
	}
	conductance, err := Conductance(g, p)
	if diff := cmp.Diff([]float64{1, 1}, conductance, near); diff != "" || err != nil {
		t.Errorf("conductance, %v (-want +got):\n%s", err, diff)
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// Calculated with python-igraph 1.0.0: Graph.Famous("Zachary").modularity of the
// factions, at resolution 1, 0.5 and 2.
func TestModularityOfKarateFactions(t *testing.T) {
	var factions Partition
	for v := range 34 {
		c := uint32(0)
		if v == 9 || v == 14 || v == 15 || v == 18 || v == 20 || v >= 22 {
			c = 1
		}
		factions.Of = append(factions.Of, c)
	}
	factions.Count = 2
	g := graphtest.Karate().Graph
	for resolution, want := range map[float64]float64{1: 0.3582347140039448, .5: 0.6086045364891519, 2: -0.14250493096646927} {
		if got := modularity(t, g, factions, resolution); math.Abs(got-want) > 1e-12 {
			t.Errorf("modularity at %g is %v; want %v", resolution, got, want)
		}
	}
}

func TestModularityAgainstGonum(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 40 {
		n := 2 + r.IntN(12)
		g := drawn(t, r, n, .4, true, false)
		labels := make([]uint32, n)
		for v := range labels {
			labels[v] = uint32(r.IntN(4))
		}
		p := canonical(labels, 4)
		resolution := .25 + 2*r.Float64()
		want := oracle.Q(asGonum(g), asNodes(p), resolution)
		if g.Arcs() == 0 {
			want = 0 // gonum divides by zero
		}
		if got := modularity(t, g, p, resolution); math.Abs(got-want) > 1e-12 {
			t.Errorf("modularity %v, gonum says %v", got, want)
		}
	}
}

func TestQualityOfEmptyAndForeign(t *testing.T) {
	empty := &graph.Graph{Undirected: true}
	if q := modularity(t, empty, of(), 1); q != 0 {
		t.Errorf("modularity of nothing is %v", q)
	}
	alone := undirected(t, 2, nil, nil)
	if c := must(Coverage(alone, of(0, 1))); c != 0 {
		t.Errorf("coverage without ties is %v", c)
	}
	if diff := cmp.Diff([]float64{0, 0}, func() []float64 { x, _ := Conductance(alone, of(0, 1)); return x }()); diff != "" {
		t.Errorf("conductance without ties (-want +got):\n%s", diff)
	}
	if _, err := Modularity(alone, of(0), 1); err == nil {
		t.Error("a partition of another graph is accepted by Modularity")
	}
	if _, err := CPM(alone, of(0), 1); err == nil {
		t.Error("a partition of another graph is accepted by CPM")
	}
	if _, err := Coverage(nil, of(0)); err == nil {
		t.Error("no graph is accepted by Coverage")
	}
	if _, err := Conductance(nil, of(0)); err == nil {
		t.Error("no graph is accepted by Conductance")
	}
}
