package identity

import "slices"

// Holding says that a person has, or had, a number or an address. A number and a
// person are many to many: a landline has several people, and a person who
// changes the SIM card several numbers. Neither is merged away.
type Holding struct {
	// Value is in normal form: a telephone number in E.164 where it is one.
	Value string
	// Person is a cluster.
	Person uint32
	// Records have it, by id, in byte order.
	Records []string
	// First and Last are when it was seen with the person, 0 when unknown.
	First, Last int64
}

// Holdings lists who holds each value of the fields of a kind (Phone or Email as
// a rule), by value, then person. Holdings with the same value stand together,
// so that a shared value is a run of several.
func (r *Result) Holdings(kind Kind) []Holding {
	var out []Holding
	for f := range r.table.columns {
		if r.table.columns[f].Kind == kind {
			out = append(out, r.holdings(f)...)
		}
	}
	slices.SortStableFunc(out, compareHoldings)
	return joinHoldings(out)
}

// holdings are those of one field, one for each value of each record.
func (r *Result) holdings(f int) []Holding {
	c := &r.table.columns[f]
	var out []Holding
	for rec := range uint32(r.table.n) {
		for _, v := range r.table.of(rec)[c.first : c.first+c.width] {
			if v == 0 {
				continue
			}
			at, _ := r.seen(rec)
			out = append(out, Holding{Value: c.values.At(v), Person: r.Of[rec], Records: []string{r.IDs.At(rec)}, First: at, Last: at})
		}
	}
	return out
}

func compareHoldings(a, b Holding) int {
	switch {
	case a.Value < b.Value:
		return -1
	case a.Value > b.Value:
		return 1
	}
	return int(int64(a.Person) - int64(b.Person))
}

// joinHoldings makes one of those with the same value and person.
func joinHoldings(list []Holding) []Holding {
	out := list[:0]
	for _, h := range list {
		last := len(out) - 1
		if last < 0 || compareHoldings(out[last], h) != 0 {
			out = append(out, h)
			continue
		}
		if id := h.Records[0]; out[last].Records[len(out[last].Records)-1] != id {
			out[last].Records = append(out[last].Records, id)
		}
		out[last].First, out[last].Last = widen(out[last].First, out[last].Last, h.First)
		out[last].First, out[last].Last = widen(out[last].First, out[last].Last, h.Last)
	}
	return slices.Clip(out)
}

// Shared gives the values that several people hold, each with its holdings, in
// order of value, from what Holdings gave.
func Shared(holdings []Holding) [][]Holding {
	var out [][]Holding
	for from := 0; from < len(holdings); {
		to := from + 1
		for to < len(holdings) && holdings[to].Value == holdings[from].Value {
			to++
		}
		if to-from > 1 {
			out = append(out, holdings[from:to])
		}
		from = to
	}
	return out
}

// Swap says that a person went from one number to another.
type Swap struct {
	Person   uint32
	From, To string
	// Last is when the old number was last seen, First when the new one was
	// first seen; Last < First.
	Last, First int64
}

// Swaps finds people who changed their number (SIM swaps), from what Holdings
// gave: of the values that one person alone holds and whose times are known, in
// order of first sight, those that follow when the one before is seen no more.
// Numbers that are seen side by side, and shared ones, are no swaps. In order of
// person, then time.
func Swaps(holdings []Holding) []Swap {
	var own []Holding
	for from := 0; from < len(holdings); {
		to := from + 1
		for to < len(holdings) && holdings[to].Value == holdings[from].Value {
			to++
		}
		if h := holdings[from]; to-from == 1 && h.First != 0 {
			own = append(own, h)
		}
		from = to
	}
	slices.SortStableFunc(own, func(a, b Holding) int {
		switch {
		case a.Person != b.Person:
			return int(int64(a.Person) - int64(b.Person))
		case a.First != b.First:
			if a.First < b.First {
				return -1
			}
			return 1
		}
		return 0
	})
	var out []Swap
	last := -1 // the one of the person's numbers that was seen last
	for i, h := range own {
		if i == 0 || own[i-1].Person != h.Person {
			last = i
			continue
		}
		if before := own[last]; before.Last < h.First {
			out = append(out, Swap{Person: h.Person, From: before.Value, To: h.Value, Last: before.Last, First: h.First})
		}
		if h.Last > own[last].Last {
			last = i
		}
	}
	return out
}
