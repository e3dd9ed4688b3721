package loaders

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// realData is a file of the folder of real data that stands beside the
// repository. Where it is missing the test is left out, unless KITH_REQUIRE_DATA
// says that it must be there.
func realData(t *testing.T, name string) string {
	t.Helper()
	root, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("there is no go.mod above the test")
		}
		root = filepath.Dir(root)
	}
	path := filepath.Join(filepath.Dir(root), "shared", "data", filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("KITH_REQUIRE_DATA") == "1" {
			t.Fatalf("real data is missing: %v", err)
		}
		t.Skipf("left out: loading of %s, which is not there", path)
	}
	return path
}

// realRows reads a file with Go's own CSV reader, header included.
func realRows(t *testing.T, path string, comma rune) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var src io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if src, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	r := csv.NewReader(src)
	r.Comma = comma
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// tally is what a file must come to, counted in Go.
type tally struct {
	rows, accepted, duplicates, rejected int64
	// left and right are the different ids on either side, either all of
	// them together, pairs the different ordered pairs.
	left, right, either, pairs int
}

// verdict judges a row: its two ids, what it is equal to another by, its money in
// units of 0.0001, and whether it is to be rejected.
type verdict func(row []string) (a, b, key string, amount int64, bad bool)

// tallyOf counts rows, and adds up the money of those accepted. Who is on either
// side and in which pairs is counted where both sides are people.
func tallyOf(rows [][]string, people bool, judge verdict) (w tally, total int64) {
	seen, left, right, either, pairs := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, row := range rows {
		w.rows++
		a, b, key, amount, bad := judge(row)
		switch {
		case bad:
			w.rejected++
			continue
		case seen[key]:
			w.duplicates++
			continue
		}
		w.accepted++
		total += amount
		seen[key], left[a], right[b] = true, true, true
		if people {
			either[a], either[b], pairs[a+"\x00"+b] = true, true, true
		}
	}
	w.left, w.right, w.either, w.pairs = len(left), len(right), len(either), len(pairs)
	return w, total
}

// calls is the verdict on files whose two ids are in two columns; a call to
// oneself is bad.
func calls(a, b int) verdict {
	return func(r []string) (string, string, string, int64, bool) {
		return r[a], r[b], strings.Join(r, "\x00"), 0, r[a] == r[b]
	}
}

// baskets is the verdict on files of who bought what and nothing else.
func baskets(customer, product int) verdict {
	return func(r []string) (string, string, string, int64, bool) {
		a, b := r[customer], strings.TrimSpace(r[product])
		return a, b, a + "|" + b, 0, false
	}
}

