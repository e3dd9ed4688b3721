package main

import (
	"context"
	"errors"
	"fmt"

	"kith/api"
	"kith/graph"
)

type forgetCmd struct {
	ID         string   `arg:"" help:"The person's id, or any other id of the same person." placeholder:"ID"`
	Data       string   `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	Also       []string `help:"Further ids of the person, such as a telephone number or an e-mail address." placeholder:"ID,..."`
	Yes        bool     `help:"Do it. Without this it is only counted."`
	AllowAgain bool     `help:"Let a person who asked to be forgotten come back with the next file; nothing is removed."`
	SaltFile   string   `help:"File with the secret that ids are hashed with (or KITH_SALT), so that plain ids find the person." placeholder:"FILE" type:"path"`
	JSON       bool     `name:"json" help:"Report as JSON."`
	storeFlags
}

// errStillThere says that a search found something of somebody who was removed.
var errStillThere = errors.New("something of the person is still there")

// Run removes a person, or says what there is to remove.
func (cmd *forgetCmd) Run(ctx context.Context, c *console) (err error) {
	salt, err := saltIn(cmd.SaltFile)
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cmd.Data, cmd.storeFlags)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	ids := namesIn(cmd.ID, cmd.Also)
	if cmd.AllowAgain {
		if ids, _, err = h.storedNames(ctx, ids, salt); err != nil {
			return err
		}
		lifted, err := h.allow(ctx, ids)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return c.json(map[string]int64{"lifted": lifted})
		}
		c.printf("%d of %d ids may come back; load a file that has them.\n", lifted, len(ids))
		return nil
	}
	f, err := h.forget(ctx, ids, salt, !cmd.Yes, nil)
	if err != nil {
		return err
	}
	if cmd.JSON {
		err = c.json(f)
	} else {
		printForgotten(c, &f)
	}
	if err == nil && cmd.Yes && !f.Proof.Clean {
		err = fmt.Errorf("%w: see what was found", errStillThere)
	}
	return err
}

func printForgotten(c *console, f *api.Forgotten) {
	verb := "Removed"
	if f.DryRun {
		verb = "Would remove"
	}
	c.printf("%s a person known by %s:\n", verb, graph.Counted(f.Names, "id"))
	var rows int64
	for _, t := range f.Tables {
		c.printf("  %s: %s", t.Table, graph.Counted(t.Removed, "row"))
		if t.Emptied > 0 {
			c.printf(", and %s emptied of the name", thousands(t.Emptied))
		}
		c.printf("\n")
		rows += t.Removed + t.Emptied
	}
	if f.RejectedRows > 0 {
		c.printf("  files of rejects: %s\n", graph.Counted(f.RejectedRows, "row"))
	}
	if f.Neo4JCustomers > 0 {
		c.printf("  Neo4j: %s with all relationships\n", graph.Counted(f.Neo4JCustomers, "customer"))
	}
	if rows+f.RejectedRows+f.Neo4JCustomers == 0 {
		c.printf("  nothing: no table has these ids\n")
	}
	if f.DryRun {
		printNote(c, f)
		c.printf("Nothing was changed; --yes does it.\n")
		return
	}
	if f.Result != "" {
		c.printf("The current result, without the person, is %s.\n", f.Result)
	}
	p := &f.Proof
	c.printf("\nSearched %s of all tables and %s of the data folder", graph.Counted(p.Columns, "column"), graph.Counted(p.Files, "file"))
	if p.Neo4J {
		c.printf(", and all nodes and relationships in Neo4j")
	}
	found := 0
	for _, t := range p.Found {
		if t.Person {
			found++
		}
	}
	c.printf(": found in %s.\n", graph.Counted(found, "place"))
	for _, t := range p.Found {
		if t.Person {
			c.printf("  STILL THERE: %s, %s\n", t.Where, graph.Counted(t.Count, "time"))
		} else {
			c.printf("  the same text stands for something else in %s, %s\n", t.Where, graph.Counted(t.Count, "time"))
		}
	}
	for _, note := range p.Notes {
		c.printf("  %s\n", note)
	}
	if f.Note == "" {
		c.printf("The person does not come back with the next file; --allow-again lifts that.\n")
	}
	printNote(c, f)
}

func printNote(c *console, f *api.Forgotten) {
	if f.Note != "" {
		c.printf("%s\n", f.Note)
	}
}
