package storetest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"kith/graph"
)

// readersDuringSync has a store alternate between two networks of equal nodes
// while others read: each must see one or the other.
func (s suite) readersDuringSync(t *testing.T) {
	store := s.open(t)
	a, b := large(300), large(300)
	for k := range b.ties {
		for i := range b.ties[k] {
			b.ties[k][i].Weight += 100
			b.ties[k][i].Amount *= 2
		}
	}
	b.ties[graph.Called] = b.ties[graph.Called][:700]
	b.customers[0].Attributes = `{"b":"1"}`
	wantA, wantB := expected(a), expected(b)
	mustSync(t, store, a)

	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-done:
					if n > 0 {
						return
					}
				default:
				}
				got, err := store.Read(t.Context(), nil)
				if err != nil {
					t.Errorf("Read during Sync: %v", err)
					return
				}
				p := pictured(t, got)
				if diff(wantA, p) != "" && diff(wantB, p) != "" {
					t.Errorf("Read during Sync saw neither the former nor the next network: %d arcs", got.Calls.Arcs())
					return
				}
			}
		})
	}
	for i := range 6 {
		n := a
		if i%2 == 0 {
			n = b
		}
		if err := store.Sync(t.Context(), n, nil); err != nil {
			t.Errorf("Sync: %v", err)
		}
	}
	close(done)
	readers.Wait()
	mustHold(t, store, wantA)
}

func (s suite) readersDuringPublish(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	a, b := findings("a"), findings("bb")
	s.mustPublish(t, store, a)
	var readers sync.WaitGroup
	done := make(chan struct{})
	readers.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-done:
				if n > 0 {
					return
				}
			default:
			}
			run, err := store.Current(t.Context())
			if err != nil {
				t.Errorf("Current during Publish: %v", err)
				return
			}
			if diff(a.Run, run) != "" && diff(b.Run, run) != "" {
				t.Errorf("Current during Publish is neither the former nor the next run: %+v", run)
				return
			}
		}
	})
	for i := range 6 {
		f := a
		if i%2 == 0 {
			f = b
		}
		if err := store.Publish(t.Context(), f.findings(), nil); err != nil {
			t.Errorf("Publish: %v", err)
		}
	}
	close(done)
	readers.Wait()
	s.mustHaveFound(t, store, a)
}

// severalWriters lets writers get in each other's way: all must succeed, and
// what is left is what one of them wrote.
func (s suite) severalWriters(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	var writers sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		writers.Go(func() {
			if i%2 == 0 {
				n := small()
				n.ties[graph.Called][0].Weight = float64(100 + i)
				errs[i] = store.Sync(t.Context(), n, nil)
				return
			}
			errs[i] = store.Publish(t.Context(), findings(fmt.Sprint("writer", i)).findings(), nil)
		})
	}
	writers.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	got, err := store.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	n := small()
	n.ties[graph.Called][0].Weight = float64(got.Calls.WeightsOf(0)[0])
	if w := n.ties[graph.Called][0].Weight; w < 100 || w > 106 {
		t.Errorf("the tie weighs %v, which nobody wrote last", w)
	}
	mustHold(t, store, expected(n))
	run, err := store.Current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	s.mustHaveFound(t, store, findings(run.ID))
}
