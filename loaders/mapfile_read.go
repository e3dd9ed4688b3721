package loaders

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"kith/graph"
)

// mapReader reads a map file key by key, so that every fault has its line.
type mapReader struct{ m *MapFile }

// keys are those that a mapping of the file may have, and what each does.
type keys map[string]func(ast.Node) error

// fail is a fault at a node.
func (r *mapReader) fail(at ast.Node, reason string, args ...any) error {
	e := &graph.DataError{File: r.m.Path, Reason: fmt.Sprintf(reason, args...)}
	if at != nil && at.GetToken() != nil && at.GetToken().Position != nil {
		e.Line, e.Column = int64(at.GetToken().Position.Line), strconv.Itoa(at.GetToken().Position.Column)
	}
	return e
}

func (r *mapReader) read(text []byte) error {
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		var known yaml.Error
		if !errors.As(err, &known) {
			return r.fail(nil, "%v", err)
		}
		e := &graph.DataError{File: r.m.Path, Reason: known.GetMessage()}
		if t := known.GetToken(); t != nil && t.Position != nil {
			e.Line, e.Column = int64(t.Position.Line), strconv.Itoa(t.Position.Column)
		}
		return e
	}
	if len(tree.Docs) == 0 || tree.Docs[0].Body == nil {
		return r.fail(nil, "is empty: write version: 1, kind and fields, or let kith load --explain --write-map write it")
	}
	if len(tree.Docs) > 1 {
		return r.fail(nil, "has several documents: leave one")
	}
	version := ""
	var fields, attributes ast.Node
	o := &r.m.Says
	err = r.each(tree.Docs[0].Body, "the map file", keys{
		"version":   r.text(&version),
		"kind":      r.kind,
		"files":     r.patterns,
		"encoding":  r.checked(&o.Encoding, func(s string) error { _, err := charsetOf(s); return err }),
		"delimiter": r.checked(&o.Delimiter, func(s string) error { _, err := delimiter(s); return err }),
		"header":    r.word((*string)(&o.Header), map[string]string{"yes": "yes", "true": "yes", "no": "no", "false": "no"}),
		"zone": func(n ast.Node) error {
			err := r.text(&o.Zone)(n)
			r.m.zoneFault = r.fail(n, zoneSentence, o.Zone)
			return err
		},
		"dates":    r.word((*string)(&o.Dates), map[string]string{"dmy": "dmy", "mdy": "mdy"}),
		"decimal":  r.word(&o.Decimal, map[string]string{"point": "point", "comma": "comma"}),
		"hash_ids": r.truth(&o.HashIDs),
		"max_rejects": r.checked(&o.MaxRejects, func(s string) error {
			_, err := mostRejects(s, 0)
			return err
		}),
		// These need the kind.
		"fields":     func(n ast.Node) error { fields = n; return nil },
		"attributes": func(n ast.Node) error { attributes = n; return nil },
		"other_attributes": func(n ast.Node) error {
			keep := true
			err := r.truth(&keep)(n)
			o.NoOthers = !keep
			return err
		},
	})
	switch {
	case err != nil:
		return err
	case version == "":
		return r.fail(tree.Docs[0].Body, "the version is missing: begin the file with version: 1")
	case version != "1":
		return r.fail(tree.Docs[0].Body, "the map file is of version %s, and this kith reads version 1", version)
	}
	if fields != nil {
		if err := r.columns(fields, "fields", r.field); err != nil {
			return err
		}
	}
	if attributes == nil {
		return nil
	}
	if o.Kind != "" && o.Kind != Customers {
		return r.fail(attributes, "attributes are for customers only, and the map file is for %s: take them out", o.Kind)
	}
	return r.columns(attributes, "attributes", r.attribute)
}

// each walks over a mapping.
func (r *mapReader) each(n ast.Node, what string, known keys) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		return r.fail(n, "%s should be keys and values, such as key: value", what)
	}
	names := make([]string, 0, len(known))
	for k := range known {
		names = append(names, k)
	}
	slices.Sort(names)
	for it := m.MapRange(); it.Next(); {
		key := it.Key().GetToken().Value
		take, ok := known[key]
		if !ok {
			if near := nearest(key, names); near != "" {
				return r.fail(it.Key(), "there is no key %q here: did you mean %s?", key, near)
			}
			return r.fail(it.Key(), "there is no key %q here: use %s", key, strings.Join(names, ", "))
		}
		if err := take(it.Value()); err != nil {
			return err
		}
	}
	return nil
}

