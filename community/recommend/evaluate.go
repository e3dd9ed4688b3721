package recommend

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"

	"kith/graph"
)

// Method is a way to make lists that Evaluate compares. List appends to dst the
// products for a query, the best first; it is called from several goroutines.
type Method struct {
	Name string
	List func(dst []Item, q Query) []Item
}

// Methods are what the Index offers to known customers, the plainer one first:
// popular, the same for everyone, and community-popular.
func (x *Index) Methods() []Method {
	return []Method{
		{Popular.String(), func(dst []Item, q Query) []Item {
			q.Customer = Unknown
			return x.For(dst, q)
		}},
		{CommunityPopular.String(), x.For},
	}
}

// EvaluateOptions are the settings of Evaluate. The zero value is the default.
type EvaluateOptions struct {
	// K is the length of the lists; 0 means 10.
	K int
	// Resamples is how often customers are drawn again for the intervals; 0
	// means 1,000.
	Resamples int
	// Seed is that of the resampling.
	Seed uint64
	// Threads is how many goroutines to use; 0 means GOMAXPROCS.
	Threads int
}

// Evaluation compares methods on later time.
type Evaluation struct {
	// K is the length of the lists.
	K int
	// Customers is the number of customers who bought something before and
	// something new later: the ones that count.
	Customers int
	// Methods are in the order in which they were given.
	Methods []Measured
}

// Measured is how one method did: means over customers. R is the set of products
// that the customer bought later and not before, L the list of at most K.
type Measured struct {
	Name string
	// Recall is |L ∩ R|/|R|, with its interval.
	Recall Interval
	// Gain is the difference of Recall from that of the first method, with
	// its interval over the same customers.
	Gain Interval
	// NDCG is Σ_{i: L_i ∈ R} 1/log2(i+1) over the most that is possible,
	// Σ_{i ≤ min(K,|R|)} 1/log2(i+1), with i from 1.
	NDCG float64
	// HitRate is the share of customers with a product of R on the list.
	HitRate float64
	// Coverage is the share of the products bought before that are on any
	// list.
	Coverage float64
	// Novelty is the mean of -log2 of the share of customers who bought a
	// listed product before, in bits; products that nobody bought add
	// nothing.
	Novelty float64
}

// Interval is an estimate with a 95 % interval from the bootstrap: customers are
// drawn with repetition, and the ends are the 2.5 and 97.5 % quantiles.
type Interval struct{ Mean, Low, High float64 }

// Evaluate compares methods by the products that customers buy in later time.
// Both graphs are customers × products, from before and from after a cut in time;
// the methods must know the former only. A customer's own purchases from before
// are given to the method as Query.Owned.
//
// Time: O(customers · (lists + Resamples·methods)). The answer is the same for
// any number of threads. When nobody counts, all numbers are 0.
func Evaluate(ctx context.Context, methods []Method, before, after *graph.Graph, o EvaluateOptions) (*Evaluation, error) {
	if before.Rows() != after.Rows() || before.Cols != after.Cols {
		return nil, fmt.Errorf("evaluate recommendations: before has %d × %d customers and products, after %d × %d",
			before.Rows(), before.Cols, after.Rows(), after.Cols)
	}
	if o.K == 0 {
		o.K = 10
	}
	if o.Resamples == 0 {
		o.Resamples = 1000
	}
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.K < 0 || o.Resamples < 0 {
		return nil, fmt.Errorf("evaluate recommendations: lists of %d and %d resamples; neither may be negative", o.K, o.Resamples)
	}
	var customers []uint32
	for u := range uint32(before.Rows()) {
		if before.Degree(u) > 0 && newOnes(before.Neighbours(u), after.Neighbours(u)) > 0 {
			customers = append(customers, u)
		}
	}
	e := &Evaluation{K: o.K, Customers: len(customers)}
	recalls := make([][]float64, len(methods))
	for j, m := range methods {
		t, err := measure(ctx, m, before, after, customers, o)
		if err != nil {
			return nil, fmt.Errorf("evaluate recommendations: %w", err)
		}
		recalls[j] = t.recall
		e.Methods = append(e.Methods, t.means(m.Name, before, o.K))
	}
	return e, bootstrap(ctx, e, recalls, o)
}

// newOnes is the number of entries of after that are not in before; both ascend.
func newOnes(before, after []uint32) (n int) {
	for _, p := range after {
		if _, ok := slices.BinarySearch(before, p); !ok {
			n++
		}
	}
	return n
}

// tested has one entry per customer that counts, but for the lists, which have K
// with None after the end.
type tested struct {
	recall, ndcg []float64
	lists        []uint32
}

