package main

import (
	"context"
	"runtime"
	"time"

	"kith/graph"
)

// graphCmd runs one kernel on one file. Each kernel is a verb of its own, so
// that help shows its options only.
type graphCmd struct {
	Leiden      leidenCmd      `cmd:"" help:"Communities by Leiden: connected, of the highest modularity found."`
	Louvain     louvainCmd     `cmd:"" help:"Communities by Louvain."`
	Labelprop   labelpropCmd   `cmd:"" help:"Communities by label propagation: quick, without an objective."`
	Overlap     overlapCmd     `cmd:"" help:"To what degree each vertex belongs to each community."`
	HITS        hitsCmd        `cmd:"" name:"hits" help:"Hubs, who point at authorities, and authorities."`
	Eigenvector eigenvectorCmd `cmd:"" help:"Eigenvector centrality."`
	Katz        katzCmd        `cmd:"" help:"Katz centrality."`
	Betweenness betweennessCmd `cmd:"" help:"Shortest paths through each vertex, all or sampled."`
	Closeness   closenessCmd   `cmd:"" help:"Harmonic closeness, exact or sampled."`
	Kcore       kcoreCmd       `cmd:"" help:"Core numbers."`
	Triangles   trianglesCmd   `cmd:"" help:"Triangles and clustering."`
	Components  componentsCmd  `cmd:"" help:"Connected components."`
	Degree      degreeCmd      `cmd:"" help:"Degree figures: ties in, out and mutual, and their weights."`
	SCC         sccCmd         `cmd:"" name:"scc" help:"Strongly connected components."`
	Snapshot    snapshotCmd    `cmd:"" help:"Write the graph to a file that is there at once when it is read again."`
	seedVerbs
	recommendVerbs
}

// kernelFlags are the settings that all kernels share.
type kernelFlags struct {
	File       string `arg:"" help:"Edge list: u,v[,weight] as CSV, TSV or separated by spaces, plain, gz or zst, or Parquet, MatrixMarket, METIS (.graph) or a snapshot; ids are text." type:"path"`
	Out        string `help:"Where to write the answer, as CSV." type:"path" placeholder:"FILE"`
	Threads    int    `help:"Threads to use; 0 is all cores. The answer is the same." default:"0"`
	JSON       bool   `name:"json" help:"Report as JSON."`
	FromColumn string `help:"Column of the first id, by name or number." placeholder:"COLUMN"`
	ToColumn   string `help:"Column of the second id." placeholder:"COLUMN"`
	Weight     string `help:"Column of the weight." placeholder:"COLUMN"`
	Unweighted bool   `help:"Let every row weigh 1; equal rows still add up."`
	Header     string `help:"Whether the first line names the columns: auto, yes or no." enum:"auto,yes,no" default:"auto"`
	memoryFlag
}

// seedFlag is for kernels that choose among equally good answers.
type seedFlag struct {
	Seed uint64 `help:"Which of equally good answers; equal seeds give equal answers." default:"1"`
}

// kernelReport is what a kernel run says of itself.
type kernelReport struct {
	Kernel        string   `json:"kernel"`
	File          string   `json:"file"`
	Rows          int64    `json:"rows"`
	Vertices      int      `json:"vertices"`
	Columns       int      `json:"columns,omitempty"`
	Edges         int64    `json:"edges"`
	Arcs          int      `json:"arcs"`
	Loops         int64    `json:"loops"`
	ReadS         float64  `json:"read_s"`
	BuildS        float64  `json:"build_s"`
	LoadCPUS      float64  `json:"load_cpu_s,omitempty"`
	KernelS       float64  `json:"kernel_s"`
	KernelCPUS    float64  `json:"kernel_cpu_s,omitempty"`
	PeakBytes     int64    `json:"peak_bytes"`
	EstimateBytes int64    `json:"estimate_bytes"`
	Threads       int      `json:"threads"`
	Seed          uint64   `json:"seed"`
	Communities   int      `json:"communities,omitempty"`
	Modularity    *float64 `json:"modularity,omitempty"`
	communityReport
	Components int     `json:"components,omitempty"`
	Iterations int     `json:"iterations,omitempty"`
	Residual   float64 `json:"residual,omitempty"`
	Neighbours int     `json:"neighbours,omitempty"`
	influenceReport
}

// kernelRun is one kernel run under way: the graph it read and the report.
type kernelRun struct {
	kernelReport
	flags    *kernelFlags
	c        *console
	names    *graph.Names
	columns  *graph.Names
	g        *graph.Graph
	progress graph.Progress
	finish   func()
	memory   int64 // that may be taken in all, 0 when unknown
}

