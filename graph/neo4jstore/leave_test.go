package neo4jstore

import (
	"fmt"
	"strings"
	"testing"

	"kith/graph/neo4jstore/neo4jtest"
)

// others' nodes, one of them a customer's, and what they have to do with customers of
// the crowd.
const byHand = `
	MATCH (stays:Customer {id: 'c1'}), (leaves:Customer {id: 'c99'})
	CREATE (lead:Customer {id: 'a lead', attributes: 'of a CRM'})-[:KNOWS {since: 2019}]->(stays),
		(lead)-[:KNOWS]->(leaves), (:Manager {id: 'm', name: 'Eve'})-[:CARES_FOR]->(stays), (:Product {id: 'own'}), (:Shop {id: 'c99'})
	SET stays.note = 'call him', leaves:Vip`

// What the data has left leaves the graph, and nothing else does.
func TestNodesThatLeave(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	part := crowd{40, 2}
	mustSync(t, s, part)
	alone := digest(t, s)
	mustSync(t, s, crowd{150, 1})
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
		"MATCH (n:Customer {id: 'a lead', attributes: 'of a CRM'})-[:KNOWS {since: 2019}]->(:Customer {id: 'c1', note: 'call him'})<-[:CARES_FOR]-(:Manager {name: 'Eve'}) RETURN count(n)": 1,
		"MATCH (n) WHERE n.id IN ['own', 'c99'] RETURN count(n)": 2, // the shop is none of the customers
	} {
		if n := number1(server, cypher); n != want {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
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
