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

// scores reads set,id,score.
func scores(t *testing.T, path string) map[[2]string]float64 {
	t.Helper()
	of := map[[2]string]float64{}
	for _, row := range rows(t, path, ',', true) {
		x, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		of[[2]string{row[0], row[1]}] = x
	}
	return of
}

// Each set of a file gets what the same ids get with --from.
func TestSeedSetsAreAnsweredOneByOne(t *testing.T) {
	karate := karateFile(t, false)
	seeds := textFile(t, "seeds.csv", "set,id\nhi,1\nofficer,34\nofficer,33\nhi,2\nfar,17\n")
	of := map[string][]string{"hi": {"1", "2"}, "officer": {"33", "34"}, "far": {"17"}}
	for verb, flags := range map[string][]string{
		"pagerank": {"--undirected", "--tolerance", "1e-12"}, "heat": {"--undirected", "--tolerance", "1e-12"}, "spread": {"--undirected", "--iterations", "7", "--accuracy", ".001"},
	} {
		out := filepath.Join(t.TempDir(), "out.csv")
		r := decoded[kernelReport](t, append([]string{"graph", verb, karate, "--seeds", seeds, "--top", "0", "--out", out}, flags...)...)
		if r.Sets != 3 || r.Seeds != 5 || r.Absent != 0 || r.Iterations < 1 {
			t.Errorf("%s reports %+v", verb, r)
		}
		many := scores(t, out)
		for set, ids := range of {
			args := append([]string{"graph", verb, karate, "--out", out}, flags...)
			for _, id := range ids {
				args = append(args, "--from", id)
			}
			must(t, args...)
			for id, x := range columnsOf(t, out) {
				if y := many[[2]string{set, id}]; math.Abs(x[0]-y) > 1e-9 {
					t.Errorf("%s: %s has %v in the set %s, and %v alone", verb, id, y, set, x[0])
				}
			}
		}
		// The highest two of each, in the order of their names and scores.
		decoded[kernelReport](t, append([]string{"graph", verb, karate, "--seeds", seeds, "--top", "2", "--out", out}, flags...)...)
		list := rows(t, out, ',', true)
		if len(list) != 6 || list[0][0] != "far" || list[2][0] != "hi" || list[4][0] != "officer" {
			t.Fatalf("%s: the highest are %v", verb, list)
		}
		for i := 0; i < 6; i += 2 {
			a, b := many[[2]string{list[i][0], list[i][1]}], many[[2]string{list[i+1][0], list[i+1][1]}]
			above := 0
			for k, x := range many {
				if k[0] == list[i][0] && x > b {
					above++
				}
			}
			if a < b || above > 1 {
				t.Errorf("%s: %v and %v are not the highest two", verb, list[i], list[i+1])
			}
		}
	}
	// networkx 3.6.1: pagerank(karate, personalization={0: 1}), unweighted.
	out := filepath.Join(t.TempDir(), "out.csv")
	must(t, "graph", "pagerank", karate, "--undirected", "--from", "1", "--tolerance", "1e-12", "--out", out)
	if x := columnsOf(t, out); math.Abs(x["1"][0]-.2663736031) > 1e-9 || math.Abs(x["34"][0]-.0511999892) > 1e-9 {
		t.Errorf("from 1 the walk is at 1 for %v and at 34 for %v", x["1"], x["34"])
	}
}

func TestSeedVerbsAreTheSameForAnyThreadsAndRows(t *testing.T) {
	t.Parallel()
	// Read once: how a file is read on several threads is another test.
	messages := snapshotOf(t, graphtest.Data(t, "collegemsg/CollegeMsg.txt"), "--unweighted", "--header", "no", "--from-column", "1", "--to-column", "2")
	var one, two strings.Builder
	one.WriteString("set,id\n")
	two.WriteString("set,id\n")
	for i := range 40 {
		one.WriteString("s" + strconv.Itoa(i%11) + "," + strconv.Itoa(1+i*17) + "\n")
		two.WriteString("s" + strconv.Itoa((39-i)%11) + "," + strconv.Itoa(1+(39-i)*17) + "\n")
	}
	files := []string{textFile(t, "one.csv", one.String()), textFile(t, "two.csv", two.String())}
	for _, verb := range []string{"pagerank", "heat", "spread", "degree"} {
		want := ""
		for i, threads := range []string{"1", "2", "3", "8", "16"} {
			out := filepath.Join(t.TempDir(), "out.csv")
			args := []string{"graph", verb, messages, "--threads", threads, "--out", out}
			if verb != "degree" {
				args = append(args, "--seeds", files[i%2])
			}
			must(t, args...)
			got, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			if want == "" {
				want = string(got)
			}
			if string(got) != want || len(want) < 1000 {
				t.Errorf("%s: %s threads give another answer", verb, threads)
			}
		}
	}
}

