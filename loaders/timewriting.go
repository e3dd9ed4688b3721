package loaders

import (
	"fmt"
	"regexp"
	"strings"
)

// Programs that write times in ways of their own are read by bringing a text into
// the usual writing first. The patterns are those of both Go and DuckDB.

// A rewriting turns one way of writing a time into another.
type rewriting struct{ from, to string }

// isoWritings are ways of writing a year, month and day first: with a comma before
// the fraction, as ISO 8601 allows and loggers do, without marks between, as DB2 does,
// and with both the hours and the name of a zone, as Go prints them.
var isoWritings = []rewriting{
	{`^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}:[0-9]{2}),([0-9]+)`, `\1.\2`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})[,.]([0-9]+)`, `\1-\2-\3T\4:\5:\6.\7`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})`, `\1-\2-\3T\4:\5:\6`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})`, `\1-\2-\3T\4:\5`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2}:[0-9]{2})`, `\1-\2-\3T\4`},
	{`^([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9:.]+ [+-][0-9]{4}) ([A-Z]{3,5}|[+-][0-9]{2,4})( m=[+-][0-9.]+)?$`, `\1`},
	{`^([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})\.([0-9]{2})\.([0-9]{2})`, `\1T\2:\3:\4`},
}

// namedWritings are ways of writing the month by its name: Oracle's time of day with
// points, the year at the end, as C does and Twitter did, JavaScript's, and SQL Server's,
// which has blanks before a day of one digit and none before AM and PM.
var namedWritings = []rewriting{
	{`^([0-9]{1,2}-[A-Za-z]+-[0-9]{2,4}) ([0-9]{1,2})\.([0-9]{2})\.([0-9]{2})`, `\1 \2:\3:\4`},
	{`^([A-Za-z]{3}) +([0-9]{1,2}) ([0-9:]+)( [A-Z]{1,5}| [+-][0-9]{4})? ([0-9]{4})$`, `\2 \1 \5 \3\4`},
	{`^([A-Za-z]+) +([0-9]{1,2}),? +([0-9]{4}),? +([0-9]{1,2}:[0-9:]+(?:\.[0-9]+)?) ?([AaPp][Mm])`, `\2 \1 \3 \4 \5`},
	{`^([A-Za-z]{3}) ([0-9]{1,2}) ([0-9]{4}) ([0-9:]+) (GMT[+-][0-9]{4})( \(.*\))?$`, `\2 \1 \3 \4 \5`},
}

// rewritten is SQL for the text x with rewritings made, and NULL where none is for it.
func rewritten(x string, all []rewriting) string {
	var b strings.Builder
	b.WriteString("CASE")
	for _, r := range all {
		fmt.Fprintf(&b, " WHEN regexp_matches(%[1]s, %[2]s) THEN regexp_replace(%[1]s, %[2]s, %[3]s)", x, literal(r.from), literal(r.to))
	}
	b.WriteString(" END")
	return b.String()
}

// isoWritten and yearLast are how sniffTimes knows the ways in which there is more
// than a date at the beginning.
var (
	isoWritten = regexp.MustCompile(`^(\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d|(19|20|21|22)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):?[0-5]\d)`)
	yearLast   = regexp.MustCompile(`(?i)^(?:` + weekday + `)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\d{1,2} \d\d:\d\d(:\d\d)?( [a-z]{1,5}| [+-]\d{4})? (\d{4})$`)
)

// zoneNames are abbreviations of zones, as the tz database and RFC 5322 have them, and
// two German ones. Of those that several countries use, IST is India's and BST Britain's.
var zoneNames = []rewriting{
	{"UTC", "+00:00"}, {"GMT", "+00:00"}, {"Z", "+00:00"}, {"WET", "+00:00"}, {"WEST", "+01:00"}, {"BST", "+01:00"}, {"CET", "+01:00"}, {"MEZ", "+01:00"},
	{"CEST", "+02:00"}, {"MESZ", "+02:00"}, {"EET", "+02:00"}, {"SAST", "+02:00"}, {"EEST", "+03:00"}, {"MSK", "+03:00"}, {"IST", "+05:30"}, {"AWST", "+08:00"},
	{"JST", "+09:00"}, {"KST", "+09:00"}, {"ACST", "+09:30"}, {"AEST", "+10:00"}, {"ACDT", "+10:30"}, {"AEDT", "+11:00"}, {"NZST", "+12:00"}, {"NZDT", "+13:00"},
	{"HST", "-10:00"}, {"AKST", "-09:00"}, {"AKDT", "-08:00"}, {"PST", "-08:00"}, {"PDT", "-07:00"}, {"MST", "-07:00"}, {"MDT", "-06:00"},
	{"CST", "-06:00"}, {"CDT", "-05:00"}, {"EST", "-05:00"}, {"EDT", "-04:00"}, {"AST", "-04:00"}, {"ADT", "-03:00"}, {"NST", "-03:30"}, {"NDT", "-02:30"},
}

