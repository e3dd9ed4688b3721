package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// DateOrder says how dates such as 01/02/2011 are read.
type DateOrder string

// The orders of day and month.
const (
	// DatesGuessed takes the order from the file, and asks when every date
	// in it can be read both ways.
	DatesGuessed DateOrder = ""
	DayFirst     DateOrder = "dmy"
	MonthFirst   DateOrder = "mdy"
)

// timeForm is how the times of a column are written. Whatever the form, ISO
// 8601 is read as well, as it cannot be mistaken.
type timeForm uint8

const (
	isoTime     timeForm = iota // 2011-12-01 08:26:00, with or without a zone
	epochTime                   // seconds, milli- or microseconds since 1970
	compactTime                 // 20111201, 201112010826, 20111201082600
	slashTime                   // 01/12/2011 08:26, day or month first
	namedTime                   // 1 Dec 2011, Dec 1, 2011
	serialTime                  // 46027.5, days of a spreadsheet
)

// timeStyle is a form with what else must be known to read it.
type timeStyle struct {
	form  timeForm
	sep   string // slashTime: between day, month and year
	short bool   // slashTime, namedTime: years have two digits
	order DateOrder
	// unit is how many microseconds a number of epochTime counts; empty:
	// whatever comes out between 1973 and 5138.
	unit string
	// joined says that the text is a date and a time of day from two columns, as
	// stage.joined writes it; width is how many digits a time of day without
	// colons has.
	joined bool
	width  int
}

// dotted says that a style has the day first unless somebody says otherwise:
// nobody writes months first with points.
func (s timeStyle) dotted() bool { return s.form == slashTime && strings.HasPrefix(s.sep, ".") }

// weekday may stand before a date, as e-mail and HTTP write it.
const weekday = `(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? `

var (
	numberShape  = regexp.MustCompile(`^[+-]?\d+(\.\d*)?$`)
	compactShape = regexp.MustCompile(`^(19|20|21|22)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(([01]\d|2[0-3])[0-5]\d([0-5]\d)?)?$`)
	isoShape     = regexp.MustCompile(`^\d{4}[-/]\d{1,2}[-/]\d{1,2}([ T].*)?$`)
	slashShape   = regexp.MustCompile(`^\d{1,2}([/.-]|\. )\d{1,2}([/.-]|\. )(\d{4}|\d{2})([ T,].*)?$`)
	namedShape   = regexp.MustCompile(`(?i)^(?:` + weekday + `)?(\d{1,2}[-/ ](jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[-/ ,]+|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* +\d{1,2},? +)(\d{4}|\d{2})\b`)
)

// sniffTimes finds the style of a column from some of its values. ok is false
// when there are values and none of them looks like a time. Ours: the form that
// most values have counts, and numbers are compact dates only when all of them
// can be.
func sniffTimes(values []string) (style timeStyle, ok bool) {
	var n [5]int
	any, compact, short := 0, 0, 0
	seps := map[string]int{}
	for v := range given(values) {
		any++
		switch {
		case numberShape.MatchString(v):
			n[epochTime]++
			if compactShape.MatchString(v) {
				compact++
			}
		case isoShape.MatchString(v), isoWritten.MatchString(v):
			n[isoTime]++
		case slashShape.MatchString(v):
			m := slashShape.FindStringSubmatch(v)
			if m[1] != m[2] {
				continue
			}
			n[slashTime]++
			seps[m[1]]++
			if len(m[3]) == 2 {
				short++
			}
		case yearLast.MatchString(v):
			n[namedTime]++
		case namedShape.MatchString(v):
			n[namedTime]++
			if m := namedShape.FindStringSubmatch(v); len(m[4]) == 2 {
				short++
			}
		}
	}
	if compact > 0 && compact == n[epochTime] {
		n[compactTime], n[epochTime] = compact, 0
	}
	best := isoTime
	for f, count := range n {
		if count > n[best] {
			best = timeForm(f)
		}
	}
	style.form = best
	style.short = short*2 > n[best]
	for _, sep := range []string{"/", ".", "-", ". "} {
		if seps[sep] > seps[style.sep] {
			style.sep = sep
		}
	}
	return style, any == 0 || n[best] > 0
}

