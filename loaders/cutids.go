package loaders

import (
	"fmt"
	"regexp"
)

// A spreadsheet shows a number of twelve digits and more as 4.17E+11, and writes it so,
// too: then nobody can tell any more whose it was, and many people are one. Such ids
// are rejected. Programs that write a small e, as 4.17e+11, keep all digits.

// cutID is what spreadsheets make of a long number, for both Go and DuckDB.
const cutID = `[0-9]([.,][0-9]+)?E[+][0-9]{2}`

var cutShape = regexp.MustCompile(`^` + cutID + `$`)

// perhapsCut says whether an id may be such a number, quickly.
func perhapsCut[T string | []byte](id T) bool {
	n := len(id)
	return n >= 5 && id[n-4] == 'E' && id[n-3] == '+'
}

// isCut is SQL that says whether the text x is such a number.
func isCut(x string) string {
	return fmt.Sprintf("(contains(%[1]s, 'E+') AND regexp_full_match(%[1]s, '%[2]s'))", x, cutID)
}

// Cut is isCut for a field.
func (n named) Cut() string { return isCut(n.Field) }

// uncut has a text that is cut as it stands, whatever steps make of others: of 4.17E+11
// and 4.175E+11 digits would make ids that look like any.
func (s stage) uncut(field, x, changed string) string {
	f, _ := s.p.kind.field(field)
	if f.sort != idField || f.Name == "" || x == changed {
		return changed
	}
	return "CASE WHEN " + isCut(x) + " THEN " + x + " ELSE " + changed + " END"
}
