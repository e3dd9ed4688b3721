package storetest

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"kith/graph"
)

func (s suite) empty(t *testing.T) {
	store := s.open(t)
	mustHold(t, store, expected(&network{}))
	if _, err := store.Current(t.Context()); !errors.Is(err, graph.ErrNoRun) {
		t.Errorf("Current of an empty store: %v, want ErrNoRun", err)
	}
}

func (s suite) emptySource(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, &network{})
	mustHold(t, store, expected(&network{}))
}

func (s suite) oneCustomer(t *testing.T) {
	store := s.open(t)
	one := &network{customers: []graph.Customer{{ID: "only", Attributes: `{"a":"b"}`}}}
	mustSync(t, store, one)
	mustHold(t, store, expected(one))
}

func (s suite) roundTrip(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	mustHold(t, store, expected(small()))
}

func (s suite) tieFields(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	for _, k := range graph.Kinds {
		if d := diff(inOrder(small().ties[k]), inOrder(s.o.Ties(t, store, k))); d != "" {
			t.Errorf("%s ties (-want +got):\n%s", k, d)
		}
	}
}

func (s suite) syncTwice(t *testing.T) {
	store := s.open(t)
	var stages int
	for range 2 {
		err := store.Sync(t.Context(), small(), func(stage string, _, _ int64) {
			if stage == "" {
				t.Error("progress without a stage")
			}
			stages++
		})
		if err != nil {
			t.Fatal(err)
		}
		mustHold(t, store, expected(small()))
	}
	if stages == 0 {
		t.Error("Sync reported no progress")
	}
}

func (s suite) syncUpdates(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	n := small()
	n.customers[0].Attributes = `{"city":"Bonn"}`
	n.customers[1].Attributes = ""
	n.customers = append(n.customers, graph.Customer{ID: "aaa"}) // shifts the numbers
	n.products[0] = graph.Product{ID: "tea", Name: "Tea", Category: "hot drinks", Price: -1}
	n.products[2].Price = 9.5
	n.ties[graph.Called][0].Weight = 8
	n.ties[graph.Bought][0].Amount = 100
	n.ties[graph.Called] = append(n.ties[graph.Called], call("aaa", "dora", 1))
	mustSync(t, store, n)
	mustHold(t, store, expected(n))
}

func (s suite) syncRemoves(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())

	// Of a part nothing else is left, whatever was stored before.
	part := small()
	part.customers, part.products = part.customers[:2], part.products[1:]
	part.ties = [len(graph.Kinds)][]graph.Tie{{call("ann", "bob", 2)}}
	mustSync(t, store, part)
	mustHold(t, store, expected(part))
	mustSync(t, store, &network{})
	mustHold(t, store, expected(&network{}))

	// What has left may come back.
	mustSync(t, store, small())
	mustHold(t, store, expected(small()))
}

func (s suite) nodesFromTies(t *testing.T) {
	store := s.open(t)
	n := small()
	n.customers, n.products = n.customers[:1], n.products[:1]
	mustSync(t, store, n)
	mustHold(t, store, expected(n))

	// Being named by a tie takes nothing from a node that is known.
	bare := small()
	bare.customers, bare.products = nil, nil
	mustSync(t, store, bare)
	mustHold(t, store, expected(n))
}

func (s suite) loops(t *testing.T) {
	store := s.open(t)
	n := &network{}
	n.ties[graph.Called] = []graph.Tie{call("a", "a", 2), call("a", "b", 3), call("b", "a", 5)}
	n.ties[graph.Bought] = []graph.Tie{bought("a", "a", 7, 0.1)} // a product may have a customer's id
	n.ties[graph.Viewed] = []graph.Tie{{From: "a", To: "a", Weight: 1, Count: 1}}
	mustSync(t, store, n)
	mustHold(t, store, expected(n))
}

