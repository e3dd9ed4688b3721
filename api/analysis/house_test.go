package analysis

import (
	"context"
	"fmt"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/graphtest"
)

// house is a store and an event store in memory: a network that stands still,
// and departures.
type house struct {
	net       *graph.Network
	left      []graph.Departure
	aliases   []graph.Alias
	published *graph.Findings
	window    graph.Window
	fail      error
}

func (h *house) Sync(context.Context, graph.Source, graph.Progress) error { return h.fail }

func (h *house) Read(context.Context, graph.Progress) (*graph.Network, error) {
	return h.net, nil
}

func (h *house) Publish(_ context.Context, f *graph.Findings, _ graph.Progress) error {
	if h.fail != nil {
		return h.fail
	}
	h.published = f
	return nil
}

func (h *house) Current(context.Context) (graph.Run, error) {
	if h.published == nil {
		return graph.Run{}, graph.ErrNoRun
	}
	return h.published.Run, nil
}

func (h *house) Close() error { return nil }

func (h *house) Span(context.Context) (graph.Window, error) {
	return graph.Window{From: day(1), To: day(90)}, nil
}

func (h *house) Source(w graph.Window) graph.Source {
	h.window = w
	return nil
}

func (h *house) Departures(context.Context, graph.Window) ([]graph.Departure, error) {
	return h.left, nil
}

func (h *house) Aliases(context.Context, graph.Window) ([]graph.Alias, error) {
	return h.aliases, nil
}

func (h *house) Inputs(context.Context) ([]Input, error) {
	return []Input{{"purchases", "b.csv", "02", 2}, {"calls", "c.csv", "03", 1}, {"calls", "a.csv", "01", 1}}, nil
}

func day(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }

// karate is a house whose customers are Zachary's club. Each of the two
// instructors' followers buys a product of its own, and one member has left.
func karate(t *testing.T) *house {
	t.Helper()
	club := graphtest.Karate()
	n := club.Graph.Rows()
	ids := make([]string, n)
	for u := range ids {
		ids[u] = fmt.Sprintf("m%02d", u)
	}
	bought := &graph.Graph{Offsets: []uint64{0}, Cols: 3}
	for u := range n {
		bought.Targets = append(bought.Targets, club.Groups[u], 2)
		bought.Offsets = append(bought.Offsets, uint64(len(bought.Targets)))
	}
	calls := *club.Graph
	calls.Undirected = false
	spend := make([]float64, n)
	for u := range spend {
		spend[u] = float64(u)
	}
	return &house{
		net: &graph.Network{
			Customers: graph.NamesOf(ids), Attributes: graph.NamesOf(make([]string, n)),
			Products: graph.NamesOf([]string{"p0", "p1", "p2"}), Catalogue: []graph.Product{{ID: "p0"}, {ID: "p1"}, {ID: "p2", AvailableTo: day(30)}},
			Calls: &calls, Bought: bought, Viewed: &graph.Graph{Offsets: make([]uint64, n+1), Cols: 3}, Spend: spend,
		},
		left: []graph.Departure{{Customer: "m05", At: day(60)}, {Customer: "nobody we know", At: day(61)}},
	}
}

func analyze(t *testing.T, h *house, o Options) *Result {
	t.Helper()
	r, err := Analyze(t.Context(), h, h, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
