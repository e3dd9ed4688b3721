package community

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// step runs one level of a search and returns the groups as a map of the given
// graph's vertices, composed of those before.
func (s *search) step(t *testing.T, lv level, groups []uint32) (level, []uint32) {
	t.Helper()
	if _, err := s.move(t.Context(), &lv, stream(s.depth)); err != nil {
		t.Fatal(err)
	}
	g := s.refine(&lv, s.group(&lv), stream(s.depth))
	communities := slices.Clone(s.comm[:lv.n])
	up := slices.Clone(s.at(s.depth).up)
	next := s.aggregate(lv, g)
	for v, c := range communities {
		if s.comm[up[v]] != c {
			t.Fatalf("group %d of vertex %d is in community %d instead of %d", up[v], v, s.comm[up[v]], c)
		}
	}
	for v, x := range groups {
		groups[v] = up[x]
	}
	return next, groups
}

// Each level must be what adding up the given graph's arcs by group gives, on
// whichever way it was made; the graphs make the search take all of them.
func TestAggregation(t *testing.T) {
	ways := map[string]bool{}
	for name, g := range benchmarkGraphs(t) {
		t.Run(name, func(t *testing.T) {
			s, err := newSearch(t.Context(), g, Options{Threads: 3})
			if err != nil {
				t.Fatal(err)
			}
			defer s.crew.dismiss()
			groups := make([]uint32, s.base.n)
			for v := range groups {
				groups[v] = uint32(v)
			}
			lv := s.base
			for s.depth = 0; s.depth < 4; s.depth++ {
				before := s.arena
				lv, groups = s.step(t, lv, groups)
				switch {
				case s.depth == 0:
					ways["first"] = true
				case s.arena.from == before.to:
					ways["behind"] = true
				case before.to-before.from > before.from:
					ways["from the given graph"] = true
				default:
					ways["before"] = true
				}
				want := make([]map[uint32]float64, lv.n)
				mass := make([]float64, lv.n)
				for v := range uint32(g.Rows()) {
					mine := groups[v]
					mass[mine] += s.base.mass[v]
					for _, u := range g.Neighbours(v) {
						if groups[u] == mine {
							continue
						}
						if want[mine] == nil {
							want[mine] = map[uint32]float64{}
						}
						want[mine][groups[u]] += float64(g.Weight(v, u)) * s.scale
					}
				}
				for i := range uint32(lv.n) {
					if math.Abs(mass[i]-lv.mass[i]) > 1e-9*mass[i] {
						t.Fatalf("depth %d: group %d has mass %v; want %v", s.depth, i, lv.mass[i], mass[i])
					}
					ts, ws := lv.arcs(i)
					if len(ts) != len(want[i]) {
						t.Fatalf("depth %d: group %d has %d neighbours; want %d", s.depth, i, len(ts), len(want[i]))
					}
					for k, u := range ts {
						if math.Abs(float64(ws[k])-want[i][u]) > 1e-5*want[i][u] {
							t.Fatalf("depth %d: arc %d→%d weighs %v; want %v", s.depth, i, u, ws[k], want[i][u])
						}
					}
				}
			}
		})
	}
	if diff := cmp.Diff(map[string]bool{"first": true, "behind": true, "before": true, "from the given graph": true}, ways); diff != "" {
		t.Errorf("ways of aggregating (-want +got):\n%s", diff)
	}
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		starts, want []uint32
	}{
		{[]uint32{0}, []uint32{0}},
		{[]uint32{0, 1}, []uint32{0, 1}},
		{[]uint32{0, 5, 6, 7, 8}, []uint32{0, 1, 4}},
		{[]uint32{0, 1, 2, 3, 4, 5}, []uint32{0, 3, 5}},
	} {
		if diff := cmp.Diff(c.want, cut(c.starts, 3)); diff != "" {
			t.Errorf("cut %v (-want +got):\n%s", c.starts, diff)
		}
	}
}

// Leiden does not make unconnected communities, so what would take them apart is
// tried by itself: {0,1}, {2} and {3,4}, of which the middle one is in the
// community of the last but a tie of weight zero away.
func TestPieces(t *testing.T) {
	g := undirected(t, 6, [][2]uint32{{0, 1}, {1, 2}, {2, 3}, {3, 4}}, nil)
	g.Weights = []float32{1, 1, 1, 1, 0, 0, 1, 1}
	lv := level{n: 6, offsets: g.Offsets, targets: g.Targets, weights: g.Weights}
	got := pieces(&lv, []uint32{0, 0, 1, 1, 1, 0})
	if diff := cmp.Diff([]uint32{0, 0, 2, 3, 3, 5}, got); diff != "" {
		t.Errorf("pieces (-want +got):\n%s", diff)
	}
}
