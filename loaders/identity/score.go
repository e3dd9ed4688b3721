package identity

import (
	"context"
	"math"
	"slices"
)

// levelsOf compares two records in all fields.
func (x *table) levelsOf(p, q uint32, out []Level) {
	a, b := x.of(p), x.of(q)
	for f := range x.columns {
		out[f] = x.level(f, a, b)
	}
}

// shared is the value in which two records agree exactly in a field: the rarest
// where there are several.
func (c *column) shared(a, b []uint32) uint32 {
	if c.width == 1 {
		return a[c.first]
	}
	best := uint32(0)
	for _, v := range a[c.first : c.first+c.width] {
		if v == 0 || !slices.Contains(b[c.first:c.first+c.width], v) {
			continue
		}
		if best == 0 || c.count[v] < c.count[best] || c.count[v] == c.count[best] && v < best {
			best = v
		}
	}
	return best
}

// weigh is the weight of a pair whose levels are known, in bits: the sum of the
// prior and the fields' weights, in their order, less what its doubles explain.
// It writes the fields' weights to parts unless that is nil.
func (x *table) weigh(m *Model, p, q uint32, at []Level, parts []float64) (weight, doubled float64) {
	a, b := x.of(p), x.of(q)
	var sums [maxDoubles]float64
	weight = m.Prior()
	for f := range x.columns {
		c := &x.columns[f]
		count := 0
		if at[f] == Exact {
			count = int(c.count[c.shared(a, b)])
		}
		w := m.Fields[f].Weight(at[f], count, c.known)
		weight += w
		if parts != nil {
			parts[f] = w
		}
		for d := range m.Doubles {
			sums[d] += m.Doubles[d].weight(&m.Fields[f], f, at[f], count, c.known)
		}
	}
	doubled = m.Doubled(sums[:len(m.Doubles)])
	return weight - doubled, doubled
}

// sieve tells quickly that a pair can't reach a weight, mostly without comparing
// all of its fields.
type sieve struct {
	*table
	prior  float64
	least  float64 // what must be reached
	fields []sieveField
	// order is that in which fields are compared: first those that can add
	// most.
	order []int
	logs  []float64 // log2 of small whole numbers
}

// sieveField is what is needed of a field, in bits.
type sieveField struct {
	weight [levels]float64
	// most is the best that a level other than Exact can weigh.
	most float64
	// base less log2(count-1) is the weight of a value that is shared.
	base float64
}

func (x *table) newSieve(m *Model, least float64) *sieve {
	s := &sieve{table: x, prior: m.Prior(), fields: make([]sieveField, len(x.columns)), logs: make([]float64, 1<<12)}
	for i := range s.logs {
		s.logs[i] = math.Log2(float64(i))
	}
	for f := range x.columns {
		field := &s.fields[f]
		for l := Exact; l < levels; l++ {
			field.weight[l] = m.Fields[f].Weight(l, 0, 0)
		}
		field.most = max(field.weight[Close], field.weight[Near], field.weight[Crossed], field.weight[Different])
		field.base = m.Fields[f].Weight(Exact, 2, x.columns[f].known)
		s.order = append(s.order, f)
	}
	slices.SortStableFunc(s.order, func(f, g int) int {
		switch f, g := s.fields[f].most, s.fields[g].most; {
		case f > g:
			return -1
		case f < g:
			return 1
		}
		return 0
	})
	// Where nothing looks like a double, D is a little below nought. The rest
	// is for sums taken in another order.
	s.least = least - 1e-6
	none := 0.0
	for _, d := range m.Doubles {
		none += d.Share / (1 - m.Lambda)
	}
	s.least += math.Log2(1 - none)
	return s
}

// passes compares the fields of a pair as far as is needed. When it may reach the
// weight, all levels are in out.
func (s *sieve) passes(p, q uint32, out []Level) bool {
	a, b := s.of(p), s.of(q)
	bound := s.prior
	for f := range s.columns {
		c := &s.columns[f]
		if c.width > 1 {
			out[f] = c.best(a, b)
			if out[f] == Exact {
				bound += s.exact(f, c.shared(a, b))
			} else {
				bound += s.fields[f].weight[out[f]]
			}
			continue
		}
		va, vb := a[c.first], b[c.first]
		switch {
		case va == 0 || vb == 0:
			out[f] = Missing
		case va == vb:
			out[f] = Exact
			bound += s.exact(f, va)
		default:
			out[f] = levels // to be compared
			bound += s.fields[f].most
		}
	}
	for _, f := range s.order {
		if bound < s.least {
			return false
		}
		if out[f] == levels {
			out[f] = s.level(f, a, b)
			bound += s.fields[f].weight[out[f]] - s.fields[f].most
		}
	}
	return bound >= s.least
}

// exact is the weight of sharing a value.
func (s *sieve) exact(f int, v uint32) float64 {
	n := int(s.columns[f].count[v]) - 1
	if n < len(s.logs) {
		return s.fields[f].base - s.logs[max(n, 1)]
	}
	return s.fields[f].base - math.Log2(float64(n))
}

// links weighs the pairs that the rules make and keeps those that reach the least
// weight. Each stretch of pairs has its own list; the lists are joined in order
// and sorted, so that threads have no say.
func (b *blocking) links(ctx context.Context, m *Model, least float64, threads int) (*Links, error) {
	s := b.table.newSieve(m, least)
	tasks := b.tasks(1 << 16)
	lists := make([][]link, len(tasks))
	made := make([]int64, len(tasks))
	err := each(ctx, threads, len(tasks), func(_, i int) {
		at := make([]Level, len(b.table.columns))
		b.pairs(tasks[i], func(p, q uint32) {
			made[i]++
			if !s.passes(p, q, at) {
				return
			}
			if w, _ := b.table.weigh(m, p, q, at, nil); w >= least {
				lists[i] = append(lists[i], link{uint64(p)<<32 | uint64(q), w})
			}
		})
	})
	if err != nil {
		return nil, err
	}
	total := 0
	for i, t := range tasks {
		b.report[t.rule].New += made[i]
		total += len(lists[i])
	}
	all := make([]link, 0, total)
	for _, l := range lists {
		all = append(all, l...)
	}
	sortLinks(all)
	out := &Links{A: make([]uint32, total), B: make([]uint32, total), Weight: make([]float64, total)}
	for i, l := range all {
		out.A[i], out.B[i], out.Weight[i] = uint32(l.pair>>32), uint32(l.pair), l.weight
	}
	return out, nil
}

// link is a pair, A above B, and its weight.
type link struct {
	pair   uint64
	weight float64
}

// sortLinks sorts by pair, digit by digit.
func sortLinks(list []link) {
	if len(list) == 0 {
		return
	}
	tmp := make([]link, len(list))
	var differ uint64
	for _, l := range list {
		differ |= l.pair ^ list[0].pair
	}
	src, dst := list, tmp
	for shift := 0; shift < 64; shift += 11 {
		if differ>>shift&2047 == 0 {
			continue
		}
		var next [2048]int
		for i := range src {
			next[src[i].pair>>shift&2047]++
		}
		sum := 0
		for i, n := range next {
			next[i] = sum
			sum += n
		}
		for _, l := range src {
			d := l.pair >> shift & 2047
			dst[next[d]] = l
			next[d]++
		}
		src, dst = dst, src
	}
	if &src[0] != &list[0] {
		copy(list, src)
	}
}
