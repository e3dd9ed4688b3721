package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// attribute is a column of customers that is kept under a name.
type attribute struct {
	name   string
	column int
	// kind is text, number, date or yes/no; asked says that the options want
	// it, so that a value that is none is wrong, rather than the guess.
	kind  string
	asked bool
	// comma says that its numbers have a decimal comma, and style how its
	// dates are written.
	comma bool
	style timeStyle
}

// The types of attributes. In the JSON of a customer a date is a text, as
// 2024-01-31 or 2024-01-31T10:00:00Z, and yes and no are true and false.
const (
	textType   = "text"
	numberType = "number"
	dateType   = "date"
	yesNoType  = "yes/no"
)

// attributeTypes are the words for the types in a map file.
var attributeTypes = map[string]string{textType: textType, numberType: numberType, dateType: dateType, yesNoType: yesNoType}

// Numbers as attributes have at most 15 digits, which every program keeps, and
// neither a sign nor a zero before them, which telephone numbers and codes have.
const (
	numberAttribute = `^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,15})?$`
	commaAttribute  = `^-?(0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(\.[0-9]{3}){1,4})(,[0-9]{1,15})?$`
)

var (
	numberAttributeShape = regexp.MustCompile(numberAttribute)
	commaAttributeShape  = regexp.MustCompile(commaAttribute)
	// codeHeader is what names of columns with codes end in, which are no
	// quantities even where they are digits; dateHeader says that digits may
	// be a date.
	codeHeader = regexp.MustCompile(`(id|code|zip|postcode|plz|phone|mobile|msisdn|iban|account|no|nr|ssn)$`)
	dateHeader = regexp.MustCompile(`(date|dob|birth|born|since|datum)`)
)

var truths = []string{"yes", "no", "true", "false", "y", "n"}

// typeAttributes says for each attribute which types its sample leaves possible:
// the type that the options want, or those that are found out.
func (l *loading) typeAttributes(ctx context.Context, conn *sql.Conn) error {
	p := l.plan
	if p.kind != Customers {
		return nil
	}
	for name := range p.types {
		if !p.isAttribute(name) {
			return p.src.fail(0, "there is a type for an attribute %q, which the file does not have; it has %s", name, p.columnList())
		}
	}
	var open []possible
	for i := range p.attributes {
		a := &p.attributes[i]
		values := p.values(a.name, a.column)
		if a.kind, a.asked = p.types[a.name]; a.asked {
			if err := p.settleType(a, values); err != nil {
				return err
			}
			continue
		}
		a.kind = textType
		if hashes(p.changes[a.name]) {
			continue
		}
		for _, kind := range []string{numberType, yesNoType, dateType} {
			b := *a
			b.kind = kind
			if p.couldBe(&b, values) {
				open = append(open, possible{i, b})
			}
		}
	}
	if err := l.holdTypes(ctx, conn, open); err != nil {
		return fmt.Errorf("find the types of the attributes of %s: %w", p.src.path, err)
	}
	return nil
}

// possible is a type that an attribute may have.
type possible struct {
	at int
	a  attribute
}

// settleType finds out how an attribute of a type that is wanted is written.
func (p *plan) settleType(a *attribute, values []string) error {
	switch a.kind {
	case numberType:
		a.comma = p.commas(values)
	case dateType:
		style, ok := sniffTimes(values)
		if !ok {
			return p.src.fail(0, "the column %q has %s, which is no date; give the attribute %s another type", p.src.columns[a.column], p.example(a.column), a.name)
		}
		if style.order = p.dates; style.order == DatesGuessed && style.dotted() {
			style.order = DayFirst
		}
		if style.form == slashTime && style.order == DatesGuessed {
			return p.src.fail(0, "say with --dates dmy or --dates mdy whether the dates of %s have the day or the month first", a.name)
		}
		a.style = style
	}
	return nil
}

// commas says whether numbers have a decimal comma.
func (p *plan) commas(values []string) bool {
	if p.decimal != "" {
		return p.decimal == DecimalComma
	}
	commas, points := 0, 0
	for _, v := range values {
		switch v = strings.TrimSpace(v); {
		case commaNumber.MatchString(v):
			commas++
		case numberAttributeShape.MatchString(v) && strings.Contains(v, "."):
			points++
		}
	}
	return commas > 0 && points == 0
}

// couldBe says whether the sample of an attribute can be of a type, and how it is
// written then.
func (p *plan) couldBe(a *attribute, values []string) bool {
	header := plainName(p.src.columns[a.column])
	var pass func(string) bool
	switch a.kind {
	case numberType:
		if codeHeader.MatchString(header) {
			return false
		}
		a.comma = p.commas(values)
		pass = numberAttributeShape.MatchString
		if a.comma {
			pass = commaAttributeShape.MatchString
		}
		if dateHeader.MatchString(header) && mostly(values, compactShape.MatchString) {
			return false // dates, of which some may be wrong
		}
	case yesNoType:
		pass = func(s string) bool { return slices.Contains(truths, strings.ToLower(s)) }
	case dateType:
		if p.src.typed(a.column) {
			return true
		}
		style, ok := sniffTimes(values)
		if style.order = p.dates; style.order == DatesGuessed && style.dotted() && !style.short { // 3.1.12 may be a version
			style.order = DayFirst
		}
		open := style.form == slashTime && style.order == DatesGuessed
		if !ok || style.form == epochTime || open || style.form == compactTime && !dateHeader.MatchString(header) {
			return false
		}
		a.style = style
		pass = func(s string) bool {
			return isoShape.MatchString(s) || slashShape.MatchString(s) || namedShape.MatchString(s) || compactShape.MatchString(s)
		}
	}
	return allPass(values, pass)
}