// TestRealCalls loads real calls, messages and friendships, and nobody says that
// they are calls. The published counts are those of the data's README: Sapiezynski et al. 2019
// (doi:10.1038/s41597-019-0325-x), Panzarasa, Opsahl and Carley 2009
// (doi:10.1002/asi.21015), Madan et al. 2012, Rozemberczki et al. 2019 and 2021.
func TestRealCalls(t *testing.T) {
	for _, c := range []struct {
		name, file    string
		comma         rune
		bare          bool // no header
		a, b          int
		rows          int64 // published
		missed        int64
		messages      bool
		first, last   string
		days          int // published
		people, pairs int // published, of all rows; 0 where not
	}{
		{name: "copenhagen calls", file: "copenhagen/calls.csv", comma: ',', a: 1, b: 2, rows: 3600, people: 536, missed: 366, days: 28},
		{name: "copenhagen sms", file: "copenhagen/sms.csv", comma: ',', a: 1, b: 2, rows: 24333, people: 568, messages: true, days: 28},
		{name: "copenhagen friends", file: "copenhagen/fb_friends.csv", comma: ',', a: 0, b: 1, rows: 6429, people: 800},
		{name: "collegemsg", file: "collegemsg/CollegeMsg.txt", comma: ' ', bare: true, a: 0, b: 1, rows: 59835, people: 1899, pairs: 20296, days: 193,
			first: "2004-04-15 14:56:01", last: "2004-10-26 07:52:22"},
		{name: "social evolution", file: "social-evolution/csv/calls.csv", comma: ',', a: 1, b: 2, rows: 439},
		{name: "deezer", file: "deezer-ro/RO_edges.csv.gz", comma: ',', a: 0, b: 1, rows: 125826, people: 41773},
		{name: "twitch", file: "twitch/ES_edges.csv.gz", comma: ',', a: 0, b: 1, rows: 59382, people: 4648},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := realData(t, c.file)
			rows := realRows(t, path, c.comma)
			if !c.bare {
				rows = rows[1:]
			}
			people := map[string]bool{}
			pairs := map[string]bool{}
			for _, r := range rows {
				people[r[c.a]], people[r[c.b]], pairs[r[c.a]+"\x00"+r[c.b]] = true, true, true
			}
			if int64(len(rows)) != c.rows || c.people > 0 && len(people) != c.people || c.pairs > 0 && len(pairs) != c.pairs {
				t.Fatalf("the file has %d rows of %d people in %d pairs, which is not what was published", len(rows), len(people), len(pairs))
			}
			want, _ := tallyOf(rows, true, calls(c.a, c.b))

			st, _ := newStore(t)
			r := mustLoad(t, st, Options{Files: []string{path}})
			if r.Kind != Calls {
				t.Errorf("taken for %s, and is calls", r.Kind)
			}
			got := tally{rows: r.Rows, accepted: r.Accepted, duplicates: r.Duplicates, rejected: r.Rejected,
				left:   int(count(t, st, "SELECT count(DISTINCT caller) FROM events.calls")),
				right:  int(count(t, st, "SELECT count(DISTINCT callee) FROM events.calls")),
				either: int(count(t, st, "SELECT count(DISTINCT id) FROM (SELECT caller AS id FROM events.calls UNION SELECT callee FROM events.calls)")),
				pairs:  int(count(t, st, "SELECT count(*) FROM (SELECT DISTINCT caller, callee FROM events.calls)")),
			}
			if got != want {
				t.Errorf("loaded  %+v\ncounted %+v", got, want)
			}
			if n := count(t, st, "SELECT count(*) FROM events.calls WHERE NOT answered"); n != c.missed {
				t.Errorf("%d calls were missed, want %d", n, c.missed)
			}
			if c.messages {
				if n := count(t, st, "SELECT count(*) FROM events.calls WHERE kind <> 'message'"); n != 0 {
					t.Errorf("%d messages are taken for something else", n)
				}
			}
			if days := r.Last.Sub(r.First).Hours() / 24; c.days > 0 && math.Abs(days-float64(c.days)) >= 1 {
				t.Errorf("%.2f days, published are %d", days, c.days)
			}
			if c.first != "" && (r.First.Format("2006-01-02 15:04:05") != c.first || r.Last.Format("2006-01-02 15:04:05") != c.last) {
				t.Errorf("from %v to %v", r.First, r.Last)
			}
			if n := count(t, st, "SELECT count(*) FROM events.rejects"); n != want.rejected {
				t.Errorf("%d rejects, want %d", n, want.rejected)
			}
		})
	}
}

// scaled reads a decimal number in units of 0.0001; ok is false when it is none
// or has more decimals.
func scaled(text string) (n int64, ok bool) {
	whole, part, _ := strings.Cut(text, ".")
	if len(part) > 4 {
		return 0, false
	}
	n, err := strconv.ParseInt(whole+part+"0000"[len(part):], 10, 64)
	return n, err == nil
}

