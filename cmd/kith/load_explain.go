package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"kith/graph"
	"kith/loaders"
)

// explainFlags ask what a load would do.
type explainFlags struct {
	Explain  bool   `help:"Load nothing; say how each file is written, which column is what and how sure that is, and what would become of its first rows."`
	WriteMap string `help:"With --explain: write what was found as a map file, to be corrected and kept beside the data." placeholder:"FILE.map.yaml" type:"path"`
}

// explain says how the files would be loaded.
func (cmd *loadCmd) explain(ctx context.Context, c *console) error {
	o, err := cmd.options()
	if err != nil {
		return err
	}
	if cmd.WriteMap != "" && (len(cmd.Files) != 1 || !cmd.Explain) {
		return fmt.Errorf("%w: --write-map goes with --explain and one file", errUsage)
	}
	all, err := loaders.Explain(ctx, o)
	if err != nil {
		return err
	}
	if cmd.JSON {
		err = c.json(all)
	} else {
		for i, e := range all {
			if i > 0 {
				c.printf("\n")
			}
			if j := slices.IndexFunc(all[:i], func(before *loaders.Explanation) bool { return alike(before, e) }); j >= 0 {
				c.printf("%s\n  is read as %s is; of %s %s would be rejected%s\n", e.File, all[j].File, looked(e), thousands(e.Rejected), because(e.Reasons))
				continue
			}
			cmd.printExplanation(c, e)
		}
	}
	for _, e := range all {
		if err == nil && e.Problem != "" {
			err = errors.New(e.Problem)
		}
	}
	if err == nil && cmd.WriteMap != "" {
		err = cmd.writeMap(c, all[0])
	}
	return err
}

// alike says whether two files are read in the same way, as parts of one table are.
func alike(a, b *loaders.Explanation) bool {
	same := func(a, b loaders.Guess) bool { return a.Field == b.Field && a.Column == b.Column && a.As == b.As }
	named := func(a, b loaders.ColumnLook) bool { return a.Name == b.Name && a.Becomes == b.Becomes }
	return a.Problem == "" && b.Problem == "" && a.Kind.Kind == b.Kind.Kind && a.MapFile == b.MapFile && slices.Equal(a.Written, b.Written) &&
		slices.EqualFunc(a.Fields, b.Fields, same) && slices.EqualFunc(a.Columns, b.Columns, named) && slices.Equal(a.Notes, b.Notes)
}

// looked says which rows were looked at.
func looked(e *loaders.Explanation) string {
	switch {
	case e.Looked == 1:
		return "one row"
	case e.All:
		return "all " + graph.Counted(e.Looked, "row")
	}
	return "the first " + graph.Counted(e.Looked, "row")
}

// because is why rows would be rejected, where some would be.
func because(list []loaders.Reason) string {
	if len(list) == 0 {
		return ""
	}
	return " (" + reasons(list) + ")"
}

// writeMap writes a map file, and over no other.
func (cmd *loadCmd) writeMap(c *console, e *loaders.Explanation) error {
	text, err := e.MapText(cmd.WriteMap)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(cmd.WriteMap, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: give another name, or take it away", near(cmd.WriteMap))
	}
	if err != nil {
		return fmt.Errorf("write the map file: %w", err)
	}
	if _, err := f.WriteString(text); err != nil {
		return errors.Join(fmt.Errorf("write the map file: %w", err), f.Close())
	}
	if !cmd.JSON {
		c.printf("\nThe mapping is in %s; beside the data it is found by itself.\n", near(cmd.WriteMap))
	}
	return f.Close()
}

