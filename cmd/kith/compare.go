package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"time"

	"kith/api/analysis"
	"kith/community"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/influence"
)

// compareCmd holds kith against other programs.
type compareCmd struct {
	GDS compareGDSCmd `cmd:"" name:"gds" help:"Communities and ranks beside those of Neo4j Graph Data Science, on the same graph."`
}

type compareGDSCmd struct {
	storeFlags
	Data    string `help:"Data folder whose ties are brought to the server first; the graph that stands there when left out." type:"path" placeholder:"DIR"`
	Seed    uint64 `help:"Seed of both sides." default:"1"`
	Threads int    `help:"Threads of both sides. Graph Data Science without a licence takes 4 at most." default:"1"`
	Repeat  int    `help:"How often each algorithm runs; the best time counts." default:"1"`
	Sources int    `help:"How many customers stand for all in betweenness; 0 is all up to 5,000 customers and 256 beyond." default:"0"`
	JSON    bool   `name:"json" help:"Report as JSON."`
	periodFlags
}

// comparison is what a comparison reports.
type comparison struct {
	Neo4j     string               `json:"neo4j"`
	GDS       string               `json:"gds"`
	Kith      string               `json:"kith"`
	Customers int                  `json:"customers"`
	Ties      int64                `json:"ties"`
	Threads   int                  `json:"threads"`
	Repeat    int                  `json:"repeat"`
	Graph     twoCosts             `json:"graph"`
	Parts     []comparedPartitions `json:"partitions"`
	Scores    []comparedScores     `json:"scores"`
	// Notes say what else a reader should know.
	Notes []string `json:"notes"`
}

// cost is what a side needed. Bytes are what kith allocated meanwhile, and for GDS
// its graph's size and its own estimates of what algorithms take beside that.
type cost struct {
	Seconds float64 `json:"seconds"`
	// Computed are the seconds that the server says it computed.
	Computed float64 `json:"computed_s,omitempty"`
	Bytes    int64   `json:"bytes"`
}

type twoCosts struct {
	Kith cost `json:"kith"`
	GDS  cost `json:"gds"`
}

// comparedPartitions is how two partitions of the same graph agree. Modularity is
// worked out by kith for both.
type comparedPartitions struct {
	Name        string     `json:"name"`
	Communities [2]int     `json:"communities"`
	Modularity  [2]float64 `json:"modularity"`
	NMI         float64    `json:"nmi"`
	ARI         float64    `json:"ari"`
	twoCosts
}

// comparedScores is how two scores of the same customers agree. Largest is the
// largest difference between two, as a share of the largest score.
type comparedScores struct {
	Name     string  `json:"name"`
	Spearman float64 `json:"spearman"`
	Kendall  float64 `json:"kendall"`
	Largest  float64 `json:"largest_difference"`
	twoCosts
}

// Run compares.
func (cmd *compareGDSCmd) Run(ctx context.Context, c *console) (err error) {
	if cmd.Store == "" {
		return fmt.Errorf("%w: say with --store which Neo4j server has the graph", errUsage)
	}
	if cmd.Threads < 1 || cmd.Repeat < 1 || cmd.Sources < 0 {
		return fmt.Errorf("%w: --threads and --repeat are 1 at least, and --sources is not negative", errUsage)
	}
	if cmd.Data == "" && cmd.period() != (graph.Period{}) {
		return fmt.Errorf("%w: --from, --to and --as-of choose among the events of a data folder: name it with --data, as the graph in Neo4j has no events", errUsage)
	}
	store, err := neo4jstore.Connect(cmd.Store, cmd.options())
	if err != nil {
		return err
	}
	defer closeInto(store, &err)
	progress, finish := newProgress(c.err, cmd.JSON)
	defer finish()
	r := &comparison{Kith: version, Threads: cmd.Threads, Repeat: cmd.Repeat, Notes: []string{}}
	info, err := store.Server(ctx)
	if err != nil {
		return err
	}
	if info.GDS == "" {
		return neo4jstore.ErrNoGDS
	}
	r.Neo4j, r.GDS = info.Version, info.GDS
	if err := cmd.bring(ctx, store, progress); err != nil {
		return err
	}
	if err := cmd.compare(ctx, store, r, progress); err != nil {
		return err
	}
	finish()
	if cmd.JSON {
		return c.json(r)
	}
	r.print(c)
	return nil
}

