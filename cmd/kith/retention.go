package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"kith/graph"
)

// retentionFlags say for how long a server keeps events.
type retentionFlags struct {
	Keep string `help:"Remove older events each day, such as 400d; it counts from the newest event, and never from the future. All are kept when left out." placeholder:"SPAN"`
}

// span is how long; 0 is for ever.
func (f retentionFlags) span() (time.Duration, error) {
	if f.Keep == "" {
		return 0, nil
	}
	span, err := graph.ParseSpan(f.Keep)
	if err != nil {
		return 0, fmt.Errorf("%w: --keep: %w", errUsage, err)
	}
	return span, nil
}

// How often a server looks for old events, and how soon again where an analysis
// was under way.
const (
	trimEvery = 24 * time.Hour
	trimAgain = time.Minute
)

// clock says what time it is and waits; tests have one of their own.
type clock struct {
	now   func() time.Time
	after func(time.Duration) <-chan time.Time
}

// retain removes what is older than span now and each day, until ctx ends.
func (r *runner) retain(ctx context.Context, span time.Duration, c clock) {
	for {
		wait := trimEvery
		switch done, held, err := r.trim(ctx, span, c.now()); {
		case ctx.Err() != nil:
			return
		case !held:
			wait = trimAgain
		case err != nil:
			r.log.Warn("old events were not removed", slog.Any("error", err))
		case done.rows() > 0:
			r.log.Info("old events removed", slog.Time("before", done.Before), slog.Int64("rows", done.rows()))
		}
		select {
		case <-ctx.Done():
			return
		case <-c.after(wait):
		}
	}
}

// trim removes what is older than span before the newest event, or before now
// where that is earlier: one event of a wrong year must not take all others away.
// held is false while an analysis is under way.
func (r *runner) trim(ctx context.Context, span time.Duration, now time.Time) (done trimmed, held bool, err error) {
	if !r.hold() {
		return done, false, nil
	}
	defer r.release()
	st := r.house.events
	all, err := st.Span(ctx)
	if err != nil || all.To.IsZero() {
		return done, true, err
	}
	if all.To.After(now) {
		all.To = now
	}
	done.Before = all.To.Add(-span).UTC()
	if done.Tables, err = st.DropBefore(ctx, done.Before, true); err != nil || done.rows() == 0 {
		return done, true, err
	}
	if done.Tables, err = st.DropBefore(ctx, done.Before, false); err != nil {
		return done, true, err
	}
	return done, true, st.Rewrite(ctx)
}
