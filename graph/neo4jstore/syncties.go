package neo4jstore

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"math"
	"slices"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// storedTie is a tie in the graph: its ends, from in the upper half, and a hash
// of its figures.
type storedTie struct{ key, figures uint64 }

// storedTies are the stored ties of a kind by their ends.
type storedTies struct {
	list []storedTie
	// byHand has the ties with a fixed weight, several the ends between which
	// somebody has made more than one. Both are few.
	byHand, several map[uint64]bool
}

func (d *differ) compareTies(ctx context.Context, src graph.Source, k graph.Kind) error {
	d.r.begin("reading stored "+k.String()+" ties", 0)
	have, err := d.stored(ctx, k)
	if err != nil {
		return explain(ctx, err)
	}
	d.r.begin(d.doing+" "+k.String()+" ties", 0)
	seen := make([]bool, len(have.list))
	var fresh []uint64
	count := 0
	for t, err := range src.Ties(ctx, k) {
		if err == nil {
			err = cmp.Or(t.Check(k), checkText("customer", t.From), checkText(targetLabel(k), t.To))
		}
		if err != nil {
			return err
		}
		from, err := d.end(putCustomer, t.From)
		if err != nil {
			return err
		}
		to, err := d.end(putNodeOf(k), t.To)
		if err != nil {
			return err
		}
		key := uint64(from)<<32 | uint64(to)
		at, there := slices.BinarySearchFunc(have.list, key, func(t storedTie, key uint64) int { return cmp.Compare(t.key, key) })
		if !there {
			fresh = append(fresh, key)
			err = d.note(k, addTie, t)
		} else {
			if seen[at] {
				return d.twice(k, key)
			}
			seen[at] = true
			err = d.update(k, have, at, t)
		}
		if err != nil {
			return err
		}
		if count++; count%often == 0 {
			d.r.add(often)
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
	}
	d.r.add(int64(count % often))

	slices.Sort(fresh)
	for i := 1; i < len(fresh); i++ {
		if fresh[i] == fresh[i-1] {
			return d.twice(k, fresh[i])
		}
	}
	return d.drop(k, have, seen)
}

// update brings a tie up to date that is stored already.
func (d *differ) update(k graph.Kind, have *storedTies, at int, t graph.Tie) error {
	several := have.several[have.list[at].key]
	if several {
		if err := d.note(k, mendTie, t); err != nil {
			return err
		}
	}
	if several || have.list[at].figures != d.hash(rowOf(k, t)) {
		return d.note(k, setTie, t)
	}
	return nil
}

// drop removes what the source has not yielded, but for weights fixed by hand
// that stand alone.
func (d *differ) drop(k graph.Kind, have *storedTies, seen []bool) error {
	target := d.products
	if k == graph.Called {
		target = d.customers
	}
	bare := d.hash(make([]any, len(figures[k])))
	for i, t := range have.list {
		if seen[i] || t.figures == bare && have.byHand[t.key] && !have.several[t.key] {
			continue
		}
		gone := graph.Tie{From: d.customers.ids.At(uint32(t.key >> 32)), To: target.ids.At(uint32(t.key))}
		if have.several[t.key] {
			if err := d.note(k, mendTie, gone); err != nil {
				return err
			}
		}
		if err := d.note(k, dropTie, gone); err != nil {
			return err
		}
	}
	return nil
}

// note notes down what is to happen to a tie.
func (d *differ) note(k graph.Kind, what step, t graph.Tie) error {
	row := []any{t.From, t.To}
	if what == setTie || what == addTie {
		row = append(row, rowOf(k, t)...)
	}
	return d.journal.tie(change{tieStep(k, what), row}, t.From, t.To)
}

func (d *differ) twice(k graph.Kind, key uint64) error {
	target := d.products
	if k == graph.Called {
		target = d.customers
	}
	return fmt.Errorf("the source has the %s tie %.100q to %.100q twice: each must stand in it once",
		k, d.customers.ids.At(uint32(key>>32)), target.ids.At(uint32(key)))
}

// end is the number of a tie's end. A node that nobody knows yet is made.
func (d *differ) end(put step, id string) (uint32, error) {
	n, seen, row := d.customers, &d.seenCustomers, []any{id, map[string]any{}}
	if put == putProduct {
		n, seen, row = d.products, &d.seenProducts, productRow(graph.Product{ID: id, Price: -1})
	}
	i, fresh := n.add(id)
	if news := see(seen, i); !fresh && (!news || n.whose[i] != kept) {
		return i, nil
	}
	return i, d.journal.node(change{d.put(put, id), row}, id)
}

func putNodeOf(k graph.Kind) step {
	if k == graph.Called {
		return putCustomer
	}
	return putProduct
}

// stored streams the ties of a kind with all their figures.
func (d *differ) stored(ctx context.Context, k graph.Kind) (*storedTies, error) {
	have := &storedTies{byHand: map[uint64]bool{}, several: map[uint64]bool{}}
	target := d.products
	if k == graph.Called {
		target = d.customers
	}
	row := make([]any, len(figures[k]))
	columns := make([][]any, len(figures[k]))
	err := d.s.stream(ctx, tieQuery("stored_ties", k), d.customers.last, func(record *neo4j.Record) error {
		named := record.AsMap()
		froms, tos, fixed := anyList(named["froms"]), anyList(named["tos"]), anyList(named["fixed"])
		for j, figure := range figures[k] {
			columns[j] = anyList(named[figure])
		}
		for i := range froms {
			from, ok := d.customers.of(froms[i])
			to, ok2 := target.of(tos[i])
			if !ok || !ok2 {
				return fmt.Errorf("%w: a %s relationship ends at a node that is no %s", errStrange, k, targetLabel(k))
			}
			key := uint64(from)<<32 | uint64(to)
			for j := range row {
				row[j] = columns[j][i]
			}
			have.list = append(have.list, storedTie{key, d.hash(row)})
			if byHand, _ := fixed[i].(bool); byHand {
				have.byHand[key] = true
				d.fixedCustomers[from] = true
				if k == graph.Called {
					d.fixedCustomers[to] = true
				} else {
					d.fixedProducts[to] = true
				}
			}
		}
		d.r.add(int64(len(froms)))
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(have.list, func(a, b storedTie) int { return cmp.Compare(a.key, b.key) })
	single := have.list[:0]
	for _, t := range have.list {
		if len(single) > 0 && single[len(single)-1].key == t.key {
			have.several[t.key] = true
			continue
		}
		single = append(single, t)
	}
	have.list = single
	return have, nil
}

// hash mixes the figures of a tie, as they are stored or as they would be. A
// missing one is nil, or false in a column; what somebody has put in that is of
// another type makes the tie differ.
func (d *differ) hash(row []any) uint64 {
	var words [12]uint64
	for i, v := range row {
		kind, word := uint64(0), uint64(0)
		switch v := v.(type) {
		case nil:
		case bool:
			if v {
				kind = 5
			}
		case int64:
			kind, word = 1, uint64(v)
		case float64:
			kind, word = 2, math.Float64bits(v)
		case time.Time:
			kind, word = 3, uint64(v.UnixMicro())
		default:
			kind = 4
		}
		words[2*i], words[2*i+1] = kind, word
	}
	return maphash.Comparable(d.seed, words)
}

func anyList(v any) []any {
	l, _ := v.([]any)
	return l
}
