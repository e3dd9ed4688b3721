package main

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"

	"kith/community"
	"kith/graph"
)

// communityReport is what kernels of community say of themselves besides.
type communityReport struct {
	Objective   string   `json:"objective,omitempty"`
	Effort      string   `json:"effort,omitempty"`
	CPM         *float64 `json:"cpm,omitempty"`
	Codelength  *float64 `json:"codelength,omitempty"`
	Levels      int      `json:"levels,omitempty"`
	Stable      *bool    `json:"stable,omitempty"`
	Overlapping int      `json:"overlapping,omitempty"`
	NMI         *float64 `json:"nmi,omitempty"`

	Work *community.Work `json:"work,omitempty"`
}

// truthFlag is for kernels whose answer can be held against a known one.
type truthFlag struct {
	Truth string `help:"File of id,community to compare with; reports their normalised mutual information." type:"path" placeholder:"FILE"`
}

type leidenCmd struct {
	kernelFlags
	seedFlag
	truthFlag
	Objective  string  `help:"What is best: ${enum}; map is the map equation of Infomap." enum:"modularity,cpm,map" default:"modularity"`
	Resolution float64 `help:"Larger values give smaller communities." default:"1"`
	Effort     string  `help:"How long to look for better communities: ${enum}; full goes on until nothing improves." enum:"fast,normal,high,full" default:"normal"`
	Iterations int     `help:"How often to go over the graph; 0 leaves it to the effort." default:"0"`
	Start      string  `help:"File of id,community to start from, as --out writes it; ids that it lacks start alone." type:"path" placeholder:"FILE"`
	Changed    string  `help:"File of u,v: the ties that are new, gone or of another weight since --start; only what they touch is looked at (Leiden)." type:"path" placeholder:"FILE"`
	Hierarchy  bool    `help:"Write all levels, from the finest, a column each."`
}

var (
	efforts = map[string]community.Effort{
		"fast": community.FastEffort, "normal": community.NormalEffort, "high": community.HighEffort, "full": community.FullEffort,
	}
	objectives = map[string]community.Objective{
		"modularity": community.ModularityObjective, "cpm": community.CPMObjective, "map": community.MapObjective,
	}
)

func (cmd *leidenCmd) options(k *kernelRun) (community.Options, error) {
	o := community.Options{
		Objective: objectives[cmd.Objective], Resolution: cmd.Resolution,
		Effort: efforts[cmd.Effort], Iterations: cmd.Iterations,
		Seed: cmd.Seed, Threads: k.Threads, Progress: k.progress,
	}
	if cmd.Start != "" {
		p, err := k.partition(cmd.Start, true)
		if err != nil {
			return o, err
		}
		o.Start = &p
	}
	return o, nil
}

// Run finds communities.
func (cmd *leidenCmd) Run(ctx context.Context, c *console) error {
	return cmd.detect(ctx, c, "leiden", community.Leiden)
}

type louvainCmd struct{ leidenCmd }

// Run finds communities.
func (cmd *louvainCmd) Run(ctx context.Context, c *console) error {
	return cmd.detect(ctx, c, "louvain", community.Louvain)
}

type detector func(context.Context, *graph.Graph, community.Options) (*community.Hierarchy, error)

