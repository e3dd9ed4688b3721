package recommend

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
)

// drawn is a random Input with communities of all shapes.
func drawn(t *rapid.T) (Input, Options) {
	n := rapid.IntRange(1, 40).Draw(t, "customers")
	m := rapid.IntRange(1, 12).Draw(t, "products")
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
	in := Input{Bought: &graph.Graph{Offsets: []uint64{0}, Cols: uint32(m)}}
	dense := r.Float64()
	for range n {
		for p := range m {
			if r.Float64() < dense/float64(1+p/3) {
				in.Bought.Targets = append(in.Bought.Targets, uint32(p))
			}
		}
		in.Bought.Offsets = append(in.Bought.Offsets, uint64(len(in.Bought.Targets)))
	}
	count := 1 + r.IntN(8)
	of := make([]uint32, n)
	for u := range of {
		of[u] = uint32(r.IntN(count))
		if r.IntN(12) == 0 {
			of[u] = None
		}
	}
	levels := r.IntN(4)
	for range levels {
		in.Levels, in.Counts = append(in.Levels, of), append(in.Counts, count)
		above := 1 + r.IntN(count)
		joins := make([]uint32, count)
		for c := range joins {
			joins[c] = uint32(r.IntN(above))
		}
		next := make([]uint32, n)
		for u, c := range of {
			next[u] = None
			if c != None {
				next[u] = joins[c]
			}
		}
		of, count = next, above
	}
	if levels > 0 && r.IntN(2) == 0 {
		in.OverlapOffsets = []uint64{0}
		for range n {
			k := r.IntN(4)
			at := r.Perm(in.Counts[0])
			k = min(k, len(at))
			left := 1.0
			for j, c := range at[:k] {
				d := left / 2
				if j == k-1 {
					d = left
				}
				left -= d
				in.OverlapCommunity = append(in.OverlapCommunity, uint32(c))
				in.OverlapDegree = append(in.OverlapDegree, d)
			}
			in.OverlapOffsets = append(in.OverlapOffsets, uint64(len(in.OverlapCommunity)))
		}
	}
	if r.IntN(3) == 0 {
		in.Available = make([]bool, m)
		for p := range in.Available {
			in.Available[p] = r.IntN(4) > 0
		}
	}
	return in, Options{Prior: r.Float64()*20 + .01, MinSupporters: 1 + r.IntN(6), Threads: 1 + r.IntN(3)}
}

