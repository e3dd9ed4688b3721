package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"kith/graph/graphtest"
)

// asProgram makes a test binary behave as kith itself and then tell, on its
// standard error, how much memory it had resident when it foretold how much there
// would be, and how much heap it took. The race detector multiplies resident memory,
// by a factor that differs from run to run, but not the heap.
const asProgram = "KITH_TEST_AS_PROGRAM"

func runAsProgram() int {
	// With what it takes to read a command line, which the race detector multiplies.
	run(context.Background(), []string{"version"}, io.Discard, io.Discard)
	// Garbage would count as taken before, and be taken again.
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	heap := m.HeapInuse
	before := residentBytes()
	resident = func() int64 {
		before = residentBytes()
		return before
	}
	code := program()
	runtime.ReadMemStats(&m)
	fmt.Fprintf(os.Stderr, "memory %d %d\n", before, m.HeapSys-heap)
	return code
}

// rmatFile writes an R-MAT graph as an edge list, its ids with a prefix.
func rmatFile(t *testing.T, scale, edgeFactor int, prefix string, weighted bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "rmat.csv")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	from, to := graphtest.RMAT(scale, edgeFactor, 1)
	var line []byte
	for i := range from {
		line = strconv.AppendUint(append(line[:0], prefix...), uint64(from[i]), 10)
		line = strconv.AppendUint(append(append(line, ','), prefix...), uint64(to[i]), 10)
		if weighted {
			line = strconv.AppendInt(append(line, ','), int64(1+i%7), 10)
		}
		// A writer keeps its first error until it is flushed.
		_, _ = w.Write(append(line, '\n'))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMemoryIsForetold holds the estimate that is made before a file is read
// against the heap that the run took, for ids of numbers and of text, and for the
// verbs that take most. KITH_SOAK_MEMORY=1 does so for all verbs on larger graphs.
func TestMemoryIsForetold(t *testing.T) {
	t.Parallel()
	if os.Getenv("KITH_SOAK_MEMORY") != "" {
		everyVerbForetold(t)
		return
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	numbers, texts := rmatFile(t, 15, 16, "", false), rmatFile(t, 14, 16, "+4915", true)
	snapshot := snapshotOf(t, numbers, "--undirected")
	// Many vertices with few ties: what is held for each of them shows.
	wide := rmatFile(t, 18, 1, "", false)
	seeds := textFile(t, "seeds.csv", "set,id"+strings.ReplaceAll("\na,X\nb,X\nc,X\nd,X\ne,X\nf,X\ng,X\nh,X\ni,X\n", "X", rows(t, wide, ',', false)[0][0]))
	for _, c := range [][]string{
		{"leiden", numbers}, {"pagerank", numbers}, {"kcore", texts}, {"leiden", snapshot},
		{"closeness", wide, "--targets", "512"}, {"heat", wide, "--seeds", seeds, "--time", ".1"}, {"als", numbers, "--factors", "128", "--sweeps", "1", "--steps", "1"},
		{"project", numbers, "--k", "50", "--max-degree", "100"}, // without the hubs, whose pairs take time and no memory
	} {
		if !foretold(t, self, snapshot, c) {
			t.Errorf("%s of %s did not take what was foretold", c[0], filepath.Base(c[1]))
		}
	}
}

// graphVerbs are the verbs of kith graph with flags that let them end soon on a
// graph of one kind of vertices, and of two. ID stands for a vertex, SEEDS for a file
// of seeds, OUT for a file to write.
var graphVerbs = map[string][][]string{
	"leiden": {{}}, "louvain": {{}}, "labelprop": {{}}, "overlap": {{}},
	"hits": {{"--tolerance", "1e-3"}, {"--tolerance", "1e-3", "--undirected"}}, "eigenvector": {{"--tolerance", "1e-2"}, {"--tolerance", "1e-2", "--undirected"}},
	"katz":        {{"--tolerance", "1e-3"}, {"--tolerance", "1e-3", "--undirected"}},
	"betweenness": {{"--sources", "16"}, {"--sources", "8", "--undirected"}, {"--sources", "4", "--length", "inverse"}},
	"closeness":   {{"--targets", "512"}, {"--targets", "512", "--undirected"}, {"--targets", "4", "--length", "inverse"}},
	"kcore":       {{}}, "triangles": {{}}, "components": {{}}, "degree": {{}}, "scc": {{}},
	"snapshot": {{"--out", "OUT"}},
	"pagerank": {{}, {"--undirected"}, {"--from", "ID"}, {"--seeds", "SEEDS", "--tolerance", "1e-2"}},
	"spread":   {{"--from", "ID"}, {"--seeds", "SEEDS"}, {"--from", "ID", "--direction", "both"}},
	"heat":     {{"--from", "ID"}, {"--seeds", "SEEDS", "--time", ".5"}},
	"project":  {{}, {"--side", "customers", "--max-degree", "200"}, {"--weighting", "jaccard", "--k", "50"}},
	"als":      {{"--sweeps", "1"}, {"--sweeps", "1", "--factors", "16"}}, "itemknn": {{}},
}

// twoSides are the verbs for graphs of customers and products.
var twoSides = map[string]bool{"project": true, "als": true, "itemknn": true}

// verbFlags fills a verb's flags in.
func verbFlags(flags []string, id, seeds, out string) []string {
	list := slices.Clone(flags)
	for i, f := range list {
		switch f {
		case "ID":
			list[i] = id
		case "SEEDS":
			list[i] = seeds
		case "OUT":
			list[i] = out
		}
	}
	return list
}

// TestEveryVerbHasACost asks the command line which verbs there are.
func TestEveryVerbHasACost(t *testing.T) {
	var c cli
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, command := range parser.Model.Children {
		if command.Name != "graph" {
			continue
		}
		for _, verb := range command.Children {
			seen++
			_, listed := kernelCosts[verb.Name]
			_, reckoned := verb.Target.Addr().Interface().(interface{ cost() kernelCost })
			if listed == reckoned {
				t.Errorf("%s: listed %v, reckoned by its options %v", verb.Name, listed, reckoned)
			}
			if graphVerbs[verb.Name] == nil {
				t.Errorf("%s is not among the verbs that tests go through", verb.Name)
			}
		}
	}
	if seen != len(graphVerbs) {
		t.Errorf("there are %d verbs, and tests go through %d", seen, len(graphVerbs))
	}
}

// everyVerbForetold holds the estimate of each verb against the peak that the
// operating system counted: of an R-MAT graph with many ties a vertex, of one with
// few, of weighted ties of texts, and of snapshots.
func everyVerbForetold(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dense, wide, texts := rmatFile(t, 17, 16, "", false), rmatFile(t, 20, 2, "", false), rmatFile(t, 16, 16, "+4915", true)
	files := map[string]string{
		"many ties": dense, "few ties": wide, "texts": texts,
		"many ties, snapshot": snapshotOf(t, dense), "few ties, snapshot": snapshotOf(t, wide, "--undirected"),
	}
	pairs := map[string]string{"many ties": dense, "texts": texts, "many ties, snapshot": snapshotOf(t, dense, "--two-sides")}
	ids, seeds := map[string]string{}, map[string]string{}
	for name, path := range map[string]string{"many ties": dense, "few ties": wide, "texts": texts} {
		id := rows(t, path, ',', false)[0][0]
		for _, of := range []string{name, name + ", snapshot"} {
			ids[of] = id
			seeds[of] = textFile(t, "seeds.csv", "set,id"+strings.ReplaceAll("\na,X\nb,X\nc,X\nd,X\ne,X\nf,X\ng,X\nh,X\ni,X\n", "X", id))
		}
	}
	for _, verb := range slices.Sorted(maps.Keys(graphVerbs)) {
		for _, flags := range graphVerbs[verb] {
			of := files
			if twoSides[verb] {
				of = pairs
			}
			for _, name := range slices.Sorted(maps.Keys(of)) {
				args := append([]string{"graph", verb, of[name], "--json", "--threads", "2"}, verbFlags(flags, ids[name], seeds[name], filepath.Join(t.TempDir(), "out"))...)
				cmd := exec.CommandContext(t.Context(), self, args...)
				cmd.Env = append(os.Environ(), asProgram+"=1")
				text, err := cmd.Output()
				if err != nil {
					t.Fatalf("%v: %v", args, err)
				}
				var r kernelReport
				if err := json.Unmarshal(text, &r); err != nil {
					t.Fatal(err)
				}
				ratio := float64(r.EstimateBytes) / float64(r.PeakBytes)
				say := t.Logf
				if ratio < .85 || ratio > 1.15 {
					say = t.Errorf
				}
				say("%-12s %-60s %-20s peak %4.0f MB, foretold %4.0f MB, ratio %.2f", verb, strings.Join(flags, " "), name, float64(r.PeakBytes)/1e6, float64(r.EstimateBytes)/1e6, ratio)
			}
		}
	}
}

// foretold tells whether a run took about as much memory as it said.
func foretold(t *testing.T, self, snapshot string, c []string) bool {
	t.Helper()
	// What a process has beside its heap: its code and stacks.
	const base = 60e6
	cmd := exec.CommandContext(t.Context(), self, append([]string{"graph"}, append(c, "--json", "--threads", "2")...)...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", c, err, errs.String())
	}
	var r kernelReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		t.Fatal(err)
	}
	var before, heap float64
	if _, err := fmt.Sscanf(errs.String(), "memory %g %g", &before, &heap); err != nil {
		t.Fatal(err)
	}
	if c[1] == snapshot {
		// The map is no heap, and all of it has been looked at.
		info, err := os.Stat(snapshot)
		if err != nil {
			t.Fatal(err)
		}
		heap += float64(info.Size())
	}
	said := float64(r.EstimateBytes) - before
	ratio := (said + base) / (heap + base)
	t.Logf("%s of %s (%d rows) took %.1f MB of heap, foretold were %.1f MB: with the program itself a ratio of %.2f",
		c[0], filepath.Base(c[1]), r.Rows, heap/1e6, said/1e6, ratio)
	return ratio >= .85 && ratio <= 1.15
}

// TestTooManyPairs: how many pairs are alike shows only when they are looked for.
func TestTooManyPairs(t *testing.T) {
	path := rmatFile(t, 14, 8, "", false)
	_, errs, code := kith(t, "graph", "project", path, "--all", "--least", "1e-9", "--memory-gb", fmt.Sprintf("%.3f", float64(residentBytes())/1e9+.15))
	if code != exitFailed || !strings.Contains(errs, "pairs are alike by 1e-09 or more") || !strings.Contains(errs, "--max-degree") {
		t.Errorf("ended with %d and said %q", code, errs)
	}
}

// TestTooLittleMemory refuses before reading, with the figures.
func TestTooLittleMemory(t *testing.T) {
	t.Parallel()
	path := rmatFile(t, 14, 16, "", false)
	_, errs, code := kith(t, "graph", "leiden", path, "--memory-gb", "0.01")
	if code != exitFailed || !strings.Contains(errs, "some 262,") || !strings.Contains(errs, "10 MB may be taken (--memory-gb)") {
		t.Errorf("ended with %d and said %q", code, errs)
	}
	must(t, "graph", "leiden", path, "--memory-gb", "100")
}
