package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"kith/graph"
)

// kernelCost is the memory that a kernel takes beside the graph: bytes for each arc,
// for each arc that has a weight, for each vertex, for each vertex and thread, and
// the same for the columns of a graph with two sides. They are the sizes of what the
// kernel makes; where it makes smaller graphs of the graph (Leiden and its kin), the
// middle of what was measured on R-MAT and planted graphs of one to eight million
// arcs.
type kernelCost struct {
	arc, weight          float64
	vertex, thread       float64
	column, columnThread float64
	fixed                float64
	mutual               float64 // more for each vertex where ties have no direction
	// copies is how many more times the arcs are held where ties have a direction,
	// as by a kernel that goes against the arrows, on the transpose.
	copies float64
	// workers, unless 0, is how many threads have something to do.
	workers int
}

// kernelCosts are those that no option changes.
var kernelCosts = map[string]kernelCost{
	"leiden":      {arc: 8.5, vertex: 76, thread: 8},
	"louvain":     {arc: 2.5, vertex: 92, thread: 8},
	"labelprop":   {vertex: 44, thread: 8},
	"overlap":     {arc: 8.5, vertex: 95},
	"hits":        {vertex: 64, copies: 1},
	"eigenvector": {vertex: 20, mutual: 36, copies: 1},
	"katz":        {vertex: 24, copies: 1},
	"kcore":       {vertex: 24},
	"triangles":   {arc: 2, vertex: 44, thread: 8},
	"components":  {vertex: 4},
	"degree":      {vertex: 28, copies: 1},
	"scc":         {vertex: 28},
	"snapshot":    {},
}

// bytes is the cost for a file's graph.
func (c kernelCost) bytes(fc graph.Forecast, shape graph.BuildOptions, threads int) int64 {
	if shape.Undirected || fc.Undirected {
		c.vertex += c.mutual
	} else {
		c.arc, c.weight, c.vertex = c.arc+4*c.copies, c.weight+4*c.copies, c.vertex+8*c.copies
	}
	if c.workers > 0 {
		threads = min(threads, c.workers)
	}
	arc := c.arc + c.weight*fc.WeightedShare(shape)
	columns, t := float64(fc.Columns), float64(threads)
	return int64(float64(fc.Arcs(shape))*arc + float64(fc.Vertices)*(c.vertex+c.thread*t) + columns*(c.column+c.columnThread*t) + c.fixed)
}

// lanes is how many sets of seeds are answered side by side, in a float64 each.
const lanes = 8

// cost is that of PageRank: what a vertex has and gives, now and next, and of many
// sets the answers too.
func (cmd *pagerankCmd) cost() kernelCost {
	switch {
	case cmd.Seeds != "":
		return kernelCost{vertex: 4*8*lanes + 16, copies: 1}
	case len(cmd.From) > 0:
		return kernelCost{vertex: 40, copies: 1}
	}
	return kernelCost{vertex: 24, copies: 1}
}

func (cmd *heatCmd) cost() kernelCost {
	if cmd.Seeds != "" {
		return kernelCost{vertex: 4*8*lanes + 48, copies: 1}
	}
	return kernelCost{vertex: 40, copies: 1}
}

func (cmd *spreadCmd) cost() kernelCost {
	c := kernelCost{vertex: 32, copies: 1}
	if cmd.Seeds != "" {
		c.vertex = 4*8*lanes + 16
	}
	switch {
	case cmd.Ties == "reciprocated":
		c.copies = 1.3 // the transpose and the ties that go both ways, of unknown number
	case cmd.Direction == "both":
		c.copies = 3 // the transpose and each tie both ways
	}
	return c
}

// searchCost is that of searches from so many vertices, 0 for all, which workers take
// some at a time of. Each worker has so many bytes a vertex.
func searchCost(from, some int, worker float64) kernelCost {
	return kernelCost{vertex: 24, thread: worker, copies: 1, workers: (from + some - 1) / some}
}

