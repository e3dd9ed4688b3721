package duckstore

import (
	"testing"

	"kith/graph"
)

// TestMadeByHand looks at what analysts can write with SQL.
func TestMadeByHand(t *testing.T) {
	s := openNew(t)
	mustSync(t, s)

	// A tie between nodes that nobody has heard of makes them.
	mustExec(t, s, `INSERT INTO graph.corrections VALUES ('CALLED', 'new 1', 'new 2', 3), ('BOUGHT', 'new 3', 'tea', 1), ('CALLED', 'never', 'was', 0)`)
	n, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if n.Customers.Len() != 13 || n.Products.Len() != 1 || n.Calls.Arcs() != 41 || n.Bought.Arcs() != 1 {
		t.Errorf("%d customers, %d products, %d and %d ties, want 13, 1, 41 and 1",
			n.Customers.Len(), n.Products.Len(), n.Calls.Arcs(), n.Bought.Arcs())
	}
	from, _ := n.Customers.Find("new 1")
	to, ok := n.Customers.Find("new 2")
	if w := n.Calls.Weight(from, to); !ok || w != 3 {
		t.Errorf("the tie made by hand weighs %v, want 3", w)
	}
	if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
		t.Fatal(err)
	}
	if n, err = s.Read(t.Context(), nil); err != nil || n.Calls.Arcs() != 1 || n.Customers.Len() != 3 || n.Products.Len() != 1 {
		t.Errorf("after a Sync without nodes and ties: %v, %v", n, err)
	}
	mustSync(t, s)

	// What cannot be a weight, a kind or an id is refused.
	for _, values := range []string{
		`('CALLED', 'a', 'b', -1)`, `('CALLED', 'a', 'b', 'NaN')`, `('CALLED', 'a', 'b', 'inf')`, `('CALLED', 'a', 'b', 1e39)`,
		`('CALLED', 'a', 'b', NULL)`, `('KNOWS', 'a', 'b', 1)`, `('CALLED', '', 'b', 1)`, `('CALLED', 'new 1', 'new 2', 4)`,
	} {
		if _, err := s.DB().ExecContext(t.Context(), `INSERT INTO graph.corrections VALUES `+values); err == nil {
			t.Errorf("%s was taken", values)
		}
	}

	// What belongs to kith and was changed all the same is told.
	for _, c := range []struct{ change, undo, say string }{
		{`INSERT INTO graph.customers SELECT * FROM graph.customers WHERE id = '+49000000001'`, `DELETE FROM graph.customers WHERE id = '+49000000001'`, `customer "+49000000001" stands twice`},
		{`INSERT INTO graph.products VALUES ('x', '', '', 1, NULL, NULL, 0), ('x', '', '', 2, NULL, NULL, 0)`, `DELETE FROM graph.products`, `product "x" stands twice`},
		{`INSERT INTO graph.call_ties SELECT f.n, t.n, i, 1, 0, 0, NULL, NULL FROM range(1, 3) r(i), graph.customers f, graph.customers t WHERE f.id = '+49000000002' AND t.id = '+49000000003'`, `DELETE FROM graph.call_ties`, `a CALLED tie stands twice`},
		{`INSERT INTO graph.product_ties VALUES ('VIEWED', 4000, 4000, 1, 1, 0, 0, 0, NULL, NULL)`, `DELETE FROM graph.product_ties`, `1 of 1 VIEWED ties name nodes that the database lacks`},
	} {
		mustExec(t, s, c.change)
		_, err := s.Read(t.Context(), nil)
		mustSay(t, err, "read the network", c.say)
		mustExec(t, s, c.undo)
	}
	if _, err := s.Read(t.Context(), nil); err != nil {
		t.Errorf("with all undone: %v", err)
	}
}
