package neo4jstore

import (
	"context"
	"errors"
	"iter"

	"golang.org/x/sync/errgroup"

	"kith/graph"
)

// fill brings the properties of customers up to date.
func (b *writeBack) fill(ctx context.Context) (err error) {
	b.r.begin("writing what was found about customers", int64(b.reading.Network.Customers.Len()))
	b.report.Customers, err = b.batches(ctx, b.n.query("back_customer", b.m.Customers.ID), func(yield func([]any) bool) {
		for c := range b.found.Customers {
			u, ok := b.reading.Network.Customers.Find(c.ID)
			if ok && !yield([]any{b.reading.customers[u], c.ID, b.properties(c)}) {
				return
			}
		}
	}, b.s.o.Workers)
	b.report.Gone = int64(b.reading.Network.Customers.Len()) - b.report.Customers
	return err
}

// properties are those that a customer gets; nil takes one away.
func (b *writeBack) properties(c graph.CustomerFinding) map[string]any {
	p := make(map[string]any, len(foundNames))
	for _, name := range foundNames {
		p[b.n.prefix+name] = nil
	}
	put := func(name string, v any) { p[b.n.prefix+name] = v }
	put("run", b.found.Run.ID)
	put("community", textOrNil(c.Community))
	put("role", textOrNil(c.Role))
	put("core", c.Core)
	put("pagerank", c.PageRank)
	put("authority", c.Authority)
	put("dissemination", c.Dissemination)
	put("own_value", c.OwnValue)
	if b.o.NoChurn {
		return p
	}
	put("susceptibility", c.Susceptibility)
	put("churn_risk", c.ChurnRisk)
	put("gone", c.Gone)
	if !c.Gone {
		put("risk_own", c.RiskOwn)
		put("risk_other", c.RiskOther)
	}
	if len(c.RiskParts) > 0 {
		from, parts := make([]any, len(c.RiskParts)), make([]any, len(c.RiskParts))
		for i, part := range c.RiskParts {
			from[i], parts[i] = part.From, part.Part
		}
		put("risk_from", from)
		put("risk_parts", parts)
	}
	return p
}

// batches hands rows to a query, a batch to a transaction, by some workers, and
// returns how many of them it found the nodes of. A query makes the same of a row
// twice as of it once.
func (b *writeBack) batches(ctx context.Context, text string, rows iter.Seq[[]any], workers int) (int64, error) {
	counts := make([]int64, workers)
	full := make(chan []any)
	group, inner := errgroup.WithContext(ctx)
	for w := range workers {
		group.Go(func() error {
			for batch := range full {
				n, err := b.batch(inner, text, batch)
				if err != nil {
					return err
				}
				counts[w] += n
				b.r.add(int64(len(batch)))
			}
			return nil
		})
	}
	group.Go(func() error {
		defer close(full)
		var batch []any
		send := func() error {
			select {
			case full <- batch:
				batch = nil
				return nil
			case <-inner.Done():
				return context.Cause(inner)
			}
		}
		for row := range rows {
			if batch = append(batch, row); len(batch) >= b.s.o.BatchSize {
				if err := send(); err != nil {
					return err
				}
			}
		}
		if len(batch) == 0 {
			return nil
		}
		return send()
	})
	err := group.Wait()
	var n int64
	for _, c := range counts {
		n += c
	}
	return n, err
}

// batch writes some rows. Those that do not fit into a transaction are halved.
func (b *writeBack) batch(ctx context.Context, text string, rows []any) (int64, error) {
	records, err := b.s.rows(ctx, text, map[string]any{"rows": rows})
	if err == nil {
		n, _ := records[0].Values[0].(int64)
		return n, nil
	}
	half := len(rows) / 2
	if !errors.Is(err, ErrMemory) || half == 0 {
		return 0, err
	}
	first, err := b.batch(ctx, text, rows[:half])
	if err != nil {
		return 0, err
	}
	second, err := b.batch(ctx, text, rows[half:])
	return first + second, err
}
