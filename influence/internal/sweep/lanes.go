package sweep

// Lanes is the number of vectors that are worked on side by side: a row of them
// fills a cache line, so that eight sums cost little more memory traffic than one.
const Lanes = 8

// Lane has the numbers of one vertex in Lanes vectors.
type Lane = [Lanes]float64

// GatherLanes adds up x at the given places, in their order, each lane by itself.
func GatherLanes(sum *Lane, x []Lane, at []uint32) {
	var a, b, c, d, e, f, g, h float64
	for _, v := range at {
		y := &x[v]
		a += y[0]
		b += y[1]
		c += y[2]
		d += y[3]
		e += y[4]
		f += y[5]
		g += y[6]
		h += y[7]
	}
	*sum = Lane{a, b, c, d, e, f, g, h}
}

// GatherLanesWeighted adds up x times the weight at the given places. Products are
// rounded before they are added, as by GatherWeighted.
func GatherLanesWeighted(sum *Lane, x []Lane, at []uint32, w []float32) {
	var a, b, c, d, e, f, g, h float64
	w = w[:len(at)]
	for i, v := range at {
		y, z := &x[v], float64(w[i])
		a += float64(y[0] * z)
		b += float64(y[1] * z)
		c += float64(y[2] * z)
		d += float64(y[3] * z)
		e += float64(y[4] * z)
		f += float64(y[5] * z)
		g += float64(y[6] * z)
		h += float64(y[7] * z)
	}
	*sum = Lane{a, b, c, d, e, f, g, h}
}

// SumLanes adds up what the blocks left, in their order.
func SumLanes(parts []Lane) (s Lane) {
	for i := range parts {
		for l, x := range parts[i] {
			s[l] += x
		}
	}
	return s
}

// MaxLanes is the largest of what the blocks left, or 0 when there are none.
func MaxLanes(parts []Lane) (m Lane) {
	for i := range parts {
		for l, x := range parts[i] {
			m[l] = max(m[l], x)
		}
	}
	return m
}
