package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"kith/graph"
	"kith/influence"
)

// influenceReport is what kernels of influence say of themselves besides.
type influenceReport struct {
	Degeneracy   uint32   `json:"degeneracy,omitempty"`
	Triangles    *uint64  `json:"triangles,omitempty"`
	Clustering   *float64 `json:"clustering,omitempty"`
	Transitivity *float64 `json:"transitivity,omitempty"`
	Sources      int      `json:"sources,omitempty"`
	Bound        float64  `json:"bound,omitempty"`
	Value        float64  `json:"value,omitempty"`
	Attenuation  float64  `json:"attenuation,omitempty"`
	degreeReport
	seedReport
	recommendReport
}

// waysFlags are for kernels that go along directed ties.
type waysFlags struct {
	Undirected bool `help:"Take each row as a tie both ways."`
}

func (f waysFlags) shape() graph.BuildOptions { return graph.BuildOptions{Undirected: f.Undirected} }

// drawFlags are for kernels that may look at a sample.
type drawFlags struct {
	waysFlags
	seedFlag
	Confidence float64 `help:"How likely the error bound of a sample holds for all at once." default:"0.9"`
	Length     string  `help:"How long a tie is: ${enum}." enum:"one,weight,inverse" default:"one"`
}

func (f drawFlags) length() influence.Length {
	return map[string]influence.Length{"one": influence.LengthOne, "weight": influence.LengthWeight, "inverse": influence.LengthInverse}[f.Length]
}

type kcoreCmd struct{ kernelFlags }

// Run finds core numbers.
func (cmd *kcoreCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "kcore", 0, undirected, false)
	if err != nil {
		return err
	}
	var cores influence.Cores
	if err := k.time(func() (err error) {
		cores, err = influence.KCore(ctx, k.g, k.progress)
		return err
	}); err != nil {
		return err
	}
	k.Degeneracy = cores.Degeneracy
	if err := k.write("id,core", func(w *table, v int) { w.integer(uint64(cores.Core[v])) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("cores up to %d", cores.Degeneracy))
}

type trianglesCmd struct{ kernelFlags }

// Run counts triangles.
func (cmd *trianglesCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "triangles", 0, undirected, false)
	if err != nil {
		return err
	}
	var t *influence.Triangles
	if err := k.time(func() (err error) {
		t, err = influence.CountTriangles(ctx, k.g, k.Threads, k.progress)
		return err
	}); err != nil {
		return err
	}
	k.Triangles, k.Clustering, k.Transitivity = &t.Total, &t.Mean, &t.Transitivity
	if err := k.write("id,triangles,clustering", func(w *table, v int) {
		w.integer(t.Count[v])
		w.next()
		w.float(t.Local[v])
	}); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, mean clustering %.4f, transitivity %.4f", graph.Counted(t.Total, "triangle"), t.Mean, t.Transitivity))
}

type betweennessCmd struct {
	kernelFlags
	drawFlags
	Sources     int      `help:"How many vertices to draw whose paths stand for all; 0 counts all paths." default:"0"`
	From        []string `help:"Count only paths from these ids." placeholder:"ID"`
	Communities string   `help:"File of id,community as graph leiden writes it, to stay within one of them." type:"path" placeholder:"FILE"`
	Community   string   `help:"Which community to stay within." placeholder:"NUMBER"`
}

// Run counts shortest paths through vertices.
func (cmd *betweennessCmd) Run(ctx context.Context, c *console) error {
	if (cmd.Communities == "") != (cmd.Community == "") {
		return fmt.Errorf("%w: --communities and --community go together", errUsage)
	}
	k, err := cmd.startCosting(ctx, c, "betweenness", cmd.Seed, cmd.shape(), false, cmd.cost())
	if err != nil {
		return err
	}
	o := influence.BetweennessOptions{
		Sources: cmd.Sources, Seed: cmd.Seed, Confidence: cmd.Confidence, Length: cmd.length(),
		Threads: k.Threads, Progress: k.progress,
	}
	if o.From, err = k.find(cmd.From, "--from"); err == nil && cmd.Communities != "" {
		o.Members, err = k.members(cmd.Communities, cmd.Community)
	}
	if err != nil {
		k.finish()
		return err
	}
	var b *influence.Between
	if err := k.time(func() (err error) {
		b, err = influence.Betweenness(ctx, k.g, o)
		return err
	}); err != nil {
		return err
	}
	k.Sources, k.Bound = b.Sources, b.Bound
	header := "id,betweenness"
	if o.Members != nil {
		err = k.writeTable(header, func(t *table) error {
			for i, v := range o.Members {
				t.text(k.names.At(v))
				t.next()
				t.float(b.Score[i])
				if err := t.end(); err != nil {
					return err
				}
			}
			return nil
		})
	} else {
		err = k.write(header, func(w *table, v int) { w.float(b.Score[v]) })
	}
	if err != nil {
		return err
	}
	return k.report(sampled("paths from", b.Sources, b.Bound, cmd.Confidence))
}

