package neo4jstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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

// Reading is a mapped graph in memory, and what was found while it was read.
type Reading struct {
	Network *graph.Network
	// Departures are those who left, by time and then id. One whose time is
	// not known has the zero time.
	Departures []graph.Departure
	// Span is from the first event to just after the last one, as the ties
	// and departures tell; zero where they have no times.
	Span   graph.Window
	Report Report

	// The server's numbers of the nodes, in canonical order.
	customers, products []int64
	only                bool // the report is wanted
}

// Read streams a mapped graph by several readers. Vertices are numbered by the
// byte order of their ids and parallel relationships add up in a fixed order, so
// the result depends neither on the number of readers nor on the order in which
// the server has its nodes.
//
// A node without an id and a relationship that cannot be a tie are left out and
// counted in the Report; two nodes with the same id are an error, as is a name in
// the map that the graph does not know. Somebody may write meanwhile: what comes
// or goes while it is read may be there or not.
//
// It takes O(n log n + m log d) time for n nodes and m relationships of up to d a
// customer, and at its peak, beside the result, 24 bytes an arc and 16 a node.
func (v *Visitor) Read(ctx context.Context, m *GraphMap, p graph.Progress) (*Reading, error) {
	reading, err := v.inspect(ctx, m, false, &reporter{p: p})
	if err == nil {
		err = reading.Report.refuse(m)
	}
	if err != nil {
		return nil, fmt.Errorf("read the mapped graph from Neo4j: %w", err)
	}
	return reading, nil
}

// Inspect is Read for somebody who wants to know what is wrong: it gives the
// Report also of a graph that Read refuses.
func (v *Visitor) Inspect(ctx context.Context, m *GraphMap, p graph.Progress) (*Report, error) {
	reading, err := v.inspect(ctx, m, true, &reporter{p: p})
	if err != nil {
		return nil, fmt.Errorf("check the map against the graph: %w", err)
	}
	return &reading.Report, nil
}

