package identity

import (
	"cmp"
	"fmt"
	"slices"

	"kith/graph"
)

// Pair names two records.
type Pair struct{ A, B string }

// Overrides are what people have decided, which weighs more than any evidence.
type Overrides struct {
	// Together are the same person, Apart are not. A pair's order doesn't
	// matter.
	Together, Apart []Pair
}

// ordered puts a pair in byte order.
func (p Pair) ordered() Pair {
	if p.A > p.B {
		return Pair{p.B, p.A}
	}
	return p
}

func comparePairs(p, q Pair) int {
	return cmp.Or(cmp.Compare(p.A, q.A), cmp.Compare(p.B, q.B))
}

// tidy puts pairs in order, each once, without those of a record with itself.
func tidy(pairs []Pair) []Pair {
	out := make([]Pair, 0, len(pairs))
	for _, p := range pairs {
		if p.A != p.B {
			out = append(out, p.ordered())
		}
	}
	slices.SortFunc(out, comparePairs)
	return slices.Compact(out)
}

// numbered finds the records of pairs; those of unknown records are left out, as
// a record may have gone since.
func numbered(ids *graph.Names, pairs []Pair) [][2]uint32 {
	var out [][2]uint32
	for _, p := range tidy(pairs) {
		a, ok := ids.Find(p.A)
		b, ok2 := ids.Find(p.B)
		if ok && ok2 {
			out = append(out, [2]uint32{a, b})
		}
	}
	return out
}

// Merge returns the overrides by which the clusters of the named records become
// one, and stay so whatever the evidence will be: all their records are put
// together with the first, and what kept any two of them apart is dropped. It
// changes neither o nor c; Group gives the clusters that follow.
func (c *Clusters) Merge(o Overrides, ids ...string) (Overrides, error) {
	records, err := c.find(ids, 2)
	if err != nil {
		return o, err
	}
	touched := map[uint32]bool{}
	for _, r := range records {
		touched[c.Of[r]] = true
	}
	out := Overrides{Together: slices.Clone(o.Together)}
	for _, p := range o.Apart {
		a, ok := c.IDs.Find(p.A)
		b, ok2 := c.IDs.Find(p.B)
		if !ok || !ok2 || !touched[c.Of[a]] || !touched[c.Of[b]] {
			out.Apart = append(out.Apart, p)
		}
	}
	if len(touched) > 1 {
		for r, k := range c.Of {
			if touched[k] {
				out.Together = append(out.Together, Pair{c.IDs.At(records[0]), c.IDs.At(uint32(r))})
			}
		}
	}
	return Overrides{tidy(out.Together), tidy(out.Apart)}, nil
}

// Split returns the overrides by which the named records, all of one cluster,
// leave it and stay out, so that every merge can be undone: each is put apart from
// every record that stays. What put two such together is dropped; those that leave,
// and those that stay, are put together as far as they were. Otherwise it is for
// the evidence to say whether those that leave are one person. It changes neither
// o nor c; Group gives the clusters that follow.
func (c *Clusters) Split(o Overrides, ids ...string) (Overrides, error) {
	records, err := c.find(ids, 1)
	if err != nil {
		return o, err
	}
	from := c.Of[records[0]]
	for _, r := range records {
		if c.Of[r] != from {
			return o, fmt.Errorf("identity: records %q and %q are of different people already; split those of one at a time", c.IDs.At(records[0]), c.IDs.At(r))
		}
	}
	members := c.MembersOf(from)
	if len(members) == len(records) {
		return o, fmt.Errorf("identity: all %d records of the person were named; name those that belong to somebody else", len(records))
	}
	out := Overrides{Apart: slices.Clone(o.Apart)}
	// What overrides have put together, by places among the members.
	bound := newForest(len(members))
	for _, p := range o.Together {
		a, okA := c.place(from, p.A)
		b, okB := c.place(from, p.B)
		if okA && okB {
			bound.join(a, b)
		} else {
			out.Together = append(out.Together, p)
		}
	}
	leaves := make([]bool, len(members))
	for i, r := range members {
		_, leaves[i] = slices.BinarySearch(records, r)
	}
	for i := range members {
		for j := range i {
			pair := Pair{c.IDs.At(members[j]), c.IDs.At(members[i])}
			switch {
			case leaves[i] != leaves[j]:
				out.Apart = append(out.Apart, pair)
			case bound.root(uint32(i)) == bound.root(uint32(j)):
				out.Together = append(out.Together, pair)
			}
		}
	}
	return Overrides{tidy(out.Together), tidy(out.Apart)}, nil
}

// place is where a record stands among the members of a cluster.
func (c *Clusters) place(cluster uint32, id string) (uint32, bool) {
	r, ok := c.IDs.Find(id)
	if !ok || c.Of[r] != cluster {
		return 0, false
	}
	at, _ := slices.BinarySearch(c.MembersOf(cluster), r)
	return uint32(at), true
}

// find looks records up, each once, in canonical order.
func (c *Clusters) find(ids []string, least int) ([]uint32, error) {
	var out []uint32
	for _, id := range ids {
		r, ok := c.IDs.Find(id)
		if !ok {
			return nil, fmt.Errorf("identity: there is no record %q", id)
		}
		out = append(out, r)
	}
	slices.Sort(out)
	out = slices.Compact(out)
	if len(out) < least {
		return nil, fmt.Errorf("identity: %d different records were named; name at least %d", len(out), least)
	}
	return out, nil
}
