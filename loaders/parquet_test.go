package loaders

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParquet(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	export := func(name, query string) string {
		path := filepath.Join(dir, name)
		if _, err := st.DB().ExecContext(context.Background(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		return path
	}
	typed := export("calls[1].parquet", `SELECT * FROM (VALUES
		('a', 'b', TIMESTAMP '2024-01-01 10:00:00', 5::BIGINT, 1.5),
		('a', 'c', TIMESTAMP '2024-01-01 10:00:01', -1, 1.5),
		('a', 'a', TIMESTAMP '2024-01-01 10:00:02', 5, NULL),
		('a', 'd', NULL, 5, 1.5),
		('a', 'e' || chr(0), TIMESTAMP '2024-01-01 10:00:02', 5, 1.5),
		(NULL, 'd', TIMESTAMP '2024-01-01 10:00:02', 5, 1.5)) v("Caller", callee, "start time", "duration", "a ""quoted"" name")`)
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{typed}, Zone: "Europe/Berlin"})
	if r.Accepted != 2 || r.Rejected != 4 {
		t.Errorf("%+v", r)
	}
	want := []string{"a b 2024-01-01 09:00:00 5 true", "a c 2024-01-01 09:00:01 0 false"}
	if diff := cmp.Diff(want, table(t, st, "SELECT caller, callee, time, seconds, answered FROM "+storedCalls)); diff != "" {
		t.Error(diff)
	}
	want = []string{
		`3 callee caller and callee are the same {"Caller":"a","callee":"a","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":null}`,
		`4 start time time is empty {"Caller":"a","callee":"d","start time":null,"duration":5,"a \"quoted\" name":1.5}`,
		`5 callee the row contains a NUL byte {"Caller":"a","callee":"e\u0000","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":1.5}`,
		`6 Caller caller is empty {"Caller":null,"callee":"d","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":1.5}`,
	}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, row FROM events.rejects ORDER BY line")); diff != "" {
		t.Error(diff)
	}

	numbers := export("purchases.parquet", `SELECT 17850 AS "CustomerID", '85123A' AS "StockCode", 3::INTEGER AS "Quantity", 2.55::DECIMAL(10,2) AS "UnitPrice",
		TIMESTAMPTZ '2024-01-01 10:00:00+02' AS "InvoiceDate" UNION ALL SELECT 17851, 'x', -1, 0.1, DATE '2024-01-02'`)
	mustLoad(t, st, Options{Kind: Purchases, Files: []string{numbers}, Zone: "Europe/Berlin"})
	want = []string{"17850 85123A 2024-01-01 08:00:00 3.000 7.6500", "17851 x 2024-01-02 00:00:00 -1.000 -0.1000"}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer, product, time, quantity, amount FROM events.purchases")); diff != "" {
		t.Error(diff)
	}

	people := export("people.parquet", `SELECT 'c' || range AS id, range % 3 AS tariff, CASE WHEN range % 2 = 0 THEN 'x' END AS note FROM range(3)`)
	mustLoad(t, st, Options{Kind: Customers, Files: []string{people}})
	want = []string{`c0 {"note":"x","tariff":0}`, `c1 {"tariff":1}`, `c2 {"note":"x","tariff":2}`}
	if diff := cmp.Diff(want, table(t, st, "SELECT id, attributes FROM events.customers")); diff != "" {
		t.Error(diff)
	}

	empty := export("empty.parquet", "SELECT 'a' AS caller, 'b' AS callee WHERE false")
	if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{empty}}); err == nil || !strings.Contains(err.Error(), "it has no rows; check what wrote it") {
		t.Error(err)
	}
}

