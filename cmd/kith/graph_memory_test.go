package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"kith/graph/graphtest"
)

// asProgram makes a test binary behave as kith itself and then tell, on its
// standard error, how much memory it had resident at the start and how much heap
// it took. The race detector multiplies resident memory, but not the heap.
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
	code := run(context.Background(), os.Args[1:], os.Stdout, os.Stderr)
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
	for i := range from {
		fmt.Fprintf(w, "%s%d,%s%d", prefix, from[i], prefix, to[i])
		if weighted {
			fmt.Fprintf(w, ",%d", 1+i%7)
		}
		fmt.Fprintln(w)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMemoryIsForetold holds the estimate that is made before a file is read
// against the heap that the run took, for ids of numbers and of text.
func TestMemoryIsForetold(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	numbers, texts := rmatFile(t, 15, 16, "", false), rmatFile(t, 14, 16, "+4915", true)
	snapshot := snapshotOf(t, numbers, "--undirected")
	for _, c := range [][]string{
		{"leiden", numbers}, {"pagerank", numbers}, {"kcore", texts}, {"leiden", snapshot},
	} {
		if !foretold(t, self, snapshot, c) {
			t.Errorf("%s of %s did not take what was foretold", c[0], filepath.Base(c[1]))
		}
	}
}

// foretold tells whether a run took about as much memory as it said.
func foretold(t *testing.T, self, snapshot string, c []string) bool {
	t.Helper()
	// What a process has beside its heap: its code and stacks.
	const base = 60e6
	cmd := exec.CommandContext(t.Context(), self, "graph", c[0], c[1], "--json", "--threads", "2")
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

// TestTooLittleMemory refuses before reading, with the figures.
func TestTooLittleMemory(t *testing.T) {
	path := rmatFile(t, 14, 16, "", false)
	_, errs, code := kith(t, "graph", "leiden", path, "--memory-gb", "0.01")
	if code != exitFailed || !strings.Contains(errs, "some 262,") || !strings.Contains(errs, "10 MB may be taken (--memory-gb)") {
		t.Errorf("ended with %d and said %q", code, errs)
	}
	must(t, "graph", "leiden", path, "--memory-gb", "100")
}
