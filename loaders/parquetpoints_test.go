package loaders

import (
	"fmt"
	"path/filepath"
	"testing"
)

// Access points that data calls of a Parquet file name are nobody's contacts, whether
// the customer is a number or a word, and whether a column or the mapping says that
// they are data.
func TestParquetAccessPoints(t *testing.T) {
	w := newWays(t)
	for i, c := range []struct {
		columns string
		m       Map
	}{
		{`caller, callee, "at", seconds, kind`, nil},
		{`caller, callee, "at", seconds`, Map{"kind": "'data'"}},
	} {
		file := filepath.Join(t.TempDir(), fmt.Sprintf("%d.parquet", i))
		query := fmt.Sprintf(`COPY (SELECT %s FROM (VALUES ('600100200', 'internet', 1), ('600100200', 'apn.example.com', 2), ('600100200', '600100201', 3),
			('anna', 'internet', 4), ('anna', 'berta', 5), ('anna', '600100200', 6), ('600100200', 'surf', 7)) AS v (caller, callee, n),
			(SELECT 'data' AS kind, 7 AS seconds), (SELECT unnest(range(200)) AS k), LATERAL (SELECT 1700000000 + %d + 60 * (1000 * n + k) AS "at")) TO %s (FORMAT parquet)`, c.columns, i*1_000_000, literal(file))
		if _, err := memoryDB(t).ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		w.load(t, Options{Kind: Calls, Files: []string{file}, Map: c.m})
		if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls WHERE callee IN ('internet', 'apn.example.com', 'surf') AND caller <> 'anna'"); n != 0 {
			t.Errorf("%d calls go to access points", n)
		}
	}
}
