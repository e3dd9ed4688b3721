package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"

	"kith/graph"
	"kith/influence"
	"kith/influence/churn"
)

// seedVerbs let something flow from chosen vertices.
type seedVerbs struct {
	Pagerank pagerankCmd `cmd:"" help:"PageRank of a directed or undirected graph, over all, from some, or from many sets of seeds."`
	Spread   spreadCmd   `cmd:"" help:"Spreading activation: what flows from seeds over ties."`
	Heat     heatCmd     `cmd:"" help:"Heat kernel: where a walk from the seeds is after a number of steps."`
}

// seedFlags say from where.
type seedFlags struct {
	From  []string `help:"Ids to start from." placeholder:"ID"`
	Seeds string   `help:"File of many sets to start from, one after the other: set,id[,weight] under such a header. Each is answered for itself." type:"path" placeholder:"FILE"`
	Top   int      `help:"With --seeds: how many of the highest to write for each set; 0 writes all." default:"20"`
}

// seedReport is what kernels with many sets of seeds say of themselves besides.
type seedReport struct {
	Sets   int `json:"sets,omitempty"`
	Seeds  int `json:"seeds,omitempty"`
	Absent int `json:"absent,omitempty"`
}

// seedSets are many sets by name.
type seedSets struct {
	names  []string
	starts []influence.Starts
}

// absentSeed stands for an id that the graph lacks; it sorts last.
const absentSeed = ^uint32(0)

// sets reads --seeds: sets in the byte order of their names, whatever the order of
// rows, each with its vertices in canonical order. Ids that the graph lacks are
// counted where absent says so, and refused otherwise.
func (k *kernelRun) sets(path string, weights, absent bool) (*seedSets, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	type seed struct {
		set    string
		vertex uint32
		weight float64
	}
	var list []seed
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &graph.DataError{File: path, Reason: err.Error()}
		}
		line, _ := r.FieldPos(0)
		wrong := func(column int, format string, args ...any) error {
			return &graph.DataError{File: path, Line: int64(line), Column: strconv.Itoa(column), Reason: fmt.Sprintf(format, args...)}
		}
		if len(row) != 2 && (len(row) != 3 || !weights) {
			return nil, wrong(len(row), "has %d fields; each line needs a set and an id", len(row))
		}
		if first {
			if row[0] != "set" {
				return nil, wrong(1, "is %q; the first line must be the header set,id", row[0])
			}
			continue
		}
		s := seed{set: row[0], weight: 1}
		if len(row) == 3 {
			if s.weight, err = strconv.ParseFloat(row[2], 64); err != nil || !(s.weight >= 0) {
				return nil, wrong(3, "%q is no weight", row[2])
			}
		}
		v, ok := k.names.Find(row[1])
		switch {
		case !ok && !absent:
			return nil, wrong(2, "%q is not in %s", row[1], k.File)
		case !ok:
			v = absentSeed
		}
		s.vertex = v
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, &graph.DataError{File: path, Reason: "has no seeds; each line needs a set and an id"}
	}
	slices.SortFunc(list, func(a, b seed) int {
		return cmp.Or(cmp.Compare(a.set, b.set), cmp.Compare(a.vertex, b.vertex), cmp.Compare(a.weight, b.weight))
	})
	s := &seedSets{}
	for i, x := range list {
		if i == 0 || x.set != list[i-1].set {
			s.names, s.starts = append(s.names, x.set), append(s.starts, influence.Starts{})
		}
		if x.vertex == absentSeed {
			k.Absent++
			continue
		}
		k.Seeds++
		at := &s.starts[len(s.starts)-1]
		at.At = append(at.At, x.vertex)
		if weights {
			at.Weights = append(at.Weights, x.weight)
		}
	}
	k.Sets = len(s.names)
	return s, nil
}

// ranked writes the highest scores of one set, equal ones in canonical order.
func (k *kernelRun) ranked(t *table, set string, score []float64, top int) error {
	order := make([]uint32, 0, len(score))
	for v, x := range score {
		if x > 0 {
			order = append(order, uint32(v))
		}
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b))
	})
	if top > 0 {
		order = order[:min(top, len(order))]
	}
	for _, v := range order {
		t.text(set)
		t.next()
		t.text(k.names.At(v))
		t.next()
		t.float(score[v])
		if err := t.end(); err != nil {
			return err
		}
	}
	return nil
}

