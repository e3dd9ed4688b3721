package loaders

import "bytes"

// parsed is what parse found: n bytes consumed, of which the first text are the
// row without its line end, over so many lines.
type parsed struct {
	n, text int
	lines   int64
	fields  int
	odd     bool
	fault   string
	more    bool // the row does not end within the bytes
}

// parse reads one row from the beginning of b. atEnd says that nothing follows b.
func (d dialect) parse(b []byte, atEnd bool) (p parsed) {
	i := 0
	if d.delim == blanksDelim {
		i = d.skipBlanks(b, 0)
	}
	for {
		f := d.field(b, i, atEnd)
		p.odd = p.odd || f.odd
		if f.more || f.fault != "" {
			p.more, p.fault = f.more, f.fault
			return p
		}
		if d.delim != blanksDelim || !f.last || f.to > f.from || f.quoted { // not what follows trailing blanks
			p.fields++
		}
		if f.last {
			p.text, p.n = f.end, f.next
			p.lines = int64(bytes.Count(b[:f.end], []byte{'\n'})) + 1
			return p
		}
		i = f.next
	}
}

// field is one field of a row: its text is b[from:to], still with doubled
// quotes when quoted.
type field struct {
	from, to int
	quoted   bool
	odd      bool
	last     bool // the row ends behind it
	end      int  // where it ended, blanks and quotes included
	next     int  // where to read on
	more     bool
	fault    string
}

// field reads the field that begins at i.
func (d dialect) field(b []byte, i int, atEnd bool) (f field) {
	k := d.skipBlanks(b, i)
	if k == len(b) && !atEnd {
		return field{more: true}
	}
	if k < len(b) && b[k] == '"' {
		return d.quoted(b, i, k, atEnd)
	}
	f.from = i
	j := i
	for {
		if j == len(b) {
			if !atEnd {
				return field{more: true}
			}
			f.last, f.end, f.next = true, j, j
			if j > i && b[j-1] == '\r' && !d.row { // the end of the file's last row; it stays odd
				f.end--
			}
			break
		}
		c := b[j]
		if c == '\n' {
			f.last, f.end, f.next = true, j, j+1
			if j > i && b[j-1] == '\r' {
				f.end--
				f.odd = f.odd && f.oddBefore(b[i:f.end])
			}
			break
		}
		if n := d.cut(b, j); n > 0 {
			f.end, f.next = j, d.behind(b, j+n)
			if f.next == len(b) && !atEnd && d.delim == blanksDelim {
				return field{more: true}
			}
			break
		}
		if c == '"' || c == '\r' {
			f.odd = true
		}
		j++
	}
	f.to = f.end
	return f
}

// oddBefore says whether a field that ends in a carriage return and a line feed
// is odd for another reason than that one.
func (field) oddBefore(b []byte) bool { return bytes.ContainsAny(b, "\"\r") }

// quoted reads a field whose opening quote is at k.
func (d dialect) quoted(b []byte, i, k int, atEnd bool) field {
	f := field{quoted: true, from: k + 1, odd: k > i}
	p := k + 1
	for {
		q := bytes.IndexByte(b[p:], '"')
		if q < 0 {
			if atEnd {
				return field{fault: faultQuote}
			}
			return field{more: true}
		}
		p += q + 1
		if p < len(b) && b[p] == '"' {
			p++
			continue
		}
		break
	}
	f.to = p - 1
	e := d.skipBlanks(b, p)
	if e+max(1, len(d.delim)) >= len(b) && !atEnd { // the delimiter may be cut off
		return field{more: true}
	}
	f.odd = f.odd || e > p
	f.end = e
	switch {
	case e == len(b):
		f.last, f.next = true, e
	case b[e] == '\n':
		f.last, f.next = true, e+1
	case b[e] == '\r' && e+1 < len(b) && b[e+1] == '\n':
		f.last, f.next = true, e+2
	case b[e] == '\r' && e+1 == len(b):
		f.last, f.next = true, e+1
	case d.cut(b, e) > 0:
		f.next = d.behind(b, e+d.cut(b, e))
		if f.next == len(b) && !atEnd && d.delim == blanksDelim {
			return field{more: true}
		}
	case d.delim == blanksDelim && e > p: // the blanks were the delimiter
		f.end, f.next = p, e
	default:
		return field{fault: faultAfter}
	}
	return f
}

// cut is how many bytes of b at i are a delimiter; 0 where none begins.
func (d dialect) cut(b []byte, i int) int {
	switch len(d.delim) {
	case 0: // blanksDelim
		if b[i] == ' ' || b[i] == '\t' {
			return 1
		}
	case 1:
		if b[i] == d.delim[0] {
			return 1
		}
	default:
		if len(b)-i >= len(d.delim) && string(b[i:i+len(d.delim)]) == string(d.delim) {
			return len(d.delim)
		}
	}
	return 0
}

// behind is where the next field begins whose delimiter ends at j.
func (d dialect) behind(b []byte, j int) int {
	if d.delim == blanksDelim {
		return d.skipBlanks(b, j)
	}
	return j
}

// skipBlanks moves over spaces and tabs that do not begin a delimiter, or over all
// of them where runs of blanks delimit.
func (d dialect) skipBlanks(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') && (d.delim == blanksDelim || d.cut(b, i) == 0) {
		i++
	}
	return i
}

// split cuts the text of one record, without its line end, into its fields and
// takes quotes off. It is for the few rows that are looked at one by one.
func (d dialect) split(raw []byte) []string {
	d.row = true
	var out []string
	i := 0
	if d.delim == blanksDelim {
		i = d.skipBlanks(raw, 0)
	}
	for {
		f := d.field(raw, i, true)
		if f.fault != "" { // take the rest as it stands
			return append(out, string(raw[i:]))
		}
		if d.delim == blanksDelim && f.last && f.to == f.from && !f.quoted {
			return out
		}
		text := raw[f.from:f.to]
		if f.quoted {
			text = bytes.ReplaceAll(text, []byte(`""`), []byte(`"`))
		}
		out = append(out, string(text))
		if f.last {
			return out
		}
		i = f.next
	}
}
