package loaders

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// stage is what the queries that read a file are filled in with: every method
// writes an expression of SQL.
type stage struct {
	p *plan
	// file is what DuckDB reads: the file itself or a clean copy of it.
	file string
	// table is what is read instead of a file where rows were posted.
	table string
	// clean says that file is a copy, without a header and without rows
	// that cannot be read.
	clean bool
	// most is how many rows of a Parquet file are read, where not all are.
	most int
	v    *survey
}

// Source is the table function that reads the file.
func (s stage) Source() string {
	src := s.p.src
	if s.table != "" {
		return s.table
	}
	if src.parquet {
		return s.firstOf(parquetTable(s.file, true), src.textTable(false))
	}
	types := make([]string, src.d.columns)
	for i := range types {
		types[i] = literal(src.exprs[i]) + ": 'VARCHAR'"
	}
	quote := ""
	if s.v.quotes || s.clean {
		quote = `"`
	}
	delim, newline := string(src.d.delim), `\n`
	if s.clean {
		delim = string(src.cleanDelim())
	} else if s.v.crlf {
		newline = `\r\n`
	}
	return fmt.Sprintf("read_csv(%s, auto_detect = false, header = %t, delim = %s, quote = %s, escape = %s, columns = {%s}, "+
		"new_line = '%s', max_line_size = %d, parallel = %t, compression = 'none')",
		literal(s.file), src.header && !s.clean, literal(delim), literal(quote), literal(quote), strings.Join(types, ", "),
		newline, 2*maxRow, !s.v.multiline)
}

// Shown is Source for people: what is no text of a Parquet file is shown, too.
func (s stage) Shown() string { return s.firstOf(parquetTable(s.file, true), s.p.src.textTable(true)) }

// firstOf is a Parquet file for SQL, or its copy where there is one, up to as many
// rows as are read.
func (s stage) firstOf(table, copied string) string {
	if s.p.src.copied != "" {
		table = copied
	}
	if s.most > 0 {
		return fmt.Sprintf("(SELECT * FROM %s LIMIT %d)", table, s.most)
	}
	return table
}

// Parquet says that the rows have not been looked at one by one.
func (s stage) Parquet() bool { return s.p.src.parquet }

// Has says whether a field is bound; Column whether it is bound to a column.
func (s stage) Has(field string) bool { _, ok := s.p.fields[field]; return ok }

// Column says whether a field comes from a column, so that its values differ.
func (s stage) Column(field string) bool {
	b, ok := s.p.fields[field]
	return ok && b.column >= 0
}

// typed says whether a field is read as a timestamp.
func (s stage) typed(field string) bool {
	b, ok := s.p.fields[field]
	return ok && b.column >= 0 && b.clock == 0 && s.p.src.typed(b.column)
}

// Joined says whether a time comes from a date and a time of day.
func (s stage) Joined(field string) bool { return s.p.fields[field].clock > 0 }

// Text is a field as it stands in the file, blanks around it taken off.
func (s stage) Text(field string) string { return s.text(field, s.p.changes[field]) }

// Bare is Text of the first of two fields that is there, not hashed.
func (s stage) Bare(first, second string) string {
	bare := func(field string) string {
		return s.text(field, slices.DeleteFunc(slices.Clone(s.p.changes[field]), func(c Change) bool { return c.Verb == changeHash }))
	}
	return "coalesce(" + bare(first) + ", " + bare(second) + ")"
}

// text is a field after some steps.
func (s stage) text(field string, steps []Change) string {
	b, ok := s.p.fields[field]
	switch {
	case !ok:
		return "CAST(NULL AS VARCHAR)"
	case b.row:
		return s.after(steps, field, "CAST(row_number() OVER () AS VARCHAR)")
	case b.column < 0:
		return s.after(steps, field, literal(strings.Trim(b.literal, " \t")))
	case b.clock > 0:
		return s.joined(field, b)
	case s.typed(field):
		return "CAST(" + s.p.src.exprs[b.column] + " AS TIMESTAMP)"
	}
	return s.after(steps, field, s.id(field, b.column))
}

// changed is a text after the steps that the options want.
func (s stage) changed(field, x string) string { return s.after(s.p.changes[field], field, x) }

func (s stage) after(steps []Change, field, x string) string {
	changed := x
	for _, c := range steps {
		changed = c.expr(changed, s.p.missingTexts(field))
	}
	return s.uncut(field, x, changed)
}

// numeric are types whose values have no blanks around them as texts.
var numeric = regexp.MustCompile(`^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL.*|BOOLEAN|DATE)$`)

// numeric says whether a column of a Parquet file holds numbers; posted rows are
// of no type.
func (s *source) numeric(column int) bool {
	return column < len(s.types) && numeric.MatchString(s.types[column])
}

func (s stage) column(i int) string {
	x := s.p.src.exprs[i]
	if !s.p.src.parquet {
		if !s.v.blanks {
			return x
		}
		return trimmed(x)
	}
	x = "CAST(" + x + " AS VARCHAR)"
	if s.p.src.numeric(i) {
		return x
	}
	return trimmed(x)
}

