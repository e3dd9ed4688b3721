package loaders

import (
	"encoding/binary"
	"math/bits"
	"sync"
)

// fingerprints finds rows of a file that may be the same: of each row it keeps
// 50 bits of a hash, 10 of which by where they lie, so that a hundred million rows
// take 500 MB and two different ones seldom share theirs. Ours: sorted hashes in
// SQL take three bytes a row more, and twenty times the time.
type fingerprints struct {
	parts [1024]printPart
}

// printPart is a list in pieces, so that growing copies nothing.
type printPart struct {
	last   *printPiece // of pieces, which would be one cache miss more
	n      int
	pieces []*printPiece
}

// printPiece has the low 40 bits of some fingerprints, one behind the other. Three
// bytes more let eight be written for each.
type printPiece [printRows*printBytes + 3]byte

const (
	printRows  = 1 << 10
	printBytes = 5
)

// fingerprint is a hash of what tells a call from others. Other calls may have
// it too, so rows that share one are compared.
func fingerprint(caller, callee uint32, at int64, length uint32) uint64 {
	high, low := bits.Mul64(uint64(caller)<<32|uint64(callee)^0x9e3779b97f4a7c15, uint64(at)^0xd1b54a32d192ed03)
	high, low = bits.Mul64(high^low^0x8bb84b93962eacc9, uint64(length)^0x2d358dccaa6c78a5)
	return high ^ low
}

// add takes a fingerprint in and returns the part of it that stands for the row.
func (f *fingerprints) add(print uint64) uint32 {
	p := &f.parts[print>>54]
	k := p.n & (printRows - 1)
	if k == 0 {
		p.last = &printPiece{}
		p.pieces = append(p.pieces, p.last)
	}
	binary.LittleEndian.PutUint64(p.last[printBytes*k:], print)
	p.n++
	return uint32(print)
}

// shared lists what add returned for rows that share their fingerprint. It takes
// O(n) time, in two goroutines, and empties f.
func (f *fingerprints) shared() []uint32 {
	var lists [2][]uint32
	var halves sync.WaitGroup
	for half := range lists {
		halves.Go(func() {
			var table []uint64
			for i := half * len(f.parts) / 2; i < (half+1)*len(f.parts)/2; i++ {
				lists[half], table = f.parts[i].shared(lists[half], table)
			}
		})
	}
	halves.Wait()
	return append(lists[0], lists[1]...)
}

// shared appends to list; table is for use again.
func (p *printPart) shared(list []uint32, table []uint64) ([]uint32, []uint64) {
	size := 1 << bits.Len(uint(2*p.n))
	if size > len(table) {
		table = make([]uint64, size)
	}
	slots := table[:size]
	for i := range slots {
		slots[i] = 0
	}
	mask := uint64(size - 1)
	for n, piece := range p.pieces {
		for k := range min(p.n-n*printRows, printRows) {
			print := binary.LittleEndian.Uint64(piece[printBytes*k:])&(1<<40-1) + 1 // 0 marks free slots
			at := print & mask
			for slots[at] != 0 && slots[at] != print {
				at = (at + 1) & mask
			}
			if slots[at] == print {
				list = append(list, uint32(print-1))
			}
			slots[at] = print
		}
	}
	p.pieces = nil
	return list, table
}
