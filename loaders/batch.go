package loaders

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Streamed are the kinds of rows that can be posted, in the order of storing.
var Streamed = [...]Kind{Calls, Purchases, Visits}

// maxBatchRows is how many rows a batch may have.
const maxBatchRows = 10_000

// Batch is a number of events that somebody posts together.
type Batch struct {
	// Key names the batch among all of the house.
	Key string
	// Lines says that Body has one row on each line, in an object whose only
	// member is named by the kind in the singular; else Body is an object of
	// lists by kind.
	Lines bool
	// Body is JSON. Values are texts, numbers or booleans.
	Body []byte
}

// BatchError says why a batch as a whole cannot be read.
type BatchError struct {
	// TooMany says that it has too many rows.
	TooMany bool
	Reason  string
}

func (e *BatchError) Error() string { return "the batch " + e.Reason }

func unreadable(format string, args ...any) error {
	return &BatchError{Reason: fmt.Sprintf(format, args...)}
}

// posting is a batch on its way into the store.
type posting struct {
	key, hash string
	rows      map[Kind][]postedRow
	total     int

	receipt  Posted
	replayed bool
	err      error
	done     chan struct{}
}

// postedRow is one row: a text for each field of its kind, in their order, nil for
// one that is not there, or what is wrong with it.
type postedRow struct {
	index int // in its list, or of its line
	raw   []byte
	texts []*string
	// field and reason are set where the row is rejected.
	field, reason string
	duplicate     bool
}

// readBatch takes a batch apart.
func readBatch(b Batch) (*posting, error) {
	hash := sha256.New()
	fmt.Fprintf(hash, "%t\n", b.Lines)
	hash.Write(b.Body)
	key := sha256.Sum256([]byte(b.Key))
	p := &posting{key: hex.EncodeToString(key[:]), hash: hex.EncodeToString(hash.Sum(nil)), rows: map[Kind][]postedRow{}, done: make(chan struct{})}
	var err error
	if b.Lines {
		err = p.readLines(b.Body)
	} else {
		err = p.readLists(b.Body)
	}
	switch {
	case err != nil:
		return nil, err
	case p.total == 0:
		return nil, unreadable("has no row: send at least one call, purchase or visit")
	}
	return p, nil
}

// readLists reads an object of lists.
func (p *posting) readLists(body []byte) error {
	lists, err := object(body)
	if twice := (*memberTwice)(nil); errors.As(err, &twice) {
		return unreadable("has %v: put the rows of both into one", err)
	}
	if err != nil {
		return unreadable("is no JSON object with the lists %s: %v", streamedNames(), err)
	}
	for _, name := range slices.Sorted(maps.Keys(lists)) {
		kind := Kind(name)
		if !slices.Contains(Streamed[:], kind) {
			return unreadable("has a member %q: it may have the lists %s", name, streamedNames())
		}
		var rows []json.RawMessage
		if err := json.Unmarshal(lists[name], &rows); err != nil {
			return unreadable("has under %q no list", name)
		}
		for i, raw := range rows {
			if err := p.add(kind, i, raw); err != nil {
				return err
			}
		}
	}
	return nil
}

// readLines reads one row of each line; blank lines count, but are passed over.
func (p *posting) readLines(body []byte) error {
	index := -1
	for line := range bytes.Lines(body) {
		index++
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		member, err := object(line)
		if err != nil {
			return unreadable("has a line %d that is no JSON object: %v", index+1, err)
		}
		known := false
		for _, kind := range Streamed {
			if raw, ok := member[strings.TrimSuffix(string(kind), "s")]; ok && len(member) == 1 {
				if err := p.add(kind, index, raw); err != nil {
					return err
				}
				known = true
			}
		}
		if !known {
			return unreadable(`has a line %d that is none of {"call": {…}}, {"purchase": {…}} and {"visit": {…}}`, index+1)
		}
	}
	return nil
}

func (p *posting) add(kind Kind, index int, raw []byte) error {
	if p.total == maxBatchRows {
		return &BatchError{TooMany: true, Reason: fmt.Sprintf("has more than %d rows: send several", maxBatchRows)}
	}
	p.total++
	p.rows[kind] = append(p.rows[kind], readRow(kind, index, raw))
	return nil
}

