package recommend

// SimilarTo appends to dst the part [Offset, Offset+Limit) of what goes with the
// products that a visitor has seen, and returns it; q.Customer does not matter.
//
// First come the similar products of all those seen, by the sum of their cosines
// with idf over customers, ties by the smaller product, with the evidence of the
// seen product that adds most: Supporters of its CommunitySize buyers bought the
// item too. Then comes what everyone buys, named as a fallback. The products seen, the
// owned and the not allowed ones are left out. Numbers that the Index does not
// have are passed over.
//
// Time: O(s·k·log(s·k)) for s products seen with lists of k, and the length of
// the answer.
func (x *Index) SimilarTo(dst []Item, seen []uint32, q Query) []Item {
	if q.Limit <= 0 {
		return dst
	}
	g := page{dst: dst, skip: max(q.Offset, 0), left: q.Limit}
	rows := make([]uint32, 0, len(seen))
	for _, p := range seen {
		if int64(p) < int64(x.Similar.Rows()) && !holds(rows, p) {
			rows = append(rows, p)
		}
	}
	t := &x.Similar
	var keys []uint64
	for j, r := range rows {
		for e := t.Offsets[r]; e < t.Offsets[r+1]; e++ {
			p := t.Product[e]
			if holds(rows, p) || !q.Passes(p) || x.listed(rows[:j], p) {
				continue
			}
			_, score := x.closest(rows[j:], p)
			keys = append(keys, key(score, p))
		}
	}
	if g.skip >= len(keys) {
		g.skip -= len(keys)
	} else {
		for _, k := range largest(keys, g.skip+g.left) {
			score, p := unkey(k)
			it, _ := x.closest(rows, p)
			it.Score = score
			if g.add(it) {
				return g.dst
			}
		}
	}
	for e := range uint64(len(x.Everyone.Product)) {
		p := x.Everyone.Product[e]
		if holds(seen, p) || !q.Passes(p) || x.listed(rows, p) {
			continue
		}
		it := x.Everyone.entry(e, 0)
		it.Source, it.Fallback = Popular, Everyone
		if g.add(it) {
			break
		}
	}
	return g.dst
}

// holds says whether a short list has p.
func holds(list []uint32, p uint32) bool {
	for _, q := range list {
		if q == p {
			return true
		}
	}
	return false
}

// listed says whether p is similar to one of the rows.
func (x *Index) listed(rows []uint32, p uint32) bool {
	for _, r := range rows {
		if _, ok := x.Similar.find(r, p); ok {
			return true
		}
	}
	return false
}

// closest returns p with the evidence of the row most similar to it, the first
// of equals, and the sum of its similarities to all rows.
func (x *Index) closest(rows []uint32, p uint32) (Item, float32) {
	t := &x.Similar
	var best Item
	var sum float64
	most := float32(-1)
	for _, r := range rows {
		e, ok := t.find(r, p)
		if !ok {
			continue
		}
		sum += float64(t.Score[e])
		if t.Score[e] > most {
			most, best = t.Score[e], t.entry(e, r)
			best.Source, best.Seen, best.LLR = SimilarItems, r, t.LLR[e]
		}
	}
	return best, float32(sum)
}
