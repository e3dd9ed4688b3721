package neo4jstore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ErrNoGuess says that nothing in a schema looks like customers.
var ErrNoGuess = errors.New("no label looks like customers who are tied to each other or to products: write a map by hand")

// guess is a map in the making, with the reasons.
type guess struct {
	s         *Schema
	customers *LabelInfo
	products  *LabelInfo
	sure      string // how sure it is of the customers, and why
	sureOf    string // of the products
	orders    []path // from customers to products, where no relationship joins them
	out       strings.Builder
}

// Guess writes a map for the schema, in YAML with a comment on each line that
// says how sure it is and why. It returns ErrNoNodes or ErrNoGuess where there is
// nothing to go by.
func (s *Schema) Guess() (string, error) {
	if s.Nodes == 0 {
		return "", ErrNoNodes
	}
	g := &guess{s: s}
	if !g.findCustomers() {
		return "", ErrNoGuess
	}
	g.findProducts()
	g.write()
	return g.out.String(), nil
}

// ours tells whether a label or property is kith's own.
func (s *Schema) ours(name string) bool {
	for _, run := range s.Own.WriteBacks {
		if strings.HasPrefix(name, strings.TrimSuffix(run, "Run")) {
			return true
		}
	}
	return slices.Contains([]string{"KithState", "KithMigration", "KithWriter", "KithChange", "KithNextCommunity", "KithFormerCommunity",
		"KithFormerCustomer", "KithFormerProduct"}, name)
}

// confidence says how sure a guess is in words.
func confidence(score, high, medium int) string {
	switch {
	case score >= high:
		return "high"
	case score >= medium:
		return "medium"
	}
	return "low"
}

// findCustomers chooses the label of customers by its name and by whether its
// nodes are tied to each other, or to something that can be bought.
func (g *guess) findCustomers() bool {
	best := 0
	for i := range g.s.Labels {
		l := &g.s.Labels[i]
		if g.s.ours(l.Name) {
			continue
		}
		score := says(l.Name, customerClues)
		var reasons []string
		if score > 0 {
			reasons = append(reasons, "its name")
		}
		tied, buys := "", ""
		for j := range g.s.Types {
			t := &g.s.Types[j]
			if t.joins(l.Name, l.Name) >= tiedShare && tied == "" {
				tied = t.Name
			}
			if buys == "" && says(t.Name, append(purchaseClues, viewClues...)) > 0 && g.otherEnd(t, l.Name) != "" {
				buys = t.Name
			}
		}
		if tied != "" {
			score += 4
			reasons = append(reasons, fmt.Sprintf("%q ties one to another", tied))
		}
		if buys != "" {
			score += 2
			reasons = append(reasons, fmt.Sprintf("%q looks like a purchase or a view", buys))
		}
		if tied == "" && g.anyProduct(l.Name) == nil && len(g.contacts(l.Name)) == 0 {
			product, orders := g.ordered(l.Name)
			if product == nil {
				continue // nothing would tie them
			}
			score += 2
			reasons = append(reasons, fmt.Sprintf("%q nodes look like orders", orders[0].mid))
		}
		if score > best {
			best, g.customers = score, l
			g.sure = fmt.Sprintf("confidence %s: %s", confidence(score, 8, 5), strings.Join(reasons, "; "))
		}
	}
	return g.customers != nil
}

// tiedShare is the share of a type's relationships that must join two labels for
// it to be about them.
const tiedShare = 0.2

// otherEnd is the label at the other end of a type that touches a label, if it is
// another one.
func (g *guess) otherEnd(t *TypeInfo, label string) string {
	for _, e := range t.Ends {
		switch {
		case float64(e.Times) < tiedShare*float64(t.Sampled):
		case e.From == label && e.To != label:
			return e.To
		case e.To == label && e.From != label:
			return e.From
		}
	}
	return ""
}

// anyProduct is the label that looks most like products of the customers.
func (g *guess) anyProduct(customers string) *LabelInfo {
	var found *LabelInfo
	best := 0
	for i := range g.s.Labels {
		l := &g.s.Labels[i]
		if l.Name == customers || g.s.ours(l.Name) {
			continue
		}
		score := 0
		for j := range g.s.Types {
			t := &g.s.Types[j]
			if max(t.joins(customers, l.Name), t.joins(l.Name, customers)) >= tiedShare {
				score = max(score, 1+says(l.Name, productClues)+max(says(t.Name, purchaseClues), says(t.Name, viewClues)))
			}
		}
		if score > max(best, 1) { // 1 is a relationship alone, which may be anything
			best, found = score, l
			g.sureOf = fmt.Sprintf("confidence %s: by its name and those of the relationships", confidence(score, 9, 5))
		}
	}
	return found
}

// findProducts chooses the label of products. One that only the relationships
// speak for may be that of orders; then what is behind them is better.
func (g *guess) findProducts() {
	g.products = g.anyProduct(g.customers.Name)
	if g.products != nil && says(g.products.Name, productClues) > 0 {
		return
	}
	if behind, orders := g.ordered(g.customers.Name); behind != nil {
		g.products, g.orders = behind, orders
		g.sureOf = "confidence medium: by its name and those of the steps that lead to it"
	}
}

