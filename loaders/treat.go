package loaders

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"kith/graph"
)

// apply takes the step in Go, for the few texts that are looked at one by one:
// it does what expr does, but for letters such as ß, whose capitals are disputed.
func (c Change) apply(text string, salt Salt, missing []string) string {
	switch c.Verb {
	case changeTrim:
		return strings.TrimFunc(text, func(r rune) bool {
			return strings.ContainsRune(" \t\n\f\r", r) || unicode.In(r, unicode.Z, unicode.Cf)
		})
	case changeUpper:
		return strings.ToUpper(text)
	case changeLower:
		return strings.ToLower(text)
	case changeDigits:
		return strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return -1
			}
			return r
		}, text)
	case changeZeros:
		if rest := strings.TrimLeft(text, "0"); rest != "" {
			return rest
		}
		return text[max(0, len(text)-1):]
	case changePrefix:
		return strings.TrimPrefix(text, c.What)
	case changeSuffix:
		return strings.TrimSuffix(text, c.What)
	case changeAdd:
		if text == "" {
			return ""
		}
		return c.What + text
	case changeReplace:
		return strings.ReplaceAll(text, c.What, c.With)
	case changeHash:
		if slices.Contains(missing, text) || salt.none() {
			return text
		}
		return salt.hash(text)
	}
	return text
}

// treat takes over how texts are to be changed, and refuses what makes no sense.
func (p *plan) treat(o *Options) error {
	p.changes = maps.Clone(o.Changes)
	if p.changes == nil {
		p.changes = Changes{}
	}
	p.units = o.Units
	if o.HashIDs {
		for _, f := range p.kind.Fields() {
			steps := p.changes[f.Name]
			if p.kind.personal(f) && !hashes(steps) {
				p.changes[f.Name] = append(slices.Clone(steps), Change{Verb: changeHash})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.changes)) {
		if err := p.checkChanges(name, p.changes[name]); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.units)) {
		if err := p.checkUnit(name, p.units[name]); err != nil {
			return err
		}
	}
	p.salt = o.Salt
	return nil
}

// check refuses what is wrong with the plan of a file whose kind is settled.
func (p *plan) check() error {
	if err := p.checkSalt(); err != nil {
		return err
	}
	return p.checkAnswers()
}

// checkSalt refuses to hash without a secret.
func (p *plan) checkSalt() error {
	if p.hashes() && p.salt.none() {
		return p.src.fail(0, "ids are to be hashed, which needs a secret salt: give --salt-file FILE, or set KITH_SALT or KITH_SALT_FILE")
	}
	return nil
}

func (p *plan) checkChanges(name string, steps []Change) error {
	f, known := p.kind.field(name)
	if !known && p.kind != Customers {
		return p.src.fail(0, "there are changes for a field %q, which %s do not have; they have %s%s", name, p.kind, p.fieldList(), p.didYouMean(name))
	}
	for i, c := range steps {
		switch {
		case !slices.Contains(plainChanges, c.Verb) && !slices.Contains(textChanges, c.Verb):
			return p.src.fail(0, "there is no step %q for %s: use %s", c.Verb, name, strings.Join(slices.Concat(plainChanges, textChanges), ", "))
		case strings.ContainsRune(c.What+c.With, 0):
			return p.src.fail(0, "the step %s for %s contains a NUL character; leave it out", c.Verb, name)
		case slices.Contains(textChanges, c.Verb) && c.What == "":
			return p.src.fail(0, "the step %s for %s needs a text", c.Verb, name)
		case c.Verb != changeHash:
		case i != len(steps)-1:
			return p.src.fail(0, "hash must be the last step for %s, as nothing is to be known of a hash", name)
		case known && f.sort != idField && f.sort != textField:
			return p.src.fail(0, "%s cannot be hashed, as it is no id and no text", name)
		}
	}
	return nil
}

func (p *plan) checkUnit(name, unit string) error {
	f, known := p.kind.field(name)
	if !known {
		return p.src.fail(0, "there is a unit for a field %q, which %s do not have; they have %s%s", name, p.kind, p.fieldList(), p.didYouMean(name))
	}
	units := f.units()
	if units == nil {
		return p.src.fail(0, "%s is counted in no unit; leave the unit %s out", name, unit)
	}
	if _, ok := units[unit]; !ok {
		return p.src.fail(0, "%s cannot be in %q: use %s", name, unit, strings.Join(slices.Sorted(maps.Keys(units)), ", "))
	}
	return nil
}

func hashes(steps []Change) bool {
	return slices.ContainsFunc(steps, func(c Change) bool { return c.Verb == changeHash })
}

// hashes says whether anything of the file is hashed, so that no row of it may be
// shown.
func (p *plan) hashes() bool {
	for _, steps := range p.changes {
		if hashes(steps) {
			return true
		}
	}
	return false
}

// changed is a text as the steps of a field leave it.
func (p *plan) changed(field, text string) string {
	if f, ok := p.kind.field(field); ok && f.sort == idField && cutShape.MatchString(text) {
		return text
	}
	for _, c := range p.changes[field] {
		text = c.apply(text, p.salt, p.missingTexts(field))
	}
	return text
}

// values is the sample of a column as a field sees it.
func (p *plan) values(field string, column int) []string {
	values := p.src.values(column)
	if last := p.floatIDs(field, column); last > 0 {
		for i, v := range values {
			values[i] = wholeID(v, last)
		}
	}
	if len(p.changes[field]) > 0 {
		for i, v := range values {
			values[i] = p.changed(field, strings.Trim(v, " \t"))
		}
	}
	return values
}

// treatments are what the receipt tells about changes, by the field in
// parentheses.
func (p *plan) treatments(m map[string]string) {
	for name, steps := range p.changes {
		if _, ok := m[name]; !ok && !p.isAttribute(name) {
			continue
		}
		var texts []string
		for _, c := range steps {
			texts = append(texts, c.String())
		}
		if len(texts) > 0 {
			m["("+name+")"] = strings.Join(texts, ", ")
		}
	}
	for name, unit := range p.units {
		if _, ok := m[name]; !ok {
			continue
		}
		text := "in " + unit
		if was := m["("+name+")"]; was != "" {
			text = was + ", " + text
		}
		m["("+name+")"] = text
	}
	if p.hashes() {
		m["(salt)"] = p.salt.mark()
	}
	if p.decimal != "" {
		m["(decimal)"] = p.decimal
	}
}

func (p *plan) isAttribute(name string) bool {
	return slices.ContainsFunc(p.attributes, func(a attribute) bool { return a.name == name })
}

// didYouMean is a hint at the field whose name is nearest.
func (p *plan) didYouMean(name string) string {
	var names []string
	for _, f := range p.kind.Fields() {
		names = append(names, f.Name)
	}
	if near := nearest(name, names); near != "" {
		return fmt.Sprintf("; did you mean %s?", near)
	}
	return ""
}

// nearest is the known name that differs in at most two letters, or nothing.
func nearest(name string, known []string) string {
	best, least := "", min(3, len(name))
	for _, k := range known {
		if d := graph.EditDistance(strings.ToLower(name), strings.ToLower(k)); d < least {
			best, least = k, d
		}
	}
	return best
}