// many runs a kernel on all sets of --seeds and writes set,id,score as it goes.
func (k *kernelRun) many(f seedFlags, s *seedSets, score string, run func(each func(set int, score []float64) error) error) error {
	if f.Top < 0 {
		k.finish()
		return fmt.Errorf("%w: --top is %d; it must be 0 or more", errUsage, f.Top)
	}
	if k.flags.Out == "" {
		return k.time(func() error { return run(func(int, []float64) error { return nil }) })
	}
	var failed error
	err := k.writeTable("set,id,"+score, func(t *table) error {
		failed = k.time(func() error {
			return run(func(set int, score []float64) error { return k.ranked(t, s.names[set], score, f.Top) })
		})
		return failed
	})
	if failed != nil {
		return failed // which has nothing to do with the file
	}
	return err
}

// exclusive refuses --from beside --seeds.
func (f seedFlags) exclusive() error {
	if len(f.From) > 0 && f.Seeds != "" {
		return fmt.Errorf("%w: give --from or --seeds, not both", errUsage)
	}
	return nil
}

type pagerankCmd struct {
	kernelFlags
	waysFlags
	seedFlags
	Damping   float64 `help:"Chance of following a tie." default:"0.85"`
	Tolerance float64 `help:"Summed change of a sweep at which to stop." default:"1e-6"`
}

