package identity

import (
	"cmp"
	"slices"
)

// RuleReport says what a blocking rule brought.
type RuleReport struct {
	Rule Rule
	// Pairs that the rule makes, and those of them that no earlier rule
	// made (which are compared).
	Pairs, New int64
	// Refined are keys with more pairs than their share whose records were
	// cut up further, the largest first, at most so many as are shown;
	// RefinedKeys is how many there are.
	Refined     []KeyReport
	RefinedKeys int
	// Dropped are keys, refined as far as the rule can, that still had more
	// pairs than their share and make none; likewise.
	Dropped      []KeyReport
	DroppedKeys  int
	DroppedPairs int64
}

// KeyReport is a key of a blocking rule that many records share.
type KeyReport struct {
	// Key is what they share, in normal form.
	Key string
	// Records share it, and would make so many pairs.
	Records int
	Pairs   int64
}

// describeRuns tells of the largest runs.
func (x *table) describeRuns(list []entry, runs []run, keys []Key) []KeyReport {
	runs = slices.Clone(runs)
	slices.SortStableFunc(runs, func(a, b run) int { return cmp.Compare(b.to-b.from, a.to-a.from) })
	var out []KeyReport
	for _, r := range runs[:min(len(runs), shownKeys)] {
		e := list[r.from]
		text := ""
		for i, k := range keys {
			c := &x.columns[x.field(k.Field)]
			slot := c.first
			if c.width > 1 {
				slot += int(e.slot)
			}
			s, _ := partOf(c.values.At(x.of(e.record)[slot]), k.Part)
			if i > 0 {
				text += " · "
			}
			text += s
		}
		out = append(out, KeyReport{Key: text, Records: r.to - r.from, Pairs: r.pairs()})
	}
	return out
}
