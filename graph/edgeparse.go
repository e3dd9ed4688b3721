package graph

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"unsafe"
)

// parser turns blocks of text into rows, for one worker.
type parser struct {
	layout   *layout
	from, to *idSide
	codes    []uint32 // of all ids of a block
	unquoted []byte   // a field with doubled quotes, with one each
}

// parse reads the rows of a block, and returns how many lines it has.
func (p *parser) parse(b block) (arcColumns, int, *fault) {
	l, text := p.layout, b.text
	at := 0
	if b.number == 0 {
		at = l.skip
	}
	most := bytes.Count(text[at:], []byte("\n"))
	var c arcColumns
	p.codes = make([]uint32, 2*most)
	c.from, c.to = p.codes[:most:most], p.codes[most:]
	if l.weight >= 0 {
		c.w = make([]float32, most)
	}
	n, line := 0, 0
	spaces := l.second != l.delimiter
	for at < len(text) {
		line++
		if spaces {
			at = p.blanks(text, at)
		}
		if end := lineEnd(text, at); end >= 0 {
			at = end + 1
			continue
		}
		var reason string
		field := 0
		for {
			switch field {
			case l.from:
				at, reason = p.id(text, at, p.from, n)
			case l.to:
				at, reason = p.id(text, at, p.to, most+n)
			case l.weight:
				c.w[n], at, reason = p.weight(text, at)
			default:
				if field >= l.width {
					return c, line, &fault{line: line, column: -1, reason: fmt.Sprintf("has more fields than the %d of the first row", l.width)}
				}
				at, reason = p.skip(text, at)
			}
			if reason != "" {
				return c, line, &fault{line: line, column: field, reason: reason}
			}
			field++
			end := text[at]
			at++
			if end == '\n' {
				break
			}
			if spaces {
				at = p.blanks(text, at)
				if end := lineEnd(text, at); end >= 0 {
					at = end + 1
					break
				}
			}
		}
		if field < l.width {
			return c, line, &fault{line: line, column: -1, reason: fmt.Sprintf("has %d of %d fields", field, l.width)}
		}
		n++
	}
	p.from.flush(p.codes)
	p.to.flush(p.codes)
	c.from, c.to = c.from[:n], c.to[:n]
	if c.w != nil {
		c.w = c.w[:n]
	}
	return c, line, nil
}

// blanks is the place of the first byte from at on that is no space or tab.
func (p *parser) blanks(text []byte, at int) int {
	for text[at] == ' ' || text[at] == '\t' {
		at++
	}
	return at
}

// lineEnd is the place of the line feed when the line ends at this place, or -1.
func lineEnd(text []byte, at int) int {
	if text[at] == '\n' {
		return at
	}
	if text[at] == '\r' && text[at+1] == '\n' {
		return at + 1
	}
	return -1
}

// id reads an id, puts its code into a place of the codes, and returns the place
// of the delimiter or line feed behind it. Every line ends with a line feed, so
// scanning stops in time.
func (p *parser) id(text []byte, at int, side *idSide, place int) (int, string) {
	v := uint32(0)
	end := at
	for end < at+9 {
		d := uint32(text[end]) - '0'
		if d > 9 {
			break
		}
		v = v*10 + d
		end++
	}
	digits := end - at
	c := text[end]
	if c == '\r' && text[end+1] == '\n' {
		end++
		c = '\n'
	}
	if (c == p.layout.delimiter || c == '\n') && digits > 0 && v < smallNumbers && (text[at] != '0' || digits == 1) {
		side.see(v)
		p.codes[place] = v
		return end, ""
	}
	return p.textID(text, at, side, place)
}

func (p *parser) textID(text []byte, at int, side *idSide, place int) (int, string) {
	field, end, reason := p.field(text, at)
	if reason != "" {
		return end, reason
	}
	if len(field) == 0 {
		return end, "is empty; a tie needs an id at both ends"
	}
	if v, ok := smallNumber(field); ok {
		side.see(v)
		p.codes[place] = v
	} else {
		side.ids.Add(field)
		side.places = append(side.places, uint32(place))
		if side.ids.Len() == batch {
			side.flush(p.codes)
		}
	}
	return end, ""
}

