package identity

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

// linked makes links of pairs of one-letter records with probabilities.
func linked(list map[string]float64) (*graph.Names, *Links) {
	var names []string
	for pair := range list {
		for i := range pair {
			if s := pair[i : i+1]; !slices.Contains(names, s) {
				names = append(names, s)
			}
		}
	}
	slices.Sort(names)
	ids := graph.NamesOf(names)
	var all []link
	for pair, p := range list {
		a, _ := ids.Find(pair[:1])
		b, _ := ids.Find(pair[1:])
		all = append(all, link{uint64(min(a, b))<<32 | uint64(max(a, b)), Weight(p)})
	}
	sortLinks(all)
	l := &Links{}
	for _, x := range all {
		l.A, l.B, l.Weight = append(l.A, uint32(x.pair>>32)), append(l.B, uint32(x.pair)), append(l.Weight, x.weight)
	}
	return ids, l
}

// groups are the clusters as texts.
func groups(c *Clusters) []string {
	var out []string
	for k := range uint32(c.Len()) {
		s := ""
		for _, r := range c.MembersOf(k) {
			s += c.IDs.At(r)
		}
		out = append(out, s)
	}
	return out
}

func TestGroup(t *testing.T) {
	triangles := map[string]float64{"ab": .99, "bc": .99, "ac": .99, "de": .99, "ef": .99, "df": .99, "cd": .95}
	with := func(more map[string]float64) map[string]float64 {
		all := map[string]float64{}
		for k, v := range triangles {
			all[k] = v
		}
		for k, v := range more {
			all[k] = v
		}
		return all
	}
	for _, c := range []struct {
		name  string
		links map[string]float64
		over  Overrides
		opt   Grouping
		want  []string
		fates map[string]Fate // those besides Merged
	}{
		{name: "nothing"},
		{name: "chain", links: map[string]float64{"ab": .95, "bc": .95, "cd": .6}, want: []string{"abc", "d"}, fates: map[string]Fate{"cd": Review}},
		{name: "bridge", links: triangles, want: []string{"abc", "def"}, fates: map[string]Fate{"cd": CutAtBridge}},
		{name: "strong bridge", links: with(map[string]float64{"cd": .9995}), want: []string{"abcdef"}},
		{name: "bridge with support under review", links: with(map[string]float64{"be": .6}), want: []string{"abcdef"}, fates: map[string]Fate{"be": Review}},
		{name: "bridge to one record", links: map[string]float64{"ab": .99, "bc": .99, "ac": .99, "cd": .95}, want: []string{"abcd"}},
		{name: "size", links: map[string]float64{"ab": .99, "bc": .98, "cd": .97, "de": .96}, opt: Grouping{MaxRecords: 3}, want: []string{"abc", "de"}, fates: map[string]Fate{"cd": CutForSize}},
		{name: "apart", links: map[string]float64{"ab": .99, "bc": .95}, over: Overrides{Apart: []Pair{{"c", "a"}}}, want: []string{"ab", "c"}, fates: map[string]Fate{"bc": CutByOverride}},
		{name: "both sides of a link are put apart from others", links: map[string]float64{"ab": .99, "ac": .95, "bd": .93}, over: Overrides{Apart: []Pair{{"a", "c"}, {"b", "d"}}},
			want: []string{"ab", "c", "d"}, fates: map[string]Fate{"ac": CutByOverride, "bd": CutByOverride}},
		{name: "apart of a pair", links: map[string]float64{"ab": .99}, over: Overrides{Apart: []Pair{{"a", "b"}}}, want: []string{"a", "b"}, fates: map[string]Fate{"ab": CutByOverride}},
		{name: "together", links: map[string]float64{"ab": .99, "cd": .99}, over: Overrides{Together: []Pair{{"d", "a"}}}, want: []string{"abcd"}},
		{name: "together beyond the size", links: map[string]float64{"ab": .99, "cd": .99}, over: Overrides{Together: []Pair{{"d", "a"}, {"a", "c"}}}, opt: Grouping{MaxRecords: 2}, want: []string{"acd", "b"}, fates: map[string]Fate{"ab": CutForSize}},
		{name: "a gone record", links: map[string]float64{"ab": .99}, over: Overrides{Apart: []Pair{{"a", "z"}}, Together: []Pair{{"y", "a"}}}, want: []string{"ab"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ids, links := linked(c.links)
			got, err := Group(context.Background(), ids, links, c.over, c.opt)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, groups(got)); diff != "" {
				t.Errorf("clusters (-want +got):\n%s", diff)
			}
			for i, fate := range got.Fates {
				pair := ids.At(links.A[i]) + ids.At(links.B[i])
				want, ok := c.fates[pair]
				if !ok {
					want = Merged
				}
				if fate != want {
					t.Errorf("link %s was %s; want %s", pair, fate, want)
				}
			}
		})
	}
}

