package main

import (
	"path/filepath"
	"strings"
	"testing"

	"kith/community/recommend"
	"kith/community/recommend/factor"
	"kith/community/recommend/neighbour"
	"kith/graph"
	"kith/graph/graphtest"
)

// TestRecallOnLaterTime analyses Online Retail as of 1 July 2011 and asks how
// well what was recommended then foretells what customers bought for the first
// time in the two months after.
func TestRecallOnLaterTime(t *testing.T) {
	path := graphtest.Data(t, "onlineretail/onlineretail_to_2011-08-31.csv.gz")
	data := filepath.Join(t.TempDir(), "data")
	must(t, "load", "--data", data, "--as", "purchases", path)
	must(t, "analyze", "--data", data, "--as-of", "2011-07-01T00:00:00Z")
	r := open(t, data)

	// What happened later, read by this test's own means.
	var from, to []uint32
	for _, row := range rows(t, path, ',', true) {
		customer, known := r.Customers.Find(row[6])
		product, sold := r.Products.Find(row[1])
		if known && sold && row[4] >= "2011-07-01" && !strings.HasPrefix(row[3], "-") {
			from, to = append(from, customer), append(to, product)
		}
	}
	after, _, err := graph.Build(t.Context(), graph.BuildOptions{
		Rows: uint32(r.Customers.Len()), Cols: uint32(r.Products.Len()), Merge: graph.MergeOnce,
	}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	items, err := neighbour.New(t.Context(), r.Bought, neighbour.Options{})
	if err != nil {
		t.Fatal(err)
	}
	factors, err := factor.Train(t.Context(), r.Bought, factor.Options{})
	if err != nil {
		t.Fatal(err)
	}
	methods := append(r.Recommend.Methods(), items.Method(), factors.Method())
	e, err := recommend.Evaluate(t.Context(), methods, r.Bought, after, recommend.EvaluateOptions{K: 10, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	everyone, own := e.Methods[0], e.Methods[1]
	if own.Gain.Low <= 0 {
		t.Errorf("community-popular is not surely better than popular: gain %+v", own.Gain)
	}
	quality(t, "onlineretail from July", "recall@10 of community-popular", own.Recall.Mean)
	quality(t, "onlineretail from July", "recall@10 of popular", everyone.Recall.Mean)
	for _, m := range e.Methods[2:] {
		if m.Gain.Low <= 0 {
			t.Errorf("%s is not surely better than popular: gain %+v", m.Name, m.Gain)
		}
		quality(t, "onlineretail from July", "recall@10 of "+m.Name, m.Recall.Mean)
	}
}
