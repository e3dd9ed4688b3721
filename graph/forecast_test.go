package graph_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"

	"kith/graph"
)

func near(got, want int64, share float64) bool {
	return float64(got) >= float64(want)*(1-share) && float64(got) <= float64(want)*(1+share)
}

// TestForecast holds the numbers foretold from samples against those that reading
// the whole file finds.
func TestForecast(t *testing.T) {
	dir := t.TempDir()
	put := func(name string, text []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	texts := tiesCSV(300_000, 20_000, "+4915%08d,+4916%08d\n")
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	if _, err := z.Write(texts); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	var from, to []any
	for i := range 60_000 {
		from, to = append(from, int64(i*7919%5003)), append(to, fmt.Sprint("p", i%700))
	}
	for name, c := range map[string]struct {
		path  string
		opt   graph.EdgeOptions
		share float64
	}{
		"numbers":        {put("numbers.csv", tiesCSV(300_000, 20_000, "%d,%d\n")), graph.EdgeOptions{}, .05},
		"texts":          {put("texts.csv", texts), graph.EdgeOptions{}, .05},
		"texts, packed":  {put("texts.csv.gz", packed.Bytes()), graph.EdgeOptions{}, .2},
		"two sides":      {put("two.csv", tiesCSV(100_000, 10_000, "c%d,p%d\n")), graph.EdgeOptions{TwoSides: true}, .05},
		"a small file":   {put("small.csv", []byte("a,b,2\nb,c,3\n")), graph.EdgeOptions{}, 0},
		"Parquet":        {parquetFile(t, 20_000, []parquetColumn{{"customer", nil, from}, {"product", nil, to}}), graph.EdgeOptions{TwoSides: true}, .05},
		"METIS":          {put("m.graph", []byte("3 2 1\n2 5\n1 5 3 7\n2 7\n")), graph.EdgeOptions{}, 0},
		"matrix":         {put("m.mtx", []byte("%%MatrixMarket matrix coordinate real symmetric\n3 3 2\n2 1 1\n3 3 4\n")), graph.EdgeOptions{}, 0},
		"without header": {put("bare.tsv", []byte("1\t2\n1\t3\n")), graph.EdgeOptions{}, 0},
	} {
		fc, err := graph.ForecastGraph(t.Context(), c.path, c.opt)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		e, err := graph.ReadEdges(t.Context(), c.path, c.opt)
		if err != nil {
			t.Fatal(err)
		}
		// A sample tells less about distinct ids than about rows.
		if !near(fc.Rows, e.Rows, c.share) || !near(fc.Vertices, int64(e.Names.Len()), 4*c.share) || c.opt.TwoSides && !near(fc.Columns, int64(e.Columns.Len()), 4*c.share) ||
			fc.Weighted != (e.Weight != "") || fc.Undirected != e.Undirected {
			t.Errorf("%s: foretold %+v; read %d rows of %d and %d ids, weight %q, undirected %v", name, fc, e.Rows, e.Names.Len(), e.Columns.Len(), e.Weight, e.Undirected)
		}
	}
	g, _, err := graph.BuildArcs(t.Context(), graph.BuildOptions{Rows: 3, Undirected: true}, []graph.Arc{{From: 0, To: 1, Weight: 1}, {From: 1, To: 2, Weight: 1}})
	if err != nil {
		t.Fatal(err)
	}
	fc, err := graph.ForecastGraph(t.Context(), writeSnapshot(t, g, namesUpTo(3), nil), graph.EdgeOptions{})
	if err != nil || fc.Rows != 4 || fc.Vertices != 3 || !fc.Undirected || fc.Arcs(graph.BuildOptions{Undirected: true}) != 4 || fc.BuildBytes(graph.BuildOptions{Undirected: true}, 1) != fc.Snapshot {
		t.Errorf("a snapshot: %+v, %v", fc, err)
	}
	for _, path := range []string{filepath.Join(dir, "none.csv"), dir, put("empty.csv", nil), put("binary.csv", bytes.Repeat([]byte{0, 1, 2}, 900)), put("one.csv", []byte("a\nb\n")), put("bad.parquet", []byte("PAR1"))} {
		var data *graph.DataError
		if fc, err := graph.ForecastGraph(t.Context(), path, graph.EdgeOptions{}); !errors.As(err, &data) {
			t.Errorf("%s: %+v, %v", path, fc, err)
		}
	}
}
