package storetest

import (
	"context"
	"errors"
	"testing"

	"kith/graph"
)

// sequences are the names that network.interrupt gets.
var sequences = []string{"customers", "products", "CALLED", "BOUGHT", "VIEWED"}

func (s suite) failingSources(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	broken := errors.New("the source broke off")
	for _, name := range sequences {
		t.Run(name, func(t *testing.T) {
			n := large(200)
			n.products = []graph.Product{{ID: "p1"}, {ID: "p2"}, {ID: "p3"}}
			n.ties[graph.Viewed] = []graph.Tie{{From: "c1", To: "p1", Weight: 1}, {From: "c2", To: "p1", Weight: 1}, {From: "c3", To: "p1", Weight: 1}}
			n.interrupt = func(sequence string, place int) error {
				if sequence == name && place == 2 {
					return broken
				}
				return nil
			}
			mustRefuse(t, store, n, broken)
		})
	}
}

func (s suite) endedContexts(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	first := findings("first")
	s.mustPublish(t, store, first)

	ended, end := context.WithCancel(t.Context())
	end()
	mustEnd := func(t *testing.T, what string, err error) {
		t.Helper()
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s with an ended context: %v, want context.Canceled", what, err)
		}
	}
	mustEnd(t, "Sync", store.Sync(ended, &network{}, nil))
	_, err := store.Read(ended, nil)
	mustEnd(t, "Read", err)
	mustEnd(t, "Publish", store.Publish(ended, findings("second").findings(), nil))
	_, err = store.Current(ended)
	mustEnd(t, "Current", err)

	for _, name := range sequences {
		ctx, cancel := context.WithCancel(t.Context())
		n := small()
		n.customers = append(n.customers, graph.Customer{ID: "new"})
		n.interrupt = func(sequence string, _ int) error {
			if sequence == name {
				cancel()
			}
			return nil
		}
		mustEnd(t, "Sync, ended in "+name, store.Sync(ctx, n, nil))
		cancel()
	}
	mustHold(t, store, expected(small()))
	s.mustHaveFound(t, store, first)
}

func (s suite) closed(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	if err := store.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	mustFail := func(what string, err error) {
		if err == nil {
			t.Errorf("%s of a closed store went well", what)
		}
	}
	mustFail("Sync", store.Sync(t.Context(), small(), nil))
	_, err := store.Read(t.Context(), nil)
	mustFail("Read", err)
	mustFail("Publish", store.Publish(t.Context(), findings("late").findings(), nil))
	_, err = store.Current(t.Context())
	mustFail("Current", err)
	if err := store.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
}

func (s suite) reopen(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	f := findings("kept")
	s.mustPublish(t, store, f)
	store = s.o.Reopen(t, store)
	mustHold(t, store, expected(small()))
	s.mustHaveFound(t, store, f)
	// It goes on from there.
	n := small()
	n.ties[graph.Called][0].Weight = 2
	mustSync(t, store, n)
	mustHold(t, store, expected(n))
}
