package loaders

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// memberTwice says that an object has a member twice, of which one would be lost.
type memberTwice struct{ name string }

func (e *memberTwice) Error() string { return fmt.Sprintf("the member %q twice", e.name) }

// object reads a JSON object with nothing behind it. What its members hold is not
// looked at beyond where it ends.
func object(text []byte) (map[string]json.RawMessage, error) {
	d := jsontext.NewDecoder(bytes.NewReader(text), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, errors.New("it is empty")
	}
	if what := map[jsontext.Kind]string{'[': "a list", '"': "a text", '0': "a number", 'n': "null", 't': "true", 'f': "false"}[d.PeekKind()]; what != "" {
		return nil, errors.New("it is " + what)
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, badJSON(err)
	}
	members := map[string]json.RawMessage{}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return nil, badJSON(err)
		}
		key := name.String()
		value, err := d.ReadValue()
		if err != nil {
			return nil, badJSON(err)
		}
		if _, there := members[key]; there {
			return nil, &memberTwice{key}
		}
		members[key] = json.RawMessage(bytes.Clone(value))
	}
	if _, err := d.ReadToken(); err != nil {
		return nil, badJSON(err)
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows it")
	}
	return members, nil
}

// badJSON says where a text stops to be JSON.
func badJSON(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it ends too early")
	}
	if s := (*jsontext.SyntacticError)(nil); errors.As(err, &s) {
		return fmt.Errorf("it goes wrong behind byte %d", s.ByteOffset)
	}
	return err
}
