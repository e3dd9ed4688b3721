package recommend

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/graph"
)

// matrix is a customer-product graph from rows of ascending products.
func matrix(products int, rows ...[]uint32) *graph.Graph {
	g := &graph.Graph{Offsets: []uint64{0}, Cols: uint32(products)}
	for _, r := range rows {
		g.Targets = append(g.Targets, r...)
		g.Offsets = append(g.Offsets, uint64(len(g.Targets)))
	}
	return g
}

// small has eight customers in communities A = {0,1,2}, B = {3,4,5}, C = {6,7},
// with A and B in one wider community, and products a, b, c, d.
func small() Input {
	return Input{
		Bought: matrix(4,
			[]uint32{0, 1}, []uint32{0, 1}, []uint32{0, 2},
			[]uint32{0, 2, 3}, []uint32{2, 3}, []uint32{1},
			[]uint32{0}, []uint32{3}),
		Levels: [][]uint32{{0, 0, 0, 1, 1, 1, 2, 2}, {0, 0, 0, 0, 0, 0, 1, 1}},
		Counts: []int{3, 2},
	}
}

func build(t rapid.TB, in Input, o Options) *Index {
	t.Helper()
	x, err := Build(context.Background(), in, o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

var near = cmpopts.EquateApprox(0, 1e-6)

// By hand, with k = 2 and m = 2. Buyers: a 5, b 3, c 3, d 3 of 8. In A: a 3, b 2,
// c 1; in A and B together: a 4, b 3, c 3, d 2; in C each 1. The ends of
// Wilson's interval solve (k/n - p)² = z²·p(1-p)/n: .2076596 for 2 in 3, .0967714
// for 2 in 6 and .187616 for 3 in 6.
func TestForByHand(t *testing.T) {
	x := build(t, small(), Options{Prior: 2, MinSupporters: 2})
	bInA := Item{Product: 1, Community: 0, Seen: None, Score: (2 + 2*3./8) / 5, Supporters: 2, CommunitySize: 3,
		Lift: 2. / 3 * 8 / 3, LiftLow: .2076596 * 8 / 3}
	dAbove := Item{Product: 3, Fallback: ParentCommunity, Level: 1, Community: 0, Seen: None, Score: (2 + 2*3./8) / 8,
		Supporters: 2, CommunitySize: 6, Lift: 2. / 6 * 8 / 3, LiftLow: .0967714 * 8 / 3}
	cAbove := Item{Product: 2, Fallback: ParentCommunity, Level: 1, Community: 0, Seen: None, Score: (3 + 2*3./8) / 8,
		Supporters: 3, CommunitySize: 6, Lift: 3. / 6 * 8 / 3, LiftLow: .187616 * 8 / 3}
	forAll := func(p, n uint32) Item {
		return Item{Product: p, Source: Popular, Fallback: Everyone, Community: None, Seen: None,
			Score: float32(n) / 8, Supporters: n, CommunitySize: 8, Lift: 1, LiftLow: 1}
	}
	for _, c := range []struct {
		name string
		q    Query
		want []Item
	}{
		{"own community, then the parent", Query{Customer: 2, Owned: []uint32{0, 2}, Limit: 9}, []Item{bInA, dAbove}},
		{"only the parent is left", Query{Customer: 0, Owned: []uint32{0, 1}, Limit: 9}, []Item{cAbove, dAbove}},
		{"second page", Query{Customer: 0, Owned: []uint32{0, 1}, Offset: 1, Limit: 9}, []Item{dAbove}},
		{"too small for anything of its own", Query{Customer: 7, Owned: []uint32{3}, Limit: 2}, []Item{forAll(0, 5), forAll(1, 3)}},
		{"unknown customer", Query{Customer: Unknown, Limit: 9}, []Item{forAll(0, 5), forAll(1, 3), forAll(2, 3), forAll(3, 3)}},
		{"filter", Query{Customer: Unknown, Allowed: []uint64{1 << 2}, Limit: 9}, []Item{forAll(2, 3)}},
		{"no items asked for", Query{Customer: 2}, nil},
		{"past the end", Query{Customer: 2, Offset: 4, Limit: 1}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, x.For(nil, c.q), near); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Customer 2 is in A with degree .75 and in B with .25. In B c and d have 2 of 3
// buyers each, a and b one: they count with the global rate.
func TestForOverlapByHand(t *testing.T) {
	in := small()
	in.OverlapOffsets = []uint64{0, 0, 0, 2, 2, 2, 2, 2, 2}
	in.OverlapCommunity = []uint32{0, 1}
	in.OverlapDegree = []float64{.75, .25}
	x := build(t, in, Options{Prior: 2, MinSupporters: 2})
	type line struct {
		Product, Community, Supporters uint32
		Score                          float32
	}
	var got []line
	for _, it := range x.For(nil, Query{Customer: 2, Limit: 9}) {
		got = append(got, line{it.Product, it.Community, it.Supporters, it.Score})
	}
	want := []line{
		{0, 0, 3, .75*.85 + .25*.625},
		{1, 0, 2, .75*.55 + .25*.375},
		{2, 1, 2, .75*.375 + .25*.55},
		{3, 1, 2, .75*.375 + .25*.55},
	}
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Error(diff)
	}
}

func TestPopularByHand(t *testing.T) {
	x := build(t, small(), Options{Prior: 2, MinSupporters: 2})
	for _, c := range []struct {
		name          string
		level         int
		community     uint32
		by            Order
		offset, limit int
		want          []uint32
	}{
		{"by score", 1, 0, ByScore, 0, 9, []uint32{0, 1, 2, 3}},
		{"by lift: b and c 3 in 6 over 3/8, a 4 in 6 over 5/8", 1, 0, ByLift, 0, 9, []uint32{1, 2, 0, 3}},
		{"a part", 1, 0, ByLift, 1, 2, []uint32{2, 0}},
		{"too small", 0, 2, ByScore, 0, 9, nil},
		{"no such level", 2, 0, ByScore, 0, 9, nil},
		{"no such community", 0, 3, ByScore, 0, 9, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []uint32
			for _, it := range x.Popular(nil, c.level, c.community, c.by, c.offset, c.limit) {
				if it.Fallback != NoFallback || it.Community != c.community {
					t.Errorf("item %+v is not of community %d", it, c.community)
				}
				got = append(got, it.Product)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBuildRefuses(t *testing.T) {
	for _, c := range []struct {
		name, want string
		spoil      func(*Input, *Options)
	}{
		{"no graph", "no customer-product graph", func(in *Input, _ *Options) { in.Bought = nil }},
		{"counts", "2 levels but 1 counts", func(in *Input, _ *Options) { in.Counts = in.Counts[:1] }},
		{"short level", "level 1 has 7 customers instead of 8", func(in *Input, _ *Options) { in.Levels[1] = in.Levels[1][:7] }},
		{"community beyond", "customer 6 is in community 2 of level 0, which has only 2", func(in *Input, _ *Options) { in.Counts[0] = 2 }},
		{"not nested", "community 0 of level 0 is split", func(in *Input, _ *Options) { in.Levels[1][0] = 1 }},
		{"availability", "availability is known of 3 products", func(in *Input, _ *Options) { in.Available = make([]bool, 3) }},
		{"prior", "the prior is -1", func(_ *Input, o *Options) { o.Prior = -1 }},
		{"prior not a number", "the prior is NaN", func(_ *Input, o *Options) { o.Prior = math.NaN() }},
		{"supporters", "the minimum of supporters is -5", func(_ *Input, o *Options) { o.MinSupporters = -5 }},
		{"overlap columns", "do not fit 8 customers", func(in *Input, _ *Options) { in.OverlapOffsets = []uint64{0} }},
		{"overlap community", "membership 0 is of community 3", func(in *Input, _ *Options) {
			in.OverlapOffsets = []uint64{0, 1, 1, 1, 1, 1, 1, 1, 1}
			in.OverlapCommunity, in.OverlapDegree = []uint32{3}, []float64{1}
		}},
		{"overlap degree", "membership 0 has degree NaN", func(in *Input, _ *Options) {
			in.OverlapOffsets = []uint64{0, 1, 1, 1, 1, 1, 1, 1, 1}
			in.OverlapCommunity, in.OverlapDegree = []uint32{0}, []float64{math.NaN()}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, o := small(), Options{}
			c.spoil(&in, &o)
			_, err := Build(context.Background(), in, o)
			if err == nil || !contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
		})
	}
}

func contains(s, part string) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == part {
			return true
		}
	}
	return false
}

func TestBuildStops(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Build(ctx, small(), Options{}); err == nil {
		t.Error("a build went on after its context had ended")
	}
}

func TestEmpty(t *testing.T) {
	x := build(t, Input{Bought: matrix(0)}, Options{})
	if got := x.For(nil, Query{Customer: 0, Limit: 5}); len(got) != 0 {
		t.Errorf("an empty graph recommends %v", got)
	}
	if got := x.SimilarTo(nil, []uint32{0}, Query{Limit: 5}); len(got) != 0 {
		t.Errorf("an empty graph finds %v similar", got)
	}
}

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

// Pages of any size, put together, are the whole list, and no product repeats.
func TestPaging(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		x := build(t, in, o)
		size := rapid.IntRange(1, 5).Draw(t, "page")
		seen := in.Bought.Neighbours(0)
		for u := range in.Bought.Rows() + 1 {
			q := Query{Customer: uint32(u), Owned: seen}
			q.Limit = math.MaxInt
			whole := x.For(nil, q)
			whole2 := x.SimilarTo(nil, seen, q)
			q.Limit = size
			var pages, pages2 []Item
			for {
				q.Offset = len(pages)
				before := len(pages)
				if pages = x.For(pages, q); len(pages) == before {
					break
				}
			}
			for {
				q.Offset = len(pages2)
				before := len(pages2)
				if pages2 = x.SimilarTo(pages2, seen, q); len(pages2) == before {
					break
				}
			}
			if diff := cmp.Diff(whole, pages, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("customer %d: %s", u, diff)
			}
			if diff := cmp.Diff(whole2, pages2, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("similar for customer %d: %s", u, diff)
			}
			for _, list := range [][]Item{whole, whole2} {
				once := map[uint32]bool{}
				for _, it := range list {
					if once[it.Product] || slices.Contains(seen, it.Product) {
						t.Fatalf("customer %d: product %d is repeated or owned", u, it.Product)
					}
					once[it.Product] = true
				}
			}
		}
	})
}

// The list of any customer has exactly the products that k customers bought.
func TestListIsWhole(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		x := build(t, in, o)
		var want []uint32
		for p, n := range x.Buyers {
			if int(n) >= o.MinSupporters && (in.Available == nil || in.Available[p]) {
				want = append(want, uint32(p))
			}
		}
		for u := range in.Bought.Rows() {
			var got []uint32
			for _, it := range x.For(nil, Query{Customer: uint32(u), Limit: 1000}) {
				got = append(got, it.Product)
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("customer %d: %s", u, diff)
			}
		}
	})
}

// Privacy: whatever is asked, no item stands on fewer than k customers, and what
// fewer than k members did does not change the answer for their community.
func TestBelowKNothingShows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		x := build(t, in, o)
		check := func(list []Item) {
			for _, it := range list {
				if int(it.Supporters) < o.MinSupporters {
					t.Fatalf("%+v has fewer than %d supporters", it, o.MinSupporters)
				}
			}
		}
		for u := range in.Bought.Rows() + 1 {
			check(x.For(nil, Query{Customer: uint32(u), Limit: 1000}))
		}
		for l := range x.Levels {
			for c := range x.Levels[l].Rows() {
				check(x.Popular(nil, l, uint32(c), ByScore, 0, 1000))
				check(x.Popular(nil, l, uint32(c), ByLift, 0, 1000))
			}
		}
		for p := range x.Products {
			check(x.SimilarTo(nil, []uint32{uint32(p)}, Query{Limit: 1000}))
		}
	})
}

