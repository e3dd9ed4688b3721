package identity

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortLinks(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		list := make([]link, r.IntN(300))
		for i := range list {
			list[i].pair = r.Uint64() >> r.UintN(64)
		}
		want := slices.Clone(list)
		slices.SortStableFunc(want, func(a, b link) int {
			switch {
			case a.pair < b.pair:
				return -1
			case a.pair > b.pair:
				return 1
			}
			return 0
		})
		sortLinks(list)
		if !slices.Equal(want, list) {
			t.Fatal("links are out of order")
		}
	}
}

func TestFindLinks(t *testing.T) {
	_, links := linked(map[string]float64{"ab": .9, "ad": .9, "bc": .9, "cd": .9})
	for _, c := range []struct {
		a, b uint32
		at   int
		ok   bool
	}{{0, 1, 0, true}, {3, 0, 1, true}, {1, 2, 2, true}, {2, 3, 3, true}, {1, 3, 3, false}, {0, 2, 1, false}} {
		if at, ok := links.Find(c.a, c.b); at != c.at || ok != c.ok {
			t.Errorf("link %d-%d is at %d, %t; want %d, %t", c.a, c.b, at, ok, c.at, c.ok)
		}
	}
}