// readRow brings a row into the form in which the rows of a file are staged.
func readRow(kind Kind, index int, raw []byte) postedRow {
	row := postedRow{index: index, raw: raw}
	switch {
	case len(raw) > maxRow:
		row.reason = faultLong
		return row
	case !utf8.Valid(raw):
		row.reason = faultUTF8
		return row
	}
	shape := eventShapes[kind]
	if !row.simple(shape) {
		row.field, row.reason = row.takeApart(kind, shape)
	}
	if row.reason == "" {
		row.complete(shape)
	}
	return row
}

// takeApart reads a row member by member, and says what is wrong with which field.
func (r *postedRow) takeApart(kind Kind, shape eventShape) (field, reason string) {
	r.texts = make([]*string, len(shape.fields))
	members, err := object(r.raw)
	if twice := (*memberTwice)(nil); errors.As(err, &twice) {
		return "", faultTwice
	}
	if err != nil {
		return "", "the row is no JSON object"
	}
	for i, f := range shape.fields {
		value, ok := members[f.Name]
		if !ok {
			continue
		}
		delete(members, f.Name)
		if r.texts[i], err = textOf(value); err != nil {
			return f.Name, f.Name + " " + err.Error()
		}
	}
	if len(members) > 0 {
		return slices.Min(slices.Collect(maps.Keys(members))), string(kind) + " have no such field"
	}
	return "", ""
}

// simple reads a row that is an object of known fields whose values are texts without
// a backslash, numbers and the like, without taking it apart member by member. It is
// valid JSON; ok is false where it is anything else.
func (r *postedRow) simple(shape eventShape) (ok bool) {
	r.texts = make([]*string, len(shape.fields))
	rest := bytes.TrimLeft(r.raw, jsonBlanks)
	if len(rest) == 0 || rest[0] != '{' {
		return false
	}
	seen := uint64(0)
	for rest[0] != '}' {
		rest = bytes.TrimLeft(rest[1:], jsonBlanks)
		if len(rest) == 0 || rest[0] != '"' {
			return false // an empty object, too
		}
		end := bytes.IndexByte(rest[1:], '"') + 1
		i, known := shape.place[string(rest[1:end])]
		rest = bytes.TrimLeft(rest[end+1:], jsonBlanks)
		if !known || seen>>i&1 == 1 || len(rest) == 0 || rest[0] != ':' {
			return false
		}
		seen |= 1 << i
		rest = bytes.TrimLeft(rest[1:], jsonBlanks)
		if len(rest) > 0 && rest[0] == '"' {
			end = bytes.IndexByte(rest[1:], '"') + 2
		} else {
			end = bytes.IndexAny(rest, ",}"+jsonBlanks)
		}
		if end <= 0 {
			return false
		}
		text, err := textOf(rest[:end])
		if err != nil || bytes.IndexByte(rest[:end], '\\') >= 0 {
			return false
		}
		r.texts[i] = text
		if rest = bytes.TrimLeft(rest[end:], jsonBlanks); len(rest) == 0 || rest[0] != ',' && rest[0] != '}' {
			return false
		}
	}
	return true
}

// jsonBlanks may stand between the parts of a text of JSON.
const jsonBlanks = " \t\r\n"

// complete puts in what a row means that leaves a field out: a file that has no
// column for it means the same.
func (r *postedRow) complete(shape eventShape) {
	otherwise := func(name, text string) {
		if i, ok := shape.place[name]; ok && r.texts[i] == nil {
			r.texts[i] = &text
		}
	}
	otherwise("kind", "voice")
	otherwise("quantity", "1")
	if i, ok := shape.place["price"]; ok && r.texts[i] == nil {
		otherwise("amount", "0")
	}
}

// textOf is a value as it would stand in a file; nil for null.
func textOf(value json.RawMessage) (*string, error) {
	var text string
	switch value[0] {
	case 'n':
		return nil, nil
	case '{', '[':
		return nil, errors.New("is neither a text nor a number")
	case '"':
		if bytes.IndexByte(value, '\\') < 0 && len(value) > 1 {
			text = string(value[1 : len(value)-1]) // it is valid
		} else if err := json.Unmarshal(value, &text); err != nil {
			return nil, errors.New("is not a text that can be read")
		}
		if strings.ContainsRune(text, 0) {
			return nil, errors.New("contains a NUL character")
		}
		text = strings.Trim(text, " \t")
	default:
		text = string(value)
	}
	return &text, nil
}

func streamedNames() string {
	names := make([]string, len(Streamed))
	for i, k := range Streamed {
		names[i] = string(k)
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
