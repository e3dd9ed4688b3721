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
// the fraction, as ISO 8601 allows and loggers do, without marks between, and as
// DB2 does.
var isoWritings = []rewriting{
	{`^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}[T ][0-9]{1,2}:[0-9]{2}:[0-9]{2}),([0-9]+)`, `\1.\2`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})[,.]([0-9]+)`, `\1-\2-\3T\4:\5:\6.\7`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})([0-9]{2})`, `\1-\2-\3T\4:\5:\6`},
	{`^([0-9]{4})([0-9]{2})([0-9]{2})[T ]([0-9]{2})([0-9]{2})`, `\1-\2-\3T\4:\5`},
	{`^([0-9]{4}-[0-9]{2}-[0-9]{2})-([0-9]{2})\.([0-9]{2})\.([0-9]{2})`, `\1T\2:\3:\4`},
}

// namedWritings are ways of writing the month by its name: Oracle's time of day with
// points, and the year at the end, as C does and Twitter did.
var namedWritings = []rewriting{
	{`^([0-9]{1,2}-[A-Za-z]+-[0-9]{2,4}) ([0-9]{1,2})\.([0-9]{2})\.([0-9]{2})`, `\1 \2:\3:\4`},
	{`^([A-Za-z]{3}) +([0-9]{1,2}) ([0-9:]+)( [A-Z]{1,4}| [+-][0-9]{4})? ([0-9]{4})$`, `\2 \1 \5 \3\4`},
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
	isoWritten = regexp.MustCompile(`^(\d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d|(19|20|21|22)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3])[0-5]\d)`)
	yearLast   = regexp.MustCompile(`(?i)^(?:` + weekday + `)?(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec) +\d{1,2} \d\d:\d\d(:\d\d)?( [a-z]{1,4}| [+-]\d{4})? (\d{4})$`)
)
