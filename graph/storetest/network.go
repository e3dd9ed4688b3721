package storetest

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
)

// network is a graph.Source of lists.
type network struct {
	customers []graph.Customer
	products  []graph.Product
	ties      [len(graph.Kinds)][]graph.Tie
	// interrupt, unless nil, is called before each item with the name of the
	// sequence and the place in it; an error ends the sequence.
	interrupt func(sequence string, place int) error
}

func (n *network) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return sequence(n, "customers", n.customers)
}

func (n *network) Products(context.Context) iter.Seq2[graph.Product, error] {
	return sequence(n, "products", n.products)
}

func (n *network) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return sequence(n, k.String(), n.ties[k])
}

func sequence[T any](n *network, name string, list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for i, item := range list {
			if n.interrupt != nil {
				if err := n.interrupt(name, i); err != nil {
					var none T
					yield(none, err)
					return
				}
			}
			if !yield(item, nil) {
				return
			}
		}
	}
}

// call is a call tie with nothing but a weight.
func call(from, to string, weight float64) graph.Tie {
	return graph.Tie{From: from, To: to, Weight: weight, Count: int64(weight)}
}

func bought(from, to string, times, amount float64) graph.Tie {
	return graph.Tie{From: from, To: to, Weight: times, Count: int64(times), Quantity: times, Amount: amount}
}

// small is a network with something of everything.
func small() *network {
	day := func(d int) time.Time { return time.Date(2026, 3, d, 10, 20, 30, 123456000, time.UTC) }
	return &network{
		customers: []graph.Customer{
			{ID: "ann", Attributes: `{"age":"31","city":"Ulm"}`},
			{ID: "bob", Attributes: `{"age":"44"}`},
			{ID: "cem"},
			{ID: "dora", Attributes: `{"note":"says \"hi\", it's ok \\ 日本"}`},
		},
		products: []graph.Product{
			{ID: "tea", Name: "Green tea", Category: "drinks", Price: 2.25, AvailableFrom: day(1), AvailableTo: day(30)},
			{ID: "cup", Name: "Cup, \"large\"", Category: "kitchen", Price: 0},
			{ID: "odd", Price: -1},
		},
		ties: [...][]graph.Tie{
			{
				{From: "ann", To: "bob", Weight: 3, Count: 5, Messages: 2, Seconds: 1234, First: day(2), Last: day(9)},
				{From: "bob", To: "ann", Weight: 0.5, Count: 1, Seconds: 60, First: day(3), Last: day(3)},
				{From: "cem", To: "ann", Weight: 16777217, Count: 1 << 40, Messages: 1 << 39, Seconds: 1 << 41},
			},
			{
				{From: "ann", To: "tea", Weight: 2, Count: 2, Quantity: 3.5, Amount: 7.875, First: day(4), Last: day(5)},
				{From: "ann", To: "cup", Weight: 1, Count: 1, Quantity: 1, Amount: 0.1},
				{From: "bob", To: "tea", Weight: 1, Count: 1, Quantity: 1, Amount: -2.25},
			},
			{
				{From: "dora", To: "odd", Weight: 4, Count: 4, Seconds: 77, First: day(6), Last: day(7)},
			},
		},
	}
}

// picture is a graph.Network in plain values, which cmp can show.
type picture struct {
	Customers, Attributes, Products []string
	Catalogue                       []graph.Product
	Calls, Bought, Viewed           matrix
	Spend                           []float64
}

type matrix struct {
	Offsets    []uint64
	Targets    []uint32
	Weights    []float32
	Cols       uint32
	Undirected bool
}

