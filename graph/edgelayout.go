package graph

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// layout is where an edge list keeps what.
type layout struct {
	delimiter byte
	// second is the other delimiter: a tab where delimiter is a space, or
	// else the delimiter again.
	second byte
	// width is the number of fields of each row; from, to and weight are
	// places among them from 0, weight -1 when there is none.
	width, from, to, weight int
	header                  []string // names of the columns, or nil
	// skip is the number of bytes before the first row, firstLine that of
	// lines.
	skip, firstLine int
}

// name is a column's name, or its number where the file has no header.
func (l *layout) name(column int) string {
	if column < len(l.header) && l.header[column] != "" {
		return l.header[column]
	}
	return strconv.Itoa(column + 1)
}

// Well-known names of columns, in the order of preference.
var (
	fromNames = []string{"from", "from_id", "source", "src", "caller", "caller_id", "a_number", "sender", "customer", "customer_id", "customerid", "user", "user_id", "user_a", "user1", "user_1",
		"node_1", "node1", "id_1", "id1", "household", "household_id", "member", "person", "woman", "follower", "originator"}
	toNames = []string{"to", "to_id", "target", "dst", "dest", "destination", "callee", "callee_id", "called", "b_number", "recipient", "receiver", "product", "product_id", "item", "item_id", "stockcode", "user_b", "user2", "user_2",
		"node_2", "node2", "id_2", "id2", "event", "movie", "friend", "friend_id", "followee"}
	weightNames = []string{"weight", "w", "count", "times", "strength", "calls", "messages", "frequency", "freq", "rating", "plays", "visits", "purchases"}
	timeNames   = []string{"time", "timestamp", "date", "datetime", "at", "start", "started", "start_time", "when", "ts", "day", "year"}
)

// refuseBinary says so when the first bytes of a text are none. An id may hold
// a NUL; more than 16 control characters that are a tenth of all are too many
// (ours).
func refuseBinary(name string, text []byte) error {
	head := text[:min(len(text), 4096)]
	if bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff}) {
		return &DataError{File: name, Reason: "is written in UTF-16; save it as UTF-8"}
	}
	for _, magic := range []string{"PAR1", "PK\x03\x04", "SQLite format 3\x00", "%PDF-", "\x7fELF", "\x89PNG", "BZh9", "\xfd7zXZ", "ARROW1"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return &DataError{File: name, Reason: "is not text; an edge list is CSV or TSV, plain, gzip or zstd"}
		}
	}
	control := 0
	for _, c := range head {
		if c < ' ' && c != '\t' && c != '\n' && c != '\r' {
			control++
		}
	}
	if control > max(len(head)/10, 16) {
		return &DataError{File: name, Reason: "is not text; an edge list is CSV or TSV, plain, gzip or zstd"}
	}
	return nil
}

// sample is the first rows of a text, split into fields.
type sample struct {
	rows  [][]string
	lines []int // line of each row within the text, from 1
}

const sampleRows = 100

// inspectLayout finds out how the text, which is the first block of a file, is
// laid out.
func inspectLayout(name string, text []byte, opt EdgeOptions) (*layout, error) {
	l := &layout{weight: -1, delimiter: opt.Delimiter}
	if bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
		l.skip = 3
	}
	for l.skip < len(text) { // comments and empty lines above the first row
		line, _, _ := bytes.Cut(text[l.skip:], []byte("\n"))
		if trimmed := bytes.TrimSpace(line); len(trimmed) > 0 && trimmed[0] != '#' && trimmed[0] != '%' {
			break
		}
		l.skip += min(len(line)+1, len(text)-l.skip)
		l.firstLine++
	}
	rest := text[l.skip:]
	if len(rest) == 0 {
		return nil, &DataError{File: name, Reason: "has no rows"}
	}
	if end := bytes.IndexByte(rest, '\r'); end >= 0 && end+1 < len(rest) && rest[end+1] != '\n' && bytes.Count(rest, []byte("\n")) == 1 {
		return nil, &DataError{File: name, Line: 1, Reason: "ends its lines with carriage returns only; save it with Unix or Windows line ends"}
	}
	if l.delimiter == 0 {
		if l.delimiter = findDelimiter(rest); l.delimiter == 0 {
			return nil, &DataError{File: name, Line: int64(l.firstLine + 1),
				Reason: "has one column only; a tie needs two ids with a comma, tab, semicolon, bar or space between (name the delimiter if it is another)"}
		}
	}
	l.second = l.delimiter
	if l.delimiter == ' ' {
		l.second = '\t'
	}
	s, bad := takeSample(l, rest)
	if bad != nil {
		return nil, &DataError{File: name, Line: int64(l.firstLine + bad.line), Reason: bad.reason}
	}
	l.width = len(s.rows[0])
	if l.width < 2 {
		return nil, &DataError{File: name, Line: int64(l.firstLine + 1),
			Reason: fmt.Sprintf("has one column only when %q stands between columns; a tie needs two ids", l.delimiter)}
	}
	header := opt.Header == HeaderYes || (opt.Header == HeaderGuess && isHeader(s.rows, opt))
	if header {
		l.header = s.rows[0]
		end := bytes.IndexByte(rest, '\n') + 1
		l.skip += end
		l.firstLine++
		s.rows = s.rows[1:]
	}
	if err := l.choose(name, opt, s.rows); err != nil {
		return nil, err
	}
	return l, nil
}

