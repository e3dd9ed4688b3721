package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"kith/api/analysis"
	"kith/graph"
	"kith/graph/duckstore"
	"kith/graph/neo4jstore"
)

// mapFlags are about a graph that is somebody else's.
type mapFlags struct {
	GraphMap  string `help:"YAML file that says what stands for what in a graph that is already in the Neo4j server; it is only read. kith doctor --guess writes one." placeholder:"FILE" type:"path"`
	WriteBack bool   `help:"With --graph-map: put the results onto the graph, too, as properties and communities of their own."`
	Prefix    string `help:"What the names of all that --write-back writes begin with." default:"kith_"`
}

// checkMap refuses flags that do not go together.
func (cmd *analyzeCmd) checkMap() error {
	switch {
	case cmd.GraphMap == "" && cmd.WriteBack:
		return fmt.Errorf("%w: --write-back is about the graph that --graph-map describes; a graph of kith's own always has the results", errUsage)
	case cmd.GraphMap == "":
		return nil
	case cmd.Store == "":
		return fmt.Errorf("%w: --graph-map needs --store, the server that has the graph", errUsage)
	case cmd.periodFlags != periodFlags{}:
		return fmt.Errorf("%w: --from and --as-of need events, and a mapped graph has sums; filter its relationships in the map", errUsage)
	}
	return nil
}

// mapCopy is the map's name in the data folder. It marks a folder that has the
// results of a graph that is not kith's.
const mapCopy = "graph-map.yaml"

// errMapped says that a folder belongs to a mapped graph.
var errMapped = errors.New("this data folder has the results of a graph that is only mapped")

// errNobody says that a graph has no customers, as far as the map goes.
var errNobody = errors.New("no node of the graph is a customer by this map: correct the labels and filters under customers, or see kith doctor --graph-map")

// isMapped tells whether a data folder has the results of a mapped graph.
func isMapped(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, mapCopy))
	return err == nil
}

// keepOut refuses a server for a folder whose graph is somebody else's: kith would
// make its own schema there.
func keepOut(dir string, f storeFlags) error {
	if f.Store != "" && isMapped(dir) {
		return fmt.Errorf("%w: %w; leave --store out to serve them, or give --graph-map to analyse it again", errUsage, errMapped)
	}
	return nil
}

// runMapped analyses a graph that is somebody else's. The result is kept in the
// data folder, from where it can be served.
func (cmd *analyzeCmd) runMapped(ctx context.Context, c *console) (err error) {
	started := time.Now()
	m, err := neo4jstore.ReadMap(cmd.GraphMap)
	if err != nil {
		return err
	}
	v, err := neo4jstore.Visit(cmd.Store, cmd.storeFlags.options())
	if err != nil {
		return err
	}
	defer closeInto(v, &err)
	h, err := openResults(ctx, cmd.Data)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)

	o := cmd.options()
	var finish func()
	o.Progress, finish = newProgress(c.err, cmd.JSON)
	defer finish()
	reading, err := v.Read(ctx, m, o.Progress)
	if err != nil {
		return err
	}
	r, err := findMapped(ctx, reading, filepath.Base(cmd.GraphMap), o)
	if err != nil {
		return err
	}
	if err := h.keep(ctx, r, cmd.GraphMap, o.Progress); err != nil {
		return err
	}
	s := mappedSummary{Read: &reading.Report, Problems: reading.Report.Problems(), Unavailable: unavailable(r, reading)}
	if cmd.WriteBack {
		back, err := v.WriteBack(ctx, m, reading, r.Findings(), neo4jstore.WriteBackOptions{Prefix: cmd.Prefix, NoChurn: !anybodyGone(r)}, o.Progress)
		if err != nil {
			return fmt.Errorf("the result is in %s, but not on the graph; the same command tries again: %w", near(cmd.Data), err)
		}
		s.WriteBack = &back
	}
	finish()
	s.summary = summaryOf(r, time.Since(started))
	if cmd.JSON {
		return c.json(s)
	}
	cmd.printMapped(c, r, s)
	c.printf("Analysed in %s. kith serve --data %s serves the result.\n", took(started), near(cmd.Data))
	return nil
}