// expr is SQL that reads the text x, which is trimmed already, as a timestamp in
// UTC: NULL when it is not a possible time, and a time far outside of 1900 to
// 2200 when it is a number out of range. Times without a zone are in zone.
// number is x read as a DOUBLE, for the style epochTime.
func (s timeStyle) expr(x, number, zone string) string {
	naive := func(e string) string { return inZone(e, zone) }
	iso := isoExpr(x, zone)
	switch s.form {
	case epochTime:
		if s.unit != "" {
			return fmt.Sprintf("coalesce(CASE WHEN %[1]s * %[2]s BETWEEN -3e15 AND 1e16 THEN make_timestamp(CAST(%[1]s * %[2]s AS BIGINT)) "+
				"WHEN %[1]s IS NOT NULL THEN TIMESTAMP '0001-01-01' END, %[3]s)", number, s.unit, iso)
		}
		return fmt.Sprintf("coalesce(%s, %s)", epoch(number), iso)
	case serialTime:
		return fmt.Sprintf("coalesce(%s, %s)", serial(number, zone), iso)
	case isoTime:
		// A number among such times is a compact date if it can be, and no
		// count of a few seconds.
		compact := timeStyle{form: compactTime, joined: s.joined}.layouts()
		var halvedZoned []string
		for _, l := range halvedLayouts {
			halvedZoned = append(halvedZoned, l+" %z")
		}
		return fmt.Sprintf("coalesce(%s, %s, CASE WHEN try_cast(%s AS DOUBLE) >= 1e8 THEN %s END, %s, %s)",
			iso, naive(fmt.Sprintf("try_strptime(%s, %s)", x, list(append(compact, halvedLayouts...)))), x, epoch("try_cast("+x+" AS DOUBLE)"), isoExpr(rewritten(x, isoWritings), zone), zonedExpr(x, halvedZoned))
	}
	written, zoned := x, []string(nil)
	if s.form == namedTime {
		written = "regexp_replace(" + x + ", '^" + weekday + "', '', 'i')"
		written = "coalesce(" + rewritten(written, namedWritings) + ", " + written + ")"
		zoned = serverLayouts
	}
	for _, l := range s.layouts() {
		if strings.Contains(l, ":") {
			zoned = append(zoned, l+" %z")
		}
	}
	layouts := list(s.layouts())
	read := naive(fmt.Sprintf("try_strptime(%s, %s)", written, layouts))
	if zoned != nil {
		cut := fmt.Sprintf("regexp_replace(%s, %s, '\\1')", written, literal(longFraction))
		read += ", " + zonedExpr(cut, zoned) + fmt.Sprintf(", CASE WHEN regexp_matches(%s, %s) THEN %s END", written, literal(longFraction),
			naive(fmt.Sprintf("try_strptime(%s, %s)", cut, layouts)))
	}
	return fmt.Sprintf("coalesce(%s, %s)", read, iso)
}

// longFraction is a fraction of a second with more digits than are stored. They are
// cut off, and not read with %n, as that makes every time of a column one in
// nanoseconds, of which there are none before 1677 and after 2262.
const longFraction = `(:[0-9]{2}\.[0-9]{6})[0-9]+`

// isoExpr is SQL that reads the text x as ISO 8601 writes times.
func isoExpr(x, zone string) string {
	// DuckDB reads a zone only into TIMESTAMPTZ, which is slow, wants seconds
	// and fails altogether on years of five digits. So first see whether
	// there can be a zone: the common lengths are a date, and a date with
	// hours and minutes or with seconds too.
	plain := "try_cast(" + x + " AS TIMESTAMP)"
	if converted := inZone(plain, zone); converted != plain {
		plain = "CASE WHEN " + x + "[5] = '-' OR " + x + "[5] = '/' THEN " + converted + " END"
	}
	return fmt.Sprintf(`CASE WHEN length(%[1]s) <= 10 OR %[1]s[14] = ':' AND (length(%[1]s) = 16 OR length(%[1]s) = 19 AND %[1]s[17] = ':')
			OR NOT regexp_matches(%[1]s, '^.{10,}([A-Za-z]|[+-][0-9]{2}(:?[0-9]{2})?|[+-][0-9])$') THEN %[2]s
		ELSE %[3]s END`, x, plain, zonedISO(x))
}