// printExplanation writes an explanation for a person.
func (cmd *loadCmd) printExplanation(c *console, e *loaders.Explanation) {
	c.printf("%s\n", e.File)
	var traits []string
	for _, t := range e.Written {
		traits = append(traits, t.Name+" "+t.Value)
	}
	c.printf("  written as: %s\n", strings.Join(traits, ", "))
	if e.Kind.Kind != "" {
		c.printf("  holds:      %s, %s (%.2f): %s\n", e.Kind.Kind, e.Kind.Word, e.Kind.Confidence, e.Kind.Reason)
		if len(e.Kind.Others) > 0 {
			c.printf("              it might be %s; --as says which\n", joined(e.Kind.Others, " or "))
		}
	}
	if e.MapFile != "" {
		c.printf("  map file:   %s\n", e.MapFile)
	}
	if len(e.Fields) > 0 {
		cmd.printFields(c, e)
	}
	cmd.printColumns(c, e)
	if e.Problem != "" {
		return
	}
	c.printf("\n  Of %s %s would be rejected. The first that would be stored:\n", looked(e), thousands(e.Rejected))
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintf(t, "    %s\n", strings.Join(e.Header, "\t"))
	for _, row := range e.Stored {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = brief(cell, 100)
		}
		fmt.Fprintf(t, "    %s\n", strings.Join(cells, "\t"))
	}
	_ = t.Flush()
	if e.Rejected > 0 {
		c.printf("\n  Rejected:\n")
		for _, r := range e.Reasons {
			c.printf("    %s: %s\n", thousands(r.Count), r.Reason)
		}
		place := "line"
		if slices.Contains(e.Written, loaders.Trait{Name: "format", Value: "Parquet"}) {
			place = "row"
		}
		for _, r := range e.Rejects {
			at := ""
			if r.Column != "" {
				at = ", " + r.Column
			}
			c.printf("    %s %d%s: %s: %s\n", place, r.Line, at, r.Reason, brief(r.Row, 100))
		}
	}
	for _, note := range e.Notes {
		c.printf("  note: %s\n", strings.TrimSuffix(note, "."))
	}
	c.printf("\n  To load it:\n    %s\n", cmd.line(e))
}

func (cmd *loadCmd) printFields(c *console, e *loaders.Explanation) {
	c.printf("\n")
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "  field\tfrom\tsure?\twhy")
	for _, g := range e.Fields {
		why := g.Reason
		if g.As != "" {
			why += "; read as: " + g.As
		}
		if len(g.Others) > 0 {
			why += "; or is it " + strings.Join(g.Others, " or ") + "?"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s %.2f\t%s\n", g.Field, g.Column, g.Word, g.Confidence, why)
	}
	_ = t.Flush()
}

func (cmd *loadCmd) printColumns(c *console, e *loaders.Explanation) {
	c.printf("\n")
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "  column\tlooks like\tsuch as\tbecomes")
	for _, col := range e.Columns {
		becomes := col.Becomes
		if becomes == "" {
			becomes = "not used"
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\n", brief(col.Name, 40), col.Looks, brief(col.Example, 40), becomes)
	}
	_ = t.Flush()
}

// line is the command that loads the file as explained.
func (cmd *loadCmd) line(e *loaders.Explanation) string {
	data := "DIR"
	if cmd.Data != "" {
		data = near(cmd.Data)
	}
	words := []string{"kith", "load", "--data", data, "--as", string(e.Kind.Kind)}
	var fields []string
	for _, g := range e.Fields {
		fields = append(fields, g.Field+"="+g.Column)
	}
	words = append(words, "--map", strings.Join(fields, ","))
	add := func(flag, value string) {
		switch {
		case strings.HasPrefix(value, "-"): // it would be taken for a flag
			words = append(words, flag+"="+value)
		case value != "":
			words = append(words, flag, value)
		}
	}
	for _, t := range e.Written {
		switch t.Name {
		case "delimiter":
			if t.Value != "','" {
				add("--delimiter", strings.TrimSuffix(strings.TrimPrefix(t.Value, "'"), "'"))
			}
		case "encoding":
			if t.Value != "utf-8" {
				add("--encoding", t.Value)
			}
		case "header", "dates", "decimal", "zone":
			add("--"+t.Name, t.Value)
		}
	}
	add("--map-file", cmd.MapFile)
	add("--change", cmd.Change)
	for _, u := range sortedUnits(cmd.Unit) {
		add("--unit", u)
	}
	if cmd.HashIDs {
		words = append(words, "--hash-ids")
	}
	add("--salt-file", cmd.SaltFile)
	add("--max-rejects", cmd.MaxRejects)
	add("--sql", cmd.SQL)
	words = append(words, e.File)
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}
