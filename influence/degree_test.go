package influence_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func degree(t testing.TB, g *graph.Graph, opt influence.DegreeOptions) *influence.Degrees {
	t.Helper()
	d, err := influence.Degree(context.Background(), g, opt)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDegreeByHand(t *testing.T) {
	// 0 and 1 call each other, 0 calls 2, 2 itself; 3 is alone.
	g := build(t, 4, false, []graph.Arc{{From: 0, To: 1, Weight: 2}, {From: 1, To: 0, Weight: 5}, {From: 0, To: 2, Weight: .5}, {From: 2, To: 2, Weight: 9}})
	want := &influence.Degrees{
		Out: []uint32{2, 1, 0, 0}, In: []uint32{1, 1, 1, 0}, Mutual: []uint32{1, 1, 0, 0},
		OutStrength: []float64{2.5, 5, 0, 0}, InStrength: []float64{5, 2, .5, 0},
		Arcs: 3, Loops: 1, Isolates: 1, Reciprocity: 2. / 3,
	}
	if diff := cmp.Diff(want, degree(t, g, influence.DegreeOptions{})); diff != "" {
		t.Errorf("degrees (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(&influence.Degrees{}, degree(t, &graph.Graph{}, influence.DegreeOptions{}), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("degrees of nothing (-want +got):\n%s", diff)
	}
}

func TestDegreeOfKarate(t *testing.T) {
	// Zachary's actors 1 and 34 have 16 and 17 ties, the club has 78.
	k := graphtest.Karate()
	d := degree(t, k.Graph, influence.DegreeOptions{})
	if d.Out[k.Vertex("01")] != 16 || d.Out[k.Vertex("34")] != 17 || d.Arcs != 2*78 || d.Reciprocity != 1 {
		t.Errorf("actors 1 and 34 have %d and %d ties, the club %d arcs, reciprocity %v", d.Out[k.Vertex("01")], d.Out[k.Vertex("34")], d.Arcs, d.Reciprocity)
	}
}

func TestDegreeLaws(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := anyGraph(rt, true)
		d := degree(t, g, influence.DegreeOptions{})
		in, out, mutual, alone := int64(0), int64(0), int64(0), 0
		for v := range uint32(g.Rows()) {
			in += int64(d.In[v])
			out += int64(d.Out[v])
			mutual += int64(d.Mutual[v])
			all := partners(g, v)
			if len(all) == 0 {
				alone++
			}
			if int(d.Out[v]+d.In[v]-d.Mutual[v]) != len(all) {
				rt.Fatalf("vertex %d: %d out, %d in, %d mutual, but %d partners", v, d.Out[v], d.In[v], d.Mutual[v], len(all))
			}
		}
		if in != out || out != d.Arcs || mutual%2 != 0 || alone != d.Isolates || d.Arcs+d.Loops != int64(g.Arcs()) {
			rt.Fatalf("in %d, out %d, mutual %d, isolates %d in %+v", in, out, mutual, alone, d)
		}
		back, err := g.Transpose(context.Background(), 1)
		if err != nil {
			rt.Fatal(err)
		}
		turned := degree(t, back, influence.DegreeOptions{Transposed: g})
		if diff := cmp.Diff(d.In, turned.Out, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("in isn't the transpose's out:\n%s", diff)
		}
		if d.Reciprocity != turned.Reciprocity {
			rt.Fatalf("reciprocity is %v, of the transpose %v", d.Reciprocity, turned.Reciprocity)
		}
	})
}

func TestDegreeSameBitsForAnyThreads(t *testing.T) {
	g := crowd(t, 8000, 100_000, false, true)
	want := degree(t, g, influence.DegreeOptions{Threads: 1})
	for _, threads := range threadCounts {
		same(t, threads, want, degree(t, g, influence.DegreeOptions{Threads: threads}))
	}
}

func BenchmarkDegree(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		g := crowd(b, n, 20*n, false, true)
		in, err := g.Transpose(context.Background(), 0)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				degree(b, g, influence.DegreeOptions{Transposed: in})
			}
		})
	}
}
