package factor

import (
	"fmt"
	"math"
	"slices"

	"kith/community/recommend"
)

// Score is how well a customer and a product go together: the product of their
// vectors, near 1 for what is bought and 0 for what isn't.
func (m *Model) Score(customer, product uint32) float32 {
	var out [1]float32
	dots(out[:], m.Products, []uint32{product}, m.vector(customer))
	return out[0]
}

func (m *Model) vector(customer uint32) []float32 {
	return m.Customers[int(customer)*m.Stride : (int(customer)+1)*m.Stride]
}

// For appends to dst the part [Offset, Offset+Limit) of the products that go best
// with the customer, equal ones by number, and returns it; the owned and the not
// allowed ones are left out. A customer whom the model does not know, or who had
// bought nothing when it was trained, gets nothing.
//
// Time: O(products·Stride) and the sorting of the list.
func (m *Model) For(dst []recommend.Item, q recommend.Query) []recommend.Item {
	if int64(q.Customer) >= int64(len(m.Customers)/m.Stride) {
		return dst
	}
	return m.ForVector(dst, m.vector(q.Customer), q)
}

// ForVector is For with the vector of anybody, such as FoldIn gives; q.Customer does
// not matter.
func (m *Model) ForVector(dst []recommend.Item, vector []float32, q recommend.Query) []recommend.Item {
	if q.Limit <= 0 || !slices.ContainsFunc(vector, func(x float32) bool { return x != 0 }) {
		return dst
	}
	want := max(q.Offset, 0) + q.Limit
	var scores [tile]float32
	var order [tile]uint32
	for i := range order {
		order[i] = uint32(i)
	}
	n := len(m.Products) / m.Stride
	best := make([]uint64, 0, min(want, n)) // a heap of keys, the worst on top
	for from := 0; from < n; from += tile {
		to := min(n, from+tile)
		dots(scores[:], m.Products[from*m.Stride:], order[:to-from], vector)
		for i, x := range scores[:to-from] {
			k := key(x, uint32(from+i))
			if len(best) == want && k <= best[0] || !q.Passes(uint32(from+i)) {
				continue
			}
			best = push(best, k, want)
		}
	}
	slices.Sort(best)
	slices.Reverse(best)
	for _, k := range best[min(max(q.Offset, 0), len(best)):] {
		x, p := unkey(k)
		dst = append(dst, recommend.Item{
			Product: p, Score: x, Source: recommend.Factors,
			Community: recommend.None, Seen: recommend.None,
		})
	}
	return dst
}

// FoldIn gives the vector of somebody with these purchases, in ascending order and
// with weights beside them (nil for 1 each), as one more customer would have it with
// the products held: for a customer who bought since, or one who was not there.
// Products that the model doesn't know are passed over.
func (m *Model) FoldIn(bought []uint32, weights []float32) ([]float32, error) {
	if weights != nil && len(weights) != len(bought) {
		return nil, fmt.Errorf("fold in: there are %d weights for %d purchases", len(weights), len(bought))
	}
	known, beside := make([]uint32, 0, len(bought)), make([]float32, 0, len(bought))
	for i, p := range bought {
		w := float32(1)
		if weights != nil {
			w = weights[i]
		}
		if !(w > 0) || 1+m.confidence*float64(w) > mostConfidence {
			return nil, fmt.Errorf("fold in: product %d has the weight %v; it must be above 0, and 1+%g times it at most %g", p, w, m.confidence, float64(mostConfidence))
		}
		if int64(p) < int64(len(m.Products)/m.Stride) {
			known, beside = append(known, p), append(beside, w)
		}
	}
	x := make([]float32, m.Stride)
	s := newSolver(m.Stride, m.Factors, m.gram, m.Products, float32(m.confidence))
	s.solve(x, known, beside, 2*m.Factors+10)
	return x, nil
}

// Method is the model as recommend.Evaluate compares it.
func (m *Model) Method() recommend.Method {
	return recommend.Method{Name: recommend.Factors.String(), List: m.For}
}

// key packs a score and a product so that a larger key ranks first.
func key(score float32, product uint32) uint64 {
	bits := math.Float32bits(score)
	if bits>>31 == 1 {
		bits = ^bits
	} else {
		bits |= 1 << 31
	}
	return uint64(bits)<<32 | uint64(^product)
}

func unkey(k uint64) (score float32, product uint32) {
	bits := uint32(k >> 32)
	if bits>>31 == 1 {
		bits &^= 1 << 31
	} else {
		bits = ^bits
	}
	return math.Float32frombits(bits), ^uint32(k)
}

// push adds a key to a heap with the smallest on top that keeps at most so many.
func push(heap []uint64, k uint64, most int) []uint64 {
	i := len(heap)
	if i < most {
		heap = append(heap, k)
		for i > 0 && heap[(i-1)/2] > k {
			heap[i] = heap[(i-1)/2]
			i = (i - 1) / 2
		}
		heap[i] = k
		return heap
	}
	i = 0
	for {
		child := 2*i + 1
		if child >= len(heap) {
			break
		}
		if child+1 < len(heap) && heap[child+1] < heap[child] {
			child++
		}
		if heap[child] >= k {
			break
		}
		heap[i] = heap[child]
		i = child
	}
	heap[i] = k
	return heap
}
