package graph

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Telling is the length in characters from which an id that stands within a text
// is taken for the one whom it names: a shorter one may be an age, a price or a
// count (ours).
const Telling = 6

// Mentions tells whether an id stands in a text by itself: with no letter or digit
// before or behind it. Time O(len(text)), and none for an empty id.
func Mentions(text, id string) bool {
	letter := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for from := 0; id != ""; {
		at := strings.Index(text[from:], id)
		if at < 0 {
			return false
		}
		at += from
		before, _ := utf8.DecodeLastRuneInString(text[:at])
		after, _ := utf8.DecodeRuneInString(text[at+len(id):])
		if !letter(before) && !letter(after) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
	return false
}
