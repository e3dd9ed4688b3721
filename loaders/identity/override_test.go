package identity

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Merging and splitting are each other's undoing.
func TestMergeAndSplit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids, links := drawnLinks(t)
		over := drawnOverrides(t, ids)
		group := func(o Overrides) *Clusters {
			c, err := Group(context.Background(), ids, links, o, Grouping{})
			if err != nil {
				t.Skip("overrides contradict each other")
			}
			return c
		}
		before := group(over)
		if before.Len() < 2 {
			return
		}
		k := uint32(rapid.IntRange(1, before.Len()-1).Draw(t, "cluster"))
		j := uint32(rapid.IntRange(0, int(k)-1).Draw(t, "other"))
		merged, err := before.Merge(over, before.ID(j), before.ID(k))
		if err != nil {
			t.Fatal(err)
		}
		after := group(merged)
		for _, r := range append(slices.Clone(before.MembersOf(j)), before.MembersOf(k)...) {
			if after.Of[r] != after.Of[before.MembersOf(j)[0]] {
				t.Fatalf("after merging %q and %q: %v", before.ID(j), before.ID(k), groups(after))
			}
		}
		var leaving []string
		for _, r := range before.MembersOf(k) {
			leaving = append(leaving, ids.At(r))
		}
		from := after.Of[before.MembersOf(k)[0]]
		if len(after.MembersOf(from)) == len(leaving) {
			t.Fatal("nothing was merged")
		}
		split, err := after.Split(merged, leaving...)
		if err != nil {
			t.Fatal(err)
		}
		again := group(split)
		for _, k := range []uint32{j, k} {
			for _, r := range before.MembersOf(k) {
				if again.Of[r] != again.Of[before.MembersOf(k)[0]] {
					t.Fatalf("after the split %q and its like have come apart: %v, before %v", ids.At(r), groups(again), groups(before))
				}
			}
		}
		for _, r := range before.MembersOf(k) {
			for _, s := range after.MembersOf(from) {
				if before.Of[s] != k && again.Of[r] == again.Of[s] {
					t.Fatalf("after the split %q and %q are still together: %v", ids.At(r), ids.At(s), groups(again))
				}
			}
		}
	})
}

func TestMergeAndSplitRefuse(t *testing.T) {
	ids, links := linked(map[string]float64{"ab": .99, "bc": .99, "de": .99})
	c, err := Group(context.Background(), ids, links, Overrides{}, Grouping{})
	if err != nil {
		t.Fatal(err)
	}
	for name, do := range map[string]func() (Overrides, error){
		"merge of one":             func() (Overrides, error) { return c.Merge(Overrides{}, "a", "a") },
		"merge of a stranger":      func() (Overrides, error) { return c.Merge(Overrides{}, "a", "z") },
		"split of nobody":          func() (Overrides, error) { return c.Split(Overrides{}) },
		"split of all":             func() (Overrides, error) { return c.Split(Overrides{}, "d", "e") },
		"split across two persons": func() (Overrides, error) { return c.Split(Overrides{}, "a", "d") },
	} {
		if _, err := do(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	o, err := c.Split(Overrides{}, "c")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Overrides{Together: []Pair{}, Apart: []Pair{{"a", "c"}, {"b", "c"}}}, o); diff != "" {
		t.Errorf("overrides of a split (-want +got):\n%s", diff)
	}
}
