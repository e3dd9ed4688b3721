package neo4jstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
	"golang.org/x/sync/errgroup"

	"kith/graph"
)

// Read returns the whole stored network. Several readers stream it in blocks of
// neighbouring nodes; vertices are numbered by the byte order of their ids and
// arcs are sorted, so the result depends neither on the number of readers nor on
// the order in which the server has its nodes. Another process may write
// meanwhile: then Read begins anew, and waits for it if need be.
//
// It takes O(n log n + m log d) time for n nodes and m ties of up to d a
// customer, and at its peak, beside the result, 24 bytes an arc and 8 a node.
func (s *Store) Read(ctx context.Context, p graph.Progress) (*graph.Network, error) {
	n, err := s.read(ctx, &reporter{p: p})
	if err != nil {
		return nil, fmt.Errorf("read the network from Neo4j: %w", err)
	}
	return n, nil
}

func (s *Store) read(ctx context.Context, r *reporter) (*graph.Network, error) {
	began := time.Now()
	strange := 0
	for {
		before, err := s.settle(ctx, r)
		if err != nil {
			return nil, err
		}
		n := emptyNetwork()
		if !before.loading {
			n, err = s.network(ctx, r)
		}
		if err != nil {
			// A tie to an unknown node is one that came meanwhile, or a
			// fault that stays.
			if errors.Is(err, errStrange) && strange < 3 {
				strange++
				continue
			}
			if ctx.Err() == nil && passing(err) && time.Since(began) < s.o.RetryFor {
				time.Sleep(100 * time.Millisecond)
				continue
			}
			return nil, explain(ctx, err)
		}
		after, err := s.state(ctx)
		if err != nil {
			return nil, err
		}
		if after.generation == before.generation && after.loading == before.loading {
			return n, nil
		}
	}
}

// emptyNetwork is the network of which nothing is there yet.
func emptyNetwork() *graph.Network {
	n := &graph.Network{Customers: &graph.Names{}, Attributes: &graph.Names{}, Products: &graph.Names{}, Spend: []float64{}}
	for _, g := range []**graph.Graph{&n.Calls, &n.Bought, &n.Viewed} {
		*g = &graph.Graph{Offsets: []uint64{0}}
	}
	return n
}

// network streams the graph as it stands.
func (s *Store) network(ctx context.Context, r *reporter) (*graph.Network, error) {
	customers, products, err := s.nodes(ctx, false, r)
	if err != nil {
		return nil, err
	}
	n := &graph.Network{Attributes: &graph.Names{}}
	var rank, productRank []uint32
	n.Customers, rank = customers.dict.Canonical()
	n.Products, productRank = products.dict.Canonical()
	for _, i := range inverse(rank) {
		n.Attributes.Append(customers.attributes.At(i))
	}
	for _, i := range inverse(productRank) {
		n.Catalogue = append(n.Catalogue, products.catalogue[i])
	}

	n.Spend = make([]float64, n.Customers.Len())
	for _, k := range graph.Kinds {
		target, targetRank := customers, rank
		if k != graph.Called {
			target, targetRank = products, productRank
		}
		r.begin("reading "+k.String()+" ties", 0)
		list, err := s.ties(ctx, k, customers, target, r)
		if err != nil {
			return nil, err
		}
		for ends, w := range list.byHand {
			n.Fixed = append(n.Fixed, graph.Fixed{Kind: k, From: ends[0], To: ends[1], Weight: w})
		}
		list.renumber(rank, targetRank)
		g, err := list.graph(ctx, n.Customers.Len(), target.dict.Len())
		if err != nil {
			return nil, err
		}
		switch k {
		case graph.Called:
			n.Calls = g
		case graph.Bought:
			n.Bought = g
			list.spend(n.Spend)
		case graph.Viewed:
			n.Viewed = g
		}
	}
	return n, nil
}

// inverse turns the rank of each item into the item of each rank.
func inverse(rank []uint32) []uint32 {
	at := make([]uint32, len(rank))
	for i, r := range rank {
		at[r] = uint32(i)
	}
	return at
}

// arcs are ties between numbered nodes, in columns.
type arcs struct {
	from, to []uint32
	weight   []float32
	amount   []float64 // of Bought only
	fixed    map[uint64]float32
	// byHand are the same by ids, with those about nodes that do not count.
	byHand map[[2]string]float32
}

// fix notes a weight fixed by hand. Of several between the same two nodes, which only
// somebody's hand can make, the largest counts.
func fix[K comparable](weights map[K]float32, ends K, w float32) {
	if had, twice := weights[ends]; !twice || had < w {
		weights[ends] = w
	}
}

