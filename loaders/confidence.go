package loaders

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Guess says where a field comes from, how sure that is, and why.
type Guess struct {
	Field string `json:"field"`
	// Column is the column, or in single quotes the text that all rows have, as
	// a mapping names it.
	Column string `json:"column"`
	// Confidence is between 0 and 1, and Word the same for a person: given,
	// sure, likely or a guess.
	Confidence float64 `json:"confidence"`
	Word       string  `json:"word"`
	Reason     string  `json:"reason"`
	// Others are the columns that might be meant instead, the likeliest first.
	Others []string `json:"others,omitempty"`
	// As says how the text is read or changed, where that is not plain.
	As string `json:"as,omitempty"`
}

// wordFor says a confidence in words. Ours: a field is sure from 0.9 and likely
// from 0.65 on.
func wordFor(confidence float64) string {
	switch {
	case confidence >= 1:
		return "given"
	case confidence >= 0.9:
		return "sure"
	case confidence >= 0.65:
		return "likely"
	}
	return "a guess"
}

// Headers that stand for many things, or for one of them in some houses only.
const (
	weakHeaders   = " status u v i j a b t y id ida idb id1 id2 label labels node nodeid name date value event type kind weight count visit when code left source text message sum "
	commonHeaders = " from to src dst target destination dest user userid track movie game genre book group class category title length service user1 user2 node1 node2 nodea nodeb start source email mail emailaddress" + mailAbroad + " producttype respondent respondentid recordid leadid "
)

// nameConfidence is how sure a header makes a field, whatever is beneath it. Ours:
// measured against nothing but a table of real headers.
func nameConfidence(header string) float64 {
	switch {
	case strings.Contains(weakHeaders, " "+header+" "):
		return 0.7
	case strings.Contains(commonHeaders, " "+header+" "):
		return 0.85
	}
	return 0.95
}

// nameSure is how sure its header makes a column a field: less where only a part
// of it is a usual name.
func (p *plan) nameSure(field string, column int) float64 {
	f, _ := p.kind.field(field)
	name, whole := f.headed(p.src.columns[column])
	switch {
	case name == "":
		return 0
	case whole:
		return nameConfidence(name)
	}
	return min(nameConfidence(name), 0.85)
}

// isNamed says whether a header is a usual name of a field.
func (f Field) isNamed(header string) bool {
	return header == plainName(f.Name) || slices.Contains(strings.Fields(f.names+" "+f.shared+" "+f.spare), header)
}

// guesses are those of all fields that are bound, in the order of the kind.
func (p *plan) guesses() []Guess {
	m := p.mapping()
	var out []Guess
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok {
			continue
		}
		g := Guess{Field: f.Name, Column: m[f.Name]}
		switch {
		case p.asked[f.Name]:
			g.Confidence, g.Reason = 1, "you said so"
		case b.column < 0:
			g.Confidence, g.Reason = 0.5, "no column tells, so all rows get it"
		default:
			if b.clock > 0 {
				g.Confidence, g.Reason = p.trustPair(f, b)
			} else {
				g.Confidence, g.Reason = p.trust(f, b.column)
			}
			g.Others = p.others(f, b)
			if len(g.Others) > 0 {
				g.Confidence = min(g.Confidence, 0.89)
			}
		}
		g.Confidence = math.Round(g.Confidence*100) / 100
		g.Word = wordFor(g.Confidence)
		g.As = p.readAs(f, m)
		out = append(out, g)
	}
	return out
}

// trust is how sure it is that a column holds a field, and why.
func (p *plan) trust(f Field, column int) (confidence float64, reason string) {
	share, what := p.share(f, column)
	header := p.src.columns[column]
	switch {
	case f.Name == "direction" && p.fields["kind"] == p.fields["direction"]:
		return 0.9, fmt.Sprintf("the words of %q say it, too", header)
	case !p.src.named():
		confidence, reason = 0.6, fmt.Sprintf("there is no header, and column %d stands where %s usually does", column+1, f.Name)
		if f.sort == timeField {
			confidence, reason = 0.9, "there is no header, and no other column has times"
			if p.otherTimes(column) {
				confidence, reason = 0.7, "there is no header, and it is the first of several columns with times"
			}
		}
		if o := p.overlap(); f.Name == "caller" || f.Name == "callee" {
			if o > leastOverlap {
				confidence, reason = 0.75, fmt.Sprintf("there is no header, and %.0f %% of the ids of one column are in the other, too", 100*o)
			}
		}
	case f.stands(header):
		confidence = p.nameSure(f.Name, column)
		reason = fmt.Sprintf("the header %q is a usual name", p.src.columns[column])
		if confidence < 0.9 {
			reason = fmt.Sprintf("the header %q can be its name", p.src.columns[column])
		}
	case f.sort == timeField:
		confidence, reason = 0.7, fmt.Sprintf("the header %q speaks of a time, and no other does that may be meant", header)
	default:
		confidence, reason = 0.5, "no other column is left"
	}
	if what == "" {
		return confidence, reason
	}
	if share == 1 {
		confidence = min(0.99, confidence+0.04)
	} else {
		confidence *= 0.6 + 0.4*share
	}
	return confidence, reason + "; " + what
}