func (v *Visitor) inspect(ctx context.Context, m *GraphMap, only bool, r *reporter) (*Reading, error) {
	if err := v.validate(ctx, m); err != nil {
		return nil, err
	}
	began := time.Now()
	for {
		reading, err := v.visit(ctx, m, only, r)
		if err == nil {
			return reading, nil
		}
		if ctx.Err() != nil || !passing(err) || time.Since(began) > v.s.o.RetryFor {
			return nil, explain(ctx, err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// visit is one attempt. only leaves the ties out once they are counted.
func (v *Visitor) visit(ctx context.Context, m *GraphMap, only bool, r *reporter) (*Reading, error) {
	reading := &Reading{Network: &graph.Network{Attributes: &graph.Names{}}, only: only}
	n := reading.Network
	r.begin("reading customers", 0)
	customers, err := v.mappedCustomers(ctx, m, reading, r)
	if err != nil {
		return nil, err
	}
	r.begin("reading products", 0)
	products, err := v.mappedProducts(ctx, m, reading, r)
	if err != nil {
		return nil, err
	}
	var rank, productRank []uint32
	n.Customers, rank = customers.dict.Canonical()
	n.Products, productRank = products.dict.Canonical()
	for _, i := range inverse(rank) {
		n.Attributes.Append(customers.attributes.At(i))
		reading.customers = append(reading.customers, customers.at[i])
	}
	for _, i := range inverse(productRank) {
		n.Catalogue = append(n.Catalogue, products.catalogue[i])
		reading.products = append(reading.products, products.at[i])
	}
	n.Spend = make([]float64, n.Customers.Len())
	for _, list := range m.ties() {
		target, targetRank := customers, rank
		if list.kind != graph.Called {
			target, targetRank = products, productRank
		}
		a := &arcs{}
		for _, t := range list.maps {
			r.begin("reading "+t.Type, 0)
			if err := v.mappedTies(ctx, m, list.kind, t, a, customers, target, reading, r); err != nil {
				return nil, err
			}
		}
		a.renumber(rank, targetRank)
		g, err := a.sum(ctx, n.Customers.Len(), target.dict.Len())
		if err != nil {
			return nil, err
		}
		switch list.kind {
		case graph.Called:
			n.Calls = g
		case graph.Bought:
			n.Bought = g
			a.spend(n.Spend)
		case graph.Viewed:
			n.Viewed = g
		}
	}
	slices.SortFunc(reading.Departures, func(a, b graph.Departure) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Customer, b.Customer))
	})
	return reading, nil
}

// Hash is that of all that was read, such as 64 hex digits: the same for the same
// network, whatever it is called in the database.
func (r *Reading) Hash() string {
	h := sha256.New()
	put := func(parts ...any) {
		for _, part := range parts {
			_ = binary.Write(h, binary.LittleEndian, part) // a hash takes everything
		}
	}
	n := r.Network
	for _, list := range []*graph.Names{n.Customers, n.Attributes, n.Products} {
		blob, ends := list.Raw()
		put(uint64(list.Len()), ends, blob)
	}
	for _, p := range n.Catalogue {
		fmt.Fprintf(h, "%q %q %v %v %v\n", p.Name, p.Category, p.Price, p.AvailableFrom.UnixNano(), p.AvailableTo.UnixNano())
	}
	for _, g := range []*graph.Graph{n.Calls, n.Bought, n.Viewed} {
		put(uint64(len(g.Weights)), g.Offsets, g.Targets, g.Weights)
	}
	put(n.Spend)
	for _, d := range r.Departures {
		fmt.Fprintf(h, "%q %v\n", d.Customer, d.At.UnixNano())
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sum builds the CSR of ties that add up.
func (a *arcs) sum(ctx context.Context, rows, cols int) (*graph.Graph, error) {
	if rows == 0 || cols == 0 {
		return &graph.Graph{Offsets: make([]uint64, rows+1), Cols: uint32(cols)}, nil
	}
	g, _, err := graph.Build(ctx, graph.BuildOptions{Rows: uint32(rows), Cols: uint32(cols)}, a.from, a.to, a.weight)
	return g, err
}

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

// mappedTies streams the relationships of one type into arcs.
func (v *Visitor) mappedTies(ctx context.Context, m *GraphMap, k graph.Kind, t TieMap, a *arcs, customers, target *nodes, reading *Reading, r *reporter) error {
	report := &TieReport{Kind: kindText(k), Type: t.Type, Weight: t.Weight, Amount: t.Amount}
	direct := k == graph.Called && t.Then == nil
	direction := t.Direction
	if direct {
		// Each relationship once, from its start; what it means is decided here.
		direction = outwards
	}
	pattern := oneStep("r", t.Type, direction)
	property := func(name string) string { return "r." + cypherName(name) }
	if t.Then != nil {
		report.Then = t.Then.Type
		pattern += "(m)" + oneStep("q", t.Then.Type, t.Then.Direction)
		property = func(name string) string {
			name = cypherName(name)
			return "coalesce(q." + name + ", m." + name + ", r." + name + ")"
		}
	}
	column := func(name, missing string) string {
		if name == "" {
			return "[]"
		}
		return "collect(coalesce(" + property(name) + ", " + missing + "))"
	}
	aggregate := func(function, name string) string {
		if name == "" {
			return "null"
		}
		return function + "(" + property(name) + ")"
	}
	params := map[string]any{}
	text := strings.NewReplacer(
		"LABELS", anyLabel("a", m.Customers.Labels),
		"PATTERN", pattern,
		"CONDITION", condition(property, t.Where, params),
		"WEIGHTS", column(t.Weight, "''"), "AMOUNTS", column(t.Amount, "0"),
		"FIRST", aggregate("min", t.First), "LAST", aggregate("max", t.Last),
	).Replace(query("mapped_ties"))
	factor := t.Factor
	if factor == 0 {
		factor = 1
	}
	err := v.s.streamWith(ctx, text, params, customers.last, func(record *neo4j.Record) error {
		froms, tos, weights, amounts := list(record, 0), list(record, 1), list(record, 2), list(record, 3)
		report.Relationships += int64(len(froms))
		for i := range froms {
			from, ok := customers.of(froms[i])
			if !ok {
				continue // a node that a filter, or the lack of an id, leaves out
			}
			to, ok := target.of(tos[i])
			if !ok {
				report.Elsewhere++
				continue
			}
			if k == graph.Called && from == to {
				report.Loops++
				continue
			}
			w := 1.0
			if t.Weight != "" {
				if w, ok = report.weigh(weights[i], t.Default, customers.ids.At(from), target.ids.At(to)); !ok {
					continue
				}
			}
			w *= factor
			if float32(w) > math.MaxFloat32 {
				report.bad(weights[i], customers.ids.At(from), target.ids.At(to))
				continue
			}
			amount := 0.0
			if t.Amount != "" {
				if amount, ok = number(amounts[i]); !ok || math.IsNaN(amount) || math.IsInf(amount, 0) {
					report.NoAmount++
					amount = 0
				}
			}
			report.Ties++
			if reading.only {
				continue
			}
			if direct && t.Direction == inwards {
				from, to = to, from
			}
			a.add(k, from, to, float32(w), amount)
			if direct && t.Direction == bothWays {
				a.add(k, to, from, float32(w), amount)
			}
		}
		first, ok := momentOf(record.Values[4])
		last, ok2 := momentOf(record.Values[5])
		report.strangeTimes = report.strangeTimes || !ok && record.Values[4] != nil || !ok2 && record.Values[5] != nil
		reading.saw(first, first)
		reading.saw(last, last)
		r.add(int64(len(froms)))
		return nil
	})
	reading.Report.Ties = append(reading.Report.Ties, report)
	return err
}

// oneStep is the Cypher for one step of a path.
func oneStep(variable, relationship, direction string) string {
	step := "-[" + variable + ":" + cypherName(relationship) + "]-"
	switch direction {
	case inwards:
		return "<" + step
	case bothWays:
		return step
	}
	return step + ">"
}

// add appends an arc.
func (a *arcs) add(k graph.Kind, from, to uint32, w float32, amount float64) {
	a.from, a.to, a.weight = append(a.from, from), append(a.to, to), append(a.weight, w)
	if k == graph.Bought {
		a.amount = append(a.amount, amount)
	}
}