// ties streams what kernels need of one kind.
func (s *Store) ties(ctx context.Context, k graph.Kind, customers, target *nodes, r *reporter) (*arcs, error) {
	a := &arcs{fixed: map[uint64]float32{}, byHand: map[[2]string]float32{}}
	err := s.stream(ctx, tieQuery("read_ties", k), customers.last, func(record *neo4j.Record) error {
		froms, tos, weights, fixed, amounts := list(record, 0), list(record, 1), list(record, 2), list(record, 3), list(record, 4)
		for i := range froms {
			from, ok := customers.of(froms[i])
			to, ok2 := target.of(tos[i])
			byHand, _ := fixed[i].(bool)
			if w, isNumber := number(weights[i]); (!ok || !ok2) && byHand && isNumber && w == 0 {
				// The data has left one of them, and there is no tie between them if it comes back.
				x, known := customers.name(froms[i])
				y, known2 := target.name(tos[i])
				if known && known2 {
					fix(a.byHand, [2]string{x, y}, 0)
				}
				continue
			}
			if !ok || !ok2 {
				return fmt.Errorf("%w: a %s relationship ends at a node that is no %s", errStrange, k, targetLabel(k))
			}
			w, ok := number(weights[i])
			if !ok || !(w >= 0) || float32(w) > math.MaxFloat32 {
				return &graph.DataError{File: "Neo4j", Column: "weight", Reason: fmt.Sprintf(
					"the %s relationship from %.100q to %.100q has the weight %v: set fixed_weight to a number of 0 or more, or delete it",
					k, customers.ids.At(from), target.ids.At(to), shown(weights[i]))}
			}
			if k == graph.Bought {
				amount, ok := number(amounts[i])
				if !ok || math.IsNaN(amount) || math.IsInf(amount, 0) {
					return &graph.DataError{File: "Neo4j", Column: "amount", Reason: fmt.Sprintf(
						"the BOUGHT relationship from %.100q to %.100q has the amount %v: set it to a number", customers.ids.At(from), target.ids.At(to), amounts[i])}
				}
				a.amount = append(a.amount, amount)
			}
			if byHand {
				fix(a.fixed, uint64(from)<<32|uint64(to), float32(w))
				fix(a.byHand, [2]string{customers.ids.At(from), target.ids.At(to)}, float32(w))
			}
			a.from, a.to, a.weight = append(a.from, from), append(a.to, to), append(a.weight, float32(w))
		}
		r.add(int64(len(froms)))
		return nil
	})
	return a, err
}

// renumber applies the canonical numbers. A weight fixed by hand takes the place
// of all others between the same two nodes.
func (a *arcs) renumber(rank, targetRank []uint32) {
	for i, from := range a.from {
		if len(a.fixed) > 0 {
			if w, ok := a.fixed[uint64(from)<<32|uint64(a.to[i])]; ok {
				a.weight[i] = w
			}
		}
		a.from[i], a.to[i] = rank[from], targetRank[a.to[i]]
	}
}

// graph builds the CSR. Of several ties between the same two nodes, which only
// somebody's hand can make, the heaviest counts.
func (a *arcs) graph(ctx context.Context, rows, cols int) (*graph.Graph, error) {
	if rows == 0 || cols == 0 {
		return &graph.Graph{Offsets: make([]uint64, rows+1), Cols: uint32(cols)}, nil
	}
	g, _, err := graph.Build(ctx, graph.BuildOptions{Rows: uint32(rows), Cols: uint32(cols), Merge: graph.MergeMax}, a.from, a.to, a.weight)
	return g, err
}

// spend adds up what each customer spent, in the order of the products, which
// makes the sum the same to the bit wherever the ties come from.
func (a *arcs) spend(sum []float64) {
	order := make([]uint32, len(a.from))
	for i := range order {
		order[i] = uint32(i)
	}
	slices.SortFunc(order, func(i, j uint32) int {
		return cmp.Or(cmp.Compare(a.from[i], a.from[j]), cmp.Compare(a.to[i], a.to[j]), cmp.Compare(a.amount[i], a.amount[j]))
	})
	for _, i := range order {
		sum[a.from[i]] += a.amount[i]
	}
}

// block is the number of neighbouring nodes that a record of a stream is about.
const block = 1024

// stream runs a query by several readers, each of which takes its share of the
// blocks up to the node numbered last. each is called by one reader at a time.
// An error of the driver comes back as it is, and what each has seen by then is
// a part.
func (s *Store) stream(ctx context.Context, text string, last int64, each func(*neo4j.Record) error) error {
	return s.streamWith(ctx, text, nil, last, each)
}

// streamWith is stream for a query that has parameters of its own.
func (s *Store) streamWith(ctx context.Context, text string, own map[string]any, last int64, each func(*neo4j.Record) error) error {
	if s.closed.Load() {
		return ErrClosed
	}
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for i := range s.o.Readers {
		first := int64(i) * block
		if first > last {
			break
		}
		group.Go(func() error {
			params := map[string]any{"first": first, "last": last, "step": int64(s.o.Readers) * block, "block": block}
			maps.Copy(params, own)
			return s.once(ctx, func(ctx context.Context, tx neo4jTx) error {
				result, err := tx.Run(ctx, text, params)
				if err != nil {
					return err
				}
				for result.Next(ctx) {
					mu.Lock()
					err := each(result.Record())
					mu.Unlock()
					if err != nil {
						return err
					}
				}
				return result.Err()
			})
		})
	}
	return group.Wait()
}

// list is a column of a record.
func list(record *neo4j.Record, i int) []any {
	v, _ := record.Values[i].([]any)
	return v
}

// shown is a value of a query for a person; false stands for none.
func shown(v any) any {
	if v == false {
		return "nothing"
	}
	return v
}

// number is a number as analysts write it, whole or not.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case int64:
		return float64(v), true
	}
	return 0, false
}
