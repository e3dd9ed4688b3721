package loaders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Times whose day stands in one column and whose time of day in another are read
// as one text: the date, a blank, and the time of day as HH:MM:SS. Either part is
// empty where the row has none, and a time of day that cannot be is badClock, so
// that the reject can tell which of the two columns is wrong.
const badClock = "?"

// midnight is what programs write behind a date that has no time of day.
const midnight = `[T ]+(00?:00(:00([.,]0+)?)?|12:00(:00)? ?[Aa][Mm])$`

var (
	midnightShape = regexp.MustCompile(midnight)
	bareDate      = regexp.MustCompile(`^(\d{4}[-/]\d{1,2}[-/]\d{1,2}|\d{1,2}([/.-])\d{1,2}[/.-](\d{4}|\d{2})|(19|20|21|22)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01]))$`)
)

// Words for a date and a time of day in headers, in the form of plainName.
const (
	dateWords  = "date datum day tag fecha dia día data jour giorno dzień dzien den дата 日期"
	clockWords = "timeofday time clock uhrzeit zeit hora heure ora godzina godz czas čas cas hodina время 時間 时间 時刻 时刻 hhmmss hhmm"
)

// dateOnly says whether most values of a column are dates without a time of day.
func dateOnly(values []string) bool {
	// What a pattern cannot do without is looked for first, as most columns have
	// neither dates nor times and patterns are slow.
	return mostlyThere(values, func(v string) bool {
		if strings.Contains(v, ":") {
			v = midnightShape.ReplaceAllString(v, "")
		}
		if strings.ContainsFunc(v, unicode.IsLetter) {
			return namedShape.FindString(v) == v
		}
		return len(v) <= len("2006-01-02") && bareDate.MatchString(v)
	})
}

// mostlyThere is mostly, where some value is there.
func mostlyThere(values []string, pass func(string) bool) bool {
	return !noneGiven(values) && mostly(values, pass)
}

// clockAlone says whether a column has times of day, and no days: also where these
// are digits, which by themselves would be seconds since 1970, or have points, as
// seconds with a fraction do.
func (p *plan) clockAlone(column int) bool {
	values := p.src.values(column)
	if !clockOnly(values) {
		return false
	}
	switch clockWidth(values) {
	case 0:
		return true
	case pointed:
		return p.src.named() && ofDay(p.src.columns[column]) && !lengths(values, 1)
	}
	return !p.src.named() || ofDay(p.src.columns[column])
}

// ofDay says whether a header is that of a time of day rather than of any number.
func ofDay(header string) bool {
	for _, form := range headerForms(header) {
		for _, w := range strings.Fields(clockWords) {
			rest, ok := strings.CutSuffix(form, w)
			if ok && !slices.ContainsFunc(strings.Fields(dateWords+" unix epoch"), func(d string) bool { return strings.HasSuffix(rest, d) }) {
				return true
			}
		}
	}
	return false
}

// noDay says what is wrong with a time of day that is taken for a time.
func (p *plan) noDay(field string, column int) string {
	return fmt.Sprintf("the column %q has %s, which is a time of day without a date; name the column with the date too, as in --map %s",
		p.src.columns[column], p.example(column), `"`+field+`=DATE + `+p.pairPart(column)+`"`)
}

// about is what a header says beside one of the words, as call in call_date and
// date_of_call; none where it has none of the words.
func about(header, words string) []string {
	var out []string
	for _, form := range headerForms(header) {
		for _, w := range strings.Fields(words) {
			if rest, ok := strings.CutPrefix(form, w); ok {
				out = append(out, strings.TrimPrefix(rest, "of"))
			}
			if rest, ok := strings.CutSuffix(form, w); ok {
				out = append(out, rest)
			}
		}
	}
	return out
}

// dates says whether a header can be that of the date of a time field, and what
// it is the date of.
func (f Field) dates(header string) (of []string, ok bool) {
	of, ok = about(header, dateWords), f.stands(header)
	for _, what := range of {
		ok = ok || what == "" && f.Name == "at" || what != "" && (f.isNamed(what) || f.isNamed(what+"date") || f.isNamed(what+"time"))
	}
	if f.stands(header) { // such as start, beside start_time
		of = append(of, plainName(header))
	}
	return of, ok
}

// pairRank is how well headers go together as date and time of day of a field: 0
// where both are of the same thing, 1 where one says of nothing what it is or
// both are usual for the field, -1 where they don't.
func (f Field) pairRank(date, clock string) int {
	dates, ok := f.dates(date)
	clocks := about(clock, clockWords)
	if !ok || len(clocks) == 0 {
		return -1
	}
	for _, what := range clocks {
		if slices.Contains(dates, what) {
			return 0
		}
	}
	if slices.Contains(clocks, "") || f.stands(clock) && (slices.Contains(dates, "") || f.stands(date)) {
		return 1
	}
	return -1
}

// guessPair finds the two columns of a time field that has a date in one and the
// time of day in another. alone is the column that would be taken by itself, or
// -1; one that has times of day beside its dates needs no other.
func (p *plan) guessPair(f Field, alone int, used map[int]bool) (b binding, ok bool) {
	if f.sort != timeField || alone >= 0 && !p.dateColumn(alone) && !clockOnly(p.src.values(alone)) {
		return b, false
	}
	best := 2
	for d, date := range p.src.columns {
		if _, can := f.dates(date); used[d] || !can || !p.dateColumn(d) {
			continue
		}
		for c, clock := range p.src.columns {
			if used[c] || c == d {
				continue
			}
			rank := f.pairRank(date, clock)
			if rank < 0 || rank > best || rank == best && (d != alone || b.column == alone) || !p.clockColumn(c) || lengths(p.src.values(c), 10) {
				continue
			}
			best, b = rank, binding{column: d, clock: c + 1}
		}
	}
	return b, best < 2
}

