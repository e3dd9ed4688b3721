package identity

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// made lists the pairs that the rules make, in order, and counts how often a
// pair is made a second time.
func (b *blocking) made() (list [][2]uint32, again int) {
	seen := map[[2]uint32]bool{}
	for _, t := range b.tasks(3) {
		b.pairs(t, func(p, q uint32) {
			if seen[[2]uint32{p, q}] {
				again++
			}
			seen[[2]uint32{p, q}] = true
			list = append(list, [2]uint32{p, q})
		})
	}
	slices.SortFunc(list, func(a, b [2]uint32) int { return slices.Compare(a[:], b[:]) })
	return list, again
}

func mustBlock(t testing.TB, x *table, rules []Rule, budget int64) *blocking {
	t.Helper()
	b, err := x.block(context.Background(), rules, budget, 2)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sharedKey says by brute force whether two records share the keys of a rule.
func sharedKey(x *table, r Rule, p, q uint32) bool {
	for _, slotP := range r.slots(x) {
		for _, slotQ := range r.slots(x) {
			a, okA := keyOf(x, r, p, slotP)
			b, okB := keyOf(x, r, q, slotQ)
			if okA && okB && slices.Equal(a, b) {
				return true
			}
		}
	}
	return false
}

func (r Rule) slots(x *table) []int {
	out := []int{0}
	for len(out) < x.keyWidth(r.Keys) {
		out = append(out, len(out))
	}
	return out
}

// keyOf is what a record has under the keys of a rule, partners in byte order.
func keyOf(x *table, r Rule, rec uint32, slot int) (key []string, ok bool) {
	for _, k := range r.Keys {
		c := &x.columns[x.field(k.Field)]
		at := c.first
		if c.width > 1 {
			at += slot
		}
		part, ok := partOf(c.values.At(x.of(rec)[at]), k.Part)
		if !ok {
			return nil, false
		}
		key = append(key, part)
	}
	if len(r.Keys) == 2 && x.columns[x.field(r.Keys[0].Field)].partner == x.field(r.Keys[1].Field) && r.Keys[0].Part == r.Keys[1].Part {
		slices.Sort(key)
	}
	return key, true
}

// With room for all of them, the pairs are those that share a rule's keys, each
// once, and the report adds up.
func TestRulesMakeEveryPairOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawnRecords(t)
		phones, err := NewPhoneReader("GB")
		if err != nil {
			t.Fatal(err)
		}
		x, err := newTable(t.Context(), r, text{phones: phones}, 1)
		if err != nil {
			t.Fatal(err)
		}
		rules := []Rule{
			{Keys: []Key{{Field: "phone"}}},
			{Keys: []Key{{Field: "phone", Part: Start}}}, // which several numbers of a record may share
			{Keys: []Key{{Field: "given"}, {Field: "surname"}}},
			{Keys: []Key{{Field: "born", Part: Year}, {Field: "surname", Part: Sound}}},
			{Keys: []Key{{Field: "given", Part: Initial}, {Field: "phone"}}},
			{Keys: []Key{{Field: "surname", Part: Start}, {Field: "born", Part: Day}}},
		}
		b, err := x.block(t.Context(), rules, 1<<40, 3)
		if err != nil {
			t.Fatal(err)
		}
		var want [][2]uint32
		for p := range uint32(x.n) {
			for q := p + 1; q < uint32(x.n); q++ {
				if slices.ContainsFunc(rules, func(r Rule) bool { return sharedKey(x, r, p, q) }) {
					want = append(want, [2]uint32{p, q})
				}
			}
		}
		got, again := b.made()
		if diff := cmp.Diff(want, got); diff != "" || again > 0 {
			t.Fatalf("%d pairs were made twice (-want +got):\n%s", again, diff)
		}
	})
}