// trimmed takes blanks around a text off. DuckDB's trim goes through every text
// letter by letter, which takes six times as long as to see that there are none.
func trimmed(x string) string {
	return fmt.Sprintf("CASE WHEN starts_with(%[1]s, ' ') OR starts_with(%[1]s, '\t') OR ends_with(%[1]s, ' ') OR ends_with(%[1]s, '\t') THEN trim(%[1]s, ' \t') ELSE %[1]s END", x)
}

// openEnds are dates that programs write for no end.
const openEnds = `[29]999[-/]?12[-/]?3[01].*|(?:3[01][./-]12|12[./-]3[01])[./-][29]999.*`

// End is the text, or the time, of a field that says until when, without the
// last day of the year 9999, which stands for ever.
func (s stage) End(field string) string {
	x := s.Text(field)
	if s.typed(field) {
		return "CASE WHEN " + x + " < TIMESTAMP '2999-12-30' THEN " + x + " END"
	}
	if !s.Column(field) {
		return x
	}
	return "CASE WHEN NOT regexp_full_match(" + x + ", " + literal(openEnds) + ") THEN " + x + " END"
}

// Time reads a time from what Text gave.
func (s stage) Time(field string) string {
	x := field + "_text"
	if !s.Has(field) {
		return "CAST(NULL AS TIMESTAMP)"
	}
	if !s.typed(field) {
		return s.p.styles[field].expr(x, field+"_number", s.p.zone)
	}
	if s.p.src.types[s.p.fields[field].column] == "TIMESTAMP WITH TIME ZONE" {
		return x
	}
	return inZone(x, s.p.zone)
}

// Clock is a time read as a number, where most times are numbers, so that it is
// read once only.
func (s stage) Clock(field string) string {
	if style, ok := s.p.styles[field]; ok && (style.form == epochTime || style.form == serialTime) {
		return "try_cast(" + field + "_text AS DOUBLE)"
	}
	return "NULL"
}

// Number is the text of a number, with a decimal point.
func (s stage) Number(field string) string {
	x := field + "_text"
	f, _ := s.p.kind.field(field)
	if s.Column(field) && !s.p.src.numeric(s.p.fields[field].column) {
		x = s.p.figures.expr(x, f)
	}
	return f.scaled(x, s.p.units[field])
}

// Word is the word that a text stands for.
func (s stage) Word(field string) string {
	f, _ := s.p.kind.field(field)
	if !s.Column(field) {
		if b, ok := s.p.fields[field]; ok {
			return literal(f.words.of(b.literal))
		}
		return "CAST(NULL AS VARCHAR)"
	}
	var b strings.Builder
	b.WriteString("CASE lower(" + field + "_text)")
	for _, t := range f.words.texts() {
		b.WriteString(" WHEN " + literal(t) + " THEN " + literal(f.words.means[t]))
	}
	return b.String() + " END"
}

// WordList says for a person which words a field may have.
func (s stage) WordList(field string) string { f, _ := s.p.kind.field(field); return f.words.list }

// isOneOf compares one by one: DuckDB makes a join of a long IN, which costs
// more and need not keep the order of rows.
func isOneOf(name string, texts []string) string {
	out, longest := make([]string, len(texts)), 0
	for i, t := range texts {
		out[i] = name + " = " + literal(t)
		longest = max(longest, len(t))
	}
	return name + " IS NULL OR (strlen(" + name + ") <= " + strconv.Itoa(longest) + " AND (" + strings.Join(out, " OR ") + "))"
}

// Cancels says that a C before an invoice number cancels it: other invoices
// have numbers alone.
func (s stage) Cancels() bool {
	b, ok := s.p.fields["basket"]
	if !ok || b.column < 0 {
		return false
	}
	plain := 0
	values := s.p.src.values(b.column)
	for _, v := range values {
		if v != "" && strings.Trim(v, "0123456789 \t") == "" {
			plain++
		}
	}
	return 2*plain > len(values)
}

// named is what the templates of problems need to know about a field.
type named struct {
	stage
	Field string
	// Name is the parsed value, RawName its text, Label how people call it.
	Name, RawName, Label string
}

// Sealed says that the field names people who are hashed in the store, and is not
// hashed here.
func (n named) Sealed() bool {
	if !n.p.sealed || !slices.Contains(n.p.kind.people(), n.Field) {
		return false
	}
	from := []string{n.Field}
	if n.Has("subscriber") || n.Has("other") { // each may be caller and callee
		from = append(from, "caller", "callee", "subscriber", "other")
	}
	if n.Field == "customer" { // a guest may stand there
		from = append(from, "guest")
	}
	return slices.ContainsFunc(from, func(name string) bool { return n.Has(name) && !hashes(n.p.changes[name]) })
}

// On names a field, its parsed value and how people call it.
func (s stage) On(field string, more ...string) named {
	n := named{stage: s, Field: field, Name: field, RawName: field + "_text", Label: field}
	if len(more) > 0 {
		n.Name = more[0]
	}
	if len(more) > 1 {
		n.Label = more[1]
	}
	return n
}

// readable is a path that DuckDB takes for one file; ok is false when it would
// take it for a pattern.
func readable(path string) (abs string, ok bool, err error) {
	abs, err = filepath.Abs(path)
	return abs, !strings.ContainsAny(abs, "*?[]{}"), err
}
