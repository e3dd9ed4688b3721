package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"kith/graph"
)

// kernelCost is the memory that a kernel takes beside the graph, in bytes for
// each arc, each vertex, and each vertex and thread. They were measured on R-MAT and
// planted graphs of one to eight million arcs, as the growth of the peak resident
// set; what a kernel takes for an arc depends on the graph where it makes smaller
// graphs of it, and then the middle is given.
type kernelCost struct{ arc, vertex, thread float64 }

var kernelCosts = map[string]kernelCost{
	"leiden":     {arc: 6, vertex: 160, thread: 8},
	"louvain":    {arc: 2, vertex: 155, thread: 8},
	"overlap":    {arc: 8, vertex: 140},
	"pagerank":   {arc: 0, vertex: 24},
	"kcore":      {arc: 0, vertex: 24},
	"triangles":  {arc: 2.5, vertex: 36, thread: 2},
	"components": {vertex: 4},
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

// forecast estimates the most memory that the run will hold and refuses what does
// not fit.
func (k *kernelRun) forecast(ctx context.Context, shape graph.BuildOptions, twoSides bool) error {
	// Graphs are a handful of large blocks, which cost the collector
	// nothing to look at; so it may look often, and the peak is what is in use.
	former, finish := debug.SetGCPercent(20), k.finish
	k.finish = func() {
		finish()
		debug.SetGCPercent(former)
	}
	now := residentBytes()
	fc, err := graph.ForecastGraph(ctx, k.File, k.flags.edges(k.Threads, twoSides, nil))
	if err != nil {
		return err
	}
	cost := kernelCosts[k.Kernel]
	if k.Kernel == "pagerank" && !shape.Undirected && !fc.Undirected {
		// It goes against the arrows, on the transpose.
		cost.arc, cost.vertex = cost.arc+4, cost.vertex+20
		if fc.Weighted || fc.Repeated {
			cost.arc += 4
		}
	}
	kernel := float64(fc.Arcs(shape))*cost.arc + float64(fc.Vertices)*(cost.vertex+cost.thread*float64(k.Threads))
	k.EstimateBytes = now + max(fc.BuildBytes(shape, k.Threads), fc.GraphBytes(shape)+int64(kernel))
	e := &errMemory{file: k.File, rows: fc.Rows, needs: k.EstimateBytes, free: now + freeBytes(), kernel: k.Kernel}
	if k.flags.MemoryGB > 0 {
		e.free, e.bound = int64(k.flags.MemoryGB*1e9), true
	}
	if e.free > 0 && e.needs > e.free {
		return e
	}
	return nil
}
