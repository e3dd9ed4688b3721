package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"kith/api"
	"kith/graph"
	"kith/graph/neo4jstore"
)

// health asks a store now and then whether it can be used, so that neither a
// probe nor a request has to wait for one that is away, and many probes cost no
// more than one. It also brings a graph up to date that came back without its
// schema.
type health struct {
	store *neo4jstore.Store
	// every is the time between two questions, patience how long to wait for
	// an answer.
	every, patience time.Duration
	log             *slog.Logger
	// back is called, from one goroutine, when the store can be used for the
	// first time and after each fault, and again until it succeeds.
	back func(context.Context) error

	fault     atomic.Pointer[api.Fault]
	preparing atomic.Bool
}

func newHealth(store *neo4jstore.Store) *health {
	return &health{store: store, every: 2 * time.Second, patience: 3 * time.Second, log: slog.New(slog.DiscardHandler)}
}

// Faults is what the store was found to lack when it was asked last.
func (h *health) Faults() []api.Fault {
	if f := h.fault.Load(); f != nil {
		return []api.Fault{*f}
	}
	return nil
}

// run asks until ctx ends.
func (h *health) run(ctx context.Context) {
	var work sync.WaitGroup
	defer work.Wait()
	away := true
	for ctx.Err() == nil {
		switch err := h.ask(ctx); {
		case ctx.Err() != nil:
		case errors.Is(err, neo4jstore.ErrMigrating):
			away = true
			if h.preparing.CompareAndSwap(false, true) {
				work.Go(func() {
					defer h.preparing.Store(false)
					if err := h.store.Prepare(ctx); err != nil && ctx.Err() == nil {
						h.log.Warn("the graph was not migrated", slog.Any("error", err))
					}
				})
			}
		case err != nil:
			away = true
		case away:
			if err := h.back(ctx); err != nil && ctx.Err() == nil {
				h.log.Warn("the current result was not taken over", slog.Any("error", err))
				break
			}
			away = false
		}
		select {
		case <-ctx.Done():
		case <-time.After(h.every):
		}
	}
}

// ask asks now, and notes the answer down for Faults. Its error is a Fault.
func (h *health) ask(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, h.patience)
	defer cancel()
	err := h.store.Check(bounded)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	before := h.fault.Load()
	if err == nil {
		if before != nil && h.fault.CompareAndSwap(before, nil) {
			h.log.Info("the store is back", slog.String("was", before.Code), slog.Duration("after", time.Since(before.Since)))
		}
		return nil
	}
	now := faultOf(err)
	now.Since = time.Now().UTC()
	if before != nil && before.Code == now.Code {
		now.Since = before.Since
	} else {
		h.log.Warn("the store cannot be used", slog.String("code", now.Code), slog.Any("error", err))
	}
	h.fault.Store(&now)
	return errors.Join(now, err)
}

// faultOf says in a code and a sentence why a Neo4j server cannot be used. The
// sentences are read by whoever may see /readyz, so they name neither addresses
// nor users; the log has the whole error.
func faultOf(err error) api.Fault {
	for _, known := range []struct {
		is           error
		code, detail string
	}{
		{neo4jstore.ErrUnauthorized, "store-unauthorized", "Neo4j refuses the user or the password: put the right one into the password file, which is read again by itself"},
		{neo4jstore.ErrForbidden, "store-forbidden", "the user lacks a right that kith needs in Neo4j: grant it"},
		{neo4jstore.ErrVersion, "store-version", "this version of Neo4j is too old: kith needs 5.23 or newer, such as 5.26 LTS"},
		{neo4jstore.ErrMigrating, "store-migrating", "the graph in Neo4j is being brought up to the schema of this version of kith: wait"},
		{graph.ErrNewer, "store-newer", "the graph in Neo4j was made by a newer version of kith: upgrade this one"},
		{neo4jstore.ErrUntrusted, "store-untrusted", "the encrypted connection to Neo4j fails: compare the certificate of the server with --store-ca, and the address"},
		{neo4jstore.ErrDown, "store-down", "Neo4j does not answer: start it, or look at the network between; kith connects again by itself"},
	} {
		if errors.Is(err, known.is) {
			return api.Fault{Code: known.code, Detail: known.detail}
		}
	}
	return api.Fault{Code: "store-failed", Detail: "Neo4j answers with an error that kith does not know; its log has it"}
}