// guessPairUnnamed joins a date of a file without a header with the column behind
// it, where only that has times of day.
func (p *plan) guessPairUnnamed(b binding, used map[int]bool) binding {
	if !p.dateColumn(b.column) {
		return b
	}
	found := -1
	for i := range p.src.columns {
		values := p.src.values(i)
		if used[i] || i == b.column || clockWidth(values) != 0 || !clockOnly(values) {
			continue
		}
		if found >= 0 {
			return b
		}
		found = i
	}
	if found != b.column+1 || lengths(p.src.values(found), 1) {
		return b
	}
	used[found] = true
	b.clock = found + 1
	return b
}

var noHours = regexp.MustCompile(`^00?[:.]`)

// lengths says whether the hours of so many values, and of all, are 0: such
// columns have lengths of calls.
func lengths(values []string, least int) bool {
	there := 0
	for v := range given(values) {
		if there++; !noHours.MatchString(v) {
			return false
		}
	}
	return there >= least
}

// dateColumn says whether a column has dates without times of day.
func (p *plan) dateColumn(column int) bool {
	return column < len(p.src.types) && p.src.types[column] == "DATE" || dateOnly(p.src.values(column))
}

// clockColumn says whether a column has times of day.
func (p *plan) clockColumn(column int) bool {
	return column < len(p.src.types) && strings.HasPrefix(p.src.types[column], "TIME") && !p.src.typed(column) || clockOnly(p.src.values(column))
}

// pairStyle finds how the two columns of a time are written.
func (p *plan) pairStyle(f Field, b binding) (timeStyle, error) {
	if unit, ok := p.units[f.Name]; ok {
		return timeStyle{}, p.src.fail(0, "%s is joined from a date and a time of day, which are not counted in %s; leave the unit out", f.Name, unit)
	}
	dates := p.values(f.Name, b.column)
	for i, v := range dates {
		dates[i] = midnightShape.ReplaceAllString(strings.TrimSpace(v), "")
	}
	style, ok := sniffTimes(dates)
	if !ok || style.form == epochTime {
		return style, p.src.fail(0, "the column %q has %s, which is no date that can be read for %s; write dates as 2024-01-31, 20240131, or with the day or the month first",
			p.src.columns[b.column], p.example(b.column), f.Name)
	}
	clocks := p.values(f.Name, b.clock-1)
	style.joined, style.width = true, clockWidth(clocks)
	if noClock(clocks, style.width) {
		return style, p.src.fail(0, "the column %q has %s, which is no time of day that can be read for %s; write times of day as 09:30, 09:30:15, 9:30 am, 09.30 or 093015",
			p.src.columns[b.clock-1], p.example(b.clock-1), f.Name)
	}
	return style, nil
}

// noClock says that values are there and none is a time of day.
func noClock(values []string, width int) bool {
	there := false
	for v := range given(values) {
		if there = true; isClock(v, width) {
			return false
		}
	}
	return there
}

// trustPair is how sure it is that two columns hold the date and the time of day
// of a field, and why.
func (p *plan) trustPair(f Field, b binding) (confidence float64, reason string) {
	date, clock := p.src.columns[b.column], p.src.columns[b.clock-1]
	dates, clocks := p.values(f.Name, b.column), p.values(f.Name, b.clock-1)
	width := clockWidth(clocks)
	there, fit := 0, 0
	for i := range dates {
		d, c := strings.TrimSpace(dates[i]), strings.TrimSpace(clocks[i])
		if missingText(d) && missingText(c) {
			continue
		}
		there++
		if _, ok := sniffTimes([]string{d}); ok && !missingText(d) && isClock(c, width) {
			fit++
		}
	}
	switch {
	case !p.src.named():
		confidence, reason = 0.6, fmt.Sprintf("there is no header, and column %d has dates beside the only column with times of day", b.column+1)
	case f.pairRank(date, clock) == 0:
		confidence, reason = 0.95, fmt.Sprintf("the headers %q and %q are those of a date and its time of day", date, clock)
	default:
		confidence, reason = 0.75, fmt.Sprintf("the headers %q and %q can be those of a date and its time of day", date, clock)
	}
	switch {
	case there == 0:
		return 0.6 * confidence, reason + "; no value of them is among the rows that were looked at"
	case fit == there:
		return confidence + 0.04, reason + fmt.Sprintf("; all %s sampled rows have both", withCommas(there))
	}
	return confidence * (0.6 + 0.4*float64(fit)/float64(there)), reason + fmt.Sprintf("; %s of %s sampled rows have both", withCommas(fit), withCommas(there))
}

// joined is SQL for the text of a time from two columns: NULL where both are
// empty.
func (s stage) joined(field string, b binding) string {
	style := s.p.styles[field]
	part := func(column int) string { return s.changed(field, s.column(column)) }
	d, c := part(b.column), part(b.clock-1)
	missing := s.p.missingTexts(field)
	return fmt.Sprintf("nullif(CASE WHEN %s THEN '' WHEN strlen(%[2]s) > 10 THEN regexp_replace(%[2]s, %[3]s, '') ELSE %[2]s END || ' ' || CASE WHEN %[4]s THEN '' ELSE %[5]s END, ' ')",
		isOneOf(d, missing), d, literal(midnight), isOneOf(c, missing), clockExpr(c, style.width))
}