// sampled says what a figure was measured with.
func sampled(what string, n int, bound, confidence float64) string {
	if bound == 0 {
		return fmt.Sprintf("%s %s vertices", what, thousands(n))
	}
	return fmt.Sprintf("%s %s vertices; within %.4g of the exact figures with a probability of %g", what, thousands(n), bound, confidence)
}

// find looks ids up that a flag names; none gives nil.
func (k *kernelRun) find(ids []string, flag string) ([]uint32, error) {
	var vertices []uint32
	for _, id := range ids {
		v, ok := k.names.Find(id)
		if !ok {
			return nil, &graph.DataError{File: k.File, Reason: fmt.Sprintf("has no vertex %q, which %s names", id, flag)}
		}
		vertices = append(vertices, v)
	}
	return vertices, nil
}

// members reads who is in a community.
func (k *kernelRun) members(path, community string) ([]uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.ReuseRecord = 2, true
	var list []uint32
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, &graph.DataError{File: path, Reason: err.Error()}
		}
		if row[1] != community {
			continue
		}
		v, ok := k.names.Find(row[0])
		if !ok {
			line, _ := r.FieldPos(0)
			return nil, &graph.DataError{File: path, Line: int64(line), Column: "1", Reason: fmt.Sprintf("%q is not in %s", row[0], k.File)}
		}
		list = append(list, v)
	}
	if len(list) == 0 {
		return nil, &graph.DataError{File: path, Reason: fmt.Sprintf("has nobody in community %q", community)}
	}
	slices.Sort(list)
	return slices.Compact(list), nil
}

type closenessCmd struct {
	kernelFlags
	drawFlags
	Targets int `help:"How many vertices to draw whose distances stand for all; 0 measures all." default:"0"`
}

// Run measures harmonic closeness.
func (cmd *closenessCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.startCosting(ctx, c, "closeness", cmd.Seed, cmd.shape(), false, cmd.cost())
	if err != nil {
		return err
	}
	var near *influence.Close
	if err := k.time(func() (err error) {
		near, err = influence.Closeness(ctx, k.g, influence.ClosenessOptions{
			Targets: cmd.Targets, Seed: cmd.Seed, Confidence: cmd.Confidence, Length: cmd.length(),
			Threads: k.Threads, Progress: k.progress,
		})
		return err
	}); err != nil {
		return err
	}
	k.Sources, k.Bound = near.Targets, near.Bound
	if err := k.write("id,closeness", func(w *table, v int) { w.float(near.Score[v]) }); err != nil {
		return err
	}
	return k.report(sampled("distances to", near.Targets, near.Bound, cmd.Confidence))
}

// spectralFlags are for kernels that look for an eigenvector.
type spectralFlags struct {
	waysFlags
	Tolerance float64 `help:"Residual at which to stop, as a part of the eigenvalue." default:"1e-9"`
}

func (f spectralFlags) options(k *kernelRun) influence.SpectralOptions {
	return influence.SpectralOptions{Tolerance: f.Tolerance, Threads: k.Threads, Progress: k.progress}
}

type hitsCmd struct {
	kernelFlags
	spectralFlags
}

// Run finds hubs and authorities.
func (cmd *hitsCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "hits", 0, cmd.shape(), false)
	if err != nil {
		return err
	}
	var h *influence.Hits
	if err := k.time(func() (err error) {
		h, err = influence.HITS(ctx, k.g, cmd.options(k))
		return err
	}); err != nil {
		return err
	}
	k.Value, k.Iterations, k.Residual = h.Value, h.Iterations, h.Residual
	if err := k.write("id,hub,authority", func(w *table, v int) {
		w.float(h.Hub[v])
		w.next()
		w.float(h.Authority[v])
	}); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, residual %.2g", graph.Counted(h.Iterations, "product"), h.Residual))
}

