package community

import (
	"math"
	"math/rand/v2"
	"testing"

	"kith/graph/graphtest"
)

// cover makes memberships from the communities of each vertex.
func cover(of ...[]uint32) *Memberships {
	m := &Memberships{Offsets: []uint64{0}}
	for _, list := range of {
		for _, c := range list {
			m.Community = append(m.Community, c)
			m.Degree = append(m.Degree, 1/float64(len(list)))
		}
		m.Offsets = append(m.Offsets, uint64(len(m.Community)))
	}
	return m
}

// Four vertices, six pairs. In a, {0,1,2} and {2,3}; in b, {0,1,2} and {1,2,3}.
// Together in a: 01 02 12 23 once, 03 13 never; in b: 12 twice, 01 02 13 23 once,
// 03 never. They agree on 01 02 23 03, four of six. By chance it is
// (2·1 + 4·4 + 0·1)/36 = 1/2, so ω = (2/3 - 1/2)/(1/2) = 1/3.
func TestOmegaByHand(t *testing.T) {
	a := cover([]uint32{0}, []uint32{0}, []uint32{0, 1}, []uint32{1})
	b := cover([]uint32{0}, []uint32{0, 1}, []uint32{0, 1}, []uint32{1})
	if got := must(Omega(a, b)); math.Abs(got-1./3) > 1e-15 {
		t.Errorf("omega is %v; want 1/3", got)
	}
	for name, c := range map[string]struct {
		a, b *Memberships
		want float64
	}{
		"equal":       {a, a, 1},
		"all alone":   {cover([]uint32{0}, []uint32{1}), cover([]uint32{1}, []uint32{0}), 1},
		"all in one":  {cover([]uint32{0}, []uint32{0}), cover([]uint32{0}, []uint32{0}), 1},
		"no vertices": {cover(), cover(), 1},
	} {
		if got := must(Omega(c.a, c.b)); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: omega is %v; want %v", name, got, c.want)
		}
	}
	if _, err := Omega(a, cover()); err == nil {
		t.Error("covers of different graphs are compared")
	}
}

// Without overlap it is the ARI.
func TestOmegaOfPartitions(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 9))
	for range 50 {
		n := 2 + r.IntN(30)
		p, q := make([]uint32, n), make([]uint32, n)
		listP, listQ := make([][]uint32, n), make([][]uint32, n)
		for v := range n {
			p[v], q[v] = uint32(r.IntN(4)), uint32(r.IntN(3))
			listP[v], listQ[v] = []uint32{p[v]}, []uint32{q[v]}
		}
		want := must(ARI(canonical(p, 4), canonical(q, 3)))
		if got := must(Omega(cover(listP...), cover(listQ...))); math.Abs(got-want) > 1e-12 {
			t.Fatalf("omega is %v, ARI %v", got, want)
		}
	}
}

// Overlap planted: a tenth of the vertices of a benchmark graph are joined in
// pairs, each with one of another community, so that the joint vertex belongs to
// both. Overlapping finds most of them and few others. Where to put the floor is a
// choice between the two: at .1 it finds all and half as many others.
func TestOverlapPlanted(t *testing.T) {
	p := graphtest.Planted(graphtest.PlantedOptions{Vertices: 2000, Mixing: .1, MinCommunity: 30, Seed: 8})
	joined := make([]uint32, p.Vertices) // the vertex each becomes
	n, r := 0, rand.New(rand.NewPCG(4, 4))
	order := r.Perm(p.Vertices)
	var truth [][]uint32
	for i := 0; i < len(order); i++ {
		v := uint32(order[i])
		joined[v] = uint32(n)
		truth = append(truth, []uint32{p.Community[v]})
		if n < p.Vertices/20 && i+1 < len(order) && p.Community[order[i+1]] != p.Community[v] {
			i++
			joined[order[i]] = uint32(n)
			truth[n] = append(truth[n], p.Community[order[i]])
		}
		n++
	}
	s := &ties{n: n, seen: map[[2]uint32]bool{}}
	for i, u := range p.From {
		s.add(joined[u], joined[p.To[i]])
	}
	g := undirected(t, n, s.list, nil)
	m, err := Overlapping(g, leiden(t, g, Options{Objective: MapObjective}).Top(), MembershipOptions{Floor: .2})
	if err != nil {
		t.Fatal(err)
	}
	planted, found, wrong := 0, 0, 0
	for v := range uint32(n) {
		list, _ := m.Of(v)
		switch {
		case len(truth[v]) == 2:
			planted++
			if len(list) == 2 {
				found++
			}
		case len(list) > 1:
			wrong++
		}
	}
	omega := must(Omega(m, cover(truth...)))
	if planted < 80 || found < planted*9/10 || wrong > planted/20 || omega < .98 {
		t.Errorf("of %d in two communities %d are found, and %d others; omega %.3f", planted, found, wrong, omega)
	}
}
