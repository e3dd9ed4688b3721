package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"kith/api/analysis"
	"kith/community/recommend"
	"kith/community/recommend/factor"
	"kith/community/recommend/neighbour"
	"kith/graph"
	"kith/graph/graphtest"
)

var retailHouse original

// loadedRetail is a house into which Online Retail was loaded, and its file.
func loadedRetail(t testing.TB) (data, path string) {
	t.Helper()
	path = graphtest.Data(t, "onlineretail/onlineretail_to_2011-08-31.csv.gz")
	dir := retailHouse.copied(t, func(dir string) {
		must(t, "load", "--data", filepath.Join(dir, "data"), "--as", "purchases", path)
	})
	return filepath.Join(dir, "data"), path
}

// retail analyses Online Retail as of a day, and tells besides what its customers
// bought in the two months from that day on.
func retail(t testing.TB, asOf, until string) (r *analysis.Result, after *graph.Graph) {
	t.Helper()
	data, path := loadedRetail(t)
	must(t, "analyze", "--data", data, "--as-of", asOf+"T00:00:00Z")
	r = open(t, data)

	// What happened later, read by this test's own means.
	var from, to []uint32
	for _, row := range rows(t, path, ',', true) {
		customer, known := r.Customers.Find(row[6])
		product, sold := r.Products.Find(row[1])
		if known && sold && row[4] >= asOf && row[4] < until && !strings.HasPrefix(row[3], "-") {
			from, to = append(from, customer), append(to, product)
		}
	}
	after, _, err := graph.Build(t.Context(), graph.BuildOptions{
		Rows: uint32(r.Customers.Len()), Cols: uint32(r.Products.Len()), Merge: graph.MergeOnce,
	}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, after
}

// TestRecallOnLaterTime analyses Online Retail as of 1 July 2011 and asks how well
// what was recommended then foretells what customers bought for the first time in the
// two months after. Nothing was chosen by looking at these months:
// BenchmarkRecallBySettings chooses by the two before.
func TestRecallOnLaterTime(t *testing.T) {
	t.Parallel()
	r, after := retail(t, "2011-07-01", "2011-09-01")
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
	for i, m := range e.Methods {
		if i > 0 && m.Gain.Low <= 0 {
			t.Errorf("%s is not surely better than popular: gain %+v", m.Name, m.Gain)
		}
		quality(t, "onlineretail from July", "recall@10 of "+m.Name, m.Recall.Mean)
		t.Logf("%-18s recall@10 %.4f (%.4f to %.4f), gain %.4f (%.4f to %.4f), %d customers",
			m.Name, m.Recall.Mean, m.Recall.Low, m.Recall.High, m.Gain.Mean, m.Gain.Low, m.Gain.High, e.Customers)
	}
}

// BenchmarkRecallBySettings is how the defaults of item-kNN and ALS were chosen: by
// recall in May and June 2011 as of 1 May, before the months by which
// TestRecallOnLaterTime judges.
func BenchmarkRecallBySettings(b *testing.B) {
	r, after := retail(b, "2011-05-01", "2011-07-01")
	try := func(name string, make func() (recommend.Method, error)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m, err := make()
				if err != nil {
					b.Fatal(err)
				}
				e, err := recommend.Evaluate(b.Context(), []recommend.Method{m}, r.Bought, after, recommend.EvaluateOptions{K: 10, Resamples: 200, Seed: 1})
				if err != nil {
					b.Fatal(err)
				}
				recall := e.Methods[0].Recall
				b.ReportMetric(recall.Mean, "recall@10")
				b.ReportMetric(recall.Low, "from")
				b.ReportMetric(recall.High, "to")
			}
		})
	}
	for _, m := range r.Recommend.Methods() {
		try(m.Name, func() (recommend.Method, error) { return m, nil })
	}
	for name, w := range weightings {
		for _, k := range []int{10, 20, 50, 100} {
			for _, counts := range []bool{false, true} {
				try(fmt.Sprintf("item-kNN/%s/%d/counts=%v", name, k, counts), func() (recommend.Method, error) {
					m, err := neighbour.New(b.Context(), r.Bought, neighbour.Options{K: k, Weighting: w, Counts: counts})
					if err != nil {
						return recommend.Method{}, err
					}
					return m.Method(), nil
				})
			}
		}
	}
	for _, factors := range []int{16, 32, 64, 128} {
		for _, confidence := range []float64{.2, 1, 5, 40} {
			for _, regularization := range []float64{.01, 1, 10, 100} {
				try(fmt.Sprintf("ALS/%d/alpha=%g/lambda=%g", factors, confidence, regularization), func() (recommend.Method, error) {
					m, err := factor.Train(b.Context(), r.Bought, factor.Options{Factors: factors, Confidence: confidence, Regularization: regularization})
					if err != nil {
						return recommend.Method{}, err
					}
					return m.Method(), nil
				})
			}
		}
	}
}
