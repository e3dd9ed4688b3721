package loaders

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Every file of the real sets loads with at most one flag, the kind or a mapping, and
// comes to the counts that the data's README has, here or in TestRealCalls,
// TestRealPurchases and TestRealTables; TestEverySetIsThere sees to it that none is
// missing. A campaign and a month of a time series are no customers, but rows that
// load all the same.
func TestRealSets(t *testing.T) {
	people := "SELECT count(*) FROM (SELECT caller AS id FROM events.calls UNION SELECT callee FROM events.calls)"
	buyers, likes := "SELECT count(DISTINCT customer) FROM events.purchases", "SELECT count(DISTINCT product) FROM events.purchases"
	for _, c := range []struct {
		file string
		kind Kind // empty: found out
		m    Map
		want Kind // what is found out
		rows int64
		// loops are the ties from somebody to himself, which are rejected.
		loops int64
		// counts are queries with what they must give.
		counts map[string]int64
	}{
		{file: "copenhagen/genders.csv", want: Customers, rows: 787},
		{file: "social-evolution/csv/friendship.csv", want: Calls, rows: 766},
		{file: "social-evolution/csv/actors.csv", want: Customers, rows: 84},
		{file: "ukfaculty/csv/UKfaculty_edges.csv", want: Calls, rows: 817, counts: map[string]int64{people: 81}},
		{file: "ukfaculty/csv/UKfaculty_nodes.csv", want: Customers, rows: 81},
		{file: "ukfaculty/csv/karate_edges.csv", want: Calls, rows: 78, counts: map[string]int64{people: 34}},
		{file: "ukfaculty/csv/karate_nodes.csv", want: Customers, rows: 34},
		{file: "deezer-ro/RO_genres.json.gz", kind: Purchases, rows: 252132, counts: map[string]int64{buyers: 41773, likes: 84}},
		{file: "twitch/PTBR_edges.csv.gz", want: Calls, rows: 31299, counts: map[string]int64{people: 1912}},
		{file: "twitch/RU_edges.csv.gz", want: Calls, rows: 37304, counts: map[string]int64{people: 4385}},
		{file: "twitch/PTBR_target.csv.gz", want: Customers, m: Map{"id": "new_id"}, rows: 1912},
		{file: "twitch/RU_target.csv.gz", want: Customers, m: Map{"id": "new_id"}, rows: 4385},
		{file: "twitch/ES.json.gz", kind: Purchases, rows: 90129, counts: map[string]int64{buyers: 4648}},
		{file: "twitch/PTBR.json.gz", kind: Purchases, rows: -1, counts: map[string]int64{buyers: 1912}},
		{file: "twitch/RU.json.gz", kind: Purchases, rows: 90485, counts: map[string]int64{buyers: 4385}},
		{file: "completejourney/csv/campaigns.csv.gz", want: Contacts, rows: 6589, counts: map[string]int64{"SELECT count(DISTINCT campaign) FROM events.contacts": 27}},
		{file: "completejourney/csv/coupon_redemptions.csv.gz", want: Contacts, rows: 2102},
		{file: "cdnow/CDNOW_sample.txt", want: Purchases, m: Map{"customer": "1", "product": "'CD'", "at": "3", "quantity": "4", "amount": "5"}, rows: 6919, counts: map[string]int64{buyers: 2357}},
		{file: "ucforum-bipartite/csv/ucforum_nodes.csv", want: Customers, rows: 1421},
		{file: "mlc-churn/csv/mlc_churn.csv", want: Customers, m: Map{"id": "#"}, rows: 5000, counts: map[string]int64{
			"SELECT count(*) FROM events.customers WHERE json_extract(attributes, '$.churn') = 'true'": 707}},
		{file: "febrl/dataset2.csv", want: Customers, rows: 5000},
		{file: "rldata/csv/RLdata500.csv", want: Customers, m: Map{"id": "#"}, rows: 500, counts: map[string]int64{
			"SELECT count(DISTINCT json_extract_string(attributes, '$.identity')) FROM events.customers": 450}},
		{file: "splink-demo/fake_1000.csv", want: Customers, rows: 1000},
		{file: "splink-demo/fake_1000_labels.csv", want: Calls, m: Map{"caller": "unique_id_l", "callee": "unique_id_r"}, rows: 3176},
		{file: "hillstrom/hillstrom_half.csv.gz", want: Contacts, m: Map{"customer": "#"}, rows: 31999, counts: map[string]int64{
			"SELECT count(DISTINCT customer) FROM events.contacts": 31999}},
		{file: "completejourney/csv/campaign_descriptions.csv", want: Products, m: Map{"id": "campaign_id"}, rows: 27},
		{file: "completejourney/csv/coupons.csv.gz", kind: Products, rows: 116204},
		{file: "completejourney/csv/promotions_sample.csv.gz", kind: Products, rows: 360535},
		{file: "classic-gml/football.gml", want: Calls, rows: 613, counts: map[string]int64{people: 115}},
		{file: "classic-gml/football.gml", kind: Customers, rows: 115, counts: map[string]int64{
			"SELECT count(DISTINCT json_extract(attributes, '$.value')) FROM events.customers": 12}},
		{file: "classic-gml/dolphins.gml", want: Calls, rows: 159, counts: map[string]int64{people: 62}},
		{file: "classic-gml/dolphins.gml", kind: Customers, rows: 62},
		{file: "lfr/mu-0.2.gml.gz", want: Calls, rows: 9511, loops: 319},
		{file: "lfr/mu-0.2.gml.gz", kind: Customers, rows: 1000},
		{file: "lfr/mu-0.4.gml.gz", kind: Customers, rows: 1000},
		{file: "lfr/mu-0.6.gml.gz", kind: Customers, rows: 1000},
		{file: "timeseries-small/Airline.csv", want: Customers, m: Map{"id": "#"}, rows: 144},
		{file: "timeseries-small/Longley.csv", want: Customers, m: Map{"id": "#"}, rows: 16},
		{file: "timeseries-small/Lynx.csv", want: Customers, m: Map{"id": "#"}, rows: 115},
		{file: "timeseries-small/PBS_dataset.csv", want: Customers, m: Map{"id": "#"}, rows: 204},
		{file: "timeseries-small/ShampooSales.csv", want: Customers, m: Map{"id": "#"}, rows: 36},
	} {
		t.Run(strings.TrimSuffix(c.file+" as "+string(c.kind), " as "), func(t *testing.T) {
			t.Parallel()
			if c.kind != "" && c.m != nil {
				t.Fatal("it takes two flags")
			}
			path := realData(t, c.file)
			st, _ := newStore(t)
			r := mustLoad(t, st, Options{Kind: c.kind, Files: []string{path}, Map: c.m})
			if c.kind == "" && r.Kind != c.want {
				t.Errorf("taken for %s, and is %s", r.Kind, c.want)
			}
			if c.rows >= 0 && r.Rows != c.rows {
				t.Errorf("%d rows, published are %d", r.Rows, c.rows)
			}
			if r.Accepted+r.Duplicates+r.Rejected != r.Rows || (r.Rejected-c.loops)*50 > r.Rows || r.Rejected < c.loops {
				t.Errorf("%+v", r)
			}
			for query, want := range c.counts {
				if n := count(t, st, query); n != want {
					t.Errorf("%s: %d, want %d", query, n, want)
				}
			}
		})
	}
}

// TestEverySetIsThere holds the files of the real sets to those that the tests load.
func TestEverySetIsThere(t *testing.T) {
	var tests strings.Builder
	for _, name := range []string{"sets_test.go", "real_test.go", "real_contacts_test.go"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tests.Write(text)
	}
	root := filepath.Dir(realData(t, "README.md"))
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasPrefix(d.Name(), "LICENSE") || d.Name() == "README.md" {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err == nil && !strings.Contains(tests.String(), `"`+filepath.ToSlash(name)+`"`) {
			t.Errorf("no test loads %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
