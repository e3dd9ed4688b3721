package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"kith/community"
	"kith/graph"
)

// Events is what a run needs of the event store.
type Events interface {
	// Span is the smallest window with every event that has a time.
	Span(ctx context.Context) (graph.Window, error)
	// Source sums the events of a window into nodes and ties.
	Source(w graph.Window) graph.Source
	// Departures lists who left within a window, by time and then id.
	Departures(ctx context.Context, w graph.Window) ([]graph.Departure, error)
	// Aliases lists the ids that stand for another customer at the end of a
	// window, by id.
	Aliases(ctx context.Context, w graph.Window) ([]graph.Alias, error)
	// Inputs lists the imports that the events come from.
	Inputs(ctx context.Context) ([]Input, error)
}

// Options are the settings of Run. The zero value is the default.
type Options struct {
	Seed uint64
	// From and AsOf bound the events that are seen, half open. A zero From is
	// the first event, a zero AsOf just after the last one.
	From, AsOf time.Time
	// MaxCommunity is the size above which a community is split again; 0
	// means 150.
	MaxCommunity int
	// Currency is how the house names its money.
	Currency string
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the Result.
	Threads int
	// Version is that of kith.
	Version  string
	Progress graph.Progress
	// Now tells the time of day; nil means time.Now. It is no part of a
	// Result's identity.
	Now func() time.Time
}

// ErrEmpty says that there is nothing to analyse.
var ErrEmpty = errors.New("there are no customers to analyse yet; load some calls or purchases first")

// Analyze sums the window's events into ties, syncs them into the store, reads the
// network back from there, and finds communities, roles, ranks, churn risk and
// recommendations. It publishes nothing; see Publish.
//
// The Result depends on the accepted events, the options and the corrections in
// the store alone: not on the kind of store, the order of rows, the time of day
// or the number of threads. It returns ErrEmpty when there is no customer.
func Analyze(ctx context.Context, store graph.Store, events Events, o Options) (*Result, error) {
	r := newRun(o)
	m, err := gather(ctx, store, events, o)
	if err != nil {
		return nil, err
	}
	return r.find(ctx, m)
}

// Material is what an analysis works on.
type Material struct {
	Network    *graph.Network
	Departures []graph.Departure
	// Window is the span of the events that made the ties; zero where they
	// carry no time.
	Window graph.Window
	Inputs []Input
	// Aliases are ids by which customers of the network are known too.
	Aliases []graph.Alias
}

// Find is Analyze for a network that is at hand: no events are summed and no
// store is touched. From and AsOf in the options have no part in it.
func Find(ctx context.Context, m Material, o Options) (*Result, error) {
	return newRun(o).find(ctx, m)
}

func newRun(o Options) *run {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.MaxCommunity == 0 {
		o.MaxCommunity = 150
	}
	r := &run{o: o, Result: &Result{}}
	r.Run.Started = o.Now().UTC()
	return r
}

// find runs the stages in order.
func (r *run) find(ctx context.Context, m Material) (*Result, error) {
	if m.Network.Customers.Len() == 0 {
		return nil, ErrEmpty
	}
	r.take(m)
	for _, stage := range []struct {
		name string
		find func(context.Context) error
	}{
		{"find communities", r.communities},
		{"find leaders and roles", r.places},
		{"spread churn risk", r.churn},
		{"describe communities", r.describe},
		{"rank products", r.products},
	} {
		if err := stage.find(ctx); err != nil {
			return nil, fmt.Errorf("%s: %w", stage.name, err)
		}
	}
	r.parameters()
	r.Run.At = r.o.Now().UTC()
	var err error
	if r.Run.ID, err = r.Identity(); err != nil {
		return nil, fmt.Errorf("name the result: %w", err)
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	return r.Result, nil
}

// run is a Result in the making, with what its stages hand on.
type run struct {
	*Result
	o          Options
	net        *graph.Network
	departures []graph.Departure
	// ties is the undirected graph that communities are found in.
	ties *graph.Graph
	// partitions are Levels with customers alone as communities of one,
	// which come last.
	partitions []community.Partition
	// basis says where ties come from: calls or purchases.
	basis string
}

// gather brings the store up to date and reads the network from it.
func gather(ctx context.Context, store graph.Store, events Events, o Options) (m Material, err error) {
	span, err := events.Span(ctx)
	if err != nil {
		return m, err
	}
	w := graph.Window{From: o.From, To: o.AsOf}
	if w.To.IsZero() {
		w.To = span.To
	}
	if !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
		return m, fmt.Errorf("the window from %s to %s is empty; choose a later --as-of or an earlier --from",
			w.From.Format(time.RFC3339), w.To.Format(time.RFC3339))
	}
	if err := store.Sync(ctx, events.Source(w), o.Progress); err != nil {
		return m, err
	}
	if m.Network, err = store.Read(ctx, o.Progress); err != nil {
		return m, err
	}
	if m.Departures, err = events.Departures(ctx, w); err != nil {
		return m, err
	}
	if m.Inputs, err = events.Inputs(ctx); err != nil {
		return m, err
	}
	if m.Aliases, err = events.Aliases(ctx, w); err != nil {
		return m, err
	}
	m.Network = m.Network.Merge(m.Aliases)
	if w.From.IsZero() {
		w.From = span.From
	}
	m.Window = w
	return m, nil
}

// take makes the material the run's own, and its inputs' order a fixed one.
func (r *run) take(m Material) {
	inputs := slices.Clone(m.Inputs)
	slices.SortFunc(inputs, func(a, b Input) int {
		if a.Kind != b.Kind {
			return compareText(a.Kind, b.Kind)
		}
		return compareText(a.Hash, b.Hash)
	})
	r.net, r.departures = m.Network, m.Departures
	r.Run.Window, r.Run.AsOf, r.Run.Inputs = m.Window, m.Window.To, inputs
	r.Run.Seed, r.Run.Version, r.Run.Currency = r.o.Seed, r.o.Version, r.o.Currency
	r.Run.Quality = map[string]float64{}
	r.Customers, r.Attributes = r.net.Customers, r.net.Attributes
	r.Products, r.Catalogue = r.net.Products, r.net.Catalogue
	r.Calls, r.Bought, r.Spend = r.net.Calls, r.net.Bought, r.net.Spend
	r.alias(m.Aliases)
}

// alias keeps the aliases of customers in the network, by id.
func (r *run) alias(aliases []graph.Alias) {
	names := graph.NamesOf(nil)
	sorted := slices.Clone(aliases)
	slices.SortFunc(sorted, func(a, b graph.Alias) int { return compareText(a.ID, b.ID) })
	for _, a := range sorted {
		_, own := r.Customers.Find(a.ID)
		if u, ok := r.Customers.Find(a.Customer); ok && !own {
			names.Append(a.ID)
			r.AliasOf = append(r.AliasOf, u)
		}
	}
	if names.Len() > 0 {
		r.Aliases = names
	}
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// parameters notes the settings that the answer depends on.
func (r *run) parameters() {
	known := "none known"
	if len(r.departures) > 0 {
		known = "by their dates"
	}
	r.Run.Parameters = []Parameter{
		{"departures", known},
		{"ties", r.basis},
		{"largest community", strconv.Itoa(r.o.MaxCommunity)},
		{"seed", strconv.FormatUint(r.o.Seed, 10)},
	}
}
