package duckstore

import (
	"context"
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
// 8 bytes an arc, 8 a vertex and kind, and the names. As in graph.Build, Weights
// is nil where every arc weighs 1.
func (s *Store) Read(ctx context.Context, p graph.Progress) (*graph.Network, error) {
	var n *graph.Network
	err := s.whole(ctx, func(r *stream) (err error) {
		n, err = read(r, p)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the network: %w", err)
	}
	return n, nil
}

func read(r *stream, p graph.Progress) (*graph.Network, error) {
	n := &graph.Network{Customers: &graph.Names{}, Attributes: &graph.Names{}, Products: &graph.Names{}}

	p.Report("numbering customers", 0, 0)
	if err := r.run(query("read_customers"), nil, nil); err != nil {
		return nil, err
	}
	err := r.run("SELECT id, attributes FROM temp.read_customers ORDER BY n", nil, func(c chunk) error {
		id, attributes := c.texts(0), c.texts(1)
		for i := range c.rows {
			if err := appendID(n.Customers, "customer", id[i].view()); err != nil {
				return err
			}
			n.Attributes.Append(attributes[i].view())
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p.Report("numbering products", 0, 0)
	if err := r.run(query("read_products"), nil, nil); err != nil {
		return nil, err
	}
	text := "SELECT id, name, category, price, available_from, available_to FROM temp.read_products ORDER BY n"
	err = r.run(text, nil, func(c chunk) (err error) {
		products(c, func(p graph.Product) bool {
			n.Catalogue = append(n.Catalogue, p)
			err = appendID(n.Products, "product", p.ID)
			return err == nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}

	if n.Fixed, err = fixed(r); err != nil {
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
		g, err := readTies(r, k, n.Customers.Len(), cols, spend)
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

// appendID copies an id to the end of names, which must ascend.
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
func readTies(r *stream, k graph.Kind, rows, cols int, spend []float64) (*graph.Graph, error) {
	kind := []any{k.String()}
	fixed, err := corrections(r, kind)
	if err != nil {
		return nil, err
	}
	name, args := "read_product_ties", kind
	counted := "SELECT count(*) FROM graph.product_ties WHERE kind = $1"
	if k == graph.Called {
		name, args = "read_call_ties", nil
		counted = "SELECT count(*) FROM graph.call_ties"
	}
	var stored int64
	err = r.run(counted, args, func(c chunk) error {
		stored = c.int64s(0)[0]
		return nil
	})
	if err != nil {
		return nil, err
	}
	room := int(stored) + len(fixed)
	b := arcBuilder{Graph: graph.Graph{
		Offsets: make([]uint64, rows+1),
		Targets: make([]uint32, 0, room),
		Weights: make([]float32, 0, room),
		Cols:    uint32(cols),
	}, fixed: fixed}
	if stored == 0 { // as with visits, which few houses have
		return b.finish(), nil
	}
	seen, last := int64(0), uint64(0)
	err = r.run(query(name), args, func(c chunk) error {
		arcs, weights := c.uint64s(0), c.float32s(1)
		for i, a := range arcs {
			if a <= last && seen+int64(i) > 0 {
				return fmt.Errorf("a %s tie stands twice in graph.ties: run the analysis anew, which replaces them", k)
			}
			last = a
			b.take(arc{a, weights[i]})
		}
		if spend != nil {
			for i, amount := range c.float64s(2) {
				spend[arcs[i]>>32] += amount
			}
		}
		seen += int64(c.rows)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if seen != stored {
		return nil, fmt.Errorf("%d of %d %s ties name nodes that the database lacks: run the analysis anew, which adds them", stored-seen, stored, k)
	}
	return b.finish(), nil
}

// arc is a tie between numbered nodes: from in the upper half of key, to in the
// lower. A weight of 0 says that there is none.
type arc struct {
	key    uint64
	weight float32
}

// arcBuilder makes a graph of arcs that come in ascending order, and of arcs
// fixed by hand, in the same order, that win at an equal place.
type arcBuilder struct {
	graph.Graph
	fixed []arc
}

func (b *arcBuilder) take(a arc) {
	for len(b.fixed) > 0 && b.fixed[0].key <= a.key {
		f := b.fixed[0]
		b.fixed = b.fixed[1:]
		b.add(f)
		if f.key == a.key {
			return
		}
	}
	b.add(a)
}

func (b *arcBuilder) add(a arc) {
	if a.weight > 0 {
		b.Targets = append(b.Targets, uint32(a.key))
		b.Weights = append(b.Weights, a.weight)
		b.Offsets[a.key>>32+1]++
	}
}

func (b *arcBuilder) finish() *graph.Graph {
	for _, a := range b.fixed {
		b.add(a)
	}
	for u := range len(b.Offsets) - 1 {
		b.Offsets[u+1] += b.Offsets[u]
	}
	if !slices.ContainsFunc(b.Weights, func(w float32) bool { return w != 1 }) {
		b.Weights = nil
	}
	return &b.Graph
}

// fixed lists the weights fixed by hand, also those about nodes that are not stored.
func fixed(r *stream) ([]graph.Fixed, error) {
	var list []graph.Fixed
	for _, k := range graph.Kinds {
		text := "SELECT from_id, to_id, weight::FLOAT FROM graph.corrections WHERE kind = $1 ORDER BY from_id, to_id"
		err := r.run(text, []any{k.String()}, func(c chunk) error {
			from, to, weight := c.texts(0), c.texts(1), c.float32s(2)
			for i := range c.rows {
				list = append(list, graph.Fixed{Kind: k, From: from[i].String(), To: to[i].String(), Weight: weight[i]})
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return list, nil
}

// corrections lists the weights fixed by hand between nodes that are stored, in the order of their arcs.
func corrections(r *stream, kind []any) ([]arc, error) {
	var list []arc
	err := r.run(query("read_corrections"), kind, func(c chunk) error {
		arcs, weights := c.uint64s(0), c.float32s(1)
		for i := range c.rows {
			list = append(list, arc{arcs[i], weights[i]})
		}
		return nil
	})
	return list, err
}
