package loaders

import (
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// plan says how the rows of a source become rows of a kind.
type plan struct {
	kind   Kind
	src    *source
	fields map[string]binding
	// styles has how the mapped times are written.
	styles map[string]timeStyle
	// asked are the fields that the options bind.
	asked map[string]bool
	// attributes are the columns of a customer that are kept, by name.
	attributes []attribute
	// figures says how numbers are written.
	figures figures
	// decimal is what the options say about it.
	decimal string
	zone    string
	dates   DateOrder
	notes   []string
	// changes and units bring texts and numbers into the form that is stored.
	changes Changes
	units   map[string]string
	salt    Salt
	// sealed says that people in the store are hashed.
	sealed bool
	// types are those of attributes that the options know.
	types map[string]string
	// alone says that columns become attributes only where they are mapped.
	alone bool
	// whens are the columns that may have the time, where none is named so.
	whens []int
	// scores says how scores are read that are no bare numbers; nil where all are.
	scores *scores
	// mark tells the map file that was used.
	mark string
}

// makePlan binds every field of the kind that a mapping names or that can be
// guessed.
func makePlan(src *source, o *Options) (*plan, error) {
	p := &plan{kind: o.Kind, src: src, asked: map[string]bool{}, fields: map[string]binding{}, styles: map[string]timeStyle{}, zone: o.Zone, dates: o.Dates, decimal: o.Decimal, types: o.Types, alone: o.NoOthers, mark: o.mapMark}
	if o.mapNote != "" {
		p.notes = append(p.notes, o.mapNote)
	}
	used := map[int]bool{}
	left := map[string]bool{} // fields that the mapping leaves out
	if err := p.treat(o); err != nil {
		return nil, err
	}
	if err := p.bindMap(o.Map, used, left); err != nil {
		return nil, err
	}
	if err := p.guess(used, left); err != nil {
		return nil, err
	}
	if err := p.checkRequired(used); err != nil {
		return nil, err
	}
	if err := p.checkTimes(o); err != nil {
		return nil, err
	}
	p.defaults(left)
	if err := p.checkNumbers(); err != nil {
		return nil, err
	}
	if err := p.checkWords(); err != nil {
		return nil, err
	}
	p.remarkStates(left)
	p.remark(used)
	return p, nil
}

// bindMap binds what the user said.
func (p *plan) bindMap(m Map, used map[int]bool, left map[string]bool) error {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value := m[name]
		f, known := p.kind.field(name)
		if !known && p.kind != Customers {
			return p.src.fail(0, "the mapping names a field %q, which %s do not have; they have %s%s", name, p.kind, p.fieldList(), p.didYouMean(name))
		}
		if strings.ContainsRune(value+name, 0) {
			return p.src.fail(0, "the mapping of %q contains a NUL character; leave it out", name)
		}
		if value == "" || value == "''" {
			left[name] = true
			continue
		}
		b, err := p.bindField(name, f, known, value)
		if err != nil {
			return err
		}
		if b.column >= 0 {
			used[b.column] = true
		}
		if b.clock > 0 {
			used[b.clock-1] = true
		}
		if known {
			p.fields[name], p.asked[name] = b, true
			continue
		}
		if b.column < 0 {
			return p.src.fail(0, "the attribute %q needs a column, not the text %s", name, value)
		}
		p.attributes = append(p.attributes, attribute{name: name, column: b.column})
	}
	return nil
}

// bindField binds a field, or an attribute that is none, to what was said of it.
func (p *plan) bindField(name string, f Field, known bool, value string) (binding, error) {
	b, ok := bind(value, p.src.columns)
	if !ok && known {
		if b, ok = bindPair(value, p.src.columns); ok && f.sort != timeField {
			return b, p.src.fail(0, "the mapping takes %s from two columns, %s, but only times are joined from a date and a time of day; name one column", name, value)
		}
	}
	if !ok {
		return b, p.src.fail(0, "the mapping takes %s from the column %s, which the file does not have; it has %s", name, value, p.columnList())
	}
	return b, nil
}

// missing are the required fields that are not bound, nor what may stand in
// their place.
func (p *plan) missing() []Field {
	var out []Field
	for _, f := range p.kind.Fields() {
		_, ok := p.fields[f.Name]
		_, instead := p.fields[f.Or]
		if f.Required && !ok && !instead && (f.Name != "callee" || !p.allData()) {
			out = append(out, f)
		}
	}
	return out
}

// allData says that the rows of a file of calls are data sessions, as far as they
// were looked at: these have no callee.
func (p *plan) allData() bool {
	b, ok := p.fields["kind"]
	if !ok || p.kind != Calls {
		return false
	}
	if b.column < 0 {
		return callKinds.of(b.literal) == "data"
	}
	values := p.values("kind", b.column)
	return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return callKinds.of(v) != "data" })
}