type eigenvectorCmd struct {
	kernelFlags
	spectralFlags
}

// Run finds the foremost eigenvector.
func (cmd *eigenvectorCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "eigenvector", 0, cmd.shape(), false)
	if err != nil {
		return err
	}
	var e *influence.Eigen
	if err := k.time(func() (err error) {
		e, err = influence.Eigenvector(ctx, k.g, cmd.options(k))
		return err
	}); err != nil {
		return err
	}
	k.Value, k.Iterations, k.Residual = e.Value, e.Iterations, e.Residual
	if err := k.write("id,eigenvector", func(w *table, v int) { w.float(e.Score[v]) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s, eigenvalue %.6g, residual %.2g", graph.Counted(e.Iterations, "product"), e.Value, e.Residual))
}

type katzCmd struct {
	kernelFlags
	waysFlags
	Attenuation float64 `help:"What a walk's weight is multiplied by for each tie; 0 chooses one that is safe." default:"0"`
	Tolerance   float64 `help:"Largest change of a sweep at which to stop, as a part of the largest score." default:"1e-9"`
}

// Run sums up walks.
func (cmd *katzCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "katz", 0, cmd.shape(), false)
	if err != nil {
		return err
	}
	var x *influence.Katzes
	if err := k.time(func() (err error) {
		x, err = influence.Katz(ctx, k.g, influence.KatzOptions{Attenuation: cmd.Attenuation, Tolerance: cmd.Tolerance, Threads: k.Threads, Progress: k.progress})
		return err
	}); err != nil {
		return err
	}
	k.Attenuation, k.Iterations, k.Residual = x.Attenuation, x.Iterations, x.Residual
	if err := k.write("id,katz", func(w *table, v int) { w.float(x.Score[v]) }); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s with attenuation %.4g, last change %.2g", graph.Counted(x.Iterations, "sweep"), x.Attenuation, x.Residual))
}

type sccCmd struct{ kernelFlags }

// Run finds strongly connected components.
func (cmd *sccCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "scc", 0, graph.BuildOptions{}, false)
	if err != nil {
		return err
	}
	var labels []uint32
	if err := k.time(func() error {
		labels, k.Components = k.g.StrongComponents(k.progress)
		return nil
	}); err != nil {
		return err
	}
	if err := k.write("id,component", func(w *table, v int) { w.integer(uint64(labels[v])) }); err != nil {
		return err
	}
	return k.report(graph.Counted(k.Components, "strongly connected component"))
}

// degreeReport is what degree figures say of a whole graph.
type degreeReport struct {
	Isolates    *int     `json:"isolates,omitempty"`
	MeanDegree  *float64 `json:"mean_degree,omitempty"`
	MostOut     *uint32  `json:"most_out,omitempty"`
	MostIn      *uint32  `json:"most_in,omitempty"`
	Reciprocity *float64 `json:"reciprocity,omitempty"`
}

type degreeCmd struct {
	kernelFlags
	waysFlags
}

// Run counts ties.
func (cmd *degreeCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "degree", 0, cmd.shape(), false)
	if err != nil {
		return err
	}
	var d *influence.Degrees
	if err := k.time(func() (err error) {
		d, err = influence.Degree(ctx, k.g, influence.DegreeOptions{Threads: k.Threads})
		return err
	}); err != nil {
		return err
	}
	mean, out, in := 0.0, uint32(0), uint32(0)
	if k.Vertices > 0 {
		mean, out, in = float64(d.Arcs)/float64(k.Vertices), slices.Max(d.Out), slices.Max(d.In)
	}
	k.degreeReport = degreeReport{Isolates: &d.Isolates, MeanDegree: &mean, MostOut: &out, MostIn: &in, Reciprocity: &d.Reciprocity}
	if err := k.write("id,out,in,mutual,out_strength,in_strength", func(t *table, v int) {
		for _, n := range []uint32{d.Out[v], d.In[v], d.Mutual[v]} {
			t.integer(uint64(n))
			t.next()
		}
		t.float(d.OutStrength[v])
		t.next()
		t.float(d.InStrength[v])
	}); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("mean degree %.4g, at most %s out and %s in, %s isolated, %.4g of ties returned",
		mean, thousands(out), thousands(in), thousands(d.Isolates), d.Reciprocity))
}
