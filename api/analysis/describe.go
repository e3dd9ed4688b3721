package analysis

import (
	"context"

	"kith/community/recommend"
)

// riskPrior is the weight, in members, with which a community's risk is drawn to
// the base rate (ours): a group of five must not top the list by chance.
const riskPrior = 10

// describe gives every community its risk and what it stands to lose:
//
//	risk = (Σ risk of members still here + riskPrior·base) / (members still here + riskPrior)
//
// and the expected loss is the sum of risk times spend. The base is the mean
// risk of all customers still here.
func (r *run) describe(context.Context) error {
	var sum float64
	here := 0
	for u, gone := range r.Gone {
		if !gone {
			sum += r.Risk[u]
			here++
		}
	}
	if here > 0 {
		r.Run.BaseRisk = sum / float64(here)
	}
	for i := range r.Levels {
		l := &r.Levels[i]
		l.Risk = make([]float64, l.Count())
		l.ExpectedLoss = make([]float64, l.Count())
		for c := range l.Risk {
			risk, here := riskPrior*r.Run.BaseRisk, float64(riskPrior)
			for _, u := range l.MembersOf(uint32(c)) {
				if r.Gone[u] {
					continue
				}
				risk += r.Risk[u]
				here++
				l.ExpectedLoss[c] += r.Risk[u] * max(r.Spend[u], 0)
			}
			l.Risk[c] = risk / here
		}
	}
	return nil
}

// products ranks what communities buy and what goes with what. A product that
// is not on sale at the end of the window is not recommended.
func (r *run) products(ctx context.Context) error {
	in := recommend.Input{
		Bought:         r.Bought,
		OverlapOffsets: r.MembershipOffsets, OverlapCommunity: r.MembershipCommunity, OverlapDegree: r.MembershipDegree,
		Available: make([]bool, len(r.Catalogue)),
	}
	for p, product := range r.Catalogue {
		early := !product.AvailableFrom.IsZero() && r.Run.AsOf.Before(product.AvailableFrom)
		late := !product.AvailableTo.IsZero() && !r.Run.AsOf.Before(product.AvailableTo)
		in.Available[p] = !early && !late
	}
	for i := range r.Levels {
		in.Levels = append(in.Levels, r.Levels[i].Of)
		in.Counts = append(in.Counts, r.Levels[i].Count())
	}
	index, err := recommend.Build(ctx, in, recommend.Options{Threads: r.o.Threads, Progress: r.o.Progress})
	r.Recommend = index
	return err
}
