package main

import (
	"context"
	"fmt"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

type trimCmd struct {
	Data string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	Keep string `help:"How much of the events to keep, such as 400d." required:"" placeholder:"SPAN"`
	AsOf string `help:"Count back from this time; the end of the data when left out." placeholder:"TIME"`
	Yes  bool   `help:"Do it. Without this it is only counted."`
	JSON bool   `name:"json" help:"Report as JSON."`
}

// trimmed is what a removal of old events reports to programs.
type trimmed struct {
	DryRun bool                `json:"dry_run"`
	Before time.Time           `json:"before"`
	Tables []duckstore.Touched `json:"tables"`
}

// rows is how many there are.
func (t *trimmed) rows() (n int64) {
	for _, touched := range t.Tables {
		n += touched.Removed
	}
	return n
}

// Run removes old events, or says how many there are.
func (cmd *trimCmd) Run(ctx context.Context, c *console) (err error) {
	if _, err := graph.ParseSpan(cmd.Keep); err != nil {
		return fmt.Errorf("%w: --keep: %w", errUsage, err)
	}
	st, err := duckstore.Open(ctx, cmd.Data, duckstore.Options{})
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	w, err := windowOf(ctx, st, graph.Period{From: cmd.Keep, AsOf: cmd.AsOf})
	if err != nil {
		return plainPeriod(err)
	}
	done := trimmed{DryRun: !cmd.Yes, Before: w.From}
	if done.Tables, err = st.DropBefore(ctx, w.From, !cmd.Yes); err != nil {
		return err
	}
	if cmd.Yes && done.rows() > 0 {
		if err := st.Rewrite(ctx); err != nil {
			return err
		}
	}
	if cmd.JSON {
		return c.json(done)
	}
	verb := "Removed"
	if done.DryRun {
		verb = "Would remove"
	}
	c.printf("%s what happened before %s:\n", verb, date(w.From))
	for _, t := range done.Tables {
		c.printf("  %s: %s\n", t.Table, graph.Counted(t.Removed, "row"))
	}
	if done.DryRun {
		c.printf("Nothing was changed; --yes does it.\n")
		return nil
	}
	c.printf("Events without a time, master data, receipts and numbers that are still held stay. kith analyze makes a result of what is left.\n")
	return nil
}
