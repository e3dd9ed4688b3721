package loaders

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
)

// floatID is an id as a program writes it that has numbers for ids, of which some are
// missing.
var floatID = regexp.MustCompile(`^[0-9]+\.0$`)

// remarkIDs tells of ids that a program spoilt on the way.
func (p *plan) remarkIDs() {
	for _, f := range p.kind.Fields() {
		b, ok := p.fields[f.Name]
		if !ok || f.sort != idField || b.column < 0 || p.src.numeric(b.column) || p.hashes() {
			continue
		}
		values := slices.DeleteFunc(p.values(f.Name, b.column), func(v string) bool { return missingText(strings.TrimSpace(v)) })
		name := p.src.columns[b.column]
		if len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !floatID.MatchString(v) }) {
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
		is := isMail(v)
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
	p.remarkSpellings()
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
	p.remarkBesides()
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