// scalar is the text of a plain value; null is empty.
func (r *mapReader) scalar(n ast.Node) (string, error) {
	switch n := n.(type) {
	case *ast.NullNode:
		return "", nil
	case *ast.StringNode:
		return n.Value, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, nil
	}
	return "", r.fail(n, "a text or a number is expected here")
}

// text takes any text.
func (r *mapReader) text(to *string) func(ast.Node) error {
	return r.checked(to, func(string) error { return nil })
}

// checked takes a text that check lets through.
func (r *mapReader) checked(to *string, check func(string) error) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		if strings.ContainsRune(s, 0) {
			return r.fail(n, "there is a NUL character here; take it out")
		}
		if s == "" {
			return r.fail(n, "there is no value here: write one, or take the key out")
		}
		if err := check(s); err != nil {
			return r.fail(n, "%v", err)
		}
		*to = s
		return nil
	}
}

// word takes one of a few words.
func (r *mapReader) word(to *string, means map[string]string) func(ast.Node) error {
	return func(n ast.Node) error {
		s, err := r.scalar(n)
		if err != nil {
			return err
		}
		word, ok := means[s]
		if !ok {
			var words []string
			for w := range means {
				words = append(words, w)
			}
			slices.Sort(words)
			return r.fail(n, "%q is not understood here: use %s", s, strings.Join(words, ", "))
		}
		*to = word
		return nil
	}
}

func (r *mapReader) truth(to *bool) func(ast.Node) error {
	return func(n ast.Node) error {
		var s string
		err := r.word(&s, map[string]string{"yes": "yes", "true": "yes", "no": "no", "false": "no"})(n)
		*to = s == "yes"
		return err
	}
}

func (r *mapReader) kind(n ast.Node) error {
	s, err := r.scalar(n)
	if err != nil {
		return err
	}
	k, err := KindOf(s)
	if err != nil {
		return r.fail(n, "%v", err)
	}
	r.m.Says.Kind = k
	return nil
}

// list is the values of a list, or one value without brackets.
func (r *mapReader) list(n ast.Node) []ast.Node {
	if s, ok := n.(*ast.SequenceNode); ok {
		return s.Values
	}
	return []ast.Node{n}
}