// expected numbers the nodes of a source and builds its graphs, in the simplest
// way: this is what Read must return.
func expected(n *network) picture {
	attributes := map[string]string{}
	catalogue := map[string]graph.Product{}
	for k, ties := range n.ties {
		for _, t := range ties {
			attributes[t.From] = ""
			if graph.Kind(k) == graph.Called {
				attributes[t.To] = ""
			} else {
				catalogue[t.To] = graph.Product{ID: t.To, Price: -1}
			}
		}
	}
	for _, c := range n.customers {
		attributes[c.ID] = c.Attributes
	}
	for _, p := range n.products {
		catalogue[p.ID] = p
	}
	var p picture
	customers, products := map[string]uint32{}, map[string]uint32{}
	for id := range attributes {
		p.Customers = append(p.Customers, id)
	}
	slices.Sort(p.Customers) // by bytes, as Go compares
	for i, id := range p.Customers {
		customers[id] = uint32(i)
		p.Attributes = append(p.Attributes, attributes[id])
	}
	for id := range catalogue {
		p.Products = append(p.Products, id)
	}
	slices.Sort(p.Products)
	for i, id := range p.Products {
		products[id] = uint32(i)
		p.Catalogue = append(p.Catalogue, catalogue[id])
	}
	p.Calls = matrixOf(n.ties[graph.Called], customers, customers)
	p.Bought = matrixOf(n.ties[graph.Bought], customers, products)
	p.Viewed = matrixOf(n.ties[graph.Viewed], customers, products)
	p.Spend = make([]float64, len(p.Customers))
	for _, t := range inOrder(n.ties[graph.Bought]) {
		p.Spend[customers[t.From]] += t.Amount
	}
	return p
}

func matrixOf(ties []graph.Tie, rows, cols map[string]uint32) matrix {
	m := matrix{Offsets: make([]uint64, len(rows)+1), Cols: uint32(len(cols))}
	for _, t := range inOrder(ties) {
		m.Offsets[rows[t.From]+1]++
		m.Targets = append(m.Targets, cols[t.To])
		m.Weights = append(m.Weights, float32(t.Weight))
	}
	for u := range len(rows) {
		m.Offsets[u+1] += m.Offsets[u]
	}
	return m
}

func inOrder(ties []graph.Tie) []graph.Tie {
	sorted := slices.Clone(ties)
	slices.SortFunc(sorted, func(a, b graph.Tie) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return sorted
}

// pictured is what a store returned.
func pictured(t *testing.T, n *graph.Network) picture {
	t.Helper()
	return picture{
		Customers: list(n.Customers), Attributes: list(n.Attributes), Products: list(n.Products),
		Catalogue: n.Catalogue, Spend: n.Spend,
		Calls: matrixIn(t, "Calls", n.Calls), Bought: matrixIn(t, "Bought", n.Bought), Viewed: matrixIn(t, "Viewed", n.Viewed),
	}
}

func matrixIn(t *testing.T, name string, g *graph.Graph) matrix {
	t.Helper()
	if g == nil {
		t.Fatalf("Network.%s is nil", name)
	}
	if err := g.Validate(); err != nil {
		t.Errorf("Network.%s: %v", name, err)
	}
	m := matrix{g.Offsets, g.Targets, g.Weights, g.Cols, g.Undirected}
	if m.Weights == nil { // every arc weighs 1
		m.Weights = slices.Repeat([]float32{1}, len(m.Targets))
	}
	return m
}

func list(n *graph.Names) []string {
	var all []string
	for i := range n.Len() {
		all = append(all, n.At(uint32(i)))
	}
	return all
}

func diff(want, got any) string {
	return gocmp.Diff(want, got, cmpopts.EquateEmpty())
}

// mustSync stores a network.
func mustSync(t *testing.T, s graph.Store, n *network) {
	t.Helper()
	if err := s.Sync(t.Context(), n, nil); err != nil {
		t.Fatalf("Sync: %v", err)
	}
}

// mustHold reads the network and compares it.
func mustHold(t *testing.T, s graph.Store, want picture) {
	t.Helper()
	n, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	if d := diff(want, pictured(t, n)); d != "" {
		t.Fatalf("the stored network differs (-want +got):\n%s", d)
	}
}

// mustRefuse syncs a network that a store must not take, and sees that the
// former one is still there.
func mustRefuse(t *testing.T, s graph.Store, n *network, why error) {
	t.Helper()
	before, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	err = s.Sync(t.Context(), n, nil)
	if err == nil {
		t.Fatal("Sync took it")
	}
	if why != nil && !errors.Is(err, why) {
		t.Fatalf("Sync said %q, which is not %q", err, why)
	}
	mustHold(t, s, pictured(t, before))
}