// start reads the file and builds the graph.
func (f *kernelFlags) start(ctx context.Context, c *console, kernel string, seed uint64, shape graph.BuildOptions, twoSides bool) (*kernelRun, error) {
	return f.startCosting(ctx, c, kernel, seed, shape, twoSides, kernelCosts[kernel])
}

// startCosting is start for a kernel whose memory depends on its options.
func (f *kernelFlags) startCosting(ctx context.Context, c *console, kernel string, seed uint64, shape graph.BuildOptions, twoSides bool, cost kernelCost) (*kernelRun, error) {
	k := &kernelRun{flags: f, c: c}
	k.progress, k.finish = newProgress(c.err, f.JSON)
	k.Kernel, k.File, k.Seed, k.Threads = kernel, f.File, seed, f.Threads
	if k.Threads <= 0 {
		k.Threads = runtime.GOMAXPROCS(0)
	}
	if err := k.forecast(ctx, shape, twoSides, cost); err != nil {
		k.finish()
		return nil, err
	}
	read := k.read
	if graph.IsSnapshot(f.File) {
		read = k.open
	}
	started, used := time.Now(), cpuSeconds()
	if err := read(ctx, shape, twoSides); err != nil {
		k.finish()
		return nil, err
	}
	k.ReadS, k.LoadCPUS = seconds(started)-k.BuildS, cpuSeconds()-used
	// What reading took is given back before the kernel takes its own.
	runtime.GC()
	k.Vertices, k.Edges, k.Arcs = k.names.Len(), int64(k.g.Arcs()), k.g.Arcs()
	if k.g.Undirected {
		k.Edges = k.g.Edges()
	}
	if twoSides {
		k.Columns = k.columns.Len()
	}
	return k, nil
}

// edges are the options for reading an edge list.
func (f *kernelFlags) edges(threads int, twoSides bool, p graph.Progress) graph.EdgeOptions {
	return graph.EdgeOptions{
		From: f.FromColumn, To: f.ToColumn, Weight: f.Weight, Unweighted: f.Unweighted,
		Header:   map[string]graph.Header{"auto": graph.HeaderGuess, "yes": graph.HeaderYes, "no": graph.HeaderNo}[f.Header],
		TwoSides: twoSides, Threads: threads, Progress: p,
	}
}

// read reads an edge list and builds its graph.
func (k *kernelRun) read(ctx context.Context, shape graph.BuildOptions, twoSides bool) error {
	edges, err := graph.ReadEdges(ctx, k.File, k.flags.edges(k.Threads, twoSides, k.progress))
	if err != nil {
		return err
	}
	k.names, k.columns, k.Rows = edges.Names, edges.Columns, edges.Rows
	shape.Threads = k.Threads
	started := time.Now()
	g, built, err := edges.Build(ctx, shape)
	k.BuildS = seconds(started)
	k.g, k.Loops = g, built.Loops
	return err
}

// time runs the kernel itself.
func (k *kernelRun) time(f func() error) error {
	started, used := time.Now(), cpuSeconds()
	err := f()
	k.KernelS, k.KernelCPUS = seconds(started), cpuSeconds()-used
	k.finish()
	return err
}

// report writes the report; details are lines for a person.
func (k *kernelRun) report(details ...string) error {
	k.PeakBytes = peakBytes()
	if k.flags.JSON {
		return k.c.json(k.kernelReport)
	}
	k.c.printf("%s of %s\n", k.Kernel, k.File)
	k.c.printf("  %s, %s, %s\n", graph.Counted(k.Rows, "row"), graph.Counted(k.Vertices, "vertex"), graph.Counted(k.Edges, "tie"))
	for _, d := range details {
		k.c.printf("  %s\n", d)
	}
	k.c.printf("  read %.3f s, build %.3f s, kernel %.3f s on %s, peak memory %.0f MB\n", k.ReadS, k.BuildS, k.KernelS, graph.Counted(k.Threads, "thread"), float64(k.PeakBytes)/1e6)
	if k.flags.Out != "" {
		k.c.printf("  written to %s\n", k.flags.Out)
	}
	return nil
}

func seconds(started time.Time) float64 { return time.Since(started).Seconds() }

var undirected = graph.BuildOptions{Undirected: true}

type componentsCmd struct{ kernelFlags }

// Run finds connected components.
func (cmd *componentsCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "components", 0, undirected, false)
	if err != nil {
		return err
	}
	var labels []uint32
	if err := k.time(func() error {
		labels, k.Components = k.g.Components(k.progress)
		return nil
	}); err != nil {
		return err
	}
	if err := k.write("id,component", func(w *table, v int) { w.integer(uint64(labels[v])) }); err != nil {
		return err
	}
	return k.report(graph.Counted(k.Components, "component"))
}
