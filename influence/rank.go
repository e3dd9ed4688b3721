package influence

import (
	"cmp"
	"fmt"
	"slices"
)

// RankWithin numbers the members of each community by falling score: 1 is the
// highest, and of equal scores the smaller vertex comes first. of names the
// community of each vertex, below count. NaN comes last. O(n log n) time.
func RankWithin(score []float64, of []uint32, count int) ([]uint32, error) {
	if len(score) != len(of) {
		return nil, fmt.Errorf("rank within communities: %d scores for %d vertices", len(score), len(of))
	}
	order := make([]uint32, len(of))
	for v, c := range of {
		if uint64(c) >= uint64(count) {
			return nil, fmt.Errorf("rank within communities: vertex %d is in community %d, but there are only %d", v, c, count)
		}
		order[v] = uint32(v)
	}
	slices.SortFunc(order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(score[b], score[a]), cmp.Compare(a, b))
	})
	rank, next := make([]uint32, len(of)), make([]uint32, count)
	for _, v := range order {
		next[of[v]]++
		rank[v] = next[of[v]]
	}
	return rank, nil
}
