package loaders

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// guess binds further fields by the names in the header, or by content where
// there is none.
func (p *plan) guess(used map[int]bool, left map[string]bool) error {
	if !p.src.named() {
		p.guessByContent(used, left)
		return nil
	}
	forms := make([][]string, len(p.src.columns))
	for i, c := range p.src.columns {
		forms[i] = headerForms(c)
	}
	for _, f := range p.kind.Fields() {
		if _, done := p.fields[f.Name]; done || left[f.Name] {
			continue
		}
		refused := -1
		if f.Name == "guest" && !p.buysByID() {
			continue
		}
		i := p.guessField(f, forms, used, &refused)
		if i >= 0 && f.Name == "amount" && p.lines() && !strings.HasPrefix(forms[i][0], "line") {
			p.notes = append(p.notes, fmt.Sprintf("%q is money of a whole order, so the amount of a line is its quantity × its price; if it is not, say --map amount=COLUMN", p.src.columns[i]))
			continue
		}
		if f.Name == "price" && i >= 0 && p.lineTotals(i) {
			p.takeTotal(i, used, left)
			continue
		}
		if b, ok := p.guessPair(f, i, used); ok {
			p.fields[f.Name] = b
			used[b.column], used[b.clock-1] = true, true
		} else if i >= 0 {
			p.fields[f.Name] = binding{column: i}
			used[i] = true
			p.unitOf(f, i)
		} else if refused >= 0 && f.sort == timeField {
			c := p.src.columns[refused]
			way := ", or leave it out with --map " + f.Name + "="
			if f.Required {
				way = p.noDates()
			}
			if p.clockAlone(refused) {
				return p.src.fail(0, "%s%s", p.noDay(f.Name, refused), way)
			}
			return p.src.fail(0, "the column %q has %s, which is no time that can be read; map another with --map %s=COLUMN%s", c, p.example(refused), f.Name, way)
		}
	}
	p.guessWhen(used, left)
	p.guessSide(left)
	p.guessLast(forms, used, left)
	return nil
}

// guessField finds the column with the surest name whose content fits.
func (p *plan) guessField(f Field, forms [][]string, used map[int]bool, refused *int) int {
	if i := p.guessFrom(f, forms, used, refused, false); i >= 0 {
		return i
	}
	return p.guessFrom(f, forms, used, refused, true)
}

// guessFrom is guessField among the columns of the file, or of its folders.
func (p *plan) guessFrom(f Field, forms [][]string, used map[int]bool, refused *int, folders bool) int {
	names := strings.Fields(f.names + " " + f.shared + " " + f.spare)
	if own := plainName(f.Name); !slices.Contains(names, own) {
		names = append([]string{own}, names...)
	}
	for _, name := range names {
		if f.Name == "basket" && name == orderNames && !p.lines() || f.Name == "subscriber" && strings.Contains(" "+f.spare+" ", " "+name+" ") && !p.oneSided() {
			continue
		}
		for _, whole := range []bool{true, false} {
			for i, c := range forms {
				if p.src.inFolder(i) != folders || used[i] || whole && c[0] != name || !whole && !slices.Contains(c[1:], name) {
					continue
				}
				if p.fits(f, i) {
					return i
				}
				if whole && *refused < 0 {
					*refused = i
				}
			}
		}
	}
	return -1
}

// lines says whether columns are named as those of lines of orders, as in Lineitem
// sku, so that other columns are of the whole order.
func (p *plan) lines() bool {
	return p.kind == Purchases && slices.ContainsFunc(p.src.columns, func(c string) bool { return strings.HasPrefix(plainName(c), "lineitem") })
}

// oneSided says whether a column is named as the other side of somebody's calls, so
// that whoever is named besides is the subscriber.
func (p *plan) oneSided() bool {
	_, called := p.fields["callee"]
	other, _ := Calls.field("other")
	return !called && slices.ContainsFunc(p.src.columns, other.stands)
}

// unitOf takes the unit of a guessed field from the header, such as duration_ms,
// where nobody said another.
func (p *plan) unitOf(f Field, column int) {
	unit := f.headerUnit(p.src.columns[column])
	if _, said := p.units[f.Name]; said || unit == "" {
		return
	}
	units := maps.Clone(p.units)
	if units == nil {
		units = map[string]string{}
	}
	units[f.Name] = unit
	p.units = units
	p.notes = append(p.notes, fmt.Sprintf("%s is counted in %s, as the header %q says; if it is not, say --unit %s=UNIT", f.Name, unit, p.src.columns[column], f.Name))
}

