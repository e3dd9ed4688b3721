package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"kith/api/analysis"
	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/simulate"
)

type demoCmd struct {
	operatorFlags
	Dir    string `help:"Folder for the demo; each choice of settings has its own folder below it." default:"demo-data"`
	Listen string `help:"Address to listen on." default:"127.0.0.1:8080"`
	keyFlags
	Once bool `help:"Stop after the analysis instead of serving."`
}

// demoFiles are the files of a simulated operator in the order of loading.
var demoFiles = []struct{ kind, file string }{
	{"customers", "customers.csv"}, {"products", "products.csv"}, {"calls", "calls.csv"},
	{"purchases", "purchases.csv"}, {"churn", "churn.csv"},
}

// Run does what the other verbs do, one after the other. What an interrupted
// demo has finished is not done again.
func (cmd *demoCmd) Run(ctx context.Context, c *console) (err error) {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	dir := filepath.Join(cmd.Dir, fmt.Sprintf("%d-customers-%d-days-seed-%d-contagion-%s", cmd.Customers, cmd.Days, cmd.Seed, cmd.Contagion))
	if cmd.Strength != 0.8 || cmd.Decay != 30 {
		dir += fmt.Sprintf("-strength-%g-decay-%g", cmd.Strength, cmd.Decay)
	}
	started := time.Now()
	progress, finish := newProgress(c.err, false)
	defer finish()
	files := filepath.Join(dir, "files")
	if err := cmd.simulate(ctx, c, files, progress); err != nil {
		return err
	}
	finish()
	data := filepath.Join(dir, "data")
	if err := loadDemo(ctx, c, files, data, progress); err != nil {
		return err
	}
	finish()
	h, err := openHouse(ctx, data, storeFlags{})
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	o := analysis.Options{Seed: cmd.Seed, Currency: "EUR"}
	o.Progress = progress
	r, err := h.analyze(ctx, o)
	finish()
	if err != nil {
		return err
	}
	printSummary(c, r)
	c.printf("From nothing to these answers in %s.\n\n", took(started))
	if cmd.Once {
		return nil
	}
	o.Progress = nil
	return h.serve(ctx, c, serving{listen: cmd.Listen, key: key, options: o})
}

// simulate writes the operator's files unless an earlier demo did.
func (cmd *demoCmd) simulate(ctx context.Context, c *console, files string, progress func(string, int64, int64)) error {
	// The truth comes last, so where it stands the rest does.
	switch _, err := os.Stat(filepath.Join(files, "truth", "report.json")); {
	case err == nil:
		c.printf("Using the simulated operator in %s\n", files)
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("look for an earlier demo: %w", err)
	}
	o := cmd.options()
	o.Progress = progress
	_, err := simulate.Write(ctx, files, o)
	return err
}

func loadDemo(ctx context.Context, c *console, files, data string, progress func(string, int64, int64)) (err error) {
	st, err := duckstore.Open(ctx, data, duckstore.Options{Create: true})
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	var all []loaders.Receipt
	for _, f := range demoFiles {
		kind, err := loaders.KindOf(f.kind)
		if err != nil {
			return err
		}
		receipts, err := loaders.Load(ctx, st, loaders.Options{Kind: kind, Files: []string{filepath.Join(files, f.file)}, Progress: progress})
		if err != nil {
			return err
		}
		all = append(all, receipts...)
	}
	c.printf("\n")
	printReceipts(c, all)
	return nil
}
