package loaders

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/currency"
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
	// gapShape stands between thousands, beside points and commas.
	gapShape = `[\p{Zs}'’]`
	// digitsShape is a number without what is around it.
	digitsShape = `(?:[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+|[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?|` +
		`[0-9]{1,3}(?:` + gapShape + `[0-9]{3})+(?:[.,][0-9]+)?)`
	commaShape = `[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)?(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?`
	pointShape = `[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?`
	clockShape = `[0-9]{1,3}:[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?`
)

// dress is what may be around the digits of a number.
type dress struct {
	// shape is the whole of a number, off what is taken off.
	shape, off      string
	number, removed *regexp.Regexp
}

func dressOf(shape, off string) dress {
	return dress{shape, off, regexp.MustCompile(`^` + shape + `$`), regexp.MustCompile(off)}
}

var (
	// currencyShape is a sign or a code of money.
	currencyShape = `(?:\p{Sc}|[A-Z]{2}\$|` + strings.Join(currencyCodes(), "|") + `|zł|Kč|Ft|kr\.?|руб\.?|грн\.?|лв\.?|lei)`
	moneySign     = regexp.MustCompile(currencyShape)
	// signCodes are the codes that signs stand for mostly.
	signCodes = map[string]string{"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₽": "RUB", "₺": "TRY", "₴": "UAH", "zł": "PLN", "Kč": "CZK", "Ft": "HUF"}
	// Only money has a currency: 5 MIN is no five seconds.
	money  = dressOf(`\(?[+-]?(?:`+currencyShape+`\p{Zs}?)?[+-]?`+digitsShape+`(?:\p{Zs}?`+currencyShape+`)?-?\)?`, gapShape+`|`+currencyShape)
	others = dressOf(`\(?[+-]?`+digitsShape+`-?\)?`, gapShape)

	pointNumber = regexp.MustCompile(`^` + pointShape + `$`)
	clockNumber = regexp.MustCompile(`^` + clockShape + `$`)
	// unclearNumber may be thousands or thousandths; so may pointedNumber, where people
	// write decimal commas.
	unclearNumber = regexp.MustCompile(`^[+-]?[0-9]{1,3},[0-9]{3}$`)
	pointedNumber = regexp.MustCompile(`^[+-]?[1-9][0-9]{0,2}(\.[0-9]{3})+$`)
)

// currencyCodes are those of money that is tender somewhere, in order.
func currencyCodes() []string {
	var codes []string
	for q := currency.Query(); q.Next(); {
		codes = append(codes, q.Unit().String())
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// money says whether a field counts money.
func (f Field) money() bool { return f.units()["cents"] != "" }

func (f Field) dress() dress {
	if f.money() {
		return money
	}
	return others
}

// figureLike says whether a text is a number of the field as people and programs
// write them.
func (f Field) figureLike(s string) bool {
	return numberLike(s) || f.dress().number.MatchString(s) || f.Name == "seconds" && clockNumber.MatchString(s)
}

// bare is a number without currency, brackets and gaps, and whether it had any.
func (d dress) bare(s string) (text string, dressed bool) {
	if numberLike(s) || commaNumber.MatchString(s) || pointNumber.MatchString(s) || !d.number.MatchString(s) {
		return s, false
	}
	text = d.removed.ReplaceAllString(s, "")
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
// thousands, and neither do those such as 1.234 between semicolons, which divide where
// commas are for decimals.
func (p *plan) checkNumbers() error {
	commas, points, unclear, thousands, example, in := 0, 0, 0, 0, "", ""
	signs := map[string]bool{}
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != numberField || b.column < 0 || p.src.numeric(b.column) {
			continue
		}
		for _, v := range p.values(f.Name, b.column) {
			text := strings.TrimSpace(v)
			v, dressed := f.dress().bare(text)
			p.figures.dressed = p.figures.dressed || dressed
			if sign := moneySign.FindString(text); dressed && sign != "" {
				signs[cmp.Or(signCodes[sign], sign)] = true
			}
			switch {
			case unclearNumber.MatchString(v):
				if unclear == 0 {
					example, in = v, f.Name
				}
				unclear++
			case commaNumber.MatchString(v):
				commas++
			case pointedNumber.MatchString(v) && p.src.d.delim == ";":
				if thousands == 0 && unclear == 0 {
					example, in = v, f.Name
				}
				points++
				thousands++
			case pointNumber.MatchString(v), numberLike(v) && strings.Contains(v, "."):
				points++
			case f.Name == "seconds" && clockNumber.MatchString(v):
				p.figures.clock = true
			}
		}
	}
	if len(signs) > 1 {
		p.notes = append(p.notes, fmt.Sprintf("amounts are in several currencies (%s), and are added up as they stand; bring them to one before loading",
			strings.Join(slices.Sorted(maps.Keys(signs)), ", ")))
	}
	if commas > 0 { // then those are thousands
		points -= thousands
	}
	switch {
	case p.decimal != "":
		p.figures.comma, p.figures.point = p.decimal == DecimalComma, p.decimal != DecimalComma
		return nil
	case thousands > 0 && thousands == points && commas == 0 && unclear == 0:
		return p.src.fail(0, "%s has numbers such as %s, which may be thousands or a fraction; say which the decimal mark is with --decimal point or --decimal comma", in, example)
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
func (f figures) expr(x string, of Field) string {
	replaced := func(x, shape, with string) string {
		return fmt.Sprintf("regexp_replace(%s, %s, %s, 'g')", x, literal(shape), literal(with))
	}
	is := func(x, shape string) string { return fmt.Sprintf("regexp_full_match(%s, %s)", x, literal(shape)) }
	raw := x
	if f.dressed {
		d := of.dress()
		plain := replaced(replaced(replaced(x, d.off, ""), `^\((.*)\)$`, `-\1`), `^([^-]*)-$`, `-\1`)
		x = fmt.Sprintf("CASE WHEN try_cast(%[1]s AS DOUBLE) IS NULL AND %[2]s THEN %[3]s ELSE %[1]s END", x, is(x, d.shape), plain)
	}
	switch {
	case f.comma: // 12.50 is neither
		x = fmt.Sprintf("CASE WHEN %[2]s THEN replace(replace(%[1]s, '.', ''), ',', '.') WHEN strpos(%[1]s, '.') = 0 THEN %[1]s END", x, is(x, commaShape))
	case f.point:
		x = fmt.Sprintf("CASE WHEN strpos(%[1]s, ',') > 0 AND %[2]s THEN replace(%[1]s, ',', '') ELSE %[1]s END", x, is(x, pointShape))
	}
	if f.clock && of.Name == "seconds" {
		part := func(i int) string { return fmt.Sprintf("CAST(split_part(%s, ':', %d) AS DOUBLE)", raw, i) }
		x = fmt.Sprintf("CASE WHEN %s THEN CAST(3600 * %s + 60 * %s + %s AS VARCHAR) ELSE %s END", is(raw, clockShape), part(1), part(2), part(3), x)
	}
	return x
}
