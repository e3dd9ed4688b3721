package loaders

import (
	"fmt"
	"slices"
	"strings"
)

// Words in headers of columns with times. Those of otherTimes say that it is the
// time of something else than what a row is about: the end of a call, the delivery
// of an order, a birth date, the copying of the row.
const (
	timeTail   = " date time datetime timestamp dt day at on when datum zeit uhrzeit zeitpunkt fecha hora data heure horodatage czas дата время 日期 時間 时间 "
	otherTimes = " end ended ending stop stopped finish finished release released disconnect hangup until to till valid expiry expires expiration expired due " +
		"birth birthday birthdate born dob geburt geburtsdatum signup signed joined since registered registration member first last " +
		"update updated modified changed edited load loaded import imported insert inserted ingest ingested ingestion export exported extract extracted " +
		"etl dwh file batch received processed processing sync synced " +
		"paid payment refund refunded returned cancelled canceled cancel cancellation shipped shipping ship delivered delivery dispatched fulfilled fulfillment " +
		"closed resolved archived deleted printed estimated expected promised next previous prior available availability launch until "
)

// guessWhen finds the time of what happened in a column whose header is no usual
// name of it, such as ANSWER_TIME or placed_at: the only one that has times, is
// headed by a word for them, and doesn't say that it is another one's. Without a
// time rows count in every window, which nobody who has the column wants. Where
// several columns are such, none is taken, and a note asks.
func (p *plan) guessWhen(used map[int]bool, left map[string]bool) {
	at, ok := p.kind.field("at")
	if _, done := p.fields["at"]; !ok || done || at.Required || left["at"] || p.kind == Numbers {
		return
	}
	for i, c := range p.src.columns {
		if !used[i] && speaksOfTime(c) && p.hasTimes(i) {
			p.whens = append(p.whens, i)
		}
	}
	if own := slices.DeleteFunc(slices.Clone(p.whens), p.src.inFolder); len(own) > 0 {
		p.whens = own
	}
	if len(p.whens) == 1 {
		p.fields["at"] = binding{column: p.whens[0]}
		used[p.whens[0]] = true
	}
}

// speaksOfTime says whether a header has a word for a time at its end, or before a
// zone or a unit, and none that says whose other time it is.
func speaksOfTime(header string) bool {
	words := headerWords(header)
	if slices.ContainsFunc(words, func(w string) bool { return strings.Contains(otherTimes, " "+w+" ") }) {
		return false
	}
	for n := len(words); n > 0; n-- {
		switch w := words[n-1]; {
		case strings.Contains(timeTail, " "+w+" "):
			return true
		case w == "utc" || w == "gmt" || w == "local" || headerUnits[w] != "":
		default:
			return false
		}
	}
	return false
}

// hasTimes says whether a column surely has times, and not one for all rows.
func (p *plan) hasTimes(column int) bool {
	values := p.src.values(column)
	if p.src.typed(column) {
		return true
	}
	return surelyTime(values) || allPass(values, compactShape.MatchString) && mostlyThere(values, compactShape.MatchString)
}

// remarkWhen says what is known of times where no column of them is mapped.
func (p *plan) remarkWhen() {
	if _, ok := p.fields["at"]; ok || !p.kind.timed() {
		return
	}
	if len(p.whens) < 2 {
		p.notes = append(p.notes, "there is no column with times, so the rows count in every window; map one with --map at=COLUMN if there is")
		return
	}
	var names []string
	for _, i := range p.whens {
		names = append(names, reference(p.src.columns[i]))
	}
	p.notes = append(p.notes, fmt.Sprintf("the rows count in every window, as it is not plain which column has their time, %s; say it, for example with --map at=%s",
		strings.Join(names, " or "), names[0]))
}
