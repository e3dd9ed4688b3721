package loaders

import (
	"iter"
	"slices"
	"strings"
)

// Texts that stand for no value in the exports of common programs. NaN is one but
// for numbers, of which it is a wrong one.
var (
	absentTexts  = []string{"", "NULL", "null", `\N`, "NA", "N/A", "<NA>"}
	missingTexts = append(slices.Clip(absentTexts), "NaN", "nan")
	// nobodyTexts stand for no customer where somebody may not be one.
	nobodyTexts = []string{"anonymous", "Anonymous", "guest", "Guest", "undefined", "(not set)"}
)

// missingText says whether a text stands for nothing.
func missingText(s string) bool { return slices.Contains(missingTexts, s) }

// missingTexts are those that stand for no value of a field.
func (p *plan) missingTexts(field string) []string {
	if field == "product" || field == "page" || field == "id" && p.kind == Products {
		return []string{"", "NULL", `\N`} // there may be a product called NaN
	}
	texts := slices.Clip(missingTexts)
	_, session := p.fields["session"]
	_, guest := p.fields["guest"]
	if field == "customer" && (session || guest) {
		texts = append(texts, nobodyTexts...)
	}
	if field == "customer" && guest {
		texts = append(texts, "0") // so shops write it
	}
	return texts
}

// Missing says that a text, by its name in the query, stands for no value.
func (s stage) Missing(name string) string {
	if s.typed(strings.TrimSuffix(name, "_text")) {
		return name + " IS NULL"
	}
	return isOneOf(name, s.p.missingTexts(name))
}

// Absent says that the text of a number is not there.
func (s stage) Absent(name string) string { return isOneOf(name, absentTexts) }

// given are the values that stand for something, without blanks around them.
func given(values []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, v := range values {
			if v = strings.TrimSpace(v); !missingText(v) && !yield(v) {
				return
			}
		}
	}
}

// noneGiven says that all values stand for nothing.
func noneGiven(values []string) bool {
	for range given(values) {
		return false
	}
	return true
}
