package identity

import (
	"strings"
	"unicode"
)

// EmailAddress brings an e-mail address into a normal form: lower case, without
// blanks, "mailto:", a name before <…>, and a dot at the end. Dots and tags
// within the part before the @ stay, as their meaning is the provider's. It is
// false for a text that has not one @ between something and something else; the
// text is then only trimmed and lower-cased.
func EmailAddress(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if open := strings.LastIndexByte(s, '<'); open >= 0 && strings.HasSuffix(s, ">") {
		s = s[open+1 : len(s)-1]
	}
	s = strings.ToLower(strings.TrimSpace(s))
	for strings.HasPrefix(s, "mailto:") {
		s = strings.TrimSpace(strings.TrimPrefix(s, "mailto:"))
	}
	at := strings.IndexByte(s, '@')
	if at <= 0 || at == len(s)-1 || strings.IndexByte(s[at+1:], '@') >= 0 || strings.ContainsFunc(s, unicode.IsSpace) {
		return s, false
	}
	if bare := strings.TrimRight(s, "."); len(bare) > at+1 {
		s = bare
	}
	return s, true
}
