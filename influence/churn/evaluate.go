package churn

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat"

	"kith/influence/internal/sweep"
)

// EvaluateOptions say how sure the figures have to be. The zero value works.
type EvaluateOptions struct {
	// Resamples is the number of bootstrap samples; 0 means 500.
	Resamples int
	// Confidence is the share of them within the interval; 0 means 0.95.
	Confidence float64
	// Seed starts the drawing. The same seed gives the same intervals.
	Seed uint64
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads int
}

// Figure is a measure with its bootstrap interval.
type Figure struct{ Value, Low, High float64 }

// Evaluation is how well a score tells those who left from those who stayed.
type Evaluation struct {
	Customers, Left int
	// AUC is the chance that one who left has the higher score than one who
	// stayed, equal scores counting half.
	AUC Figure
	// AveragePrecision is the mean, over those who left, of the share of
	// leavers among all that score at least as high.
	AveragePrecision Figure
	// Lift1, Lift5 and Lift10 are the share of leavers among the 1, 5 and 10 %
	// of the highest scores, over the share among all.
	Lift1, Lift5, Lift10 Figure
}

// Evaluate measures a score against what happened; higher scores should have
// left. AUC is the Mann-Whitney statistic (doi:10.1148/radiology.143.1.7063747).
// The intervals are those of the percentile bootstrap (B. Efron,
// doi:10.1214/aos/1176344552) over customers.
//
// The highest 1 % of n customers are ⌈n/100⌉; where equal scores straddle that
// bound, leavers among them count in proportion, so that the order of rows has
// no influence on a value. Intervals depend on the order of rows.
//
// Time is O(n log n + n·resamples), memory 24 bytes per customer and goroutine.
// Every resample has a generator of its own, so the result is the same to the
// bit for any number of threads. It takes at least one customer who left and
// one who stayed, and no NaN; resamples without either are left out.
func Evaluate(score []float64, left []bool, opt EvaluateOptions) (*Evaluation, error) {
	if opt.Resamples == 0 {
		opt.Resamples = 500
	}
	if opt.Confidence == 0 {
		opt.Confidence = 0.95
	}
	switch {
	case len(score) != len(left):
		return nil, fmt.Errorf("evaluate: %d scores for %d customers", len(score), len(left))
	case opt.Resamples < 0:
		return nil, fmt.Errorf("evaluate: %d resamples are asked for; it must be 1 or more", opt.Resamples)
	case !(opt.Confidence > 0 && opt.Confidence < 1):
		return nil, fmt.Errorf("evaluate: the confidence is %v; it must lie between 0 and 1", opt.Confidence)
	}
	o, err := newOrder(score, left)
	if err != nil {
		return nil, err
	}
	once := make([]uint32, len(score))
	for i := range once {
		once[i] = 1
	}
	values, ok := o.measure(once)
	if !ok {
		return nil, fmt.Errorf("evaluate: of %d customers %d left; it takes some who left and some who stayed", len(left), o.left)
	}
	draws := make([][measures]float64, opt.Resamples)
	fine := make([]bool, opt.Resamples)
	times := make([][]uint32, sweep.Workers(opt.Threads, opt.Resamples))
	sweep.Each(opt.Threads, opt.Resamples, func(worker, i int) {
		if times[worker] == nil {
			times[worker] = make([]uint32, len(score))
		}
		t := times[worker]
		clear(t)
		r := rand.New(rand.NewPCG(opt.Seed, uint64(i)))
		for range t {
			t[r.Uint64N(uint64(len(t)))]++
		}
		draws[i], fine[i] = o.measure(t)
	})
	figures := [measures]Figure{}
	for k := range figures {
		var sample []float64
		for i, d := range draws {
			if fine[i] {
				sample = append(sample, d[k])
			}
		}
		figures[k] = Figure{Value: values[k], Low: values[k], High: values[k]}
		if len(sample) > 0 {
			slices.Sort(sample)
			tail := (1 - opt.Confidence) / 2
			figures[k].Low = stat.Quantile(tail, stat.Empirical, sample, nil)
			figures[k].High = stat.Quantile(1-tail, stat.Empirical, sample, nil)
		}
	}
	return &Evaluation{
		Customers: len(score), Left: o.left,
		AUC: figures[0], AveragePrecision: figures[1], Lift1: figures[2], Lift5: figures[3], Lift10: figures[4],
	}, nil
}

// measures is how many figures measure returns.
const measures = 5

// order has customers by falling score, in groups of equal scores.
type order struct {
	left  int
	isOut []bool // by place in the order
	ends  []int  // where each group ends
	place []int  // row of each place
}

func newOrder(score []float64, left []bool) (*order, error) {
	o := &order{place: make([]int, len(score)), isOut: make([]bool, len(score))}
	for i, s := range score {
		if math.IsNaN(s) {
			return nil, fmt.Errorf("evaluate: the score of row %d is not a number", i)
		}
		o.place[i] = i
	}
	slices.SortFunc(o.place, func(a, b int) int { return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b)) })
	for i, row := range o.place {
		o.isOut[i] = left[row]
		if left[row] {
			o.left++
		}
		if i+1 == len(o.place) || score[o.place[i+1]] != score[row] {
			o.ends = append(o.ends, i+1)
		}
	}
	return o, nil
}

// measure works the figures out for customers who stand in the sample so many
// times each, by row. It says false when nobody left or nobody stayed.
func (o *order) measure(times []uint32) (m [measures]float64, ok bool) {
	total, left := 0.0, 0.0
	for i, row := range o.place {
		total += float64(times[row])
		if o.isOut[i] {
			left += float64(times[row])
		}
	}
	if left == 0 || left == total {
		return m, false
	}
	tops := [3]float64{math.Ceil(total / 100), math.Ceil(total / 20), math.Ceil(total / 10)}
	seen, seenOut, from := 0.0, 0.0, 0
	for _, end := range o.ends {
		group, out := 0.0, 0.0
		for i := from; i < end; i++ {
			k := float64(times[o.place[i]])
			group += k
			if o.isOut[i] {
				out += k
			}
		}
		from = end
		if group == 0 {
			continue
		}
		// Each leaver here beats those who stayed and come after, and
		// draws with those in the group.
		stayed := group - out
		after := (total - seen - group) - (left - seenOut - out)
		m[0] += out * (after + stayed/2)
		for k, top := range tops {
			if within := min(max(top-seen, 0), group); within > 0 {
				m[2+k] += out * within / group
			}
		}
		seen, seenOut = seen+group, seenOut+out
		m[1] += out * seenOut / seen
	}
	m[0] /= left * (total - left)
	m[1] /= left
	for k, top := range tops {
		m[2+k] = m[2+k] / top / (left / total)
	}
	return m, true
}
