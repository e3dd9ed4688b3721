package duckstore

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
)

// day is midnight of a day of March 2026, with some minutes and seconds.
func at(day, hour, minute, second int) time.Time {
	return time.Date(2026, 3, day, hour, minute, second, 0, time.UTC)
}

const exampleCalls = `INSERT INTO events.calls (caller, callee, time, kind, seconds, answered, import_id) VALUES
	('ann', 'bob', '2026-03-02 10:00:00', 'voice', 60, true, 1),      -- one period with the next two
	('ann', 'bob', '2026-03-02 10:29:59.999999', 'voice', 0, false, 1),
	('ann', 'bob', '2026-03-02 10:15:00', 'message', 0, true, 1),
	('ann', 'bob', '2026-03-02 10:30:00', 'voice', 30, true, 1),      -- the next period
	('ann', 'bob', NULL, 'voice', 5, true, 1),                        -- those without a time are one more
	('ann', 'bob', NULL, 'data', 7, true, 1),
	('bob', 'ann', '1969-12-31 23:59:59', 'voice', 1, true, 1),       -- periods before 1970 are no wider
	('bob', 'ann', '1970-01-01 00:00:00', 'voice', 1, true, 1),
	('cem', 'cem', '2026-03-05 00:00:00', 'voice', 9, true, 1),       -- a call to itself makes a node, no tie
	('dora', 'ann', '2026-03-31 12:00:00', 'message', 0, true, 1)`

const examplePurchases = `INSERT INTO events.purchases (customer, product, time, basket, quantity, amount, import_id) VALUES
	('ann', 'tea', '2026-03-02 10:00:00', '1', 1.5, 0.1, 2),
	('ann', 'tea', '2026-03-03 10:00:00', '2', 2, 0.2, 2),
	('ann', 'tea', '2026-03-04 10:00:00', '2', -0.5, -0.05, 2),
	('ann', 'cup', '2026-03-04 10:00:00', '2', 1, 9.99, 2),           -- bought and returned: no tie
	('ann', 'cup', '2026-03-06 10:00:00', '3', -1, -9.99, 2),
	('eve', 'mug', '2026-03-06 10:00:00', '4', -2, -5, 2),            -- only returned
	('bob', 'tea', NULL, '', 1, 0, 2)`

const exampleVisits = `INSERT INTO events.visits (customer, product, time, seconds, import_id) VALUES
	('ann', 'pot', '2026-03-02 10:00:00', 12, 3), ('ann', 'pot', '2026-03-07 10:00:00', 30, 3), ('fay', 'pot', NULL, 0, 3)`

const exampleNodes = `
	INSERT INTO events.customers (id, attributes, import_id) VALUES
		('ann', '{"city":"Ulm"}', 4), ('ann', '{"city":"Bonn"}', 6), ('ann', '{"city":"Kiel"}', 5), ('gus', '{"age":"7"}', 4);
	INSERT INTO events.products (id, name, category, price, available_from, available_to, import_id) VALUES
		('tea', 'Tea', 'drinks', 2.25, '2026-03-01', NULL, 7), ('tea', 'Green tea', 'drinks', 2.5, '2026-03-01', '2026-04-01', 8), ('jar', 'Jar', '', NULL, NULL, NULL, 7)`

const exampleChurn = `INSERT INTO events.churn (customer, time, import_id) VALUES
	('hal', '2026-03-09 00:00:00', 9), ('bob', '2026-03-20 00:00:00', 9), ('ann', '2026-03-20 00:00:00', 9),
	('ann', '2026-03-20 00:00:00', 10), ('ann', '2026-04-02 08:00:00', 10)`

func openExample(t *testing.T) *Store {
	t.Helper()
	s := openNew(t)
	for _, text := range []string{exampleCalls, examplePurchases, exampleVisits, exampleNodes, exampleChurn} {
		mustExec(t, s, text)
	}
	return s
}

// collected is what a source yields.
type collected struct {
	Customers []graph.Customer
	Products  []graph.Product
	Ties      [len(graph.Kinds)][]graph.Tie
}

func collect(t *testing.T, src graph.Source) collected {
	t.Helper()
	var c collected
	for customer, err := range src.Customers(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c.Customers = append(c.Customers, customer)
	}
	for product, err := range src.Products(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		c.Products = append(c.Products, product)
	}
	for _, k := range graph.Kinds {
		for tie, err := range src.Ties(t.Context(), k) {
			if err != nil {
				t.Fatal(err)
			}
			c.Ties[k] = append(c.Ties[k], tie)
		}
	}
	return c
}

var byEnds = cmpopts.SortSlices(func(a, b graph.Tie) bool {
	return a.From < b.From || a.From == b.From && a.To < b.To
})
