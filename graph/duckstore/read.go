package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"math"
	"slices"

	"kith/graph"
)

// Read returns the whole stored network. Vertices are numbered by the byte
// order of their ids and arcs are sorted by DuckDB, which spills to the disk
// what does not fit in its memory; the result therefore does not depend on the
// order of the rows nor on the number of threads.
//
// It takes O(n log n + m log m) time for n nodes and m ties, and in Go's memory
// 8 bytes an arc, 8 a vertex and kind, and the names. As in graph.Build, Weights is
// nil where every arc weighs 1.
func (s *Store) Read(ctx context.Context, p graph.Progress) (*graph.Network, error) {
	var n *graph.Network
	err := s.whole(ctx, func(ctx context.Context, conn *sql.Conn) (err error) {
		n, err = read(ctx, conn, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the network: %w", err)
	}
	return n, nil
}

func read(ctx context.Context, conn *sql.Conn, p graph.Progress) (*graph.Network, error) {
	n := &graph.Network{Customers: &graph.Names{}, Attributes: &graph.Names{}, Products: &graph.Names{}}

	p.Report("numbering customers", 0, 0)
	if _, err := conn.ExecContext(ctx, query("read_customers")); err != nil {
		return nil, err
	}
	err := inOrder(ctx, conn, "temp.read_customers", "id, attributes", func(v []driver.Value) error {
		n.Attributes.Append(v[1].(string))
		return appendID(n.Customers, "customer", v[0].(string))
	})
	if err != nil {
		return nil, err
	}
	p.Report("numbering products", 0, 0)
	if _, err := conn.ExecContext(ctx, query("read_products")); err != nil {
		return nil, err
	}
	err = inOrder(ctx, conn, "temp.read_products", "id, name, category, price, available_from, available_to", func(v []driver.Value) error {
		n.Catalogue = append(n.Catalogue, product(v))
		return appendID(n.Products, "product", v[0].(string))
	})
	if err != nil {
		return nil, err
	}

	n.Spend = make([]float64, n.Customers.Len())
	for i, k := range graph.Kinds {
		p.Report("reading "+k.String()+" ties", int64(i), int64(len(graph.Kinds)))
		cols := n.Products.Len()
		if k == graph.Called {
			cols = n.Customers.Len()
		}
		var spend []float64
		if k == graph.Bought {
			spend = n.Spend
		}
		g, err := readTies(ctx, conn, k, n.Customers.Len(), cols, spend)
		if err != nil {
			return nil, err
		}
		switch k {
		case graph.Called:
			n.Calls = g
		case graph.Bought:
			n.Bought = g
		case graph.Viewed:
			n.Viewed = g
		}
	}
	return n, nil
}

func appendID(names *graph.Names, what, id string) error {
	switch last := names.Len(); {
	case last > 0 && names.At(uint32(last-1)) == id:
		return fmt.Errorf("the %s %.100q stands twice in the database: delete one of the rows", what, id)
	case last == math.MaxUint32:
		return fmt.Errorf("there are more than %d %ss, which vertex numbers cannot name: narrow the window", last, what)
	}
	names.Append(id)
	return nil
}

// readTies builds the CSR of one kind, and adds what each customer spent, in the
// order of the products, to spend unless it is nil.
func readTies(ctx context.Context, conn *sql.Conn, k graph.Kind, rows, cols int, spend []float64) (*graph.Graph, error) {
	fixed, err := corrections(ctx, conn, k)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, query("read_ties"), k.String()); err != nil {
		return nil, err
	}
	var count int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM temp.read_ties").Scan(&count); err != nil {
		return nil, err
	}
	count += len(fixed)
	g := &graph.Graph{
		Offsets: make([]uint64, rows+1),
		Targets: make([]uint32, 0, count),
		Weights: make([]float32, 0, count),
		Cols:    uint32(cols),
	}
	add := func(a arc) {
		if a.weight > 0 {
			g.Targets = append(g.Targets, uint32(a.key))
			g.Weights = append(g.Weights, a.weight)
			g.Offsets[a.key>>32+1]++
		}
	}
	first, last := true, uint64(0)
	err = inOrder(ctx, conn, "temp.read_ties", "arc, weight, amount", func(v []driver.Value) error {
		a := arc{v[0].(uint64), v[1].(float32)}
		if a.key <= last && !first {
			return fmt.Errorf("a %s tie stands twice in graph.ties: run the analysis anew, which replaces them", k)
		}
		first, last = false, a.key
		if spend != nil {
			spend[a.key>>32] += v[2].(float64)
		}
		// Ties made by hand come in at their place, and win at an equal one.
		for len(fixed) > 0 && fixed[0].key < a.key {
			add(fixed[0])
			fixed = fixed[1:]
		}
		if len(fixed) > 0 && fixed[0].key == a.key {
			a = fixed[0]
			fixed = fixed[1:]
		}
		add(a)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, a := range fixed {
		add(a)
	}
	for u := range rows {
		g.Offsets[u+1] += g.Offsets[u]
	}
	if !slices.ContainsFunc(g.Weights, func(w float32) bool { return w != 1 }) {
		g.Weights = nil
	}
	return g, nil
}

// arc is a tie between numbered nodes: from in the upper half of key, to in the
// lower. A weight of 0 says that there is none.
type arc struct {
	key    uint64
	weight float32
}

// corrections lists the weights fixed by hand in the order of their arcs.
func corrections(ctx context.Context, conn *sql.Conn, k graph.Kind) ([]arc, error) {
	var list []arc
	err := each(ctx, conn, func(v []driver.Value) error {
		list = append(list, arc{v[0].(uint64), v[1].(float32)})
		return nil
	}, query("read_corrections"), k.String())
	return list, err
}
