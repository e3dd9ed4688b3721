package graph

import (
	"bytes"
	"encoding/json"
	"slices"
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

// Unmention is a JSON object without the members that mention one of the ids, and
// their names in byte order. Ids that are not Telling are not looked for. What is no
// object stays as it is.
func Unmention(object string, ids []string) (string, []string) {
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return utf8.RuneCountInString(id) < Telling || !strings.Contains(object, id)
	})
	var members map[string]json.RawMessage
	if len(ids) == 0 || json.Unmarshal([]byte(object), &members) != nil {
		return object, nil
	}
	var gone []string
	for name, value := range members {
		plain := string(value)
		_ = json.Unmarshal(value, &plain) // a text without its quotes and escapes
		if slices.ContainsFunc(ids, func(id string) bool { return Mentions(plain, id) || Mentions(name, id) }) {
			delete(members, name)
			gone = append(gone, name)
		}
	}
	if gone == nil {
		return object, nil
	}
	slices.Sort(gone)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(members) != nil {
		return object, nil // what was decoded can be encoded
	}
	return strings.TrimSpace(b.String()), gone
}
