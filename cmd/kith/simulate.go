package main

import (
	"context"
	"time"

	"kith/loaders/simulate"
)

// operatorFlags are the settings of a simulated operator, shared with demo.
type operatorFlags struct {
	Customers int     `help:"Number of customers." default:"20000"`
	Days      int     `help:"Number of days." default:"90"`
	Seed      uint64  `help:"Which of the possible operators, and which order in the analysis; equal seeds give equal files." default:"1"`
	Contagion string  `help:"Whether those who leave draw their neighbours along: on or off." enum:"on,off" default:"on"`
	Strength  float64 `help:"What one strong tie to somebody who just left adds to the hazard of leaving, as a share." default:"0.8"`
	Decay     float64 `help:"Days until that has faded to 1/e." default:"30"`
}

func (f operatorFlags) options() simulate.Options {
	return simulate.Options{
		Customers: f.Customers, Days: f.Days, Seed: f.Seed,
		Contagion: f.Contagion == "on", Strength: f.Strength, Decay: f.Decay,
	}
}

type simulateCmd struct {
	operatorFlags
	Calls      float64 `help:"Calls and messages that a customer starts in a day, on average." default:"1"`
	Products   int     `help:"Size of the catalogue; 0 is one for 20 customers." default:"0"`
	Dirty      float64 `help:"Faulty rows for each good one." default:"0.005"`
	Duplicates float64 `help:"Repeated rows for each good one." default:"0.002"`
	Out        string  `help:"Folder to write to." required:"" type:"path" placeholder:"DIR"`
	JSON       bool    `name:"json" help:"Report as JSON."`
}

// Run writes the files.
func (cmd *simulateCmd) Run(ctx context.Context, c *console) error {
	o := cmd.options()
	o.CallsPerCustomerDay, o.Products, o.Dirty, o.Duplicates = cmd.Calls, cmd.Products, cmd.Dirty, cmd.Duplicates
	for _, share := range []*float64{&o.CallsPerCustomerDay, &o.Dirty, &o.Duplicates} {
		if *share == 0 {
			*share = -1 // none; 0 is the default
		}
	}
	progress, finish := newProgress(c.err, cmd.JSON)
	o.Progress = progress
	started := time.Now()
	report, err := simulate.Write(ctx, cmd.Out, o)
	finish()
	if err != nil {
		return err
	}
	if cmd.JSON {
		return c.json(report)
	}
	c.printf("Wrote a simulated operator to %s in %s.\n", cmd.Out, took(started))
	return nil
}