// Two members of a community of nine, each the only buyer there of one of two
// products, change places with a non-member: nobody's list may change.
func TestBelowKIsNotToBeTold(t *testing.T) {
	rows := func(inside, outside uint32) Input {
		list := make([][]uint32, 30)
		for u := range list {
			list[u] = []uint32{0}
			if u >= 20 {
				list[u] = []uint32{0, 1, 2}
			}
		}
		list[0], list[12] = []uint32{0, inside}, []uint32{0, outside}
		of := make([]uint32, 30)
		for u := 9; u < 30; u++ {
			of[u] = 1
		}
		return Input{Bought: matrix(3, list...), Levels: [][]uint32{of}, Counts: []int{2}}
	}
	a, b := build(t, rows(1, 2), Options{}), build(t, rows(2, 1), Options{})
	q := Query{Customer: 3, Limit: 10}
	if diff := cmp.Diff(a.For(nil, q), b.For(nil, q)); diff != "" {
		t.Error(diff)
	}
	if n := len(a.For(nil, q)); n != 3 {
		t.Errorf("the list has %d products instead of 3", n)
	}
}

// Renumbering the customers, the communities and (but for ties) the products
// renumbers the lists.
func TestRelabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		n := in.Bought.Rows()
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "relabel"), 2))
		to := r.Perm(n) // customer u becomes to[u]
		from := make([]int, n)
		for u, v := range to {
			from[v] = u
		}
		alias := make([][]uint32, len(in.Levels))
		moved := Input{Bought: &graph.Graph{Offsets: []uint64{0}, Cols: in.Bought.Cols}, Counts: in.Counts, Available: in.Available}
		for l := range in.Levels {
			for _, c := range r.Perm(in.Counts[l]) {
				alias[l] = append(alias[l], uint32(c))
			}
			of := make([]uint32, n)
			for v := range of {
				of[v] = None
				if c := in.Levels[l][from[v]]; c != None {
					of[v] = alias[l][c]
				}
			}
			moved.Levels = append(moved.Levels, of)
		}
		if in.OverlapOffsets != nil {
			moved.OverlapOffsets = []uint64{0}
		}
		for v := range n {
			u := uint32(from[v])
			moved.Bought.Targets = append(moved.Bought.Targets, in.Bought.Neighbours(u)...)
			moved.Bought.Offsets = append(moved.Bought.Offsets, uint64(len(moved.Bought.Targets)))
			if in.OverlapOffsets != nil {
				for i := in.OverlapOffsets[u]; i < in.OverlapOffsets[u+1]; i++ {
					moved.OverlapCommunity = append(moved.OverlapCommunity, alias[0][in.OverlapCommunity[i]])
					moved.OverlapDegree = append(moved.OverlapDegree, in.OverlapDegree[i])
				}
				moved.OverlapOffsets = append(moved.OverlapOffsets, uint64(len(moved.OverlapCommunity)))
			}
		}
		x, y := build(t, in, o), build(t, moved, o)
		for u := range n {
			want := x.For(nil, Query{Customer: uint32(u), Limit: 1000})
			for i := range want {
				if want[i].Community != None {
					want[i].Community = alias[want[i].Level][want[i].Community]
				}
			}
			got := y.For(nil, Query{Customer: uint32(to[u]), Limit: 1000})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("customer %d: %s", u, diff)
			}
		}
	})
}

func TestThreadsDoNotMatter(t *testing.T) {
	in := random(1500, 200, 30)
	want := build(t, in, Options{Threads: 1})
	for _, threads := range []int{2, 3, 8} {
		got := build(t, in, Options{Threads: threads})
		if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Index{})); diff != "" {
			t.Errorf("%d threads: %s", threads, diff)
		}
	}
	if len(want.Levels[0].Product) == 0 || len(want.Similar.Product) == 0 {
		t.Error("the index is empty, so that the test shows nothing")
	}
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

func TestForDoesNotAllocate(t *testing.T) {
	in := random(2000, 300, 40)
	x := build(t, in, Options{})
	dst := make([]Item, 0, 10)
	u := uint32(0)
	got := testing.AllocsPerRun(500, func() {
		dst = x.For(dst[:0], Query{Customer: u % 2000, Owned: in.Bought.Neighbours(u % 2000), Limit: 10})
		u++
	})
	if got >= 1 && !raceEnabled {
		t.Errorf("a query allocates %v times", got)
	}
}
