package analysis

import (
	"context"

	"kith/influence/churn"
)

// churn spreads the departures of the window over ties and keeps each risk with
// its receipt. Where nobody is known to have left every risk is 0.
func (r *run) churn(ctx context.Context) error {
	var seeds []uint32
	for _, d := range r.departures {
		if u, ok := r.net.Customers.Find(d.Customer); ok {
			seeds = append(seeds, u)
		}
	}
	r.o.Progress.Report("spread churn risk", 0, 1)
	d, err := churn.NewDiffusion(ctx, r.ties, churn.SpreadOptions{
		Iterations: 2, Accuracy: .001, Direction: churn.Both, Weighting: churn.Binary, Threads: r.o.Threads,
	})
	if err != nil {
		return err
	}
	risks, err := d.Risk(ctx, seeds, churn.RiskOptions{})
	if err != nil {
		return err
	}
	r.Risk, r.Gone = risks.Risk, risks.Gone
	r.RiskOwn, r.RiskOther = risks.Own, risks.Rest
	r.RiskOffsets, r.RiskFrom, r.RiskPart = risks.Offsets, risks.Seeds, risks.Parts
	if r.Susceptibility, err = d.Susceptible(ctx, r.Risk); err != nil {
		return err
	}
	r.o.Progress.Report("spread churn risk", 1, 1)
	return nil
}