// allPass says whether all values that are there pass.
func allPass(values []string, pass func(string) bool) bool {
	for v := range given(values) {
		if !pass(v) {
			return false
		}
	}
	return true
}

// holdTypes keeps the possible types that hold in every row, so that none depends
// on which rows come first.
func (l *loading) holdTypes(ctx context.Context, conn *sql.Conn, open []possible) error {
	if len(open) == 0 {
		return nil
	}
	s := l.stage
	type candidate struct{ Text, Missing, Holds string }
	var data struct {
		Source string
		Types  []candidate
	}
	data.Source = s.Source()
	for i, o := range open {
		x := fmt.Sprintf("x%d", i)
		data.Types = append(data.Types, candidate{s.attributeText(o.a), s.Absent(x) + " OR " + x + " IN ('NaN', 'nan')", s.attributeHolds(o.a, x)})
	}
	query, err := render("types.sql", data)
	if err != nil {
		return err
	}
	there, holds := make([]sql.NullInt64, len(open)), make([]sql.NullBool, len(open))
	to := make([]any, 0, 2*len(open))
	for i := range open {
		to = append(to, &there[i], &holds[i])
	}
	if err := conn.QueryRowContext(ctx, query).Scan(to...); err != nil {
		return err
	}
	for i := len(open) - 1; i >= 0; i-- { // the first of several counts
		if there[i].Int64 > 0 && holds[i].Bool {
			l.plan.attributes[open[i].at] = open[i].a
		}
	}
	return nil
}

// attributeText is the text of an attribute.
func (s stage) attributeText(a attribute) string {
	if s.p.src.typed(a.column) && a.kind == dateType {
		return "CAST(CAST(" + s.p.src.exprs[a.column] + " AS TIMESTAMP) AS VARCHAR)"
	}
	return s.changed(a.name, s.column(a.column))
}

// attributeHolds says that the text x is of the attribute's type.
func (s stage) attributeHolds(a attribute, x string) string {
	switch a.kind {
	case numberType:
		shape := numberAttribute
		if a.comma {
			shape = commaAttribute
		}
		return "regexp_matches(" + x + ", " + literal(shape) + ")"
	case yesNoType:
		return "lower(" + x + ") IN (" + strings.Trim(list(truths), "[]") + ")"
	case dateType:
		return "coalesce(" + s.attributeTime(a, x) + " BETWEEN TIMESTAMP '1800-01-01' AND TIMESTAMP '2200-12-31', false)"
	}
	return "true"
}

func (s stage) attributeTime(a attribute, x string) string {
	return a.style.expr(x, "try_cast("+x+" AS DOUBLE)", s.p.zone)
}

// attributeJSON is the text x as JSON.
func (s stage) attributeJSON(a attribute, x string) string {
	switch a.kind {
	case numberType:
		n := x
		if a.comma {
			n = "replace(replace(" + x + ", '.', ''), ',', '.')"
		}
		return fmt.Sprintf("CAST(CASE WHEN contains(%[1]s, '.') THEN to_json(CAST(%[1]s AS DOUBLE)) ELSE to_json(CAST(%[1]s AS BIGINT)) END AS VARCHAR)", n)
	case yesNoType:
		return "CASE WHEN lower(" + x + ")[1] IN ('y', 't') THEN 'true' ELSE 'false' END"
	case dateType:
		t := s.attributeTime(a, x)
		return fmt.Sprintf(`'"' || CASE WHEN contains(%s, ':') AND CAST(%[2]s AS TIME) <> TIME '00:00:00' THEN strftime(%[2]s, '%%Y-%%m-%%dT%%H:%%M:%%SZ') ELSE strftime(%[2]s, '%%Y-%%m-%%d') END || '"'`, x, t)
	}
	return "CAST(to_json(" + x + ") AS VARCHAR)"
}

// stageAttribute is an attribute of a customer for the query: SQL of its key in
// JSON, its text, its value in JSON from the column that Name names, and what is
// wrong with it.
type stageAttribute struct{ Name, Key, Text, Missing, JSON, Holds, Problem string }

// Attributes are those of a customer, in the order of their names.
func (s stage) Attributes() []stageAttribute {
	var out []stageAttribute
	for i, a := range s.p.attributes {
		x := fmt.Sprintf("a%d", i)
		b := stageAttribute{Name: x, Key: literal(jsonText(a.name) + ":"), Text: s.attributeText(a), Missing: x + " IS NULL OR " + x + " = ''", JSON: s.attributeJSON(a, x)}
		if a.kind != textType {
			b.Missing = s.Absent(x) + " OR " + x + " IN ('NaN', 'nan')"
		}
		if a.asked && a.kind != textType {
			b.Holds = s.attributeHolds(a, x)
			// A bar would end the name of the field.
			b.Problem = literal(strings.ReplaceAll(s.p.src.columns[a.column], "|", "/") + "|" + strings.ReplaceAll(a.name, "|", "/") + " is " + map[string]string{
				numberType: "no number", dateType: "no date", yesNoType: "neither yes nor no"}[a.kind])
		}
		out = append(out, b)
	}
	return out
}

// typeList is what the receipt tells about types: for each but text the names of
// its attributes.
func (p *plan) typeList(m map[string]string) {
	names := map[string][]string{}
	for _, a := range p.attributes {
		if a.kind != "" && a.kind != textType {
			names[a.kind] = append(names[a.kind], reference(a.name))
		}
	}
	for kind, list := range names {
		m["("+kind+")"] = strings.Join(list, ", ")
	}
}
