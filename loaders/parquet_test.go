package loaders

import (
	"context"
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
