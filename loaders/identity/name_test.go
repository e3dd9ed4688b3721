package identity

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"  Robert  ", "robert"},
		{"O'Brien", "obrien"},
		{"O\u2019Brien", "obrien"},
		{"Anne-Marie", "anne marie"},
		{"MÜLLER", "muller"},
		{"Mu\u0308ller", "muller"},
		{"Straße", "strasse"},
		{"Łukasz Żółć", "lukasz zolc"},
		{"Søren Ægir Þór", "soren aegir thor"},
		{"Ｓｍｉｔｈ", "smith"}, // full-width letters
		{"ИВАНОВ", "иванов"},
		{"Семён", "семен"},
		{"Νίκος", "νικοσ"},
		{"李 小龍", "李 小龍"},
		{"がんばる", "\u304b\u3099んはる"[:6] + "ん\u306f\u3099る"}, // the marks of kana stay
		{"כָּהֵן", "כהן"},
		{"किरण", "किरण"}, // vowel signs stay
		{"İstanbul", "istanbul"},
		{"ırmak", "irmak"},
		{"a\u200db", "ab"},
		{"--", ""},
		{"ﬁsch", "fisch"},
		{"\xff\xfeJ\xc3\xa9", "je"},
		{"No. 5", "no 5"},
	} {
		if got := Name(c.in); got != c.want {
			t.Errorf("Name(%q) is %q; want %q", c.in, got, c.want)
		}
	}
}

func TestAddressLine(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"12 High Street", "12 high st"},
		{"12, High St.", "12 high st"},
		{"Hauptstraße 3", "hauptstr 3"},
		{"Hauptstr. 3", "hauptstr 3"},
		{"Main Avenue North", "main ave n"},
		{"", ""},
	} {
		if got := AddressLine(c.in); got != c.want {
			t.Errorf("AddressLine(%q) is %q; want %q", c.in, got, c.want)
		}
	}
}

func TestSortedWords(t *testing.T) {
	for in, want := range map[string]string{"robert allen": "allen robert", "allen robert": "allen robert", "x": "x", "c b a c": "a b c c"} {
		if got := sortedWords(in); got != want {
			t.Errorf("%q sorted is %q; want %q", in, got, want)
		}
	}
}

func TestEmailAddress(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"Rob.Allen@Smith.NET", "rob.allen@smith.net", true},
		{" mailto:a@b.c ", "a@b.c", true},
		{"Rob Allen <rob@smith.net>", "rob@smith.net", true},
		{"rob@smith.net.", "rob@smith.net", true},
		{"rob+tag@smith.net", "rob+tag@smith.net", true},
		{"rob", "rob", false},
		{"@smith.net", "@smith.net", false},
		{"rob@", "rob@", false},
		{"a@b@c", "a@b@c", false},
		{"a b@c.d", "a b@c.d", false},
		{"", "", false},
	} {
		if got, ok := EmailAddress(c.in); got != c.want || ok != c.ok {
			t.Errorf("EmailAddress(%q) is %q, %t; want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
}

func FuzzName(f *testing.F) {
	for _, s := range []string{"O'Brien", "Łukasz", "がんばる", "İ", "ŉ", "\xff", "ß ẞ", "ﷺ", "ͅα", "한글"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Name(s)
		if again := Name(got); again != got {
			t.Errorf("%q is %q, and that %q", s, got, again)
		}
		if !utf8.ValidString(got) || strings.HasPrefix(got, " ") || strings.HasSuffix(got, " ") || strings.Contains(got, "  ") {
			t.Errorf("%q is %q", s, got)
		}
		if ascii, plain := asciiName(s); plain {
			if folded := foldName(s); ascii != folded {
				t.Errorf("%q is %q as ASCII and %q as Unicode", s, ascii, folded)
			}
		}
		line := AddressLine(s)
		if again := AddressLine(line); again != line {
			t.Errorf("as an address %q is %q, and that %q", s, line, again)
		}
	})
}

func FuzzEmailAddress(f *testing.F) {
	for _, s := range []string{"a@b.c", "X <y@z>", "mailto:a@b", "a@b..", "ſ@K"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := EmailAddress(s)
		if !ok {
			return
		}
		if again, still := EmailAddress(got); again != got || !still {
			t.Errorf("%q is %q, and that %q, %t", s, got, again, still)
		}
	})
}
