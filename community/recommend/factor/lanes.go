package factor

// lanes is what the length of a row is a multiple of: two registers of eight
// numbers each.
const lanes = 16

// padded is the length of a row of so many factors.
func padded(factors int) int { return (factors + lanes - 1) / lanes * lanes }

// plainDots sets out[j] to the product of row at[j] of y with p. Sixteen running
// sums each take every sixteenth product; they are added up in pairs, those eight
// apart first, then neighbours, and the two halves last. Products are rounded
// before they are added, so machines with a fused multiply-and-add, and those with
// vector registers, give the same bits.
func plainDots(out, y []float32, at []uint32, p []float32) {
	for j, v := range at {
		row := y[int(v)*len(p):][:len(p)]
		var s [lanes]float32
		for k := 0; k < len(row); k += lanes {
			for l := range s {
				s[l] += float32(row[k+l] * p[k+l])
			}
		}
		var t [8]float32
		for l := range t {
			t[l] = s[l] + s[l+8]
		}
		out[j] = ((t[0] + t[1]) + (t[2] + t[3])) + ((t[4] + t[5]) + (t[6] + t[7]))
	}
}

// plainCombine adds a[j] times row at[j] of y to acc, for all j in their order.
func plainCombine(acc, y []float32, at []uint32, a []float32) {
	for j, v := range at {
		row := y[int(v)*len(acc):][:len(acc)]
		x := a[j]
		for k, w := range row {
			acc[k] += float32(x * w)
		}
	}
}