// TestRealPurchases loads real purchases: a wholesaler (Chen, Sain and Guo 2012),
// groceries by household (84.51), baskets (Hahsler et al. 2006), forums (Opsahl
// 2013) and the classic of Davis et al. 1941.
func TestRealPurchases(t *testing.T) {
	for _, c := range []struct {
		name, file  string
		m           Map
		rows        int64
		left, right int    // published numbers of customers and of products
		first, last string // published days
		customer    int    // their column
		judge       verdict
	}{
		{name: "onlineretail", file: "onlineretail/onlineretail_to_2011-08-31.csv.gz", rows: 320705, first: "2010-12-01", last: "2011-08-31", customer: 6,
			judge: func(r []string) (string, string, string, int64, bool) {
				quantity, err := strconv.ParseInt(r[3], 10, 64)
				price, ok := scaled(r[5])
				amount := quantity * price
				key := strings.Join([]string{r[6], r[1], r[4], r[0], r[3], strconv.FormatInt(amount, 10)}, "|")
				return r[6], r[1], key, amount, r[6] == "" || r[1] == "" || err != nil || quantity == 0 || !ok || price < 0
			}},
		{name: "completejourney", file: "completejourney/csv/transactions_sample.csv.gz", rows: 75000, left: 2377, customer: 0,
			judge: func(r []string) (string, string, string, int64, bool) {
				quantity, fine := scaled(r[4])
				amount, ok := scaled(r[5])
				key := strings.Join([]string{r[0], r[3], r[10], r[2], r[4], strconv.FormatInt(amount, 10)}, "|")
				return r[0], r[3], key, amount, !fine || quantity == 0 || !ok
			}},
		{name: "groceries", file: "arules-baskets/csv/Groceries.csv", m: Map{"customer": "transaction"}, rows: 43367, left: 9835, right: 169, customer: 0, judge: baskets(0, 1)},
		// The README counts 899 people and 522 forums; the file has the forums first.
		{name: "ucforum", file: "ucforum-bipartite/csv/ucforum_edges.csv", m: Map{"customer": "to", "product": "from"}, rows: 7089, left: 899, right: 522, customer: 1, judge: baskets(1, 0)},
		{name: "southern women", file: "southern-women/davis_edges.csv", rows: 89, left: 18, right: 14, customer: 0, judge: baskets(0, 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := realData(t, c.file)
			rows := realRows(t, path, ',')[1:]
			customers := map[string]bool{}
			for _, r := range rows {
				customers[r[c.customer]] = true
			}
			if int64(len(rows)) != c.rows || c.left > 0 && len(customers) != c.left {
				t.Fatalf("the file has %d rows of %d customers, which is not what was published", len(rows), len(customers))
			}
			want, total := tallyOf(rows, false, c.judge)

			st, _ := newStore(t)
			o := Options{Files: []string{path}, Map: c.m}
			if c.m == nil { // one flag at most
				o.Kind = Purchases
			}
			r := mustLoad(t, st, o)
			if r.Kind != Purchases {
				t.Errorf("taken for %s, and is purchases", r.Kind)
			}
			if c.first != "" && (r.First.Format("2006-01-02") != c.first || r.Last.Format("2006-01-02") != c.last) {
				t.Errorf("from %v to %v", r.First, r.Last)
			}
			got := tally{rows: r.Rows, accepted: r.Accepted, duplicates: r.Duplicates, rejected: r.Rejected,
				left:  int(count(t, st, "SELECT count(DISTINCT customer) FROM events.purchases")),
				right: int(count(t, st, "SELECT count(DISTINCT product) FROM events.purchases")),
			}
			if got != want || c.right > 0 && got.right != c.right {
				t.Errorf("loaded  %+v\ncounted %+v, published %d products", got, want, c.right)
			}
			sum := table(t, st, "SELECT CAST(sum(amount) * 10000 AS HUGEINT) FROM events.purchases")
			if sum[0] != fmt.Sprint(total) {
				t.Errorf("the amounts come to %s, counted in Go to %d", sum[0], total)
			}
		})
	}
}

