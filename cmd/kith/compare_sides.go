package main

import (
	"context"
	"fmt"
	"math"

	"kith/community"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/influence"
)

// sides are the same graph in both.
type sides struct {
	cmd        *compareGDSCmd
	names      *graph.Names
	ties       *graph.Graph
	projection *neo4jstore.Projection
	progress   graph.Progress
}

// theirs runs an algorithm of GDS and gives its values in our numbering.
func (s *sides) theirs(ctx context.Context, a neo4jstore.GDSAlgorithm, settings map[string]any) ([]float64, cost, error) {
	if s.progress != nil {
		s.progress("running "+string(a)+" in Graph Data Science", 0, 0)
	}
	run, err := s.projection.Run(ctx, a, settings, s.cmd.Repeat-1)
	if err != nil {
		return nil, cost{}, err
	}
	values := make([]float64, s.names.Len())
	for i := range values {
		values[i] = math.NaN()
	}
	err = s.projection.Found(ctx, a, func(id string, value float64) error {
		if u, ok := s.names.Find(id); ok {
			values[u] = value
		}
		return nil
	})
	if err != nil {
		return nil, cost{}, err
	}
	for u, value := range values {
		if math.IsNaN(value) {
			return nil, cost{}, fmt.Errorf("customer %.100q went while kith compared: run it again", s.names.At(uint32(u)))
		}
	}
	return values, cost{Seconds: run.Took.Seconds(), Computed: run.Computed.Seconds(), Bytes: run.Bytes}, nil
}

func (s *sides) partitions(ctx context.Context, name string, a neo4jstore.GDSAlgorithm,
	find func(context.Context, *graph.Graph, community.Options) (*community.Hierarchy, error),
) (comparedPartitions, error) {
	row := comparedPartitions{Name: name}
	var ours community.Partition
	var err error
	row.Kith, err = measured(s.cmd.Repeat, func() error {
		found, err := find(ctx, s.ties, community.Options{Seed: s.cmd.Seed, Threads: s.cmd.Threads})
		if err == nil {
			ours = found.Top()
		}
		return err
	})
	if err != nil {
		return row, err
	}
	settings := map[string]any{"relationshipWeightProperty": "weight"}
	if a == neo4jstore.GDSLeiden {
		settings["randomSeed"] = int64(s.cmd.Seed & math.MaxInt64)
	}
	values, cost, err := s.theirs(ctx, a, settings)
	if err != nil {
		return row, err
	}
	row.GDS = cost
	theirs := partitionOf(values)
	row.Communities = [2]int{ours.Count, theirs.Count}
	for i, p := range []community.Partition{ours, theirs} {
		if row.Modularity[i], err = community.Modularity(s.ties, p, 1); err != nil {
			return row, err
		}
	}
	if row.NMI, err = community.NMI(ours, theirs); err != nil {
		return row, err
	}
	row.ARI, err = community.ARI(ours, theirs)
	return row, err
}

// partitionOf numbers communities in the order in which they are met.
func partitionOf(values []float64) community.Partition {
	p := community.Partition{Of: make([]uint32, len(values))}
	number := map[float64]uint32{}
	for u, value := range values {
		c, known := number[value]
		if !known {
			c = uint32(len(number))
			number[value] = c
		}
		p.Of[u] = c
	}
	p.Count = len(number)
	return p
}

func (s *sides) pageRank(ctx context.Context) (row comparedScores, err error) {
	const damping, tolerance, iterations = .85, 1e-9, 200
	row.Name = "pagerank"
	var ours influence.Ranks
	if row.Kith, err = measured(s.cmd.Repeat, func() (err error) {
		ours, err = influence.PageRank(ctx, s.ties, influence.PageRankOptions{
			Damping: damping, Tolerance: tolerance, MaxIterations: iterations, Threads: s.cmd.Threads,
		})
		return err
	}); err != nil {
		return row, err
	}
	theirs, cost, err := s.theirs(ctx, neo4jstore.GDSPageRank, map[string]any{
		"relationshipWeightProperty": "weight", "dampingFactor": damping, "tolerance": tolerance, "maxIterations": iterations,
	})
	if err != nil {
		return row, err
	}
	row.GDS = cost
	// Theirs add up to about the number of customers.
	return row, row.agree(ours.Score, shares(theirs))
}

func (s *sides) betweenness(ctx context.Context, r *comparison) (row comparedScores, err error) {
	row.Name = "betweenness"
	sources := s.cmd.Sources
	if sources == 0 && r.Customers > 5000 {
		sources = 256
	}
	settings := map[string]any{}
	if sources = min(sources, r.Customers); sources > 0 {
		settings["samplingSize"], settings["samplingSeed"] = int64(sources), int64(s.cmd.Seed&math.MaxInt64)
		r.note("betweenness is that of the paths from %s customers, whom each side draws for itself", thousands(sources))
	}
	var ours *influence.Between
	if row.Kith, err = measured(s.cmd.Repeat, func() (err error) {
		ours, err = influence.Betweenness(ctx, s.ties, influence.BetweennessOptions{Sources: sources, Seed: s.cmd.Seed, Threads: s.cmd.Threads})
		return err
	}); err != nil {
		return row, err
	}
	theirs, cost, err := s.theirs(ctx, neo4jstore.GDSBetweenness, settings)
	if err != nil {
		return row, err
	}
	row.GDS = cost
	if sources > 0 { // kith scales up to all sources, GDS doesn't
		return row, row.agree(shares(ours.Score), shares(theirs))
	}
	return row, row.agree(ours.Score, theirs)
}