// canonical asks for the order of bytes, which differs from that of any
// language, and for equal numbers whatever the order of the source.
func (s suite) canonical(t *testing.T) {
	ids := []string{"0", "00", "+49", "A", "a", "B", "b", "Z", "z", "é", "e\u0301", "ß", "ss", "日", "😀", "a b", "a,b", " a", "~", "10", "9"}
	r := rand.New(rand.NewPCG(7, 11))
	base := &network{}
	for _, id := range ids {
		base.customers = append(base.customers, graph.Customer{ID: id, Attributes: fmt.Sprintf(`{"id":%q}`, id)})
		base.products = append(base.products, graph.Product{ID: id, Name: id, Price: 1})
		for _, to := range ids {
			if r.IntN(3) == 0 {
				base.ties[graph.Called] = append(base.ties[graph.Called], call(id, to, float64(1+r.IntN(5))))
				base.ties[graph.Bought] = append(base.ties[graph.Bought], bought(id, to, 1, r.Float64()))
			}
		}
	}
	want := expected(base)
	if !slices.IsSorted(want.Customers) {
		t.Fatal("the expectation is not in byte order")
	}
	for range 3 {
		shuffle(r, base.customers)
		shuffle(r, base.products)
		shuffle(r, base.ties[graph.Called])
		shuffle(r, base.ties[graph.Bought])
		store := s.open(t)
		mustSync(t, store, base)
		mustHold(t, store, want)
	}
}

func shuffle[T any](r *rand.Rand, list []T) {
	r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
}

// many has more rows than a store is likely to send at once.
func (s suite) many(t *testing.T) {
	store := s.open(t)
	n := large(3000)
	mustSync(t, store, n)
	mustHold(t, store, expected(n))
}

// large is a network of n customers and 8 n call ties.
func large(n int) *network {
	g := &network{}
	for i := range n {
		id := fmt.Sprint("c", i)
		g.customers = append(g.customers, graph.Customer{ID: id})
		for j := range 8 {
			g.ties[graph.Called] = append(g.ties[graph.Called], call(id, fmt.Sprint("c", (i+1+j*j)%n), float64(1+j)))
		}
		g.ties[graph.Bought] = append(g.ties[graph.Bought], bought(id, fmt.Sprint("p", i%97), 1, float64(i)/7))
	}
	return g
}

func (s suite) badSources(t *testing.T) {
	cases := map[string]func(n *network){
		"customer without id":    func(n *network) { n.customers[1].ID = "" },
		"product without id":     func(n *network) { n.products[1].ID = "" },
		"tie from nobody":        func(n *network) { n.ties[graph.Called][1].From = "" },
		"tie to nothing":         func(n *network) { n.ties[graph.Bought][1].To = "" },
		"id not UTF-8":           func(n *network) { n.customers[1].ID = "a\xffb" },
		"tie id not UTF-8":       func(n *network) { n.ties[graph.Viewed][0].To = "\xc3" },
		"name not UTF-8":         func(n *network) { n.products[1].Name = "\xff" },
		"attributes not UTF-8":   func(n *network) { n.customers[1].Attributes = "{\"a\":\"\xff\"}" },
		"weight 0":               func(n *network) { n.ties[graph.Called][1].Weight = 0 },
		"negative weight":        func(n *network) { n.ties[graph.Called][1].Weight = -1 },
		"NaN weight":             func(n *network) { n.ties[graph.Bought][1].Weight = math.NaN() },
		"infinite weight":        func(n *network) { n.ties[graph.Viewed][0].Weight = math.Inf(1) },
		"weight above float32":   func(n *network) { n.ties[graph.Called][1].Weight = 1e39 },
		"weight below float32":   func(n *network) { n.ties[graph.Called][1].Weight = 1e-60 },
		"NaN amount":             func(n *network) { n.ties[graph.Bought][1].Amount = math.NaN() },
		"infinite price":         func(n *network) { n.products[0].Price = math.Inf(1) },
		"customer twice":         func(n *network) { n.customers = append(n.customers, n.customers[0]) },
		"product twice":          func(n *network) { n.products = append(n.products, n.products[0]) },
		"tie twice":              func(n *network) { n.ties[0] = append(n.ties[0], call("ann", "bob", 1)) },
		"tie twice among others": func(n *network) { n.ties[2] = append(n.ties[2], n.ties[2][0]) },
	}
	store := s.open(t)
	mustSync(t, store, small())
	for name, spoil := range cases {
		t.Run(name, func(t *testing.T) {
			n := small()
			n.customers = append(n.customers, graph.Customer{ID: "new"})
			spoil(n)
			mustRefuse(t, store, n, nil)
		})
	}
}
