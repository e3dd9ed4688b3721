package identity

import (
	"context"
	"fmt"

	"kith/graph"
)

// Options of Resolve. The zero value works.
type Options struct {
	// Rules say which records are compared; nil means DefaultRules.
	Rules []Rule
	// Budget is the most pairs that the rules may make; 0 means 20 for each
	// record, but at least 2,000,000.
	Budget int64
	// Model is used as it is; nil means that one is learned from the records.
	Model *Model
	// Independent leaves the doubles out of a model that is learned: the plain
	// model of Fellegi and Sunter, for data without families and namesakes.
	Independent bool
	// Review is the probability from which a pair is listed; 0 means 0.5.
	Review float64
	Grouping
	Overrides
	// Region is that of telephone numbers without a country code, as two
	// letters (ISO 3166-1). Empty leaves such numbers as they are.
	Region string
	// MonthFirst reads 02/03/1971 as the third of February.
	MonthFirst bool
	// Seed picks the random pairs.
	Seed uint64
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

// Result is who is who, and why.
type Result struct {
	*Clusters
	// Links are the pairs at or above the probability of review; their fates
	// are in Clusters.Fates.
	Links *Links
	Model *Model
	// Rules say what each blocking rule brought.
	Rules []RuleReport

	records Records
	table   *table
}

// Resolve finds which records are of one person.
func Resolve(ctx context.Context, r Records, opt Options) (*Result, error) {
	if opt.Review == 0 {
		opt.Review = .5
	}
	grouping, err := opt.filled()
	if err != nil {
		return nil, err
	}
	if !(opt.Review > 0 && opt.Review <= grouping.Merge) {
		return nil, fmt.Errorf("identity: the probability to review at is %v; it must lie above 0 and not above %v, that to merge at", opt.Review, grouping.Merge)
	}
	phones, err := NewPhoneReader(opt.Region)
	if err != nil {
		return nil, err
	}
	opt.Progress.Report("reading records", 0, 4)
	x, err := newTable(ctx, r, text{phones, opt.MonthFirst}, opt.Threads)
	if err != nil {
		return nil, err
	}
	if err := opt.Model.fits(x); err != nil {
		return nil, err
	}
	rules, budget := opt.Rules, opt.Budget
	if rules == nil {
		rules = DefaultRules(r.Fields)
	}
	if budget == 0 {
		budget = defaultBudget(x.n)
	}
	opt.Progress.Report("choosing pairs", 1, 4)
	b, err := x.block(ctx, rules, budget, opt.Threads)
	if err != nil {
		return nil, err
	}
	out := &Result{Model: opt.Model, records: r, table: x}
	if out.Model == nil {
		opt.Progress.Report("learning", 2, 4)
		if out.Model, err = b.model(ctx, opt); err != nil {
			return nil, err
		}
	}
	opt.Progress.Report("weighing pairs", 3, 4)
	if out.Links, err = b.links(ctx, out.Model, Weight(opt.Review), opt.Threads); err != nil {
		return nil, err
	}
	out.Rules = b.report
	if out.Clusters, err = Group(ctx, x.ids, out.Links, opt.Overrides, grouping); err != nil {
		return nil, err
	}
	opt.Progress.Report("weighing pairs", 4, 4)
	return out, nil
}

// defaultBudget is how many pairs the rules may make of so many records.
func defaultBudget(n int) int64 { return max(20*int64(n), 2_000_000) }

// model learns a model from the records.
func (b *blocking) model(ctx context.Context, opt Options) (*Model, error) {
	x := b.table
	m := x.newModel(!opt.Independent)
	if x.n < 2 {
		m.solve(make([][levels]float64, len(x.columns)))
		return m, nil
	}
	counts, err := x.random(ctx, opt.Seed, opt.Threads)
	if err != nil {
		return nil, err
	}
	patterns, share, err := b.patterns(ctx, opt.Seed, opt.Threads)
	if err != nil {
		return nil, err
	}
	return m, m.learn(ctx, patterns, share, float64(pairsOf(x.n)), x.chance(counts))
}

// fits checks a model that was given.
func (m *Model) fits(x *table) error {
	if m == nil {
		return nil
	}
	if len(m.Fields) != len(x.columns) || len(m.Doubles) > maxDoubles {
		return fmt.Errorf("identity: the model has %d fields and %d doubles, the records %d fields; learn a model for these records", len(m.Fields), len(m.Doubles), len(x.columns))
	}
	if !(m.Lambda > 0 && m.Lambda < 1) {
		return fmt.Errorf("identity: the model's chance of a match is %v; it must lie between 0 and 1", m.Lambda)
	}
	rest := 1 - m.Lambda
	for _, d := range m.Doubles {
		if len(d.H) != len(m.Fields) {
			return fmt.Errorf("identity: the model's double %q has %d fields of %d", d.Name, len(d.H), len(m.Fields))
		}
		rest -= d.Share
	}
	if !(rest > 0) {
		return fmt.Errorf("identity: the model's shares of matches and doubles add up to %v; they must stay below 1", 1-rest)
	}
	for f, field := range m.Fields {
		if c := x.columns[f]; field.Name != c.Name || field.Kind != c.Kind {
			return fmt.Errorf("identity: field %d of the model is %q, a %s, that of the records %q, a %s", f+1, field.Name, field.Kind, c.Name, c.Kind)
		}
		for l := Exact; l < levels; l++ {
			if !(field.M[l] > 0 && field.M[l] <= 1 && field.U[l] > 0 && field.U[l] <= 1) {
				return fmt.Errorf("identity: in field %q of the model, m and u of level %s are %v and %v; they must lie above 0 and not above 1", field.Name, l, field.M[l], field.U[l])
			}
		}
	}
	return nil
}
