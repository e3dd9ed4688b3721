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

// By hand, with k = 2, on the customers of small: they have 2, 2, 2, 3, 2, 1, 1, 1
// of 4 products, so their idf is ln 2 for two products, ln 4/3 for three, ln 4 for
// one. a and b have customers 0 and 1 in common, a and c 2 and 3, c and d 3 and 4;
// a and d only 3, which is fewer than k. The log-likelihood ratios were computed in
// Python by their form in entropies, 2·(H(rows) + H(columns) - H(cells)).
func TestSimilarByHand(t *testing.T) {
	x := build(t, small(), Options{Prior: 2, MinSupporters: 2})
	two, three := math.Ln2, math.Log(4./3)
	a, b, c, d := 5*two+three, 4*two, 2*two+three, 3*two+three // squared norms
	ab := float32(2 * two / math.Sqrt(a*b))
	ac := float32((two + three) / math.Sqrt(a*c))
	cd := float32((two + three) / math.Sqrt(c*d))
	// a has 5 buyers, b and c 3, of 8; both pairs have 2 in common.
	withA := func(p uint32, score float32) Item {
		return Item{Product: p, Source: SimilarItems, Community: None, Seen: 0, Score: score, Supporters: 2, CommunitySize: 5,
			Lift: 2. / 5 * 8 / 3, LiftLow: .1176208 * 8 / 3, LLR: .0358101307}
	}
	d3 := Item{Product: 3, Source: Popular, Fallback: Everyone, Community: None, Seen: None, Score: 3. / 8, Supporters: 3, CommunitySize: 8, Lift: 1, LiftLow: 1}
	for _, c := range []struct {
		name string
		seen []uint32
		q    Query
		want []Item
	}{
		{"one product", []uint32{0}, Query{Limit: 9}, []Item{withA(1, ab), withA(2, ac), d3}},
		{"second page", []uint32{0}, Query{Offset: 1, Limit: 1}, []Item{withA(2, ac)}},
		{"third page", []uint32{0}, Query{Offset: 2, Limit: 1}, []Item{d3}},
		{"owned and repeated", []uint32{0, 0}, Query{Owned: []uint32{1}, Limit: 9}, []Item{withA(2, ac), d3}},
		{"two products: c goes with both", []uint32{0, 3}, Query{Limit: 9}, []Item{
			{Product: 2, Source: SimilarItems, Community: None, Seen: 3, Score: ac + cd, Supporters: 2, CommunitySize: 3,
				Lift: 2. / 3 * 8 / 3, LiftLow: .2076596 * 8 / 3, LLR: 1.7619025654},
			withA(1, ab),
		}},
		{"unknown product", []uint32{77}, Query{Offset: 3, Limit: 9}, []Item{d3}},
		{"nothing asked for", []uint32{0}, Query{}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, x.SimilarTo(nil, c.seen, c.q), near); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// bruteSimilar is the definition, over all pairs.
func bruteSimilar(in Input, o Options, p uint32, top int) []Item {
	n := in.Bought.Rows()
	bought := slices.Clone(in.Bought.Targets)
	slices.Sort(bought)
	sold := float64(len(slices.Compact(bought)))
	has := func(u int, q uint32) bool { return slices.Contains(in.Bought.Neighbours(uint32(u)), q) }
	var list []Item
	for q := range in.Bought.Cols {
		var both, ofP, ofQ, shared, normP, normQ float64
		for u := range n {
			idf := 0.0
			if k := in.Bought.Degree(uint32(u)); k > 0 {
				idf = math.Log(sold / float64(k))
			}
			if has(u, p) {
				ofP, normP = ofP+1, normP+idf
			}
			if has(u, q) {
				ofQ, normQ = ofQ+1, normQ+idf
			}
			if has(u, p) && has(u, q) {
				both, shared = both+1, shared+idf
			}
		}
		if q == p || int(both) < o.MinSupporters || shared == 0 || in.Available != nil && !in.Available[q] {
			continue
		}
		list = append(list, Item{
			Product: q, Source: SimilarItems, Community: None, Seen: p,
			Score:      float32(min(shared/(math.Sqrt(normP)*math.Sqrt(normQ)), 1)),
			Supporters: uint32(both), CommunitySize: uint32(ofP),
			Lift: float32(both / ofP * float64(n) / ofQ), LiftLow: float32(wilsonLow(both, ofP) * float64(n) / ofQ),
			LLR: float32(logLikelihoodRatio(both, ofP, ofQ, float64(n))),
		})
	}
	slices.SortStableFunc(list, func(a, b Item) int { // stable: products ascend
		switch {
		case a.Score > b.Score:
			return -1
		case a.Score < b.Score:
			return 1
		}
		return 0
	})
	return list[:min(top, len(list))]
}

func TestSimilarIsTheDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		o.Similar = rapid.IntRange(1, 5).Draw(t, "similar")
		x := build(t, in, o)
		for p := range in.Bought.Cols {
			want := bruteSimilar(in, o, p, o.Similar)
			got := x.SimilarTo(nil, []uint32{p}, Query{Limit: len(want)})
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), near); diff != "" {
				t.Fatalf("product %d: %s", p, diff)
			}
			if n := x.Similar.Offsets[p+1] - x.Similar.Offsets[p]; n != uint64(len(want)) {
				t.Fatalf("product %d has %d similar ones instead of %d", p, n, len(want))
			}
		}
	})
}

