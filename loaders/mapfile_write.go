package loaders

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// MapText is the text of a map file, to be called name, that says what the
// explanation found, with how sure that is beside each line.
func (e *Explanation) MapText(name string) (string, error) {
	if e.plan == nil {
		return "", fmt.Errorf("%s: there is no mapping to write down yet: %s", e.File, e.Problem)
	}
	w := &mapWriter{e: e}
	w.line("version: 1")
	w.line("kind: %s # %s", e.Kind.Kind, e.Kind.Word)
	base := filepath.Base(e.File)
	if stem := strings.TrimSuffix(filepath.Base(name), mapEnding); stem == "" || !strings.HasPrefix(base, stem) {
		w.line("files: [%s]", yamlText(base))
	}
	for _, t := range e.Written {
		if slices.Contains([]string{"encoding", "header", "zone", "dates", "decimal"}, t.Name) {
			w.line("%s: %s", t.Name, yamlText(t.Value))
		} else if t.Name == "delimiter" {
			w.line("delimiter: %s", yamlText(strings.TrimSuffix(strings.TrimPrefix(t.Value, "'"), "'")))
		}
	}
	if e.o.MaxRejects != "" {
		w.line("max_rejects: %s", yamlText(e.o.MaxRejects))
	}
	w.line("fields:")
	for _, g := range e.Fields {
		b := e.plan.fields[g.Field]
		w.entry(g.Field, b, e.plan.units[g.Field], "", fmt.Sprintf("%s: %s", g.Word, g.Reason))
	}
	if len(e.plan.attributes) > 0 {
		w.line("attributes:")
	}
	for _, a := range e.plan.attributes {
		kind := a.kind
		if kind == "" {
			kind = textType
		}
		w.entry(a.name, binding{column: a.column}, "", kind, "")
	}
	if e.plan.alone {
		w.line("other_attributes: no")
	}
	return w.b.String(), nil
}

type mapWriter struct {
	e *Explanation
	b strings.Builder
}

func (w *mapWriter) line(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

// entry writes a field or an attribute.
func (w *mapWriter) entry(name string, b binding, unit, kind, why string) {
	var keys []string
	add := func(key, value string) { keys = append(keys, key+": "+value) }
	if b.row {
		add("column", yamlText(rowNumber))
	} else if b.column < 0 {
		add("value", yamlText(b.literal))
	} else {
		column := w.e.plan.src.columns[b.column]
		if b.clock > 0 {
			column = w.e.plan.where(b)
		} else if first, ok := bind(columnOf(column), w.e.plan.src.columns); !ok || first.column != b.column { // another has that name too
			column = fmt.Sprint(b.column + 1)
		}
		if strings.HasPrefix(column, `"`) && b.clock > 0 { // which is one name in a map file
			column = fmt.Sprintf("%d + %d", b.column+1, b.clock)
		}
		add("column", yamlText(column))
	}
	if kind != "" {
		add("type", kind)
	}
	if unit != "" {
		add("unit", unit)
	}
	if steps := w.e.plan.changes[name]; len(steps) > 0 {
		var texts []string
		for _, c := range steps {
			switch {
			case c.Verb == changeReplace:
				texts = append(texts, fmt.Sprintf("{replace: %s, with: %s}", yamlText(c.What), yamlText(c.With)))
			case slices.Contains(textChanges, c.Verb):
				texts = append(texts, fmt.Sprintf("{%s: %s}", c.Verb, yamlText(c.What)))
			default:
				texts = append(texts, c.Verb)
			}
		}
		add("change", "["+strings.Join(texts, ", ")+"]")
	}
	if why != "" {
		why = " # " + strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, why)
	}
	w.line("  %s: {%s}%s", yamlText(name), strings.Join(keys, ", "), why)
}

// yamlText is a text as YAML has it within braces.
func yamlText(text string) string {
	plain := text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_/") == ""
	if plain && !slices.Contains([]string{"true", "false", "null", "True", "False", "Null", "TRUE", "FALSE", "NULL"}, text) {
		return text
	}
	return jsonText(text) // which is YAML, too
}
