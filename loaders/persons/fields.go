package persons

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"kith/loaders/identity"
)

// kinds are the words for what an attribute may hold, in the order of the help.
var kinds = []struct {
	word string
	kind identity.Kind
}{
	{"given", identity.GivenName}, {"surname", identity.Surname}, {"name", identity.FullName}, {"birth", identity.BirthDate},
	{"phone", identity.Phone}, {"email", identity.Email}, {"street", identity.Street}, {"postcode", identity.Postcode}, {"city", identity.City},
	{"id", identity.ID}, {"code", identity.Code}, {"category", identity.Category}, {"text", identity.Text},
}

// Further words of a map, for attributes that are no evidence.
const (
	seenWord = "seen"      // when the record was right
	fromWord = "held_from" // since when its telephone number was the customer's
	toWord   = "held_to"   // until when, exclusive
)

// dateNames are plain headers that stand for these.
var dateNames = map[string]string{
	seenWord: "updatedat updated lastupdated lastupdate lastmodified modified modifiedat changedat lastseen seen asof recorddate createdat created",
	fromWord: "heldfrom phonefrom numberfrom simfrom validfrom activatedat activationdate",
	toWord:   "heldto phoneto numberto simto validto deactivatedat deactivationdate",
}

// Words lists the words of a map.
func Words() []string {
	var out []string
	for _, k := range kinds {
		out = append(out, k.word)
	}
	return append(out, seenWord, fromWord, toWord)
}

// Field is what is compared of records.
type Field struct {
	// Name is that of its first attribute; Holds is one of Words.
	Name       string   `json:"name"`
	Holds      string   `json:"holds"`
	Attributes []string `json:"attributes"`
	// Guessed says whence it is known what the field holds: the attribute's
	// name, its content, or neither, when a map says so.
	Guessed string `json:"guessed,omitempty"`

	kind identity.Kind
}

// reading is how customers are read.
type reading struct {
	fields         []Field
	seen, from, to string
	left           []string // attributes that are no evidence
}

// all are the fields and the times, as they are stored.
func (r *reading) all() []Field {
	out := slices.Clone(r.fields)
	for _, t := range []struct{ word, attribute string }{{seenWord, r.seen}, {fromWord, r.from}, {toWord, r.to}} {
		if t.attribute != "" {
			out = append(out, Field{Name: t.attribute, Holds: t.word, Attributes: []string{t.attribute}})
		}
	}
	return out
}

// stored is how customers were read by the last resolution; nothing when there
// was none.
func stored(ctx context.Context, db *sql.DB) (*reading, error) {
	last, err := texts(ctx, db, "SELECT fields FROM identity.resolution")
	if err != nil || len(last) == 0 {
		return &reading{}, err
	}
	var all []Field
	if err := json.Unmarshal([]byte(last[0]), &all); err != nil {
		return nil, fmt.Errorf("read what the last resolution compared: %w", err)
	}
	r := &reading{}
	for _, f := range all {
		switch f.Holds {
		case seenWord:
			r.seen = f.Name
		case fromWord:
			r.from = f.Name
		case toWord:
			r.to = f.Name
		default:
			for _, k := range kinds {
				if k.word == f.Holds {
					f.kind = k.kind
				}
			}
			r.fields = append(r.fields, f)
		}
	}
	return r, nil
}

// nothingToCompare explains that customers have nothing to compare by.
func nothingToCompare(r *reading) error {
	if len(r.fields)+len(r.left) == 0 {
		return fmt.Errorf("%w: no customer has an attribute; load files with names, telephone numbers, e-mail addresses or birth dates by kith load --as customers", ErrNothing)
	}
	var have []string
	for _, f := range r.fields {
		have = append(have, f.Attributes...)
	}
	return fmt.Errorf("the attributes (%s) do not tell people apart: it takes two fields, one of them a name, telephone number, e-mail address, birth date or id; say with --map which they are, such as --map surname=ATTRIBUTE,phone=ATTRIBUTE",
		strings.Join(append(have, r.left...), ", "))
}

// read finds out how customers are to be read, and that they can be told apart.
func (o *Options) read(ctx context.Context, db *sql.DB, monthFirst bool) (*reading, error) {
	r, err := o.guess(ctx, db, monthFirst)
	if err != nil {
		return nil, err
	}
	identifying := slices.ContainsFunc(r.fields, func(f Field) bool {
		switch f.kind {
		case identity.GivenName, identity.Surname, identity.FullName, identity.BirthDate, identity.Phone, identity.Email, identity.ID:
			return true
		}
		return false
	})
	if len(r.fields) < 2 || !identifying {
		return nil, nothingToCompare(r)
	}
	return r, nil
}

