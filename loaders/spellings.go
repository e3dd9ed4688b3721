package loaders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// telephoneShape is a telephone number in one of the ways of writing it.
var telephoneShape = regexp.MustCompile(`^\+?[0-9][0-9 ()./-]{6,22}$`)

// remarkSpellings tells of telephone numbers that stand in several ways among the
// first rows of calls, as +48 600 100 200, 0048600100200 and 600100200: each is a
// customer of its own, and only who knows the country can make them one. It looks
// for two whose last nine digits are equal.
func (p *plan) remarkSpellings() {
	if p.kind != Calls || p.hashes() {
		return
	}
	const tail = 9
	seen := map[string][]string{} // by the last digits, each way in the order of meeting
	var fields, first []string
	code, zeros, trunk := "", false, false
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != idField || b.column < 0 || len(p.changes[f.Name]) > 0 {
			continue
		}
		fields = append(fields, f.Name)
		for _, v := range p.src.values(b.column) {
			v = strings.TrimSpace(v)
			digits := onlyDigits(v)
			if len(digits) < tail || !telephoneShape.MatchString(v) {
				continue
			}
			key := digits[len(digits)-tail:]
			ways := seen[key]
			if slices.Contains(ways, v) {
				continue
			}
			seen[key] = append(ways, v)
			for _, w := range ways {
				between, ok := sameNumber(v, w)
				if !ok {
					continue
				}
				if first == nil {
					first = []string{w, v}
				}
				if code == "" {
					code = between
				}
				for _, x := range []string{v, w} {
					zeros = zeros || strings.HasPrefix(onlyDigits(x), "00")
					trunk = trunk || strings.HasPrefix(bareNumber(x), "0")
				}
			}
		}
	}
	if first == nil {
		return
	}
	steps := []string{"digits"}
	for _, prefix := range []struct {
		text string
		take bool
	}{{"00", zeros}, {code, code != ""}, {"0", trunk}} {
		if prefix.take {
			steps = append(steps, fmt.Sprintf("{strip-prefix: %q}", prefix.text))
		}
	}
	p.notes = append(p.notes, fmt.Sprintf("telephone numbers are written in several ways, such as %s and %s, and each way is a customer of its own; "+
		"in a map file change: [%s] for %s makes them one, here and in the other files", first[0], first[1], strings.Join(steps, ", "), strings.Join(fields, " and ")))
}

// onlyDigits leaves everything else out.
func onlyDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, text)
}

// bareNumber is a telephone number without what stands for an international one.
func bareNumber(v string) string {
	return strings.TrimPrefix(onlyDigits(v), "00")
}

// sameNumber says whether two ways of writing with equal last digits are of one
// number, and the code of the country, of at most three digits, that one of them
// has beyond the other.
func sameNumber(a, b string) (code string, ok bool) {
	x, y := bareNumber(a), bareNumber(b)
	if len(x) < len(y) {
		x, y = y, x
	}
	if strings.HasPrefix(x, "0") {
		return "", strings.TrimPrefix(x, "0") == strings.TrimPrefix(y, "0")
	}
	code, ok = strings.CutSuffix(x, strings.TrimPrefix(y, "0"))
	return code, ok && len(code) <= 3
}