// What lies in objects within rows are columns with points, also two deep, and an
// array is its JSON text; times with a zone keep their instant. A list of the lines
// of an order is told what to do with.
func TestParquetNested(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	export := func(name, query string) string {
		path := filepath.Join(dir, name)
		if _, err := st.DB().ExecContext(context.Background(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		return path
	}
	orders := export("orders.parquet", `SELECT * FROM (VALUES
		({'id': 7, 'home': {'city.of': 'Ulm'}}, 'M-1', 2::SMALLINT, 3.50::DECIMAL(8,2), TIMESTAMPTZ '2026-01-05 10:00:00+01', ['a', 'b']),
		(NULL, 'M-1', 1, 3.50, TIMESTAMPTZ '2026-01-05 11:00:00+01', NULL)) v(customer, sku, qty, price, placed_at, tags)`)
	all, err := Explain(t.Context(), Options{Files: []string{orders}, Scratch: dir})
	if err != nil || all[0].Problem != "" {
		t.Fatal(err, all)
	}
	var columns []string
	for _, c := range all[0].Columns {
		columns = append(columns, c.Name+" "+c.Example+" "+c.Becomes)
	}
	want := []string{"customer.id 7 customer", "customer.home.city.of Ulm ", "sku M-1 product", "qty 2 quantity", "price 3.50 price", "placed_at 2026-01-05 09:00:00+00 at", `tags ["a","b"] `}
	if diff := cmp.Diff(want, columns); diff != "" {
		t.Error(diff)
	}
	if r := all[0].Rejects; len(r) != 1 || r[0].Line != 2 || !strings.HasPrefix(r[0].Row, `{"customer.id":"",`) {
		t.Errorf("%+v", r)
	}
	mustLoad(t, st, Options{Files: []string{orders}})
	want = []string{"7 M-1 2.000 7.0000 2026-01-05 09:00:00"}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer, product, quantity, amount, time FROM events.purchases")); diff != "" {
		t.Error(diff)
	}
	people := export("people.parquet", `SELECT 'c1' AS customer_id, {'street': 'Weg 1', 'geo': {'lat': 1.5}} AS address, MAP {'k': 1} AS extra, [{'n': 1}] AS cards`)
	mustLoad(t, st, Options{Kind: Customers, Files: []string{people}})
	want = []string{`{"address.geo.lat":1.5,"address.street":"Weg 1","cards":"[{\"n\":1}]","extra":"{\"k\":1}"}`}
	if diff := cmp.Diff(want, table(t, st, "SELECT attributes FROM events.customers WHERE id = 'c1'")); diff != "" {
		t.Error(diff)
	}
	lines := export("lines.parquet", `SELECT 7 AS customer_id, [{'sku': 'M-1', 'qty': 1}] AS "order lines"`)
	_, err = Load(t.Context(), st, Options{Kind: Purchases, Files: []string{lines}})
	if err == nil || !strings.Contains(err.Error(), `SELECT * EXCLUDE ("order lines"), unnest("order lines", recursive := true)`) {
		t.Error(err)
	}
}

// Among several files those without rows are told of and passed over; where no
// file has any that is an error, as it is of one that is named.
func TestNoRows(t *testing.T) {
	st, _ := newStore(t)
	a, b := write(t, "a.csv", "caller,callee\n"), write(t, "b.csv", "caller,callee\n1,2\n")
	var left []Left
	o := Options{Kind: Calls, Files: []string{a, b}, PassOver: func(l Left) { left = append(left, l) }}
	if r := mustLoad(t, st, o); r.Accepted != 1 || len(left) != 1 || left[0].Path != a {
		t.Errorf("%+v, %+v", r, left)
	}
	o.Files = []string{a}
	if _, err := Load(t.Context(), st, o); err == nil || !strings.Contains(err.Error(), "no file has rows") {
		t.Error(err)
	}
	o.PassOver = nil
	if _, err := Load(t.Context(), st, o); err == nil || !strings.Contains(err.Error(), "it has a header but no rows") {
		t.Error(err)
	}
}

// A folder such as dt=2026-01-05 is a column, whatever the name of the file, and
// equal files in two of them are two.
func TestParquetFolders(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	var files []string
	for _, day := range []string{"dt=2026-01-05", "dt=2026-01-06"} {
		for _, name := range []string{"part-0.parquet", "part[1].parquet"} {
			path := filepath.Join(dir, day, "run=7", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			query := "COPY (SELECT 'a' AS caller, 'b' AS callee, CAST(" + fmt.Sprint(len(name)) + " AS BIGINT) AS seconds) TO " + literal(path) + " (FORMAT parquet)"
			if _, err := st.DB().ExecContext(t.Context(), query); err != nil {
				t.Fatal(err)
			}
			files = append(files, path)
		}
	}
	receipts, err := Load(t.Context(), st, Options{Kind: Calls, Files: files})
	if err != nil || len(receipts) != 4 || receipts[0].Mapping["(folder)"] != "dt=2026-01-05" {
		t.Fatal(receipts, err)
	}
	want := []string{"14 2026-01-05 00:00:00", "15 2026-01-05 00:00:00", "14 2026-01-06 00:00:00", "15 2026-01-06 00:00:00"}
	if diff := cmp.Diff(want, table(t, st, "SELECT seconds, time FROM "+storedCalls)); diff != "" {
		t.Error(diff)
	}
	again, err := Load(t.Context(), st, Options{Kind: Calls, Files: files})
	if err != nil || !again[0].Again || !again[3].Again || again[3].ID != 4 {
		t.Error(again, err)
	}
}