// Whatever the budget and the skew, the rules make no more pairs than it has.
func TestBudgetHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 200).Draw(t, "records")
		r := Records{Fields: []Field{{Name: "surname", Kind: Surname, Columns: [][]string{nil}}, {Name: "given", Kind: GivenName, Columns: [][]string{nil}}, {Name: "born", Kind: BirthDate, Columns: [][]string{nil}}}}
		for i := range n {
			r.IDs = append(r.IDs, fmt.Sprint(i))
			r.Fields[0].Columns[0] = append(r.Fields[0].Columns[0], rapid.SampledFrom([]string{"smith", "smith", "smith", "smith", "jones", "lang", fmt.Sprint("s", i)}).Draw(t, "surname"))
			r.Fields[1].Columns[0] = append(r.Fields[1].Columns[0], rapid.SampledFrom([]string{"", "ann", "bob", "zoe"}).Draw(t, "given"))
			r.Fields[2].Columns[0] = append(r.Fields[2].Columns[0], fmt.Sprintf("19%02d-01-01", rapid.IntRange(10, 14).Draw(t, "year")))
		}
		phones, err := NewPhoneReader("")
		if err != nil {
			t.Fatal(err)
		}
		x, err := newTable(t.Context(), r, text{phones: phones}, 1)
		if err != nil {
			t.Fatal(err)
		}
		budget := int64(rapid.IntRange(0, 5000).Draw(t, "budget"))
		b, err := x.block(t.Context(), DefaultRules(r.Fields), budget, 2)
		if err != nil {
			t.Fatal(err)
		}
		list, again := b.made()
		if int64(len(list)) > budget || again > 0 {
			t.Fatalf("%d pairs of a budget of %d, %d of them twice", len(list), budget, again)
		}
		for i, rep := range b.report {
			sum := int64(0)
			blocks := &b.of[i]
			for k := 1; k < len(blocks.starts); k++ {
				members := blocks.members[blocks.starts[k-1]:blocks.starts[k]]
				sum += pairsOf(len(members))
				if !slices.IsSorted(members) {
					t.Fatalf("rule %q: the members of a block are not in order: %v", rep.Rule, members)
				}
			}
			if sum != rep.Pairs {
				t.Fatalf("rule %q reports %d pairs and makes %d", rep.Rule, rep.Pairs, sum)
			}
		}
	})
}

// A thousand records of a call centre share a number: its block is cut up by
// year of birth, and where that does not help it is dropped; both are told. The
// other blocks are whole.
func TestSkewedKeyIsRefinedAndReported(t *testing.T) {
	r := Records{Fields: []Field{{Name: "phone", Kind: Phone, Columns: [][]string{nil}}, {Name: "born", Kind: BirthDate, Columns: [][]string{nil}}}}
	add := func(phone, born string) {
		r.IDs = append(r.IDs, fmt.Sprintf("r%05d", len(r.IDs)))
		r.Fields[0].Columns[0] = append(r.Fields[0].Columns[0], phone)
		r.Fields[1].Columns[0] = append(r.Fields[1].Columns[0], born)
	}
	for i := range 600 { // six of each year
		add("02079460000", fmt.Sprintf("%d-01-%02d", 1900+i%100, 1+i/100))
	}
	for range 400 { // and four hundred of one
		add("02079460000", "1850-01-01")
	}
	for i := range 1000 { // five hundred pairs
		add(fmt.Sprintf("0207946%04d", 1000+i/2), "")
	}
	x := mustTable(t, r)
	rule := Rule{Keys: []Key{{Field: "phone"}}, Refine: []Key{{Field: "born", Part: Year}}}
	b := mustBlock(t, x, []Rule{rule}, 5000)
	got := b.report[0]
	want := RuleReport{Rule: rule, Pairs: 500 + 100*15,
		Refined: []KeyReport{{"+442079460000", 1000, 499500}}, RefinedKeys: 1,
		Dropped: []KeyReport{{"+442079460000 · 1850", 400, 79800}}, DroppedKeys: 1, DroppedPairs: 79800}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if list, _ := b.made(); len(list) != 2000 {
		t.Errorf("%d pairs; want 2000", len(list))
	}
}

func TestBadRules(t *testing.T) {
	x := mustTable(t, Records{IDs: []string{"a"}, Fields: []Field{
		{Name: "a", Kind: Phone, Columns: [][]string{{"1"}, {"2"}}}, {Name: "b", Kind: Phone, Columns: [][]string{{"1"}, {"2"}}}}})
	for name, r := range map[string]Rule{
		"no keys":       {},
		"unknown field": {Keys: []Key{{Field: "c"}}},
		"two wide keys": {Keys: []Key{{Field: "a"}, {Field: "b"}}},
		"wide refining": {Keys: []Key{{Field: "a"}}, Refine: []Key{{Field: "b"}}},
	} {
		if _, err := x.block(context.Background(), []Rule{r}, 10, 1); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
