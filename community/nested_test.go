package community

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph/graphtest"
)

// Two groups of three cliques of six: cliques of a group are tied to one another
// by all-to-all pairs of two members, the groups by one tie. A community of at
// most 10 is a clique.
func TestNestedCliques(t *testing.T) {
	var edges [][2]uint32
	clique := func(v uint32) uint32 { return v / 6 }
	for u := range uint32(36) {
		for v := range u {
			switch {
			case clique(u) == clique(v):
			case clique(u)/3 == clique(v)/3 && u%6 < 3 && v%6 < 3:
			case u == 35 && v == 0:
			default:
				continue
			}
			edges = append(edges, [2]uint32{u, v})
		}
	}
	g := undirected(t, 36, edges, nil)
	h, err := Nested(t.Context(), g, NestedOptions{Options: Options{Resolution: .3}, MaxSize: 10})
	if err != nil {
		t.Fatal(err)
	}
	verify(t, g, h, true)
	var fine, coarse Partition
	for v := range uint32(36) {
		fine.Of = append(fine.Of, clique(v))
		coarse.Of = append(coarse.Of, clique(v)/3)
	}
	fine.Count, coarse.Count = 6, 2
	if diff := cmp.Diff([]Partition{fine, coarse}, h.Levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
}

func TestNestedOnPlantedCommunities(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 2500, Mixing: .4, MeanDegree: 12, MinCommunity: 20, MaxCommunity: 60, Seed: 4})
	g := p.Graph()
	for _, c := range []struct{ max, min, levels int }{{0, 0, 0}, {60, 0, 0}, {60, 10, 0}, {20, 5, 2}, {5, 0, 3}} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			o := NestedOptions{MaxSize: c.max, MinSize: c.min, MaxLevels: c.levels}
			h, err := Nested(t.Context(), g, o)
			if err != nil {
				t.Fatal(err)
			}
			verify(t, g, h, true)
			if most := max(c.levels, 1); c.levels > 0 && len(h.Levels) > most {
				t.Errorf("%d levels; want at most %d", len(h.Levels), most)
			}
			if diff := cmp.Diff(leiden(t, g, Options{}).Top(), h.Top()); diff != "" {
				t.Error("the top level is not Leiden's")
			}
			leaves := h.Levels[0].Sizes()
			if c.min > 0 {
				for i, size := range leaves {
					if int(size) < c.min {
						t.Fatalf("leaf %d has %d members; want at least %d", i, size, c.min)
					}
				}
			}
			// The planted communities are real, so whatever is larger splits.
			if c.levels == 0 && (c.max == 0 && leaves[0] > 150 || c.max == 60 && c.min == 0 && leaves[0] > 75) {
				t.Errorf("the largest leaf has %d members", leaves[0])
			}
			// What is not split stands on the level below again.
			for i := 1; i < len(h.Levels); i++ {
				sizes := h.Levels[i].Sizes()
				children := make([]int, len(sizes))
				for _, parent := range h.Parents(i - 1) {
					children[parent]++
				}
				limit := 150
				if c.max > 0 {
					limit = c.max
				}
				for k, n := range children {
					if n > 1 && int(sizes[k]) <= limit {
						t.Fatalf("community %d of level %d has %d members and was split", k, i, sizes[k])
					}
				}
			}
		})
	}
}

// A clique has no real split, however large.
func TestNestedLeavesCliquesWhole(t *testing.T) {
	var edges [][2]uint32
	for u := range uint32(40) {
		for v := range u {
			edges = append(edges, [2]uint32{u, v})
		}
	}
	g := undirected(t, 40, edges, nil)
	h, err := Nested(t.Context(), g, NestedOptions{MaxSize: 5})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Levels) != 1 || h.Top().Count != 1 {
		t.Errorf("a clique has %d levels and %d communities", len(h.Levels), h.Levels[0].Count)
	}
}

// Everybody is tied to everybody in proportion to strengths, so that no split is
// any better than chance: single vertices are a local optimum, of modularity 0.
// (n vertices, ties of 2 and loops of 1: k = 2n, 2m = 2n², k²/2m = 2.)
func TestNestedTakesNoSplitByChance(t *testing.T) {
	const n = 6
	var edges [][2]uint32
	var weights []float32
	for u := range uint32(n) {
		for v := range u {
			edges, weights = append(edges, [2]uint32{u, v}), append(weights, 2)
		}
		edges, weights = append(edges, [2]uint32{u, u}), append(weights, 1)
	}
	g := undirected(t, n, edges, weights)
	if p := leiden(t, g, Options{}).Top(); p.Count != n || modularity(t, g, p, 1) != 0 {
		t.Fatalf("the example does not hold: %d communities of modularity %v", p.Count, modularity(t, g, p, 1))
	}
	h, err := Nested(t.Context(), g, NestedOptions{Options: Options{Resolution: .1}, MaxSize: 2})
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Levels) != 1 || h.Top().Count != 1 {
		t.Errorf("%d levels, the finest of %d communities; want one of one", len(h.Levels), h.Levels[0].Count)
	}
}

func TestNestedLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "graph", graphtest.DrawOptions{Undirected: true, Weighted: rapid.Bool().Draw(t, "weighted"), Vertices: 20})
		o := NestedOptions{
			Options: Options{
				Seed:       rapid.Uint64().Draw(t, "seed"),
				Resolution: rapid.SampledFrom([]float64{.1, 1}).Draw(t, "resolution"),
				Objective:  rapid.SampledFrom([]Objective{ModularityObjective, CPMObjective}).Draw(t, "objective"),
			},
			MaxSize: rapid.IntRange(1, 8).Draw(t, "max"),
		}
		o.MinSize = rapid.IntRange(0, o.MaxSize).Draw(t, "min")
		h, err := Nested(context.Background(), g, o)
		if err != nil {
			t.Fatal(err)
		}
		verify(t, g, h, true)
		if len(h.Levels) > 4 {
			t.Fatalf("%d levels", len(h.Levels))
		}
	})
}

func TestNestedRefuses(t *testing.T) {
	g := graphtest.Karate().Graph
	for _, o := range []NestedOptions{{MaxSize: -1}, {MinSize: -1}, {MaxSize: 10, MinSize: 11}, {MaxLevels: -1}} {
		if _, err := Nested(t.Context(), g, o); err == nil || !strings.Contains(err.Error(), "cannot be made") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}