// openResults opens a folder for the results of a mapped graph. One that has data
// of its own is refused, as its results would be replaced by those of another graph.
func openResults(ctx context.Context, dir string) (*house, error) {
	st, err := duckstore.Open(ctx, dir, duckstore.Options{Create: true})
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir, events: st, store: st}
	imports, err := h.events.Imports(ctx)
	if err == nil && len(imports) > 0 {
		err = fmt.Errorf("%w: %s has data of its own, such as %s; give a folder of its own to the results of a mapped graph", errUsage, near(dir), imports[0].File)
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

// findMapped analyses what was read.
func findMapped(ctx context.Context, reading *neo4jstore.Reading, name string, o analysis.Options) (*analysis.Result, error) {
	rows := reading.Report.Customers.Nodes + reading.Report.Products.Nodes
	for _, t := range reading.Report.Ties {
		rows += t.Relationships
	}
	if reading.Network.Customers.Len() == 0 {
		return nil, fmt.Errorf("%s: %w", name, errNobody)
	}
	return analysis.Find(ctx, analysis.Material{
		Network: reading.Network, Departures: reading.Departures, Window: reading.Span,
		Inputs: []analysis.Input{{Kind: "graph", File: name, Hash: reading.Hash(), Rows: rows}},
	}, o)
}

// keep makes a result the current one of the folder, with the map it came by.
func (h *house) keep(ctx context.Context, r *analysis.Result, graphMap string, p graph.Progress) error {
	text, err := os.ReadFile(graphMap)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(h.dir, mapCopy), text, 0o600); err != nil {
		return fmt.Errorf("keep the graph map: %w", err)
	}
	if err := analysis.Publish(ctx, h.events, h.results(), r, p); err != nil {
		return err
	}
	return analysis.MarkCurrent(h.results(), r.Run.ID)
}

// mappedSummary is what the analysis of a mapped graph reports to programs.
type mappedSummary struct {
	summary
	Read     *neo4jstore.Report   `json:"read"`
	Problems []neo4jstore.Problem `json:"problems"`
	// Unavailable says what cannot be told of this graph, and why.
	Unavailable []string                    `json:"unavailable"`
	WriteBack   *neo4jstore.WriteBackReport `json:"write_back,omitempty"`
}

// unavailable says what a graph cannot tell for want of times, departures or
// purchases.
func unavailable(r *analysis.Result, reading *neo4jstore.Reading) []string {
	list := []string{}
	if !anybodyGone(r) {
		list = append(list, "churn risk, as nobody is known to have left: name the property that says when under customers: left")
	}
	if reading.Span == (graph.Window{}) {
		list = append(list, "the time that the result is about, as no tie has one: name its properties under first and last")
	}
	list = append(list, "windows (--from, --as-of) and the course of time, as ties are sums: kith load takes in events")
	if reading.Network.Bought.Arcs() == 0 {
		list = append(list, "recommendations, as there are no purchases: map products and purchases")
	}
	return list
}

func (cmd *analyzeCmd) printMapped(c *console, r *analysis.Result, s mappedSummary) {
	printCounts(c, r)
	if anybodyGone(r) {
		printAtRisk(c, r)
	}
	printProblems(c, s.Problems)
	c.printf("\nThis graph does not tell:\n")
	for _, what := range s.Unavailable {
		c.printf("  - %s\n", what)
	}
	if b := s.WriteBack; b != nil {
		c.printf("\nWritten back with the prefix %s: %s, %s, %s, %s.\n", cmd.Prefix, graph.Counted(b.Customers, "customer"),
			graph.Counted(b.Communities, "community"), graph.Counted(b.Memberships, "membership"), graph.Counted(b.Preferences, "preference"))
		if b.Gone > 0 {
			c.printf("  %s %s left the database meanwhile.\n", graph.Counted(b.Gone, "customer"), graph.Agree(b.Gone, "has", "have"))
		}
		c.printf("kith doctor --remove-write-back%s takes it away again.\n", prefixFlag(cmd.Prefix))
	} else {
		c.printf("\nNothing was written to the graph; --write-back puts the results onto it.\n")
	}
}

func prefixFlag(prefix string) string {
	if prefix == "kith_" {
		return ""
	}
	return " --prefix " + prefix
}

func printProblems(c *console, problems []neo4jstore.Problem) {
	if len(problems) == 0 {
		return
	}
	c.printf("\nWhat is odd about the graph:\n")
	for _, p := range problems {
		c.printf("  - %s\n", plainText(p.Text))
	}
}

// errNoMap explains why a folder with the results of a mapped graph cannot be
// analysed without the map.
func errNoMap(dir string) error {
	if !isMapped(dir) {
		return nil
	}
	return fmt.Errorf("%w, and has no data of its own: run kith analyze with --store and --graph-map %s", errMapped, filepath.Join(near(dir), mapCopy))
}
