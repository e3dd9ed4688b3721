package loaders

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// mostTitles is how many rows a title may have.
const mostTitles = 30

// title takes the rows off that stand above the header, as reports have them: the
// name of the report, its period, blank cells. They are known by what follows: the
// first row with names of columns that are usual, as wide as most rows and with no
// blank cell, above which every row is shorter or mostly blank. It finds the
// delimiter anew, as a title has none.
func (s *source) title(head []byte, guessed separator, o *Options) ([]byte, separator) {
	d := s.d
	if d.delim = guessed; o.Delimiter != "" {
		if asked, err := delimiter(o.Delimiter); err == nil {
			d.delim = asked
		}
	}
	if rows, _, _ := sampleOf(head, d, 1); len(rows) == 0 || namesColumns(rows[0]) {
		return head, guessed // as nearly all files
	}
	rest := head
	for n := 1; n <= mostTitles; n++ {
		if rest = s.behindRow(rest); len(rest) == 0 {
			break
		}
		with := d
		if o.Delimiter == "" {
			with.delim = sniffDelimiter(rest, s.d)
		}
		rows, _, fault := sampleOf(rest, with, 200)
		if fault != "" || len(rows) < 2 {
			continue
		}
		width := usualLength(rows[1:])
		if width < 2 || len(rows[0]) != width || !namesColumns(rows[0]) || !hasHeader(rows) {
			continue
		}
		above, faulty, _ := sampleOf(head[:len(head)-len(rest)], with, mostTitles)
		if faulty > 0 {
			break
		}
		s.titles = nil
		for _, row := range above {
			there := 0
			for _, cell := range row {
				if strings.TrimSpace(cell) != "" {
					there++
				}
			}
			if len(row) >= width && 2*there > width {
				s.titles = nil
				return head, guessed // a row like others
			}
			s.titles = append(s.titles, strings.TrimSpace(strings.TrimRight(strings.Join(row, string(with.delim)), " \t,;|")))
		}
		return rest, with.delim
	}
	return head, guessed
}

// behindRow is what follows the first row.
func (s *source) behindRow(text []byte) []byte {
	end := byte('\n')
	if s.d.cr {
		end = '\r'
	}
	for len(text) > 0 {
		line, rest, _ := bytes.Cut(text, []byte{end})
		text = rest
		if len(bytes.TrimSpace(line)) > 0 { // blank lines are skipped
			break
		}
	}
	return text
}

// namesColumns says whether a row has the names of columns: none is blank, and two
// of them, or one of two, are known.
func namesColumns(row []string) bool {
	names, known := knownNames(), 0
	for _, cell := range row {
		name := plainName(cell)
		if name == "" {
			return false
		}
		if names[name] {
			known++
		}
	}
	return len(row) > 1 && known >= min(2, len(row)-1)
}

// titleNote says what was left out above the header, without its text where that
// may have an id which is hashed elsewhere.
func (s *source) titleNote(hidden bool) string {
	if len(s.titles) == 0 {
		return ""
	}
	rows := "the first row is a title and was left out"
	if len(s.titles) > 1 {
		rows = fmt.Sprintf("the first %d rows are a title and were left out", len(s.titles))
	}
	if hidden {
		return rows
	}
	texts := slices.DeleteFunc(slices.Clone(s.titles), func(t string) bool { return t == "" })
	return fmt.Sprintf("%s: %q", rows, shorten(strings.Join(texts, " / ")))
}