// zoneAbbreviations are those of zoneNames.
func zoneAbbreviations() []string {
	var all []string
	for _, z := range zoneNames {
		all = append(all, z.from)
	}
	return all
}

// zoneOffset is a zone in hours and minutes.
const zoneOffset = `[+-](?:0?[0-9]|1[0-5])(?::?[0-5][0-9])?`

// zoneBehind is a zone behind a time of day: a name, or hours and minutes.
const (
	zoneOrName = `(Z|[A-Z]{3,5}|(?:UTC|GMT)?` + zoneOffset + `)`
	zoneBehind = `(?i)(:[0-9]{2}(?:[.,][0-9]+)?(?: ?[AP]M)?) ?` + zoneOrName + `$`
)

// The ways of a zone behind year, month, day and time of day: as most programs write
// it, of another form or with a name, and a region of the tz database, such as
// Europe/Berlin, America/Argentina/Buenos_Aires or Etc/GMT+2. DuckDB is not given other
// names, as it knows many abbreviations, some of them for other zones than they stand
// for here.
const (
	isoClock   = `[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?`
	isoZoned   = `[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z| ?[+-](0[0-9]|1[0-5])(:?[0-5][0-9])?)`
	isoOther   = `(?i)` + isoClock + ` ?` + zoneOrName
	isoRegions = isoClock + ` [A-Za-z_]+(/[A-Za-z0-9_+-]+)+`
)

// zonedISO is SQL that reads the text x, a year, month, day and time of day with a zone
// behind them. DuckDB wants seconds, and no blank before hours and minutes.
func zonedISO(x string) string {
	cast := func(e string) string {
		return fmt.Sprintf("timezone('UTC', try_cast(replace(replace(%s, ' +', '+'), ' -', '-') AS TIMESTAMPTZ))", e)
	}
	whole := func(e string) string {
		return cast(fmt.Sprintf(`regexp_replace(%s, '([T ][0-9]+:[0-9]+)($|[ +-])', '\1:00\2')`, e))
	}
	quick := fmt.Sprintf("CASE WHEN contains(%[1]s, ' +') OR contains(%[1]s, ' -') THEN %[2]s ELSE timezone('UTC', try_cast(%[1]s AS TIMESTAMPTZ)) END", x, cast(x))
	return fmt.Sprintf("CASE WHEN regexp_full_match(%[1]s, %[2]s) THEN %[3]s WHEN regexp_full_match(%[1]s, %[4]s) THEN %[5]s WHEN regexp_full_match(%[1]s, %[6]s) THEN %[7]s END",
		x, literal(isoZoned), quick, literal(isoOther), whole(numberedZone(x)), literal(isoRegions), whole(x))
}

// numberedZone is SQL that writes the zone at the end of the text x, where there is
// one, as hours and minutes; NULL where it has a name that is none of zoneNames.
func numberedZone(x string) string {
	var names strings.Builder
	for i, z := range zoneNames {
		if i > 0 {
			names.WriteString(", ")
		}
		fmt.Fprintf(&names, "%s: %s", literal(z.from), literal(z.to))
	}
	zone := fmt.Sprintf("upper(regexp_extract(%s, %s, 2))", x, literal(zoneBehind))
	return fmt.Sprintf(`CASE WHEN regexp_matches(%[1]s, %[2]s) THEN regexp_replace(%[1]s, %[2]s, '\1 ') ||
		CASE WHEN regexp_matches(%[3]s, '[0-9]') THEN regexp_replace(ltrim(%[3]s, 'UTCGM'), '^([+-])([0-9])(:|$)', '\10\2\3') ELSE (MAP {%[4]s})[%[3]s] END
		ELSE %[1]s END`, x, literal(zoneBehind), zone, names.String())
}

// zonedExpr is SQL that reads the text x by one of some layouts that end in a zone.
func zonedExpr(x string, layouts []string) string {
	return fmt.Sprintf("CASE WHEN regexp_matches(%s, %s) THEN timezone('UTC', try_strptime(%s, %s)) END", x, literal(zoneBehind), numberedZone(x), list(layouts))
}
