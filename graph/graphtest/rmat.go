package graphtest

import "math/rand/v2"

// RMAT returns the arcs of a recursive-matrix graph as the Graph500 benchmark
// draws it: 2^scale vertices, edgeFactor arcs for each, quadrant probabilities
// .57, .19, .19, .05, and vertices shuffled. Loops and repeated arcs are left in,
// as the benchmark leaves them in. D. Chakrabarti, Y. Zhan, C. Faloutsos,
// doi:10.1137/1.9781611972740.43. O(scale) time an arc.
func RMAT(scale, edgeFactor int, seed uint64) (from, to []uint32) {
	n := 1 << scale
	r := rand.New(rand.NewPCG(seed, 0x524d4154))
	name := make([]uint32, n)
	for i, v := range r.Perm(n) {
		name[i] = uint32(v)
	}
	from, to = make([]uint32, n*edgeFactor), make([]uint32, n*edgeFactor)
	for i := range from {
		u, v := 0, 0
		for range scale {
			// 16 bits decide a quadrant: .57, .76 and .95 of 65,536.
			q := r.Uint64() & 0xffff
			u, v = u<<1, v<<1
			switch {
			case q < 37356:
			case q < 49807:
				v |= 1
			case q < 62259:
				u |= 1
			default:
				u |= 1
				v |= 1
			}
		}
		from[i], to[i] = name[u], name[v]
	}
	return from, to
}
