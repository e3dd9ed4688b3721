package main

import (
	"fmt"
	"path/filepath"
	"sort"
	"strings"
	"text/tabwriter"

	"kith/graph"
	"kith/loaders"
)

// printReceipts writes one line per file and, below it, what a person should know.
func printReceipts(c *console, receipts []loaders.Receipt) {
	if len(receipts) == 0 {
		return
	}
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "import\tkind\tfile\trows\taccepted\tduplicates\trejected\tfrom\tto\tseconds")
	for _, r := range receipts {
		from, to := date(r.First), date(r.Last)
		if r.Accepted == 0 { // there may be times, but none was stored
			from, to = "-", "-"
		}
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%.2f\n", r.ID, r.Kind, r.File,
			thousands(r.Rows), thousands(r.Accepted), thousands(r.Duplicates), thousands(r.Rejected), from, to, r.Seconds)
	}
	// The console is the last to know of its own faults.
	_ = t.Flush()
	of := map[string]int{} // how many files a text is about
	for _, r := range receipts {
		for _, text := range told(r) {
			of[text]++
		}
	}
	for _, r := range receipts {
		if r.Again {
			c.printf("%s was loaded before as import %d; nothing changed.\n", r.File, r.ID)
			if r.Otherwise != "" {
				c.printf("%s: %s\n", r.File, r.Otherwise)
			}
			continue
		}
		for _, text := range told(r) {
			switch n := of[text]; {
			case n == 1:
				c.printf("%s: %s\n", r.File, text)
			case n > 1: // what parts of one table have in common is said once
				c.printf("%s and %s, each: %s\n", r.File, graph.Counted(n-1, "other file"), text)
			}
			of[text] = 0
		}
	}
}

// told is what a person should know of one file.
func told(r loaders.Receipt) (texts []string) {
	if r.Again {
		return nil
	}
	if !r.Undone.IsZero() {
		return []string{fmt.Sprintf("import %d was taken back on %s", r.ID, date(r.Undone))}
	}
	add := func(text string, args ...any) { texts = append(texts, fmt.Sprintf(text, args...)) }
	if r.Rejected > 0 {
		kept := "the table events.rejects" // as those of posted events are
		if r.RejectsFile != "" {
			kept = near(r.RejectsFile)
		}
		add("%s rejected (%s), kept in %s", graph.Counted(r.Rejected, "row"), reasons(r.Reasons), kept)
	}
	if r.Duplicates > 0 && len(r.Repeats) > 0 {
		add("%s (%s)", graph.Counted(r.Duplicates, "duplicate"), reasons(r.Repeats))
	}
	if r.Lacks != 0 {
		add("%s", lacks(r))
	}
	if news := seenFirst(r); news != "" {
		add("%s", news)
	}
	for _, note := range r.Notes {
		add("%s", strings.TrimSuffix(note, "."))
	}
	for _, w := range r.Warnings {
		add("WARNING %s", warned(w, r.File))
	}
	return texts
}

// printReceipt writes all of one receipt.
func printReceipt(c *console, receipts []loaders.Receipt) {
	for _, r := range receipts {
		c.printf("Import %d: %s from %s\n\n", r.ID, r.Kind, r.File)
		t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintf(t, "rows\t%s\t\n", thousands(r.Rows))
		for _, part := range []struct {
			name string
			rows int64
			why  []loaders.Reason
		}{{"accepted", r.Accepted, nil}, {"duplicates", r.Duplicates, r.Repeats}, {"rejected", r.Rejected, r.Reasons}} {
			fmt.Fprintf(t, "%s\t%s\t  %s\n", part.name, thousands(part.rows), reasons(part.why))
		}
		// The console is the last to know of its own faults.
		_ = t.Flush()
		c.printf("\n")
		if !r.Undone.IsZero() {
			c.printf("taken back on %s; nothing of it is stored any more\n", date(r.Undone))
		}
		if r.Lacks != 0 {
			c.printf("%s\n", lacks(r))
		}
		if !r.First.IsZero() {
			c.printf("from %s to %s (UTC)\n", date(r.First), date(r.Last))
		}
		if news := seenFirst(r); news != "" {
			c.printf("%s\n", news)
		}
		c.printf("%s in %.2f s: %s rows/s; loaded %s\n", size(r.Bytes), r.Seconds, thousands(int64(r.RowsPerSecond)), date(r.At))
		c.printf("sha256 %s\n", r.Hash)
		fields := make([]string, 0, len(r.Mapping))
		for field, column := range r.Mapping {
			fields = append(fields, field+"="+column)
		}
		sort.Strings(fields)
		c.printf("mapping %s\n", strings.Join(fields, ", "))
		if r.RejectsFile != "" {
			c.printf("rejected rows are kept in %s\n", near(r.RejectsFile))
		}
		for _, note := range r.Notes {
			c.printf("note: %s\n", strings.TrimSuffix(note, "."))
		}
		for _, w := range r.Warnings {
			c.printf("WARNING: %s\n", warned(w, r.File))
		}
	}
}

// lacks says what is missing because another import was taken back.
func lacks(r loaders.Receipt) string {
	return loaders.Lacking{Rows: r.Lacks, Posted: len(r.Mapping) == 0}.Sentence()
}

// reasons lists why rows were not stored, the most frequent first.
func reasons(list []loaders.Reason) string {
	var parts []string
	for _, reason := range list {
		parts = append(parts, fmt.Sprintf("%s: %s", thousands(reason.Count), reason.Reason))
	}
	return strings.Join(parts, "; ")
}

// seenFirst says how many customers and products no file named before.
func seenFirst(r loaders.Receipt) string {
	var parts []string
	for _, of := range []struct {
		n    int64
		what string
	}{{r.NewCustomers, "customer"}, {r.NewProducts, "product"}} {
		if of.n > 0 {
			parts = append(parts, graph.Counted(of.n, of.what))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, " and ") + " seen for the first time"
}

func warned(w loaders.Warning, file string) string {
	text := thousands(w.Count) + " " + w.Warning
	place := "line"
	if strings.EqualFold(filepath.Ext(file), ".parquet") { // which has no lines
		place = "row"
	}
	if w.Line > 0 {
		text += fmt.Sprintf("; the first is %s %d", place, w.Line)
	}
	return text
}

// size writes a number of bytes for a person.
func size(bytes int64) string {
	for _, unit := range []struct {
		of   float64
		name string
	}{{1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if float64(bytes) >= unit.of {
			return fmt.Sprintf("%.1f %s", float64(bytes)/unit.of, unit.name)
		}
	}
	return graph.Counted(bytes, "byte")
}
