package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"kith/api"
	"kith/graph"
	"kith/graph/duckstore"
)

// periodFlags bound what is seen of the events: all verbs read them alike.
type periodFlags struct {
	From string `help:"Leave out events before this time: a date (2026-03-01), RFC 3339, or how long before --as-of (90d, 12h, 2w). UTC where no zone is named." placeholder:"TIME"`
	To   string `help:"Leave out events from this time on." placeholder:"TIME"`
	AsOf string `help:"Look back from this time: nothing from it on is seen. The end of the data when left out." placeholder:"TIME"`
}

func (f periodFlags) period() graph.Period { return graph.Period(f) }

// windowOf is a period as a window of the events of a store.
func windowOf(ctx context.Context, st *duckstore.Store, p graph.Period) (graph.Window, error) {
	return p.Window(func() (time.Time, error) {
		span, err := st.Span(ctx)
		return span.To, err
	})
}

// histories tells what was loaded about customers.
type histories struct{ store *duckstore.Store }

// History gathers what is known of a customer.
func (h histories) History(ctx context.Context, id string, p graph.Period) (api.History, error) {
	w, err := windowOf(ctx, h.store, p)
	if err != nil {
		return api.History{}, err
	}
	found, err := h.store.History(ctx, id, w)
	if errors.Is(err, duckstore.ErrNobody) {
		return api.History{}, api.ErrUnknown
	}
	if err != nil {
		return api.History{}, err
	}
	return shownHistory(found)
}

// shownHistory is a history in the words of the API, which are the same.
func shownHistory(h *duckstore.History) (shown api.History, err error) {
	text, err := json.Marshal(h)
	if err != nil {
		return shown, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&shown); err != nil {
		return shown, fmt.Errorf("show a history: %w", err)
	}
	return shown, nil
}

type customerCmd struct {
	ID   string `arg:"" help:"The customer's id, or any other id of the same person." placeholder:"ID"`
	Data string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	JSON bool   `name:"json" help:"Report as JSON, as GET /v1/customers/ID does."`
	periodFlags
	storeFlags
}

// Run shows all that is known of a customer.
func (cmd *customerCmd) Run(ctx context.Context, c *console) (err error) {
	h, err := openHouse(ctx, cmd.Data, cmd.storeFlags)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	about, err := h.customer(ctx, cmd.ID, cmd.period())
	if err != nil {
		return err
	}
	if cmd.JSON {
		return c.json(about)
	}
	printCustomer(c, about)
	return nil
}

// errUnknownCustomer says that nobody has an id.
var errUnknownCustomer = errors.New("nothing is known of this customer")

// customer is all that is known of a customer. Before the first analysis, and of
// somebody who came since, that is the history alone.
func (h *house) customer(ctx context.Context, id string, p graph.Period) (api.Customer, error) {
	if _, err := windowOf(ctx, h.events, p); err != nil {
		return api.Customer{}, plainPeriod(err)
	}
	r, err := h.current(ctx)
	if err != nil && !errors.Is(err, graph.ErrNoRun) {
		return api.Customer{}, err
	}
	if err == nil {
		about, err := api.Describe(ctx, r, id, p, histories{h.events})
		if !errors.Is(err, api.ErrUnknown) {
			return about, err
		}
	}
	history, err := histories{h.events}.History(ctx, id, p)
	if errors.Is(err, api.ErrUnknown) {
		return api.Customer{}, fmt.Errorf("%w: %q is in no table of %s; ids are compared to the letter", errUnknownCustomer, id, h.dir)
	}
	return api.Customer{ID: history.Customer, Attributes: json.RawMessage("{}"), History: history}, err
}

// plainPeriod marks a period that means nothing as a matter of flags.
func plainPeriod(err error) error {
	var wrong *graph.PeriodError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%w: --%s: %w", errUsage, strings.ReplaceAll(wrong.Time, "_", "-"), wrong)
	}
	return err
}
