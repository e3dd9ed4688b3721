package neo4jstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// mappedNodes streams the nodes of some labels with some properties, of which the
// first is the id. each is told the place of a new node in the order of arrival.
func (v *Visitor) mappedNodes(ctx context.Context, labels names, properties []string, where []Filter, report *NodeReport, r *reporter, each func(id string, values []any)) (*nodes, error) {
	report.Labels, report.ID = labels, properties[0]
	last := int64(-1)
	for _, label := range labels {
		err := v.s.once(ctx, func(ctx context.Context, tx neo4jTx) error {
			result, err := tx.Run(ctx, strings.ReplaceAll(query("last_node"), ":LABEL", ":"+cypherName(label)), nil)
			if err != nil {
				return err
			}
			record, err := result.Single(ctx)
			if err != nil {
				return err
			}
			at, _ := record.Values[0].(int64)
			last = max(last, at)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	n := newNodes(last)
	params := map[string]any{}
	columns := make([]string, len(properties))
	for i, p := range properties {
		columns[i] = "n." + cypherName(p)
	}
	text := strings.NewReplacer(
		"CONDITION", anyLabel("n", labels)+condition(func(name string) string { return "n." + cypherName(name) }, where, params),
		"PROPERTIES", strings.Join(columns, ", "),
	).Replace(query("mapped_nodes"))
	err := v.s.streamWith(ctx, text, params, last, func(record *neo4j.Record) error {
		rows := list(record, 0)
		for _, item := range rows {
			values, _ := item.([]any)
			if len(values) != len(properties)+1 {
				return errors.New("the server answers in a way that kith does not understand")
			}
			at, _ := values[0].(int64)
			id, fault := idOf(values[1])
			report.Nodes++
			if fault != "" {
				report.lacks(fault, at)
				continue
			}
			if n.ids.Len() == math.MaxUint32-1 {
				return fmt.Errorf("there are more than %d nodes, which vertex numbers cannot name", n.ids.Len())
			}
			i, fresh := n.add(id)
			for at >= int64(len(n.byServer)) { // it came a moment ago
				n.byServer = append(n.byServer, 0)
			}
			n.byServer[at] = i + 1
			if !fresh {
				report.twice(id)
				continue
			}
			n.at = append(n.at, at)
			each(id, values[2:])
		}
		r.add(int64(len(rows)))
		return nil
	})
	return n, err
}

func (v *Visitor) mappedCustomers(ctx context.Context, m *GraphMap, reading *Reading, r *reporter) (*nodes, error) {
	c := m.Customers
	properties := []string{c.ID}
	if c.Left != "" {
		properties = append(properties, c.Left)
	}
	attributes := slices.Clone([]string(c.Attributes))
	slices.Sort(attributes) // the keys of an object are in byte order
	properties = append(properties, attributes...)
	keys := make([][]byte, len(attributes))
	for i, name := range attributes {
		keys[i], _ = json.Marshal(name) // a text can be written
	}
	texts := &graph.Names{}
	n, err := v.mappedNodes(ctx, c.Labels, properties, c.Where, &reading.Report.Customers, r, func(id string, values []any) {
		if c.Left != "" {
			reading.left(id, values[0])
			values = values[1:]
		}
		texts.Append(object(keys, values))
	})
	if n != nil {
		n.attributes = texts
	}
	return n, err
}

// left notes that a customer left, if the property says so.
func (r *Reading) left(id string, v any) {
	if v == nil || v == false || v == "" {
		return
	}
	d := graph.Departure{Customer: id}
	if v != true {
		var ok bool
		if d.At, ok = momentOf(v); !ok {
			r.Report.NoDate++
			return
		}
		r.saw(d.At, d.At)
	}
	r.Departures = append(r.Departures, d)
}

// saw widens the span to the times of events.
func (r *Reading) saw(first, last time.Time) {
	if !first.IsZero() && (r.Span.From.IsZero() || first.Before(r.Span.From)) {
		r.Span.From = first
	}
	// Half open, and the database keeps times to the nanosecond.
	if !last.IsZero() && !last.Before(r.Span.To) {
		r.Span.To = last.Truncate(time.Microsecond).Add(time.Microsecond)
	}
}

func (v *Visitor) mappedProducts(ctx context.Context, m *GraphMap, reading *Reading, r *reporter) (*nodes, error) {
	if m.Products == nil {
		return newNodes(-1), nil
	}
	p := m.Products
	properties := []string{p.ID}
	place := map[string]int{}
	for _, name := range []string{p.Name, p.Category, p.Price, p.AvailableFrom, p.AvailableTo} {
		if _, there := place[name]; name != "" && !there {
			place[name] = len(properties) - 1
			properties = append(properties, name)
		}
	}
	var catalogue []graph.Product
	n, err := v.mappedNodes(ctx, p.Labels, properties, p.Where, &reading.Report.Products, r, func(id string, values []any) {
		of := func(name string) any {
			if name == "" {
				return nil
			}
			return values[place[name]]
		}
		product := graph.Product{ID: id, Name: textOf(of(p.Name)), Category: textOf(of(p.Category)), Price: -1}
		if price, ok := number(of(p.Price)); ok && price >= 0 && !math.IsInf(price, 0) {
			product.Price = price
		}
		product.AvailableFrom, _ = momentOf(of(p.AvailableFrom))
		product.AvailableTo, _ = momentOf(of(p.AvailableTo))
		catalogue = append(catalogue, product)
	})
	if n != nil {
		n.catalogue = catalogue
	}
	return n, err
}
