package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"path/filepath"
	"strings"
	"time"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/duckstore"
	"kith/graph/neo4jstore"
)

// exportCmd has a verb for each format.
type exportCmd struct {
	Neo4jImport exportNeo4jCmd `cmd:"" name:"neo4j-import" help:"Write the graph, with the current result, as files for neo4j-admin database import."`
}

type exportNeo4jCmd struct {
	Dir  string `arg:"" help:"Folder to write, which must be empty or not there yet." type:"path"`
	Data string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	// WithNames is asked for by who may know the customers.
	WithNames bool `help:"Write the customers' own ids and all attributes. Without this customers have pseudonyms, the same in each export of a data folder, and attributes that tell who somebody is are left out."`
	JSON      bool `name:"json" help:"Report as JSON."`
	periodFlags
}

// exported is what an export reports to programs.
type exported struct {
	*neo4jstore.Exported
	Dir     string  `json:"dir"`
	Result  string  `json:"result,omitempty"`
	Command string  `json:"command"`
	Seconds float64 `json:"seconds"`
}

// Run writes the files.
func (cmd *exportNeo4jCmd) Run(ctx context.Context, c *console) (err error) {
	st, err := duckstore.Open(ctx, cmd.Data, duckstore.Options{})
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	var names *pseudonyms
	if !cmd.WithNames {
		if names, err = pseudonymsOf(cmd.Data); err != nil {
			return err
		}
	}
	w, err := windowOf(ctx, st, cmd.period())
	if err != nil {
		return plainPeriod(err)
	}
	windowed := cmd.period() != graph.Period{}
	if windowed && w.To.IsZero() { // as analyses have it
		span, err := st.Span(ctx)
		if err != nil {
			return err
		}
		w.To = span.To
	}
	results := filepath.Join(cmd.Data, "results")
	var bulk neo4jstore.Bulk
	if windowed {
		bulk, err = bulkWithin(ctx, st, w, results, names)
	} else {
		bulk, _, err = bulkOf(ctx, st, results, names)
	}
	if err != nil {
		return err
	}
	progress, finish := newProgress(c.err, cmd.JSON)
	started := time.Now()
	done, err := neo4jstore.Export(ctx, cmd.Dir, bulk, progress)
	finish()
	if err != nil {
		return err
	}
	e := exported{Exported: done, Dir: cmd.Dir, Command: "sh " + shellQuoted(filepath.Join(near(cmd.Dir), "import.sh")), Seconds: time.Since(started).Seconds()}
	if bulk.Findings != nil {
		e.Result = bulk.Findings.Run.ID
	}
	if cmd.JSON {
		return c.json(e)
	}
	c.printf("Wrote %s and %s, %s in %s, to %s in %s.\n",
		graph.Counted(done.Nodes, "node"), graph.Counted(done.Relationships, "relationship"), megabytes(done.Bytes), graph.Counted(len(done.Files), "file"), near(cmd.Dir), took(started))
	if windowed {
		c.printf("It is the network of the events from %s to %s", edge(w.From, "the first"), edge(w.To, "the last"))
		if e.Result == "" {
			c.printf(", alone, as there is no result of this window: kith analyze with the same --from, --to and --as-of makes one.\n")
		} else {
			c.printf(", with what result %s found there.\n", e.Result)
		}
	} else if e.Result == "" {
		c.printf("There is no result yet, so it is the network alone; run kith analyze first to have communities with it.\n")
	} else {
		c.printf("It is the network of result %s, with what that found.\n", e.Result)
	}
	if names != nil {
		c.printf("Customers have pseudonyms, whose key is %s; --with-names writes who they are.\n", near(filepath.Join(cmd.Data, "export.key")))
	}
	c.printf("Stop the Neo4j server, import with\n\n    %s\n\nand start it again. Where the database exists already and may be overwritten, add --overwrite-destination=true.\n", e.Command)
	return nil
}

// edge is an end of a window, or what stands for an open one.
func edge(t time.Time, open string) string {
	if t.IsZero() {
		return open
	}
	return date(t)
}

// bulkWithin is the network of the events of a window, with the current result
// where that is one of the same window.
func bulkWithin(ctx context.Context, st *duckstore.Store, w graph.Window, results string, names *pseudonyms) (neo4jstore.Bulk, error) {
	bulk, of, err := bulkOf(ctx, st, results, names)
	if err != nil || bulk.Findings != nil && of.From.Equal(w.From) && of.To.Equal(w.To) {
		return bulk, err
	}
	bulk.Findings, bulk.Source = nil, st.Source(w)
	if names != nil {
		bulk.Source = disguised{bulk.Source, names}
	}
	return bulk, nil
}

// bulkOf is the network that the current result was made of, and the result; or
// that of all events where there is no result. Customers have pseudonyms unless
// names is nil. of is the window of the result.
func bulkOf(ctx context.Context, st *duckstore.Store, results string, names *pseudonyms) (bulk neo4jstore.Bulk, of graph.Window, err error) {
	stored := st.Stored()
	var r *analysis.Result
	run, err := st.Current(ctx)
	switch {
	case err == nil:
		r, err = analysis.Open(results, run.ID)
	case errors.Is(err, graph.ErrNoRun):
		// The graph of this house may live in Neo4j.
		r, err = analysis.Latest(results)
	}
	if err == nil && names != nil {
		r, err = r.Renamed(func(u uint32) string { return names.of(r.Customers.At(u)) }, func(u uint32) string { return names.plain(r.Attributes.At(u)) })
	}
	bulk = neo4jstore.Bulk{Source: stored, Fixed: stored.Fixed}
	switch {
	case errors.Is(err, graph.ErrNoRun):
		bulk.Source = st.Source(graph.Window{})
	case err != nil:
		return bulk, of, err
	case run.ID == "":
		of = r.Run.Window
		bulk.Source, bulk.Findings = st.Source(of), r.Findings()
	default:
		of = r.Run.Window
		bulk.Findings = r.Findings()
	}
	if names != nil {
		bulk.Source = disguised{bulk.Source, names}
		bulk.Fixed = func(ctx context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
			return names.ties(k, stored.Fixed(ctx, k))
		}
	}
	for _, err := range bulk.Source.Customers(ctx) {
		return bulk, of, err
	}
	return bulk, of, fmt.Errorf("there is nothing to export: %w", analysis.ErrEmpty)
}

// shellQuoted is a word of a command line.
func shellQuoted(s string) string {
	if strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// megabytes writes a number of bytes as 12.3 MB.
func megabytes(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
