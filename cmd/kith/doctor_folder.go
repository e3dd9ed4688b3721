package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/duckstore"
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
	f.Imports = len(imports)
	for _, i := range imports {
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
		u.say(false, "%s sessions of visits have more than one customer, so their anonymous visits count for nobody.", thousands(counts.SharedSessions))
	}
	if f.Rejected > 0 {
		u.say(false, "%s of %s rows were rejected: kith load --data %s --receipts says which and why.", thousands(f.Rejected), thousands(f.Accepted+f.Rejected), f.Dir)
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
		c.printf("  %s records of customers; kith identity resolve finds out which are one person\n", thousands(s.Records))
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
		rows int64
		name string
		part int64
		what string
	}{
		{n.Calls, "calls", n.Messages, "messages"}, {n.Usage, "data sessions", 0, ""}, {n.Purchases, "purchase lines", n.Returns, "returns"}, {n.Visits, "visits", n.Anonymous, "anonymous"},
		{n.Contacts, "campaign contacts", n.Responses, "with a response"}, {n.Satisfaction, "surveys and complaints", n.Complaints, "complaints"},
		{n.Departures, "departures", 0, ""}, {n.Customers, "customers described", 0, ""}, {n.Products, "products described", 0, ""},
	} {
		if of.rows == 0 {
			continue
		}
		text := thousands(of.rows) + " " + of.name
		if of.part > 0 {
			text += fmt.Sprintf(" (%s %s)", thousands(of.part), of.what)
		}
		parts = append(parts, text)
	}
	if len(parts) > 0 {
		c.printf("  %s\n", strings.Join(parts, ", "))
	}
}
