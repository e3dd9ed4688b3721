package loaders

import (
	"fmt"
	"regexp"
	"strings"
)

// Forms of a time of day, for Go and for DuckDB, which read patterns alike.
const (
	clock24     = `([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)?`
	clock12     = `(0?[1-9]|1[0-2]):[0-5][0-9](:[0-5][0-9]([.,][0-9]+)?)? ?[AaPp]\.? ?[Mm]\.?`
	clockDigits = `([01][0-9]|2[0-3])[0-5][0-9]([0-5][0-9])?`
	clockPoints = `(([01]?[0-9]|2[0-3])\.[0-5][0-9](\.[0-5][0-9])?|(0?[1-9]|1[0-2])\.[0-5][0-9](\.[0-5][0-9])? ?[AaPp]\.? ?[Mm]\.?)`
	// clockMark is the word for hours that stands behind a time of day.
	clockMark = ` ?(?i:Uhr|h)\.?`
)

// clockZone is a zone behind a time of day in a column of its own, if there is one.
var clockZone = `( ?(?i:` + strings.Join(zoneAbbreviations(), "|") + `|(?:UTC|GMT)?` + zoneOffset + `))?`

var (
	colonClock = regexp.MustCompile(`^(` + clock24 + `(` + clockZone + `|` + clockMark + `)|` + clock12 + clockZone + `)$`)
	pointClock = regexp.MustCompile(`^` + clockPoints + `(` + clockZone + `|` + clockMark + `)$`)
	digitClock = regexp.MustCompile(`^` + clockDigits + `$`)
	digitsOnly = regexp.MustCompile(`^[0-9]{1,6}$`)
)

// pointed is the clockWidth of times of day with points, such as 10.15 and 10.15.30.
const pointed = -1

// isColonClock says whether a text is a time of day with colons.
func isColonClock(v string) bool { return strings.Contains(v, ":") && colonClock.MatchString(v) }

// clockWidth is how many digits the times of day of a column have where they are
// written as 093015 or 0930, pointed, and 0 where most have colons. Zeros before
// them may be missing, as where a program took them for numbers.
func clockWidth(values []string) int {
	if mostlyThere(values, isColonClock) {
		return 0
	}
	if pointsOnly(values) {
		return pointed
	}
	if !mostlyThere(values, digitsOnly.MatchString) {
		return 0
	}
	for _, v := range values {
		if v = strings.TrimSpace(v); len(v) > 4 && digitsOnly.MatchString(v) {
			return 6
		}
	}
	return 4
}

// pointsOnly says whether values are times of day with points, though some may have
// colons. Ours: nine of ten, as of numbers under 24 with two decimals six of ten are.
func pointsOnly(values []string) bool {
	there, points, colons := 0, 0, 0
	for v := range given(values) {
		switch there++; {
		case pointClock.MatchString(v):
			points++
		case isColonClock(v):
			colons++
		}
	}
	return points > 0 && 10*(points+colons) >= 9*there
}

// isClock says whether a text is a time of day in a column of that width.
func isClock(v string, width int) bool {
	if width > 0 && digitsOnly.MatchString(v) {
		return digitClock.MatchString(strings.Repeat("0", max(0, width-len(v))) + v)
	}
	return isColonClock(v) || width == pointed && pointClock.MatchString(v)
}

// clockOnly says whether the values of a column are times of day: most of them
// where they have colons, and nearly all where they could be any numbers. Ours:
// of the seconds of a day, written as numbers, little more than a third pass.
func clockOnly(values []string) bool {
	width := clockWidth(values)
	switch width {
	case 0:
		return mostlyThere(values, isColonClock)
	case pointed:
		return true
	}
	there, fit, long := 0, 0, false
	for v := range given(values) {
		there++
		long = long || len(v) >= 4
		if isClock(v, width) {
			fit++
		}
	}
	return long && 4*fit >= 3*there
}

// clockExpr is SQL that writes the text c, a time of day, as HH:MM:SS, with a
// fraction and a zone where it has them, or as badClock.
func clockExpr(c string, width int) string {
	if width == pointed {
		colons := fmt.Sprintf(`regexp_replace(regexp_replace(%s, '^([0-9]+)\.', '\1:'), '^([0-9]+:[0-9]+)\.', '\1:')`, c)
		return fmt.Sprintf("CASE WHEN regexp_full_match(%s, %s) THEN %s ELSE %s END", c, literal(pointClock.String()), clockExpr(colons, 0), clockExpr(c, 0))
	}
	// With seconds, and a fraction of as many digits as are stored.
	full := func(x string) string {
		return fmt.Sprintf(`regexp_replace(regexp_replace(%s, '^([0-9]{2}:[0-9]{2})($|[^:0-9])', '\1:00\2'), '[.,]([0-9]{1,6})[0-9]*', '.\1')`, x)
	}
	padded := func(x string) string { return full(fmt.Sprintf(`regexp_replace(%s, '^([0-9]):', '0\1:')`, x)) }
	half := full(fmt.Sprintf(`lpad(CAST(try_cast(regexp_extract(%[1]s, '^[0-9]+') AS INTEGER) %% 12 + CASE WHEN regexp_matches(%[1]s, '(?i)[0-9] ?p') THEN 12 ELSE 0 END AS VARCHAR), 2, '0') ||
		regexp_extract(%[1]s, ':[0-9:.,]*[0-9]') || regexp_extract(%[1]s, '(?i)[ap]\.? ?m\.?(.*)$', 1)`, c))
	out := fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %[2]s) THEN %[3]s WHEN regexp_full_match(%[1]s, %[4]s) THEN %[5]s WHEN regexp_full_match(%[1]s, %[6]s) THEN %[7]s",
		c, literal(clock24+clockZone), padded(c), literal(clock12+clockZone), half, literal(clock24+clockMark), padded(fmt.Sprintf("regexp_replace(%s, %s, '')", c, literal(clockMark+"$"))))
	if width > 0 {
		digits := fmt.Sprintf("lpad(%[1]s, CASE WHEN strlen(%[1]s) > 4 THEN 6 ELSE %[2]d END, '0')", c, width)
		out += fmt.Sprintf(" WHEN regexp_full_match(%[1]s, '[0-9]{1,6}') AND regexp_full_match(%[2]s, %[3]s) THEN regexp_replace(regexp_replace(%[2]s, '^(..)(..)$', '\\1\\200'), '^(..)(..)(..)$', '\\1:\\2:\\3')",
			c, digits, literal(clockDigits))
	}
	return out + " ELSE " + literal(badClock) + " END"
}
