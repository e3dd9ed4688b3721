package loaders

import (
	"regexp"
	"strconv"
	"strings"
)

// commaNumber is a number with a decimal comma, and perhaps points between
// thousands.
var commaNumber = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}(\.\d{3})+),\d+$`)

// values is the sample of one column.
func (s *source) values(column int) []string {
	out := make([]string, len(s.sample))
	for i, row := range s.sample {
		out[i] = row[column]
	}
	return out
}

// typed says whether a column of a Parquet file is a date or a time itself.
func (s *source) typed(column int) bool {
	return column < len(s.types) && (strings.HasPrefix(s.types[column], "TIMESTAMP") || s.types[column] == "DATE")
}

// mostly says whether at least half of the values that are there pass, or none
// is there.
func mostly(values []string, pass func(string) bool) bool {
	n, yes := 0, 0
	for v := range given(values) {
		n++
		if pass(v) {
			yes++
		}
	}
	return 2*yes >= n
}

func numberLike(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil
}

// surelyTime says whether every value of a column without a name is a time that
// is hard to take for something else: a date, or a count from 1970 on, in seconds
// from 1990 on or in milliseconds from 2001 on, before 2037: telephone numbers and the
// numbers of goods have as many digits.
func surelyTime(values []string) bool {
	n := 0
	for v := range given(values) {
		n++
		if strings.HasPrefix(v, "+") { // a telephone number
			return false
		}
		if isoShape.MatchString(v) || slashShape.MatchString(v) || namedShape.MatchString(v) {
			continue
		}
		x, err := strconv.ParseFloat(v, 64)
		if err != nil || !(x >= 6.3e8 && x < 2.1e9 || x >= 1e12 && x < 2.1e12) {
			return false
		}
	}
	return n > 0
}
