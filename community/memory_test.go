package community

import (
	"context"
	"runtime"
	"testing"

	"kith/graph"
	"kith/graph/graphtest"
)

// All that a run ever allocates, freed or not, and the graph itself stay within
// 24 bytes an arc; so its peak does, whenever the collector runs.
func TestMemoryPerArc(t *testing.T) {
	from, to := graphtest.RMAT(13, 16, 1)
	rmat, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << 13, Undirected: true}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		g    *graph.Graph
	}{
		{"planted, weighted", graphtest.Planted(graphtest.PlantedOptions{Vertices: 12000, Mixing: .5, WeightMixing: .3, Seed: 1}).Graph()},
		{"R-MAT", rmat},
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := Leiden(t.Context(), c.g, Options{Threads: 2}); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		perArc := float64(int64(after.TotalAlloc-before.TotalAlloc)+c.g.Bytes()) / float64(c.g.Arcs())
		if perArc > 24 {
			t.Errorf("%s: %.1f bytes an arc; want at most 24", c.name, perArc)
		}
		t.Logf("%s: %.1f bytes an arc", c.name, perArc)
	}
}
