package neo4jstore

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// others' nodes, one of them a customer's, and what they have to do with customers of
// the crowd.
const byHand = `
	MATCH (stays:Customer {id: 'c1'}), (labelled:Customer {id: 'c99'}), (noted:Customer {id: 'c98'}), (tied:Customer {id: 'c97'}), (member:Customer {id: 'c96'})
	CREATE (lead:Customer {id: 'a lead', attributes: 'of a CRM'})-[:KNOWS {since: 2019}]->(stays),
		(lead)-[:KNOWS]->(tied), (:Manager {id: 'm', name: 'Eve'})-[:CARES_FOR]->(stays), (:Product {id: 'own'}), (:Shop {id: 'c99'}),
		(member)-[:MEMBER_OF]->(:Community {id: 'a club'})
	SET stays.note = 'call him', labelled:Vip, noted.note = 'likes tea', noted.version = 'mine'`

// bare are those customers that have left the data and stay for others' work, with all
// that they have.
const bare = `MATCH (n:KithFormerCustomer) OPTIONAL MATCH (n)-[r]-(o)
	WITH n, r, o ORDER BY n.id RETURN n.id + reduce(all = '', l IN [l IN labels(n) WHERE l <> 'KithFormerCustomer'] | all + ':' + l) +
		coalesce(' ' + n.note, '') + ' ' + size(keys(n)) + coalesce(' ' + type(r) + ' ' + o.id, '')`

