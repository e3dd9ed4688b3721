package neo4jstore

import (
	"slices"
	"strings"
	"unicode"
)

// ties writes the relationship types under what they seem to be.
func (g *guess) ties() {
	var calls, purchases, views []*TypeInfo
	for i := range g.s.Types {
		t := &g.s.Types[i]
		if t.joins(g.customers.Name, g.customers.Name) >= tiedShare {
			calls = append(calls, t)
		}
		if g.products == nil || max(t.joins(g.customers.Name, g.products.Name), t.joins(g.products.Name, g.customers.Name)) < tiedShare {
			continue
		}
		if says(t.Name, viewClues) > says(t.Name, purchaseClues) {
			views = append(views, t)
		} else {
			purchases = append(purchases, t)
		}
	}
	for _, list := range []struct {
		key   string
		types []*TypeInfo
	}{{"calls", calls}, {"purchases", purchases}, {"views", views}} {
		var paths []path
		switch list.key {
		case "calls":
			paths = g.contacts(g.customers.Name)
		case "purchases":
			paths = g.orders
		}
		if len(list.types) == 0 && len(paths) == 0 {
			continue
		}
		g.line(0, "")
		if list.key == "calls" && len(list.types) > 1 {
			g.line(0, "# All of these add up to one tie; take out what is no contact.")
		}
		g.line(0, "%s:", list.key)
		for _, t := range list.types {
			g.tie(list.key, t)
		}
		for _, p := range paths {
			g.through(list.key, p)
		}
	}
}

func (g *guess) tie(key string, t *TypeInfo) {
	share, direction := t.joins(g.customers.Name, g.customers.Name), outwards
	if key == "calls" {
		if says(t.Name, mutualClues) > 0 {
			direction = bothWays
		}
	} else {
		out, in := t.joins(g.customers.Name, g.products.Name), t.joins(g.products.Name, g.customers.Name)
		share = max(out, in)
		if in > out {
			direction = inwards
		}
	}
	sure := "medium"
	switch known := says(t.Name, purchaseClues) + says(t.Name, viewClues); {
	case share < 0.9:
		sure = "low"
	case key == "calls" || known > 0:
		sure = "high"
	}
	g.line(2, "- type: %s # confidence %s: %.0f %% of the sample are between these labels", yamlText(t.Name), sure, 100*share)
	if direction != outwards {
		g.value(4, "direction", direction, map[string]string{bothWays: "by its name it has none that means anything", inwards: "from the product to the customer"}[direction])
	}
	g.figures(key, t.Properties, t.Sampled)
}

// figures writes which properties hold the weight, the money and the times of a
// tie; sampled is how many relationships should have them, -1 if that is not known.
func (g *guess) figures(key string, properties []PropertyInfo, sampled int64) {
	moments := func(p PropertyInfo) bool { return says(p.Name, momentClues) > 0 }
	if w := pick(slices.DeleteFunc(slices.Clone(properties), moments), weightClues, "INTEGER FLOAT"); w != nil && (w.Least == nil || *w.Least >= 0) {
		g.value(4, "weight", w.Name, "confidence medium: by its name")
		if w.Present < sampled {
			g.line(4, "default: 1 # %d of %d lack it", sampled-w.Present, sampled)
		}
	}
	if key == "purchases" {
		if p := pick(properties, amountClues, "INTEGER FLOAT"); p != nil {
			g.value(4, "amount", p.Name, "confidence medium: by its name")
		}
	}
	moment := pick(properties, momentClues, "DATE ZONED LOCAL")
	if moment == nil { // since 1970
		moment = pick(properties, []clue{{"timestamp", 5}, {"epoch", 5}}, "INTEGER")
	}
	first, last := pick(properties, firstClues, "DATE ZONED LOCAL"), pick(properties, lastClues, "DATE ZONED LOCAL")
	if first == nil && last == nil {
		first, last = moment, moment
	}
	if first != nil {
		g.value(4, "first", first.Name, "by its name")
	}
	if last != nil {
		g.value(4, "last", last.Name, "by its name")
	}
}

// pick is the property whose name says most by the clues and whose values are of
// the kinds, or nil.
func pick(list []PropertyInfo, clues []clue, kinds string) *PropertyInfo {
	best := 0
	var found *PropertyInfo
	for i := range list {
		if score := says(list[i].Name, clues); score > best && of(list[i], kinds) {
			best, found = score, &list[i]
		}
	}
	return found
}

// of tells whether all values of a property are of some kinds, by the first word
// of what valueType says.
func of(p PropertyInfo, kinds string) bool {
	for _, t := range p.Types {
		kind, _, _ := strings.Cut(strings.Split(t, "<")[0], " ")
		if !slices.Contains(strings.Fields(kinds), kind) {
			return false
		}
	}
	return len(p.Types) > 0
}

// endsWithWord tells whether a name ends with a word as in customer_id, customerId
// and customerID.
func endsWithWord(name, word string) bool {
	if len(name) < len(word) || !strings.EqualFold(name[len(name)-len(word):], word) {
		return false
	}
	before := []rune(name[:len(name)-len(word)])
	end := name[len(name)-len(word):]
	return len(before) == 0 || !unicode.IsLetter(before[len(before)-1]) || unicode.IsUpper(rune(end[0]))
}
