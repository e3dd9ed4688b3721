package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/persons"
)

// folderReport is what a data folder has in it.
type folderReport struct {
	Dir     string `json:"dir"`
	Imports int    `json:"imports"`
	// Holds counts the rows of each kind that are stored.
	Holds *duckstore.Counts `json:"holds,omitempty"`
	// People is what is known of who is who, where customers were described or
	// numbers loaded.
	People   *persons.State `json:"people,omitempty"`
	Accepted int64          `json:"accepted"`
	Rejected int64          `json:"rejected"`
	Result   string         `json:"result,omitempty"`
	Mapped   bool           `json:"mapped,omitempty"`
}

func (cmd *doctorCmd) lookAtFolder(ctx context.Context, u *checkup) (err error) {
	st, err := duckstore.Open(ctx, cmd.Data, duckstore.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	h := &house{dir: cmd.Data, events: st, store: st}
	defer closeInto(h, &err)
	f := &folderReport{Dir: near(cmd.Data), Mapped: isMapped(cmd.Data)}
	u.Data = f
	imports, err := st.Imports(ctx)
	if err != nil {
		return err
	}
	for _, i := range imports {
		if !i.Undone.IsZero() {
			continue
		}
		if i.Lacks != 0 {
			u.say(false, "%s (import %d) %s.", i.File, i.ID, loaders.Lacking{Rows: i.Lacks, Posted: string(i.Mapping) == "{}"}.Sentence())
		}
		f.Imports++
		f.Accepted += i.Accepted
		f.Rejected += i.Rejected
	}
	counts, err := st.Counts(ctx)
	if err != nil {
		return err
	}
	f.Holds = &counts
	if people, err := persons.Know(ctx, st); err != nil {
		return err
	} else if people.Records > 0 || people.NewNumbers > 0 || !people.Resolved.IsZero() {
		f.People = people
	}
	if outdated, err := persons.Outdated(ctx, st); err != nil {
		return err
	} else if outdated != "" {
		u.say(false, "%s", outdated)
	}
	if counts.SharedSessions > 0 {
		u.say(false, "%s of visits %s more than one customer, so the anonymous visits there count for nobody.",
			graph.Counted(counts.SharedSessions, "session"), graph.Agree(counts.SharedSessions, "has", "have"))
	}
	if f.Rejected > 0 {
		u.say(false, "%s of %s %s rejected: kith load --data %s --receipts says which and why.", thousands(f.Rejected),
			graph.Counted(f.Accepted+f.Rejected, "row"), graph.Agree(f.Rejected, "was", "were"), f.Dir)
	}
	run, err := st.Current(ctx)
	switch {
	case errors.Is(err, graph.ErrNoRun):
		if _, latest := analysis.Latest(h.results()); latest != nil {
			u.say(false, "Nothing has been analysed yet: run kith analyze.")
		}
		return nil
	case err != nil:
		return err
	}
	f.Result = run.ID
	if _, err := analysis.Open(h.results(), run.ID); err != nil {
		u.say(true, "The current result cannot be read: %v; run kith analyze again.", err)
	}
	return nil
}

// printPeople says what is known of who is who.
func printPeople(c *console, s *persons.State) {
	if s == nil {
		return
	}
	if s.Resolved.IsZero() && s.People == 0 {
		c.printf("  %s of customers; kith identity resolve finds out which are one person\n", graph.Counted(s.Records, "record"))
		return
	}
	c.printf("  %s", strings.TrimSuffix(s.Sentence(), "."))
	if !s.Resolved.IsZero() {
		c.printf("; found out on %s", date(s.Resolved))
	}
	c.printf("\n")
}

// printHolds says how much there is of each kind.
func printHolds(c *console, n *duckstore.Counts) {
	var parts []string
	for _, of := range []struct {
		rows  int64
		thing string
		part  int64
		what  string
	}{
		{n.Calls, "call", n.Messages, graph.Agree(n.Messages, "message", "messages")}, {n.Usage, "data session", 0, ""},
		{n.Purchases, "purchase line", n.Returns, graph.Agree(n.Returns, "return", "returns")},
		{n.Visits, "visit", n.Anonymous, "anonymous"}, {n.Contacts, "campaign contact", n.Responses, "with a response"},
		{n.Satisfaction, "opinion", n.Complaints, graph.Agree(n.Complaints, "complaint", "complaints")},
		{n.Departures, "departure", 0, ""}, {n.Customers, "described customer", 0, ""}, {n.Products, "described product", 0, ""},
	} {
		if of.rows == 0 {
			continue
		}
		text := graph.Counted(of.rows, of.thing)
		if of.part > 0 {
			text += fmt.Sprintf(" (%s %s)", thousands(of.part), of.what)
		}
		parts = append(parts, text)
	}
	if len(parts) > 0 {
		c.printf("  %s\n", strings.Join(parts, ", "))
	}
}
