package loaders

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// candidates are the encodings that are proposed for a text that is not UTF-8,
// the more usual ones first.
var candidates = []string{
	"windows-1252", "windows-1251", "windows-1250", "gbk", "shift_jis", "big5", "euc-kr", "euc-jp", "koi8-r",
	"windows-1254", "windows-1253", "iso-8859-2", "windows-1255", "windows-1256", "windows-1257", "ibm866", "ibm850", "macintosh",
}

// mostWords bounds the words that a proposal looks at.
const mostWords = 500

// wildWords are the different words with bytes beyond ASCII in rows that are not
// UTF-8, in their order. Bytes below 0x40 end a word, as they are never the
// second of a character of two bytes.
func wildWords(rows [][]byte) [][]byte {
	seen := map[string]bool{}
	var out [][]byte
	for _, row := range rows {
		from := 0
		for i := 0; i <= len(row); i++ {
			if i < len(row) && row[i] >= 0x40 {
				continue
			}
			w := row[from:i]
			from = i + 1
			if !utf8.Valid(w) && !seen[string(w)] && len(out) < mostWords {
				seen[string(w)] = true
				out = append(out, w)
			}
		}
	}
	return out
}

// proposal is an encoding with how it reads a few words.
type proposal struct {
	charset charset
	score   float64
	texts   []string
}

// propose ranks the encodings that rows which are not UTF-8 may be written in
// by how much their words look like words: letters of one script, small ones
// behind large ones, no signs in between. Ours; it is a proposal to a person,
// never a decision.
func propose(rows [][]byte) []proposal {
	words := wildWords(rows)
	var out []proposal
	for _, name := range candidates {
		c, err := charsetOf(name)
		if err != nil || len(words) == 0 {
			continue
		}
		p := proposal{charset: c}
		for _, w := range words {
			text, err := c.enc.NewDecoder().Bytes(w)
			if err != nil {
				text = []byte("\uFFFD")
			}
			p.texts = append(p.texts, string(text))
			p.score += likeness(string(text), w, c.name)
		}
		if p.score /= float64(len(words)); p.score > -1 {
			out = append(out, p)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].score > out[j].score })
	return out
}

// likeness is how much a text, which an encoding made of raw, looks like a word,
// up to 1.
func likeness(text string, raw []byte, name string) float64 {
	var letters, beyond, bad float64
	var cases []bool // of the letters that have one, whether they are large
	var script *unicode.RangeTable
	for _, r := range text {
		switch {
		case r == utf8.RuneError || r >= 0x80 && r < 0xa0:
			return -3
		case unicode.IsLetter(r):
			s := scriptOf(r)
			if script != nil && s != script {
				bad += 2
			}
			script = s
			if letters++; r >= 0x80 {
				beyond++
			}
			if unicode.IsUpper(r) || unicode.IsLower(r) {
				cases = append(cases, unicode.IsUpper(r))
			}
		case unicode.IsMark(r):
		case r >= 0x80:
			bad++
		}
	}
	if !wordCase(cases) {
		bad += 2
	}
	if script == unicode.Latin && letters > 2 && beyond > letters/2 { // accents are the exception
		bad += beyond - letters/2
	}
	score := (letters - 2*bad) / (letters + bad + 1e-9)
	if script == unicode.Han || script == unicode.Hangul {
		score -= rareShare(raw, name)
	}
	return max(score, -3)
}

// wordCase says whether letters are all large, all small, or small behind the
// first.
func wordCase(large []bool) bool {
	for i := 2; i < len(large); i++ {
		if large[i] != large[1] {
			return false
		}
	}
	return len(large) < 2 || large[0] || !large[1]
}

// scriptOf is the script of a letter; kana go with Chinese signs.
func scriptOf(r rune) *unicode.RangeTable {
	for _, s := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Hangul} {
		if unicode.Is(s, r) {
			return s
		}
	}
	return unicode.Han
}

// frequent are the first bytes that the frequent signs of the encodings of East
// Asia have.
var frequent = map[string][2]byte{
	"gbk": {0xb0, 0xd7}, "big5": {0xa4, 0xc6}, "euc-kr": {0xb0, 0xc8}, "euc-jp": {0xa4, 0xcf}, "shift_jis": {0x82, 0x97},
}

// rareShare is the share of signs that are not frequent.
func rareShare(raw []byte, name string) float64 {
	rare, n := 0, 0
	usual := frequent[name]
	for i := 0; i < len(raw); i++ {
		if raw[i] < 0x80 {
			continue
		}
		if n++; raw[i] < usual[0] || raw[i] > usual[1] {
			rare++
		}
		i++
	}
	return float64(rare) / float64(max(n, 1))
}

// advise words the best proposals, with a word that tells them apart.
func advise(rows [][]byte) (first, sentence string) {
	best := propose(rows)
	best = best[:min(len(best), 3)]
	if len(best) == 0 {
		return "windows-1252", "name its encoding with --encoding, such as windows-1252"
	}
	at, most := 0, 0
	for i := range best[0].texts {
		different := map[string]bool{}
		for _, p := range best {
			different[p.texts[i]] = true
		}
		if len(different) > most {
			at, most = i, len(different)
		}
	}
	var parts []string
	for _, p := range best {
		parts = append(parts, fmt.Sprintf("%s (%s)", p.charset.name, shorten(p.texts[at])))
	}
	first = best[0].charset.name
	if len(parts) == 1 {
		return first, "it looks like " + parts[0]
	}
	return first, "it looks like " + strings.Join(parts[:len(parts)-1], ", ") + " or " + parts[len(parts)-1]
}
