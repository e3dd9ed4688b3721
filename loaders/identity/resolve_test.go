package identity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/loaders/identity"
)

// Another spelling of the same values changes nothing.
func TestSpelling(t *testing.T) {
	s := madeUp(400, 6)
	want := s.resolve(t, identity.Options{})
	other := s.records
	other.Fields = slices.Clone(s.records.Fields)
	for f := range other.Fields {
		var values []string
		for _, v := range other.Fields[f].Columns[0] {
			switch kind := other.Fields[f].Kind; {
			case v == "":
			case kind == identity.Phone && v[0] == '0':
				v = "+44 (0)" + v[1:5] + " " + v[5:]
			case kind == identity.Phone:
			case kind == identity.BirthDate:
				if _, ok := identity.Date(v, false); ok {
					v = v[8:] + "/" + v[5:7] + "/" + v[:4]
				}
			case kind == identity.Email:
				v = "<" + v + ">"
			default:
				v = " " + string(bytes.ToUpper([]byte(v))) + "."
			}
			values = append(values, v)
		}
		other.Fields[f].Columns = [][]string{values}
	}
	got := set{records: other}.resolve(t, identity.Options{})
	if diff := cmp.Diff(want.Of, got.Of); diff != "" {
		t.Errorf("clusters (-want +got):\n%s", diff)
	}
}

func TestOddRecords(t *testing.T) {
	name := func(values ...string) identity.Records {
		r := identity.Records{Fields: []identity.Field{field("name", identity.FullName, values)}}
		for i := range values {
			r.IDs = append(r.IDs, fmt.Sprint(i))
		}
		return r
	}
	many := make([]string, 300)
	for i := range many {
		many[i] = "John Smith"
	}
	for _, c := range []struct {
		name    string
		records identity.Records
		people  int
	}{
		{"none", name(), 0},
		{"one", name("Ann"), 1},
		{"nothing known", name("", "", ""), 3},
		{"all alike", name(many...), 300}, // one name is no evidence where all have it
		{"no two alike", name("ann", "bob", "zoe"), 3},
	} {
		r, err := identity.Resolve(t.Context(), c.records, identity.Options{})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if r.Len() != c.people {
			t.Errorf("%s: %d people; want %d", c.name, r.Len(), c.people)
		}
		for _, w := range r.Links.Weight {
			if math.IsNaN(w) {
				t.Errorf("%s: a weight is no number", c.name)
			}
		}
	}
}

