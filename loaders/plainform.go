package loaders

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

// plainForm is how the rows of a file of calls are written when they can be read
// without a question: whatever stands there means the same to calls.sql, which
// judges every other row.
type plainForm struct {
	cut   bool // the fields of a record are cut already
	delim byte
	last  int // the last column that is read
	// The columns of the fields; -1 for those that come from none.
	caller, callee, at, seconds, kind, answered int
	// word is the kind of all rows where no column has it, and answer what the
	// rows are where no column says whether they were answered.
	word   uint8
	answer uint8
	// Of Parquet: which of times and lengths are numbers there, not texts, and
	// whether these times are in microseconds since 1970.
	atNumbers, secondsNumbers, typed bool

	epoch bool // times are numbers, maybe as texts
	unit  int64
	comma bool // numbers have a decimal comma

	fields   [][]byte
	former   []byte // the text that wordCode stands for
	wordCode uint8
}

// What a plain row is, in bits of one number: its kind, which takes two, and
// whether it was answered. A row that is not plain keeps its place as oddCall.
const (
	unansweredIf = 4
	codeBits     = 3
	oddCall      = 128
	unknownWord  = 255
)

// longSeconds is a length that no plain row has, of sixteen years, so that a length
// and a code fit into one number.
const longSeconds = 1 << 29

// What the column of answered may say.
const (
	answeredBySeconds uint8 = iota // nothing: -1 seconds is a missed call
	answeredYes
	answeredNo
)

const dataCode = 2

var kindCodes = map[string]uint8{"voice": 0, "message": 1, "data": dataCode}

// plainFormOf is nil where some row could depend on more than its own plain text:
// on a zone, the order of days and months, a time of day in a column of its own,
// changes of texts, or records of one side.
func plainFormOf(p *plan) *plainForm {
	src := p.src
	if p.kind != Calls || !src.parquet && len(src.d.delim) != 1 && src.d.json == notJSON || len(src.columns) < 2 {
		return nil
	}
	f := &plainForm{cut: src.d.json != notJSON || src.parquet, at: -1, seconds: -1, kind: -1, answered: -1, comma: p.figures.comma}
	if len(src.d.delim) == 1 {
		f.delim = src.d.delim[0]
	}
	for _, name := range []string{"caller", "callee"} {
		if _, ok := p.fields[name]; !ok {
			return nil
		}
	}
	for name, b := range p.fields {
		if strings.HasPrefix(name, "bytes") { // only rows without a callee have them
			continue
		}
		if b.row || b.clock > 0 || src.inFolder(b.column) {
			return nil
		}
		f.last = max(f.last, b.column)
		switch name {
		case "caller":
			f.caller = b.column
		case "callee":
			f.callee = b.column
		case "at":
			f.at = b.column
			if !f.takeStyle(p) {
				return nil
			}
		case "seconds":
			f.seconds = b.column
		case "kind":
			f.kind = b.column
			f.word = kindCode(callKinds.of(b.literal))
		case "answered":
			f.answered = b.column
			f.answer = answerCode(answers.of(b.literal))
		default: // subscriber, other, direction
			return nil
		}
		if b.column < 0 && (name != "kind" || f.word == unknownWord) && (name != "answered" || f.answer == unknownWord) {
			return nil
		}
	}
	_, words := p.fields["kind"]
	for name, steps := range p.changes {
		if _, there := p.fields[name]; there && len(steps) > 0 && (len(steps) > 1 || !hashes(steps) || (name != "caller" && name != "callee")) {
			return nil
		}
	}
	// Both sides are hashed or none, as one table has the ids of both.
	if hashes(p.changes["caller"]) != hashes(p.changes["callee"]) || p.units["seconds"] != "" || !words {
		return nil
	}
	return f
}