// What the data has left leaves the graph, and nothing else does. What others have made of
// it stays.
func TestNodesThatLeave(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	part := crowd{40, 2}
	mustSync(t, s, part)
	alone := digest(t, s)
	mustSync(t, s, crowd{150, 1})
	whole := digest(t, s)
	if err := s.Publish(t.Context(), crowd{150, 1}.findings("first"), nil); err != nil {
		t.Fatal(err)
	}
	server.Run(byHand, nil)
	mustSync(t, s, part)
	for cypher, want := range map[string]int64{
		"MATCH (c:Customer) RETURN count(c)":                            41,
		"MATCH (c:Customer {kith: true}) RETURN count(c)":               40,
		"MATCH (p:Product) RETURN count(p)":                             21,
		"MATCH ()-[r:CALLED]->() RETURN count(r)":                       160,
		"MATCH (:Customer)-[m:MEMBER_OF]->(:Community) RETURN count(m)": 40,
		"MATCH (c:Customer)-[m]-() WHERE c.id > 'c95' RETURN count(m)":  0,
		"MATCH (n:Customer {id: 'a lead', attributes: 'of a CRM'})-[:KNOWS {since: 2019}]->(:Customer {id: 'c1', note: 'call him'})<-[:CARES_FOR]-(:Manager {name: 'Eve'}) RETURN count(n)": 1,
		"MATCH (n) WHERE n.id IN ['own', 'c99'] RETURN count(n)": 3, // the shop is none of the customers
	} {
		if n := number1(server, cypher); n != want {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
	}
	want := []string{"c96 1 MEMBER_OF a club", "c97 1 KNOWS a lead", "c98 likes tea 2", "c99:Vip 1"}
	if d := cmp.Diff(want, texts(server, bare)); d != "" {
		t.Errorf("what stays of those who have left (-want +got):\n%s", d)
	}
	// Nothing more is written for what is gone, and the rest is as if it had never been.
	var stages []string
	if err := s.Sync(t.Context(), part, func(stage string, _, _ int64) { stages = append(stages, stage) }); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(fmt.Sprint(stages), "writing") || leftovers(server) > 12 { // the first run's communities
		t.Errorf("after a Sync without changes: %d nodes are left, by %q", leftovers(server), stages)
	}
	server.Run("MATCH (n) WHERE n.id IN ['a lead', 'own'] DETACH DELETE n", nil)
	if digest(t, s) != alone {
		t.Error("what has left makes a difference")
	}
	// All is as it was when they come back, but where somebody has made a customer meanwhile.
	mustSync(t, s, crowd{150, 1})
	if digest(t, s) != whole || number1(server, "MATCH (n:KithFormerCustomer) RETURN count(n)") != 0 {
		t.Errorf("what comes back is not whole, or still away: %v", texts(server, bare))
	}
	for cypher, want := range map[string]int64{
		"MATCH (c:Customer) WHERE c.kith = true AND c.version = 1 RETURN count(c)":                                    150,
		"MATCH (c:Customer {id: 'c98', note: 'likes tea'}), (v:Customer:Vip {id: 'c99'}) RETURN count(*)":             1,
		"MATCH (:Customer {id: 'c96'})-[m:MEMBER_OF]->(k:Community) WHERE k.run IS NULL RETURN count(m)":              1,
		"MATCH (:Customer {id: 'c96'})-[m:MEMBER_OF]->(k:Community) WHERE k.run IS NOT NULL RETURN count(m)":          0,
		"MATCH (:Customer {id: 'c98'})-[m:CALLED]->(:Customer) WHERE m.fixed_weight IS NULL RETURN count(m)":          4,
		"MATCH (c:Customer) WHERE c.run IS NOT NULL AND c.id IN ['c96', 'c97', 'c98', 'c99', 'c100'] RETURN count(c)": 0,
	} {
		if n := number1(server, cypher); n != want {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
	}
	mustSync(t, s, part)
	server.Run("CREATE (:Customer {id: 'c98', crm: true})", nil)
	for range 2 { // a former one comes back also for what is found about it
		if err := s.Publish(t.Context(), crowd{150, 1}.findings("second"), nil); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want[2:3], texts(server, bare)); d != "" {
			t.Errorf("what stays away (-want +got):\n%s", d)
		}
		if n := number1(server, "MATCH (c:Customer {run: 'second'}) WHERE c.id <> 'c98' OR c.kith IS NULL RETURN count(c)"); n != 150 {
			t.Errorf("%d customers have figures, want 150", n)
		}
		mustSync(t, s, crowd{150, 1})
	}
	// Whoever is forgotten leaves whole.
	mustSync(t, s, part)
	if n, err := s.Forget(t.Context(), []string{"c98"}, func(id string) bool { return id == "c96" }); err != nil || n != 3 {
		t.Errorf("%d were forgotten: %v", n, err)
	}
	found, err := s.Search(t.Context(), []string{"c98", "c96"})
	if n := number1(server, "MATCH (n) WHERE n.note = 'likes tea' RETURN count(n)"); err != nil || len(found) > 0 || n > 0 {
		t.Errorf("of the forgotten is left: %v, and %d notes, %v", found, n, err)
	}
}

// Products leave like customers.
func TestProductsThatLeave(t *testing.T) {
	server := neo4jtest.Open(t)
	s := openEmpty(t, server, Options{})
	all := pair()
	all.products = []graph.Product{{ID: "cup"}, {ID: "pot", Name: "Pot", Category: "kitchen", Price: 3}, {ID: "tea"}}
	all.ties[graph.Bought] = []graph.Tie{{From: "ann", To: "pot", Weight: 1, Count: 1}, {From: "ann", To: "jar", Weight: 1, Count: 1}}
	mustSync(t, s, all)
	whole := digest(t, s)
	f := &graph.Findings{Run: graph.Run{ID: "r"}, Communities: []graph.CommunityFinding{{ID: "k"}},
		Preferences: slices.Values([]graph.Preference{{Community: "k", Product: "pot"}, {Community: "k", Product: "tea"}})}
	if err := s.Publish(t.Context(), f, nil); err != nil {
		t.Fatal(err)
	}
	server.Run("MATCH (p:Product) WHERE p.id IN ['pot', 'jar'] SET p.shelf = 7", nil)
	mustSync(t, s, pair())
	if n := number1(server, "MATCH (p:KithFormerProduct {shelf: 7}) WHERE size(keys(p)) = 2 AND NOT (p)--() RETURN count(p)"); n != 2 {
		t.Errorf("%d of two products stay bare", n)
	}
	if n := number1(server, "MATCH (p) WHERE p:Product OR p.id = 'tea' OR p.price IS NOT NULL RETURN count(p)"); n != 0 {
		t.Errorf("%d products are left", n)
	}
	mustSync(t, s, all)
	if n := number1(server, "MATCH (p:Product {kith: true, shelf: 7}) RETURN count(p)"); n != 2 || digest(t, s) != whole {
		t.Errorf("%d of two products are back, or not whole", n)
	}
}

// Others' customers that were there before kith are not its own, also where the data
// names them.
func TestCustomersOfOthers(t *testing.T) {
	server := neo4jtest.Open(t)
	server.Run("CREATE (:Customer {id: 'c7', crm: true}), (:Customer {id: 'lead', crm: true})", nil)
	s := openAt(t, server, small)
	mustSync(t, s, crowd{40, 1})
	mustSync(t, s, crowd{5, 1})
	if n := number1(server, "MATCH (c:Customer {crm: true}) WHERE c.kith IS NULL AND NOT (c)--() RETURN count(c)"); n != 2 {
		t.Errorf("%d of two customers of others are left", n)
	}
	if n := number1(server, "MATCH (c:Customer) RETURN count(c)"); n != 7 {
		t.Errorf("%d customers, want 7", n)
	}
}

// A graph of a version that did not say what it had put there.
func TestNodesOfAnOlderVersionLeave(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	mustSync(t, s, crowd{40, 1})
	server.Run("MATCH (n) WHERE n:Customer OR n:Product REMOVE n.kith", nil)
	server.Run("MATCH (m:KithMigration {number: 4}) DELETE m", nil)
	server.Run("CREATE (:Customer:Partner {id: 'partner'})", nil)
	s = openAt(t, server, small)
	mustSync(t, s, crowd{5, 1})
	if n := stored(server); n != [4]int64{6, 20, 20, 20} {
		t.Errorf("%v customers, products, calls and purchases, want 6, 20, 20 and 20", n)
	}
}

// A kith that is killed while nodes leave, wherever it is, leaves the network before or
// after, and the next one comes to the right end.
func TestKilledWhileNodesLeave(t *testing.T) {
	server := opened(t)
	all, part := crowd{150, 1}, crowd{40, 2}
	s := openEmpty(t, server, small)
	mustSync(t, s, part)
	after := digest(t, s)
	mustSync(t, s, all)
	before := digest(t, s)
	batches := 0
	err := s.Sync(t.Context(), part, func(stage string, done, _ int64) {
		if stage == "writing changes" && done > 0 {
			batches++
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ at, want string }{
		{"comparing VIEWED ties#1", before},
		{"writing changes#1", after},
		{fmt.Sprintf("writing changes#%d", batches-1), after}, // half of them have left
		{fmt.Sprintf("writing changes#%d", batches), after},
	} {
		t.Run(c.at, func(t *testing.T) {
			mustSync(t, s, all)
			server.Run("MATCH (c:Customer) WHERE c.id ENDS WITH '7' SET c.note = 'mine'", nil)
			mustDie(t, server, "shrink@"+c.at)
			left := number1(server, "MATCH (c:Customer) RETURN count(c)")
			if half := c.at == fmt.Sprintf("writing changes#%d", batches-1); half != (left > 40 && left < 150) {
				t.Errorf("%d customers are left", left)
			}
			if got := digest(t, s); got != c.want {
				t.Error("the network is neither whole nor the one that it should be")
			}
			mustSync(t, s, part)
			if n := stored(server); n != part.counts() || digest(t, s) != after || leftovers(server) != 0 {
				t.Errorf("%v customers, products, calls and purchases, want %v", n, part.counts())
			}
			if n := number1(server, "MATCH (n:KithFormerCustomer {note: 'mine'}) WHERE size(keys(n)) = 2 AND NOT (n)--() RETURN count(n)"); n != 11 {
				t.Errorf("%d customers stay bare, want 11", n)
			}
		})
	}
	t.Run("first load", func(t *testing.T) {
		s := openEmpty(t, server, small)
		mustDie(t, server, "sync@loading VIEWED ties#1")
		if n := number1(server, "MATCH (c:Customer) RETURN count(c)"); n < 100 {
			t.Fatalf("the load died at %d customers, too early to show anything", n)
		}
		mustSync(t, s, part)
		if n := stored(server); n != part.counts() || digest(t, s) != after || leftovers(server) != 0 {
			t.Errorf("%v customers, products, calls and purchases, want %v", n, part.counts())
		}
	})
}

// Somebody's weight that comes while a node leaves keeps it.
func TestWeightFixedWhileNodesLeave(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	mustSync(t, s, crowd{40, 1})
	fixed := false
	err := s.Sync(t.Context(), crowd{5, 1}, func(stage string, _, _ int64) {
		if stage == "writing changes" && !fixed {
			fixed = true
			server.Run("MATCH (a:Customer {id: 'c30'}), (b:Customer {id: 'c1'}) MERGE (a)-[r:CALLED]->(b) SET r.fixed_weight = 9", nil)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		n, err := s.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		from, ok := n.Customers.Find("c30")
		to, _ := n.Customers.Find("c1")
		if !ok || n.Customers.Len() != 6 || n.Calls.Weight(from, to) != 9 {
			t.Errorf("%d customers, and the tie weighs %v", n.Customers.Len(), n.Calls.Weight(from, to))
		}
		mustSync(t, s, crowd{5, 1})
	}
	// When it goes the node has nothing more to stay for.
	server.Run("MATCH ()-[r:CALLED {fixed_weight: 9}]->() DELETE r", nil)
	mustSync(t, s, crowd{5, 1})
	if n := stored(server); n != (crowd{5, 1}).counts() {
		t.Errorf("%v customers, products, calls and purchases", n)
	}
}