// Run ranks vertices.
func (cmd *pagerankCmd) Run(ctx context.Context, c *console) error {
	if err := cmd.exclusive(); err != nil {
		return err
	}
	k, err := cmd.startCosting(ctx, c, "pagerank", 0, cmd.shape(), false, cmd.cost())
	if err != nil {
		return err
	}
	o := influence.PageRankOptions{Damping: cmd.Damping, Tolerance: cmd.Tolerance, Threads: k.Threads, Progress: k.progress}
	if cmd.Seeds != "" {
		s, err := k.sets(cmd.Seeds, true, false)
		if err != nil {
			k.finish()
			return err
		}
		if err := k.many(cmd.seedFlags, s, "pagerank", func(each func(int, []float64) error) error {
			return influence.PageRanks(ctx, k.g, s.starts, o, func(set int, r influence.Ranks) error {
				k.Iterations, k.Residual = max(k.Iterations, r.Iterations), max(k.Residual, r.Residual)
				return each(set, r.Score)
			})
		}); err != nil {
			return err
		}
		return k.report(fmt.Sprintf("%s with %s in all, at most %s, last change at most %.2g", graph.Counted(k.Sets, "set"), graph.Counted(k.Seeds, "seed"), graph.Counted(k.Iterations, "sweep"), k.Residual))
	}
	if o.Personal, err = k.find(cmd.From, "--from"); err != nil {
		k.finish()
		return err
	}
	var ranks influence.Ranks
	if err := k.time(func() (err error) {
		ranks, err = influence.PageRank(ctx, k.g, o)
		return err
	}); err != nil {
		return err
	}
	k.Iterations, k.Residual = ranks.Iterations, ranks.Residual
	if err := k.write("id,pagerank", func(w *table, v int) { w.float(ranks.Score[v]) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, last change %.2g", graph.Counted(ranks.Iterations, "sweep"), ranks.Residual))
}

type heatCmd struct {
	kernelFlags
	waysFlags
	seedFlags
	Time      float64 `help:"How long heat flows: the mean number of steps." default:"5"`
	Tolerance float64 `help:"What all vertices together may lack." default:"1e-6"`
}

// Run lets heat flow.
func (cmd *heatCmd) Run(ctx context.Context, c *console) error {
	if err := cmd.exclusive(); err != nil {
		return err
	}
	k, err := cmd.startCosting(ctx, c, "heat", 0, cmd.shape(), false, cmd.cost())
	if err != nil {
		return err
	}
	o := influence.HeatOptions{Time: cmd.Time, Tolerance: cmd.Tolerance, Threads: k.Threads, Progress: k.progress}
	if cmd.Seeds != "" {
		s, err := k.sets(cmd.Seeds, true, false)
		if err != nil {
			k.finish()
			return err
		}
		if err := k.many(cmd.seedFlags, s, "heat", func(each func(int, []float64) error) error {
			return influence.Heats(ctx, k.g, s.starts, o, func(set int, w influence.Warmth) error {
				k.Iterations, k.Residual = w.Iterations, w.Lacking
				return each(set, w.Score)
			})
		}); err != nil {
			return err
		}
		return k.report(fmt.Sprintf("%s with %s in all, %s, %.2g lacking", graph.Counted(k.Sets, "set"), graph.Counted(k.Seeds, "seed"), graph.Counted(k.Iterations, "step"), k.Residual))
	}
	from, err := k.find(cmd.From, "--from")
	if err != nil {
		k.finish()
		return err
	}
	var w influence.Warmth
	if err := k.time(func() (err error) {
		w, err = influence.Heat(ctx, k.g, influence.Starts{At: from}, o)
		return err
	}); err != nil {
		return err
	}
	k.Iterations, k.Residual = w.Iterations, w.Lacking
	if err := k.write("id,heat", func(t *table, v int) { t.float(w.Score[v]) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, %.2g lacking", graph.Counted(w.Iterations, "step"), w.Lacking))
}

type spreadCmd struct {
	kernelFlags
	waysFlags
	seedFlags
	Factor     float64 `help:"Share of its energy that a vertex passes on in a step." default:"0.5"`
	Iterations int     `help:"The most steps." default:"100"`
	Accuracy   float64 `help:"Change of any vertex below which to stop; 0.001 at least." default:"0.01"`
	Direction  string  `help:"Which way energy goes: ${enum} the ties." enum:"along,against,both" default:"along"`
	Ties       string  `help:"How it is shared out: by weight, all ties alike (binary), or only over ties that go both ways: ${enum}." enum:"weight,binary,reciprocated" default:"weight"`
}

func (cmd *spreadCmd) options(k *kernelRun) churn.SpreadOptions {
	return churn.SpreadOptions{
		Factor: cmd.Factor, Iterations: cmd.Iterations, Accuracy: cmd.Accuracy,
		Direction: map[string]churn.Direction{"along": churn.Along, "against": churn.Against, "both": churn.Both}[cmd.Direction],
		Weighting: map[string]churn.Weighting{"weight": churn.ByWeight, "binary": churn.Binary, "reciprocated": churn.Reciprocated}[cmd.Ties],
		Threads:   k.Threads, Progress: k.progress,
	}
}

// Run lets energy flow. Seeds that the graph lacks are counted, as in a list of
// departures not all have calls.
func (cmd *spreadCmd) Run(ctx context.Context, c *console) error {
	if err := cmd.exclusive(); err != nil {
		return err
	}
	if len(cmd.From) == 0 && cmd.Seeds == "" {
		return fmt.Errorf("%w: say where to start, with --from or --seeds", errUsage)
	}
	k, err := cmd.startCosting(ctx, c, "spread", 0, cmd.shape(), false, cmd.cost())
	if err != nil {
		return err
	}
	d, err := churn.NewDiffusion(ctx, k.g, cmd.options(k))
	if err != nil {
		k.finish()
		return err
	}
	if cmd.Seeds != "" {
		s, err := k.sets(cmd.Seeds, false, true)
		if err != nil {
			k.finish()
			return err
		}
		sets := make([][]uint32, len(s.starts))
		for i := range sets {
			sets[i] = s.starts[i].At
		}
		if err := k.many(cmd.seedFlags, s, "energy", func(each func(int, []float64) error) error {
			return d.SpreadAll(ctx, sets, func(set int, e *churn.Energy) error {
				k.Iterations, k.Residual = max(k.Iterations, e.Iterations), max(k.Residual, e.Change)
				return each(set, e.Of)
			})
		}); err != nil {
			return err
		}
		return k.report(fmt.Sprintf("%s with %s in all, %s more %s not in the network; at most %s, last change at most %.2g",
			graph.Counted(k.Sets, "set"), graph.Counted(k.Seeds, "seed"), thousands(k.Absent), graph.Agree(k.Absent, "is", "are"), graph.Counted(k.Iterations, "step"), k.Residual))
	}
	from, err := k.find(cmd.From, "--from")
	if err != nil {
		k.finish()
		return err
	}
	var e *churn.Energy
	if err := k.time(func() (err error) {
		e, err = d.Spread(ctx, from)
		return err
	}); err != nil {
		return err
	}
	k.Iterations, k.Residual, k.Seeds = e.Iterations, e.Change, len(e.Seeds)
	if err := k.write("id,energy", func(t *table, v int) { t.float(e.Of[v]) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, %s, last change %.2g", graph.Counted(len(e.Seeds), "seed"), graph.Counted(e.Iterations, "step"), e.Change))
}
