package loaders

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
)

// Map says which column of a file holds which field: the value is the name of a
// column, its number counted from 1, or a text in single quotes that every row
// gets, or # for the number of the row, from 1. A time may come from two columns,
// date + time. An empty value leaves a field out that would be guessed otherwise.
type Map map[string]string

// ParseMap reads a mapping in the form of the command line:
//
//	caller=src,callee=dst,at=day + hour,kind='message'
//
// A name with a comma or a quote in it stands in double quotes, and a quote
// within quotes is doubled, as in CSV.
func ParseMap(text string) (Map, error) {
	m := Map{}
	rest := text
	for strings.TrimSpace(rest) != "" {
		name, after, ok := strings.Cut(rest, "=")
		name = strings.TrimSpace(name)
		if !ok || name == "" || strings.ContainsAny(name, `,'"`) {
			return nil, fmt.Errorf("the mapping %q is not understood at %q: write field=column,field=column", text, rest)
		}
		if _, twice := m[name]; twice {
			return nil, fmt.Errorf("the mapping %q names the field %s twice", text, name)
		}
		value, next, err := mapValue(after)
		if err != nil {
			return nil, fmt.Errorf("the mapping %q is not understood: %w", text, err)
		}
		m[name] = value
		rest = next
	}
	return m, nil
}

// mapValue takes one value off the beginning of text, and the comma behind it.
func mapValue(text string) (value, rest string, err error) {
	text = strings.TrimLeftFunc(text, unicode.IsSpace)
	if text == "" || text[0] != '\'' && text[0] != '"' {
		value, rest, _ = strings.Cut(text, ",")
		if date, clock, ok := strings.Cut(text, "+"); ok && len(date) < len(value) && strings.HasPrefix(strings.TrimLeftFunc(clock, unicode.IsSpace), `"`) {
			second, rest, err := mapValue(clock) // may have a comma in it
			return strings.TrimSpace(date) + " + " + second, rest, err
		}
		return strings.TrimSpace(value), rest, nil
	}
	quote := text[:1]
	end := 1
	for {
		i := strings.Index(text[end:], quote)
		if i < 0 {
			return "", "", fmt.Errorf("the quote before %s is never closed", text[1:])
		}
		end += i + 1
		if !strings.HasPrefix(text[end:], quote) {
			break
		}
		end++
	}
	value, rest = text[:end], strings.TrimLeftFunc(text[end:], unicode.IsSpace)
	if quote == `"` && strings.HasPrefix(rest, "+") { // a second column
		second, rest, err := mapValue(rest[1:])
		return value + " + " + second, rest, err
	}
	if rest != "" && rest[0] != ',' {
		return "", "", fmt.Errorf("a comma is missing after %s", value)
	}
	return value, strings.TrimPrefix(rest, ","), nil
}

// UnmarshalText reads what ParseMap reads, so that a Map can be a flag.
func (m *Map) UnmarshalText(text []byte) error {
	parsed, err := ParseMap(string(text))
	if err == nil {
		*m = parsed
	}
	return err
}

// String writes the mapping in the form that ParseMap reads, fields in order.
func (m Map) String() string {
	fields := make([]string, 0, len(m))
	for f := range m {
		fields = append(fields, f)
	}
	sort.Strings(fields)
	for i, f := range fields {
		fields[i] = f + "=" + m[f]
	}
	return strings.Join(fields, ",")
}

// reference is the text for a column in a mapping.
func reference(column string) string {
	if strings.ContainsAny(column, `,"'`) || strings.TrimSpace(column) != column || column == "" {
		return `"` + strings.ReplaceAll(column, `"`, `""`) + `"`
	}
	return column
}

// binding is where a field comes from: a column, or a literal for every row.
type binding struct {
	column  int // index, -1 for a literal
	literal string
	// row says that it is the number of the row, for files whose rows are
	// somebody each and that have no ids.
	row bool
	// clock is the column with the time of day, counted from 1, where column has
	// the date only; 0 is none.
	clock int
}

// rowNumber is how a mapping asks for the number of the row.
const rowNumber = "#"

// bind resolves a value of a mapping against the columns of a file. ok is false
// when there is no such column.
func bind(value string, columns []string) (b binding, ok bool) {
	if len(value) >= 2 && value[0] == '\'' && value[len(value)-1] == '\'' {
		return binding{column: -1, literal: strings.ReplaceAll(value[1:len(value)-1], "''", "'")}, true
	}
	exact := len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"'
	if exact {
		value = strings.ReplaceAll(value[1:len(value)-1], `""`, `"`)
	}
	for i, c := range columns {
		if c == value {
			return binding{column: i}, true
		}
	}
	if exact {
		return binding{}, false
	}
	if value == rowNumber {
		return binding{column: -1, row: true}, true
	}
	for i, c := range columns {
		if strings.EqualFold(strings.TrimSpace(c), value) {
			return binding{column: i}, true
		}
	}
	if n := columnNumber(value); n >= 1 && n <= len(columns) {
		return binding{column: n - 1}, true
	}
	return binding{}, false
}

// bindPair resolves two columns, date + time. Names with a plus in them stand in
// double quotes.
func bindPair(value string, columns []string) (b binding, ok bool) {
	for i, r := range value {
		if r != '+' {
			continue
		}
		date, one := bind(strings.TrimSpace(value[:i]), columns)
		clock, two := bind(strings.TrimSpace(value[i+1:]), columns)
		if one && two && date.column >= 0 && clock.column >= 0 {
			return binding{column: date.column, clock: clock.column + 1}, true
		}
	}
	return binding{}, false
}

// columnNumber reads a number counted from 1; 0 is none.
func columnNumber(s string) int {
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' || n > 1<<20 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
