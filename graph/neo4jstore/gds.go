package neo4jstore

import (
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

//go:embed gds/*.cypher
var gdsFiles embed.FS

// ErrNoGDS says that the server lacks the plugin Graph Data Science.
var ErrNoGDS = errors.New("this Neo4j server has no Graph Data Science: put the plugin for its version into the server's plugins folder, " +
	"allow it with dbms.security.procedures.unrestricted=gds.*, and restart the server")

// gdsPrefix begins the names of our projections.
const gdsPrefix = "kith-compare-"

// Projection is the network of calls in the memory of Graph Data Science,
// undirected. It takes memory there until Drop.
type Projection struct {
	// Nodes and Ties are how many customers and pairs of them it has.
	Nodes, Ties int64
	// Bytes is the memory that it takes there.
	Bytes int64
	// Took is how long the projection took.
	Took time.Duration

	s       *Store
	name    string
	threads int
}

// GDSAlgorithm is one of Graph Data Science.
type GDSAlgorithm string

// The algorithms that a Projection runs.
const (
	GDSLeiden      GDSAlgorithm = "leiden"
	GDSLouvain     GDSAlgorithm = "louvain"
	GDSPageRank    GDSAlgorithm = "pageRank"
	GDSBetweenness GDSAlgorithm = "betweenness"
)

// GDSRun is what one run of an algorithm gave.
type GDSRun struct {
	// Took is the time until the answer, Computed what the server says of it.
	Took, Computed time.Duration
	// Bytes is what the server estimates it to take beside the graph at most.
	Bytes int64
}

// Project puts the network of calls into Graph Data Science, on so many threads.
// Its error matches ErrNoGDS where the plugin is not there. It removes what
// earlier projections left whose programs were killed, after six hours.
func (s *Store) Project(ctx context.Context, threads int) (*Projection, error) {
	info, err := s.Server(ctx)
	if err != nil {
		return nil, err
	}
	if info.GDS == "" {
		return nil, ErrNoGDS
	}
	p := &Projection{s: s, name: gdsPrefix + strings.ToLower(rand.Text()), threads: threads}
	if err := p.project(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("project the network into Graph Data Science: %w", err), p.Drop(ctx))
	}
	return p, nil
}

func (p *Projection) project(ctx context.Context) error {
	if _, err := p.one(ctx, "stale", "", map[string]any{"prefix": gdsPrefix}); err != nil {
		return err
	}
	began := time.Now()
	v, err := p.one(ctx, "project", "", map[string]any{"threads": p.threads})
	if err != nil {
		return err
	}
	p.Took = time.Since(began)
	p.Nodes, p.Ties = v.int("nodes"), v.int("arcs")/2
	v, err = p.one(ctx, "size", "", nil)
	p.Bytes = v.int("bytes")
	return err
}

// Run runs an algorithm with settings of its own and keeps what it found under
// its name. Before, it runs it warmups times in vain, as a Java machine is slow to
// begin with, and gives the best time of all.
func (p *Projection) Run(ctx context.Context, a GDSAlgorithm, settings map[string]any, warmups int) (r GDSRun, err error) {
	try, keep := map[string]any{"concurrency": p.threads}, map[string]any{"concurrency": p.threads, "mutateProperty": string(a)}
	for name, value := range settings {
		try[name], keep[name] = value, value
	}
	v, err := p.one(ctx, "estimate", a, map[string]any{"settings": keep})
	if err != nil {
		return GDSRun{}, fmt.Errorf("estimate %s in Graph Data Science: %w", a, err)
	}
	r.Bytes = v.int("bytes")
	for i := range warmups + 1 {
		query, with := "try", try
		if i == warmups {
			query, with = "keep", keep
		}
		began := time.Now()
		if v, err = p.one(ctx, query, a, map[string]any{"settings": with}); err != nil {
			return GDSRun{}, fmt.Errorf("run %s in Graph Data Science: %w", a, err)
		}
		took := time.Since(began)
		if i == 0 || took < r.Took {
			r.Took, r.Computed = took, time.Duration(v.int("computeMillis"))*time.Millisecond
		}
	}
	return r, nil
}

// Found gives what a Run of the algorithm found about each customer, in any
// order: a score, or the number of a community.
func (p *Projection) Found(ctx context.Context, a GDSAlgorithm, each func(id string, value float64) error) error {
	err := p.s.once(ctx, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, p.text("found", a), p.params(map[string]any{"property": string(a)}))
		if err != nil {
			return err
		}
		for result.Next(ctx) {
			v := result.Record().Values
			id, ok := v[0].(string)
			value, ok2 := number(v[1])
			if !ok || !ok2 {
				return fmt.Errorf("customer %.100v has no %s", v[0], a)
			}
			if err := each(id, value); err != nil {
				return err
			}
		}
		return result.Err()
	})
	if err != nil {
		return fmt.Errorf("read what %s found in Graph Data Science: %w", a, explain(ctx, err))
	}
	return nil
}

// Drop removes the projection, also when ctx has ended.
func (p *Projection) Drop(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if _, err := p.one(bounded, "drop", "", nil); err != nil {
		return fmt.Errorf("remove the projection %s from Graph Data Science: %w", p.name, err)
	}
	return nil
}

func (p *Projection) text(name string, a GDSAlgorithm) string {
	text, err := gdsFiles.ReadFile("gds/" + name + ".cypher")
	if err != nil {
		panic(err) // a name that is not in the folder is a programmer's error
	}
	// Cypher has no parameter for a procedure; the names are those above.
	return strings.ReplaceAll(string(text), "ALGORITHM", string(a))
}

func (p *Projection) params(more map[string]any) map[string]any {
	all := map[string]any{"graph": p.name}
	for name, value := range more {
		all[name] = value
	}
	return all
}

// one runs a query once and returns its first record.
func (p *Projection) one(ctx context.Context, name string, a GDSAlgorithm, params map[string]any) (row, error) {
	var records []*neo4j.Record
	err := p.s.once(ctx, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, p.text(name, a), p.params(params))
		if err != nil {
			return err
		}
		records, err = result.Collect(ctx)
		return err
	})
	if err != nil || len(records) == 0 {
		return row{}, explain(ctx, err)
	}
	return records[0].AsMap(), nil
}

func (r row) int(key string) int64 { v, _ := r[key].(int64); return v }
