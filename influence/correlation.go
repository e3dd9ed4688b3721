package influence

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Spearman is the rank correlation of two scores of the same vertices: the
// correlation of their ranks, those with equal scores sharing the mean of theirs,
//
//	ρ = cov(r, s) / (σ_r·σ_s)
//
// C. Spearman, doi:10.2307/1412159. It is 1 when both order the vertices alike, -1
// when they order them the other way round. Where either says the same of all, or
// there are fewer than two vertices, nothing can be ordered: it is 1 when both do
// and else 0. A score that is not a number is an error. O(n log n) time, 24 bytes a
// vertex.
func Spearman(a, b []float64) (float64, error) {
	if err := comparable(a, b); err != nil {
		return 0, err
	}
	r, s := ranks(a), ranks(b)
	mean := float64(len(r)+1) / 2
	var both, first, second float64
	for i := range r {
		x, y := r[i]-mean, s[i]-mean
		both += x * y
		first += x * x
		second += y * y
	}
	return ratio(both, first, second), nil
}

// Kendall is the other rank correlation in use, which counts pairs of vertices: C
// of them that both scores order alike and D that they order differently, of
// those that neither a (n_a) nor b (n_b) calls equal,
//
//	τ = (C - D) / √(n_a·n_b)
//
// known as τ-b: M. G. Kendall, doi:10.1093/biomet/33.3.239, counted by sorting as
// of W. R. Knight, doi:10.1080/01621459.1966.10480879. Its values, its special
// cases, errors and costs are those of Spearman.
func Kendall(a, b []float64) (float64, error) {
	if err := comparable(a, b); err != nil {
		return 0, err
	}
	n := len(a)
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		return cmp.Or(cmp.Compare(a[i], a[j]), cmp.Compare(b[i], b[j]))
	})
	list := make([]float64, n)
	for i, v := range order {
		list[i] = b[v]
	}
	sameA := equalPairs(n, func(i int) bool { return a[order[i]] == a[order[i-1]] })
	same := equalPairs(n, func(i int) bool { return a[order[i]] == a[order[i-1]] && list[i] == list[i-1] })
	swaps := sortCounting(list, make([]float64, n))
	sameB := equalPairs(n, func(i int) bool { return list[i] == list[i-1] })
	pairs := float64(n) * float64(n-1) / 2
	// All pairs are alike, different, or equal in a, in b or in both.
	return ratio(pairs-sameA-sameB+same-2*swaps, pairs-sameA, pairs-sameB), nil
}

// ratio is both/√(first·second), and without any order 1 where there is none on
// either side.
func ratio(both, first, second float64) float64 {
	if first <= 0 || second <= 0 {
		if first <= 0 && second <= 0 {
			return 1
		}
		return 0
	}
	return min(1, max(-1, both/(math.Sqrt(first)*math.Sqrt(second))))
}

func comparable(a, b []float64) error {
	if len(a) != len(b) {
		return fmt.Errorf("scores of %d and of %d vertices cannot be compared", len(a), len(b))
	}
	for _, list := range [][]float64{a, b} {
		for v, score := range list {
			if math.IsNaN(score) {
				return fmt.Errorf("the score of vertex %d is not a number", v)
			}
		}
	}
	return nil
}

// ranks numbers scores from 1 on; equal ones share the mean of their numbers.
func ranks(scores []float64) []float64 {
	order := make([]int, len(scores))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(scores[i], scores[j]) })
	rank := make([]float64, len(scores))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && scores[order[to]] == scores[order[from]] {
			to++
		}
		for _, v := range order[from:to] {
			rank[v] = float64(from+1+to) / 2
		}
		from = to
	}
	return rank
}

// equalPairs counts the pairs within runs of equal items; same says whether item
// i equals the one before.
func equalPairs(n int, same func(i int) bool) float64 {
	pairs, run := 0.0, 0.0
	for i := 1; i < n; i++ {
		if !same(i) {
			run = 0
			continue
		}
		run++
		pairs += run
	}
	return pairs
}

// sortCounting sorts by merging and counts the pairs that stood the wrong way.
func sortCounting(list, spare []float64) (wrong float64) {
	n := len(list)
	for width := 1; width < n; width *= 2 {
		for from := 0; from < n; from += 2 * width {
			middle, end := min(from+width, n), min(from+2*width, n)
			i, j := from, middle
			for k := from; k < end; k++ {
				if j == end || i < middle && list[i] <= list[j] {
					spare[k] = list[i]
					i++
					continue
				}
				spare[k] = list[j]
				j++
				wrong += float64(middle - i)
			}
		}
		copy(list, spare)
	}
	return wrong
}
