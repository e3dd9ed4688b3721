package loaders

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// maxRow is the longest row that is read, in bytes. DuckDB's own limit is twice
// as high, so that it never has to refuse what the scanner let pass.
const maxRow = 1 << 20

// Faults of a row that make it unreadable, as they stand among the rejects.
const (
	faultMany  = "too many fields"
	faultFew   = "too few fields"
	faultQuote = "a quote is never closed"
	faultAfter = "text follows a closing quote"
	faultLong  = "the row is longer than 1 MB"
	faultNUL   = "the row contains a NUL byte"
	faultUTF8  = "the row is not UTF-8 text"
)

// record is one row as it stands in the file.
type record struct {
	// line is the number of its first line; the first of the file is 1.
	line int64
	// raw is the text without the line end, valid until the next record. A
	// row that is too long is cut.
	raw []byte
	// fault is empty for a row that can be read; place is where it is within
	// the row, if that is known.
	fault, place string
	// fields are those of an object, nil for those that it does not have.
	fields [][]byte
	// odd says that a row can be read, but not by everybody: it has a quote
	// within an unquoted field, blanks around quotes, a lone carriage return,
	// or is separated by runs of blanks.
	odd bool
}

// scanner cuts delimited text into records. It differs from a parser in that it
// does not stop at a fault: a row whose quotes do not match ends at the end of
// its first line, and reading goes on behind it, so that one bad row costs
// itself only. Blank lines are skipped and counted.
//
// It takes O(n) time for n bytes and holds a few times maxRow in memory.
type scanner struct {
	src io.Reader
	d   dialect
	// delim is the dialect's, for counting.
	delim []byte

	buf        []byte
	large      int  // the length of the buffer once the first one was full
	start, end int  // buf[start:end] is not yet consumed
	window     int  // buf[start:window] are whole lines, checked
	plain      bool // the window has no quotes, and valid holds
	valid      bool // the window is UTF-8 without NUL, and has no lone carriage return
	eof        bool
	err        error
	line       int64
	rec        record
	skipping   bool   // within a row that is too long
	slow       bool   // every row takes the careful way, for comparing
	wild       string // the fault of a row with bytes that are not UTF-8
	weblog     bool   // the rows are made of the log of a web server
	heading    heading

	objects  *objects
	grow     bool // keys of objects that are new become fields
	elements *elements

	blankLines int64 // blank lines skipped
	quotes     bool  // a quote was seen
	multiline  bool  // a row went over several lines
	blanks     bool  // a field may begin or end with a blank
	lf, crlf   bool  // a row ended in a line feed alone, after a carriage return
}

// newScanner makes a scanner with a small buffer, as many read a few rows only.
func newScanner(src io.Reader, d dialect) *scanner {
	return &scanner{src: src, d: d, delim: []byte(d.delim), buf: make([]byte, 64<<10), large: 4 * maxRow, line: 1, wild: faultUTF8}
}

// next moves to the next record; it returns false at the end or when the source
// fails, which err tells apart.
func (s *scanner) next() bool {
	more := s.move()
	if !more || s.d.json != notJSON {
		return more
	}
	if s.weblog {
		s.rec.logged()
		return true
	}
	s.rec.unmarked(s.d)
	s.err = s.heading.judge(&s.rec, s.d)
	return s.err == nil
}

func (s *scanner) move() bool {
	if s.d.json != notJSON {
		return s.nextObject()
	}
	for {
		if s.start >= s.window && !s.fill() {
			return false
		}
		if s.plain {
			b := s.buf[s.start:s.window]
			i := bytes.IndexByte(b, '\n')
			n := i + 1
			if i < 0 { // the last line of a file that does not end in one
				i, n = len(b), len(b)
			}
			if i <= maxRow {
				s.start += n
				s.line++
				if i > 0 && b[i-1] == '\r' {
					i--
					s.crlf = true
				} else if i < n {
					s.lf = true
				}
				if i == 0 {
					s.blankLines++
					continue
				}
				s.rec = record{line: s.line - 1, raw: b[:i]}
				if s.d.columns > 0 {
					s.rec.fault = s.d.count(bytes.Count(b[:i], s.delim) + 1)
				}
				return true
			}
		}
		if s.valid && !s.plain && s.quick() {
			return true
		}
		done, ok := s.careful()
		if ok {
			return true
		}
		if !done && !s.more() {
			return false
		}
	}
}

// quick reads one record whose quotes are as they should be, and leaves every
// other to careful.
func (s *scanner) quick() bool {
	b := s.buf[s.start:s.window]
	fields, lines, i := 1, int64(1), 0
	delim := s.d.delim[0]
	for {
		if i < len(b) && b[i] == '"' { // a quoted field
			for {
				q := bytes.IndexByte(b[i+1:], '"')
				if q < 0 {
					return false
				}
				if lines += int64(bytes.Count(b[i+1:i+1+q], []byte{'\n'})); q > maxRow {
					return false
				}
				i += q + 2
				if i == len(b) || b[i] != '"' {
					break
				}
			}
		} else {
			for i < len(b) && b[i] != '\n' && b[i] != '\r' && (b[i] != delim || s.d.cut(b, i) == 0) {
				if b[i] == '"' || (b[i] == ' ' || b[i] == '\t') && i+1 < len(b) {
					// A blank may stand before a quote that opens a field.
					if k := s.d.skipBlanks(b, i); b[i] == '"' || k == len(b) || b[k] == '"' {
						return false
					}
				}
				i++
			}
		}
		if i == len(b) || i > maxRow {
			return false
		}
		cut := s.d.cut(b, i)
		if cut == 0 {
			break
		}
		i += cut
		fields++
	}
	text := i
	if b[i] == '\r' {
		i++
	}
	if i == len(b) || b[i] != '\n' || text == 0 {
		return false
	}
	if i > text {
		s.crlf = true
	} else {
		s.lf = true
	}
	s.rec = record{line: s.line, raw: b[:text], fault: s.d.count(fields)}
	s.multiline = s.multiline || lines > 1
	s.line += lines
	s.start += i + 1
	return true
}