// measure asks a method for all lists.
func measure(ctx context.Context, m Method, before, after *graph.Graph, customers []uint32, o EvaluateOptions) (*tested, error) {
	n := len(customers)
	t := &tested{recall: make([]float64, n), ndcg: make([]float64, n), lists: make([]uint32, n*o.K)}
	const block = 256
	err := each(ctx, (n+block-1)/block, o.Threads, func(next func() (int, bool)) {
		var items []Item
		for b, ok := next(); ok; b, ok = next() {
			for i := b * block; i < min(n, (b+1)*block); i++ {
				owned, later := before.Neighbours(customers[i]), after.Neighbours(customers[i])
				items = m.List(items[:0], Query{Customer: customers[i], Owned: owned, Limit: o.K})
				list := t.lists[i*o.K : (i+1)*o.K]
				hits, gain := 0, 0.0
				for j := range list {
					list[j] = None
					if j >= len(items) {
						continue
					}
					p := items[j].Product
					list[j] = p
					_, bought := slices.BinarySearch(later, p)
					if _, had := slices.BinarySearch(owned, p); bought && !had {
						hits++
						gain += discount(j)
					}
				}
				relevant, most := newOnes(owned, later), 0.0
				for j := range min(o.K, relevant) {
					most += discount(j)
				}
				t.recall[i] = float64(hits) / float64(relevant)
				t.ndcg[i] = gain / most
			}
		}
	})
	return t, err
}

// discount is the worth of place j of a list, from 0.
func discount(j int) float64 { return 1 / math.Log2(float64(j+2)) }

// means sums up in the order of the customers.
func (t *tested) means(name string, before *graph.Graph, k int) Measured {
	m := Measured{Name: name}
	n := float64(len(t.recall))
	if n == 0 {
		return m
	}
	buyers := make([]uint32, before.Cols)
	for _, p := range before.Targets {
		buyers[p]++
	}
	sold := 0
	for _, b := range buyers {
		if b > 0 {
			sold++
		}
	}
	for i := range t.recall {
		m.Recall.Mean += t.recall[i] / n
		m.NDCG += t.ndcg[i] / n
		if t.recall[i] > 0 {
			m.HitRate++
		}
	}
	m.HitRate /= n
	listed, entries := make([]bool, before.Cols), 0.0
	for _, p := range t.lists {
		if p == None || buyers[p] == 0 {
			continue
		}
		if !listed[p] {
			listed[p] = true
			m.Coverage += 1 / float64(sold)
		}
		entries++
		m.Novelty -= math.Log2(float64(buyers[p]) / float64(before.Rows()))
	}
	if entries > 0 {
		m.Novelty /= entries
	}
	return m
}

// bootstrap fills in the intervals. Resample i depends on the seed and i alone.
func bootstrap(ctx context.Context, e *Evaluation, recalls [][]float64, o EvaluateOptions) error {
	n := e.Customers
	for j := range e.Methods {
		m := &e.Methods[j]
		m.Gain.Mean = m.Recall.Mean - e.Methods[0].Recall.Mean
		m.Recall.Low, m.Recall.High = m.Recall.Mean, m.Recall.Mean
		m.Gain.Low, m.Gain.High = m.Gain.Mean, m.Gain.Mean
	}
	if n == 0 || o.Resamples == 0 {
		return ctx.Err()
	}
	means := make([][]float64, len(recalls)) // per method and resample
	for j := range means {
		means[j] = make([]float64, o.Resamples)
	}
	err := each(ctx, o.Resamples, o.Threads, func(next func() (int, bool)) {
		for i, ok := next(); ok; i, ok = next() {
			r := rand.New(rand.NewPCG(o.Seed, uint64(i)))
			for range n {
				u := r.IntN(n)
				for j := range recalls {
					means[j][i] += recalls[j][u]
				}
			}
			for j := range recalls {
				means[j][i] /= float64(n)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("evaluate recommendations: %w", err)
	}
	for j := range e.Methods {
		gains := make([]float64, o.Resamples)
		for i := range gains {
			gains[i] = means[j][i] - means[0][i]
		}
		e.Methods[j].Gain.ends(gains)
	}
	for j := range e.Methods {
		e.Methods[j].Recall.ends(means[j])
	}
	return nil
}

// ends sets the interval from resampled means, which it sorts.
func (v *Interval) ends(means []float64) {
	slices.Sort(means)
	at := func(q float64) float64 { return means[int(q*float64(len(means)-1)+.5)] }
	v.Low, v.High = at(.025), at(.975)
}
