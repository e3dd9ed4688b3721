package community

import "fmt"

// Omega is the omega index of two covers, that is of memberships in communities
// that may overlap (Collins & Dent 1988, doi:10.1207/s15327906mbr2302_6): the share
// of pairs of vertices that are together in as many communities of one as of the
// other, adjusted for chance,
//
//	ω = (Σ_j A_j/N - Σ_j t_j·u_j/N²) / (1 - Σ_j t_j·u_j/N²)
//
// where N is the number of pairs, t_j and u_j those that are together j times in a
// and in b, and A_j those that are so in both. Degrees do not count. For partitions
// it is the ARI. It is 1 where the formula says 0/0. Time is the sum of the squared
// sizes of communities, memory O(n).
func Omega(a, b *Memberships) (float64, error) {
	n := len(a.Offsets) - 1
	if n != len(b.Offsets)-1 {
		return 0, fmt.Errorf("the covers are of %d and of %d vertices; compare covers of the same graph", n, len(b.Offsets)-1)
	}
	if n < 2 {
		return 1, nil
	}
	membersA, membersB := a.members(), b.members()
	togetherA, togetherB := make([]uint32, n), make([]uint32, n)
	var met []uint32
	meet := func(m *Memberships, members [][]uint32, v uint32, together []uint32) {
		list, _ := m.Of(v)
		for _, c := range list {
			for _, u := range members[c] {
				if u <= v {
					continue
				}
				if togetherA[u] == 0 && togetherB[u] == 0 {
					met = append(met, u)
				}
				together[u]++
			}
		}
	}
	var t, u []float64 // pairs by how often they are together
	count := func(hist []float64, j uint32) []float64 {
		for int(j) >= len(hist) {
			hist = append(hist, 0)
		}
		hist[j]++
		return hist
	}
	pairs := float64(n) * (float64(n) - 1) / 2
	agree, apart := 0.0, pairs
	for v := range uint32(n) {
		met = met[:0]
		meet(a, membersA, v, togetherA)
		meet(b, membersB, v, togetherB)
		apart -= float64(len(met))
		for _, w := range met {
			t, u = count(t, togetherA[w]), count(u, togetherB[w])
			if togetherA[w] == togetherB[w] {
				agree++
			}
			togetherA[w], togetherB[w] = 0, 0
		}
	}
	if len(t) == 0 {
		return 1, nil // nobody is with anybody in either
	}
	t[0] += apart
	u[0] += apart
	chance := 0.0
	for j := range min(len(t), len(u)) {
		chance += t[j] / pairs * (u[j] / pairs)
	}
	if chance == 1 {
		return 1, nil
	}
	return ((agree+apart)/pairs - chance) / (1 - chance), nil
}

// members lists the vertices of each community, in ascending order.
func (m *Memberships) members() [][]uint32 {
	var lists [][]uint32
	for v := range uint32(len(m.Offsets) - 1) {
		list, _ := m.Of(v)
		for _, c := range list {
			for int(c) >= len(lists) {
				lists = append(lists, nil)
			}
			lists[c] = append(lists[c], v)
		}
	}
	return lists
}
