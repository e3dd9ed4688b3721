package community

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Overlap is what a community of one partition shares with one of another.
type Overlap struct {
	A, B uint32
	// Shared is the number of common members.
	Shared uint32
	// Jaccard is Shared over the number of vertices in either.
	Jaccard float64
}

// NMI is the normalised mutual information of two partitions of the same
// vertices with the arithmetic mean below,
//
//	NMI = 2·I(a,b) / (H(a) + H(b))
//
// (Danon et al. 2005, doi:10.1088/1742-5468/2005/09/P09008). It is 1 for equal
// partitions, 0 for independent ones, and 1 when both have one community only
// or there are no vertices. Time O(n + overlaps·log), memory O(n).
func NMI(a, b Partition) (float64, error) {
	overlaps, sizeA, sizeB, err := contingency(a, b)
	if err != nil {
		return 0, err
	}
	n := float64(len(a.Of))
	entropy := func(sizes []uint32) float64 {
		h := 0.0
		for _, s := range sizes {
			p := float64(s) / n
			h -= p * math.Log(p)
		}
		return h
	}
	sum := entropy(sizeA) + entropy(sizeB)
	if len(a.Of) == 0 || a.Count == 1 && b.Count == 1 {
		return 1, nil
	}
	shared := 0.0
	for _, o := range overlaps {
		s := float64(o.Shared)
		shared += s / n * math.Log(s*n/(float64(sizeA[o.A])*float64(sizeB[o.B])))
	}
	return min(1, max(0, 2*shared/sum)), nil
}

// ARI is the Rand index of two partitions, the share of pairs of vertices on
// which they agree, adjusted for chance (Hubert & Arabie 1985,
// doi:10.1007/BF01908075):
//
//	ARI = (Σ C(n_ij,2) - e) / ((Σ C(a_i,2) + Σ C(b_j,2))/2 - e),  e = Σ C(a_i,2)·Σ C(b_j,2) / C(n,2)
//
// It is 1 for equal partitions, 0 on average for random ones, and 1 where the
// formula says 0/0: both all in one, or all alone, or fewer than two vertices.
func ARI(a, b Partition) (float64, error) {
	overlaps, sizeA, sizeB, err := contingency(a, b)
	if err != nil {
		return 0, err
	}
	pairs := func(n float64) float64 { return n * (n - 1) / 2 }
	both, inA, inB := 0.0, 0.0, 0.0
	for _, o := range overlaps {
		both += pairs(float64(o.Shared))
	}
	for _, s := range sizeA {
		inA += pairs(float64(s))
	}
	for _, s := range sizeB {
		inB += pairs(float64(s))
	}
	all := pairs(float64(len(a.Of)))
	if all == 0 || inA == inB && (inA == 0 || inA == all) {
		return 1, nil
	}
	chance := inA / all * inB
	return (both - chance) / ((inA+inB)/2 - chance), nil
}

// Jaccard lists every pair of communities of a and b that share a member, the
// most alike first, and then by number in a and in b.
func Jaccard(a, b Partition) ([]Overlap, error) {
	overlaps, _, _, err := contingency(a, b)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(overlaps, func(x, y Overlap) int { return cmp.Compare(y.Jaccard, x.Jaccard) })
	return overlaps, nil
}

// Match pairs communities of a with communities of b one to one, greedily from
// the most alike, leaving out what is less alike than least. It lists the pairs
// as Jaccard does.
func Match(a, b Partition, least float64) ([]Overlap, error) {
	overlaps, err := Jaccard(a, b)
	if err != nil {
		return nil, err
	}
	takenA, takenB := make([]bool, a.Count), make([]bool, b.Count)
	pairs := overlaps[:0]
	for _, o := range overlaps {
		if o.Jaccard < least || takenA[o.A] || takenB[o.B] {
			continue
		}
		takenA[o.A], takenB[o.B] = true, true
		pairs = append(pairs, o)
	}
	return pairs, nil
}

// contingency lists the pairs of communities with common members by number in
// a, then in b, and the sizes of both partitions' communities.
func contingency(a, b Partition) (overlaps []Overlap, sizeA, sizeB []uint32, err error) {
	if len(a.Of) != len(b.Of) {
		return nil, nil, nil, fmt.Errorf("the partitions are of %d and of %d vertices; compare partitions of the same graph", len(a.Of), len(b.Of))
	}
	if err := a.Check(len(a.Of)); err != nil {
		return nil, nil, nil, err
	}
	if err := b.Check(len(b.Of)); err != nil {
		return nil, nil, nil, err
	}
	sizeA, sizeB = a.Sizes(), b.Sizes()
	offsets, members := a.Members()
	count := make([]uint32, b.Count)
	var met []uint32
	for c := range a.Count {
		met = met[:0]
		for _, v := range members[offsets[c]:offsets[c+1]] {
			if count[b.Of[v]] == 0 {
				met = append(met, b.Of[v])
			}
			count[b.Of[v]]++
		}
		slices.Sort(met)
		for _, d := range met {
			either := sizeA[c] + (sizeB[d] - count[d])
			overlaps = append(overlaps, Overlap{A: uint32(c), B: d, Shared: count[d], Jaccard: float64(count[d]) / float64(either)})
			count[d] = 0
		}
	}
	return overlaps, sizeA, sizeB, nil
}
