package neo4jstore

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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
