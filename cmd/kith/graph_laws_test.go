package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// lawful are the verbs whose answer is a number or more for each vertex, and what
// they become: by scale when all ties weigh eight times as much, by beside when the
// graph stands beside a copy of itself. 0 means that all stay as they are.
var lawful = []struct {
	verb          string
	flags         []string
	scale, beside float64
}{
	{"pagerank", []string{"--tolerance", "1e-12"}, 0, .5},
	{"pagerank", []string{"--undirected", "--tolerance", "1e-12"}, 0, .5},
	{"pagerank", []string{"--from", "v0", "--tolerance", "1e-12"}, 0, 0},
	{"heat", []string{"--from", "v0", "--tolerance", "1e-12"}, 0, 0},
	{"spread", []string{"--from", "v0", "--accuracy", "0.001"}, 0, 0},
	{"hits", []string{"--tolerance", "1e-11"}, 0, math.Sqrt(.5)},
	{"eigenvector", []string{"--undirected", "--tolerance", "1e-11"}, 0, math.Sqrt(.5)},
	{"katz", []string{"--tolerance", "1e-12"}, 0, 0},
	{"betweenness", nil, 0, 0},
	{"betweenness", []string{"--undirected", "--length", "inverse"}, 0, 0},
	{"closeness", nil, 0, 0},
	{"closeness", []string{"--length", "weight"}, 1. / 8, 0},
	{"closeness", []string{"--length", "inverse"}, 8, 0},
	{"kcore", nil, 0, 0},
	{"triangles", nil, 0, 0},
	{"degree", nil, 0, 0},
}

// TestLawsOfVerbs: other names and another order of the rows change nothing but the
// names; weights count by their ratios alone; and what stands apart has no say.
func TestLawsOfVerbs(t *testing.T) {
	t.Parallel()
	const n = 90
	list := tiesText(n, 400)
	name := rand.New(rand.NewPCG(3, 3)).Perm(n)
	var renamed, scaled, beside []string
	for _, row := range list {
		var u, v, w int
		if _, err := fmt.Sscanf(row, "v%d,v%d,%d", &u, &v, &w); err != nil {
			t.Fatal(err)
		}
		// v0 stays, as flags name it.
		as := func(u int) int { return (name[u] - name[0] + n) % n }
		renamed = append(renamed, fmt.Sprintf("v%d,v%d,%d", as(u), as(v), w))
		scaled = append(scaled, fmt.Sprintf("v%d,v%d,%d", u, v, 8*w))
		beside = append(beside, row, fmt.Sprintf("w%d,w%d,%d", u, v, w))
	}
	slices.Reverse(renamed)
	file := func(rows []string) string { return textFile(t, "ties.csv", strings.Join(rows, "\n")+"\n") }
	plain, others, heavy, twice := file(list), file(renamed), file(scaled), file(beside)
	for _, c := range lawful {
		t.Run(strings.Join(append([]string{c.verb}, c.flags...), " "), func(t *testing.T) {
			of := func(path string) map[string][]float64 {
				out := filepath.Join(t.TempDir(), "out.csv")
				must(t, append([]string{"graph", c.verb, path, "--out", out}, c.flags...)...)
				return columnsOf(t, out)
			}
			want := of(plain)
			alike := func(law string, got map[string][]float64, by float64, as func(string) string) {
				for id, x := range want {
					y := got[as(id)]
					for i := range x {
						b := by
						if c.verb == "degree" && i < 3 || by == 0 {
							b = 1
						}
						if len(y) != len(x) || math.Abs(y[i]-b*x[i]) > 1e-8*math.Max(1, math.Abs(b*x[i])) {
							t.Fatalf("%s: %s has %v, and had %v", law, id, y, x)
						}
					}
				}
			}
			self := func(id string) string { return id }
			alike("renamed", of(others), 1, func(id string) string {
				u, err := strconv.Atoi(id[1:])
				if err != nil {
					t.Fatal(err)
				}
				return fmt.Sprintf("v%d", (name[u]-name[0]+n)%n)
			})
			by := c.scale
			if c.verb == "degree" {
				by = 8
			}
			alike("scaled", of(heavy), by, self)
			two := of(twice)
			alike("beside", two, c.beside, self)
			if len(c.flags) == 0 || c.flags[0] != "--from" {
				alike("the copy", two, c.beside, func(id string) string { return "w" + id[1:] })
			}
		})
	}
}

// TestPartsUnderOtherNames: components and strong components are sets of vertices.
func TestPartsUnderOtherNames(t *testing.T) {
	var here, there []string
	for _, row := range tiesText(300, 250) {
		here = append(here, row)
		there = append(there, strings.ReplaceAll(row, "v", "other-"))
	}
	slices.Reverse(there)
	for _, verb := range []string{"components", "scc"} {
		a := decoded[kernelReport](t, "graph", verb, textFile(t, "a.csv", strings.Join(here, "\n")))
		b := decoded[kernelReport](t, "graph", verb, textFile(t, "b.csv", strings.Join(there, "\n")))
		both := decoded[kernelReport](t, "graph", verb, textFile(t, "c.csv", strings.Join(append(here, there...), "\n")))
		if a.Components < 10 || a.Components != b.Components || both.Components != 2*a.Components {
			t.Errorf("%s: %d, %d under other names, %d side by side", verb, a.Components, b.Components, both.Components)
		}
	}
}
