package recommend

import "slices"

// ranker turns counts into rows of a Table.
type ranker struct {
	x       *Index
	count   []uint32 // buyers in the row, per product
	touched []uint32 // products whose count is not 0
	keys    []uint64
}

// rank appends one row of so many customers from the counts of the touched
// products.
func (b *ranker) rank(t *Table, size int, available []bool) {
	x := b.x
	b.keys = b.keys[:0]
	all, m := float64(x.Customers), x.Prior
	for _, p := range b.touched {
		n := b.count[p]
		if int64(n) < int64(x.MinSupporters) || available != nil && !available[p] {
			continue
		}
		rate := float64(x.Buyers[p]) / all
		score := (float64(n) + m*rate) / (float64(size) + m)
		b.keys = append(b.keys, key(float32(score), p))
	}
	slices.SortFunc(b.keys, descending)
	for _, k := range b.keys {
		score, p := unkey(k)
		n, rate := float64(b.count[p]), float64(x.Buyers[p])/all
		t.Product = append(t.Product, p)
		t.Score = append(t.Score, score)
		t.Supporters = append(t.Supporters, b.count[p])
		lift, low := n/float64(size)/rate, wilsonLow(n, float64(size))/rate
		if size == x.Customers {
			lift, low = 1, 1 // everyone compared with everyone, by definition
		}
		t.Lift = append(t.Lift, float32(lift))
		t.LiftLow = append(t.LiftLow, float32(low))
	}
	t.index(len(b.keys))
}

// index closes a row of so many entries: its offset and its order by product.
func (t *Table) index(entries int) {
	from := len(t.ByProduct)
	for i := range entries {
		t.ByProduct = append(t.ByProduct, uint32(i))
	}
	row := t.Product[from:]
	slices.SortFunc(t.ByProduct[from:], func(a, b uint32) int { return int(int64(row[a]) - int64(row[b])) })
	t.Offsets = append(t.Offsets, uint64(len(t.Product)))
}

// join puts tables of consecutive rows together.
func join(parts []Table) Table {
	var entries, rows int
	for i := range parts {
		entries += len(parts[i].Product)
		rows += len(parts[i].Size)
	}
	t := Table{
		Size: make([]uint32, 0, rows), Offsets: make([]uint64, 1, rows+1),
		Product: make([]uint32, 0, entries), Score: make([]float32, 0, entries),
		Supporters: make([]uint32, 0, entries), ByProduct: make([]uint32, 0, entries),
		Lift: make([]float32, 0, entries), LiftLow: make([]float32, 0, entries),
	}
	for i := range parts {
		p := &parts[i]
		base := uint64(len(t.Product))
		t.Size = append(t.Size, p.Size...)
		for _, o := range p.Offsets[1:] {
			t.Offsets = append(t.Offsets, base+o)
		}
		t.Product = append(t.Product, p.Product...)
		t.Score = append(t.Score, p.Score...)
		t.Supporters = append(t.Supporters, p.Supporters...)
		t.Lift = append(t.Lift, p.Lift...)
		t.LiftLow = append(t.LiftLow, p.LiftLow...)
		t.LLR = append(t.LLR, p.LLR...)
		t.ByProduct = append(t.ByProduct, p.ByProduct...)
	}
	return t
}