// Wikipedia's pages: E points at B, D and F and is pointed at by six, F pointing
// back; one tie in 17 pairs, B and C and E and F, is returned.
func TestDegree(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.csv")
	r := decoded[kernelReport](t, "graph", "degree", classicFile(t, graphtest.Pages()), "--out", out)
	got := columnsOf(t, out)
	if x := got["E"]; len(got) != 11 || x[0] != 3 || x[1] != 6 || x[2] != 1 || x[3] != 3 || x[4] != 6 {
		t.Errorf("E has %v of %d", x, len(got))
	}
	if *r.Isolates != 0 || *r.MostOut != 3 || *r.MostIn != 7 || math.Abs(*r.MeanDegree-17./11) > 1e-12 || math.Abs(*r.Reciprocity-4./17) > 1e-12 {
		t.Errorf("the report is %+v", r.degreeReport)
	}
}

func TestSeedVerbsRefuse(t *testing.T) {
	karate := karateFile(t, false)
	strangers := textFile(t, "strangers.csv", "set,id\na,1\na,77\n")
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"pagerank", karate, "--from", "77"}, exitData, `"77"`},
		{[]string{"heat", karate, "--from", "77"}, exitData, `"77"`},
		{[]string{"pagerank", karate, "--seeds", strangers}, exitData, "line 3"},
		{[]string{"heat", karate, "--seeds", strangers}, exitData, "line 3"},
		{[]string{"pagerank", karate, "--seeds", strangers, "--from", "1"}, exitUsage, "not both"},
		{[]string{"spread", karate}, exitUsage, "--seeds"},
		{[]string{"heat", karate, "--seeds", filepath.Join(t.TempDir(), "gone.csv")}, exitData, "gone.csv"},
		{[]string{"heat", karate, "--seeds", textFile(t, "headless.csv", "a,1\n")}, exitData, "header"},
		{[]string{"heat", karate, "--seeds", textFile(t, "nothing.csv", "set,id\n")}, exitData, "no seeds"},
		{[]string{"heat", karate, "--seeds", textFile(t, "narrow.csv", "set\na\n")}, exitData, "line 1"},
		{[]string{"heat", karate, "--seeds", textFile(t, "weights.csv", "set,id,weight\na,1,-1\n")}, exitData, "line 2"},
		{[]string{"spread", karate, "--seeds", textFile(t, "weights.csv", "set,id,weight\na,1,1\n")}, exitData, "line 1"},
		{[]string{"pagerank", karate, "--seeds", textFile(t, "one.csv", "set,id\na,1\n"), "--top=-1"}, exitUsage, "--top"},
		{[]string{"pagerank", karate, "--damping", "2"}, exitFailed, "damping"},
		{[]string{"heat", karate, "--time=-1"}, exitFailed, "time"},
		{[]string{"spread", karate, "--from", "1", "--factor", "3"}, exitFailed, "factor"},
	} {
		out := filepath.Join(t.TempDir(), "out.csv")
		_, errs, code := kith(t, append([]string{"graph"}, append(c.args, "--out", out)...)...)
		oneSentence(t, errs, code, c.code, c.says)
		if _, err := os.Stat(out); err == nil {
			t.Errorf("%v: %s was written", c.args, out)
		}
	}
	// Of a list of departures not all are in the network: they are counted.
	r := decoded[kernelReport](t, "graph", "spread", karate, "--seeds", strangers)
	if r.Absent != 1 || r.Seeds != 1 || r.Sets != 1 {
		t.Errorf("the report is %+v", r.seedReport)
	}
}
