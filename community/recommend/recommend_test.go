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
