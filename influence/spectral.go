package influence

import (
	"context"
	"fmt"
	"math"

	"kith/graph"
	"kith/influence/internal/sweep"
)

// SpectralOptions say when an eigenvector is good enough. The zero value works.
type SpectralOptions struct {
	// Tolerance ends the iteration: the residual must not exceed it. 0 means
	// 1e-9.
	Tolerance float64
	// MaxIterations is the most products with the matrix; 0 means 1000.
	MaxIterations int
	// Transposed is the graph with all arcs turned round, made when nil. An
	// undirected graph needs none.
	Transposed *graph.Graph
	// Threads is the number of goroutines, 0 means GOMAXPROCS. It has no
	// influence on the result.
	Threads  int
	Progress graph.Progress
}

func (o SpectralOptions) orDefaults() (SpectralOptions, error) {
	if o.Tolerance == 0 {
		o.Tolerance = 1e-9
	}
	if o.MaxIterations == 0 {
		o.MaxIterations = 1000
	}
	switch {
	case !(o.Tolerance > 0):
		return o, fmt.Errorf("tolerance is %v; it must be above 0", o.Tolerance)
	case o.MaxIterations < 0:
		return o, fmt.Errorf("at most %d iterations are allowed; it must be 1 or more", o.MaxIterations)
	}
	return o, nil
}

// pullInto sets y_v to the weighted sum of x over the targets of g's row v.
func pullInto(g *graph.Graph, cut sweep.Cut, threads int, x, y []float64) {
	cut.Each(threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			lo, hi := g.Offsets[v], g.Offsets[v+1]
			if g.Weights == nil {
				y[v] = sweep.Gather(x, g.Targets[lo:hi])
			} else {
				y[v] = sweep.GatherWeighted(x, g.Targets[lo:hi], g.Weights[lo:hi])
			}
		}
	})
}

// vectors does arithmetic on vectors of a fixed length, block by block, with sums
// in a fixed order. Products are rounded before they are added, so that machines
// with a fused multiply-and-add give the same bits.
type vectors struct {
	cut     sweep.Cut
	threads int
	sums    []float64
}

func newVectors(cut sweep.Cut, threads int) vectors {
	return vectors{cut, threads, make([]float64, cut.Blocks())}
}

func (k *vectors) dot(a, b []float64) float64 {
	k.cut.Each(k.threads, func(i int, from, to uint32) {
		sum := 0.0
		for v := from; v < to; v++ {
			sum += float64(a[v] * b[v])
		}
		k.sums[i] = sum
	})
	return sweep.Sum(k.sums)
}

// max is the largest of what is not negative.
func (k *vectors) max(a []float64) float64 {
	k.cut.Each(k.threads, func(i int, from, to uint32) {
		most := 0.0
		for _, x := range a[from:to] {
			most = max(most, x)
		}
		k.sums[i] = most
	})
	return sweep.Max(k.sums)
}

func (k *vectors) scale(a []float64, by float64) {
	k.cut.Each(k.threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			a[v] *= by
		}
	})
}

// add sets c to a + by·b.
func (k *vectors) add(a []float64, by float64, b, c []float64) {
	k.cut.Each(k.threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			c[v] = a[v] + float64(by*b[v])
		}
	})
}

// blend sets p to y₁w + y₂p, and x to y₀x plus that.
func (k *vectors) blend(y [3]float64, x, w, p []float64) {
	k.cut.Each(k.threads, func(_ int, from, to uint32) {
		for v := from; v < to; v++ {
			p[v] = float64(y[1]*w[v]) + float64(y[2]*p[v])
			x[v] = float64(y[0]*x[v]) + p[v]
		}
	})
}

// settled says how an iteration ended.
type settled struct {
	value      float64 // the eigenvalue
	iterations int     // products with the matrix
	residual   float64 // |Mx-λx|/λ
}

