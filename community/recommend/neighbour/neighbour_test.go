package neighbour_test

import (
	"context"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"kith/community/recommend"
	"kith/community/recommend/neighbour"
	"kith/graph"
	"kith/graph/graphtest"
)

func model(t interface{ Fatal(...any) }, g *graph.Graph, o neighbour.Options) *neighbour.Model {
	m, err := neighbour.New(context.Background(), g, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// By hand: customers 0 and 1 have products 0 and 1, customer 2 has 1 and 2, and
// customer 3 has 3. Cosines: 0-1 2/√6, 1-2 1/√3.
func TestForByHand(t *testing.T) {
	g := &graph.Graph{Offsets: []uint64{0, 2, 4, 6, 7}, Targets: []uint32{0, 1, 0, 1, 1, 2, 3}, Cols: 4}
	m := model(t, g, neighbour.Options{Weighting: graph.Cosine})
	item := func(p uint32, score float64) recommend.Item {
		return recommend.Item{Product: p, Score: float32(score), Source: recommend.ItemNeighbours, Community: recommend.None, Seen: recommend.None}
	}
	two, one := 2/math.Sqrt(6), 1/math.Sqrt(3)
	for name, c := range map[string]struct {
		q       recommend.Query
		weights []float32
		want    []recommend.Item
	}{
		"the one product":           {recommend.Query{Owned: []uint32{1}, Limit: 9}, nil, []recommend.Item{item(0, two), item(2, one)}},
		"first of them":             {recommend.Query{Owned: []uint32{1}, Limit: 1}, nil, []recommend.Item{item(0, two)}},
		"second page":               {recommend.Query{Owned: []uint32{1}, Limit: 1, Offset: 1}, nil, []recommend.Item{item(2, one)}},
		"two that lead to one":      {recommend.Query{Owned: []uint32{0, 2}, Limit: 9}, nil, []recommend.Item{item(1, two+one)}},
		"bought more often":         {recommend.Query{Owned: []uint32{0, 2}, Limit: 9}, []float32{3, 1}, []recommend.Item{item(1, 3*two+one)}},
		"weights of 0":              {recommend.Query{Owned: []uint32{0, 2}, Limit: 9}, []float32{0, 1}, []recommend.Item{item(1, one)}},
		"only what is allowed":      {recommend.Query{Owned: []uint32{1}, Allowed: []uint64{1 << 2}, Limit: 9}, nil, []recommend.Item{item(2, one)}},
		"nothing goes with it":      {recommend.Query{Owned: []uint32{3}, Limit: 9}, nil, nil},
		"nothing owned":             {recommend.Query{Limit: 9}, nil, nil},
		"a product nobody knows":    {recommend.Query{Owned: []uint32{7}, Limit: 9}, nil, nil},
		"past the end":              {recommend.Query{Owned: []uint32{1}, Limit: 9, Offset: 5}, nil, nil},
		"no items":                  {recommend.Query{Owned: []uint32{1}}, nil, nil},
		"the owned are not offered": {recommend.Query{Owned: []uint32{0, 1}, Limit: 9}, nil, []recommend.Item{item(2, one)}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, m.ForWeights(nil, c.weights, c.q), cmpopts.EquateApprox(1e-6, 0)); diff != "" {
				t.Errorf("list (-want +got):\n%s", diff)
			}
		})
	}
}

func TestForLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := graphtest.Draw(t, "g", graphtest.DrawOptions{Vertices: 16, Columns: 12, Weighted: rapid.Bool().Draw(t, "weighted")})
		o := neighbour.Options{K: rapid.IntRange(1, 12).Draw(t, "k"), Threads: 1}
		m := model(t, g, o)
		o.Threads = rapid.SampledFrom([]int{2, 3, 8, 16}).Draw(t, "threads")
		n := model(t, g, o)
		for u := range uint32(g.Rows()) {
			q := recommend.Query{Customer: u, Owned: g.Neighbours(u), Limit: 20}
			list := m.For(nil, q)
			if diff := cmp.Diff(list, n.For(nil, q)); diff != "" {
				t.Fatalf("%d threads give another list:\n%s", o.Threads, diff)
			}
			scores := map[uint32]float64{}
			for _, p := range q.Owned {
				for i := range m.Similar.Cols {
					if x := m.Similar.Weight(p, i); x > 0 && !slices.Contains(q.Owned, i) {
						scores[i] += float64(x)
					}
				}
			}
			if len(list) != len(scores) {
				t.Fatalf("%d items, want %v", len(list), scores)
			}
			for k, it := range list {
				if math.Abs(float64(it.Score)-scores[it.Product]) > 1e-5 {
					t.Fatalf("product %d has the score %v, want %v", it.Product, it.Score, scores[it.Product])
				}
				if k > 0 && (it.Score > list[k-1].Score || it.Score == list[k-1].Score && it.Product < list[k-1].Product) {
					t.Fatalf("the list is not in order: %v", list)
				}
			}
			q.Limit, q.Offset = 3, 2
			if diff := cmp.Diff(list[min(2, len(list)):min(5, len(list))], m.For(nil, q), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("a page differs from its part of the list:\n%s", diff)
			}
		}
	})
}

func TestManyAskAtOnce(t *testing.T) {
	g := graphtest.SouthernWomen().Graph
	m := model(t, g, neighbour.Options{})
	var wg sync.WaitGroup
	for u := range uint32(g.Rows()) {
		want := m.For(nil, recommend.Query{Owned: g.Neighbours(u), Limit: 9})
		wg.Go(func() {
			for range 50 {
				if diff := cmp.Diff(want, m.For(nil, recommend.Query{Owned: g.Neighbours(u), Limit: 9})); diff != "" {
					t.Errorf("the list of %d changes:\n%s", u, diff)
				}
			}
		})
	}
	wg.Wait()
}

// With counts likeness is the cosine of counts, without that of ones and noughts.
func TestCounts(t *testing.T) {
	g := &graph.Graph{Offsets: []uint64{0, 2, 3}, Targets: []uint32{0, 1, 1}, Weights: []float32{3, 4, 3}, Cols: 2}
	for counts, want := range map[bool]float64{false: 1 / math.Sqrt2, true: 3 * 4 / (3 * 5.)} {
		m := model(t, g, neighbour.Options{Counts: counts, Weighting: graph.Cosine})
		if got := m.Similar.Weight(0, 1); math.Abs(float64(got)-want) > 1e-6 {
			t.Errorf("counts %v: likeness is %v, want %v", counts, got, want)
		}
	}
	if g.Weights == nil {
		t.Error("the graph has been written to")
	}
}

func TestNewRefuses(t *testing.T) {
	if _, err := neighbour.New(context.Background(), &graph.Graph{}, neighbour.Options{K: -1}); err == nil {
		t.Error("K of -1 is taken")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := neighbour.New(ctx, graphtest.SouthernWomen().Graph, neighbour.Options{}); err == nil {
		t.Error("an ended context is overlooked")
	}
	if items := model(t, &graph.Graph{}, neighbour.Options{}).For(nil, recommend.Query{Owned: []uint32{0}, Limit: 3}); items != nil {
		t.Errorf("an empty model lists %v", items)
	}
}

func BenchmarkFor(b *testing.B) {
	g := graphtest.SouthernWomen().Graph
	m := model(b, g, neighbour.Options{})
	var items []recommend.Item
	for b.Loop() {
		items = m.For(items[:0], recommend.Query{Owned: g.Neighbours(3), Limit: 10})
	}
}