func TestResolveRefuses(t *testing.T) {
	good := identity.Records{IDs: []string{"a", "b"}, Fields: []identity.Field{field("name", identity.FullName, []string{"x", "y"})}}
	given := identity.Model{Lambda: .1, Fields: []identity.FieldModel{{Name: "other", Kind: identity.FullName}}}
	for name, c := range map[string]struct {
		change func(r *identity.Records)
		opt    identity.Options
	}{
		"no fields":            {change: func(r *identity.Records) { r.Fields = nil }},
		"an id twice":          {change: func(r *identity.Records) { r.IDs = []string{"a", "a"} }},
		"a nameless field":     {change: func(r *identity.Records) { r.Fields[0].Name = "" }},
		"two of one name":      {change: func(r *identity.Records) { r.Fields = append(r.Fields, r.Fields[0]) }},
		"no column":            {change: func(r *identity.Records) { r.Fields[0].Columns = nil }},
		"a short column":       {change: func(r *identity.Records) { r.Fields[0].Columns = [][]string{{"x"}} }},
		"mistaken for nothing": {change: func(r *identity.Records) { r.Fields[0].Mistaken = "zip" }},
		"no such region":       {opt: identity.Options{Region: "XX"}},
		"review above merge":   {opt: identity.Options{Review: .95}},
		"another's model":      {opt: identity.Options{Model: &given}},
		"a rule of no field":   {opt: identity.Options{Rules: []identity.Rule{{Keys: []identity.Key{{Field: "zip"}}}}}},
	} {
		r := good
		r.Fields = slices.Clone(good.Fields)
		if c.change != nil {
			c.change(&r)
		}
		if _, err := identity.Resolve(t.Context(), r, c.opt); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := identity.Resolve(ctx, good, identity.Options{}); err == nil {
		t.Error("a context that has ended: accepted")
	}
}

// A model that was learned, written down and read back weighs pairs the same.
func TestModelIsData(t *testing.T) {
	s := madeUp(400, 7)
	want := s.resolve(t, identity.Options{})
	text, err := json.Marshal(want.Model)
	if err != nil {
		t.Fatal(err)
	}
	var m identity.Model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	got := s.resolve(t, identity.Options{Model: &m})
	if diff := cmp.Diff(want.Links, got.Links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
}

// Every link is explained by weights that add up to it, to the bit, and a pair
// that is no link would not have been one.
func TestEvidenceAddsUp(t *testing.T) {
	r := madeUp(400, 8).resolve(t, identity.Options{})
	if r.Links.Len() == 0 {
		t.Fatal("there are no links")
	}
	check := func(e *identity.Evidence) {
		sum := e.Prior
		for _, f := range e.Fields {
			sum += f.Weight
			if f.Level == identity.Missing && f.Weight != 0 {
				t.Errorf("%s, which is missing, weighs %v", f.Field, f.Weight)
			}
			if f.Level != identity.Missing && math.Abs(f.Weight-math.Log2(f.M/f.U)) > 1e-12 {
				t.Errorf("%s weighs %v; log2(%v/%v) is %v", f.Field, f.Weight, f.M, f.U, math.Log2(f.M/f.U))
			}
		}
		if sum-e.Doubled != e.Weight || identity.Probability(e.Weight) != e.Probability {
			t.Errorf("%s and %s: %v less %v is not %v", e.A, e.B, sum, e.Doubled, e.Weight)
		}
	}
	for i := range r.Links.A {
		e := r.Evidence(i)
		check(e)
		if e.Weight != r.Links.Weight[i] || !e.Linked || e.Fate != r.Fates[i] {
			t.Fatalf("link %d weighs %v; its evidence %v", i, r.Links.Weight[i], e.Weight)
		}
		if e.Fate == identity.Merged && !e.SamePerson {
			t.Fatalf("%s and %s are merged by their link and two people", e.A, e.B)
		}
	}
	e, err := r.Explain(r.IDs.At(1), r.IDs.At(0))
	if err != nil {
		t.Fatal(err)
	}
	check(e)
	if e.A != r.IDs.At(0) {
		t.Errorf("the first of the two is %s", e.A)
	}
	for _, pair := range [][2]string{{"r0000000", "r0000000"}, {"r0000000", "x"}, {"x", "r0000000"}} {
		if _, err := r.Explain(pair[0], pair[1]); err == nil {
			t.Errorf("%v was explained", pair)
		}
	}
}

// What somebody decided holds in the next run too, and can be taken back.
func TestOverridesHold(t *testing.T) {
	s := madeUp(400, 10)
	r := s.resolve(t, identity.Options{})
	var k uint32
	for len(r.MembersOf(k)) < 2 {
		k++
	}
	a, b := r.MembersOf(k)[0], r.MembersOf(k)[1]
	o, err := r.Split(identity.Overrides{}, r.IDs.At(b))
	if err != nil {
		t.Fatal(err)
	}
	again := s.resolve(t, identity.Options{Overrides: o})
	if again.Of[a] == again.Of[b] {
		t.Errorf("%s and %s are one person after a split", r.IDs.At(a), r.IDs.At(b))
	}
	regrouped := regroup(t, r, o)
	if diff := cmp.Diff([]any{again.Of, again.Fates}, []any{regrouped.Of, regrouped.Fates}); diff != "" {
		t.Errorf("grouping the links again and resolving again differ (-resolved +grouped):\n%s", diff)
	}
	back, err := regrouped.Merge(o, r.IDs.At(a), r.IDs.At(b))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r.Of, regroup(t, r, back).Of); diff != "" {
		t.Errorf("after undoing the split (-want +got):\n%s", diff)
	}
}

// regroup has the clusters of the links of a result under other overrides.
func regroup(t *testing.T, r *identity.Result, o identity.Overrides) *identity.Clusters {
	t.Helper()
	c, err := identity.Group(t.Context(), r.IDs, r.Links, o, identity.Grouping{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Those who live together are kept apart and may be doubted, not merged: a couple,
// their twins, and a telephone that all four give.
func TestFamilyIsNotOnePerson(t *testing.T) {
	s := madeUp(600, 11)
	add := func(id, person, given, surname, born, phone, email, street, city string) {
		s.records.IDs = append(s.records.IDs, id)
		s.person[id] = person
		for f, v := range []string{given, surname, born, phone, email, street, city} {
			s.records.Fields[f].Columns[0] = append(s.records.Fields[f].Columns[0], v)
		}
	}
	const phone, street, city = "020 7946 0958", "7 Primrose Hill", "Wexbridge"
	add("x1", "father", "Gareth", "Ollerenshaw", "1961-02-03", phone, "", street, city)
	add("x2", "mother", "Imogen", "Ollerenshaw", "1964-07-30", phone, "", street, city)
	add("x3", "twin", "Barnaby", "Ollerenshaw", "1995-05-05", phone, "", street, city)
	add("x4", "other twin", "Cordelia", "Ollerenshaw", "1995-05-05", phone, "", street, city)
	add("x5", "father", "Garteh", "Ollerenshaw", "1961-02-03", phone, "", street, city)
	r := s.resolve(t, identity.Options{})
	for _, c := range []struct {
		a, b   string
		same   bool
		double string
	}{{"x1", "x5", true, ""}, {"x1", "x2", false, identity.Household}, {"x2", "x3", false, identity.Household}, {"x3", "x4", false, identity.Household}} {
		e, err := r.Explain(c.a, c.b)
		if err != nil {
			t.Fatal(err)
		}
		if e.SamePerson != c.same || c.double != "" && e.Double != c.double {
			t.Errorf("%s and %s: one person %t, double %q; want %t, %q\n%+v", c.a, c.b, e.SamePerson, e.Double, c.same, c.double, e)
		}
	}
	plain := s.resolve(t, identity.Options{Independent: true})
	if e, err := plain.Explain("x1", "x2"); err != nil || !e.SamePerson {
		t.Errorf("without doubles the couple is one person: %v; this test would not notice if doubles did nothing", err)
	}
}

func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := madeUp(n, 1)
			b.ReportAllocs()
			for b.Loop() {
				s.resolve(b, identity.Options{})
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "records/s")
		})
	}
}
