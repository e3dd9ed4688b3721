package neo4jstore

import "slices"

// path is two relationships with a node between.
type path struct {
	first, second                   *TypeInfo
	firstDirection, secondDirection string
	mid, end                        string
}

// paths are those from nodes of a label over a node of another.
func (g *guess) paths(from string) (list []path) {
	for i := range g.s.Types {
		first := &g.s.Types[i]
		for _, mid := range g.far(first, from) {
			if mid.label == from {
				continue
			}
			for j := range g.s.Types {
				second := &g.s.Types[j]
				if second == first {
					continue
				}
				for _, end := range g.far(second, mid.label) {
					list = append(list, path{first, second, mid.direction, end.direction, mid.label, end.label})
				}
			}
		}
	}
	return list
}

// far are the labels to which a type leads from a label, and in which direction.
type farEnd struct{ label, direction string }

func (g *guess) far(t *TypeInfo, label string) (list []farEnd) {
	for _, e := range t.Ends {
		if float64(e.Times) < tiedShare*float64(t.Sampled) || g.s.ours(e.From) || g.s.ours(e.To) {
			continue
		}
		if e.From == label {
			list = append(list, farEnd{e.To, outwards})
		}
		if e.To == label {
			list = append(list, farEnd{e.From, inwards})
		}
	}
	return list
}

// contacts are paths between two customers over something like a call, from who
// made it to who took it.
func (g *guess) contacts(customers string) []path {
	return slices.DeleteFunc(g.paths(customers), func(p path) bool {
		back := says(p.first.Name, takerClues) > says(p.second.Name, takerClues) ||
			says(p.first.Name, takerClues) == says(p.second.Name, takerClues) && p.firstDirection == inwards
		return p.end != customers || back || says(p.mid, contactClues) == 0
	})
}

// ordered is the product to which customers come over something like an order.
func (g *guess) ordered(customers string) (*LabelInfo, []path) {
	paths := slices.DeleteFunc(g.paths(customers), func(p path) bool {
		return p.end == customers || says(p.end, productClues) == 0 ||
			max(says(p.mid, purchaseClues), says(p.first.Name, purchaseClues), says(p.second.Name, purchaseClues)) == 0
	})
	if len(paths) == 0 {
		return nil, nil
	}
	best := slices.MaxFunc(paths, func(a, b path) int { return says(a.end, productClues) - says(b.end, productClues) })
	for i := range g.s.Labels {
		if g.s.Labels[i].Name == best.end {
			return &g.s.Labels[i], slices.DeleteFunc(paths, func(p path) bool { return p.end != best.end })
		}
	}
	return nil, nil
}

// through writes a path.
func (g *guess) through(key string, p path) {
	g.line(2, "- type: %s # confidence medium: over nodes labelled %q, by the names", yamlText(p.first.Name), p.mid)
	if p.firstDirection != outwards {
		g.line(4, "direction: %s", p.firstDirection)
	}
	g.line(4, "then: {type: %s, direction: %s}", yamlText(p.second.Name), p.secondDirection)
	between := slices.Clone(p.second.Properties)
	for _, l := range g.s.Labels {
		if l.Name == p.mid {
			between = append(between, l.Properties...)
		}
	}
	g.figures(key, append(between, p.first.Properties...), -1)
}
