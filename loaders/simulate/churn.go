package simulate

import (
	"math"
	"slices"
)

// How much of the pull of a strong tie a weak one has, and a tie to the leader
// of one's own community.
const (
	weakPull   = .25
	leaderPull = 2
)

// fadeDays is for how long before leaving a customer calls and buys less, and
// fadeTo the share at the end.
const (
	fadeDays = 21
	fadeTo   = .35
)

// depart decides who leaves, when, and because of whom. On each day the hazard
// of customer u who is still there is proportional to
//
//	r_u = own_u · (1 + strength · Σ_v pull(u,v)·exp(-(t - t_v)/decay))
//
// over the contacts v who left on the days before, without the sum when there is
// no contagion, and scaled so that the mean hazard is Churn/30. So as many leave
// with contagion as without; it decides who and when. The cause is drawn in
// proportion to the parts of r_u. Time O(days·customers + ties of those who leave).
func (op *operator) depart() {
	n := op.o.Customers
	op.gone = make([]int32, n)
	op.infector = make([]uint32, n)
	op.exposure = make([]float32, n)
	own := make([]float64, n)
	for u := range n {
		op.gone[u], op.infector[u] = stays, none
		s := open(op.o.Seed, forChurn, uint64(u), 0)
		own[u] = math.Exp(.5 * s.normal())
		switch since := op.since[u]; {
		case since < 365:
			own[u] *= 1.6
		case since > 3*365:
			own[u] *= .7
		}
	}
	if op.o.Churn == 0 {
		return
	}
	strength := 0.0
	if op.o.Contagion {
		strength = op.o.Strength
	}
	exposed := make([]float64, n)
	fade := math.Exp(-1 / op.o.Decay)
	var leavers []uint32
	for d := range op.o.Days {
		op.o.Progress.Report("simulate churn", int64(d), int64(op.o.Days))
		var sum float64
		alive := 0
		for u := range n {
			exposed[u] *= fade
			if op.gone[u] == stays {
				sum += own[u] * (1 + strength*exposed[u])
				alive++
			}
		}
		if alive == 0 {
			break
		}
		scale := op.o.Churn / 30 * float64(alive) / sum
		leavers = leavers[:0]
		for u := range n {
			if op.gone[u] != stays {
				continue
			}
			s := open(op.o.Seed, forChurn, uint64(u), uint64(d)+1)
			if !s.chance(min(scale*own[u]*(1+strength*exposed[u]), .9)) {
				continue
			}
			op.exposure[u] = float32(exposed[u])
			if pull := strength * exposed[u]; s.chance(pull / (1 + pull)) {
				op.infector[u] = op.blame(uint32(u), d, s.float())
			}
			op.gone[u] = int32(d*86400 + 8*3600 + s.below(12*3600))
			leavers = append(leavers, uint32(u))
		}
		for _, u := range leavers {
			for i := op.ties.first[u]; i < op.ties.first[u+1]; i++ {
				exposed[op.ties.who[i]] += op.pull(op.ties.who[i], u, op.ties.strong[i])
			}
		}
	}
	op.o.Progress.Report("simulate churn", int64(op.o.Days), int64(op.o.Days))
}

// pull is how strongly v's leaving draws u along.
func (op *operator) pull(u, v uint32, strong bool) float64 {
	switch {
	case !strong:
		return weakPull
	case op.leader[op.community[u]] == v:
		return leaderPull
	}
	return 1
}

// blame draws who of u's contacts who left before day d drew u along.
func (op *operator) blame(u uint32, d int, share float64) uint32 {
	var upTo []float64
	var who []uint32
	sum := 0.0
	for i := op.ties.first[u]; i < op.ties.first[u+1]; i++ {
		v := op.ties.who[i]
		if before := int(op.gone[v] / 86400); before < d {
			sum += op.pull(u, v, op.ties.strong[i]) * math.Exp(-float64(d-before)/op.o.Decay)
			who, upTo = append(who, v), append(upTo, sum)
		}
	}
	return who[pick(upTo, share)]
}

// leavers lists who leaves, by time and then by id.
func (op *operator) leavers() []uint32 {
	var list []uint32
	for u, at := range op.gone {
		if at != stays {
			list = append(list, uint32(u))
		}
	}
	slices.SortFunc(list, func(a, b uint32) int {
		if op.gone[a] != op.gone[b] {
			return int(op.gone[a] - op.gone[b])
		}
		return int(op.number[a]) - int(op.number[b])
	})
	return list
}

// vigour is the share of usual activity on a day: less in the last weeks.
func (op *operator) vigour(u uint32, d int) float64 {
	if op.gone[u] == stays {
		return 1
	}
	left := int(op.gone[u]/86400) - d
	switch {
	case left < 0:
		return 0
	case left >= fadeDays:
		return 1
	}
	return fadeTo + (1-fadeTo)*float64(left)/fadeDays
}
