package main

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/persons"
)

// people resolves customers where that was asked for, and tells otherwise when
// it looks worth while. What it has to say goes into the notes of the last receipt.
func (cmd *loadCmd) people(ctx context.Context, c *console, st *duckstore.Store, receipts []loaders.Receipt) error {
	if len(receipts) == 0 {
		return nil
	}
	last := &receipts[len(receipts)-1]
	if cmd.Resolve {
		progress, finish := newProgress(c.err, cmd.JSON)
		defer finish()
		report, err := persons.Resolve(ctx, st, persons.Options{Progress: progress})
		if err != nil {
			return fmt.Errorf("the files are loaded, but who is who is not known: %w", err)
		}
		last.Notes = append(last.Notes, report.Sentence())
		return nil
	}
	if last.Kind != loaders.Customers || last.Again {
		return nil
	}
	n, err := persons.Alike(ctx, st)
	if err == nil && n > 0 {
		last.Notes = append(last.Notes, fmt.Sprintf("%s %s an e-mail address, telephone number or id with another; kith identity resolve finds out which are one person, so that each stands once",
			graph.Counted(n, "customer"), graph.Agree(n, "shares", "share")))
	}
	return err
}
