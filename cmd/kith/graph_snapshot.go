package main

import (
	"context"
	"fmt"

	"kith/graph"
)

// snapshotCmd writes a graph as kernels want it, so that reading it again takes
// no time.
type snapshotCmd struct {
	kernelFlags
	waysFlags
	TwoSides bool `help:"The ends of a tie are of two kinds, such as customers and products."`
}

// Run writes the snapshot.
func (cmd *snapshotCmd) Run(ctx context.Context, c *console) error {
	if cmd.Out == "" {
		return fmt.Errorf("%w: say with --out where to write the snapshot", errUsage)
	}
	if cmd.TwoSides && cmd.Undirected {
		return fmt.Errorf("%w: ties between two kinds of vertices have a direction, so give --two-sides or --undirected, not both", errUsage)
	}
	k, err := cmd.start(ctx, c, "snapshot", 0, cmd.shape(), cmd.TwoSides)
	if err != nil {
		return err
	}
	if err := k.time(func() error { return graph.WriteSnapshot(ctx, cmd.Out, k.g, k.names, k.columns, k.progress) }); err != nil {
		return err
	}
	return k.report("kith graph takes the snapshot wherever it takes an edge list")
}

// open takes the graph from a snapshot.
func (k *kernelRun) open(ctx context.Context, shape graph.BuildOptions, twoSides bool) error {
	f := k.flags
	if f.FromColumn != "" || f.ToColumn != "" || f.Weight != "" || f.Header != "auto" {
		return fmt.Errorf("%w: a snapshot has no columns to choose; leave --from-column, --to-column, --weight and --header out", errUsage)
	}
	s, err := graph.OpenSnapshot(ctx, f.File, k.Threads)
	if err != nil {
		return err
	}
	// The map is let go when the program ends, as names are used until then.
	fault := func(reason string) error { return &graph.DataError{File: f.File, Reason: reason} }
	switch two := s.Columns != s.Names; {
	case s.Names == nil:
		return fault("is a snapshot without names of vertices; write it anew with kith graph snapshot")
	case twoSides && !two:
		return fault("is a snapshot of a graph of one kind of vertices, and here it should be of two; write it anew with kith graph snapshot --two-sides")
	case !twoSides && two:
		return fault("is a snapshot of a graph of two kinds of vertices, and here they should be of one; kith graph project ties the vertices of one kind")
	}
	g := *s.Graph
	if f.Unweighted {
		g.Weights = nil
	}
	k.g, k.names, k.columns = &g, s.Names, s.Columns
	if shape.Undirected {
		if k.g, err = g.Symmetric(ctx, shape.Merge, k.Threads); err != nil {
			return err
		}
	}
	for u := range uint32(k.g.Rows()) {
		if !twoSides && k.g.Weight(u, u) > 0 {
			k.Loops++
		}
	}
	k.Rows = int64(g.Arcs())
	if g.Undirected {
		k.Rows = g.Edges()
	}
	return nil
}
