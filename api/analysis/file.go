package analysis

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kith/graph"
)

// suffix ends the name of a result file.
const suffix = ".kith"

// walk visits every column of the Result in its one fixed order, to write it,
// to read it, or to hash it. What must not count in the identity of a Result
// (the time of day it was made) is volatile.
func (r *Result) walk(c *codec) {
	r.walkRun(c)
	c.names("customers", &r.Customers)
	c.names("attributes", &r.Attributes)
	c.names("products", &r.Products)
	c.object("catalogue", &r.Catalogue, false)
	count := uint32(len(r.Levels))
	levels := []uint32{count}
	column(c, "levels", &levels)
	if c.r != nil && c.err == nil {
		if len(levels) != 1 || levels[0] > 64 {
			c.err = errCorrupt
			return
		}
		r.Levels = make([]Level, levels[0])
	}
	for i := range r.Levels {
		r.Levels[i].walk(c)
	}
	column(c, "membership.offsets", &r.MembershipOffsets)
	column(c, "membership.community", &r.MembershipCommunity)
	column(c, "membership.degree", &r.MembershipDegree)
	column(c, "role", &r.Role)
	column(c, "core", &r.Core)
	column(c, "pagerank", &r.PageRank)
	column(c, "authority", &r.Authority)
	column(c, "dissemination", &r.Dissemination)
	column(c, "outdegree", &r.OutDegree)
	column(c, "indegree", &r.InDegree)
	column(c, "contacts", &r.Contacts)
	column(c, "gone", &r.Gone)
	column(c, "risk", &r.Risk)
	column(c, "susceptibility", &r.Susceptibility)
	column(c, "risk.own", &r.RiskOwn)
	column(c, "risk.other", &r.RiskOther)
	column(c, "risk.offsets", &r.RiskOffsets)
	column(c, "risk.from", &r.RiskFrom)
	column(c, "risk.part", &r.RiskPart)
	column(c, "spend", &r.Spend)
	c.csr("calls", &r.Calls)
	c.csr("bought", &r.Bought)
	r.walkIndex(c)
	r.walkAliases(c)
}

// walkAliases visits the aliases, which end the file where there are any: a house
// in which nobody is known by two ids has the file that it would have without.
func (r *Result) walkAliases(c *codec) {
	if c.r != nil && c.left == 0 || c.w != nil && len(r.AliasOf) == 0 {
		return
	}
	c.names("aliases", &r.Aliases)
	column(c, "alias.of", &r.AliasOf)
}

// circumstances are what is kept about a run but does not count in its identity:
// the same input gives the same answer on another day, from files of other
// names, in another build, and in whatever order it was loaded, on which it depends
// how many of its rows each file added.
type circumstances struct {
	ID, Version string
	At, Started time.Time
	Files       []string
	Rows        []int64
}

func (r *Result) walkRun(c *codec) {
	around := circumstances{ID: r.Run.ID, Version: r.Run.Version, At: r.Run.At, Started: r.Run.Started}
	run := r.Run
	run.ID, run.Version, run.At, run.Started = "", "", time.Time{}, time.Time{}
	run.Inputs = slices.Clone(run.Inputs)
	for i := range run.Inputs {
		around.Files = append(around.Files, run.Inputs[i].File)
		around.Rows = append(around.Rows, run.Inputs[i].Rows)
		run.Inputs[i].File, run.Inputs[i].Rows = "", 0
	}
	c.object("run.circumstances", &around, true)
	c.object("run", &run, false)
	if c.r == nil || c.err != nil {
		return
	}
	if len(around.Files) != len(run.Inputs) {
		c.err = errCorrupt
		return
	}
	run.ID, run.Version, run.At, run.Started = around.ID, around.Version, around.At, around.Started
	for i, file := range around.Files {
		run.Inputs[i].File = file
		if i < len(around.Rows) { // a Result of an earlier build has them in its run
			run.Inputs[i].Rows = around.Rows[i]
		}
	}
	r.Run = run
}

func (l *Level) walk(c *codec) {
	column(c, "level.of", &l.Of)
	c.names("level.ids", &l.IDs)
	column(c, "level.parent", &l.Parent)
	column(c, "level.size", &l.Size)
	column(c, "level.density", &l.Density)
	column(c, "level.core", &l.CoreFraction)
	column(c, "level.risk", &l.Risk)
	column(c, "level.loss", &l.ExpectedLoss)
	column(c, "level.leader", &l.Leader)
	column(c, "level.disseminator", &l.Disseminator)
	column(c, "level.leader.confidence", &l.LeaderConfidence)
	column(c, "level.disseminator.confidence", &l.DisseminatorConfidence)
	column(c, "level.members.offsets", &l.MemberOffsets)
	column(c, "level.members", &l.Members)
}

// Identity is the hash of all columns that names the Result: 12 hex digits, the
// same for the same content.
func (r *Result) Identity() (string, error) {
	c := newWriter(io.Discard)
	r.walk(c)
	return c.identity(), c.err
}

// Save writes the Result to dir under the name of its ID, whole or not at all,
// and returns once the bytes are on disk.
func Save(dir string, r *Result) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the folder of results: %w", err)
	}
	f, err := os.CreateTemp(dir, "writing-*")
	if err != nil {
		return fmt.Errorf("save the result: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("save the result: %w", err), ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	c := newWriter(f)
	r.walk(c)
	if c.err != nil {
		return c.err
	}
	if err := c.w.Flush(); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, r.Run.ID+suffix))
}

func ignoreClosed(err error) error {
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

// Open reads the Result of the given run from dir and checks every column.
func Open(dir, id string) (*Result, error) {
	path := filepath.Join(dir, id+suffix)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("the file of result %s is gone; run kith analyze again: %w", id, graph.ErrNoRun)
	}
	if err != nil {
		return nil, fmt.Errorf("open the result: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("open the result: %w", err)
	}
	r := &Result{}
	c := newReader(f, info.Size())
	r.walk(c)
	if c.err == nil && (c.identity() != id || r.Run.ID != id) {
		c.err = errCorrupt
	}
	if c.err != nil {
		return nil, fmt.Errorf("open result %s: %w", id, c.err)
	}
	return r, nil
}

// Prune removes the result files of dir that keep does not name, and what an
// interrupted Save left.
func Prune(dir string, keep ...string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("tidy the results: %w", err)
	}
	kept := map[string]bool{}
	for _, id := range keep {
		kept[id+suffix] = true
	}
	for _, e := range entries {
		ours := strings.HasSuffix(e.Name(), suffix) || strings.HasPrefix(e.Name(), "writing-")
		if !ours || kept[e.Name()] {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return fmt.Errorf("tidy the results: %w", err)
		}
	}
	return nil
}