// takeStyle says whether times of the plan's style are plain.
func (f *plainForm) takeStyle(p *plan) bool {
	style, ok := p.styles["at"]
	if !ok { // it is no text
		return true
	}
	switch style.form {
	case epochTime:
		f.epoch = true
		if style.unit != "" {
			f.unit = map[string]int64{epochUnits["microseconds"]: 1, epochUnits["milliseconds"]: 1e3, epochUnits["seconds"]: 1e6}[style.unit]
			return f.unit > 0
		}
		return true
	case isoTime:
		return p.zone == "" || p.zone == "UTC"
	}
	return false
}

func kindCode(word string) uint8 {
	if code, ok := kindCodes[word]; ok {
		return code
	}
	return unknownWord
}

func answerCode(word string) uint8 {
	switch word {
	case "true":
		return answeredYes
	case "false":
		return answeredNo
	}
	return unknownWord
}

// plainCall is one row. The ids lie in the record.
type plainCall struct {
	caller, callee []byte
	at             int64 // microseconds since 1970
	seconds        int64
	code           uint8
}

// read reads a record; false says that it is not plain.
func (f *plainForm) read(r *record, c *plainCall) bool {
	if r.odd || !f.split(r) {
		return false
	}
	c.caller, c.callee = trimBlanks(f.fields[f.caller]), trimBlanks(f.fields[f.callee])
	return f.judge(c)
}

// judge reads what a row says beside its ids from the fields; false says that it is
// not plain.
func (f *plainForm) judge(c *plainCall) bool {
	if !plainID(c.caller) || !plainID(c.callee) || bytes.Equal(c.caller, c.callee) {
		return false
	}
	if c.at = 0; f.at >= 0 {
		var ok bool
		if c.at, ok = f.timeOf(f.fields[f.at]); !ok {
			return false
		}
	}
	missed := false
	if c.seconds = 0; f.seconds >= 0 {
		var ok bool
		if c.seconds, missed, ok = f.secondsOf(f.fields[f.seconds]); !ok {
			return false
		}
	}
	var kind, answered []byte
	if f.kind >= 0 {
		kind = f.fields[f.kind]
	}
	if f.answered >= 0 {
		answered = f.fields[f.answered]
	}
	if c.code = f.codeOf(kind, answered, missed); c.code == unknownWord {
		return false
	}
	return c.code&3 != dataCode || !maybeAccessPoint(c.caller, c.callee)
}

// timeOf reads a time.
func (f *plainForm) timeOf(b []byte) (at int64, ok bool) {
	if b = trimBlanks(b); f.epoch {
		at, ok = f.epochOf(b)
	} else {
		at, ok = isoOf(b)
	}
	return at, ok && at >= firstTime && at < endOfTimes
}

// timeOfNumber is timeOf for a number.
func (f *plainForm) timeOfNumber(v int64) (at int64, ok bool) {
	if at, ok = v, true; !f.typed {
		at, ok = f.epoch64(v)
	}
	return at, ok && at >= firstTime && at < endOfTimes
}

// codeOf is the code of a call whose columns of kind and answered, where there are
// any, say this; unknownWord where it is not plain.
func (f *plainForm) codeOf(kind, answered []byte, missed bool) uint8 {
	code := f.word
	if f.kind >= 0 {
		code = f.kindOf(trimBlanks(kind))
	}
	answer := f.answer
	if f.answered >= 0 {
		answer = answerOf(trimBlanks(answered))
	}
	if code == unknownWord || answer == unknownWord {
		return unknownWord
	}
	if answer == answeredNo || answer == answeredBySeconds && missed {
		code |= unansweredIf
	}
	return code
}