func TestGroupRefuses(t *testing.T) {
	ids, links := linked(map[string]float64{"ab": .99, "bc": .99})
	for name, c := range map[string]struct {
		over Overrides
		opt  Grouping
	}{
		"contradiction":   {over: Overrides{Together: []Pair{{"a", "b"}, {"b", "c"}}, Apart: []Pair{{"a", "c"}}}},
		"threshold":       {opt: Grouping{Merge: 1}},
		"weak bridge":     {opt: Grouping{Merge: .9, Bridge: .8}},
		"negative size":   {opt: Grouping{MaxRecords: -1}},
		"not a threshold": {opt: Grouping{Merge: math.NaN()}},
	} {
		if _, err := Group(context.Background(), ids, links, c.over, c.opt); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Group(ctx, ids, links, Overrides{}, Grouping{}); err == nil {
		t.Error("a context that has ended: accepted")
	}
}

// drawnLinks draws links among few records.
func drawnLinks(t *rapid.T) (*graph.Names, *Links) {
	letters := "abcdefghijklmn"
	n := rapid.IntRange(1, len(letters)).Draw(t, "records")
	ids := graph.NamesOf(nil)
	for i := range n {
		ids.Append(letters[i : i+1])
	}
	l := &Links{}
	for a := range uint32(n) {
		for b := a + 1; b < uint32(n); b++ {
			if rapid.IntRange(0, 4).Draw(t, "linked") == 0 {
				l.A, l.B = append(l.A, a), append(l.B, b)
				l.Weight = append(l.Weight, Weight(rapid.SampledFrom([]float64{.5, .7, .9, .93, .97, .9999}).Draw(t, "probability")))
			}
		}
	}
	return ids, l
}

func drawnOverrides(t *rapid.T, ids *graph.Names) Overrides {
	draw := func(name string, most int) (out []Pair) {
		for range rapid.IntRange(0, most).Draw(t, name) {
			pick := rapid.IntRange(0, ids.Len()-1)
			out = append(out, Pair{ids.At(uint32(pick.Draw(t, "a"))), ids.At(uint32(pick.Draw(t, "b")))})
		}
		return out
	}
	return Overrides{Together: draw("together", 2), Apart: draw("apart", 4)}
}

// The verifier: whatever the links and the overrides, clusters are what Group
// promises.
func TestGroupLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids, links := drawnLinks(t)
		over := drawnOverrides(t, ids)
		opt := Grouping{MaxRecords: rapid.IntRange(1, 8).Draw(t, "size")}
		c, err := Group(context.Background(), ids, links, over, opt)
		if err != nil {
			return // overrides contradict each other
		}
		seen := make([]int, ids.Len())
		for k := range uint32(c.Len()) {
			members := c.MembersOf(k)
			if !slices.IsSorted(members) || k > 0 && c.MembersOf(k - 1)[0] >= members[0] {
				t.Fatalf("clusters are not in order: %v", groups(c))
			}
			for _, r := range members {
				seen[r]++
				if c.Of[r] != k {
					t.Fatalf("record %d is in cluster %d and in %d", r, k, c.Of[r])
				}
			}
		}
		if slices.ContainsFunc(seen, func(n int) bool { return n != 1 }) {
			t.Fatalf("records are in so many clusters: %v", seen)
		}
		// Merged links and overrides connect each cluster, and nothing else.
		f := newForest(ids.Len())
		for i, fate := range c.Fates {
			if fate == Merged {
				if links.Weight[i] < Weight(.9) {
					t.Fatalf("a link of probability %v was merged", Probability(links.Weight[i]))
				}
				f.join(links.A[i], links.B[i])
			} else if links.Weight[i] >= Weight(.9) != (fate != Review) {
				t.Fatalf("a link of probability %v was %s", Probability(links.Weight[i]), fate)
			}
		}
		forced := newForest(ids.Len())
		for _, p := range numbered(ids, over.Together) {
			f.join(p[0], p[1])
			forced.join(p[0], p[1])
		}
		for p := range uint32(ids.Len()) {
			for q := range p {
				if (f.root(p) == f.root(q)) != (c.Of[p] == c.Of[q]) {
					t.Fatalf("records %d and %d: connected %t, in one cluster %t", q, p, f.root(p) == f.root(q), c.Of[p] == c.Of[q])
				}
			}
		}
		for _, p := range numbered(ids, over.Apart) {
			if c.Of[p[0]] == c.Of[p[1]] {
				t.Fatalf("records %v are put apart and in one cluster", p)
			}
		}
		for k := range uint32(c.Len()) {
			largest := uint32(0)
			for _, r := range c.MembersOf(k) {
				largest = max(largest, forced.size[forced.root(r)])
			}
			if n := len(c.MembersOf(k)); n > opt.MaxRecords && n > int(largest) {
				t.Fatalf("a cluster has %d records, at most %d are allowed and %d forced", n, opt.MaxRecords, largest)
			}
		}
		other := Overrides{slices.Clone(over.Together), slices.Clone(over.Apart)}
		slices.Reverse(other.Together)
		slices.Reverse(other.Apart)
		c2, err := Group(context.Background(), ids, links, other, opt)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(groups(c), groups(c2)); diff != "" {
			t.Fatalf("with overrides in another order (-want +got):\n%s", diff)
		}
	})
}