func (cmd *leidenCmd) detect(ctx context.Context, c *console, kernel string, detect detector) error {
	if cmd.Changed != "" && (cmd.Start == "" || kernel != "leiden") {
		return fmt.Errorf("%w: --changed goes with --start, and with leiden only", errUsage)
	}
	k, err := cmd.start(ctx, c, kernel, cmd.Seed, undirected, false)
	if err != nil {
		return err
	}
	o, err := cmd.options(k)
	var touched []uint32
	if err == nil && cmd.Changed != "" {
		touched, err = k.touched(cmd.Changed)
	}
	if err != nil {
		k.finish()
		return err
	}
	var h *community.Hierarchy
	if err := k.time(func() (err error) {
		if cmd.Changed != "" {
			u, err := community.Update(ctx, k.g, *o.Start, touched, o)
			if err == nil {
				h = &community.Hierarchy{Levels: []community.Partition{u.Partition}, Iterations: u.Iterations, Stable: u.Stable}
				k.Work = &u.Work
			}
			return err
		}
		h, err = detect(ctx, k.g, o)
		return err
	}); err != nil {
		return err
	}
	k.Objective, k.Effort, k.Iterations, k.Levels, k.Stable = cmd.Objective, cmd.Effort, h.Iterations, len(h.Levels), &h.Stable
	found, err := k.judge(h.Top(), o, cmd.truthFlag)
	if err != nil {
		return err
	}
	header, levels := "id", h.Levels
	if !cmd.Hierarchy {
		levels = levels[len(levels)-1:]
	}
	for i := range len(levels) - 1 {
		header += fmt.Sprintf(",level_%d", i+1)
	}
	if err := k.write(header+",community", func(w *table, v int) {
		for i, level := range levels {
			if i > 0 {
				w.next()
			}
			w.integer(uint64(level.Of[v]))
		}
	}); err != nil {
		return err
	}
	if k.Work != nil {
		found += fmt.Sprintf(", looked at %s vertices and %s ends of ties", thousands(k.Work.Vertices), thousands(k.Work.Arcs))
	}
	return k.report(found)
}

// touched reads the ends of ties. Those that the graph no longer has are left out.
func (k *kernelRun) touched(path string) ([]uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	var list []uint32
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, &graph.DataError{File: path, Reason: err.Error()}
		}
		if len(row) < 2 {
			line, _ := r.FieldPos(0)
			return nil, &graph.DataError{File: path, Line: int64(line), Reason: "a row needs both ends of a tie"}
		}
		for _, id := range row[:2] {
			if v, ok := k.names.Find(id); ok {
				list = append(list, v)
			}
		}
	}
}

// judge reports how good a partition is and puts it in a line.
func (k *kernelRun) judge(p community.Partition, o community.Options, truth truthFlag) (string, error) {
	q, err := community.Modularity(k.g, p, o.Resolution)
	if err != nil {
		return "", err
	}
	k.Communities, k.Modularity = p.Count, &q
	line := fmt.Sprintf("%s, modularity %.5f", graph.Counted(p.Count, "community"), q)
	switch o.Objective {
	case community.CPMObjective:
		h, err := community.CPM(k.g, p, o.Resolution)
		if err != nil {
			return "", err
		}
		k.CPM = &h
		line += fmt.Sprintf(", CPM quality %.6g", h)
	case community.MapObjective:
		bits, err := community.Codelength(k.g, p, o.Resolution)
		if err != nil {
			return "", err
		}
		k.Codelength = &bits
		line += fmt.Sprintf(", codelength %.6f bits", bits)
	}
	if truth.Truth != "" {
		t, err := k.partition(truth.Truth, false)
		if err != nil {
			return "", err
		}
		nmi, err := community.NMI(p, t)
		if err != nil {
			return "", err
		}
		k.NMI = &nmi
		line += fmt.Sprintf(", NMI %.5f with %s", nmi, truth.Truth)
	}
	return line, nil
}