// bruteFor is the definition of For, spelled out over all products.
func bruteFor(in Input, o Options, customer int, owned []uint32) []Item {
	n := in.Bought.Rows()
	bought := func(u int, p uint32) bool { return slices.Contains(in.Bought.Neighbours(uint32(u)), p) }
	count := func(level int, c, p uint32) (supporters, size uint32) {
		for u := range n {
			if level < 0 || in.Levels[level][u] == c {
				size++
				if bought(u, p) {
					supporters++
				}
			}
		}
		return supporters, size
	}
	var tiers [][]Item
	done := map[uint32]bool{}
	for _, p := range owned {
		done[p] = true
	}
	tier := func(f func(p uint32) (Item, bool)) {
		var list []Item
		for p := range in.Bought.Cols {
			if done[p] || in.Available != nil && !in.Available[p] {
				continue
			}
			if it, ok := f(p); ok {
				done[p] = true
				list = append(list, it)
			}
		}
		slices.SortStableFunc(list, func(a, b Item) int { // stable: products ascend
			return int(math.Copysign(1, float64(b.Score)-float64(a.Score))) * btoi(a.Score != b.Score)
		})
		tiers = append(tiers, list)
	}
	evidence := func(level int, c, p uint32) (Item, bool) {
		k, size := count(level, c, p)
		if int(k) < o.MinSupporters {
			return Item{}, false
		}
		all, _ := count(-1, 0, p)
		rate := float64(all) / float64(n)
		it := Item{Product: p, Community: c, Seen: None, Level: uint8(max(level, 0)), Supporters: k, CommunitySize: size,
			Score:   float32((float64(k) + o.Prior*rate) / (float64(size) + o.Prior)),
			Lift:    float32(float64(k) / float64(size) / rate),
			LiftLow: float32(wilsonLow(float64(k), float64(size)) / rate)}
		if int(size) == n {
			it.Lift, it.LiftLow = 1, 1
		}
		return it, true
	}
	var communities []uint32
	degrees := []float64{1}
	if customer < n && len(in.Levels) > 0 {
		if c := in.Levels[0][customer]; c != None {
			communities = []uint32{c}
		}
		if in.OverlapOffsets != nil {
			if from, to := in.OverlapOffsets[customer], in.OverlapOffsets[customer+1]; to > from {
				communities, degrees = in.OverlapCommunity[from:to], in.OverlapDegree[from:to]
			}
		}
	}
	tier(func(p uint32) (Item, bool) {
		var best Item
		found, most, score := false, -1.0, 0.0
		all, _ := count(-1, 0, p)
		for j, c := range communities {
			part := float64(all) / float64(n)
			if it, ok := evidence(0, c, p); ok {
				part = float64(it.Score)
				if degrees[j]*part > most {
					found, most, best = true, degrees[j]*part, it
				}
			}
			score += degrees[j] * part
		}
		best.Score = float32(score)
		return best, found
	})
	if customer < n {
		for l := 1; l < len(in.Levels); l++ {
			tier(func(p uint32) (Item, bool) {
				c := in.Levels[l][customer]
				if c == None {
					return Item{}, false
				}
				it, ok := evidence(l, c, p)
				it.Fallback = ParentCommunity
				return it, ok
			})
		}
	}
	tier(func(p uint32) (Item, bool) {
		it, ok := evidence(-1, 0, p)
		it.Source, it.Fallback, it.Community, it.Level = Popular, Everyone, None, 0
		return it, ok
	})
	return slices.Concat(tiers...)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestForIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		x := build(t, in, o)
		for u := range in.Bought.Rows() + 1 {
			var owned []uint32
			if u < in.Bought.Rows() {
				owned = in.Bought.Neighbours(uint32(u))
			}
			got := x.For(nil, Query{Customer: uint32(u), Owned: owned, Limit: 1000})
			// The score of everyone's list is rounded once less in the index.
			if diff := cmp.Diff(bruteFor(in, o, u, owned), got, cmpopts.EquateEmpty(), near); diff != "" {
				t.Fatalf("customer %d: %s", u, diff)
			}
		}
	})
}

// random is an Input with tastes by community: n customers, each with about ten
// of m products, in so many communities of two levels, a fifth of the customers
// in three communities.
func random(n, m, communities int) Input {
	r := rand.New(rand.NewPCG(7, 7))
	in := Input{Bought: &graph.Graph{Offsets: []uint64{0}, Cols: uint32(m)}, Counts: []int{communities, (communities + 9) / 10}}
	fine, wide := make([]uint32, n), make([]uint32, n)
	in.OverlapOffsets = []uint64{0}
	for u := range n {
		c := r.IntN(communities)
		fine[u], wide[u] = uint32(c), uint32(c/10)
		row := map[uint32]bool{}
		for range 1 + r.IntN(20) {
			p := int(float64(m) * math.Pow(r.Float64(), 2.5))
			if r.IntN(2) == 0 {
				p = (c*37 + r.IntN(15)) % m
			}
			row[uint32(p)] = true
		}
		list := make([]uint32, 0, len(row))
		for p := range row {
			list = append(list, p)
		}
		slices.Sort(list)
		in.Bought.Targets = append(in.Bought.Targets, list...)
		in.Bought.Offsets = append(in.Bought.Offsets, uint64(len(in.Bought.Targets)))
		if r.IntN(5) == 0 {
			in.OverlapCommunity = append(in.OverlapCommunity, uint32(c), uint32((c+1)%communities), uint32((c+5)%communities))
			in.OverlapDegree = append(in.OverlapDegree, .5, .3, .2)
		}
		in.OverlapOffsets = append(in.OverlapOffsets, uint64(len(in.OverlapCommunity)))
	}
	in.Levels = [][]uint32{fine, wide}
	return in
}
