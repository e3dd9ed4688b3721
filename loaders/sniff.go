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

// delimiter reads the option.
func delimiter(text string) (byte, error) {
	switch strings.ToLower(text) {
	case "tab", `\t`:
		return '\t', nil
	case "comma":
		return ',', nil
	case "semicolon":
		return ';', nil
	case "pipe":
		return '|', nil
	case "space":
		return ' ', nil
	case "blanks":
		return blanksDelim, nil
	}
	if c, ok := controlName(text); ok {
		return c, nil
	}
	if utf8.RuneCountInString(text) > 1 && len(text) < 10 {
		return 0, fmt.Errorf("the delimiter %q has several characters, and kith reads files with one between the fields: replace it in the file by one that does not occur there, such as ^A, and pass --delimiter ^A", text)
	}
	if len(text) == 1 && text[0] != '"' && text[0] != '\n' && text[0] != '\r' && text[0] != 0 && text[0] < 0x80 {
		return text[0], nil
	}
	return 0, fmt.Errorf("the delimiter %q cannot be used: give one ASCII character, a control character such as ^A, or tab, space or blanks (any run of spaces and tabs)", text)
}

// controlName reads a control character written as ^A or \x01.
func controlName(text string) (byte, bool) {
	c := byte(0)
	switch {
	case len(text) == 2 && text[0] == '^' && text[1] >= '@' && text[1] <= '_':
		c = text[1] - '@'
	case len(text) == 4 && strings.HasPrefix(text, `\x`):
		n, err := strconv.ParseUint(text[2:], 16, 7)
		if err != nil {
			return 0, false
		}
		c = byte(n)
	}
	return c, c != 0 && c != '\n' && c != '\r' && c < ' '
}

// delimName is how the option for a delimiter is written.
func delimName(d byte) string {
	switch d {
	case '\t':
		return "tab"
	case ' ':
		return "space"
	case blanksDelim:
		return "blanks"
	}
	if d < ' ' {
		return "^" + string(rune('@'+d))
	}
	return "'" + string(d) + "'"
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
func sniffDelimiter(head []byte, d dialect) byte {
	best, bestScore := byte(','), 0.0
	for _, c := range []byte{0x01, 0x1f, '\t', ';', '|', ',', ' ', blanksDelim} {
		if c < '\t' && c != blanksDelim && bytes.IndexByte(head, c) < 0 {
			continue
		}
		d.delim = c
		rows, _, _ := sampleOf(head, d, 200)
		n := usualLength(rows)
		if n < 2 {
			continue
		}
		same := 0
		for _, r := range rows {
			if len(r) == n {
				same++
			}
		}
		score := float64(same) / float64(len(rows))
		if len(rows[0]) != n {
			score /= 2
		}
		// Blanks stand in any text: they must fit nearly everywhere.
		if (c == ' ' || c == blanksDelim) && score < 0.9 {
			continue
		}
		if score > bestScore+0.02 {
			best, bestScore = c, score
		}
	}
	return best
}

// hasHeader says whether the first row names the columns: a name is known to one
// of the kinds, or numbers stand beneath something that is none, or all fields
// are words that do not occur beneath. A first row with a number is data.
func hasHeader(rows [][]string) bool {
	first := rows[0]
	known, names := false, knownNames()
	for _, f := range first {
		f = strings.TrimSpace(f)
		if numberShape.MatchString(f) || isoShape.MatchString(f) || slashShape.MatchString(f) {
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
