package api

import (
	"encoding/json"
	"math"
	"testing"

	"pgregory.net/rapid"

	"kith/graph"
)

func TestAppendQuotedIsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "s")
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var got, exact string
		if err := json.Unmarshal(appendQuoted(nil, s), &got); err != nil {
			t.Fatalf("%q became %s: %v", s, appendQuoted(nil, s), err)
		}
		if err := json.Unmarshal(want, &exact); err != nil || got != exact {
			t.Fatalf("%q became %q, by encoding/json %q", s, got, exact)
		}
	})
}

func TestAppendFixedRounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.OneOf(rapid.Float64Range(-10, 10), rapid.Float64()).Draw(t, "f")
		decimals := rapid.IntRange(0, 6).Draw(t, "decimals")
		var got float64
		if err := json.Unmarshal(appendFixed(nil, f, decimals), &got); err != nil {
			t.Fatalf("%g became %s: %v", f, appendFixed(nil, f, decimals), err)
		}
		if tolerance := .5000001/pow10[decimals] + 1e-15*math.Abs(f); math.Abs(got-f) > tolerance {
			t.Fatalf("%g to %d decimals became %g", f, decimals, got)
		}
	})
	for f, want := range map[float64]string{0: "0", .1: "0.1", .05: "0.05", 12: "12", -1.25: "-1.25", 1e-9: "0", .999999999: "1", math.Inf(1): "0", math.Inf(-1): "-0", 1e300: "1e+300"} {
		if got := string(appendFixed(nil, f, 6)); got != want {
			t.Errorf("%g became %s, want %s", f, got, want)
		}
	}
	if got := string(appendFixed(nil, math.NaN(), 6)); got != "0" {
		t.Errorf("NaN became %s", got)
	}
}

func TestAppendProduct(t *testing.T) {
	for want, p := range map[string]graph.Product{
		`{"id":"x"}`:                           {Price: -1},
		`{"id":"x","price":0}`:                 {},
		`{"id":"x","name":"a\"b","price":2.5}`: {Name: `a"b`, Price: 2.5},
		`{"id":"x","category":"c"}`:            {Category: "c", Price: math.NaN()},
	} {
		if got := string(appendProduct(nil, "x", &p)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
