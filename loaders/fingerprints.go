package loaders

import "math/bits"

// fingerprints finds rows of a file that may be the same: of each row it keeps
// 42 bits of a hash, 10 of which by where they lie, so that a hundred million
// rows take 400 MB. Ours: sorted hashes in SQL take eight bytes a row more, and
// twenty times the time.
type fingerprints struct {
	parts [1024]printPart
}

// printPart is a list in pieces, so that growing copies nothing.
type printPart struct {
	pieces [][]uint32
	n      int
}

const printPiece = 1 << 10

// fingerprint is a hash of what tells a call from others. Other calls may have
// it too, so rows that share one are compared.
func fingerprint(caller, callee uint32, at int64, length uint32) uint64 {
	high, low := bits.Mul64(uint64(caller)<<32|uint64(callee)^0x9e3779b97f4a7c15, uint64(at)^0xd1b54a32d192ed03)
	high, low = bits.Mul64(high^low^0x8bb84b93962eacc9, uint64(length)^0x2d358dccaa6c78a5)
	return high ^ low
}

// add takes a fingerprint in and returns the part of it that stands for the row.
func (f *fingerprints) add(print uint64) uint32 {
	p, rest := &f.parts[print>>54], uint32(print)
	if p.n%printPiece == 0 {
		p.pieces = append(p.pieces, make([]uint32, 0, printPiece))
	}
	last := &p.pieces[len(p.pieces)-1]
	*last = append(*last, rest)
	p.n++
	return rest
}

// shared lists what add returned for rows that share their fingerprint. It takes
// O(n) time, and empties f.
func (f *fingerprints) shared() []uint32 {
	var list, table []uint32
	for i := range f.parts {
		p := &f.parts[i]
		size := 1 << bits.Len(uint(2*p.n))
		if size > len(table) {
			table = make([]uint32, size)
		}
		slots := table[:size]
		for i := range slots {
			slots[i] = 0
		}
		zeros, mask := 0, uint32(size-1)
		for _, piece := range p.pieces {
			for _, rest := range piece {
				if rest == 0 { // which marks free slots
					if zeros++; zeros == 2 {
						list = append(list, 0)
					}
					continue
				}
				at := rest & mask
				for slots[at] != 0 && slots[at] != rest {
					at = (at + 1) & mask
				}
				if slots[at] == rest {
					list = append(list, rest)
				}
				slots[at] = rest
			}
		}
		p.pieces = nil
	}
	return list
}
