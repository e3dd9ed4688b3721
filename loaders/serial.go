package loaders

import (
	"fmt"
	"maps"
	"strconv"
	"strings"
)

// Spreadsheets keep times as days since 30 December 1899, with the time of day as the
// fraction, and export them so where a cell has no format: 46027.5 is 12:00 on 5
// January 2026, by the clock of whoever wrote it.

// serialUnit is the unit of such times.
const serialUnit = "days"

// The first and the day behind the last that is taken for such a time without being
// told: of 1990 and 2049.
const (
	serialFrom = 32874
	serialTo   = 54789
)

// serialLike says whether all numbers are days of usual years, and all else dates. As seconds since 1970
// they were all within six hours of its first day.
func serialLike(values []string) bool {
	n := 0
	for _, v := range values {
		if v = strings.TrimSpace(v); missingText(v) || isoShape.MatchString(v) {
			continue
		}
		x, err := strconv.ParseFloat(v, 64)
		if n++; err != nil || !numberShape.MatchString(v) || !(x >= serialFrom && x < serialTo) {
			return false
		}
	}
	return n > 0
}

// takeSerial has a column of such days read as what it is, and says so.
func (p *plan) takeSerial(f Field, column int) {
	units := maps.Clone(p.units)
	if units == nil {
		units = map[string]string{}
	}
	units[f.Name] = serialUnit
	p.units = units
	p.notes = append(p.notes, fmt.Sprintf("the column %q has days as spreadsheets count them, such as %s; if they are seconds, say --unit %s=seconds", p.src.columns[column], p.example(column), f.Name))
}

// serial reads a number of such days as a time in a zone, to the millisecond.
func serial(number, zone string) string {
	return inZone(fmt.Sprintf(`CASE
		WHEN %[1]s BETWEEN 1 AND 109575 THEN make_timestamp(1000 * CAST(round((%[1]s - 25569) * 86400000) AS BIGINT))
		WHEN %[1]s IS NOT NULL THEN TIMESTAMP '0001-01-01' END`, number), zone)
}
