package identity

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// learnFrom is about how many of the pairs that the rules make EM learns from.
const learnFrom = 2 << 20

const (
	maxIterations = 200
	settled       = 1e-5 // the largest change of a probability that ends EM
	mostShare     = .2   // λ, and the share of each double, are at most this
)

// startSame is what EM takes for m to begin with, and what it leans on, with the
// weight of priorPairs pairs, where there are few.
var startSame = [levels]float64{Exact: .82, Close: .07, Near: .04, Crossed: .01, Different: .06}

const priorPairs = 2

// pattern is the levels of all fields of a pair, three bits each, and how many
// pairs have them.
type pattern struct {
	key   uint64
	count int64
}

func (p pattern) level(f int) Level { return Level(p.key >> (3 * f) & 7) }

// patterns counts the levels of the pairs that the rules make, or of a share of
// them drawn by a hash of the pair. The patterns stand in ascending order.
func (b *blocking) patterns(ctx context.Context, seed uint64, threads int) (list []pattern, share float64, err error) {
	total := int64(0)
	for _, r := range b.report {
		total += r.Pairs
	}
	share = 1
	below := ^uint64(0)
	if total > learnFrom {
		share = learnFrom / float64(total)
		below = uint64(share * (1 << 63) * 2)
	}
	x := b.table
	tasks := b.tasks(1 << 16)
	counts := make([]map[uint64]int64, workers(threads, len(tasks)))
	err = each(ctx, threads, len(tasks), func(worker, i int) {
		if counts[worker] == nil {
			counts[worker] = map[uint64]int64{}
		}
		seen := counts[worker]
		b.pairs(tasks[i], func(p, q uint32) {
			if mix(seed^(uint64(p)<<32|uint64(q))) > below {
				return
			}
			pa, qa := x.of(p), x.of(q)
			key := uint64(0)
			for f := range x.columns {
				key |= uint64(x.level(f, pa, qa)) << (3 * f)
			}
			seen[key]++
		})
	})
	if err != nil {
		return nil, 0, err
	}
	for _, seen := range counts {
		for key, n := range seen {
			list = append(list, pattern{key, n})
		}
	}
	slices.SortFunc(list, func(a, b pattern) int { return cmp.Compare(a.key, b.key) })
	out := list[:0]
	for _, p := range list {
		if len(out) > 0 && out[len(out)-1].key == p.key {
			out[len(out)-1].count += p.count
		} else {
			out = append(out, p)
		}
	}
	return out, share, nil
}

// learn fits λ, m and the doubles by expectation and maximisation to the patterns of
// the pairs that the rules make, all other pairs being taken for strangers. As
// the levels of a pair say all that the model sees of it, it does no harm that
// rules choose pairs by their levels.
//
// u comes from random pairs. Some of those are of the same person, so what was
// counted is λm+(1-λ)u, which is solved for u as λ and m become known; u is never
// below half a pair of the sample nor one in as many records as have the field.
//
// Dempster, Laird, Rubin 1977 (doi:10.1111/j.2517-6161.1977.tb01600.x). Time is
// O(patterns·fields) an iteration.
func (m *Model) learn(ctx context.Context, patterns []pattern, share, all float64, chance [][levels]float64) error {
	for _, p := range patterns {
		m.Pairs += p.count
	}
	m.solve(chance)
	for m.Iterations < maxIterations && len(patterns) > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		m.Iterations++
		change := m.iterate(patterns, share, all)
		m.solve(chance)
		if change < settled {
			m.Converged = true
			break
		}
	}
	return nil
}

// newModel is what EM starts from: one record in ten, the first guess says, has
// another of its person.
func (x *table) newModel(withDoubles bool) *Model {
	m := &Model{Fields: make([]FieldModel, len(x.columns))}
	all := float64(max(pairsOf(x.n), 2))
	m.Lambda = min(max(float64(x.n)/10, 1)/all, mostShare)
	if withDoubles {
		m.Doubles = startDoubles(x.columns, m.Lambda/2)
	}
	for f := range x.columns {
		c := &x.columns[f]
		m.Fields[f] = FieldModel{Name: c.Name, Kind: c.Kind, M: startSame, Least: 1 / float64(max(c.known, 2)-1)}
	}
	return m
}

