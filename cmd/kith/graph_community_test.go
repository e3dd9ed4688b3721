package main

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// communitiesOf reads id,community, or one of several columns of them.
func communitiesOf(t *testing.T, path string, column int) map[string]string {
	t.Helper()
	of := map[string]string{}
	for _, row := range rows(t, path, ',', true) {
		of[row[0]] = row[column]
	}
	return of
}

// Infomap 2.16.0 --two-level needs 4.3117926458018285 bits for the karate club, in
// three communities. CPM at .2 reaches H = (.34871794871794864·156 + .2·34)/2 (see
// package community).
func TestGraphObjectives(t *testing.T) {
	path := karateFile(t, false)
	r := decoded[kernelReport](t, "graph", "leiden", path, "--objective", "map", "--effort", "full")
	if r.Codelength == nil || math.Abs(*r.Codelength-4.3117926458018285) > 1e-9 || r.Communities != 3 || r.Objective != "map" || r.Effort != "full" || r.Stable == nil || !*r.Stable {
		t.Errorf("map equation reports %+v", r)
	}
	r = decoded[kernelReport](t, "graph", "leiden", path, "--objective", "cpm", "--resolution", "0.2", "--effort", "full")
	if want := (.34871794871794864*156 + .2*34) / 2; r.CPM == nil || *r.CPM < want-.1 || *r.CPM > want+1e-9 {
		t.Errorf("CPM reports %+v; want a quality of about %v", r, want)
	}
	fast := decoded[kernelReport](t, "graph", "leiden", path, "--effort", "fast")
	high := decoded[kernelReport](t, "graph", "leiden", path, "--iterations", "3", "--effort", "full")
	if fast.Iterations != 1 || high.Iterations < 2 || *high.Modularity < *fast.Modularity {
		t.Errorf("fast: %+v, full: %+v", fast, high)
	}
	out, _, code := kith(t, "graph", "leiden", path, "--objective", "map")
	if code != exitOK || !strings.Contains(out, "codelength 4.3") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// The levels lie within each other and the last is what is written without them;
// a start from the answer keeps it, and it equals itself.
func TestGraphHierarchyStartAndTruth(t *testing.T) {
	path := karateFile(t, false)
	dir := t.TempDir()
	plain, deep, again := filepath.Join(dir, "plain.csv"), filepath.Join(dir, "deep.csv"), filepath.Join(dir, "again.csv")
	decoded[kernelReport](t, "graph", "leiden", path, "--out", plain)
	r := decoded[kernelReport](t, "graph", "leiden", path, "--out", deep, "--hierarchy")
	if r.Levels < 2 {
		t.Fatalf("%d levels", r.Levels)
	}
	top, fine, alone := communitiesOf(t, deep, r.Levels), communitiesOf(t, deep, 1), communitiesOf(t, plain, 1)
	parent := map[string]string{}
	for id, c := range fine {
		if p, ok := parent[c]; ok && p != top[id] {
			t.Errorf("community %s of the finest level lies in two", c)
		}
		parent[c] = top[id]
		if top[id] != alone[id] {
			t.Errorf("%s is in community %s of the hierarchy, %s without", id, top[id], alone[id])
		}
	}
	r = decoded[kernelReport](t, "graph", "leiden", path, "--start", plain, "--truth", plain, "--out", again)
	if r.NMI == nil || *r.NMI < .999 {
		t.Errorf("a start from the answer leaves it: %+v", r)
	}
	if err := os.WriteFile(deep, []byte("id,community\n1,0\n99,0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, message, code := kith(t, "graph", "leiden", path, "--truth", deep); code == exitOK || !strings.Contains(message, `"99" is not in`) {
		t.Errorf("exit %d: %s", code, message)
	}
	must(t, "graph", "leiden", path, "--start", deep)
}

// 12 and 34 become friends: only their communities are looked at.
func TestGraphUpdate(t *testing.T) {
	path := karateFile(t, false)
	dir := t.TempDir()
	before, changed, after := filepath.Join(dir, "before.csv"), filepath.Join(dir, "changed.csv"), filepath.Join(dir, "after.csv")
	decoded[kernelReport](t, "graph", "leiden", path, "--out", before)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{path: string(data) + "12\t34\n", changed: "12,34\n12,nobody\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := decoded[kernelReport](t, "graph", "leiden", path, "--start", before, "--changed", changed, "--out", after)
	if r.Work == nil || r.Work.Vertices == 0 || r.Edges != 79 || *r.Modularity < .40 || len(rows(t, after, ',', true)) != 34 {
		t.Errorf("the update reports %+v", r)
	}
	for _, args := range [][]string{{"leiden", path, "--changed", changed}, {"louvain", path, "--changed", changed, "--start", before}} {
		if _, message, code := kith(t, append([]string{"graph"}, args...)...); code != exitUsage || !strings.Contains(message, "--changed goes with --start") {
			t.Errorf("%v: exit %d: %s", args, code, message)
		}
	}
}

func TestGraphLabelPropagationAndOverlap(t *testing.T) {
	path := karateFile(t, false)
	dir := t.TempDir()
	out, base := filepath.Join(dir, "out.csv"), filepath.Join(dir, "base.csv")
	r := decoded[kernelReport](t, "graph", "labelprop", path, "--out", base, "--seed", "3")
	if r.Kernel != "labelprop" || r.Communities < 1 || r.Modularity == nil || len(rows(t, base, ',', true)) != 34 {
		t.Errorf("labelprop reports %+v", r)
	}
	decoded[kernelReport](t, "graph", "leiden", path, "--out", base)
	r = decoded[kernelReport](t, "graph", "overlap", path, "--communities", base, "--out", out)
	// Who has most ties is between the factions.
	degree, several := map[string]float64{}, map[string]int{}
	for _, row := range rows(t, out, ',', true) {
		x, err := strconv.ParseFloat(row[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		degree[row[0]] += x
		several[row[0]]++
	}
	overlapping := 0
	for id, sum := range degree {
		if math.Abs(sum-1) > 1e-12 {
			t.Errorf("the degrees of %s sum to %v", id, sum)
		}
		if several[id] > 1 {
			overlapping++
		}
	}
	if len(degree) != 34 || overlapping == 0 || overlapping != r.Overlapping || several["34"] < 2 {
		t.Errorf("%d of %d overlap, the report is %+v", overlapping, len(degree), r)
	}
}
