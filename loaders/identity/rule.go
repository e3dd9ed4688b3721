package identity

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Part is what of a field's value a blocking key takes.
type Part uint8

// The parts.
const (
	Whole   Part = iota // the value
	Initial             // its first letter
	Start               // its first three letters
	Year                // the year of a date
	Day                 // month and day of a date
	Sound               // how it sounds: Soundex of the first word, for Latin letters
)

// String is the part in words.
func (p Part) String() string {
	switch p {
	case Whole:
		return ""
	case Initial:
		return "initial of "
	case Start:
		return "start of "
	case Year:
		return "year of "
	case Day:
		return "day of "
	case Sound:
		return "sound of "
	}
	return "unknown part of "
}

// Key is a field, or part of it, that two records must share to be compared.
type Key struct {
	Field string
	Part  Part
}

// Rule is a reason to compare two records: they share all of its keys. Missing
// values share nothing. Where a rule has two fields that are mistaken for each
// other, they may have changed places. At most one field may have several
// columns.
type Rule struct {
	Keys []Key
	// Refine are keys by which a block is cut up that holds more pairs than
	// its share, one after the other until its pieces fit.
	Refine []Key
}

// String names the keys: "surname, year of dob".
func (r Rule) String() string {
	var b strings.Builder
	for i, k := range r.Keys {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(k.Part.String())
		b.WriteString(k.Field)
	}
	return b.String()
}

// DefaultRules are the rules for fields of the usual kinds: what names a person
// or a line nearly alone comes first, then pairs of fields, then every field
// but categories alone. The later a rule stands, the more pairs it makes, and
// where there are many records only its rare keys fit in the budget. Ours.
func DefaultRules(fields []Field) []Rule {
	of := map[Kind][]string{}
	for _, f := range fields {
		of[f.Kind] = append(of[f.Kind], f.Name)
	}
	refine := refinements(of)
	var rules []Rule
	add := func(keys ...Key) {
		r := Rule{Keys: keys}
		for _, k := range refine {
			if !has(keys, k.Field) {
				r.Refine = append(r.Refine, k)
			}
		}
		rules = append(rules, r)
	}
	whole := func(kinds ...Kind) (keys []Key) {
		for _, k := range kinds {
			for _, name := range of[k] {
				keys = append(keys, Key{Field: name})
			}
		}
		return keys
	}
	for _, k := range whole(ID, Email, Phone) {
		add(k)
	}
	for _, name := range whole(Surname, FullName, GivenName) {
		for _, other := range whole(BirthDate) {
			add(name, other)
		}
	}
	for _, given := range whole(GivenName) {
		for _, surname := range whole(Surname) {
			add(given, surname)
		}
	}
	for _, k := range whole(FullName) {
		add(k)
	}
	for _, street := range whole(Street) {
		for _, place := range whole(Postcode, City) {
			add(street, place)
		}
	}
	for _, name := range whole(Surname, GivenName) {
		for _, place := range whole(Postcode) {
			add(name, place)
		}
	}
	for _, date := range whole(BirthDate) {
		for _, name := range whole(Surname, GivenName, FullName) {
			add(Key{Field: date.Field, Part: Year}, Key{Field: name.Field, Part: Sound})
		}
	}
	for _, k := range whole(BirthDate, Street, Surname, GivenName, Postcode, Text, City, Code) {
		add(k)
	}
	return rules
}

// refinements are the keys that cut large blocks up.
func refinements(of map[Kind][]string) (keys []Key) {
	for _, step := range [...]struct {
		kind Kind
		part Part
	}{{BirthDate, Year}, {Postcode, Whole}, {GivenName, Start}, {Surname, Start}, {FullName, Start}, {City, Whole}, {BirthDate, Day}} {
		for _, name := range of[step.kind] {
			keys = append(keys, Key{Field: name, Part: step.part})
		}
	}
	return keys
}

func has(keys []Key, field string) bool {
	for _, k := range keys {
		if k.Field == field {
			return true
		}
	}
	return false
}

// check finds the fields of a rule.
func (x *table) check(r Rule) error {
	if len(r.Keys) == 0 {
		return fmt.Errorf("identity: a blocking rule has no keys")
	}
	wide := 0
	for i, keys := range [][]Key{r.Keys, r.Refine} {
		for _, k := range keys {
			f := x.field(k.Field)
			if f < 0 {
				return fmt.Errorf("identity: the blocking rule %q names a field %q that there is not", r, k.Field)
			}
			if x.columns[f].width > 1 {
				wide++
				if wide > 1 || i > 0 {
					return fmt.Errorf("identity: the blocking rule %q may have one field of several columns among its keys, and none to refine by", r)
				}
			}
		}
	}
	return nil
}

// field finds a field by its name, or -1.
func (x *table) field(name string) int {
	for i := range x.columns {
		if x.columns[i].Name == name {
			return i
		}
	}
	return -1
}

// partHashes has a hash for the part of each value of a field, 0 where there is
// no such part. Parts that are the same text have the same hash, whatever the
// field, so that fields that have changed places can meet.
func (c *column) partHashes(p Part) []uint64 {
	out := make([]uint64, c.values.Len())
	for v := 1; v < len(out); v++ {
		if text, ok := partOf(c.values.At(uint32(v)), p); ok {
			out[v] = hashText(text)
		}
	}
	return out
}

// partOf takes a part of a value in normal form.
func partOf(s string, p Part) (string, bool) {
	switch p {
	case Initial:
		_, n := utf8.DecodeRuneInString(s)
		return s[:n], n > 0
	case Start:
		at := 0
		for range 3 {
			_, n := utf8.DecodeRuneInString(s[at:])
			at += n
		}
		return s[:at], at > 0
	case Year:
		if len(s) != 8 {
			return "", false
		}
		return s[:4], true
	case Day:
		if len(s) != 8 {
			return "", false
		}
		return s[4:], true
	case Sound:
		return soundex(s)
	}
	return s, s != ""
}

// hashText is FNV-1a, scrambled; never 0.
func hashText(s string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 0x100000001b3
	}
	return max(mix(h), 1)
}

// soundex is the American Soundex code of the first word of a name: its first
// letter and three digits for the consonants that follow (R. C. Russell, US
// patent 1,261,167; the form is that of the National Archives). Names in other
// scripts have none.
func soundex(s string) (string, bool) {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return "", false
	}
	const codes = "01230120022455012623010202"
	out := [4]byte{s[0], '0', '0', '0'}
	n := 1
	last := codes[s[0]-'a']
	for i := 1; i < len(s) && n < 4; i++ {
		c := s[i]
		if c < 'a' || c > 'z' {
			break
		}
		code := codes[c-'a']
		if code != '0' && code != last {
			out[n] = code
			n++
		}
		if c != 'h' && c != 'w' {
			last = code
		}
	}
	return string(out[:]), true
}