// careful reads one record where quotes, carriage returns, NUL bytes, broken
// UTF-8 or a very long row may be. done is false when it needs more of the
// source first; ok is false when there is no record yet, as after a blank line.
func (s *scanner) careful() (done, ok bool) {
	b := s.buf[s.start:s.end]
	p := s.d.parse(b, s.eof)
	if p.more && len(b) <= maxRow {
		return false, false
	}
	first := bytes.IndexByte(b, '\n') // end of the first line
	if p.more || p.n > maxRow || p.fault == faultQuote || p.fault == faultAfter {
		// Resume behind the first line.
		if p.fault == "" {
			p.fault = faultLong
			if first >= 0 && first <= maxRow {
				p.fault = faultQuote
			}
		}
		if first < 0 && !s.eof {
			s.rec = record{line: s.line, raw: b[:min(len(b), 1<<14)], fault: faultLong}
			s.start = s.end
			s.window = s.end
			s.skipping = true
			return true, true
		}
		p.lines = 1
		p.n, p.text = first+1, first
		if first < 0 {
			p.n, p.text = len(b), len(b)
		}
		if p.text > maxRow {
			p.fault = faultLong
		}
		if p.text > 0 && b[p.text-1] == '\r' {
			p.text--
		}
	}
	s.start += p.n
	s.window = max(s.window, s.start)
	line := s.line
	s.line += p.lines
	switch {
	case p.n-p.text == 1 && b[p.text] == '\r':
		p.odd = true // the file ends in the middle of a line end
	case p.n-p.text == 1:
		s.lf = true
	case p.n-p.text == 2:
		s.crlf = true
	}
	if p.fault == "" && p.fields == 0 || p.text == 0 {
		s.blankLines++
		return true, false
	}
	raw := b[:p.text]
	s.rec = record{line: line, raw: raw, fault: p.fault, odd: p.odd || s.d.delim == blanksDelim}
	if p.lines > 1 {
		s.multiline = true
	}
	if s.rec.fault == "" || s.rec.fault == faultQuote || s.rec.fault == faultAfter {
		switch {
		case bytes.IndexByte(raw, 0) >= 0:
			s.rec.fault = faultNUL
		case !utf8.Valid(raw):
			s.rec.fault = s.wild
		}
	}
	if s.rec.fault == "" {
		s.rec.fault = s.d.count(p.fields)
	}
	return true, true
}

// fill marks the next lines that can be cut, reading on where there are none.
func (s *scanner) fill() bool {
	if s.skipping && !s.skip() {
		return false
	}
	for {
		b := s.buf[s.start:s.end]
		if i := bytes.LastIndexByte(b, '\n'); i >= 0 {
			s.setWindow(s.start + i + 1)
			return true
		}
		if len(b) > maxRow || s.eof && len(b) > 0 {
			s.setWindow(s.end)
			return true
		}
		if s.eof || !s.more() {
			return false
		}
	}
}

// skip discards the rest of a line that is too long.
func (s *scanner) skip() bool {
	for {
		if i := bytes.IndexByte(s.buf[s.start:s.end], '\n'); i >= 0 {
			s.start += i + 1
			s.line++
			s.skipping = false
			return true
		}
		s.start = s.end
		if s.eof || !s.more() {
			return false
		}
	}
}

// more appends what the source has next to the buffer, or finds its end.
func (s *scanner) more() bool {
	if s.err != nil {
		return false
	}
	into := s.buf
	if s.end == len(s.buf) && (s.start == 0 || len(s.buf) < s.large) {
		into = make([]byte, max(s.large, 2*len(s.buf)))
	}
	s.end = copy(into, s.buf[s.start:s.end])
	s.buf, s.window, s.start = into, max(0, s.window-s.start), 0
	// Several reads, so that a source that gives little at a time, such as
	// a decompressor, does not make every window small.
	from := s.end
	for s.end < len(s.buf) && s.end-from < maxRow {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		if errors.Is(err, io.EOF) {
			s.eof = true
			break
		}
		if err != nil {
			s.err = err
			return false
		}
	}
	if s.d.cr {
		for i := from; i < s.end; i++ {
			if s.buf[i] == '\r' {
				s.buf[i] = '\n'
			}
		}
	}
	return true
}

// setWindow marks the lines that can be cut, and finds out whether they need
// care.
func (s *scanner) setWindow(to int) {
	s.window = to
	b := s.buf[s.start:to]
	quotes := bytes.IndexByte(b, '"') >= 0
	s.quotes = s.quotes || quotes
	s.valid = !s.slow && s.d.delim != blanksDelim && bytes.IndexByte(b, 0) < 0 && utf8.Valid(b) &&
		bytes.Count(b, []byte{'\r'}) == bytes.Count(b, []byte("\r\n"))
	s.plain = s.valid && !quotes
	s.blanks = s.blanks || s.d.blankEdge(b)
}