// partition reads a file of id,community. Ids that the graph does not have are
// an error, unless some may be missing on either side: then they are left out,
// and vertices that the file does not have are communities of their own.
func (k *kernelRun) partition(path string, lenient bool) (community.Partition, error) {
	f, err := os.Open(path)
	if err != nil {
		return community.Partition{}, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.ReuseRecord = 2, true
	const none = ^uint32(0)
	of := make([]uint32, k.names.Len())
	for v := range of {
		of[v] = none
	}
	p := community.Partition{Of: of}
	number := map[string]uint32{}
	for first := true; ; first = false {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return p, &graph.DataError{File: path, Reason: err.Error()}
		}
		if first && row[0] == "id" {
			continue
		}
		v, ok := k.names.Find(row[0])
		line, _ := r.FieldPos(0)
		if !ok {
			if lenient {
				continue
			}
			return p, &graph.DataError{File: path, Line: int64(line), Column: "1", Reason: fmt.Sprintf("%q is not in %s", row[0], k.File)}
		}
		if of[v] != none {
			return p, &graph.DataError{File: path, Line: int64(line), Column: "1", Reason: fmt.Sprintf("%q stands twice", row[0])}
		}
		c, ok := number[row[1]]
		if !ok {
			c = uint32(len(number))
			number[row[1]] = c
		}
		of[v] = c
	}
	p.Count = len(number)
	for v, c := range of {
		if c != none {
			continue
		}
		if !lenient {
			return p, &graph.DataError{File: path, Reason: fmt.Sprintf("has no community for %q", k.names.At(uint32(v)))}
		}
		of[v] = uint32(p.Count)
		p.Count++
	}
	return p, nil
}

type labelpropCmd struct {
	kernelFlags
	seedFlag
	truthFlag
	Sweeps int `help:"How often to visit all vertices at most." default:"100"`
}

// Run finds communities.
func (cmd *labelpropCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "labelprop", cmd.Seed, undirected, false)
	if err != nil {
		return err
	}
	var p community.Partition
	if err := k.time(func() (err error) {
		p, err = community.LabelPropagation(ctx, k.g, community.PropagationOptions{
			Sweeps: cmd.Sweeps, Seed: cmd.Seed, Threads: k.Threads, Progress: k.progress,
		})
		return err
	}); err != nil {
		return err
	}
	found, err := k.judge(p, community.Options{}, cmd.truthFlag)
	if err != nil {
		return err
	}
	if err := k.write("id,community", func(w *table, v int) { w.integer(uint64(p.Of[v])) }); err != nil {
		return err
	}
	return k.report(found)
}

type overlapCmd struct {
	kernelFlags
	seedFlag
	Floor       float64 `help:"Leave out memberships of a smaller degree." default:"0.1"`
	Communities string  `help:"File of id,community to start from, as graph leiden writes it; without one Leiden finds them." type:"path" placeholder:"FILE"`
}

// Run finds communities that overlap.
func (cmd *overlapCmd) Run(ctx context.Context, c *console) error {
	k, err := cmd.start(ctx, c, "overlap", cmd.Seed, undirected, false)
	if err != nil {
		return err
	}
	var p community.Partition
	if cmd.Communities != "" {
		if p, err = k.partition(cmd.Communities, false); err != nil {
			k.finish()
			return err
		}
	}
	o := community.MembershipOptions{Floor: cmd.Floor}
	if cmd.Floor == 0 {
		o.Floor = -1 // all
	}
	var m *community.Memberships
	if err := k.time(func() (err error) {
		if cmd.Communities == "" {
			h, err := community.Leiden(ctx, k.g, community.Options{Seed: cmd.Seed, Threads: k.Threads, Progress: k.progress})
			if err != nil {
				return err
			}
			p = h.Top()
		}
		m, err = community.Overlapping(k.g, p, o)
		return err
	}); err != nil {
		return err
	}
	if _, err := k.judge(p, community.Options{}, truthFlag{}); err != nil {
		return err
	}
	for v := range uint32(k.names.Len()) {
		if list, _ := m.Of(v); len(list) > 1 {
			k.Overlapping++
		}
	}
	if err := k.writeTable("id,community,degree", func(t *table) error {
		for v := range uint32(k.names.Len()) {
			list, degrees := m.Of(v)
			for i, c := range list {
				t.text(k.names.At(v))
				t.next()
				t.integer(uint64(c))
				t.next()
				t.float(degrees[i])
				if err := t.end(); err != nil {
					return err
				}
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return k.report(fmt.Sprintf("%s; %s %s to more than one", graph.Counted(k.Communities, "community"), graph.Counted(k.Overlapping, "vertex"), graph.Agree(k.Overlapping, "belongs", "belong")))
}