// split cuts a record into its fields, up to the last that is read.
func (f *plainForm) split(r *record) bool {
	if f.cut {
		f.fields = r.fields
		return f.last < len(r.fields)
	}
	f.fields = f.fields[:0]
	raw := r.raw
	for {
		var end int
		if len(raw) > 0 && raw[0] == '"' {
			if end = bytes.IndexByte(raw[1:], '"') + 2; end < 2 || end < len(raw) && raw[end] != f.delim {
				return false
			}
			f.fields = append(f.fields, raw[1:end-1])
			if end == 2 { // "" is no NULL
				return false
			}
		} else {
			if end = bytes.IndexByte(raw, f.delim); end < 0 {
				end = len(raw)
			}
			f.fields = append(f.fields, raw[:end])
		}
		if len(f.fields) > f.last {
			return true
		}
		if end == len(raw) {
			return false
		}
		raw = raw[end+1:]
	}
}

// plainID says whether an id is one.
func plainID(id []byte) bool { return (len(id) > 4 || !missingText(string(id))) && !perhapsCut(id) }

// trimBlanks takes blanks around a text off, as trimmed does in SQL.
func trimBlanks(b []byte) []byte {
	if n := len(b); n > 0 && (b[0] == ' ' || b[0] == '\t' || b[n-1] == ' ' || b[n-1] == '\t') {
		return bytes.Trim(b, " \t")
	}
	return b
}

// number reads a few digits and nothing else.
func number64(b []byte, most int) (v int64, ok bool) {
	if len(b) == 0 || len(b) > most {
		return 0, false
	}
	for _, c := range b {
		d := c - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + int64(d)
	}
	return v, true
}

// epochOf reads a number of seconds, or of milli- or microseconds, as epoch does
// in SQL.
func (f *plainForm) epochOf(b []byte) (int64, bool) {
	v, ok := number64(b, 16)
	if !ok {
		return 0, false
	}
	return f.epoch64(v)
}

func (f *plainForm) epoch64(v int64) (int64, bool) {
	switch {
	case v < 0 || v > 1<<53: // beyond what a DOUBLE holds
		return 0, false
	case f.unit > 0:
		return v * f.unit, v <= 1e16/f.unit
	case v <= 1e10:
		return v * 1e6, true
	case v >= 1e11 && v <= 1e13:
		return v * 1e3, true
	}
	return v, v >= 1e14
}

// secondsOf reads a length; one that is not there is 0, and -1 is a missed call.
func (f *plainForm) secondsOf(b []byte) (seconds int64, missed, ok bool) {
	b = trimBlanks(b)
	if v, ok := number64(b, 15); ok {
		return v, false, v < longSeconds
	}
	switch {
	case len(b) == 0:
		return 0, false, true
	case string(b) == "-1":
		return 0, true, true
	case f.comma || len(b) > 20:
		return 0, false, false
	}
	point := bytes.IndexByte(b, '.')
	if point < 1 || point == len(b)-1 {
		return 0, false, false
	}
	if _, ok := number64(b[:point], 9); !ok {
		return 0, false, false
	}
	if _, ok := number64(b[point+1:], 15); !ok {
		return 0, false, false
	}
	v, err := strconv.ParseFloat(string(b), 64)
	seconds = int64(math.RoundToEven(v))
	return seconds, false, err == nil && seconds < longSeconds
}

// secondsOfNumber is secondsOf for a number.
func secondsOfNumber(v int64, null bool) (seconds int64, missed, ok bool) {
	switch {
	case null:
		return 0, false, true
	case v == -1:
		return 0, true, true
	}
	return v, false, v >= 0 && v < longSeconds
}

// kindOf is the code of a word, which is mostly that of the row before.
func (f *plainForm) kindOf(b []byte) uint8 {
	if len(b) == 0 {
		return unknownWord
	}
	if !bytes.Equal(b, f.former) {
		f.former = append(f.former[:0], b...)
		f.wordCode = kindCode(plainWord(callKinds, b))
	}
	return f.wordCode
}

func answerOf(b []byte) uint8 {
	if len(b) == 0 {
		return answeredBySeconds
	}
	return answerCode(plainWord(answers, b))
}

// plainWord is the word that a text of ASCII stands for.
func plainWord(v *vocabulary, b []byte) string {
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	return v.of(string(b))
}
