package identity

import "strings"

// Date reads a date in one of the shapes that people and programs write:
//
//	1971-06-24  1971/6/24  1971.06.24  19710624  1971-06-24T00:00:00Z
//	24.06.1971  24/6/1971  24-06-71    24061971
//	24 June 1971  24-Jun-1971  June 24, 1971  24. Juni 1971
//
// and gives it as eight digits, yyyymmdd. What follows a date of ten characters
// or fewer after a T, or after a blank where it has a colon, is a time and is
// left out. Days come before months unless monthFirst; a date that is possible
// in one order only is read in that. Years of two digits are 1926 to 2025, ours.
//
// It is false for what is no date, such as 1971-02-30 and 19711306. The text then
// is its digits if it has any, so that a mistyped date can still be compared, and
// its Name if not.
func Date(s string, monthFirst bool) (string, bool) {
	s = strings.TrimSpace(s)
	s = withoutTime(s)
	if d, ok := compactDate(s, monthFirst); ok {
		return d, true
	}
	if d, ok := partedDate(s, monthFirst); ok {
		return d, true
	}
	digits := digitsOf(s)
	if digits == "" {
		return Name(s), false
	}
	return digits, false
}

// withoutTime cuts a time of day off.
func withoutTime(s string) string {
	for i := 6; i < len(s); i++ {
		switch {
		case s[i] == 'T' && isDigit(s[i-1]):
			return s[:i]
		case s[i] == ' ' && strings.IndexByte(s[i:], ':') >= 0:
			return strings.TrimRight(s[:i], " ,")
		}
	}
	return s
}

// compactDate reads eight digits.
func compactDate(s string, monthFirst bool) (string, bool) {
	if len(s) != 8 {
		return "", false
	}
	for i := range 8 {
		if !isDigit(s[i]) {
			return "", false
		}
	}
	n := func(from, to int) int {
		v := 0
		for _, c := range []byte(s[from:to]) {
			v = v*10 + int(c-'0')
		}
		return v
	}
	if realDate(n(0, 4), n(4, 6), n(6, 8)) {
		return s, true
	}
	return ordered(n(0, 2), n(2, 4), n(4, 8), monthFirst)
}

// partedDate reads three parts with something between them.
func partedDate(s string, monthFirst bool) (string, bool) {
	var value [3]int
	var width [3]int
	named := -1 // the part that is the name of a month
	part := 0
	for i := 0; i < len(s); {
		if part == 3 {
			return "", false
		}
		from := i
		if isDigit(s[i]) {
			for i < len(s) && isDigit(s[i]) {
				if i-from >= 4 {
					return "", false
				}
				value[part] = value[part]*10 + int(s[i]-'0')
				i++
			}
		} else {
			for i < len(s) && !isDigit(s[i]) && !isBetween(s[i]) {
				i++
			}
			month := monthNamed(s[from:i])
			if month == 0 || named >= 0 {
				return "", false
			}
			value[part], named = month, part
		}
		width[part] = i - from
		part++
		for i < len(s) && isBetween(s[i]) {
			i++
		}
	}
	if part != 3 {
		return "", false
	}
	switch {
	case named == 1 && width[0] == 4: // 1971 June 24
		return written(value[0], value[1], value[2])
	case named == 1: // 24 June 1971
		return written(fullYear(value[2], width[2]), value[1], value[0])
	case named == 0: // June 24, 1971
		return written(fullYear(value[2], width[2]), value[0], value[1])
	case named == 2:
		return "", false
	case width[0] == 4:
		return written(value[0], value[1], value[2])
	case width[0] > 2 || width[1] > 2:
		return "", false
	}
	return ordered(value[0], value[1], fullYear(value[2], width[2]), monthFirst)
}

// ordered is a date whose day and month stand in either order.
func ordered(first, second, year int, monthFirst bool) (string, bool) {
	day, month := first, second
	if monthFirst {
		day, month = second, first
	}
	if d, ok := written(year, month, day); ok {
		return d, true
	}
	return written(year, day, month)
}

// fullYear is a year of four digits, or -1.
func fullYear(year, width int) int {
	switch {
	case width == 4:
		return year
	case width == 2 && year <= 25:
		return 2000 + year
	case width == 2:
		return 1900 + year
	}
	return -1
}

// written is a real date as eight digits.
func written(year, month, day int) (string, bool) {
	if !realDate(year, month, day) {
		return "", false
	}
	b := [8]byte{}
	for i, v := range [...]int{year / 1000, year / 100 % 10, year / 10 % 10, year % 10, month / 10, month % 10, day / 10, day % 10} {
		b[i] = byte('0' + v)
	}
	return string(b[:]), true
}

// realDate says whether a date is in the calendar and within 1850 to 2149, where
// people's birthdays are.
func realDate(year, month, day int) bool {
	if year < 1850 || year >= 2150 || month < 1 || month > 12 || day < 1 {
		return false
	}
	return day <= monthDays(year, month)
}

func monthDays(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// monthNamed is the number of a month in English or German, or 0. Three letters
// will do.
func monthNamed(word string) int {
	word = Name(word)
	if len(word) < 3 {
		return 0
	}
	for i, names := range [...]string{"january januar", "february februar", "march marz mrz", "april", "may mai", "june juni",
		"july juli", "august", "september", "october oktober", "november", "december dezember"} {
		for _, name := range strings.Fields(names) {
			if strings.HasPrefix(name, word) || word == "sept" && i == 8 {
				return i + 1
			}
		}
	}
	return 0
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// isBetween says whether a byte can stand between the parts of a date.
func isBetween(c byte) bool {
	return c == '-' || c == '/' || c == '.' || c == ',' || c == ' '
}

func digitsOf(s string) string {
	var b []byte
	for i := range len(s) {
		if isDigit(s[i]) {
			b = append(b, s[i])
		}
	}
	return string(b)
}
