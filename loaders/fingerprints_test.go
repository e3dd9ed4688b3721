package loaders

import (
	"encoding/binary"
	"testing"
)

// FuzzFingerprints compares what is found to be shared with plain counting. What is
// equal in the bits that are kept, among which these prints differ in those of their
// part and the lowest 32, must be found, and nothing else.
func FuzzFingerprints(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{1, 2, 1, 2, 1, 3, 0xff, 2})
	many := make([]byte, 6000)
	for i := range many {
		many[i] = byte(i * i)
	}
	f.Add(many)
	var last []byte // of a piece, which comes again behind it
	for i := range uint16(printRows + 1) {
		last = binary.LittleEndian.AppendUint16(last, 16*i)
	}
	f.Add(binary.LittleEndian.AppendUint16(last, 16*(printRows-1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Two bytes make a print, so that few bits differ; the lists of two parts
		// get more rows than a piece holds.
		var prints fingerprints
		times := map[uint64]int{}
		for ; len(data) >= 2; data = data[2:] {
			n := uint64(binary.LittleEndian.Uint16(data))
			print := n&1<<54 | n>>3&1<<40 | n>>4
			if rest := prints.add(print); rest != uint32(print) {
				t.Fatalf("%x stands for %x", rest, print)
			}
			times[print>>54<<32|uint64(uint32(print))]++
		}
		want, got := map[uint32]bool{}, map[uint32]bool{}
		for print, n := range times {
			if n > 1 {
				want[uint32(print)] = true
			}
		}
		for _, rest := range prints.shared() {
			got[rest] = true
		}
		for rest := range want {
			if !got[rest] {
				t.Errorf("%x is not found", rest)
			}
		}
		for rest := range got {
			if !want[rest] {
				t.Errorf("%x is of one row only", rest)
			}
		}
		if again := prints.shared(); len(again) != 0 {
			t.Errorf("%d are left", len(again))
		}
	})
}
