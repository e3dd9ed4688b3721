package loaders

import (
	"slices"
	"strconv"
	"strings"
)

// guessByContent guesses a file without a header. Ours: the time is the surest of
// the columns that can be it, or none where several are as sure. Of calls with more
// than three columns, caller and callee are two columns with ids in common, or
// two of telephone numbers, or the first two columns that can be ids, if they are
// alike; of other kinds a row has one id, which is the first column, and where it has
// more of them nothing is guessed, as nothing tells a customer from a till. What
// numbers mean is left to a mapping.
func (p *plan) guessByContent(used map[int]bool, left map[string]bool) {
	_, mapped := p.fields["at"]
	timed := mapped
	if !mapped && !left["at"] && p.kind.timed() {
		if at := p.unnamedTime(used); at >= 0 {
			p.fields["at"] = p.guessPairUnnamed(binding{column: at}, used)
			used[at], timed = true, true
		}
	}
	var ids []Field
	for _, f := range p.kind.Fields() {
		if _, done := p.fields[f.Name]; f.sort == idField && f.Required && !done && !left[f.Name] {
			ids = append(ids, f)
		}
	}
	var free []int
	for i := range p.src.columns {
		if !used[i] {
			free = append(free, i)
		}
	}
	if len(p.src.columns) > 3 {
		switch {
		case p.kind.timed() && !timed && p.kind != Calls:
			return
		case len(ids) < 2:
		case p.kind == Calls:
			free = p.unnamedSides(free)
		default:
			return
		}
	}
	for i, f := range ids {
		if i < len(free) {
			p.fields[f.Name] = binding{column: free[i]}
			used[free[i]] = true
		}
	}
}

// unnamedTime is the column that has the time: the first with dates and times of
// day, or else the only one with dates without marks, or with counts from 1970 on;
// of several such counts the only one in order. It is -1 where there is none.
func (p *plan) unnamedTime(used map[int]bool) int {
	var dates, counts []int
	for i := range p.src.columns {
		if used[i] {
			continue
		}
		switch values := p.src.values(i); {
		case writtenTime(values):
			return i
		case mostlyThere(values, compactShape.MatchString) && allPass(values, compactShape.MatchString):
			dates = append(dates, i)
		case surelyTime(values):
			counts = append(counts, i)
		}
	}
	with := func(columns []int, keep func([]string) bool) []int {
		return slices.DeleteFunc(slices.Clone(columns), func(i int) bool { return !keep(p.src.values(i)) })
	}
	for _, columns := range [][]int{with(dates, withClock), dates, counts, with(counts, ascending)} {
		if len(columns) == 1 {
			return columns[0]
		}
	}
	if full := with(dates, withClock); len(full) > 0 {
		return full[0] // of a call its beginning comes first
	}
	return -1
}

// otherTimes says whether times stand in another column, too.
func (p *plan) otherTimes(column int) bool {
	for i := range p.src.columns {
		if i != column && p.hasTimes(i) {
			return true
		}
	}
	return false
}

// writtenTime says whether all values are dates with marks, perhaps with times of day.
func writtenTime(values []string) bool {
	shape := func(v string) bool {
		return isoShape.MatchString(v) || slashShape.MatchString(v) || namedShape.MatchString(v) || isoWritten.MatchString(v) || yearLast.MatchString(v)
	}
	return allPass(values, shape) && mostlyThere(values, shape)
}

// withClock says whether dates without marks have times of day.
func withClock(values []string) bool {
	return allPass(values, func(v string) bool { return len(v) > len("20060102") })
}

// ascending says whether numbers, of which there are several, only grow.
func ascending(values []string) bool {
	former, n := "", 0
	for _, v := range values {
		if v = strings.TrimSpace(v); missingText(v) {
			continue
		}
		if len(v) < len(former) || len(v) == len(former) && v < former {
			return false
		}
		if v != former {
			n++
		}
		former = v
	}
	return n > 1
}

// unnamedSides are the columns of caller and callee among those of a wide file, or
// none.
func (p *plan) unnamedSides(free []int) []int {
	var able []int
	sets := map[int]map[string]bool{}
	for _, i := range free {
		if set := p.src.idsIn(i); set != nil {
			able, sets[i] = append(able, i), set
		}
	}
	phones := slices.DeleteFunc(slices.Clone(able), func(i int) bool { return !telephoneLike(sets[i]) })
	for _, columns := range [][]int{phones, able} {
		for n, i := range columns {
			for _, j := range columns[n+1:] {
				if shared(sets[i], sets[j]) > leastOverlap && (telephoneLike(sets[i]) || j == i+1 && !p.src.figures(i, j)) {
					return []int{i, j}
				}
			}
		}
	}
	if len(phones) == 2 {
		return phones
	}
	if len(phones) == 0 && len(able) >= 2 && numerals(sets[able[0]]) == numerals(sets[able[1]]) && able[0] == free[0] && able[1] == free[1] {
		return able[:2]
	}
	return nil
}

// figures says whether two columns beside each other have quantities or lengths
// rather than ids: numbers of one or two digits, or such that one is never more
// than the other, as the length of a call and that of the talk.
func (s *source) figures(i, j int) bool {
	short, rows, less, more := 0, 0, false, false
	for _, row := range s.sample {
		a, errA := strconv.ParseInt(strings.TrimSpace(row[i]), 10, 64)
		b, errB := strconv.ParseInt(strings.TrimSpace(row[j]), 10, 64)
		if errA != nil || errB != nil {
			return false
		}
		rows++
		if max(a, b) < 100 {
			short++
		}
		less, more = less || a < b, more || a > b
	}
	return 2*short > rows || rows >= 10 && less != more
}

// idsIn are the values of a column that may have ids of people: none of it is a time
// or a fraction, most are there, and they are not all the same.
func (s *source) idsIn(column int) map[string]bool {
	values := s.values(column)
	set, there := map[string]bool{}, 0
	for _, v := range values {
		v = strings.TrimSpace(v)
		if missingText(v) {
			continue
		}
		if commaNumber.MatchString(v) || numberShape.MatchString(v) && strings.Contains(v, ".") || strings.HasPrefix(v, "-") || colonClock.MatchString(v) {
			return nil
		}
		there++
		set[v] = true
	}
	if 2*there < len(values) || len(set) < 2 && len(values) > 2 || len(set) == 0 || writtenTime(values) ||
		mostlyThere(values, compactShape.MatchString) && allPass(values, compactShape.MatchString) {
		return nil
	}
	return set
}

// telephoneLike says whether most ids have the digits of telephone numbers with the
// code of an area; those of subscriptions and devices have more.
func telephoneLike(ids map[string]bool) bool {
	n := 0
	for id := range ids {
		digits := strings.TrimPrefix(id, "+")
		if len(digits) >= 8 && len(digits) <= 14 && strings.Trim(digits, "0123456789") == "" {
			n++
		}
	}
	return 2*n > len(ids)
}

// numerals says whether all ids are digits.
func numerals(ids map[string]bool) bool {
	for id := range ids {
		if strings.Trim(id, "+0123456789") != "" {
			return false
		}
	}
	return true
}

// shared is how many ids of the smaller set are in the other, too.
func shared(a, b map[string]bool) float64 {
	both := 0
	for id := range a {
		if b[id] {
			both++
		}
	}
	return float64(both) / float64(max(1, min(len(a), len(b))))
}
