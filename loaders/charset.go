package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
	"golang.org/x/text/transform"
)

// charset is how the characters of a text file are written.
type charset struct {
	name string
	// enc is nil for UTF-8.
	enc encoding.Encoding
	// bom is how many bytes a byte order mark takes.
	bom int
}

var (
	charUTF8    = charset{name: "utf-8"}
	charUTF16LE = charset{name: "utf-16le", enc: unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	charUTF16BE = charset{name: "utf-16be", enc: unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	charUTF32LE = charset{name: "utf-32le", enc: utf32.UTF32(utf32.LittleEndian, utf32.IgnoreBOM)}
	charUTF32BE = charset{name: "utf-32be", enc: utf32.UTF32(utf32.BigEndian, utf32.IgnoreBOM)}
)

// marks are the byte order marks, the longer ones first.
var marks = []struct {
	mark string
	charset
}{
	{"\xff\xfe\x00\x00", charUTF32LE}, {"\x00\x00\xfe\xff", charUTF32BE},
	{"\xef\xbb\xbf", charUTF8}, {"\xff\xfe", charUTF16LE}, {"\xfe\xff", charUTF16BE},
}

// charsetOf reads the option: a name by which browsers or the IANA know an
// encoding. Latin-1 stands for windows-1252, of which it is a part, as it does
// in browsers.
func charsetOf(name string) (charset, error) {
	plain := strings.ToLower(strings.TrimSpace(name))
	switch strings.ReplaceAll(strings.ReplaceAll(plain, "-", ""), "_", "") {
	case "utf8", "utf8sig", "ascii", "usascii": // ASCII is a part of it
		return charUTF8, nil
	case "utf16":
		return charset{name: "utf-16"}, nil
	case "utf32":
		return charset{name: "utf-32"}, nil
	case "utf32le":
		return charUTF32LE, nil
	case "utf32be":
		return charUTF32BE, nil
	}
	if page, ok := strings.CutPrefix(plain, "latin"); ok {
		plain = "latin" + strings.TrimLeft(page, "-_ ")
	}
	unknown := fmt.Errorf("the encoding %q is not known: use a name such as utf-8, utf-16, windows-1252, iso-8859-2, koi8-r, shift-jis, gbk or big5", name)
	enc, err := htmlindex.Get(plain)
	if err != nil {
		enc, err = htmlindex.Get(strings.ReplaceAll(plain, "_", "-"))
	}
	if err == nil {
		canonical, err := htmlindex.Name(enc)
		if err != nil || canonical == "replacement" || canonical == "x-user-defined" {
			return charset{}, unknown
		}
		switch canonical {
		case "utf-8":
			return charUTF8, nil
		case charUTF16LE.name:
			return charUTF16LE, nil
		case charUTF16BE.name:
			return charUTF16BE, nil
		}
		return charset{name: canonical, enc: enc}, nil
	}
	if enc, err = ianaindex.IANA.Encoding(plain); err != nil || enc == nil {
		return charset{}, unknown
	}
	canonical, err := ianaindex.IANA.Name(enc)
	if err != nil || strings.HasPrefix(canonical, "UTF-") {
		return charset{}, unknown
	}
	return charset{name: strings.ToLower(canonical), enc: enc}, nil
}

// errMark says that a byte order mark contradicts the option.
var errMark = errors.New("the byte order mark contradicts the encoding")

// detectCharset finds how a text that begins with head is written: by its byte
// order mark, by what was asked for, or as UTF-16 by its NUL bytes. Otherwise it
// is UTF-8, or else has to be named.
func detectCharset(head []byte, asked charset) (charset, error) {
	for _, m := range marks {
		if !bytes.HasPrefix(head, []byte(m.mark)) {
			continue
		}
		found := m.charset
		found.bom = len(m.mark)
		if asked.name != "" && !strings.HasPrefix(found.name, asked.name) {
			if asked.name == charUTF16LE.name && found.name == charUTF32LE.name {
				continue // a NUL behind the shorter mark
			}
			return found, errMark
		}
		return found, nil
	}
	guess, sure := guessWide(head)
	switch {
	case asked.name == "utf-32":
		return charUTF32LE, nil
	case asked.name == "utf-16" && guess.name != charUTF16BE.name:
		return charUTF16LE, nil
	case asked.name == "utf-16":
		return charUTF16BE, nil
	case asked.name != "":
		return asked, nil
	case sure:
		return guess, nil
	}
	return charUTF8, nil
}

// guessWide says which of the two orders of UTF-16 a text without a byte order
// mark has. It is sure when nearly all of its NUL bytes are at even or at odd
// places and it reads as text, with line ends, in that order.
func guessWide(head []byte) (c charset, sure bool) {
	head = head[:min(len(head), 1<<16)&^1]
	var at [2]int
	for i, b := range head {
		if b == 0 {
			at[i&1]++
		}
	}
	c = charUTF16LE
	few, many := at[0], at[1]
	if at[0] > at[1] {
		c, few, many = charUTF16BE, at[1], at[0]
	}
	if many == 0 || many < 20*few || many < len(head)/50 {
		return c, false
	}
	text, err := c.enc.NewDecoder().Bytes(head)
	if err != nil {
		return c, false
	}
	// A pair of surrogates may be cut at the end.
	text = bytes.TrimSuffix(text, []byte("\uFFFD"))
	if bytes.Contains(text, []byte("\uFFFD")) || !bytes.ContainsAny(text, "\r\n") {
		return c, false
	}
	odd := 0
	for _, b := range text {
		if b < ' ' && b != '\t' && b != '\n' && b != '\r' && b != '\f' && b != 1 && b != 0x1f {
			odd++
		}
	}
	return c, odd*50 <= len(text)
}

// reader turns the bytes of a text, byte order mark included, into UTF-8. What
// the encoding cannot decode becomes a byte that UTF-8 never has, so that the
// row is found to be faulty and no other.
func (c charset) reader(r io.Reader) (io.Reader, error) {
	if c.bom > 0 {
		if _, err := io.ReadFull(r, make([]byte, c.bom)); err != nil {
			return nil, err
		}
	}
	if c.enc == nil {
		return r, nil
	}
	_, page := c.enc.(*charmap.Charmap)
	return transform.NewReader(r, transform.Chain(c.enc.NewDecoder(), marker{controls: page})), nil
}

// undecodable stands for bytes that an encoding has no character for.
const undecodable = 0xff

// marker puts undecodable in the place of the replacement character that a
// decoder writes, and, for code pages, in that of the control characters from
// U+0080 on: tables give them to bytes that stand for nothing, and who meets one
// reads the file with the wrong page.
type marker struct {
	transform.NopResetter
	controls bool
}

// Transform implements transform.Transformer.
func (m marker) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		rest := src[nSrc:]
		if rest[0] < utf8.RuneSelf {
			n := 1
			for n < len(rest) && rest[n] < utf8.RuneSelf {
				n++
			}
			k := copy(dst[nDst:], rest[:n])
			nDst, nSrc = nDst+k, nSrc+k
			if k < n {
				return nDst, nSrc, transform.ErrShortDst
			}
			continue
		}
		if !atEOF && !utf8.FullRune(rest) {
			return nDst, nSrc, transform.ErrShortSrc
		}
		r, n := utf8.DecodeRune(rest)
		text := rest[:n]
		if r == utf8.RuneError || m.controls && r >= 0x80 && r < 0xa0 {
			text = []byte{undecodable}
		}
		if len(dst)-nDst < len(text) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += copy(dst[nDst:], text)
		nSrc += n
	}
	return nDst, nSrc, nil
}

// fault is the fault of a row that the encoding cannot decode.
func (c charset) fault() string {
	if c.enc == nil {
		return faultUTF8
	}
	return "the row is not " + c.name + " text"
}