// bring syncs the ties of the data folder into the server, or makes sure that
// there are some.
func (cmd *compareGDSCmd) bring(ctx context.Context, store *neo4jstore.Store, p graph.Progress) (err error) {
	if cmd.Data == "" {
		err := store.Check(ctx)
		if errors.Is(err, neo4jstore.ErrMigrating) {
			return fmt.Errorf("kith has put no graph into this database yet: run kith analyze --store first, or name the data folder with --data: %w", graph.ErrNoRun)
		}
		return err
	}
	h, err := openHouse(ctx, cmd.Data, storeFlags{})
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	if err := store.Prepare(ctx); err != nil {
		return err
	}
	w, err := windowOf(ctx, h.events, cmd.period())
	if err != nil {
		return plainPeriod(err)
	}
	if w.To.IsZero() {
		span, err := h.events.Span(ctx)
		if err != nil {
			return err
		}
		w.To = span.To
	}
	return store.Sync(ctx, h.events.Source(w), p)
}

// compare projects and runs everything on both sides. The projection is removed
// at the end, however that comes.
func (cmd *compareGDSCmd) compare(ctx context.Context, store *neo4jstore.Store, r *comparison, p graph.Progress) (err error) {
	var net *graph.Network
	var ties *graph.Graph
	// Reading is done once: its time is the network's, and the server's.
	if r.Graph.Kith, err = measured(1, func() (err error) {
		if net, err = store.Read(ctx, p); err == nil {
			ties, err = net.Calls.Symmetric(ctx, graph.MergeSum, cmd.Threads)
		}
		return err
	}); err != nil {
		return err
	}
	r.Customers, r.Ties = net.Customers.Len(), ties.Edges()
	if ties.Edges() == 0 {
		return fmt.Errorf("no two customers are tied by calls in this graph: %w", analysis.ErrEmpty)
	}
	r.Graph.Kith.Bytes = int64(8*len(ties.Offsets) + 4*len(ties.Targets) + 4*len(ties.Weights))
	projection, err := store.Project(ctx, cmd.Threads)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, projection.Drop(ctx)) }()
	r.Graph.GDS = cost{Seconds: projection.Took.Seconds(), Bytes: projection.Bytes}
	if projection.Nodes != int64(r.Customers) || projection.Ties != r.Ties {
		r.note("Graph Data Science has %s customers and %s ties: some were changed meanwhile, or weigh nothing",
			thousands(projection.Nodes), thousands(projection.Ties))
	}
	sides := &sides{cmd: cmd, names: net.Customers, ties: ties, projection: projection, progress: p}
	for _, kernel := range []struct {
		name      string
		algorithm neo4jstore.GDSAlgorithm
		find      func(context.Context, *graph.Graph, community.Options) (*community.Hierarchy, error)
	}{
		{"leiden", neo4jstore.GDSLeiden, community.Leiden},
		{"louvain", neo4jstore.GDSLouvain, community.Louvain},
	} {
		row, err := sides.partitions(ctx, kernel.name, kernel.algorithm, kernel.find)
		if err != nil {
			return err
		}
		r.Parts = append(r.Parts, row)
	}
	row, err := sides.pageRank(ctx)
	if err != nil {
		return err
	}
	r.Scores = append(r.Scores, row)
	if row, err = sides.betweenness(ctx, r); err != nil {
		return err
	}
	r.Scores = append(r.Scores, row)
	return nil
}

func (r *comparison) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

// shares scales scores so that they add up to 1.
func shares(scores []float64) []float64 {
	sum := 0.0
	for _, x := range scores {
		sum += x
	}
	if sum == 0 {
		return scores
	}
	scaled := make([]float64, len(scores))
	for i, x := range scores {
		scaled[i] = x / sum
	}
	return scaled
}

// agree compares two scores.
func (row *comparedScores) agree(ours, theirs []float64) (err error) {
	largest, difference := 0.0, 0.0
	for i := range ours {
		largest = max(largest, math.Abs(ours[i]))
		difference = max(difference, math.Abs(ours[i]-theirs[i]))
	}
	if largest > 0 {
		difference /= largest
	}
	row.Largest = difference
	// What differs by rounding only is the same rank.
	ours, theirs = rounded(ours, largest*1e-8), rounded(theirs, largest*1e-8)
	if row.Spearman, err = influence.Spearman(ours, theirs); err != nil {
		return err
	}
	row.Kendall, err = influence.Kendall(ours, theirs)
	return err
}

// rounded gives scores in whole numbers of a unit.
func rounded(scores []float64, unit float64) []float64 {
	if unit == 0 {
		return scores
	}
	whole := make([]float64, len(scores))
	for i, x := range scores {
		whole[i] = math.Round(x / unit)
	}
	return whole
}

// measured runs f so many times and gives the best time and what it allocated.
func measured(times int, f func() error) (best cost, err error) {
	for i := range times {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := time.Now()
		if err := f(); err != nil {
			return cost{}, err
		}
		took := time.Since(began).Seconds()
		runtime.ReadMemStats(&after)
		if i == 0 || took < best.Seconds {
			best = cost{Seconds: took, Bytes: int64(after.TotalAlloc - before.TotalAlloc)}
		}
	}
	return best, nil
}
