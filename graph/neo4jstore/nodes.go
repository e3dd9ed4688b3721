package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// errStrange says that the graph has something that no Sync made. It may also be
// that it came while the graph was being read.
var errStrange = errors.New("the graph has something in it that is not of kith's schema")

// nodes are those of a label, numbered in the order in which they came. The
// numbers by which the server knows them hold for one reading only.
type nodes struct {
	dict *graph.Dict
	ids  *graph.Names // in the order of dict
	// last is the largest of the server's numbers, and byServer gives ours,
	// plus 1, for each of them.
	last     int64
	byServer []uint32

	// at are the server's numbers by ours; only a Visitor keeps them.
	at []int64

	attributes *graph.Names    // of customers
	catalogue  []graph.Product // of products
	whose      []whose

	// idle are the ids of those that do not count, by the server's numbers: the data
	// has left them, and no other weight than 0 is fixed at them.
	idle map[int64]string
	// former are the ids of those that the data has left and that are there for others'
	// work; only a Sync asks for them.
	former map[string]bool
}

func newNodes(last int64) *nodes {
	return &nodes{dict: graph.NewDict(0), ids: &graph.Names{}, last: last, byServer: make([]uint32, last+1), attributes: &graph.Names{}, idle: map[int64]string{}}
}

// of is the number of a node that the server names by its own.
func (n *nodes) of(v any) (uint32, bool) {
	at, ok := v.(int64)
	if !ok || at < 0 || at >= int64(len(n.byServer)) || n.byServer[at] == 0 {
		return 0, false
	}
	return n.byServer[at] - 1, true
}

// name is the id of a node that the server names by its own number, also where it does
// not count.
func (n *nodes) name(v any) (string, bool) {
	if i, ok := n.of(v); ok {
		return n.ids.At(i), true
	}
	at, _ := v.(int64)
	id, ok := n.idle[at]
	return id, ok
}

// add gives an id its number, and tells whether it is new.
func (n *nodes) add(id string) (uint32, bool) {
	i := n.dict.AddString(id)
	if int(i) < n.ids.Len() {
		return i, false
	}
	n.ids.Append(id)
	return i, true
}

// whose says who has put a node there. The property kith of a node that kith has put
// there is true, and false where the data has left it.
type whose uint8

const (
	others whose = iota // somebody else, by hand
	ours
	kept // it is only there for weights fixed by hand
)

func whoseOf(v any) whose {
	switch v {
	case true:
		return ours
	case false:
		return kept
	}
	return others
}

// came adds a node as the server sent it.
func (n *nodes) came(label string, server, id any) error {
	at, _ := server.(int64)
	text, ok := id.(string)
	if !ok || text == "" {
		return &graph.DataError{File: "Neo4j", Column: "id", Reason: fmt.Sprintf(
			"the %s node number %d has the id %v: set it to a text, or give the node another label", label, at, id)}
	}
	if n.ids.Len() == math.MaxUint32 {
		return fmt.Errorf("there are more than %d %s nodes, which vertex numbers cannot name", n.ids.Len(), label)
	}
	i, fresh := n.add(text)
	if !fresh {
		return &graph.DataError{File: "Neo4j", Column: "id", Reason: fmt.Sprintf("two %s nodes have the id %.100q: merge them", label, text)}
	}
	for at >= int64(len(n.byServer)) { // it came a moment ago
		n.byServer = append(n.byServer, 0)
	}
	n.byServer[at] = i + 1
	return nil
}

// nodes streams the customers and products. Those that are only kept for a weight fixed
// to 0 are idle unless all are to count.
func (s *Store) nodes(ctx context.Context, all bool, r *reporter) (customers, products *nodes, err error) {
	r.begin("reading customers", 0)
	if customers, err = s.newNodes(ctx, "Customer"); err != nil {
		return nil, nil, err
	}
	own := map[string]any{"kept": all}
	idle := func(n *nodes, at, id, put any) bool {
		number, _ := at.(int64)
		text, ok := id.(string)
		if ok = ok && put == "idle"; ok {
			n.idle[number] = text
		}
		return ok
	}
	err = s.streamWith(ctx, query("read_customers"), own, customers.last, func(record *neo4j.Record) error {
		numbers, ids, attributes, put := list(record, 0), list(record, 1), list(record, 2), list(record, 3)
		for i := range numbers {
			if idle(customers, numbers[i], ids[i], put[i]) {
				continue
			}
			if err := customers.came("Customer", numbers[i], ids[i]); err != nil {
				return err
			}
			text, _ := attributes[i].(string)
			customers.attributes.Append(text)
			customers.whose = append(customers.whose, whoseOf(put[i]))
		}
		r.add(int64(len(numbers)))
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	r.begin("reading products", 0)
	if products, err = s.newNodes(ctx, "Product"); err != nil {
		return nil, nil, err
	}
	err = s.streamWith(ctx, query("read_products"), own, products.last, func(record *neo4j.Record) error {
		numbers, ids, names, categories := list(record, 0), list(record, 1), list(record, 2), list(record, 3)
		prices, froms, tos, put := list(record, 4), list(record, 5), list(record, 6), list(record, 7)
		for i := range numbers {
			if idle(products, numbers[i], ids[i], put[i]) {
				continue
			}
			if err := products.came("Product", numbers[i], ids[i]); err != nil {
				return err
			}
			p := graph.Product{Price: -1, AvailableFrom: timeOf(froms[i]), AvailableTo: timeOf(tos[i])}
			p.ID, _ = ids[i].(string)
			p.Name, _ = names[i].(string)
			p.Category, _ = categories[i].(string)
			if price, ok := number(prices[i]); ok && price >= 0 {
				p.Price = price
			}
			products.catalogue = append(products.catalogue, p)
			products.whose = append(products.whose, whoseOf(put[i]))
		}
		r.add(int64(len(numbers)))
		return nil
	})
	return customers, products, err
}

// former are the ids of the nodes that had a label and have left.
func (s *Store) former(ctx context.Context, label string) (map[string]bool, error) {
	records, err := s.rows(ctx, labelQuery("former_ids", label), nil)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, r := range records {
		if id, ok := r.Values[0].(string); ok {
			ids[id] = true
		}
	}
	return ids, nil
}

// newNodes makes room for the nodes of a label.
func (s *Store) newNodes(ctx context.Context, label string) (*nodes, error) {
	last := int64(-1)
	err := s.once(ctx, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, labelQuery("last_node", label), nil)
		if err != nil {
			return err
		}
		record, err := result.Single(ctx)
		if err != nil {
			return err
		}
		last, _ = record.Values[0].(int64)
		return nil
	})
	return newNodes(last), err
}
