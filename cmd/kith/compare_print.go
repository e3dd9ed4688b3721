package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"kith/graph"
)

// print writes the tables for a person.
func (r *comparison) print(c *console) {
	often := ""
	if r.Repeat > 1 {
		often = fmt.Sprintf(", the best of %d runs", r.Repeat)
	}
	c.printf("kith %s beside Graph Data Science %s in Neo4j %s\n", r.Kith, r.GDS, r.Neo4j)
	c.printf("%s, %s, %s each%s\n\n", graph.Counted(r.Customers, "customer"), graph.Counted(r.Ties, "tie"), graph.Counted(max(r.Threads, 1), "thread"), often)
	// The console is the last to know of its own faults, so Flush is not asked.
	t := tabwriter.NewWriter(c.out, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "communities\tkith\tGDS\tmodularity kith\tGDS\tNMI\tARI\t")
	for _, p := range r.Parts {
		fmt.Fprintf(t, "%s\t%s\t%s\t%.4f\t%.4f\t%.3f\t%.3f\t\n", p.Name, thousands(p.Communities[0]), thousands(p.Communities[1]),
			p.Modularity[0], p.Modularity[1], p.NMI, p.ARI)
	}
	_ = t.Flush()
	c.printf("\n")
	t = tabwriter.NewWriter(c.out, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "scores\tSpearman\tKendall\tlargest difference\t")
	for _, s := range r.Scores {
		fmt.Fprintf(t, "%s\t%.4f\t%.4f\t%s\t\n", s.Name, s.Spearman, s.Kendall, shareOf(s.Largest))
	}
	_ = t.Flush()
	c.printf("\n")
	t = tabwriter.NewWriter(c.out, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "time and memory\tkith\tGDS\tkith\tGDS\t")
	line := func(name string, costs twoCosts) {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t\n", name, secondsOf(costs.Kith.Seconds), secondsOf(costs.GDS.Seconds), memoryOf(costs.Kith.Bytes), memoryOf(costs.GDS.Bytes))
	}
	line("graph", r.Graph)
	for _, p := range r.Parts {
		line(p.Name, p.twoCosts)
	}
	for _, s := range r.Scores {
		line(s.Name, s.twoCosts)
	}
	_ = t.Flush()
	c.printf("\n%s\n", strings.Join(append([]string{
		"Modularity of both is worked out by kith, on the same graph.",
		"graph: kith reads it over Bolt into memory, GDS projects it within the server.",
		"Memory beside the graph: what kith allocated meanwhile, and what GDS estimates.",
	}, r.sentences()...), "\n"))
}

func (r *comparison) sentences() []string {
	list := make([]string, len(r.Notes))
	for i, note := range r.Notes {
		list[i] = strings.ToUpper(note[:1]) + note[1:] + "."
	}
	return list
}

// secondsOf is a time of some seconds with three digits.
func secondsOf(seconds float64) string {
	switch {
	case seconds < .0995:
		return fmt.Sprintf("%.1f ms", 1000*seconds)
	case seconds < 10:
		return fmt.Sprintf("%.2f s", seconds)
	}
	return fmt.Sprintf("%.0f s", seconds)
}

func memoryOf(bytes int64) string {
	if bytes < 10e6 {
		return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
	}
	return fmt.Sprintf("%.0f MB", float64(bytes)/1e6)
}

// shareOf writes a small share.
func shareOf(x float64) string {
	if x < 1e-4 {
		return fmt.Sprintf("%.0e", x)
	}
	return percent(x)
}