// share is how many of the sampled values fit a field, and says so.
func (p *plan) share(f Field, column int) (share float64, what string) {
	if p.src.typed(column) {
		return 1, "its type is a time"
	}
	values := p.values(f.Name, column)
	var pass func(string) bool
	missing := p.missingTexts(f.Name)
	switch f.sort {
	case timeField:
		what = "times"
		pass = func(s string) bool { _, ok := sniffTimes([]string{s}); return ok }
	case numberField:
		what = "numbers"
		pass = f.figureLike
		if f.Name == "score" && !allPass(values, f.figureLike) {
			what, pass = "numbers or usual answers", f.scoreLike
		}
	case wordField:
		what = "words for it"
		pass = func(s string) bool { return f.words.of(s) != "" }
	case idField:
		what = "ids"
		pass = func(string) bool { return true }
	default:
		return 0, ""
	}
	there, fit := 0, 0
	for _, v := range values {
		v = strings.TrimSpace(v)
		if slices.Contains(missing, v) {
			continue
		}
		there++
		if pass(v) {
			fit++
		}
	}
	n := len(values)
	switch {
	case n == 0 || there == 0:
		return 0, "no value of it is among the rows that were looked at"
	case f.sort == idField && there < n:
		return float64(there) / float64(n), fmt.Sprintf("%s of %s sampled values are empty", withCommas(n-there), withCommas(n))
	case f.sort == idField:
		return 1, ""
	case fit == there:
		return 1, fmt.Sprintf("all %s sampled values are %s", withCommas(there), what)
	}
	return float64(fit) / float64(there), fmt.Sprintf("%s of %s sampled values are %s", withCommas(fit), withCommas(there), what)
}

// withCommas writes 2000 as 2,000.
func withCommas(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// others are the columns beside the one chosen whose name and content suit a
// field as well, as mappings name them.
func (p *plan) others(f Field, chosen binding) []string {
	if !p.src.named() {
		return nil
	}
	taken := map[int]bool{chosen.column: true, chosen.clock - 1: true}
	for name, b := range p.fields { // one that is another required field is not free
		if g, ok := p.kind.field(name); ok && b.column >= 0 && (g.Required || g.stands(p.src.columns[b.column])) {
			taken[b.column] = true
		}
	}
	var out []string
	for i, c := range p.src.columns {
		if name, _ := f.headed(c); !taken[i] && name != "" && !slices.Contains(strings.Fields(f.spare), name) && p.fits(f, i) {
			out = append(out, reference(c))
		}
	}
	return out
}

// overlap is how many of the ids of one side of calls are ids of the other, too,
// in the sample: the share of the smaller side.
func (p *plan) overlap() float64 {
	fields := p.kind.Fields()
	var sets []map[string]bool
	for _, f := range fields {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != idField || b.column < 0 {
			continue
		}
		set := map[string]bool{}
		for _, v := range p.values(f.Name, b.column) {
			if v = strings.TrimSpace(v); v != "" {
				set[v] = true
			}
		}
		sets = append(sets, set)
	}
	if len(sets) != 2 || len(sets[0]) == 0 || len(sets[1]) == 0 {
		return 0
	}
	return shared(sets[0], sets[1])
}

// readAs says how the text of a field is read, where that is not plain.
func (p *plan) readAs(f Field, m map[string]string) string {
	var parts []string
	if s, ok := p.styles[f.Name]; ok {
		parts = append(parts, s.describe(p.zone))
	}
	if f.sort == numberField && p.figures.comma {
		parts = append(parts, "decimal comma")
	}
	if f.Name == "seconds" && p.figures.clock {
		parts = append(parts, "hours:minutes:seconds")
	}
	if text := m["("+f.Name+")"]; text != "" {
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// describe says how times are read.
func (s timeStyle) describe(zone string) string {
	if zone == "" {
		zone = "UTC"
	}
	switch s.form {
	case epochTime:
		return "a count from 1970 on"
	case serialTime:
		return "days of a spreadsheet in " + zone
	case compactTime:
		return "yyyymmdd in " + zone
	case slashTime:
		switch s.order {
		case DayFirst:
			return "day first in " + zone
		case MonthFirst:
			return "month first in " + zone
		}
		return "day or month first, found out from the whole file, in " + zone
	case namedTime:
		return "dates with names of months in " + zone
	}
	return "ISO 8601, in " + zone + " where no zone is named"
}