// fits says whether the sample of a column can be what the field needs.
func (p *plan) fits(f Field, column int) bool {
	if p.src.typed(column) {
		return f.sort != numberField && f.sort != wordField
	}
	values := p.values(f.Name, column)
	switch f.sort {
	case idField:
		return f.Name != "guest" || mostlyThere(p.src.values(column), isMail)
	case timeField:
		if p.kind == Churn && mostlyThere(values, func(s string) bool { return leavings.of(s) != "" }) {
			return false // 0 and 1 are no times there
		}
		_, ok := sniffTimes(values)
		return ok && (p.units[f.Name] != "" || !p.clockAlone(column))
	case numberField:
		if f.Name == "score" {
			return mostly(values, f.scoreLike)
		}
		return mostly(values, f.figureLike)
	case wordField:
		if p.kind == Purchases {
			return p.tellsState(f, column)
		}
		if p.kind == Calls && f.Name == "kind" && allPass(values, func(s string) bool { return sidesAlone[strings.ToLower(strings.TrimSpace(s))] }) {
			return false // they say whose record it is, and not of what
		}
		return mostly(values, func(s string) bool { return f.words.of(s) != "" })
	}
	return true
}

// guessLast takes, of a file with two columns, the one whose name says nothing
// for the one required id that is missing. With more columns it would be a leap.
func (p *plan) guessLast(forms [][]string, used map[int]bool, left map[string]bool) {
	missing := p.missing()
	if forms = forms[:p.src.d.columns]; len(forms) != 2 || len(missing) != 1 || missing[0].sort != idField || left[missing[0].Name] {
		return
	}
	names := map[string]bool{}
	for _, f := range p.kind.Fields() {
		names[plainName(f.Name)] = true
		for _, n := range strings.Fields(f.names) {
			names[n] = true
		}
	}
	for i, c := range forms {
		if used[i] || names[c[0]] || surelyTime(p.src.values(i)) || p.src.hasLists(i) {
			continue
		}
		p.fields[missing[0].Name] = binding{column: i}
		used[i] = true
		p.notes = append(p.notes, fmt.Sprintf("%s is taken from the column %q because no other was left; pass --map to change it", missing[0].Name, p.src.columns[i]))
		return
	}
}

// surveyNames are parts of the names of files with surveys.
var surveyNames = []string{"survey", "umfrage", "nps", "csat", "rating", "review", "poll", "zufrieden", "bewertung", "enquete", "enquête", "encuesta", "sondaggio", "ankiet", "dotazn", "опрос"}

// defaults gives fields that need a value one that every row gets.
func (p *plan) defaults(left map[string]bool) {
	if page, ok := p.fields["page"]; ok && p.kind == Visits && !left["product"] {
		if _, known := p.fields["product"]; !known {
			p.fields["product"] = page
			p.notes = append(p.notes, "there is no column with products, so pages stand for them; --map product= keeps pages apart")
		}
		return
	}
	if _, ok := p.fields["kind"]; ok {
		return
	}
	switch p.kind {
	case Calls:
		word := "voice"
		if _, timed := p.fields["seconds"]; !timed && p.named("sms", "msg", "message", "chat", "mail") {
			word = "message"
		}
		p.fields["kind"] = binding{column: -1, literal: word}
	case Satisfaction:
		word := "survey"
		_, scored := p.fields["score"]
		if !scored && !p.named(surveyNames...) || p.named("complain", "claim", "ticket") {
			word = "complaint"
		}
		p.fields["kind"] = binding{column: -1, literal: word}
	}
}

// checkAnswers sees to it that surveys have answers: a file without scores and
// comments would be taken for one that says nothing.
func (p *plan) checkAnswers() error {
	_, scored := p.fields["score"]
	_, said := p.fields["comment"]
	if kind := p.fields["kind"]; p.kind != Satisfaction || scored || said || kind.column >= 0 || feedbackKinds.of(kind.literal) != "survey" {
		return nil
	}
	words := ""
	score, _ := p.kind.field("score")
	for i, c := range p.src.columns {
		if p.src.named() && score.stands(c) {
			words = fmt.Sprintf("; %q has %s, which is neither a number nor a usual answer", c, p.example(i))
		}
	}
	return p.src.fail(0, "no column for score or comment of these surveys was found among %s; say which it is, for example --map score=COLUMN%s", p.columnList(), words)
}

// named says whether the name of the file has one of the words in it.
func (p *plan) named(words ...string) bool {
	name := strings.ToLower(p.src.path[strings.LastIndexAny(p.src.path, `/\`)+1:])
	for _, word := range words {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}

// checkWords sees to it that a word given for all rows is known.
func (p *plan) checkWords() error {
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if f.words == nil || !ok || b.column >= 0 {
			continue
		}
		if word := f.words.of(b.literal); word == "" {
			return p.src.fail(0, "the mapping sets %s to '%s', which is none of %s", f.Name, b.literal, f.words.list)
		}
	}
	return nil
}