var tens = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// weight reads a weight. A short decimal number is an integer of at most 53
// bits over a power of ten that float64 holds exactly, so one division rounds
// it as strconv would.
func (p *parser) weight(text []byte, at int) (float32, int, string) {
	m, end, point := uint64(0), at, -1
	for end < at+16 {
		c := text[end]
		if d := uint64(c) - '0'; d <= 9 {
			m = m*10 + d
		} else if c == '.' && point < 0 {
			point = end
		} else {
			break
		}
		end++
	}
	if c := text[end]; (c == p.layout.delimiter || c == '\n' || lineEnd(text, end) >= 0) && m < 1<<53 {
		stop := end
		if c == '\r' {
			stop++
		}
		if point < 0 && end > at {
			return float32(m), stop, ""
		}
		if point >= 0 && end-at > 1 {
			return float32(float64(m) / tens[end-point-1]), stop, ""
		}
	}
	field, end, reason := p.field(text, at)
	if reason != "" {
		return 0, end, reason
	}
	if len(field) == 0 {
		return 0, end, "is empty; a weight must be a number"
	}
	w, err := strconv.ParseFloat(unsafe.String(unsafe.SliceData(field), len(field)), 64)
	shown := field[:min(len(field), 40)]
	switch {
	case err != nil && !math.IsInf(w, 0):
		return 0, end, fmt.Sprintf("has %q, which is not a number", shown)
	case !(w >= 0):
		return 0, end, fmt.Sprintf("has %q; a weight must be a number that is not negative", shown)
	case w > math.MaxFloat32:
		return 0, end, fmt.Sprintf("has %q; a weight must not exceed 3.4e38", shown)
	}
	return float32(w), end, ""
}

const unclosed = "has a quote that is not closed on the same line; close it, double it inside a quoted field, or take the line break out of the field"

// skip passes over a field that is not read.
func (p *parser) skip(text []byte, at int) (int, string) {
	a, b := p.layout.delimiter, p.layout.second
	if text[at] == '"' || text[at] == ' ' {
		_, end, reason := p.field(text, at)
		return end, reason
	}
	for text[at] != a && text[at] != b && text[at] != '\n' {
		at++
	}
	return at, ""
}

// field reads any field: without the blanks around it, and without its quotes.
// The result is valid until the next call.
func (p *parser) field(text []byte, at int) (field []byte, end int, reason string) {
	a, b := p.layout.delimiter, p.layout.second
	begin := at
	for text[begin] == ' ' && a != ' ' {
		begin++
	}
	if text[begin] == '"' {
		return p.quoted(text, begin+1)
	}
	end = begin
	for text[end] != a && text[end] != b && text[end] != '\n' {
		end++
	}
	stop := end
	if text[end] == '\n' && stop > begin && text[stop-1] == '\r' {
		stop--
	}
	for stop > begin && text[stop-1] == ' ' {
		stop--
	}
	return text[begin:stop], end, ""
}

// quoted reads on from behind an opening quote.
func (p *parser) quoted(text []byte, at int) (field []byte, end int, reason string) {
	begin := at
	doubled := false
	for {
		k := bytes.IndexByte(text[at:], '"')
		if k < 0 || bytes.IndexByte(text[at:at+k], '\n') >= 0 {
			return nil, at, unclosed
		}
		at += k
		if text[at+1] != '"' {
			break
		}
		doubled = true
		at += 2
	}
	field = text[begin:at]
	if doubled {
		p.unquoted = p.unquoted[:0]
		for i := 0; i < len(field); i++ {
			p.unquoted = append(p.unquoted, field[i])
			if field[i] == '"' {
				i++
			}
		}
		field = p.unquoted
	}
	at++
	for text[at] == ' ' && p.layout.delimiter != ' ' {
		at++
	}
	if text[at] == '\r' && text[at+1] == '\n' {
		at++
	}
	if c := text[at]; c != p.layout.delimiter && c != p.layout.second && c != '\n' {
		return nil, at, "goes on behind its closing quote; double a quote inside a quoted field"
	}
	return field, at, ""
}

// fields reads a whole line, for a look at the layout; nil for an empty line.
func (p *parser) fields(text []byte, at int) (fields []string, end int, reason string) {
	spaces := p.layout.second != p.layout.delimiter
	if spaces {
		at = p.blanks(text, at)
	}
	if end := lineEnd(text, at); end >= 0 {
		return nil, end + 1, ""
	}
	for {
		field, end, reason := p.field(text, at)
		if reason != "" {
			return nil, end, reason
		}
		fields = append(fields, string(field))
		at = end + 1
		if text[end] == '\n' {
			return fields, at, ""
		}
		if spaces {
			at = p.blanks(text, at)
			if end := lineEnd(text, at); end >= 0 {
				return fields, end + 1, ""
			}
		}
	}
}