// Without a floor on common buyers the similar products are those of the
// projection, but for rounding.
func TestSimilarIsTheProjection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, _ := drawn(t)
		in.Available = nil
		x := build(t, in, Options{MinSupporters: 1, Similar: 1000})
		g, _, err := graph.Project(context.Background(), in.Bought, graph.ProjectOptions{K: 1000, Side: graph.SideColumns})
		if err != nil {
			t.Fatal(err)
		}
		for p := range in.Bought.Cols {
			want, got := map[uint32]float32{}, map[uint32]float32{}
			for i, q := range g.Neighbours(p) {
				if want[q] = 1; g.Weights != nil {
					want[q] = g.WeightsOf(p)[i]
				}
			}
			for e := x.Similar.Offsets[p]; e < x.Similar.Offsets[p+1]; e++ {
				got[x.Similar.Product[e]] = x.Similar.Score[e]
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateApprox(1e-5, 1e-6)); diff != "" {
				t.Fatalf("product %d: %s", p, diff)
			}
		}
	})
}

// Whoever sees several products gets the sum of what each suggests.
func TestSimilarToSeveralIsTheSum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		x := build(t, in, o)
		seen := rapid.SliceOfN(rapid.Uint32Range(0, in.Bought.Cols), 0, 4).Draw(t, "seen")
		distinct := slices.Clone(seen)
		slices.Sort(distinct)
		distinct = slices.Compact(distinct)
		want := map[uint32]float64{}
		for _, p := range distinct {
			for _, it := range x.SimilarTo(nil, []uint32{p}, Query{Limit: 1000}) {
				if it.Source == SimilarItems && !slices.Contains(seen, it.Product) {
					want[it.Product] += float64(it.Score)
				}
			}
		}
		got := map[uint32]float64{}
		last := math.Inf(1)
		for _, it := range x.SimilarTo(nil, seen, Query{Limit: 1000}) {
			if it.Source != SimilarItems {
				break
			}
			if float64(it.Score) > last {
				t.Fatalf("scores rise to %v after %v", it.Score, last)
			}
			got[it.Product], last = float64(it.Score), float64(it.Score)
		}
		if diff := cmp.Diff(want, got, near); diff != "" {
			t.Fatal(diff)
		}
	})
}

// Renumbering the products renumbers the similar ones, but for the order of ties.
func TestSimilarRelabel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in, o := drawn(t)
		in.Available = nil
		in.Levels, in.Counts = nil, nil
		in.OverlapOffsets, in.OverlapCommunity, in.OverlapDegree = nil, nil, nil
		o.Similar = 1000
		r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "relabel"), 3))
		to := r.Perm(int(in.Bought.Cols))
		moved := in
		moved.Bought = &graph.Graph{Offsets: in.Bought.Offsets, Cols: in.Bought.Cols}
		for u := range in.Bought.Rows() {
			var row []uint32
			for _, p := range in.Bought.Neighbours(uint32(u)) {
				row = append(row, uint32(to[p]))
			}
			slices.Sort(row)
			moved.Bought.Targets = append(moved.Bought.Targets, row...)
		}
		x, y := build(t, in, o), build(t, moved, o)
		scores := func(x *Index, p uint32, name func(uint32) uint32) map[uint32]Item {
			m := map[uint32]Item{}
			for _, it := range x.SimilarTo(nil, []uint32{p}, Query{Limit: 1000}) {
				it.Product = name(it.Product)
				if it.Seen != None {
					it.Seen = name(it.Seen)
				}
				m[it.Product] = it
			}
			return m
		}
		for p := range in.Bought.Cols {
			want := scores(x, p, func(q uint32) uint32 { return uint32(to[q]) })
			if diff := cmp.Diff(want, scores(y, uint32(to[p]), func(q uint32) uint32 { return q })); diff != "" {
				t.Fatalf("product %d: %s", p, diff)
			}
		}
	})
}
