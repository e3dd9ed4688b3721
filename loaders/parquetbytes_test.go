package loaders

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// wildParquet makes a Parquet file of a query in which each ~ is a byte that is no
// UTF-8.
func wildParquet(t *testing.T, name, query string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if _, err := memoryDB(t).ExecContext(t.Context(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet, COMPRESSION uncompressed)"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.IndexByte(text, '~') < 0 {
		t.Fatal("there is nothing to spoil")
	}
	if err := os.WriteFile(path, bytes.ReplaceAll(text, []byte{'~'}, []byte{0xfc}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A text of a Parquet file that is not UTF-8 costs its row, as one of a text file
// does, and where its column is not read not even that.
func TestParquetNotUTF8(t *testing.T) {
	st, dir := newStore(t)
	lines := `SELECT * FROM (VALUES
		(7, 'Müller', {'city': 'Köln'}, ['ß'], 'M-1', DATE '2026-01-05', '10:00', '1.50', encode('grün')),
		(8, 'M~ller', {'city': 'Köln'}, ['ß'], 'M-1', DATE '2026-01-05', '10:00', '1.50', NULL),
		(9, NULL,     {'city': 'Köln'}, NULL,  'M~1', DATE '2026-01-05', '10:00', 'x',    NULL),
		(10, NULL,    NULL,             ['ß'], 'M-1', DATE '2026-01-05', '1~:00', '1.50', encode('a~')),
		(NULL, NULL,  NULL,             NULL,  'M-1', DATE '2026-01-05', '10:00', '1.50', NULL)
	) v(customer_id, name, address, tags, sku, order_date, order_time, amount, raw)`
	path := wildParquet(t, "orders[1].parquet", lines)
	r := mustLoad(t, st, Options{Files: []string{path}})
	if r.Kind != Purchases || r.Rows != 5 || r.Accepted != 2 || r.Rejected != 3 {
		t.Errorf("%+v", r)
	}
	want := []string{"7 M-1 2026-01-05 10:00:00 1.5000", "8 M-1 2026-01-05 10:00:00 1.5000"}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer, product, time, amount FROM events.purchases ORDER BY ALL")); diff != "" {
		t.Error(diff)
	}
	rest := `"tags":["ß"],"sku":"M-1","order_date":"2026-01-05",`
	want = []string{
		`3 sku the row is not UTF-8 text {"customer_id":9,"name":null,"address":{"city":"Köln"},"tags":null,"sku":"M\\xFC1","order_date":"2026-01-05","order_time":"10:00","amount":"x","raw":null}`,
		`4 order_time the row is not UTF-8 text {"customer_id":10,"name":null,"address":null,` + rest + `"order_time":"1\\xFC:00","amount":"1.50","raw":"a\\xFC"}`,
		`5 customer_id customer is empty {"customer_id":null,"name":null,"address":null,"tags":null,"sku":"M-1","order_date":"2026-01-05","order_time":"10:00","amount":"1.50","raw":null}`,
	}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, row FROM events.rejects ORDER BY line")); diff != "" {
		t.Error(diff)
	}
	if again := mustLoad(t, st, Options{Files: []string{path}}); !again.Again || again.ID != r.ID {
		t.Errorf("%+v", again)
	}

	people := wildParquet(t, "people.parquet", `SELECT * FROM (VALUES
		('a', 'Zoë', '30', {'city': 'Köln'}, ['ß'], encode('grün')), ('b', 'Zo~', '31', NULL, NULL, NULL), ('c', NULL, '3~', NULL, NULL, NULL), ('d', NULL, NULL, NULL, NULL, encode('~')))
		v(id, name, age, address, tags, raw)`)
	text, err := os.ReadFile(people)
	if err != nil {
		t.Fatal(err)
	}
	if r := mustLoad(t, st, Options{Kind: Customers, Files: []string{Stdin}, Stdin: bytes.NewReader(text)}); r.Accepted != 1 || r.Rejected != 3 {
		t.Errorf("%+v", r)
	}
	want = []string{`a {"address.city":"Köln","age":30,"name":"Zoë","raw":"grün","tags":"[\"ß\"]"}`}
	if diff := cmp.Diff(want, table(t, st, "SELECT id, attributes FROM events.customers")); diff != "" {
		t.Error(diff)
	}
	want = []string{"2 name", "3 age", "4 raw"}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col FROM events.rejects WHERE import_id = 2 ORDER BY line")); diff != "" {
		t.Error(diff)
	}

	explained, err := Explain(t.Context(), Options{Files: []string{path}, Scratch: t.TempDir()})
	if err != nil || explained[0].Problem != "" || explained[0].Rejected != 3 || explained[0].Rejects[1].Column != "order_time" || len(explained[0].Stored) != 2 {
		t.Errorf("%+v, %v", explained, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
		t.Error("left behind: ", left)
	}
}

// The same beyond the first rows, where plain calls are read in Go, and where the
// column has nothing about texts.
func TestParquetNotUTF8Behind(t *testing.T) {
	st, _ := newStore(t)
	for _, c := range []struct{ name, caller, kind, column string }{
		{"ids.parquet", "CASE WHEN range = 9000 THEN 'a~' ELSE 'a' || range END", "'voice'", "caller"},
		{"kinds.parquet", "'b' || range", "CASE WHEN range = 9000 THEN 'v~ice' ELSE 'voice' END", "kind"},
		{"bytes.parquet", "encode(CASE WHEN range = 9000 THEN 'c~' ELSE 'c' || range END)", "'voice'", "caller"},
	} {
		path := wildParquet(t, c.name, "SELECT "+c.caller+" AS caller, 'ä' AS callee, TIMESTAMP '2026-01-05 10:00:00' AS at, 5 AS seconds, "+c.kind+" AS kind FROM range(10000)")
		r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
		if r.Accepted != 9999 || r.Rejected != 1 {
			t.Errorf("%s: %+v", c.name, r)
		}
		got := table(t, st, "SELECT line, col, reason FROM events.rejects WHERE import_id = (SELECT max(import_id) FROM events.rejects)")
		if diff := cmp.Diff([]string{"9001 " + c.column + " the row is not UTF-8 text"}, got); diff != "" {
			t.Error(c.name, diff)
		}
	}
	if got := table(t, st, "SELECT DISTINCT callee FROM events.calls"); len(got) != 1 || got[0] != "ä" {
		t.Error(got)
	}
}

// Within a list there is no telling what is text, so the file is refused.
func TestParquetNotUTF8Within(t *testing.T) {
	st, _ := newStore(t)
	for _, c := range []struct{ tags, want string }{
		{"['~']", "is not valid UTF8"},
		{"[encode('ü')]", `some text is not UTF-8, and the column "tags" is VARCHAR[]`},
	} {
		path := wildParquet(t, "people.parquet", "SELECT 'a' AS id, 'Zo~' AS name, "+c.tags+" AS tags")
		_, err := Load(t.Context(), st, Options{Kind: Customers, Files: []string{path}})
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "the Parquet file cannot be read") {
			t.Error(c.tags, err)
		}
	}
	path := wildParquet(t, "alone.parquet", "SELECT 1 AS id, ['~'] AS tags")
	if _, err := Load(t.Context(), st, Options{Kind: Customers, Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "some text within a list or an object is not UTF-8") {
		t.Error(err)
	}
}
