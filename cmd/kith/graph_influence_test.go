package main

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"kith/graph/graphtest"
)

// classicFile writes a classic graph as rows of from,to, each tie of an undirected
// one once.
func classicFile(t *testing.T, c *graphtest.Classic) string {
	t.Helper()
	var text strings.Builder
	for u := range uint32(c.Graph.Rows()) {
		for _, v := range c.Graph.Neighbours(u) {
			if !c.Graph.Undirected || u < v {
				text.WriteString(c.Names.At(u) + "," + c.Names.At(v) + "\n")
			}
		}
	}
	return textFile(t, "ties.csv", text.String())
}

func textFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// columnsOf reads what a kernel wrote: the numbers of each id.
func columnsOf(t *testing.T, path string) map[string][]float64 {
	t.Helper()
	of := map[string][]float64{}
	for _, row := range rows(t, path, ',', true) {
		for _, field := range row[1:] {
			x, err := strconv.ParseFloat(field, 64)
			if err != nil {
				t.Fatal(err)
			}
			of[row[0]] = append(of[row[0]], x)
		}
	}
	return of
}

// The numbers were calculated with networkx 3.6.1, eigenvectors and singular
// values with NumPy; those of the kite are also in D. Krackhardt's paper.
func TestInfluenceVerbsKnownAnswers(t *testing.T) {
	t.Parallel()
	karate, kite, pages := classicFile(t, graphtest.Karate()), classicFile(t, graphtest.Kite()), classicFile(t, graphtest.Pages())
	communities := textFile(t, "communities.csv", "id,community\nHeather,7\nIke,7\nJane,7\nAndre,3\n")
	for _, c := range []struct {
		args   []string
		n      int
		want   map[string][]float64
		report func(kernelReport) bool
	}{
		{[]string{"kcore", karate}, 34, map[string][]float64{"01": {4}, "31": {4}, "12": {1}}, func(r kernelReport) bool { return r.Degeneracy == 4 }},
		{[]string{"kcore", kite}, 10, map[string][]float64{"Andre": {3}, "Heather": {2}, "Jane": {1}}, func(r kernelReport) bool { return r.Degeneracy == 3 }},
		{[]string{"triangles", karate}, 34, map[string][]float64{"01": {18, .15}, "34": {15, 15. / 136}, "12": {0, 0}}, func(r kernelReport) bool {
			return *r.Triangles == 45 && math.Abs(*r.Clustering-.5706384782) < 1e-9 && math.Abs(*r.Transitivity-.2556818182) < 1e-9
		}},
		{[]string{"betweenness", kite, "--undirected"}, 10, map[string][]float64{"Heather": {14}, "Fernando": {25. / 3}, "Diane": {11. / 3}, "Carol": {0}}, func(r kernelReport) bool {
			return r.Sources == 10 && r.Bound == 0
		}},
		{[]string{"betweenness", karate, "--undirected"}, 34, map[string][]float64{"01": {231.0714285714}}, func(r kernelReport) bool { return r.Sources == 34 }},
		// Jane's paths: to Heather and the seven behind her by Ike, and to
		// those seven by Heather. As a pair counts once for both ends, one
		// end counts half, as in networkx' betweenness_centrality_subset.
		{[]string{"betweenness", kite, "--undirected", "--from", "Jane"}, 10, map[string][]float64{"Ike": {4}, "Heather": {3.5}, "Jane": {0}}, func(r kernelReport) bool {
			return r.Sources == 1
		}},
		// In a path of three only the middle is between others.
		{[]string{"betweenness", kite, "--undirected", "--communities", communities, "--community", "7"}, 3, map[string][]float64{"Heather": {0}, "Ike": {1}, "Jane": {0}}, nil},
		{[]string{"closeness", kite, "--undirected"}, 10, map[string][]float64{"Diane": {7.0833333333}, "Heather": {6}, "Jane": {3.4166666667}}, func(r kernelReport) bool {
			return r.Bound == 0
		}},
		{[]string{"eigenvector", karate, "--undirected"}, 34, map[string][]float64{"34": {.3733634703}, "01": {.3554914445}}, func(r kernelReport) bool {
			return math.Abs(r.Value-6.7256977276) < 1e-6 && r.Residual <= 1e-9
		}},
		// Of an undirected graph, hubs and authorities are the same.
		{[]string{"hits", karate, "--undirected"}, 34, map[string][]float64{"34": {.3733634703, .3733634703}}, nil},
		{[]string{"hits", pages}, 11, map[string][]float64{"B": {0, .7549152285}, "E": {.2834289841, .6395989076}, "G": {.4258941239, 0}}, func(r kernelReport) bool {
			return math.Abs(r.Value-3.2743211470) < 1e-6
		}},
		{[]string{"katz", karate, "--undirected", "--attenuation", ".05"}, 34, map[string][]float64{"34": {2.1281047592}, "01": {2.0807016861}}, func(r kernelReport) bool {
			return r.Attenuation == .05
		}},
		// B and C point at each other, as do E and F, and nobody else does.
		{[]string{"scc", pages}, 11, nil, func(r kernelReport) bool { return r.Components == 9 }},
	} {
		t.Run(c.args[0]+" "+filepath.Base(filepath.Dir(c.args[1])), func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.csv")
			r := decoded[kernelReport](t, append(append([]string{"graph"}, c.args...), "--out", out)...)
			if r.Kernel != c.args[0] || r.File != c.args[1] || c.report != nil && !c.report(r) {
				t.Errorf("the report is %+v", r)
			}
			got := columnsOf(t, out)
			if len(got) != c.n {
				t.Errorf("%d vertices were written, want %d", len(got), c.n)
			}
			for id, want := range c.want {
				if len(got[id]) != len(want) {
					t.Fatalf("%s has the figures %v, want %v", id, got[id], want)
				}
				for i, x := range want {
					if math.Abs(got[id][i]-x) > 1e-6 {
						t.Errorf("%s has %v, want %v", id, got[id], want)
					}
				}
			}
			if c.args[0] == "scc" && (got["B"][0] != got["C"][0] || got["E"][0] != got["F"][0] || got["B"][0] == got["E"][0]) {
				t.Errorf("components are %v", got)
			}
			// What a person reads names the file and where the answer went.
			said := must(t, append(append([]string{"graph"}, c.args...), "--out", out)...)
			if !strings.Contains(said, c.args[0]+" of "+c.args[1]) || !strings.Contains(said, "written to "+out) {
				t.Errorf("a person reads\n%s", said)
			}
		})
	}
}

