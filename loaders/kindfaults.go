package loaders

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// saidFault is what is wrong with what was said of a file of which nobody said the
// kind: a field that no kind has, a column that the file does not have, a unit or a step
// that is none or stands where it may not. It is nil where some kind takes it. Customers
// take any name, for an attribute: that is a fault only where the kind is not found.
func saidFault(src *source, o *Options, found bool) error {
	for _, name := range slices.Sorted(maps.Keys(o.Changes)) {
		if _, bound := o.Map[name]; !isField(name) && !bound && !slices.Contains(src.columns, name) {
			return src.fail(0, "there are changes for a field %q, which no kind of file has%s", name, perhaps(name))
		}
	}
	if found {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(o.Map)) {
		if value := o.Map[name]; !isField(name) {
			return src.fail(0, "the mapping names a field %q, which no kind of file has%s", name, perhaps(name))
		} else if value == "" || value == "''" || strings.ContainsRune(value, 0) {
			continue
		}
		err := someKind(src, name, func(p *plan, f Field) error {
			_, err := p.bindField(name, f, true, o.Map[name])
			return err
		})
		if err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Changes)) {
		if err := someKind(src, name, func(p *plan, _ Field) error { return p.checkChanges(name, o.Changes[name]) }); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(o.Units)) {
		if !isField(name) {
			return src.fail(0, "there is a unit for a field %q, which no kind of file has", name)
		}
		if err := someKind(src, name, func(p *plan, _ Field) error { return p.checkUnit(name, o.Units[name]) }); err != nil {
			return err
		}
	}
	return nil
}

// isField says whether some kind of file has a field.
func isField(name string) bool {
	return slices.ContainsFunc(Kinds[:], func(k Kind) bool { _, ok := k.field(name); return ok })
}

// perhaps is what a name may stand for that no kind has.
func perhaps(name string) string {
	var names []string
	for _, k := range Kinds {
		for _, f := range k.Fields() {
			names = append(names, f.Name)
		}
	}
	text := "; where it is an attribute of customers, say --as customers"
	if near := nearest(name, names); near != "" {
		text = fmt.Sprintf("; did you mean %s?", near)
	}
	return text
}

// someKind is the first fault where all kinds that have a field have one.
func someKind(src *source, name string, check func(*plan, Field) error) (first error) {
	for _, k := range Kinds {
		f, ok := k.field(name)
		if !ok {
			continue
		}
		err := check(&plan{kind: k, src: src}, f)
		if err == nil {
			return nil
		}
		if first == nil {
			first = err
		}
	}
	return first
}