// findDelimiter is the candidate that cuts the first lines into the same number
// of fields, two at least, or else the first that cuts the first line; 0 when
// none does.
func findDelimiter(text []byte) byte {
	for _, strict := range []bool{true, false} {
		for _, c := range []byte("\t,;| ") {
			l := &layout{delimiter: c, second: c}
			if c == ' ' {
				l.second = '\t'
			}
			s, bad := takeSample(l, text)
			if len(s.rows) == 0 || len(s.rows[0]) < 2 || (strict && bad != nil) {
				continue
			}
			same := true
			for _, row := range s.rows {
				same = same && len(row) == len(s.rows[0])
			}
			if same || !strict {
				return c
			}
		}
	}
	return 0
}

func takeSample(l *layout, text []byte) (sample, *fault) {
	p := parser{layout: l}
	var s sample
	line := 0
	for at := 0; at < len(text) && len(s.rows) < sampleRows; {
		line++
		fields, end, reason := p.fields(text, at)
		if reason != "" {
			return s, &fault{line: line, column: -1, reason: reason}
		}
		at = end
		if fields != nil {
			s.rows = append(s.rows, fields)
			s.lines = append(s.lines, line)
		}
	}
	return s, nil
}

func plainName(s string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimSpace(s)), " ", "_")
}

// known is the first column of a row that has one of the names, the first name
// that occurs deciding; -1 when there is none.
func known(row []string, names []string) int {
	for _, name := range names {
		for i, field := range row {
			if plainName(field) == name {
				return i
			}
		}
	}
	return -1
}

func isNumber(s string) bool {
	_, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	return err == nil
}

// isHeader says whether the first of the rows names the columns.
func isHeader(rows [][]string, opt EdgeOptions) bool {
	first, rest := rows[0], rows[1:]
	for _, asked := range []string{opt.From, opt.To, opt.Weight} {
		if asked != "" && slices.ContainsFunc(first, func(f string) bool { return sameColumn(f, asked) }) {
			if _, err := strconv.Atoi(asked); err != nil {
				return true
			}
		}
	}
	if f, t := known(first, fromNames), known(first, toNames); f >= 0 && t >= 0 && f != t {
		return true
	}
	// A word above numbers: beyond the ids one such column is enough, but an
	// id that is a word may well stand above one that is a number, so both
	// ids must be words above numbers.
	above := func(i int) bool {
		return !isNumber(first[i]) && len(rest) > 0 &&
			!slices.ContainsFunc(rest, func(row []string) bool { return i >= len(row) || !isNumber(row[i]) })
	}
	for i := 2; i < len(first); i++ {
		if above(i) {
			return true
		}
	}
	if len(first) == 3 && len(rest) == 0 && !isNumber(first[2]) {
		return true
	}
	return above(0) && above(1)
}

func sameColumn(field, asked string) bool {
	return strings.EqualFold(strings.TrimSpace(field), strings.TrimSpace(asked))
}

// choose settles which columns to read.
func (l *layout) choose(name string, opt EdgeOptions, rows [][]string) error {
	if (opt.From == "") != (opt.To == "") {
		return &DataError{File: name, Reason: "needs the columns of both ends of a tie; one was given"}
	}
	var err error
	byName := false
	switch from, to := known(l.header, fromNames), known(l.header, toNames); {
	case opt.From != "":
		if l.from, err = l.find(name, opt.From); err != nil {
			return err
		}
		if l.to, err = l.find(name, opt.To); err != nil {
			return err
		}
		byName = true
	case from >= 0 && to >= 0 && from != to:
		l.from, l.to, byName = from, to, true
	case l.width <= 3:
		l.from, l.to = 0, 1
	default:
		return &DataError{File: name, Reason: fmt.Sprintf("has %d columns (%s); say which two are the ends of a tie", l.width, l.columnNames())}
	}
	if l.from == l.to {
		return &DataError{File: name, Column: l.name(l.from), Reason: "can't be both ends of a tie"}
	}
	switch {
	case opt.Unweighted:
	case opt.Weight != "":
		if l.weight, err = l.find(name, opt.Weight); err != nil {
			return err
		}
	case known(l.header, weightNames) >= 0:
		l.weight = known(l.header, weightNames)
	case !byName && l.width == 3 && known(l.header, timeNames) != 2 && slices.ContainsFunc(rows, func(r []string) bool { return len(r) > 2 && r[2] != "" }):
		l.weight = 2
	}
	if l.weight == l.from || l.weight == l.to {
		return &DataError{File: name, Column: l.name(l.weight), Reason: "can't be both an end of a tie and its weight"}
	}
	return nil
}

// find is the place of a column by its name, or else its number.
func (l *layout) find(name, asked string) (int, error) {
	for i, h := range l.header {
		if sameColumn(h, asked) {
			return i, nil
		}
	}
	n, err := strconv.Atoi(asked)
	if err == nil && n >= 1 && n <= l.width {
		return n - 1, nil
	}
	if l.header == nil {
		return 0, &DataError{File: name, Column: asked, Reason: fmt.Sprintf("is missing; the file has no header, so name its columns by number, 1 to %d", l.width)}
	}
	return 0, &DataError{File: name, Column: asked, Reason: fmt.Sprintf("is missing; the file has %s", l.columnNames())}
}

func (l *layout) columnNames() string {
	names := make([]string, l.width)
	for i := range names {
		names[i] = l.name(i)
	}
	return strings.Join(names, ", ")
}
