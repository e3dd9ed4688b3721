package recommend

import (
	"context"
	"math"

	"kith/graph"
)

// rankSimilar is the Table of similar products: for each product p the top others
// q by
//
//	cos(p,q) = Σ_{u bought both} idf(u) / √(Σ_{u bought p} idf(u) · Σ_{u bought q} idf(u))
//
// with idf(u) = ln(N/n_u), N the number of products that anybody bought and n_u that
// of customer u, so that a customer who buys everything ties nothing. That is the
// weight of graph.Project with all purchases counted once; the pairs are counted
// here because the floor on common buyers, which takes effect before the best
// are chosen, and the evidence need exact counts. Pairs with fewer common
// buyers than MinSupporters are left out, and so are those whose common buyers
// all have idf 0. Lift is the share of q among the buyers of p over that among
// all customers.
//
// Time: O(Σ_u n_u²), as each pair of a customer's products is counted; memory: the
// reversed graph and 16 bytes per product and goroutine. Sums run over the
// customers in ascending order, so the answer is the same for any number of
// threads. A product without buyers has an empty list.
func (x *Index) rankSimilar(ctx context.Context, in Input, top, threads int) (Table, error) {
	if top < 0 {
		return Table{}, nil
	}
	offsets, buyers := reverse(in.Bought)
	idf := make([]float64, x.Customers)
	sold := 0
	for _, n := range x.Buyers {
		if n > 0 {
			sold++
		}
	}
	for u := range idf {
		if n := in.Bought.Degree(uint32(u)); n > 0 {
			idf[u] = math.Log(float64(sold) / float64(n))
		}
	}
	norm := make([]float64, x.Products)
	for p := range norm {
		for _, u := range buyers[offsets[p]:offsets[p+1]] {
			norm[p] += idf[u]
		}
		norm[p] = math.Sqrt(norm[p])
	}
	cuts := cut(in.Bought, offsets, buyers)
	parts := make([]Table, len(cuts)-1)
	err := each(ctx, len(parts), threads, func(next func() (int, bool)) {
		w := pairer{x: x, available: in.Available, norm: norm, with: make([]common, x.Products)}
		for i, ok := next(); ok; i, ok = next() {
			t := &parts[i]
			t.Offsets = append(t.Offsets, 0)
			for p := cuts[i]; p < cuts[i+1]; p++ {
				if ctx.Err() != nil {
					return
				}
				for _, u := range buyers[offsets[p]:offsets[p+1]] {
					weight := idf[u]
					for _, q := range in.Bought.Neighbours(u) {
						c := &w.with[q]
						if c.buyers == 0 {
							w.touched = append(w.touched, q)
						}
						c.buyers++
						c.idf += weight
					}
				}
				w.rank(t, uint32(p), top)
			}
		}
	})
	if err != nil {
		return Table{}, err
	}
	return join(parts), nil
}

// reverse lists the customers of each product, ascending.
func reverse(bought *graph.Graph) (offsets []uint64, buyers []uint32) {
	offsets = make([]uint64, bought.Cols+1)
	for _, p := range bought.Targets {
		offsets[p+1]++
	}
	for p := range bought.Cols {
		offsets[p+1] += offsets[p]
	}
	next := append([]uint64(nil), offsets[:bought.Cols]...)
	buyers = make([]uint32, len(bought.Targets))
	for u := range uint32(bought.Rows()) {
		for _, p := range bought.Neighbours(u) {
			buyers[next[p]] = u
			next[p]++
		}
	}
	return offsets, buyers
}

// common is how many customers bought both products, and the sum of their idf.
type common struct {
	idf    float64
	buyers uint32
}

// pairer turns counts of common buyers into rows of a Table.
type pairer struct {
	x         *Index
	available []bool
	norm      []float64
	with      []common // per other product
	touched   []uint32 // those with common buyers
	keys      []uint64
}

// rank appends the row of product p and clears the counts.
func (w *pairer) rank(t *Table, p uint32, top int) {
	x := w.x
	all, a := float64(x.Customers), float64(x.Buyers[p])
	w.keys = w.keys[:0]
	for _, q := range w.touched {
		c := &w.with[q]
		if int64(c.buyers) < int64(x.MinSupporters) || q == p || w.available != nil && !w.available[q] {
			continue
		}
		if score := float32(c.idf / (w.norm[p] * w.norm[q])); score > 0 {
			w.keys = append(w.keys, key(min(score, 1), q))
		}
	}
	list := largest(w.keys, min(top, len(w.keys)))
	for _, k := range list {
		score, q := unkey(k)
		both, b := float64(w.with[q].buyers), float64(x.Buyers[q])
		t.Product = append(t.Product, q)
		t.Score = append(t.Score, score)
		t.Supporters = append(t.Supporters, w.with[q].buyers)
		t.Lift = append(t.Lift, float32(both/a*all/b))
		t.LiftLow = append(t.LiftLow, float32(wilsonLow(both, a)*all/b))
		t.LLR = append(t.LLR, float32(logLikelihoodRatio(both, a, b, all)))
	}
	t.Size = append(t.Size, x.Buyers[p])
	t.index(len(list))
	for _, q := range w.touched {
		w.with[q] = common{}
	}
	w.touched = w.touched[:0]
}
