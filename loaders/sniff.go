package loaders

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Header says whether the first row of a text file has the names of the columns.
type Header string

// What is known about the header.
const (
	HeaderGuessed Header = ""
	HeaderYes     Header = "yes"
	HeaderNo      Header = "no"
)

// separator is what stands between the fields of a text file.
type separator string

// blanksDelim says that fields stand apart by any run of spaces and tabs.
const blanksDelim separator = ""

// longestDelim is the length of the longest separator, in bytes.
const longestDelim = 16

// delimiter reads the option.
func delimiter(text string) (separator, error) {
	switch strings.ToLower(text) {
	case "tab":
		return "\t", nil
	case "comma":
		return ",", nil
	case "semicolon":
		return ";", nil
	case "pipe":
		return "|", nil
	case "space":
		return " ", nil
	case "blanks":
		return blanksDelim, nil
	}
	if c, ok := controlName(text); ok {
		return separator(c), nil
	}
	d := strings.ReplaceAll(text, `\t`, "\t")
	if d == "" || len(d) > longestDelim || !utf8.ValidString(d) || strings.ContainsAny(d, "\"\r\n\x00") {
		return "", fmt.Errorf("the delimiter %q cannot be used: give one character or several, up to %d bytes, without quotes and line ends; a control character such as ^A; or tab, space or blanks (any run of spaces and tabs)", text, longestDelim)
	}
	return separator(d), nil
}

// controlName reads a control character written as ^A or \x01.
func controlName(text string) (string, bool) {
	c := byte(0)
	switch {
	case len(text) == 2 && text[0] == '^' && text[1] >= '@' && text[1] <= '_':
		c = text[1] - '@'
	case len(text) == 4 && strings.HasPrefix(text, `\x`):
		n, err := strconv.ParseUint(text[2:], 16, 7)
		if err != nil {
			return "", false
		}
		c = byte(n)
	}
	return string(c), c != 0 && c != '\n' && c != '\r' && c < ' '
}

// delimName is how the option for a delimiter is written.
func delimName(d separator) string {
	switch d {
	case "\t":
		return "tab"
	case " ":
		return "space"
	case blanksDelim:
		return "blanks"
	}
	if len(d) == 1 && d[0] < ' ' {
		return "^" + string(rune('@'+d[0]))
	}
	return "'" + strings.ReplaceAll(string(d), "\t", `\t`) + "'"
}

// sampleOf is the fields of the first rows that can be read, how many others
// are among them, and the fault of the very first if it is one of those.
func sampleOf(head []byte, d dialect, rows int) (sample [][]string, faulty int, firstFault string) {
	d.columns = 0
	s := newScanner(bytes.NewReader(head), d)
	for n := 0; len(sample) < rows && s.next(); n++ {
		if s.rec.fault == "" {
			sample = append(sample, d.split(s.rec.raw))
			continue
		}
		faulty++
		if n == 0 {
			firstFault = s.rec.fault
		}
	}
	return sample, faulty, firstFault
}

// usualLength is the number of fields that most rows have; the larger of two
// that are as frequent.
func usualLength(rows [][]string) int {
	count := map[int]int{}
	for _, r := range rows {
		count[len(r)]++
	}
	best := 0
	for n, c := range count {
		if c > count[best] || c == count[best] && n > best {
			best = n
		}
	}
	return best
}

// sniffDelimiter finds what separates the fields: the candidate that cuts most
// rows, and the first one, into the same number of fields above one. Ours: where
// two do so equally, the rarer in text wins, and blanks come last.
func sniffDelimiter(head []byte, d dialect) separator {
	best, bestScore, bestFields := separator(","), 0.0, 1
	for _, c := range []separator{"\x01", "\x1f", "\t", ";", "|", ",", " ", blanksDelim} {
		if c != blanksDelim && c < "\t" && !bytes.Contains(head, []byte(c)) {
			continue
		}
		d.delim = c
		score, n := fits(head, d)
		// Blanks stand in any text: they must fit nearly everywhere.
		if (c == " " || c == blanksDelim) && score < 0.9 {
			continue
		}
		if score > bestScore+0.02 {
			best, bestScore, bestFields = c, score, n
		}
	}
	for _, c := range longDelims {
		if !bytes.Contains(head, []byte(c)) {
			continue
		}
		d.delim = c
		score, n := fits(head, d)
		if score < bestScore-0.02 {
			continue
		}
		// A part of c that stands nowhere else cuts as it does, only worse. Any
		// other candidate must cut into fewer fields, blanks into no more.
		inside := strings.Count(string(c), string(best))
		part := best != blanksDelim && inside > 0 && bestFields-1 == (n-1)*inside
		more := bestFields < n || bestFields == n && (best == " " || best == blanksDelim)
		if part || more && score >= 0.9 {
			return c
		}
	}
	return best
}

// longDelims are separators of several characters, or bytes, that files are seen
// with; one that holds another comes first.
var longDelims = []separator{"~|~", "|~|", "^|^", "|^|", "#|#", "|#|", "@|@", "||", "::", ";;", "~~", "@@", "##", "$$", "¬", "¦", "§"}

// fits is the share of the first rows that a dialect cuts into the usual number of
// fields, and that number; half of it where the very first is another. It is 0
// where rows are of one field.
func fits(head []byte, d dialect) (score float64, fields int) {
	rows, _, _ := sampleOf(head, d, 200)
	n := usualLength(rows)
	if n < 2 {
		return 0, n
	}
	same := 0
	for _, r := range rows {
		if len(r) == n {
			same++
		}
	}
	score = float64(same) / float64(len(rows))
	if len(rows[0]) != n {
		score /= 2
	}
	return score, n
}

// hasHeader says whether the first row names the columns: a name is known to one
// of the kinds, or numbers stand beneath something that is none, or all fields
// are words that do not occur beneath. A first row with a number or a time is data.
func hasHeader(rows [][]string) bool {
	first := rows[0]
	known, names := false, knownNames()
	for _, f := range first {
		f = strings.TrimSpace(f)
		if numberShape.MatchString(f) || isoShape.MatchString(f) || slashShape.MatchString(f) || colonClock.MatchString(f) {
			return false
		}
		if len(plainName(f)) > 1 && names[plainName(f)] {
			known = true
		}
	}
	if known || len(rows) == 1 {
		return true
	}
	for i, f := range first {
		if f == "" {
			continue
		}
		for _, r := range rows[1:] {
			if i < len(r) && r[i] == f {
				return false // it is a value like others
			}
		}
	}
	return true
}

// knownNames are the headers that stand for a field of some kind.
func knownNames() map[string]bool {
	known := map[string]bool{}
	for _, k := range Kinds {
		for _, f := range k.Fields() {
			known[plainName(f.Name)] = true
			for _, n := range strings.Fields(f.names) {
				known[n] = true
			}
		}
	}
	return known
}