// write writes the map.
func (g *guess) write() {
	g.line(0, "# A map of this graph for kith, guessed from %d nodes and %d relationships by a sample.", g.s.Nodes, g.s.Relationships)
	g.line(0, "# Read it, correct it, and let kith doctor --graph-map check it.")
	g.line(0, "")
	g.line(0, "customers:")
	g.value(2, "labels", g.customers.Name, g.sure)
	id := g.id(g.customers)
	g.value(2, "id", id.Name, g.whyID(g.customers, id))
	left := g.left(id.Name)
	if left != nil {
		g.value(2, "left", left.Name, fmt.Sprintf("confidence medium: by its name; %d of %d have it", left.Present, g.customers.Sampled))
	} else {
		g.line(2, "# left: the property that says when somebody left; without it there is no churn risk")
	}
	g.attributes(id.Name, left)
	if g.products != nil {
		g.line(0, "")
		g.line(0, "products:")
		g.value(2, "labels", g.products.Name, g.sureOf)
		id := g.id(g.products)
		g.value(2, "id", id.Name, g.whyID(g.products, id))
		for _, f := range []struct {
			key   string
			clues []clue
			kinds string
		}{{"name", titleClues, "STRING"}, {"category", categoryClues, "STRING LIST"}, {"price", priceClues, "INTEGER FLOAT"}} {
			if p := pick(g.products.Properties, f.clues, f.kinds); p != nil {
				g.value(2, f.key, p.Name, "by its name")
			}
		}
	}
	g.ties()
}

// id chooses the property by which nodes are known.
func (g *guess) id(l *LabelInfo) PropertyInfo {
	best, chosen := -1<<30, PropertyInfo{}
	for _, p := range l.Properties {
		var score int
		lower := strings.ToLower(p.Name)
		switch {
		case lower == "id", lower == strings.ToLower(l.Name)+"id", lower == strings.ToLower(l.Name)+"_id":
			score = 6
		case endsWithWord(p.Name, "id"):
			score = 5
		default:
			score = says(p.Name, idClues)
		}
		if p.Unique {
			score += 20
		}
		if !of(p, "STRING INTEGER") || g.s.foundProperty(p.Name) {
			score -= 100
		}
		if p.Present < l.Sampled {
			score -= 10
		}
		if p.Distinct < p.Present {
			score -= 10
		}
		if score > best {
			best, chosen = score, p
		}
	}
	if chosen.Name == "" {
		chosen.Name = "id"
	}
	return chosen
}

func (g *guess) whyID(l *LabelInfo, p PropertyInfo) string {
	switch {
	case p.Present == 0:
		return "confidence none: these nodes have no property that could be one"
	case p.Unique:
		return "confidence high: a constraint keeps it unique"
	case p.Present == l.Sampled && p.Distinct == p.Present:
		return fmt.Sprintf("confidence medium: each of the %d that were looked at has its own", l.Sampled)
	}
	return fmt.Sprintf("confidence low: of %d that were looked at %d have it, with %d values", l.Sampled, p.Present, p.Distinct)
}

// left chooses the property that says when a customer left.
func (g *guess) left(id string) *PropertyInfo {
	for i := range g.customers.Properties {
		p := &g.customers.Properties[i]
		lower := strings.ToLower(p.Name)
		named := says(p.Name, leftClues) > 0 || slices.Contains([]string{"left", "leftat", "lefton", "gone"}, lower)
		if p.Name != id && named && of(*p, "DATE ZONED LOCAL STRING BOOLEAN") && !g.s.foundProperty(p.Name) {
			return p
		}
	}
	return nil
}

// attributes takes along what is plain and no secret.
func (g *guess) attributes(id string, left *PropertyInfo) {
	const most = 12
	var names []string
	more := 0
	for _, p := range g.customers.Properties {
		switch {
		case p.Name == id, left != nil && p.Name == left.Name, says(p.Name, secretClues) > 0, g.s.foundProperty(p.Name),
			!of(p, "STRING INTEGER FLOAT BOOLEAN DATE ZONED LOCAL"):
		case len(names) == most:
			more++
		default:
			names = append(names, yamlText(p.Name))
		}
	}
	if len(names) == 0 {
		return
	}
	why := "everybody who may read the results sees these"
	if more > 0 {
		why += fmt.Sprintf("; %d others were left out", more)
	}
	g.line(2, "attributes: [%s] # %s", strings.Join(names, ", "), why)
}

// foundProperty tells whether a property is one that kith has written.
func (s *Schema) foundProperty(name string) bool {
	for _, suffix := range foundNames {
		if strings.HasSuffix(name, "_"+suffix) && len(s.Own.WriteBacks) > 0 {
			return true
		}
	}
	return false
}

func (g *guess) line(indent int, format string, args ...any) {
	g.out.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+fmt.Sprintf(format, args...), " ") + "\n")
}

func (g *guess) value(indent int, key, value, why string) {
	g.line(indent, "%s: %s # %s", key, yamlText(value), why)
}

var plainYAML = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// yamlText is a text in YAML: as it is where that is safe, else in quotes.
func yamlText(s string) string {
	if plainYAML.MatchString(s) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(s)) {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a text can be written
	return strings.TrimSuffix(b.String(), "\n")
}
