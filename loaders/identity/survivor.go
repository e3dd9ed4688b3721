package identity

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Survival is a rule by which one of several values stands for a person.
type Survival uint8

// The rules. Where two values are equal by the rule, the one that more records
// have goes first, then the newer, then the longer, then byte order.
const (
	// Usual is Newest for what people change (telephone, e-mail, address)
	// and MostFrequent for the rest.
	Usual Survival = iota
	// MostFrequent takes what most records have.
	MostFrequent
	// Newest takes what was seen last.
	Newest
	// Longest takes the longest text in normal form.
	Longest
	// Trusted takes the value of the source that stands first in a list.
	Trusted
)

// String is the rule in words.
func (s Survival) String() string {
	switch s {
	case Usual:
		return "usual"
	case MostFrequent:
		return "most frequent"
	case Newest:
		return "newest"
	case Longest:
		return "longest"
	case Trusted:
		return "most trusted source"
	}
	return "unknown rule"
}

// SurvivalRule says which value of a field survives.
type SurvivalRule struct {
	Field string
	Rule  Survival
	// Sources are in order of trust, for Trusted; others come last.
	Sources []string
}

// Survivor is the value that stands for a person in a field, with all that it
// stands before. Nothing is thrown away.
type Survivor struct {
	Field string
	Kind  Kind
	Rule  Survival // never Usual
	// Values has the survivor first, then the others by the same rule; none
	// when no record has the field.
	Values []Variant
}

// Variant is a value that records of a person have.
type Variant struct {
	// Value as it is written most often, and Normal, its normal form.
	Value, Normal string
	// Records have it, by id; Sources are theirs, each once, in byte order.
	Records, Sources []string
	// First and Last are when it was seen, 0 when unknown.
	First, Last int64
}

// Survivors gives the values that stand for a person, in the order of the fields.
// A field of several columns has the values of all of them. Values that are the
// same in normal form are one, written as most of its records write it (then the
// newest, the longest, byte order).
func (r *Result) Survivors(cluster uint32, rules ...SurvivalRule) ([]Survivor, error) {
	by := make([]SurvivalRule, len(r.table.columns))
	for _, rule := range rules {
		f := r.table.field(rule.Field)
		if f < 0 {
			return nil, fmt.Errorf("identity: a rule of survival names a field %q that there is not", rule.Field)
		}
		by[f] = rule
	}
	var out []Survivor
	for f := range r.table.columns {
		c := &r.table.columns[f]
		rule := by[f]
		if rule.Rule == Usual {
			rule.Rule = MostFrequent
			switch c.Kind {
			case Phone, Email, Street, Postcode, City, Code:
				rule.Rule = Newest
			}
		}
		values := r.variants(f, cluster)
		slices.SortStableFunc(values, func(a, b Variant) int { return rule.compare(&a, &b) })
		out = append(out, Survivor{Field: c.Name, Kind: c.Kind, Rule: rule.Rule, Values: values})
	}
	return out, nil
}

// compare is negative when a goes before b.
func (rule SurvivalRule) compare(a, b *Variant) int {
	frequent := cmp.Compare(len(b.Records), len(a.Records))
	newest := cmp.Compare(b.Last, a.Last)
	longest := cmp.Compare(len(b.Normal), len(a.Normal))
	first := 0
	switch rule.Rule {
	case Newest:
		first = newest
	case Longest:
		first = longest
	case Trusted:
		first = cmp.Compare(rule.trust(a), rule.trust(b))
	}
	return cmp.Or(first, frequent, newest, longest, cmp.Compare(a.Normal, b.Normal))
}

// trust is the place of a value's best source.
func (rule SurvivalRule) trust(v *Variant) int {
	best := len(rule.Sources)
	for _, s := range v.Sources {
		if at := slices.Index(rule.Sources, s); at >= 0 {
			best = min(best, at)
		}
	}
	return best
}

// variants are the values of a person in a field, in byte order of their normal
// forms.
func (r *Result) variants(f int, cluster uint32) []Variant {
	c := &r.table.columns[f]
	type had struct {
		value, record uint32
		raw           string
	}
	var all []had
	for _, rec := range r.MembersOf(cluster) {
		row := r.table.row[rec]
		for k, v := range r.table.of(rec)[c.first : c.first+c.width] {
			if v != 0 {
				all = append(all, had{v, rec, strings.TrimSpace(c.Columns[k][row])})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b had) int { return cmp.Compare(a.value, b.value) })
	var out []Variant
	for from := 0; from < len(all); {
		to := from
		v := Variant{Normal: c.values.At(all[from].value)}
		var raws []rawForm
		for ; to < len(all) && all[to].value == all[from].value; to++ {
			seen, source := r.seen(all[to].record)
			v.Records = append(v.Records, r.IDs.At(all[to].record))
			if source != "" && !slices.Contains(v.Sources, source) {
				v.Sources = append(v.Sources, source)
			}
			v.First, v.Last = widen(v.First, v.Last, seen)
			at := slices.IndexFunc(raws, func(w rawForm) bool { return w.text == all[to].raw })
			if at < 0 {
				at = len(raws)
				raws = append(raws, rawForm{text: all[to].raw})
			}
			raws[at].n++
			raws[at].last = max(raws[at].last, seen)
		}
		slices.Sort(v.Sources)
		v.Value = slices.MinFunc(raws, compareRaw).text
		out = append(out, v)
		from = to
	}
	return out
}

// rawForm is a way of writing a value.
type rawForm struct {
	text string
	n    int
	last int64
}

func compareRaw(a, b rawForm) int {
	return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(b.last, a.last), cmp.Compare(len(b.text), len(a.text)), cmp.Compare(a.text, b.text))
}

// seen is when and where a record was seen.
func (r *Result) seen(record uint32) (at int64, source string) {
	row := r.table.row[record]
	if r.records.Seen != nil {
		at = r.records.Seen[row]
	}
	if r.records.Source != nil {
		source = r.records.Source[row]
	}
	return at, source
}

// widen makes a span hold a time; 0 is no time.
func widen(first, last, at int64) (int64, int64) {
	switch {
	case at == 0:
		return first, last
	case first == 0 && last == 0:
		return at, at
	}
	return min(first, at), max(last, at)
}
