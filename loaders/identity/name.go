package identity

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Name brings a name, a place or any other words into a normal form: Unicode
// NFKD and full case folding, without the accents of Latin, Greek and Cyrillic
// letters and without Hebrew and Arabic vowel points (other scripts keep their
// marks, which are vowels there); apostrophes vanish, whatever else is neither
// letter nor digit becomes one space. It is empty when no letter and no digit
// is left, and Name of a normal form is that form.
func Name(s string) string {
	out, plain := asciiName(s)
	if plain {
		return out
	}
	return foldName(s)
}

// asciiName is Name for plain ASCII, which most names are; it says false when s
// is something else.
func asciiName(s string) (string, bool) {
	clean := true
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf {
			return "", false
		}
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && (c != ' ' || i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			clean = false
		}
	}
	if clean {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b = append(b, c)
		case c == '\'' || c == '`':
		default:
			if len(b) > 0 && b[len(b)-1] != ' ' {
				b = append(b, ' ')
			}
		}
	}
	if len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return string(b), true
}

// foldName is Name for any text.
func foldName(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(strings.ToValidUTF8(s, " "))))
	var b strings.Builder
	b.Grow(len(s))
	bare := false  // the last letter loses its marks
	space := false // a space is due before the next letter
	for _, r := range s {
		switch {
		case unicode.Is(unicode.M, r):
			if bare || b.Len() == 0 || space {
				continue
			}
		case unicode.IsLetter(r):
			bare = unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic)
		case unicode.IsNumber(r):
			bare = false
		case strings.ContainsRune("'`\u2018\u2019\u02bc\u02bb\u00b4", r) || unicode.Is(unicode.Cf, r):
			continue
		default:
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		r = cherokee(r)
		if base, ok := strokeless(r); ok {
			b.WriteString(base)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cherokee gives the large letter for a small one, which is what they fold to: the
// folding of x/text has each of the two become the other.
func cherokee(r rune) rune {
	switch {
	case r >= 0xab70 && r <= 0xabbf:
		return r - 0xab70 + 0x13a0
	case r >= 0x13f8 && r <= 0x13fd:
		return r - 8
	}
	return r
}

// strokeless gives letters that Unicode doesn't take apart as they are written
// where the keyboard lacks them.
func strokeless(r rune) (string, bool) {
	switch r {
	case 'ł':
		return "l", true
	case 'ø':
		return "o", true
	case 'đ', 'ð':
		return "d", true
	case 'ħ':
		return "h", true
	case 'ı':
		return "i", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'þ':
		return "th", true
	case 'ß':
		return "ss", true
	}
	return "", false
}

// sortedWords is a normal form with its words in byte order, so that "allen
// robert" and "robert allen" are the same.
func sortedWords(s string) string {
	if strings.IndexByte(s, ' ') < 0 {
		return s
	}
	words := strings.Split(s, " ")
	for i := 1; i < len(words); i++ {
		for j := i; j > 0 && words[j] < words[j-1]; j-- {
			words[j], words[j-1] = words[j-1], words[j]
		}
	}
	return strings.Join(words, " ")
}