func TestInfluenceVerbsAreTheSameForAnyThreads(t *testing.T) {
	t.Parallel()
	// Read once: how a file is read on several threads is another test.
	messages := snapshotOf(t, graphtest.Data(t, "collegemsg/CollegeMsg.txt"), "--unweighted", "--header", "no", "--from-column", "1", "--to-column", "2")
	for _, verb := range [][]string{
		{"kcore"}, {"triangles"}, {"betweenness", "--sources", "40", "--seed", "5"}, {"closeness", "--targets", "40"},
		{"hits"}, {"eigenvector", "--undirected"}, {"katz"}, {"scc"},
	} {
		t.Run(verb[0], func(t *testing.T) {
			var want string
			var first kernelReport
			for _, threads := range []string{"1", "2", "3", "8", "16"} {
				out := filepath.Join(t.TempDir(), "out.csv")
				r := decoded[kernelReport](t, append([]string{"graph", verb[0], messages, "--out", out, "--threads", threads}, verb[1:]...)...)
				got, err := os.ReadFile(out)
				if err != nil {
					t.Fatal(err)
				}
				// What depends on the machine is not compared.
				r.Threads, r.ReadS, r.BuildS, r.KernelS, r.KernelCPUS, r.LoadCPUS, r.PeakBytes, r.EstimateBytes = 0, 0, 0, 0, 0, 0, 0, 0
				if want == "" {
					want, first = string(got), r
				}
				if string(got) != want || !reflect.DeepEqual(r, first) {
					t.Errorf("%s threads give another answer: %+v, not %+v", threads, r, first)
				}
			}
			if first.Vertices != 1899 || strings.Count(want, "\n") != 1900 {
				t.Errorf("%d vertices, %d rows", first.Vertices, strings.Count(want, "\n"))
			}
		})
	}
}

func TestInfluenceVerbsRefuse(t *testing.T) {
	kite := classicFile(t, graphtest.Kite())
	bad := textFile(t, "bad.csv", "from,to,weight\na,b,1\nb,c,-2\n")
	gone := filepath.Join(t.TempDir(), "gone.csv")
	for _, verb := range []string{"kcore", "triangles", "betweenness", "closeness", "hits", "eigenvector", "katz", "scc"} {
		out := filepath.Join(t.TempDir(), "out.csv")
		_, errs, code := kith(t, "graph", verb, gone, "--out", out)
		oneSentence(t, errs, code, exitData, "gone.csv", "does not exist")
		_, errs, code = kith(t, "graph", verb, bad, "--out", out)
		oneSentence(t, errs, code, exitData, "bad.csv", "line 3")
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%s wrote %s", verb, out)
		}
	}
	strangers := textFile(t, "strangers.csv", "id,community\nHeather,7\nNobody,7\n")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"betweenness", kite, "--from", "Nobody"}, exitData, `"Nobody"`},
		{[]string{"betweenness", kite, "--community", "7"}, exitUsage, "--communities"},
		{[]string{"betweenness", kite, "--communities", gone, "--community", "7"}, exitData, "gone.csv"},
		{[]string{"betweenness", kite, "--communities", strangers, "--community", "7"}, exitData, "line 3"},
		{[]string{"betweenness", kite, "--communities", strangers, "--community", "8"}, exitData, "nobody in community"},
		{[]string{"betweenness", kite, "--length", "long"}, exitUsage, "length"},
		{[]string{"katz", kite, "--undirected", "--attenuation", "1"}, exitFailed, "attenuation"},
	} {
		_, errs, code := kith(t, append([]string{"graph"}, c.args...)...)
		oneSentence(t, errs, code, c.code, c.says)
	}
}
