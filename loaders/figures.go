package loaders

import (
	"fmt"
	"regexp"
	"strings"
)

// figures says how the numbers of a file are written, beyond digits and a decimal
// point.
type figures struct {
	// comma says that numbers have a decimal comma, and points between thousands
	// if anything.
	comma bool
	// point says that the decimal mark is known to be a point, so that a comma
	// can only stand between thousands.
	point bool
	// dressed says that some have a currency beside them, blanks or apostrophes
	// between thousands, brackets around them, or a minus behind them.
	dressed bool
	// clock says that lengths are written 0:05:30.
	clock bool
}

// The shapes that numbers have in files; DuckDB reads them by the same text.
const (
	// currencyShape is a sign or a code of money.
	currencyShape = `(?:\p{Sc}|[A-Z]{2}\$|[A-Z]{3}|zł|Kč|Ft|kr\.?|руб\.?|грн\.?|лв\.?|lei)`
	// gapShape stands between thousands, beside points and commas.
	gapShape = `[\p{Zs}'’]`
	// digitsShape is a number without what is around it.
	digitsShape = `(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|` +
		`[0-9]{1,3}(?:` + gapShape + `[0-9]{3})+(?:[.,][0-9]+)?)`
	dressedShape = `\(?[+-]?(?:` + currencyShape + `\p{Zs}?)?[+-]?` + digitsShape + `(?:\p{Zs}?` + currencyShape + `)?-?\)?`
	// undressShape is what is taken off.
	undressShape = `[\p{Zs}'’]|` + currencyShape
	commaShape   = `[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)?(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?`
	pointShape   = `[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?`
	clockShape   = `[0-9]{1,3}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?`
)

var (
	dressedNumber = regexp.MustCompile(`^` + dressedShape + `$`)
	undressed     = regexp.MustCompile(undressShape)
	pointNumber   = regexp.MustCompile(`^` + pointShape + `$`)
	clockNumber   = regexp.MustCompile(`^` + clockShape + `$`)
	// unclearNumber may be thousands or thousandths.
	unclearNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3},[0-9]{3}$`)
)

// figureLike says whether a text is a number as people and programs write them.
func figureLike(s string) bool {
	return numberLike(s) || dressedNumber.MatchString(s)
}

// bare is a number without currency, brackets and gaps, and whether it had any.
func bare(s string) (text string, dressed bool) {
	if numberLike(s) || commaNumber.MatchString(s) || pointNumber.MatchString(s) || !dressedNumber.MatchString(s) {
		return s, false
	}
	text = undressed.ReplaceAllString(s, "")
	if inner, ok := strings.CutPrefix(text, "("); ok && strings.HasSuffix(inner, ")") {
		text = "-" + strings.TrimSuffix(inner, ")")
	}
	if inner, ok := strings.CutSuffix(text, "-"); ok {
		text = "-" + inner
	}
	return text, true
}

// checkNumbers finds out from the sample how numbers are written. A decimal comma
// is taken where more have one than have a point: the others are then rejected, not
// read as something else. Numbers such as 1,234 alone do not tell, as they may be
// thousands.
func (p *plan) checkNumbers() error {
	commas, points, unclear, example, in := 0, 0, 0, "", ""
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != numberField || b.column < 0 || p.src.numeric(b.column) {
			continue
		}
		for _, v := range p.values(f.Name, b.column) {
			v, dressed := bare(strings.TrimSpace(v))
			p.figures.dressed = p.figures.dressed || dressed
			switch {
			case unclearNumber.MatchString(v):
				if unclear == 0 {
					example, in = v, f.Name
				}
				unclear++
			case commaNumber.MatchString(v):
				commas++
			case pointNumber.MatchString(v), numberLike(v) && strings.Contains(v, "."):
				points++
			case f.Name == "seconds" && clockNumber.MatchString(v):
				p.figures.clock = true
			}
		}
	}
	switch {
	case p.decimal != "":
		p.figures.comma, p.figures.point = p.decimal == DecimalComma, p.decimal != DecimalComma
		return nil
	case points > 0 && points >= commas:
		p.figures.point = true
		return nil
	case commas == 0 && unclear == 0:
		return nil
	case commas == 0 && p.src.d.delim != ";": // where a semicolon divides, commas are for decimals
		return p.src.fail(0, "%s has numbers such as %s, which may be thousands or a fraction; say which the comma is with --decimal point or --decimal comma", in, example)
	}
	p.figures.comma = true
	p.notes = append(p.notes, "numbers are read with a decimal comma")
	return nil
}

// expr is an expression of SQL for the text of a number as try_cast reads it.
func (f figures) expr(x string, seconds bool) string {
	replaced := func(x, shape, with string) string {
		return fmt.Sprintf("regexp_replace(%s, %s, %s, 'g')", x, literal(shape), literal(with))
	}
	is := func(x, shape string) string { return fmt.Sprintf("regexp_full_match(%s, %s)", x, literal(shape)) }
	raw := x
	if f.dressed {
		plain := replaced(replaced(replaced(x, undressShape, ""), `^\((.*)\)$`, `-\1`), `^([^-]*)-$`, `-\1`)
		x = fmt.Sprintf("CASE WHEN try_cast(%[1]s AS DOUBLE) IS NULL AND %[2]s THEN %[3]s ELSE %[1]s END", x, is(x, dressedShape), plain)
	}
	switch {
	case f.comma: // 12.50 is neither
		x = fmt.Sprintf("CASE WHEN %[2]s THEN replace(replace(%[1]s, '.', ''), ',', '.') WHEN strpos(%[1]s, '.') = 0 THEN %[1]s END", x, is(x, commaShape))
	case f.point:
		x = fmt.Sprintf("CASE WHEN strpos(%[1]s, ',') > 0 AND %[2]s THEN replace(%[1]s, ',', '') ELSE %[1]s END", x, is(x, pointShape))
	}
	if f.clock && seconds {
		part := func(i int) string { return fmt.Sprintf("CAST(split_part(%s, ':', %d) AS DOUBLE)", raw, i) }
		x = fmt.Sprintf("CASE WHEN %s THEN CAST(3600 * %s + 60 * %s + %s AS VARCHAR) ELSE %s END", is(raw, clockShape), part(1), part(2), part(3), x)
	}
	return x
}
