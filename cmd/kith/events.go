package main

import (
	"context"
	"errors"
	"time"

	"kith/api"
	"kith/api/analysis"
	"kith/graph/duckstore"
	"kith/loaders"
)

// posts takes events in for the API.
type posts struct{ stream *loaders.Stream }

// Post stores a batch.
func (p posts) Post(ctx context.Context, b api.EventPost) (api.EventReceipt, bool, error) {
	r, replayed, err := p.stream.Post(ctx, loaders.Batch{Key: b.Key, Lines: b.Lines, Body: b.Body})
	var batch *loaders.BatchError
	switch {
	case errors.As(err, &batch):
		err = api.BatchError{TooMany: batch.TooMany, Reason: batch.Reason}
	case errors.Is(err, loaders.ErrKeyUsed):
		err = errors.Join(api.ErrKeyUsed, err)
	case errors.Is(err, duckstore.ErrFull):
		err = errors.Join(api.ErrDiskFull, err)
	case errors.Is(err, loaders.ErrStreamClosed):
		err = errors.Join(api.Fault{Code: "stopping", Detail: "the server is stopping: send the batch again in a moment, with the same Idempotency-Key"}, err)
	}
	if err != nil {
		return api.EventReceipt{}, false, err
	}
	shown := api.EventReceipt{
		Rows: r.Rows, Accepted: r.Accepted, Duplicates: r.Duplicates, Rejected: r.Rejected,
		Rejects: make([]api.EventReject, len(r.Rejects)), Imports: r.Imports,
	}
	for i, reject := range r.Rejects {
		shown.Rejects[i] = api.EventReject{List: string(reject.Kind), Index: reject.Index, Field: reject.Field, Reason: reject.Reason}
	}
	return shown, replayed, nil
}

// recall tells a server what was posted since its Result was made, before it was
// started.
func (h *house) recall(ctx context.Context, server *api.Server, r *analysis.Result) error {
	if r == nil {
		return nil
	}
	// What a run sees it has begun to read after it started; a group of batches
	// that was being stored then is dated a moment before.
	list, err := loaders.PostedSince(ctx, h.events, r.Run.Started.Add(-time.Hour), api.MaxArrivals/4)
	if err != nil {
		return err
	}
	server.Happened(happened(list, time.Now()))
	return nil
}

// happened is what the API wants to know of stored events.
func happened(list []loaders.Happened, at time.Time) []api.Happened {
	out := make([]api.Happened, 0, len(list))
	for _, h := range list {
		if !h.Returned {
			out = append(out, api.Happened{Customer: h.Customer, Session: h.Session, Product: h.Product, Bought: h.Kind == loaders.Purchases, At: at})
		}
	}
	return out
}
