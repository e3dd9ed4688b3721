package recommend

import (
	"context"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// listing is a method that gives everyone the same list.
func listing(name string, products ...uint32) Method {
	return Method{name, func(dst []Item, q Query) []Item {
		for _, p := range products[:min(len(products), q.Limit)] {
			dst = append(dst, Item{Product: p})
		}
		return dst
	}}
}

// By hand, with lists of 2. Customer 0 later buys a (had before), b and c, so R =
// {b, c}; customer 1 buys d; customer 2 nothing new; customer 3 was not there
// before. The list c, d hits customer 0 in place 1 and customer 1 in place 2.
func TestEvaluateByHand(t *testing.T) {
	before := matrix(4, []uint32{0}, []uint32{0, 2}, []uint32{1}, nil)
	after := matrix(4, []uint32{0, 1, 2}, []uint32{3}, []uint32{1}, []uint32{0})
	got, err := Evaluate(context.Background(), []Method{listing("a only", 0), listing("c and d", 2, 3, 1)}, before, after,
		EvaluateOptions{K: 2, Resamples: 2000, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	second := 1 / math.Log2(3)
	want := &Evaluation{K: 2, Customers: 2, Methods: []Measured{
		{Name: "a only", Coverage: 1. / 3, Novelty: 1},
		{Name: "c and d",
			Recall: Interval{.75, .5, 1}, Gain: Interval{.75, .5, 1}, // both customers, or one of them twice
			NDCG: (1/(1+second) + second) / 2, HitRate: 1, Coverage: 1. / 3, Novelty: 2},
	}}
	if diff := cmp.Diff(want, got, near); diff != "" {
		t.Error(diff)
	}
}

func TestEvaluateNobody(t *testing.T) {
	g := matrix(1, []uint32{0})
	got, err := Evaluate(context.Background(), []Method{listing("any", 0)}, g, g, EvaluateOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&Evaluation{K: 10, Methods: []Measured{{Name: "any"}}}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := Evaluate(context.Background(), nil, g, matrix(2, []uint32{0}), EvaluateOptions{}); err == nil {
		t.Error("graphs of different shapes are compared")
	}
	if _, err := Evaluate(context.Background(), nil, g, g, EvaluateOptions{K: -1}); err == nil {
		t.Error("lists of negative length are made")
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := Evaluate(ctx, []Method{listing("any", 0)}, g, matrix(1, nil), EvaluateOptions{}); err == nil {
		t.Error("the evaluation went on after its context had ended")
	}
}

// halves deals each customer's products to before and after in turn.
func halves(in Input) (before Input, after [][]uint32) {
	rows := make([][]uint32, in.Bought.Rows())
	after = make([][]uint32, in.Bought.Rows())
	for u := range rows {
		for i, p := range in.Bought.Neighbours(uint32(u)) {
			if (i+u)%2 == 0 {
				rows[u] = append(rows[u], p)
			} else {
				after[u] = append(after[u], p)
			}
		}
	}
	before = in
	before.Bought = matrix(int(in.Bought.Cols), rows...)
	return before, after
}

// Where communities have tastes, community-popular is better than popular beyond
// doubt; where customers are dealt to communities at random, it is not.
func TestCommunitiesHelpWhereTheyAreReal(t *testing.T) {
	in := random(1500, 200, 30)
	gain := func(in Input) Interval {
		before, after := halves(in)
		x := build(t, before, Options{Similar: -1})
		e, err := Evaluate(context.Background(), x.Methods(), before.Bought, matrix(int(in.Bought.Cols), after...), EvaluateOptions{Resamples: 300})
		if err != nil {
			t.Fatal(err)
		}
		if e.Methods[0].Gain != (Interval{}) {
			t.Errorf("popular gains %v over itself", e.Methods[0].Gain)
		}
		return e.Methods[1].Gain
	}
	if g := gain(in); g.Low < .1 { // measured: .21
		t.Errorf("communities with tastes of their own gain %+v", g)
	}
	shuffled := in
	shuffled.OverlapOffsets, shuffled.OverlapCommunity, shuffled.OverlapDegree = nil, nil, nil
	shuffled.Levels = [][]uint32{make([]uint32, 1500), make([]uint32, 1500)}
	for u := range 1500 {
		c := uint32(u * 7919 % 1500 / 50)
		shuffled.Levels[0][u], shuffled.Levels[1][u] = c, c/10
	}
	if g := gain(shuffled); g.Low > 0 {
		t.Errorf("communities drawn at random gain %+v", g)
	}
}

func TestEvaluateThreadsDoNotMatter(t *testing.T) {
	in, after := halves(random(800, 200, 20))
	x := build(t, in, Options{Similar: -1})
	var want *Evaluation
	for _, threads := range []int{1, 2, 3, 8} {
		got, err := Evaluate(context.Background(), x.Methods(), in.Bought, matrix(200, after...), EvaluateOptions{Seed: 3, Resamples: 200, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = got
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d threads: %s", threads, diff)
		}
	}
}
