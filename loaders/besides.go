package loaders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Headers of columns that say something of the values of another column, and are
// looked at by nobody.
const (
	currencyHeaders = " currency currencycode currencyiso curr currkey waerk waers währung waehrung währungscode devise moneda divisa valuta waluta měna mena валюта 幣別 币种 "
	zoneHeaders     = " timezone timezoneid timezonename tz zeitzone fuseauhoraire zonahoraria fusoorario strefaczasowa časovépásmo часовойпояс 時區 时区 "
)

// zoned ends a time that says its zone itself.
var zoned = regexp.MustCompile(`(?:[zZ]|GMT|UTC|[+-]\d\d(?::?\d\d)?)$`)

// remarkBesides tells of columns that say in which currency or zone others are, where
// that makes a difference.
func (p *plan) remarkBesides() {
	if !p.src.named() || p.hashes() {
		return
	}
	for i, c := range p.src.columns {
		name := " " + plainName(c) + " "
		switch values := p.src.distinct(i); {
		case len(values) > 1 && strings.Contains(currencyHeaders, name) && p.hasMoney():
			p.notes = append(p.notes, fmt.Sprintf("amounts are in several currencies (%s), as %q says, and are added up as they stand; bring them to one before loading", shorten(strings.Join(values, ", ")), c))
		case len(values) > 0 && strings.Contains(zoneHeaders, name) && p.zoneless():
			p.notes = append(p.notes, fmt.Sprintf("%q has zones (%s), which are not looked at: times are read in UTC; if they are all in one zone, say for example --zone America/New_York", c, shorten(strings.Join(values, ", "))))
		}
	}
}

// distinct are the values of a column in the sample, in order.
func (s *source) distinct(column int) []string {
	var out []string
	for _, v := range s.values(column) {
		if v = strings.TrimSpace(v); !missingText(v) {
			out = append(out, v)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hasMoney says whether a column has money.
func (p *plan) hasMoney() bool {
	return slices.ContainsFunc(p.kind.Fields(), func(f Field) bool {
		b, ok := p.fields[f.Name]
		return ok && b.column >= 0 && f.money()
	})
}

// zoneless says whether times are read in a zone that nobody named.
func (p *plan) zoneless() bool {
	b, ok := p.fields["at"]
	if !ok || b.column < 0 || p.zone != "" || p.src.typed(b.column) || p.styles["at"].form == epochTime {
		return false
	}
	return !slices.ContainsFunc(p.src.values(b.column), func(v string) bool {
		v = strings.TrimSpace(v)
		return len(v) > len("2006-01-02") && zoned.MatchString(v)
	})
}
