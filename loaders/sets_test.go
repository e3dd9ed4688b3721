package loaders

import (
	"strings"
	"testing"
)

// A graph in GML is refused: its lines would pass for calls of a few words.
func TestGMLIsRefused(t *testing.T) {
	for _, text := range []string{"graph [\n  node [\n    id 0\n  ]\n]\n", "Creator \"x\"\ngraph\n[\n  directed 0\n"} {
		st, _ := newStore(t)
		if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{write(t, "graph.txt", text)}}); err == nil || !strings.Contains(err.Error(), "GML") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Every file of the real sets that is about people or about what they buy loads
// with at most one flag beside the kind, and comes to the counts that the data's
// README has, here or in TestRealCalls, TestRealPurchases and TestRealTables. What
// is in none of them is of no kind: coupons.csv.gz, promotions and
// campaign_descriptions of completejourney say nothing about anybody, and the GML
// files are graphs without events.
func TestRealSets(t *testing.T) {
	people := "SELECT count(*) FROM (SELECT caller AS id FROM events.calls UNION SELECT callee FROM events.calls)"
	buyers, likes := "SELECT count(DISTINCT customer) FROM events.purchases", "SELECT count(DISTINCT product) FROM events.purchases"
	for _, c := range []struct {
		file string
		kind Kind // empty: found out
		m    Map
		want Kind // what is found out
		rows int64
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
		{file: "twitch/PTBR_target.csv.gz", kind: Customers, m: Map{"id": "new_id"}, rows: 1912},
		{file: "twitch/RU_target.csv.gz", kind: Customers, m: Map{"id": "new_id"}, rows: 4385},
		{file: "twitch/ES.json.gz", kind: Purchases, rows: 90129, counts: map[string]int64{buyers: 4648}},
		{file: "twitch/PTBR.json.gz", kind: Purchases, rows: -1, counts: map[string]int64{buyers: 1912}},
		{file: "twitch/RU.json.gz", kind: Purchases, rows: 90485, counts: map[string]int64{buyers: 4385}},
		{file: "completejourney/csv/campaigns.csv.gz", want: Contacts, rows: 6589, counts: map[string]int64{"SELECT count(DISTINCT campaign) FROM events.contacts": 27}},
		{file: "completejourney/csv/coupon_redemptions.csv.gz", want: Contacts, rows: 2102},
		{file: "cdnow/CDNOW_sample.txt", kind: Purchases, m: Map{"customer": "1", "product": "'CD'", "at": "3", "quantity": "4", "amount": "5"}, rows: 6919, counts: map[string]int64{buyers: 2357}},
		{file: "ucforum-bipartite/csv/ucforum_nodes.csv", want: Customers, rows: 1421},
		{file: "mlc-churn/csv/mlc_churn.csv", kind: Customers, m: Map{"id": "#"}, rows: 5000, counts: map[string]int64{
			"SELECT count(*) FROM events.customers WHERE json_extract(attributes, '$.churn') = 'true'": 707}},
		{file: "febrl/dataset2.csv", want: Customers, rows: 5000},
		{file: "rldata/csv/RLdata500.csv", kind: Customers, m: Map{"id": "#"}, rows: 500, counts: map[string]int64{
			"SELECT count(DISTINCT json_extract_string(attributes, '$.identity')) FROM events.customers": 450}},
		{file: "splink-demo/fake_1000.csv", kind: Customers, m: Map{"id": "unique_id"}, rows: 1000},
		{file: "splink-demo/fake_1000_labels.csv", kind: Calls, m: Map{"caller": "unique_id_l", "callee": "unique_id_r"}, rows: 3176},
		{file: "hillstrom/hillstrom_half.csv.gz", kind: Contacts, m: Map{"customer": "#"}, rows: 31999, counts: map[string]int64{
			"SELECT count(DISTINCT customer) FROM events.contacts": 31999}},
	} {
		t.Run(c.file, func(t *testing.T) {
			t.Parallel()
			path := realData(t, c.file)
			st, _ := newStore(t)
			r := mustLoad(t, st, Options{Kind: c.kind, Files: []string{path}, Map: c.m})
			if c.kind == "" && r.Kind != c.want {
				t.Errorf("taken for %s, and is %s", r.Kind, c.want)
			}
			if c.rows >= 0 && r.Rows != c.rows {
				t.Errorf("%d rows, published are %d", r.Rows, c.rows)
			}
			if r.Accepted+r.Duplicates+r.Rejected != r.Rows || r.Rejected*50 > r.Rows {
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