// checkRequired says what is missing and how to name it.
func (p *plan) checkRequired(used map[int]bool) error {
	missing := p.missing()
	if len(missing) == 0 {
		return nil
	}
	// Columns that are free come first as examples, then those that only an
	// optional field took.
	var free []int
	for i := range p.src.columns {
		if !used[i] {
			free = append(free, i)
		}
	}
	for _, f := range p.kind.Fields() {
		if b, ok := p.fields[f.Name]; ok && !f.Required && b.column >= 0 {
			free = append(free, b.column)
		}
	}
	var names, example []string
	for i, f := range missing {
		names = append(names, f.Name)
		column := "COLUMN"
		if i < len(free) {
			column = reference(p.src.columns[free[i]])
			if shorten(column) != column {
				column = strconv.Itoa(free[i] + 1)
			}
		}
		example = append(example, f.Name+"="+column)
	}
	hint := ""
	if p.src.d.columns == 1 && !p.src.parquet && p.src.d.json == notJSON {
		hint = ", or pass --delimiter if the fields are separated by another character"
	} else if p.src.header {
		hint = ", or pass --header no if the first row is data"
	}
	if slices.Contains(names, "at") {
		hint += p.noDates()
	}
	if p.kind == Calls && slices.Equal(names, []string{"callee"}) {
		hint += "; where all rows are data sessions, which have none, pass --map \"kind='data'\""
	}
	hint += p.src.listHint()
	return p.src.fail(0, "no column for %s was found among %s; say which it is, for example --map %s%s",
		strings.Join(names, " and "), p.columnList(), strings.Join(example, ","), hint)
}

// noDates is the way out for a list of who left that does not say when.
func (p *plan) noDates() string {
	if p.kind != Churn {
		return ""
	}
	return "; a list that says who left and not when needs one date for all: pass --map \"at='2026-01-31'\", and a column with yes and no, or such words, tells who left"
}

// checkTimes finds how each mapped time is written.
func (p *plan) checkTimes(o *Options) error {
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != timeField || b.column >= 0 && b.clock == 0 && p.src.typed(b.column) {
			continue
		}
		if b.clock > 0 {
			style, err := p.pairStyle(f, b)
			if err != nil {
				return err
			}
			style.order = o.Dates
			p.styles[f.Name] = style
			continue
		}
		if _, said := p.units[f.Name]; !said && b.column >= 0 && serialLike(p.values(f.Name, b.column)) {
			p.takeSerial(f, b.column)
		}
		if unit, ok := p.units[f.Name]; ok {
			style := timeStyle{form: epochTime, unit: epochUnits[unit]}
			if unit == serialUnit {
				style.form = serialTime
			}
			p.styles[f.Name] = style
			continue
		}
		values := []string{b.literal}
		if b.column >= 0 {
			values = p.values(f.Name, b.column)
		}
		style, ok := sniffTimes(values)
		if b.column >= 0 && p.clockAlone(b.column) {
			count := ""
			if ok {
				count = fmt.Sprintf(", or --unit %s=seconds if it counts seconds", f.Name)
			}
			return p.src.fail(0, "%s%s", p.noDay(f.Name, b.column), count)
		}
		if !ok {
			what := "the text '" + b.literal + "'"
			if b.column >= 0 {
				what = fmt.Sprintf("the column %q has %s, which", p.src.columns[b.column], p.example(b.column))
			}
			return p.src.fail(0, "%s is no time that can be read for %s; write times as Unix seconds, ISO 8601, yyyymmdd, or as dates with --dates dmy or mdy", what, f.Name)
		}
		style.order = o.Dates
		p.styles[f.Name] = style
	}
	return nil
}

func (p *plan) columnList() string {
	const most = 30
	var names []string
	for i, c := range p.src.columns {
		if i == most {
			names = append(names, fmt.Sprintf("and %d more", len(p.src.columns)-most))
			break
		}
		names = append(names, shorten(reference(c)))
	}
	return strings.Join(names, ", ")
}

func (p *plan) fieldList() string {
	var names []string
	for _, f := range p.kind.Fields() {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// example is a value of a column that is not missing.
func (p *plan) example(column int) string {
	if p.hashes() {
		return "values"
	}
	for _, v := range p.src.values(column) {
		if !missingText(strings.TrimSpace(v)) {
			return fmt.Sprintf("%q", shorten(v))
		}
	}
	return "nothing"
}

// shorten keeps a text from filling a message.
func shorten(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}
