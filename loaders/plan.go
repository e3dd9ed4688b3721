package loaders

import (
	"encoding/json"
	"fmt"
	"regexp"
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
		_, known := p.kind.field(name)
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
		b, ok := bind(value, p.src.columns)
		if f, _ := p.kind.field(name); !ok && known {
			if b, ok = bindPair(value, p.src.columns); ok && f.sort != timeField {
				return p.src.fail(0, "the mapping takes %s from two columns, %s, but only times are joined from a date and a time of day; name one column", name, value)
			}
		}
		if !ok {
			return p.src.fail(0, "the mapping takes %s from the column %s, which the file does not have; it has %s", name, value, p.columnList())
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
		if unit, ok := p.units[f.Name]; ok {
			p.styles[f.Name] = timeStyle{form: epochTime, unit: epochUnits[unit]}
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

// cutID is a long number as a spreadsheet shows it, and floatID one as a program
// writes it that has numbers for ids, of which some are missing.
var (
	cutID   = regexp.MustCompile(`^[0-9](?:[.,][0-9]+)?E\+[0-9]{2}$`)
	floatID = regexp.MustCompile(`^[0-9]+\.0$`)
)

// remarkIDs tells of ids that a program spoilt on the way.
func (p *plan) remarkIDs() {
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != idField || b.column < 0 || p.src.numeric(b.column) || p.hashes() {
			continue
		}
		values := slices.DeleteFunc(p.values(f.Name, b.column), func(v string) bool { return missingText(strings.TrimSpace(v)) })
		name := p.src.columns[b.column]
		if i := slices.IndexFunc(values, cutID.MatchString); i >= 0 {
			p.notes = append(p.notes, fmt.Sprintf("the column %q has ids such as %s, which a spreadsheet has cut, so that several may have become one: write it again with the column as text", name, values[i]))
		} else if len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !floatID.MatchString(v) }) {
			p.notes = append(p.notes, fmt.Sprintf("all ids of the column %q end in .0, such as %s; where other files have them without, take it off in a map file by change: [{strip-suffix: \".0\"}]", name, values[0]))
		}
	}
}

// remarkMail tells of customers that are known by e-mail addresses which differ in
// capital letters, as people write them now so and now so.
func (p *plan) remarkMail() {
	f, _ := p.kind.field("customer")
	b, ok := p.fields[f.Name]
	if !ok || b.column < 0 || len(p.changes[f.Name]) > 0 || p.hashes() {
		return
	}
	capital := false
	mail := mostlyThere(p.src.values(b.column), func(v string) bool {
		is := strings.Count(v, "@") == 1
		capital = capital || is && v != strings.ToLower(v)
		return is
	})
	if mail && capital {
		p.notes = append(p.notes, "customers are known by e-mail addresses, some of which have capital letters, and who writes one in two ways is two; --change customer=lower makes them one")
	}
}

// remark adds what a person should know about the plan.
func (p *plan) remark(used map[int]bool) {
	p.remarkIDs()
	p.remarkMail()
	p.remarkWhen()
	if p.kind == Purchases {
		_, amount := p.fields["amount"]
		_, price := p.fields["price"]
		if !amount && !price {
			p.notes = append(p.notes, "there is neither amount nor price, so amounts are 0")
		}
	}
	if _, one := p.fields["subscriber"]; one {
		if _, ok := p.fields["direction"]; !ok && !p.allData() {
			p.notes = append(p.notes, "there is no column with the direction, so every call counts as made by the subscriber")
		}
	}
	if _, ok := p.fields["customer"]; !ok && p.kind == Visits {
		p.notes = append(p.notes, "there is no column with customers, so all visits are anonymous until a file ties their sessions to customers")
	}
	p.remarkTwins()
	if p.kind == Customers && !p.alone {
		p.addAttributes(used)
		return
	}
	var unused []string
	for i, c := range p.src.columns {
		if !used[i] {
			unused = append(unused, c)
		}
	}
	if len(unused) > 0 {
		p.notes = append(p.notes, "columns not used: "+strings.Join(unused, ", "))
	}
}

// remarkTwins tells of columns that are taken although others have their names.
func (p *plan) remarkTwins() {
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || b.column < 0 || !p.src.named() {
			continue
		}
		for i, c := range p.src.columns {
			if i != b.column && c == p.src.columns[b.column] {
				p.notes = append(p.notes, fmt.Sprintf("two columns are called %s; column %d is taken for %s, pass --map %s=%d for the other", c, b.column+1, f.Name, f.Name, i+1))
				break
			}
		}
	}
}

// addAttributes keeps every column that is not used yet under its own name.
func (p *plan) addAttributes(used map[int]bool) {
	taken := map[string]bool{}
	for _, a := range p.attributes {
		taken[a.name] = true
	}
	for i, c := range p.src.columns {
		if used[i] || p.src.dated(i) {
			continue
		}
		name := c
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s_%d", c, n)
		}
		taken[name] = true
		p.attributes = append(p.attributes, attribute{name: name, column: i})
	}
	sort.Slice(p.attributes, func(i, j int) bool { return p.attributes[i].name < p.attributes[j].name })
}

// mapping is what the receipt tells: the column or literal of each field, and
// how times are read where that is not plain.
func (p *plan) mapping() map[string]string {
	m := map[string]string{}
	put := func(name string, b binding) {
		switch {
		case b.row:
			m[name] = rowNumber
			return
		case b.column < 0:
			m[name] = "'" + strings.ReplaceAll(b.literal, "'", "''") + "'"
			return
		}
		m[name] = p.where(b)
	}
	for name, b := range p.fields {
		put(name, b)
	}
	for _, a := range p.attributes {
		if a.name != p.src.columns[a.column] {
			put(a.name, binding{column: a.column})
		}
	}
	p.treatments(m)
	p.typeList(m)
	if p.alone {
		m["(other columns)"] = "left out"
	}
	if in := p.folders(); in != "" {
		m["(folder)"] = in
	}
	if p.mark != "" {
		m["(map file)"] = p.mark
	}
	for _, s := range p.styles {
		if s.form == slashTime {
			m["(dates)"] = string(s.order)
		}
		if p.zone != "" && p.zone != "UTC" {
			m["(zone)"] = p.zone
		}
	}
	if p.src.charset.enc != nil {
		m["(encoding)"] = p.src.charset.name
	}
	if p.src.query != "" {
		m["(sql)"] = p.src.query
	}
	return m
}

// where is a column, or two, as a mapping names them.
func (p *plan) where(b binding) string {
	if b.clock > 0 {
		text := p.pairPart(b.column) + " + " + p.pairPart(b.clock-1)
		if _, whole := bind(text, p.src.columns); whole {
			text = fmt.Sprintf("%d + %d", b.column+1, b.clock)
		}
		return text
	}
	text := reference(p.src.columns[b.column])
	if first, ok := bind(text, p.src.columns); !ok || first.column != b.column { // another has that name too
		text = strconv.Itoa(b.column + 1)
	}
	return text
}

// pairPart is one column of two.
func (p *plan) pairPart(column int) string {
	text := p.where(binding{column: column})
	if strings.Contains(text, "+") && !strings.HasPrefix(text, `"`) {
		text = `"` + text + `"`
	}
	return text
}

// mappingJSON is the mapping as it is stored, keys in order.
func (p *plan) mappingJSON() (string, error) {
	b, err := json.Marshal(p.mapping())
	return string(b), err
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