// guess takes attributes by the map first, then by names, then by content.
func (o *Options) guess(ctx context.Context, db *sql.DB, monthFirst bool) (*reading, error) {
	all, err := texts(ctx, db, query("attributes", nil))
	if err != nil {
		return nil, fmt.Errorf("list the attributes of customers: %w", err)
	}
	r := &reading{}
	used := map[string]bool{}
	if err := r.take(o.Map, all, used); err != nil {
		return nil, err
	}
	for _, a := range all {
		if used[a] {
			continue
		}
		plain := identity.PlainHeader(a)
		switch {
		case r.seen == "" && !said(o.Map, seenWord) && among(dateNames[seenWord], plain):
			r.seen = a
			continue
		case r.from == "" && !said(o.Map, fromWord) && among(dateNames[fromWord], plain):
			r.from = a
			continue
		case r.to == "" && !said(o.Map, toWord) && among(dateNames[toWord], plain):
			r.to = a
			continue
		}
		kind, by := kindByName(a), "by its name"
		if kind == identity.Text {
			if kind, err = o.kindByContent(ctx, db, a, monthFirst); err != nil {
				return nil, err
			}
			by = "by its content"
		}
		if word := wordOf(kind); kind == identity.Text || said(o.Map, word) {
			r.left = append(r.left, a)
		} else {
			r.add(word, by, a)
		}
	}
	return r, r.join(ctx, db)
}

// take puts what a map says into a reading.
func (r *reading) take(m map[string]string, all []string, used map[string]bool) error {
	for _, word := range slices.Sorted(maps.Keys(m)) {
		if !slices.Contains(Words(), word) {
			return fmt.Errorf("the map says what %q is, which is none of %s", word, strings.Join(Words(), ", "))
		}
		if m[word] == "" {
			continue
		}
		names := strings.Split(m[word], "+")
		for i := range names {
			names[i] = strings.TrimSpace(names[i])
			if !slices.Contains(all, names[i]) {
				return fmt.Errorf("the map names the attribute %q, which no customer has; there are %s", names[i], strings.Join(all, ", "))
			}
			if used[names[i]] {
				return fmt.Errorf("the map names the attribute %q twice", names[i])
			}
			used[names[i]] = true
		}
		switch word {
		case seenWord:
			r.seen = names[0]
		case fromWord:
			r.from = names[0]
		case toWord:
			r.to = names[0]
		default:
			r.add(word, "", names...)
		}
	}
	return nil
}

// add puts attributes into a field: telephone numbers and e-mail addresses into
// one of all, and others into one of their own.
func (r *reading) add(word, by string, attributes ...string) {
	if word == "phone" || word == "email" {
		for i := range r.fields {
			if f := &r.fields[i]; f.Holds == word {
				f.Attributes = append(f.Attributes, attributes...)
				return
			}
		}
	}
	for _, k := range kinds {
		if k.word == word {
			r.fields = append(r.fields, Field{Name: attributes[0], Holds: word, Attributes: attributes, Guessed: by, kind: k.kind})
		}
	}
}

func said(m map[string]string, word string) bool { _, ok := m[word]; return ok }

func among(names, plain string) bool { return slices.Contains(strings.Fields(names), plain) }

func wordOf(kind identity.Kind) string {
	for _, k := range kinds {
		if k.kind == kind {
			return k.word
		}
	}
	return "text"
}

// of whom an attribute may be said to be, which tells nothing.
const whose = "customer cust client contact person subscriber member user home primary main billing holder owner"

// kindByName guesses by a name, with or without whose it is.
func kindByName(attribute string) identity.Kind {
	if k := identity.KindOf(attribute); k != identity.Text {
		return k
	}
	words := strings.FieldsFunc(attribute, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	for len(words) > 1 && among(whose, strings.ToLower(words[0])) {
		words = words[1:]
		if k := identity.KindOf(strings.Join(words, "")); k != identity.Text {
			return k
		}
	}
	return identity.Text
}

// kindByContent takes what nine in ten of the first values look like: e-mail
// addresses, telephone numbers in international form, or birth dates.
func (o *Options) kindByContent(ctx context.Context, db *sql.DB, attribute string, monthFirst bool) (identity.Kind, error) {
	values, err := texts(ctx, db, query("sample", nil), pointer(attribute))
	if err != nil {
		return 0, fmt.Errorf("look at the values of %s: %w", attribute, err)
	}
	if len(values) == 0 {
		return identity.Text, nil
	}
	phones, err := identity.NewPhoneReader("")
	if err != nil {
		return 0, err
	}
	var emails, numbers, births int
	for _, v := range values {
		if at, ok := identity.EmailAddress(v); ok && strings.Contains(at[strings.IndexByte(at, '@'):], ".") {
			emails++
		}
		if _, ok := phones.Read(v); ok && strings.HasPrefix(strings.TrimSpace(v), "+") {
			numbers++
		}
		if d, ok := identity.Date(v, monthFirst); ok && d >= "19000101" && d < "20150101" {
			births++
		}
	}
	most := len(values) * 9 / 10
	switch {
	case emails > most:
		return identity.Email, nil
	case numbers > most:
		return identity.Phone, nil
	case births > most && len(values) > 1 && distinct(values) > len(values)/4:
		return identity.BirthDate, nil
	}
	return identity.Text, nil
}

func distinct(values []string) int {
	seen := map[string]bool{}
	for _, v := range values {
		seen[v] = true
	}
	return len(seen)
}

// texts are the rows of a query of one column.
func texts(ctx context.Context, db *sql.DB, text string, args ...any) ([]string, error) {
	var out []string
	err := each(ctx, db, text, args, func(rows *sql.Rows) error {
		var s string
		err := rows.Scan(&s)
		out = append(out, s)
		return err
	})
	return out, err
}
