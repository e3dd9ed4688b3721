package loaders

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// listHeader names the columns of a file of lists: a customer and what is in its
// list.
const listHeader = "customer,item\n"

// listReader makes rows of one JSON object whose values are lists, such as
// {"ann": ["rock", "pop"], "bea": []}: one for each item, under listHeader.
// null is left out.
type listReader struct {
	dec *jsontext.Decoder
	buf bytes.Buffer
	key string
	// depth is how many brackets are open; begun and ended say whether the
	// object is.
	depth        int
	begun, ended bool
	// keys are how many lists came.
	keys int
}

func newListReader(r io.Reader) *listReader {
	l := &listReader{dec: jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true))}
	l.buf.WriteString(listHeader)
	return l
}

// Read implements io.Reader.
func (l *listReader) Read(to []byte) (int, error) {
	for l.buf.Len() == 0 {
		if err := l.step(); err != nil {
			return 0, err
		}
	}
	return l.buf.Read(to)
}

// step reads one token.
func (l *listReader) step() error {
	t, err := l.dec.ReadToken()
	var fault *jsontext.SyntacticError
	switch {
	case errors.Is(err, io.EOF) && l.ended:
		return io.EOF
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return &jsonError{"the object of lists is cut off", "it does not end"}
	case errors.As(err, &fault):
		return &jsonError{"it is an object of lists, but not valid JSON", fault.Error()}
	case err != nil:
		return err
	}
	switch kind := t.Kind(); {
	case l.ended:
		return &jsonError{"text follows the object of lists", kind.String()}
	case !l.begun && kind == '{':
		l.begun, l.depth = true, 1
	case l.depth == 1 && kind == '}':
		l.ended = true
	case l.depth == 1 && kind == '"':
		l.key = t.String()
		if l.dec.PeekKind() != '[' {
			return &jsonError{"it is an object of lists, but this is none", l.key}
		}
		l.keys++
	case l.depth == 1 && kind == '[':
		l.depth = 2
	case l.depth == 2 && kind == ']':
		l.depth = 1
	case l.depth == 2 && kind == 'n':
	case l.depth == 2 && (kind == '"' || kind == '0' || kind == 't' || kind == 'f'):
		for i, text := range []string{l.key, t.String()} {
			if i > 0 {
				l.buf.WriteByte(',')
			}
			l.buf.WriteString(`"` + strings.ReplaceAll(text, `"`, `""`) + `"`)
		}
		l.buf.WriteByte('\n')
	default:
		return &jsonError{"a list has something else than texts, numbers and truths", l.key}
	}
	return nil
}

// listsOf are the rows of the beginning of a file, if that is an object of two or
// more lists.
func listsOf(head []byte, whole bool) (rows []byte, ok bool) {
	text := bytes.TrimLeft(head, " \t\r\n")
	if len(text) == 0 || text[0] != '{' {
		return nil, false
	}
	l := newListReader(bytes.NewReader(head))
	var err error
	for err == nil {
		err = l.step()
	}
	cut := !whole && l.begun && !l.ended && l.dec.InputOffset() > int64(len(head))-maxRow
	if l.keys < 2 || !errors.Is(err, io.EOF) && !cut {
		return nil, false
	}
	return l.buf.Bytes(), true
}
