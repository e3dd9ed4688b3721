package loaders

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Ids that a Parquet file keeps as floating numbers are those of other files, as far as
// such a number has every whole one; other values stay as they print.
func TestFloatIDs(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	export := func(name, query string) string {
		path := filepath.Join(dir, name)
		if _, err := st.DB().ExecContext(t.Context(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		return path
	}
	gaps := export("gaps.parquet", `SELECT * FROM (VALUES (1::DOUBLE, 7::HUGEINT, 3::FLOAT, 1::DOUBLE, 20260105), (2.5, 8, 16777216, 2, 20260105), (-3, 9, 33554432, 2, 20260105),
		(9007199254740992, 7, 4, 1, 20260105), (18014398509481984, 7, 5, 1.5, 20260105), ('nan', 7, 6, 1, 20260105), ('inf', 7, 6, 1, 20260105), (NULL, 7, 6, 1, 20260105)) v(customer, product, basket, quantity, date)`)
	r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{gaps}})
	if len(r.Notes) > 1 { // of amounts
		t.Error(r.Notes)
	}
	want := []string{"-3 9 33554432.0 2.000", "1 7 3 1.000", "1.8014398509481984e+16 7 5 1.500", "2.5 8 16777216 2.000", "9007199254740992 7 4 1.000", "inf 7 6 1.000"}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer, product, basket, quantity FROM events.purchases ORDER BY customer")); diff != "" {
		t.Error(diff)
	}

	text := write(t, "text.csv", "customer,product,basket,quantity,date\n1,7,3,1,20260105\n")
	if r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{text}}); r.Duplicates != 1 || r.NewCustomers != 0 || r.NewProducts != 0 {
		t.Errorf("%+v", r)
	}

	// Nested, with steps behind it, and as attributes of people, which are no ids.
	nested := export("nested.parquet", `SELECT {'id': 4::DOUBLE} AS customer, 2::DOUBLE AS children`)
	mustLoad(t, st, Options{Kind: Customers, Files: []string{nested}, Map: Map{"id": "customer.id"}, Changes: map[string][]Change{"id": {{Verb: changeAdd, What: "c"}}}})
	want = []string{`c4 {"children":2.0}`}
	if diff := cmp.Diff(want, table(t, st, "SELECT id, attributes FROM events.customers")); diff != "" {
		t.Error(diff)
	}

	w := newWays(t) // who is called stands in gaps, who calls does not
	w.load(t, Options{Files: []string{export("calls.parquet", `SELECT i AS source, CASE WHEN i % 9 > 0 THEN ((7 * i) % 50 + 100)::DOUBLE END AS target, TIMESTAMP '2026-01-05' + to_minutes(i) AS "at" FROM range(90, 150) t(i)`)}})
	w.same(t)
	if n := count(t, w.stores[0], "SELECT count(*) FROM "+storedCalls+" WHERE callee NOT SIMILAR TO '[0-9]{3}'"); n != 0 {
		t.Errorf("%d calls go to ids that are no whole numbers", n)
	}
	if n := count(t, w.stores[0], "SELECT count(*) FROM "+storedCalls); n < 50 {
		t.Errorf("%d calls", n)
	}
}
