package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"kith/graph/graphtest"
)

// karateFile writes Zachary's club as an edge list, with the rows in the given
// order of its edges and named by numbers from 1.
func karateFile(t *testing.T, reversed bool) string {
	t.Helper()
	g := graphtest.Karate().Graph
	var lines []string
	for u := range uint32(g.Rows()) {
		for _, v := range g.Neighbours(u) {
			if u < v {
				lines = append(lines, strconv.Itoa(int(u)+1)+"\t"+strconv.Itoa(int(v)+1))
			}
		}
	}
	if reversed {
		for i, j := 0, len(lines)-1; i < j; i, j = i+1, j-1 {
			lines[i], lines[j] = lines[j], lines[i]
		}
	}
	path := filepath.Join(t.TempDir(), "karate.tsv")
	if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestGraphKernels(t *testing.T) {
	path := karateFile(t, false)
	out := filepath.Join(t.TempDir(), "out.csv")
	for _, kernel := range []string{"leiden", "louvain"} {
		r := decoded[kernelReport](t, "graph", kernel, path, "--out", out, "--seed", "3")
		if r.Vertices != 34 || r.Edges != 78 || r.Arcs != 156 || r.Rows != 78 || r.Seed != 3 || r.Threads < 1 || r.PeakBytes < 1<<20 {
			t.Errorf("%s reports %+v", kernel, r)
		}
		// 0.4198 is the best there is (Brandes et al. 2008).
		if r.Modularity == nil || *r.Modularity < .39 || *r.Modularity > .41980 {
			t.Errorf("%s reached modularity %v", kernel, *r.Modularity)
		}
		communities := map[string]bool{}
		list := rows(t, out, ',', true)
		for _, row := range list {
			communities[row[1]] = true
		}
		if len(list) != 34 || len(communities) != r.Communities {
			t.Errorf("%s wrote %d rows of %d communities", kernel, len(list), len(communities))
		}
	}
	r := decoded[kernelReport](t, "graph", "components", path)
	same(t, "components", r.Components, 1)

	decoded[kernelReport](t, "graph", "pagerank", path, "--undirected", "--out", out, "--tolerance", "1e-10")
	sum, best := 0., ""
	highest := 0.
	for _, row := range rows(t, out, ',', true) {
		x, err := strconv.ParseFloat(row[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum += x
		if x > highest {
			highest, best = x, row[0]
		}
	}
	// networkx.pagerank(karate_club_graph(), weight=None) ranks the officer
	// first, with 0.10092.
	if math.Abs(sum-1) > 1e-9 || best != "34" || math.Abs(highest-.10092) > 2e-5 {
		t.Errorf("ranks sum to %v and %s is first with %v", sum, best, highest)
	}
}

func TestGraphIsTheSameForAnyRowsAndThreads(t *testing.T) {
	var want string
	for i, path := range []string{karateFile(t, false), karateFile(t, true)} {
		for _, threads := range []string{"1", "2", "5"} {
			out := filepath.Join(t.TempDir(), "out.csv")
			must(t, "graph", "leiden", path, "--out", out, "--threads", threads)
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = string(got)
			}
			if string(got) != want {
				t.Errorf("file %d on %s threads gave another answer", i, threads)
			}
		}
	}
}

func TestGraphProject(t *testing.T) {
	path := graphtest.Data(t, "southern-women/davis_edges.csv")
	out := filepath.Join(t.TempDir(), "out.csv")
	r := decoded[kernelReport](t, "graph", "project", path, "--side", "customers", "--weighting", "count", "--k", "17", "--out", out)
	if r.Vertices != 18 || r.Columns != 14 || r.Edges != 89 {
		t.Errorf("the report is %+v", r)
	}
	// Evelyn and Theresa went to seven events together (Davis et al. 1941).
	for _, row := range rows(t, out, ',', true) {
		if row[0] == "Evelyn Jefferson" && row[1] == "Theresa Anderson" {
			if row[2] != "7" {
				t.Errorf("Evelyn and Theresa share %s events", row[2])
			}
			return
		}
	}
	t.Error("Evelyn and Theresa are not neighbours")
}
