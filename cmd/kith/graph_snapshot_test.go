package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
)

// snapshotOf writes a snapshot of a file.
func snapshotOf(t *testing.T, file string, flags ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "graph.csr")
	decoded[kernelReport](t, append([]string{"graph", "snapshot", file, "--out", path}, flags...)...)
	return path
}

// outputOf runs a kernel and returns the answer that it wrote.
func outputOf(t *testing.T, kernel, file string, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out.csv")
	decoded[kernelReport](t, append([]string{"graph", kernel, file, "--out", out}, flags...)...)
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestGraphSnapshot compares answers from a file with those from its snapshot.
func TestGraphSnapshot(t *testing.T) {
	path := karateFile(t, false)
	directed, both := snapshotOf(t, path), snapshotOf(t, path, "--undirected")
	for _, kernel := range [][]string{{"leiden"}, {"kcore"}, {"pagerank", "--undirected"}, {"betweenness", "--undirected"}} {
		want := outputOf(t, kernel[0], path, kernel[1:]...)
		for _, file := range []string{directed, both} {
			if got := outputOf(t, kernel[0], file, kernel[1:]...); got != want {
				t.Errorf("%v of a snapshot gives\n%s\nand of the edge list\n%s", kernel, got, want)
			}
		}
	}
	if got, want := outputOf(t, "pagerank", directed), outputOf(t, "pagerank", path); got != want {
		t.Error("PageRank along directed ties differs")
	}
	r := decoded[kernelReport](t, "graph", "components", directed)
	if r.Vertices != 34 || r.Edges != 78 || r.Components != 1 {
		t.Errorf("components of a snapshot reports %+v", r)
	}

	bought := filepath.Join(t.TempDir(), "bought.csv")
	if err := os.WriteFile(bought, []byte("customer,product\nann,tea\nbob,tea\nann,milk\nbob,milk\ncy,jam\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	two := snapshotOf(t, bought, "--two-sides")
	if got, want := outputOf(t, "project", two), outputOf(t, "project", bought); got != want || !strings.Contains(got, "tea,milk") {
		t.Errorf("project of a snapshot gives\n%s\nand of the edge list\n%s", got, want)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"leiden", two}, exitData, "two kinds of vertices"},
		{[]string{"project", both}, exitData, "one kind of vertices"},
		{[]string{"leiden", both, "--weight", "w"}, exitUsage, "no columns to choose"},
		{[]string{"snapshot", path}, exitUsage, "--out"},
		{[]string{"snapshot", path, "--out", directed, "--two-sides", "--undirected"}, exitUsage, "not both"},
	} {
		_, errs, code := kith(t, append([]string{"graph"}, c.args...)...)
		if code != c.code || !strings.Contains(errs, c.says) {
			t.Errorf("%v ended with %d and said %q", c.args, code, errs)
		}
	}
	whole, err := os.ReadFile(both)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(both, whole[:len(whole)-1], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs, code := kith(t, "graph", "leiden", both); code != exitData || !strings.Contains(errs, "its header says") {
		t.Errorf("a snapshot cut off ended with %d and said %q", code, errs)
	}
}

// TestGraphForms gives the same graph in each form that kith reads: the answers
// are the same bytes. DuckDB writes the Parquet file.
func TestGraphForms(t *testing.T) {
	path := karateFile(t, false)
	dir := t.TempDir()
	var market, metis strings.Builder
	lines := make([]string, 35)
	edges := rows(t, path, '\t', false)
	fmt.Fprintf(&market, "%%%%MatrixMarket matrix coordinate pattern symmetric\n34 34 %d\n", len(edges))
	fmt.Fprintf(&metis, "34 %d\n", len(edges))
	for _, e := range edges {
		var u, v int
		if _, err := fmt.Sscan(e[0]+" "+e[1], &u, &v); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&market, "%d %d\n", max(u, v), min(u, v))
		lines[u] += " " + e[1]
		lines[v] += " " + e[0]
	}
	metis.WriteString(strings.Join(lines[1:], "\n") + "\n")
	for name, text := range map[string]string{"karate.mtx": market.String(), "karate.graph": metis.String()} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st, err := duckstore.Open(t.Context(), t.TempDir(), duckstore.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	_, err = st.DB().ExecContext(t.Context(), fmt.Sprintf(`COPY (SELECT column0 AS caller, CAST(column1 AS VARCHAR) AS callee FROM read_csv('%s', header=false, delim='\t'))
		TO '%s' (FORMAT parquet, COMPRESSION zstd)`, path, filepath.Join(dir, "karate.parquet")))
	if err != nil {
		t.Fatal(err)
	}
	want := outputOf(t, "leiden", path, "--seed", "5")
	for _, name := range []string{"karate.mtx", "karate.graph", "karate.parquet"} {
		if got := outputOf(t, "leiden", filepath.Join(dir, name), "--seed", "5"); got != want {
			t.Errorf("%s gives\n%s\nand the edge list\n%s", name, got, want)
		}
	}
	// Where a file calls its ties undirected, nobody needs to say so again.
	if outputOf(t, "pagerank", filepath.Join(dir, "karate.mtx")) != outputOf(t, "pagerank", path, "--undirected") {
		t.Error("PageRank of a symmetric matrix goes one way only")
	}
}