func (cmd *betweennessCmd) cost() kernelCost {
	from := max(cmd.Sources, len(cmd.From))
	switch {
	case cmd.Communities != "":
		// The graph of one community is small beside the whole.
		return kernelCost{vertex: 8}
	case cmd.Length != "one":
		return searchCost(from, 8, 48)
	}
	return searchCost(from, 8, 36)
}

func (cmd *closenessCmd) cost() kernelCost {
	if cmd.Length != "one" {
		return searchCost(cmd.Targets, 8, 44)
	}
	return searchCost(cmd.Targets, 256, 132)
}

// cost is that of two vectors for each customer and product, and the ties from the
// products' side.
func (cmd *alsCmd) cost() kernelCost {
	vector := 4 * float64((cmd.Factors+7)/8*8)
	return kernelCost{arc: 4, weight: 4, vertex: vector, column: vector + 12}
}

// projectionCost is that of a projection to so many neighbours: a heap and the
// answer for each own vertex, where each tie goes on, and the ties turned round.
func projectionCost(customers bool, k int) kernelCost {
	own, ownThread, other := 16*float64(k)+28, 4., 24.
	c := kernelCost{arc: 8, weight: 8, vertex: own, thread: ownThread, column: other}
	if !customers {
		c.vertex, c.thread, c.column, c.columnThread = other, 0, own, ownThread
	}
	return c
}

func (cmd *projectCmd) cost() kernelCost { return projectionCost(cmd.Side == "customers", cmd.K) }

func (cmd *itemknnCmd) cost() kernelCost {
	c := projectionCost(false, cmd.K)
	if !cmd.Counts {
		c.weight = 0
	}
	return c
}

// memoryFlag bounds what a kernel may take.
type memoryFlag struct {
	MemoryGB float64 `name:"memory-gb" help:"Most memory to take, in GB of 1e9 bytes; what is free when left out. A graph that would need more is refused before it is read." placeholder:"GB"`
}

// errMemory says that a graph is too large for the machine.
type errMemory struct {
	kernel, file string
	rows         int64
	needs, free  int64
	bound        bool // free is what was asked for
}

// Error says how much is needed and what to do.
func (e *errMemory) Error() string {
	have := "are free"
	if e.bound {
		have = "may be taken (--memory-gb)"
	}
	return fmt.Sprintf("%s of %s, some %s ties, needs about %s of memory and %s %s; keep fewer ties, or take a machine with more",
		e.kernel, e.file, thousands(e.rows), memorySize(e.needs), memorySize(e.free), have)
}

func memorySize(n int64) string {
	if n < 1e9 {
		return fmt.Sprintf("%.0f MB", float64(n)/1e6)
	}
	return fmt.Sprintf("%.1f GB", float64(n)/1e9)
}

// resident is what the process has when it foretells what it will have.
var resident = residentBytes

// forecast estimates the most memory that the run will hold and refuses what does
// not fit.
func (k *kernelRun) forecast(ctx context.Context, shape graph.BuildOptions, twoSides bool, cost kernelCost) error {
	// Graphs are a handful of large blocks, which cost the collector
	// nothing to look at; so it may look often, and the peak is what is in use.
	former, finish := debug.SetGCPercent(20), k.finish
	k.finish = func() {
		finish()
		debug.SetGCPercent(former)
	}
	now := resident()
	fc, err := graph.ForecastGraph(ctx, k.File, k.flags.edges(k.Threads, twoSides, nil))
	if err != nil {
		return err
	}
	// Heaps grow by blocks of 4 MB.
	k.EstimateBytes = now + 4<<20 + max(fc.BuildBytes(shape, k.Threads), fc.GraphBytes(shape)+cost.bytes(fc, shape, k.Threads))
	e := &errMemory{file: k.File, rows: fc.Rows, needs: k.EstimateBytes, free: now + freeBytes(), kernel: k.Kernel}
	if k.flags.MemoryGB > 0 {
		e.free, e.bound = int64(k.flags.MemoryGB*1e9), true
	}
	k.memory = e.free
	if e.free > 0 && e.needs > e.free {
		return e
	}
	return nil
}
