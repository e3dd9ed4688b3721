package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// jsonForm is how a file holds objects of JSON.
type jsonForm uint8

const (
	notJSON    jsonForm = iota
	jsonLines           // one on each line
	jsonArray           // one array of them
	jsonStream          // one after the other, over any lines
)

// Faults of a row of JSON.
const (
	faultJSON   = "the row is not valid JSON"
	faultCut    = "the JSON object is cut off"
	faultObject = "the row is JSON, but not an object"
	faultTwice  = "a key stands twice"
	faultBehind = "text follows the JSON object"
	faultNew    = "the row has a key that was not there before"
)

const (
	// mostKeys bounds the columns of a file of JSON.
	mostKeys = 5000
	// longestElement bounds what is held of one element of an array.
	longestElement = 64 << 20
)

// objects takes objects of JSON apart into fields. Objects within them become
// fields whose names are joined by points, arrays stay JSON, null is an empty
// field, and numbers keep their text.
type objects struct {
	dec    *jsontext.Decoder
	source bytes.Buffer
	keys   map[string]int
	// grow gives keys that are not there yet a number.
	grow   bool
	key    []byte   // that of the present value
	ends   []int    // where the keys around it end
	text   []byte   // of the present row's values
	fields [][]byte // nil for a key that the row does not have
}

func newObjects(keys map[string]int, grow bool) *objects {
	return &objects{dec: jsontext.NewDecoder(bytes.NewReader(nil)), keys: keys, grow: grow}
}

// take fills in fields from the text of one object. at is where a fault is,
// counted in characters from 1.
func (o *objects) take(raw []byte) (fault string, at int) {
	o.text, o.key, o.ends = o.text[:0], o.key[:0], o.ends[:0]
	if o.fields == nil {
		o.fields = make([][]byte, len(o.keys))
	}
	for i := range o.fields {
		o.fields[i] = nil
	}
	o.source = *bytes.NewBuffer(raw)
	o.dec.Reset(&o.source)
	place := func(offset int64) int { return utf8.RuneCount(raw[:offset]) + 1 }
	fault, err := o.object()
	if err == nil && fault == "" {
		if _, err = o.dec.ReadToken(); err == nil {
			return faultBehind, place(o.dec.InputOffset())
		}
		if errors.Is(err, io.EOF) {
			return "", 0
		}
		fault = faultBehind
	}
	if err == nil {
		return fault, place(o.dec.InputOffset())
	}
	offset := int64(len(raw))
	if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
		offset = min(s.ByteOffset, offset)
	}
	switch {
	case fault != "":
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		fault = faultCut
	case errors.Is(err, jsontext.ErrDuplicateName):
		fault = faultTwice
	default:
		fault = faultJSON
	}
	return fault, place(offset)
}

// object reads an object with all that is in it.
func (o *objects) object() (fault string, err error) {
	switch first, err := o.dec.ReadToken(); {
	case err != nil:
		return "", err
	case first.Kind() != '{':
		return faultObject, nil
	}
	for {
		if o.dec.PeekKind() == '}' {
			if _, err := o.dec.ReadToken(); err != nil {
				return "", err
			}
			if len(o.ends) == 0 {
				return "", nil
			}
			o.key = o.key[:o.ends[len(o.ends)-1]]
			o.ends = o.ends[:len(o.ends)-1]
			continue
		}
		name, err := o.dec.ReadValue()
		if err != nil {
			return "", err
		}
		end := len(o.key)
		if end > 0 {
			o.key = append(o.key, '.')
		}
		if o.key, err = unquoted(o.key, name); err != nil {
			return "", err
		}
		if o.dec.PeekKind() == '{' {
			o.ends = append(o.ends, end)
			if _, err := o.dec.ReadToken(); err != nil {
				return "", err
			}
			continue
		}
		if fault, err := o.value(); fault != "" || err != nil {
			return fault, err
		}
		o.key = o.key[:end]
	}
}

// value reads what the present key has.
func (o *objects) value() (fault string, err error) {
	raw, err := o.dec.ReadValue()
	if err != nil {
		return "", err
	}
	from := len(o.text)
	switch raw.Kind() {
	case 'n':
	case '"':
		if o.text, err = unquoted(o.text, raw); err != nil {
			return "", err
		}
	default:
		o.text = append(o.text, raw...)
	}
	column, known := o.keys[string(o.key)]
	if !known {
		if !o.grow {
			return faultNew, nil
		}
		column = len(o.keys)
		o.keys[string(o.key)] = column
		o.fields = append(o.fields, nil)
	}
	if o.fields[column] != nil {
		return faultTwice, nil
	}
	o.fields[column] = o.text[from:len(o.text):len(o.text)]
	if bytes.IndexByte(o.fields[column], 0) >= 0 || bytes.IndexByte(o.key, 0) >= 0 {
		return faultNUL, nil
	}
	return "", nil
}

// unquoted appends the text of a string of JSON.
func unquoted(to []byte, raw jsontext.Value) ([]byte, error) {
	if bytes.IndexByte(raw, '\\') < 0 {
		return append(to, raw[1:len(raw)-1]...), nil
	}
	return jsontext.AppendUnquote(to, raw)
}