// halvedLayouts are those of ISO dates with the half of the day.
var halvedLayouts = []string{"%Y-%m-%d %I:%M:%S %p", "%Y-%m-%d %I:%M %p", "%Y/%m/%d %I:%M:%S %p", "%Y/%m/%d %I:%M %p"}

// serverLayouts are those of web servers.
var serverLayouts = []string{"%d/%b/%Y:%H:%M:%S %z"}

// epoch reads a number as a time: 1e11 seconds is the year 5138, and 1e11
// milliseconds is 1973. Above 4e9 seconds the product has no place for half a
// microsecond any more, so its fraction is taken by itself.
func epoch(number string) string {
	return fmt.Sprintf(`CASE
		WHEN %[1]s BETWEEN -3e9 AND 4e9 THEN make_timestamp(CAST(%[1]s * 1e6 AS BIGINT))
		WHEN %[1]s BETWEEN 4e9 AND 1e10 THEN make_timestamp(CAST(floor(%[1]s) * 1e6 AS BIGINT) + CAST((%[1]s - floor(%[1]s)) * 1e6 AS BIGINT))
		WHEN %[1]s BETWEEN 1e11 AND 1e13 THEN make_timestamp(CAST(%[1]s * 1e3 AS BIGINT))
		WHEN %[1]s BETWEEN 1e14 AND 1e16 THEN make_timestamp(CAST(%[1]s AS BIGINT))
		WHEN %[1]s BETWEEN 1e17 AND 1e19 THEN make_timestamp(CAST(%[1]s / 1e3 AS BIGINT))
		WHEN %[1]s IS NOT NULL THEN TIMESTAMP '0001-01-01' END`, number)
}

// inZone turns an expression for a time in a zone into one in UTC.
func inZone(e, zone string) string {
	if zone == "" || zone == "UTC" {
		return e
	}
	return fmt.Sprintf("timezone('UTC', timezone(%s, %s))", literal(zone), e)
}

// layouts are the forms of strptime for the styles that need them.
func (s timeStyle) layouts() []string {
	if s.form == compactTime && s.joined {
		return []string{"%Y%m%d %H:%M:%S", "%Y%m%d %H:%M:%S.%f"}
	}
	if s.form == compactTime {
		return []string{"%Y%m%d%H%M%S", "%Y%m%d", "%Y%m%d%H%M"}
	}
	year := "%Y"
	if s.short {
		year = "%y"
	}
	var dates []string
	switch {
	case s.form == namedTime:
		for _, month := range []string{"%b", "%B"} {
			dates = append(dates, "%d-"+month+"-"+year, "%d "+month+" "+year, month+" %d, "+year, month+" %d "+year)
		}
	case s.order == MonthFirst:
		dates = []string{"%m" + s.sep + "%d" + s.sep + year}
	default:
		dates = []string{"%d" + s.sep + "%m" + s.sep + year}
	}
	var all []string
	for _, d := range dates {
		for _, clock := range []string{" %H:%M:%S", " %H:%M", "", " %I:%M:%S %p", " %I:%M %p", " %H:%M:%S.%f", " %I:%M:%S.%f %p", "T%H:%M:%S", ", %H:%M:%S", ", %H:%M", ", %I:%M:%S %p", ", %I:%M %p"} {
			all = append(all, d+clock)
		}
	}
	return all
}

// orderOf finds out whether the dates of a column in slash form have the day or
// the month first, from all rows of the file.
// It is DatesGuessed when no date tells, and both when they contradict each
// other.
func (s timeStyle) orderOf(ctx context.Context, conn *sql.Conn, from, x string) (order DateOrder, both bool, err error) {
	var first, second int64
	query, err := render("dates.sql", struct{ Source, Text, Sep string }{from, x, literal(s.sep)})
	if err != nil {
		return "", false, err
	}
	if err := conn.QueryRowContext(ctx, query).Scan(&first, &second); err != nil {
		return "", false, err
	}
	switch {
	case first > 0 && second > 0:
		return DatesGuessed, true, nil
	case first > 0:
		return DayFirst, false, nil
	case second > 0:
		return MonthFirst, false, nil
	}
	return DatesGuessed, false, nil
}

// utc is t in UTC, or the zero time.
func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}