// Without overrides, and with room for all, clusters are the components of the
// graph of strong links, but for bridges; those are found by leaving each link out.
func TestBridgesAgainstBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids, links := drawnLinks(t)
		n := ids.Len()
		c, err := Group(context.Background(), ids, links, Overrides{}, Grouping{})
		if err != nil {
			t.Fatal(err)
		}
		merge, strong := Weight(.9), Weight(.999)
		rough := newForest(n)
		for i, w := range links.Weight {
			if w >= merge {
				rough.join(links.A[i], links.B[i])
			}
		}
		want := newForest(n)
		for i, w := range links.Weight {
			if w < merge {
				continue
			}
			without := newForest(n)
			for j := range links.Weight {
				if j != i && rough.root(links.A[j]) == rough.root(links.B[j]) {
					without.join(links.A[j], links.B[j])
				}
			}
			a, b := without.root(links.A[i]), without.root(links.B[i])
			cut := a != b && w < strong && without.size[a] >= 2 && without.size[b] >= 2
			if cut != (c.Fates[i] == CutAtBridge) {
				t.Fatalf("link %d-%d was %s; to be cut: %t", links.A[i], links.B[i], c.Fates[i], cut)
			}
			if !cut {
				want.join(links.A[i], links.B[i])
			}
		}
		w := &Clusters{IDs: ids}
		w.number(&want)
		if diff := cmp.Diff(groups(w), groups(c)); diff != "" {
			t.Fatalf("clusters (-want +got):\n%s", diff)
		}
	})
}

func BenchmarkGroup(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	const n = 1_000_000
	ids := graph.NamesOf(nil)
	for i := range n {
		ids.Append(string([]byte{byte(i >> 16), byte(i >> 8), byte(i)}))
	}
	var all []link
	for range n / 3 {
		p := r.Uint32N(n - 4)
		all = append(all, link{uint64(p)<<32 | uint64(p+1+r.Uint32N(3)), Weight(.5 + .499*r.Float64())})
	}
	sortLinks(all)
	l := &Links{}
	for i, x := range all {
		if i == 0 || all[i-1].pair != x.pair {
			l.A, l.B, l.Weight = append(l.A, uint32(x.pair>>32)), append(l.B, uint32(x.pair)), append(l.Weight, x.weight)
		}
	}
	for b.Loop() {
		if _, err := Group(context.Background(), ids, l, Overrides{}, Grouping{}); err != nil {
			b.Fatal(err)
		}
	}
}
