package factor

import (
	"context"
	"fmt"

	"kith/graph"
)

// Loss is what Train makes small, for this graph of customers × products. Pairs
// without a tie are summed up at once by the products of vectors, so it takes
// O(m·f + n·f²) time and not customers times products.
func (m *Model) Loss(ctx context.Context, bought *graph.Graph, threads int) (float64, error) {
	if bought.Rows()*m.Stride != len(m.Customers) || int(bought.Cols)*m.Stride != len(m.Products) {
		return 0, fmt.Errorf("loss: the graph has %d customers and %d products, the model %d and %d",
			bought.Rows(), bought.Cols, len(m.Customers)/m.Stride, len(m.Products)/m.Stride)
	}
	t := trainer{
		Options: Options{Factors: m.Factors, Regularization: m.regularization, Confidence: m.confidence, Threads: threads},
		stride:  m.Stride,
	}
	return t.loss(ctx, bought, m)
}

// loss adds up Σ_i c_i(1-x·y_i)² - (x·y_i)² over the ties of each customer, which is
// what they cost beyond pairs without a tie, and xᵀ(YᵀY+λI)x, what all pairs would
// cost without any tie and λ|x|².
func (t *trainer) loss(ctx context.Context, bought *graph.Graph, m *Model) (float64, error) {
	gram, err := t.gram(ctx, m.Products)
	if err != nil {
		return 0, err
	}
	n := bought.Rows()
	parts := make([]float64, (n+solveBlock-1)/solveBlock)
	err = each(ctx, t.Threads, len(parts), func() func(int) {
		s := newSolver(t.stride, t.Factors, gram, m.Products, float32(t.Confidence))
		return func(block int) {
			sum := 0.0
			for v := block * solveBlock; v < min(n, (block+1)*solveBlock); v++ {
				sum += s.cost(m.Customers[v*t.stride:(v+1)*t.stride], bought.Neighbours(uint32(v)), bought.WeightsOf(uint32(v)))
			}
			parts[block] = sum
		}
	})
	if err != nil {
		return 0, err
	}
	total := 0.0
	for _, x := range parts {
		total += x
	}
	for _, y := range m.Products {
		total += t.Regularization * float64(float64(y)*float64(y))
	}
	return total, nil
}

// cost is what one customer adds to the loss.
func (s *solver) cost(x []float32, ties []uint32, weights []float32) float64 {
	clear(s.ap)
	combine(s.ap, s.gram, s.order, x)
	total := 0.0
	for k, v := range x {
		total += float64(float64(v) * float64(s.ap[k]))
	}
	for len(ties) > 0 {
		n := min(len(ties), tile)
		dots(s.dot[:], s.y, ties[:n], x)
		for j := range n {
			c := 1 + float64(s.confidence)
			if weights != nil {
				c = 1 + float64(s.confidence*weights[j])
			}
			d := float64(s.dot[j])
			total += float64(c*float64((1-d)*(1-d))) - float64(d*d)
		}
		if weights != nil {
			weights = weights[n:]
		}
		ties = ties[n:]
	}
	return total
}
