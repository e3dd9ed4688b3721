package main

import (
	"context"
	"fmt"
	"slices"
	"text/tabwriter"
	"time"

	"kith/api/analysis"
	"kith/graph"
	"kith/loaders/persons"
)

type analyzeCmd struct {
	Data         string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	Seed         uint64 `help:"Which of equally good answers; equal seeds give equal results." default:"1"`
	MaxCommunity int    `help:"Size above which a community is split again." default:"150"`
	Currency     string `help:"How the house names its money, such as EUR."`
	Threads      int    `help:"Threads to use; 0 is all cores. The answer is the same." default:"0"`
	JSON         bool   `name:"json" help:"Report as JSON."`
	periodFlags
	storeFlags
	folderFlags
	mapFlags
}

// Run analyses and publishes.
func (cmd *analyzeCmd) Run(ctx context.Context, c *console) (err error) {
	if err := cmd.checkMap(); err != nil {
		return err
	}
	if cmd.GraphMap != "" {
		return cmd.runMapped(ctx, c)
	}
	flags := cmd.storeFlags
	if flags.folder, err = cmd.folderFlags.options(); err != nil {
		return err
	}
	h, err := openHouse(ctx, cmd.Data, flags)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	w, err := windowOf(ctx, h.events, cmd.period())
	if err != nil {
		return plainPeriod(err)
	}
	progress, finish := newProgress(c.err, cmd.JSON)
	started := time.Now()
	o := cmd.options()
	o.Progress, o.From, o.AsOf = progress, w.From, w.To
	r, err := h.analyze(ctx, o)
	finish()
	if err != nil {
		return err
	}
	outdated, err := persons.Outdated(ctx, h.events)
	if err != nil {
		return err
	}
	if cmd.JSON {
		s := summaryOf(r, time.Since(started))
		s.Outdated = outdated
		return c.json(s)
	}
	printSummary(c, r)
	if outdated != "" {
		c.printf("%s\n", outdated)
	}
	c.printf("Analysed in %s.\n", took(started))
	return nil
}

func (cmd *analyzeCmd) options() analysis.Options {
	return analysis.Options{
		Seed: cmd.Seed, MaxCommunity: cmd.MaxCommunity,
		Currency: cmd.Currency, Threads: cmd.Threads, Version: version,
	}
}

// summary is what an analysis reports to programs.
type summary struct {
	Result      string             `json:"result"`
	AsOf        time.Time          `json:"as_of"`
	Seed        uint64             `json:"seed"`
	Customers   int                `json:"customers"`
	Products    int                `json:"products"`
	Ties        int                `json:"ties"`
	Communities int                `json:"communities"`
	Gone        int                `json:"gone"`
	Quality     map[string]float64 `json:"quality"`
	AtRisk      []riskyCommunity   `json:"at_risk"`
	Seconds     float64            `json:"seconds"`
	// Outdated says what came since it was last found out who is who.
	Outdated string `json:"outdated,omitempty"`
}

type riskyCommunity struct {
	ID           string  `json:"id"`
	Size         uint32  `json:"size"`
	Risk         float64 `json:"risk"`
	ExpectedLoss float64 `json:"expected_loss"`
	Leader       string  `json:"leader"`
}

func summaryOf(r *analysis.Result, d time.Duration) summary {
	s := summary{
		Result: r.Run.ID, AsOf: r.Run.AsOf, Seed: r.Run.Seed,
		Customers: r.Customers.Len(), Products: r.Products.Len(), Ties: r.Calls.Arcs(),
		Communities: r.Levels[0].Count(), Quality: r.Run.Quality, AtRisk: atRisk(r, 10), Seconds: d.Seconds(),
	}
	for _, gone := range r.Gone {
		if gone {
			s.Gone++
		}
	}
	return s
}

// atRisk lists the communities of the highest risk among those that have
// anybody to lose.
func atRisk(r *analysis.Result, limit int) []riskyCommunity {
	l := &r.Levels[0]
	order := make([]int, l.Count())
	for c := range order {
		order[c] = c
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case l.Risk[a] > l.Risk[b]:
			return -1
		case l.Risk[a] < l.Risk[b]:
			return 1
		}
		return 0
	})
	list := []riskyCommunity{}
	for _, c := range order[:min(limit, len(order))] {
		row := riskyCommunity{ID: l.IDs.At(uint32(c)), Size: l.Size[c], Risk: l.Risk[c], ExpectedLoss: l.ExpectedLoss[c]}
		if leader := l.Leader[c]; leader != analysis.None {
			row.Leader = r.Customers.At(leader)
		}
		list = append(list, row)
	}
	return list
}

func printSummary(c *console, r *analysis.Result) {
	printCounts(c, r)
	if !anybodyGone(r) {
		c.printf("\nNobody is known to have left, so there is no churn risk to tell; kith load --as churn takes in who left and when.\n\n")
		return
	}
	printAtRisk(c, r)
}

func anybodyGone(r *analysis.Result) bool { return slices.Contains(r.Gone, true) }

func printCounts(c *console, r *analysis.Result) {
	s := summaryOf(r, 0)
	c.printf("\nResult %s", s.Result)
	if !s.AsOf.IsZero() {
		c.printf(", as of %s", date(s.AsOf))
	}
	c.printf("\n  %s (%s %s left), %s, %s\n", graph.Counted(s.Customers, "customer"), thousands(s.Gone), graph.Agree(s.Gone, "has", "have"),
		graph.Counted(s.Products, "product"), graph.Counted(s.Ties, "tie"))
	c.printf("  %s, modularity %.3f\n", graph.Counted(s.Communities, "community"), s.Quality["modularity"])
}

func printAtRisk(c *console, r *analysis.Result) {
	list := atRisk(r, 5)
	if len(list) == 0 {
		return
	}
	money := r.Run.Currency
	if money != "" {
		money = " (" + money + ")"
	}
	c.printf("\nCommunities most at risk:\n")
	t := tabwriter.NewWriter(c.out, 2, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(t, "community\tmembers\tchurn risk\texpected loss%s\tleader\t\n", money)
	for _, row := range list {
		fmt.Fprintf(t, "%s\t%d\t%s\t%.2f\t%s\t\n", row.ID, row.Size, percent(row.Risk), row.ExpectedLoss, row.Leader)
	}
	// The console is the last to know of its own faults.
	_ = t.Flush()
	c.printf("\n")
}
