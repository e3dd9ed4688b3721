package api

import (
	"cmp"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestForemostIsTheHeadOfTheSorted(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := rapid.SliceOfN(rapid.IntRange(0, 20), 0, 60).Draw(t, "keys")
		all := make([]uint32, len(keys))
		for i := range all {
			all[i] = uint32(i)
		}
		before := slices.Clone(all)
		compare := func(a, b uint32) int { return cmp.Or(cmp.Compare(keys[b], keys[a]), cmp.Compare(a, b)) }
		sorted := slices.SortedFunc(slices.Values(all), compare)
		n := rapid.IntRange(0, len(all)).Draw(t, "n")
		if got := foremost(all, n, compare); !slices.Equal(got, sorted[:n]) || !slices.Equal(all, before) {
			t.Fatalf("the first %d are %v instead of %v", n, got, sorted[:n])
		}
	})
}

// TestMembersFromTheFrontAndTheDepth: beyond fewForemost the order is the same.
func TestMembersFromTheFrontAndTheDepth(t *testing.T) {
	s := serving(t, func(o *Options) { o.Result = made(t, "r1", 1500, 1500, 12) })
	p := place{0, 0}
	snap := s.snapshot.Load()
	var ids []string
	cursor := ""
	for {
		items, next, err := snap.members(p, cursor, 500)
		if err != nil {
			t.Fatal(err)
		}
		for i, m := range items {
			if len(ids) > 0 && i > 0 && items[i-1].Risk < m.Risk {
				t.Errorf("%s of risk %g stands after %g", m.Customer, m.Risk, items[i-1].Risk)
			}
			ids = append(ids, m.Customer)
		}
		if next == nil {
			break
		}
		cursor = *next
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != 1500 {
		t.Errorf("%d different members", len(slices.Compact(ids)))
	}
}