// TestRealTables loads tables of customers and of products, and finds out which is
// which but where that takes a flag anyway.
// A list of everybody with a column that says who left gives departures, once a
// date is given, and says so where it is not.
func TestRealChurnList(t *testing.T) {
	path := realData(t, "telco-ibm/Telco-Customer-Churn.csv")
	st, _ := newStore(t)
	o := Options{Kind: Churn, Files: []string{path}}
	if _, err := Load(t.Context(), st, o); err == nil || !strings.Contains(err.Error(), `pass --map "at='2026-01-31'"`) {
		t.Errorf("without a date: %v", err)
	}
	o.Map = Map{"at": "'2026-01-31'"}
	r := mustLoad(t, st, o)
	if r.Rows != 7043 || r.Accepted != 7043 || r.Rejected != 0 || r.Mapping["left"] != "Churn" {
		t.Errorf("%+v", r)
	}
	if !slices.Contains(r.Notes, "customers who are still here, and so no departures: 5,174") {
		t.Errorf("the notes are %q", r.Notes)
	}
	if n := count(t, st, "SELECT count(DISTINCT customer) FROM events.churn WHERE time = TIMESTAMP '2026-01-31'"); n != 1869 {
		t.Errorf("%d left", n)
	}
}

func TestRealTables(t *testing.T) {
	for _, c := range []struct {
		file string
		kind Kind
		m    Map
		rows int64
		id   int
		// counts are queries with what they must give.
		counts map[string]int64
	}{
		{"telco-ibm/Telco-Customer-Churn.csv", Customers, nil, 7043, 0, map[string]int64{
			"SELECT count(*) FROM events.customers WHERE json_extract(attributes, '$.Churn') = 'true'":    1869,
			"SELECT count(*) FROM events.customers WHERE json_type(attributes, '$.TotalCharges') IS NULL": 11}},
		{"completejourney/csv/demographics.csv.gz", Customers, nil, 801, 0, nil},
		{"twitch/ES_target.csv.gz", Customers, Map{"id": "new_id"}, 4648, 5, nil},
		{"febrl/dataset1.csv", Customers, nil, 1000, 0, nil},
		{"completejourney/csv/products.csv.gz", Products, nil, 92331, 0, nil},
		{"arules-baskets/csv/Groceries_items.csv", Products, nil, 169, 0, nil},
	} {
		t.Run(c.file, func(t *testing.T) {
			path := realData(t, c.file)
			rows := realRows(t, path, ',')
			ids := map[string]bool{}
			for _, r := range rows[1:] {
				ids[strings.TrimSpace(r[c.id])] = true
			}
			if int64(len(rows)-1) != c.rows {
				t.Fatalf("the file has %d rows, which is not what was published", len(rows)-1)
			}
			st, _ := newStore(t)
			o := Options{Files: []string{path}, Map: c.m}
			if c.kind == Products {
				o.Kind = c.kind
			}
			r := mustLoad(t, st, o)
			if r.Kind != c.kind {
				t.Errorf("taken for %s, and is %s", r.Kind, c.kind)
			}
			for query, want := range c.counts {
				if n := count(t, st, query); n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
			}
			if r.Rows != c.rows || r.Rejected != 0 || r.Accepted != int64(len(ids)) {
				t.Errorf("%+v, but there are %d ids", r, len(ids))
			}
			if n := count(t, st, "SELECT count(DISTINCT id) FROM events."+string(c.kind)); n != int64(len(ids)) {
				t.Errorf("%d ids are stored, want %d", n, len(ids))
			}
			if c.kind != Customers {
				return
			}
			// Every cell that is not blank is an attribute with its text, or with
			// the number, date or truth that the text is.
			for _, i := range []int{1, len(rows) / 2, len(rows) - 1} {
				for j, name := range rows[0] {
					cell := strings.TrimSpace(rows[i][j])
					if j == c.id || cell == "" {
						continue
					}
					if n := count(t, st, `SELECT count(*) FROM (SELECT json_extract_string(attributes, $2) AS x, json_type(attributes, $2) AS type FROM events.customers WHERE id = $1)
						WHERE CASE type WHEN 'VARCHAR' THEN x = $3 WHEN 'BOOLEAN' THEN x = CASE lower($3)[1] WHEN 'y' THEN 'true' WHEN 'n' THEN 'false' ELSE lower($3) END
							ELSE CAST(x AS DOUBLE) = CAST($3 AS DOUBLE) END`,
						strings.TrimSpace(rows[i][c.id]), `$."`+strings.TrimSpace(name)+`"`, cell); n != 1 {
						t.Errorf("row %d: %s is not %q", i, name, cell)
					}
				}
			}
		})
	}
}