// nextObject is next for JSON.
func (s *scanner) nextObject() bool {
	if s.objects == nil {
		s.objects = newObjects(s.d.keys, s.grow)
		s.quotes = true
	}
	cut := s.nextLine
	if s.d.json != jsonLines {
		cut = s.nextElement
	}
	if !cut() {
		return false
	}
	r := &s.rec
	switch {
	case r.fault != "":
		return true
	case bytes.IndexByte(r.raw, 0) >= 0:
		r.fault = faultNUL
		return true
	case !utf8.Valid(r.raw):
		r.fault = s.wild
		return true
	}
	fault, at := s.objects.take(r.raw)
	if r.fault = fault; fault != "" {
		r.place = fmt.Sprintf("character %d", at)
		return true
	}
	r.fields = s.objects.fields
	for _, f := range r.fields {
		if len(f) == 0 {
			continue
		}
		s.multiline = s.multiline || bytes.IndexByte(f, '\n') >= 0
		s.blanks = s.blanks || f[0] == ' ' || f[0] == '\t' || f[len(f)-1] == ' ' || f[len(f)-1] == '\t'
	}
	return true
}

// nextLine cuts the next line that is not blank, whatever is in it.
func (s *scanner) nextLine() bool {
	for {
		if s.start >= s.window && !s.fill() {
			return false
		}
		b := s.buf[s.start:s.window]
		i := bytes.IndexByte(b, '\n')
		n := i + 1
		if i < 0 {
			if !s.eof { // it goes on, and is too long already
				s.rec = record{line: s.line, raw: b[:min(len(b), 1<<14)], fault: faultLong}
				s.start, s.window, s.skipping = s.end, s.end, true
				return true
			}
			i, n = len(b), len(b)
		}
		s.rec = record{line: s.line, raw: bytes.TrimSpace(b[:i])}
		s.start += n
		s.line++
		if len(s.rec.raw) == 0 {
			s.blankLines++
			continue
		}
		if i > maxRow {
			s.rec.raw, s.rec.fault = s.rec.raw[:min(len(s.rec.raw), 1<<14)], faultLong
		}
		return true
	}
}

// jsonError is a fault of an array of JSON, behind which nothing can be read.
type jsonError struct {
	reason string
	// text is what the parser says.
	text string
}

func (e *jsonError) Error() string { return e.reason + ": " + e.text }

// errElement says that an element is too large to be held.
var errElement = &jsonError{"one value of it is longer than 64 MB", "kith reads arrays of small objects"}

// elements cuts a stream into the elements of an array or of a sequence.
type elements struct {
	src  io.Reader
	dec  *jsontext.Decoder
	err  error // of src
	read int64
	ends []int64 // places of line ends that are not counted yet
	line int64
	open bool // within the array
}

// Read implements io.Reader for the decoder and notes where lines end.
func (e *elements) Read(p []byte) (int, error) {
	if e.dec != nil && e.read-e.dec.InputOffset() > longestElement {
		e.err = errElement
		return 0, e.err
	}
	n, err := e.src.Read(p)
	for i, c := range p[:n] {
		if c == '\n' {
			e.ends = append(e.ends, e.read+int64(i))
		}
	}
	e.read += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		e.err = err
	}
	return n, err
}

// lineAt is the line of an offset, which must not be smaller than the last.
func (e *elements) lineAt(offset int64) int64 {
	i := 0
	for i < len(e.ends) && e.ends[i] < offset {
		i++
	}
	e.line += int64(i)
	e.ends = e.ends[i:]
	return e.line
}

// nextElement cuts the next element.
func (s *scanner) nextElement() bool {
	e := s.elements
	if e == nil {
		e = &elements{src: s.src, line: 1}
		s.elements = e
		e.dec = jsontext.NewDecoder(e, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
		if s.d.json == jsonArray {
			if _, err := e.dec.ReadToken(); err != nil {
				return s.failed(err)
			}
			e.open = true
		}
	}
	if e.open && e.dec.PeekKind() == ']' {
		if _, err := e.dec.ReadToken(); err != nil {
			return s.failed(err)
		}
		e.open = false
	}
	if s.d.json == jsonArray && !e.open {
		if _, err := e.dec.ReadToken(); errors.Is(err, io.EOF) {
			return s.failed(e.err)
		}
		s.line = e.lineAt(e.dec.InputOffset())
		s.err = &jsonError{"text follows the array", "only one array can be in a file"}
		return false
	}
	raw, err := e.dec.ReadValue()
	if errors.Is(err, io.EOF) && !e.open {
		return s.failed(e.err)
	}
	if err != nil {
		return s.failed(err)
	}
	line := e.lineAt(e.dec.InputOffset() - int64(len(raw)))
	s.rec = record{line: line, raw: raw}
	s.line = line
	if len(raw) > maxRow {
		s.rec.raw, s.rec.fault = raw[:1<<14], faultLong
	}
	return true
}

// failed ends a stream of elements.
func (s *scanner) failed(err error) bool {
	e := s.elements
	switch syntax := (*jsontext.SyntacticError)(nil); {
	case e.err != nil:
		s.err = e.err
	case errors.As(err, &syntax):
		s.line = e.lineAt(syntax.ByteOffset)
		s.err = &jsonError{"the JSON is not valid here", syntax.Err.Error()}
		if errors.Is(err, io.ErrUnexpectedEOF) {
			s.err = &jsonError{"the JSON is cut off here", "the file ends within it"}
		}
	case err != nil:
		s.line = e.lineAt(e.read)
		s.err = &jsonError{"the JSON is cut off here", "the file ends within it"}
	}
	return false
}
