package simulate

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPoisson(t *testing.T) {
	for _, mean := range []float64{.01, .3, 1, 5, 40} {
		s := open(1, forCalls, 0, uint64(mean*100))
		const n = 40_000
		var sum, squares float64
		for range n {
			x := float64(s.poisson(mean))
			sum, squares = sum+x, squares+x*x
		}
		m := sum / n
		v := squares/n - m*m
		if math.Abs(m-mean) > 5*math.Sqrt(mean/n) || math.Abs(v/mean-1) > .15 {
			t.Errorf("mean %v: drew mean %v and variance %v", mean, m, v)
		}
	}
	s := open(1, forCalls, 0, 0)
	if s.poisson(0) != 0 || s.poisson(-1) != 0 {
		t.Error("no mean gives a count")
	}
}

// Known quantiles of the standard normal distribution.
func TestQuantile(t *testing.T) {
	for p, want := range map[float64]float64{.5: 0, .975: 1.959964, .025: -1.959964, .8413447461: 1} {
		if got := quantile(p); math.Abs(got-want) > 1e-6 {
			t.Errorf("quantile(%v) = %v, want %v", p, got, want)
		}
	}
}

// Streams of neighbouring keys are not alike.
func TestStreamsDiffer(t *testing.T) {
	var sum float64
	seen := map[uint64]bool{}
	const n = 20_000
	for a := range uint64(n) {
		s := open(9, forCalls, a, a%7)
		sum += s.float()
		seen[s.pcg.Uint64()] = true
	}
	if mean := sum / n; math.Abs(mean-.5) > .01 {
		t.Errorf("the first numbers of streams have mean %v", mean)
	}
	if len(seen) != n {
		t.Errorf("%d streams are the same as another", n-len(seen))
	}
}

func TestPick(t *testing.T) {
	upTo := []float64{1, 1, 4, 5} // the second has no weight
	for _, c := range []struct {
		share float64
		want  int
	}{{0, 0}, {.19, 0}, {.2, 2}, {.79, 2}, {.8, 3}, {.9999, 3}} {
		if got := pick(upTo, c.share); got != c.want {
			t.Errorf("pick(%v) = %d, want %d", c.share, got, c.want)
		}
	}
}

func TestSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "n")
		low := rapid.IntRange(1, 30).Draw(t, "low")
		first := split(open(rapid.Uint64().Draw(t, "seed"), forCities, 0, 0), n, func(s *stream) int { return low + s.below(20) })
		if first[0] != 0 || first[len(first)-1] != uint32(n) {
			t.Fatalf("%d things are split at %v", n, first)
		}
		for g := range len(first) - 1 {
			if size := int(first[g+1]) - int(first[g]); size < min(low, n) {
				t.Fatalf("group %d has %d of %d", g, size, n)
			}
		}
	})
}

func TestTexts(t *testing.T) {
	op := found(Options{Customers: 50}.withDefaults())
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int32Range(0, 90*86400-1).Draw(t, "at")
		want := op.o.Start.Add(time.Duration(at) * time.Second).Format(time.RFC3339)
		if got := string(op.moment(nil, at)); got != want {
			t.Fatalf("moment %d is %s, want %s", at, got, want)
		}
	})
	for _, c := range []struct{ got, want string }{
		{string(appendNumber(nil, 42, 8)), "00000042"},
		{string(appendNumber(nil, 99_999_999, 8)), "99999999"},
		{string(appendProduct(nil, 0)), "P00000"},
		{string(appendMoney(nil, 1999)), "19.99"},
		{string(appendMoney(nil, 5)), "0.05"},
		{string(appendCount(nil, -120)), "-120"},
		{string(appendCount(nil, 0)), "0"},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
	ids := map[string]bool{}
	for u := range uint32(50) {
		ids[string(op.appendCustomer(nil, u))] = true
	}
	if len(ids) != 50 || !ids["+99900000049"] || !ids["+99900000000"] {
		t.Errorf("the ids are %v", ids)
	}
}

func TestPlacesHaveNamesOfTheirOwn(t *testing.T) {
	cities, regions := map[string]bool{}, map[string]bool{}
	const n = 40_000
	for k := range uint32(n) {
		cities[string(appendCity(nil, k))] = true
		regions[string(appendRegion(nil, k))] = true
	}
	if len(cities) != n || len(regions) != n {
		t.Errorf("%d places have %d and %d names", n, len(cities), len(regions))
	}
}

func TestRhythmDrawsItsSlice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.IntRange(1, 24*60).Draw(t, "parts")
		part := rapid.IntRange(0, parts-1).Draw(t, "part")
		from, to := 86400*part/parts, 86400*(part+1)/parts
		r := rhythmOf(kind(rapid.IntRange(0, kinds-1).Draw(t, "kind")), rapid.IntRange(0, 6).Draw(t, "weekday"), from, to)
		last := from
		for i := range 100 {
			at := r.second(float64(i) / 100)
			if at < last || at >= to {
				t.Fatalf("second %d after %d is not in [%d, %d) or not in order", at, last, from, to)
			}
			last = at
		}
	})
	for k := range kinds {
		var week float64
		for d := range 7 {
			r := rhythmOf(kind(k), d, 0, 86400)
			week += r.weight
		}
		if math.Abs(week-7) > 1e-9 {
			t.Errorf("a week of kind %d weighs %v days", k, week)
		}
	}
}

func TestDurations(t *testing.T) {
	table := durations()
	if !slices.IsSorted(table[:]) || table[0] < 1 || table[4095] > 7200 || table[2048] < 74 || table[2048] > 76 {
		t.Errorf("durations run from %d over %d to %d", table[0], table[2048], table[4095])
	}
}

func TestBySecond(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		type row struct{ at, n int }
		var rows []row
		for i, at := range rapid.SliceOf(rapid.IntRange(5, 20)).Draw(t, "at") {
			rows = append(rows, row{at, i})
		}
		want := slices.Clone(rows)
		slices.SortStableFunc(want, func(a, b row) int { return a.at - b.at })
		got, _ := bySecond(make([]row, 3), rows, []uint32{9, 9}, 5, 21, func(r *row) int { return r.at })
		if !slices.Equal(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}