// foremost turns x, which is neither negative nor zero, into the eigenvector of
// length 1 that belongs to the largest eigenvalue of a symmetric matrix without
// negative entries; where there are several it is the projection of x. times sets
// its second argument to the product of the matrix and its first.
//
// It is the locally optimal conjugate gradient method of A. V. Knyazev
// (doi:10.1137/S1064827500366124): each step takes the best vector among those
// spanned by x, its residual, and the last step's change. For a relative gap g
// between the two largest eigenvalues it needs in the order of 1/√g products where
// the power method needs 1/g, and it keeps six vectors.
func (k *vectors) foremost(ctx context.Context, o SpectralOptions, stage string, x []float64, times func(x, y []float64)) (settled, error) {
	n := len(x)
	w, p := make([]float64, n), make([]float64, n)
	mx, mw, mp := make([]float64, n), make([]float64, n), make([]float64, n)
	k.scale(x, 1/k.max(x)) // lest squares of tiny or huge numbers are lost
	k.scale(x, 1/math.Sqrt(k.dot(x, x)))
	times(x, mx)
	s := settled{iterations: 1}
	for exact := true; ; {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		o.Progress.Report(stage, int64(s.iterations), int64(o.MaxIterations))
		s.value = k.dot(x, mx)
		k.add(mx, -s.value, x, w)
		r := math.Sqrt(k.dot(w, w))
		s.residual = r / s.value
		if s.residual <= o.Tolerance || s.iterations >= o.MaxIterations {
			if exact || s.iterations >= o.MaxIterations {
				return s, nil
			}
			// mx has been summed up from others; look at the real one.
			times(x, mx)
			s.iterations++
			exact = true
			continue
		}
		// Make w of length 1 and square to x. The residual is so but for
		// rounding, which weighs more the smaller it gets.
		k.scale(w, 1/r)
		k.add(w, -k.dot(x, w), x, w)
		times(w, mw)
		s.iterations++
		// Make p of length 1 and square to both.
		for _, q := range [][2][]float64{{x, mx}, {w, mw}} {
			by := -k.dot(q[0], p)
			k.add(p, by, q[0], p)
			k.add(mp, by, q[1], mp)
		}
		if l := math.Sqrt(k.dot(p, p)); l > 1e-15 {
			k.scale(p, 1/l)
			k.scale(mp, 1/l)
		} else {
			clear(p)
			clear(mp)
		}
		xw, xp, wp := k.dot(x, mw), k.dot(x, mp), k.dot(w, mp)
		y := foremost3([3][3]float64{{s.value, xw, xp}, {xw, k.dot(w, mw), wp}, {xp, wp, k.dot(p, mp)}})
		k.blend(y, x, w, p)
		k.blend(y, mx, mw, mp)
		l := math.Sqrt(k.dot(x, x))
		k.scale(x, 1/l)
		k.scale(mx, 1/l)
		exact = false
	}
}

// foremost3 is the eigenvector of the largest eigenvalue of a symmetric matrix,
// by C. G. J. Jacobi's rotations, with a first entry that isn't negative.
func foremost3(a [3][3]float64) [3]float64 {
	q := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	for range 30 {
		for i := range 2 {
			for j := i + 1; j < 3; j++ {
				if a[i][j] == 0 {
					continue
				}
				t := (a[j][j] - a[i][i]) / (2 * a[i][j])
				t = math.Copysign(1/(math.Abs(t)+math.Hypot(t, 1)), t)
				c := 1 / math.Hypot(t, 1)
				s := float64(t * c)
				for r := range 3 {
					a[r][i], a[r][j] = float64(c*a[r][i])-float64(s*a[r][j]), float64(s*a[r][i])+float64(c*a[r][j])
				}
				for r := range 3 {
					a[i][r], a[j][r] = float64(c*a[i][r])-float64(s*a[j][r]), float64(s*a[i][r])+float64(c*a[j][r])
					q[r][i], q[r][j] = float64(c*q[r][i])-float64(s*q[r][j]), float64(s*q[r][i])+float64(c*q[r][j])
				}
				a[i][j], a[j][i] = 0, 0
			}
		}
	}
	best := 0
	for i := 1; i < 3; i++ {
		if a[i][i] > a[best][best] {
			best = i
		}
	}
	sign := math.Copysign(1, q[0][best])
	return [3]float64{sign * q[0][best], sign * q[1][best], sign * q[2][best]}
}