func (r *mapReader) patterns(n ast.Node) error {
	for _, v := range r.list(n) {
		var pattern string
		err := r.checked(&pattern, func(s string) error {
			if _, err := filepath.Match(s, ""); err != nil {
				return fmt.Errorf("%q is no pattern of file names: use * for any characters and ? for one", s)
			}
			if strings.ContainsAny(s, `/\`) {
				return fmt.Errorf("%q has a folder in it: a map file is for files of its own folder, so write the name only", s)
			}
			return nil
		})(v)
		if err != nil {
			return err
		}
		r.m.Files = append(r.m.Files, pattern)
	}
	return nil
}

// columns walks over fields or attributes, by their names.
func (r *mapReader) columns(n ast.Node, what string, take func(name string, key, n ast.Node) error) error {
	m, ok := n.(ast.MapNode)
	if !ok {
		return r.fail(n, "%s should be names and columns, such as name: column", what)
	}
	for it := m.MapRange(); it.Next(); {
		if err := take(it.Key().GetToken().Value, it.Key(), it.Value()); err != nil {
			return err
		}
	}
	return nil
}

// field reads one entry of fields: a column, or keys.
func (r *mapReader) field(name string, key, n ast.Node) error {
	if k := r.m.Says.Kind; k != "" {
		if _, ok := k.field(name); !ok {
			p := &plan{kind: k}
			return r.fail(key, "%s have no field %q; they have %s%s", k, name, p.fieldList(), p.didYouMean(name))
		}
	}
	return r.source(name, n, nil)
}

// attribute reads one entry of attributes.
func (r *mapReader) attribute(name string, key, n ast.Node) error {
	if _, ok := Customers.field(name); ok {
		return r.fail(key, "%s is a field of customers: it goes under fields", name)
	}
	err := r.source(name, n, keys{"type": func(n ast.Node) error {
		t := ""
		err := r.word(&t, attributeTypes)(n)
		r.m.Says.Types[name] = t
		return err
	}})
	if _, ok := r.m.Says.Map[name]; !ok { // it is called as its column
		r.m.Says.Map[name] = columnOf(name)
	}
	return err
}

// source reads where a field comes from, and how.
func (r *mapReader) source(name string, n ast.Node, more keys) error {
	if _, ok := n.(ast.MapNode); !ok {
		column, err := r.scalar(n)
		r.m.Says.Map[name] = columnOf(column)
		return err
	}
	known := keys{
		"column": func(n ast.Node) error {
			column, err := r.scalar(n)
			r.m.Says.Map[name] = columnOf(column)
			return err
		},
		"value": func(n ast.Node) error {
			text, err := r.scalar(n)
			r.m.Says.Map[name] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
			return err
		},
		"change": func(n ast.Node) error {
			for _, v := range r.list(n) {
				c, err := r.change(v)
				if err != nil {
					return err
				}
				r.m.Says.Changes[name] = append(r.m.Says.Changes[name], c)
			}
			return nil
		},
		"unit": func(n ast.Node) error {
			unit, err := r.scalar(n)
			r.m.Says.Units[name] = unit
			return err
		},
	}
	for k, take := range more {
		known[k] = take
	}
	return r.each(n, name, known)
}

// columnOf is a column as a mapping names it. What looks like a literal there is
// a column nevertheless, as literals stand under value here.
func columnOf(column string) string {
	if strings.HasPrefix(column, "'") || strings.HasPrefix(column, `"`) {
		return reference(column)
	}
	return column
}

// change reads one step: a verb, or a verb with its text.
func (r *mapReader) change(n ast.Node) (c Change, err error) {
	if _, ok := n.(ast.MapNode); !ok {
		c.Verb, err = r.scalar(n)
		switch {
		case err != nil:
			return c, err
		case slices.Contains(textChanges, c.Verb):
			return c, r.fail(n, "%s needs a text, such as %s: \"0\"", c.Verb, c.Verb)
		case !slices.Contains(plainChanges, c.Verb):
			hint := ""
			if near := nearest(c.Verb, slices.Concat(plainChanges, textChanges)); near != "" {
				hint = "; did you mean " + near + "?"
			}
			return c, r.fail(n, "there is no step %q: use %s%s", c.Verb, strings.Join(slices.Concat(plainChanges, textChanges), ", "), hint)
		}
		return c, nil
	}
	with := ""
	known := keys{"with": func(n ast.Node) error { s, err := r.scalar(n); with = s; return err }}
	for _, verb := range textChanges {
		known[verb] = func(n ast.Node) error {
			if c.Verb != "" {
				return r.fail(n, "there are two steps in one; write them as a list")
			}
			c.Verb = verb
			return r.text(&c.What)(n)
		}
	}
	if err := r.each(n, "a step", known); err != nil {
		return c, err
	}
	if c.Verb == "" || with != "" && c.Verb != changeReplace {
		return c, r.fail(n, "with belongs to replace, such as {replace: \"-\", with: \"\"}")
	}
	c.With = with
	return c, nil
}

// mostRejects reads how many of so many rows may be rejected, as a number, in
// percent, or as a share with a point, such as 0.01.
func mostRejects(text string, rows int64) (int64, error) {
	number, percent := strings.CutSuffix(strings.TrimSpace(text), "%")
	if percent {
		if x, err := strconv.ParseFloat(strings.TrimSpace(number), 64); err == nil && x >= 0 && x <= 100 {
			return int64(x / 100 * float64(rows)), nil
		}
	} else if x, err := strconv.ParseFloat(number, 64); strings.Contains(number, ".") && err == nil && x >= 0 && x <= 1 {
		return int64(x * float64(rows)), nil
	} else if n, err := strconv.ParseInt(number, 10, 64); err == nil && n >= 0 {
		return n, nil
	}
	return 0, fmt.Errorf("the limit of rejects %q is not understood: write a number such as 100, or a share such as 1%%", text)
}
