package community

import (
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"kith/graph"
	"kith/graph/graphtest"
)

var update = flag.Bool("update", false, "rewrite testdata/quality.txt")

// benchmark is a graph whose true groups are known.
type benchmark struct {
	name  string
	read  func(t *testing.T) (*graph.Graph, []uint32)
	seeds uint64
}

func gml(path string) func(t *testing.T) (*graph.Graph, []uint32) {
	return func(t *testing.T) (*graph.Graph, []uint32) {
		c := graphtest.ReadGML(t, graphtest.Data(t, path))
		return c.Graph, c.Groups
	}
}

func planted(o graphtest.PlantedOptions) func(t *testing.T) (*graph.Graph, []uint32) {
	return func(*testing.T) (*graph.Graph, []uint32) {
		p := graphtest.Planted(o)
		return p.Graph(), p.Community
	}
}

// faculty reads the friendships of a faculty, both directions added up, with the
// schools as groups.
func faculty(t *testing.T) (*graph.Graph, []uint32) {
	rows := func(file string) [][]string {
		f, err := os.Open(graphtest.Data(t, "ukfaculty/csv/"+file))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		list, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		return list[1:]
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	var groups, from, to []uint32
	var w []float32
	for _, r := range rows("UKfaculty_nodes.csv") {
		groups = append(groups, uint32(number(r[1])))
	}
	for _, r := range rows("UKfaculty_edges.csv") {
		from = append(from, uint32(number(r[0]))-1)
		to = append(to, uint32(number(r[1]))-1)
		w = append(w, float32(number(r[2])))
	}
	g, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: uint32(len(groups)), Undirected: true}, from, to, w)
	if err != nil {
		t.Fatal(err)
	}
	return g, groups
}

var benchmarks = []benchmark{
	{"karate", func(*testing.T) (*graph.Graph, []uint32) { c := graphtest.Karate(); return c.Graph, c.Groups }, 10},
	{"football", gml("classic-gml/football.gml"), 10},
	{"dolphins", gml("classic-gml/dolphins.gml"), 10},
	{"ukfaculty", faculty, 10},
	{"lfr-0.2", gml("lfr/mu-0.2.gml.gz"), 3},
	{"lfr-0.4", gml("lfr/mu-0.4.gml.gz"), 3},
	{"lfr-0.6", gml("lfr/mu-0.6.gml.gz"), 3},
	{"planted-10k-0.5-weighted", planted(graphtest.PlantedOptions{Vertices: 10000, Mixing: .5, WeightMixing: .3, Seed: 1}), 1},
	{"planted-10k-0.6", planted(graphtest.PlantedOptions{Vertices: 10000, Mixing: .6, Seed: 1}), 1},
}

var qualityColumns = []string{"communities", "modularity", "nmi"}

// measure gives, for each algorithm, the mean of the columns over the seeds.
func (b benchmark) measure(t *testing.T) map[string][]float64 {
	g, groups := b.read(t)
	means := map[string][]float64{}
	count := func(algorithm string, p Partition) {
		nmi := math.NaN()
		if groups != nil {
			nmi = must(NMI(p, canonical(slices.Clone(groups), int(slices.Max(groups))+1)))
		}
		sums := means[algorithm]
		if sums == nil {
			sums = make([]float64, 3)
			means[algorithm] = sums
		}
		for i, x := range []float64{float64(p.Count), modularity(t, g, p, 1), nmi} {
			sums[i] += x / float64(b.seeds)
		}
	}
	for seed := range b.seeds {
		count("Leiden", leiden(t, g, Options{Seed: seed}).Top())
		if g.Rows() < 5000 {
			count("Leiden-until-stable", leiden(t, g, Options{Seed: seed, Effort: FullEffort}).Top())
		}
		if g.Rows() < 500 { // TestLFR has larger ones
			count("Leiden-map", leiden(t, g, Options{Seed: seed, Objective: MapObjective}).Top())
		}
		h, err := Louvain(t.Context(), g, Options{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		count("Louvain", h.Top())
		h, err = Nested(t.Context(), g, NestedOptions{Options: Options{Seed: seed}})
		if err != nil {
			t.Fatal(err)
		}
		count("Nested-leaves", h.Levels[0])
		p, err := LabelPropagation(t.Context(), g, PropagationOptions{Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		count("LabelPropagation", p)
	}
	return means
}

// TestQuality fails when a modularity or an NMI falls below the one on file, and
// shows those that rise. Run with -update after a change that is wanted.
func TestQuality(t *testing.T) {
	file := filepath.Join("testdata", "quality.txt")
	data, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	known := map[string][]string{}
	for line := range strings.Lines(string(data)) {
		if f := strings.Fields(line); len(f) == 5 && f[0] != "graph" {
			known[f[0]+" "+f[1]] = f[2:]
		}
	}
	var out strings.Builder
	fmt.Fprintf(&out, "Means over seeds; written by go test ./community -run TestQuality -update\n\n")
	fmt.Fprintf(&out, "%-25s %-20s %12s %11s %9s\n", "graph", "algorithm", "communities", "modularity", "nmi")
	for _, b := range benchmarks {
		ok := t.Run(b.name, func(t *testing.T) {
			means := b.measure(t)
			for _, algorithm := range []string{"Leiden", "Leiden-until-stable", "Leiden-map", "Louvain", "Nested-leaves", "LabelPropagation"} {
				if means[algorithm] == nil {
					continue
				}
				got := make([]string, 3)
				for i, x := range means[algorithm] {
					got[i] = strconv.FormatFloat(x, 'f', []int{1, 5, 5}[i], 64)
				}
				fmt.Fprintf(&out, "%-25s %-20s %12s %11s %9s\n", b.name, algorithm, got[0], got[1], got[2])
				want := known[b.name+" "+algorithm]
				if *update {
					continue
				}
				if want == nil {
					t.Errorf("%s is not on file; run with -update", algorithm)
					continue
				}
				for i, column := range qualityColumns {
					was, err := strconv.ParseFloat(want[i], 64)
					if err != nil {
						t.Fatal(err)
					}
					is, _ := strconv.ParseFloat(got[i], 64)
					switch {
					case i > 0 && is < was-1e-9:
						t.Errorf("%s: %s fell from %s to %s", algorithm, column, want[i], got[i])
					case got[i] != want[i]:
						t.Logf("%s: %s was %s, is %s", algorithm, column, want[i], got[i])
					}
				}
			}
		})
		if *update && !ok {
			t.Fatalf("%s cannot be measured, so the file stays", b.name)
		}
	}
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