// class adds up what is expected of matches or of a double.
type class struct {
	share         float64
	weights, sums [][levels]float64
	expected      float64
}

func newClass(fields int) *class {
	return &class{weights: make([][levels]float64, fields), sums: make([][levels]float64, fields)}
}

func (c *class) weight(p pattern) float64 {
	w := 0.0
	for f := range c.weights {
		w += c.weights[f][p.level(f)]
	}
	return w
}

func (c *class) add(p pattern, expected float64) {
	c.expected += expected
	for f := range c.sums {
		c.sums[f][p.level(f)] += expected
	}
}

// shares replaces the shares of the levels of a field by what was expected, leaning
// on the given ones, and returns the largest change.
func (c *class) shares(f int, now *[levels]float64, lean [levels]float64) float64 {
	total := float64(priorPairs)
	for l := Exact; l < levels; l++ {
		total += c.sums[f][l]
	}
	change := 0.0
	for l := Exact; l < levels; l++ {
		next := (c.sums[f][l] + float64(priorPairs*lean[l])) / total
		change = max(change, math.Abs(next-now[l]))
		now[l] = next
	}
	return change
}

// iterate is one step of EM and returns the largest change.
func (m *Model) iterate(patterns []pattern, share, all float64) float64 {
	classes := make([]*class, 1+len(m.Doubles))
	stranger := 1 - m.Lambda
	for k := range classes {
		classes[k] = newClass(len(m.Fields))
		for f := range m.Fields {
			for l := Exact; l < levels; l++ {
				if k == 0 {
					classes[k].weights[f][l] = m.Fields[f].Weight(l, 0, 0)
				} else {
					classes[k].weights[f][l] = m.Doubles[k-1].weight(&m.Fields[f], f, l, 0, 0)
				}
			}
		}
		if k == 0 {
			classes[k].share = m.Lambda
		} else {
			classes[k].share = m.Doubles[k-1].Share
			stranger -= classes[k].share
		}
	}
	odds := make([]float64, len(classes))
	for _, p := range patterns {
		total := stranger
		for k, c := range classes {
			odds[k] = c.share * math.Exp2(c.weight(p))
			total += odds[k]
		}
		n := float64(p.count) / total
		for k, c := range classes {
			c.add(p, odds[k]*n)
		}
	}
	change := 0.0
	for f := range m.Fields {
		change = max(change, classes[0].shares(f, &m.Fields[f].M, startSame))
	}
	lambda := min(max(classes[0].expected/share/all, .5/all), mostShare)
	change = max(change, math.Abs(lambda-m.Lambda)/lambda)
	for k := range m.Doubles {
		d := &m.Doubles[k]
		c := classes[k+1]
		for f := range m.Fields {
			switch d.bears(m.Fields[f].Kind) {
			case together, popular:
				change = max(change, c.shares(f, &d.H[f], startTogether))
			case similarly:
				c.sums[f][Exact] = 0
				lean := startTogether
				lean[Different] += lean[Exact]
				lean[Exact] = 0
				change = max(change, c.shares(f, &d.H[f], lean))
			}
		}
		next := min(max(c.expected/share/all, .01/all), mostShare)
		change = max(change, math.Abs(next-d.Share)/lambda)
		d.Share = next
	}
	m.Lambda = lambda
	return change
}

// solve works u out of what was counted on random pairs.
func (m *Model) solve(chance [][levels]float64) {
	for f := range m.Fields {
		field := &m.Fields[f]
		total := 0.0
		for l := Exact; l < levels; l++ {
			least := .5 / randomPairs
			if l == Exact {
				least = field.Least
			}
			field.U[l] = max((chance[f][l]-float64(m.Lambda*field.M[l]))/(1-m.Lambda), least)
			total += field.U[l]
		}
		for l := range field.U {
			field.U[l] /= total
		}
	}
}
