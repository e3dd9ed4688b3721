package graph

import (
	"bytes"
	"sort"
	"unsafe"
)

// Names is an immutable list of strings held in one block of bytes: name i is
// blob[ends[i-1]:ends[i]]. The names of vertices stand in ascending byte order,
// so that Find can search; other lists (attributes) keep any order.
type Names struct {
	blob []byte
	ends []uint64
}

// NamesOf copies the strings into a Names, keeping their order.
func NamesOf(list []string) *Names {
	n := &Names{ends: make([]uint64, 0, len(list))}
	for _, s := range list {
		n.Append(s)
	}
	return n
}

// Append adds a string while the list is being built.
func (n *Names) Append(s string) {
	n.blob = append(n.blob, s...)
	n.ends = append(n.ends, uint64(len(n.blob)))
}

func (n *Names) appendBytes(b []byte) {
	n.blob = append(n.blob, b...)
	n.ends = append(n.ends, uint64(len(n.blob)))
}

// Len is the number of names.
func (n *Names) Len() int {
	if n == nil {
		return 0
	}
	return len(n.ends)
}

// At returns name i without copying it.
func (n *Names) At(i uint32) string {
	b := n.bytes(int(i))
	return unsafe.String(unsafe.SliceData(b), len(b))
}

// bytesOf is the string's bytes, shared; they must not be written to.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }

func (n *Names) bytes(i int) []byte {
	var from uint64
	if i > 0 {
		from = n.ends[i-1]
	}
	return n.blob[from:n.ends[i]]
}

// Find returns the number of a name in a list that stands in byte order, in
// O(log n) comparisons.
func (n *Names) Find(name string) (uint32, bool) {
	want := []byte(name)
	i := sort.Search(n.Len(), func(i int) bool { return bytes.Compare(n.bytes(i), want) >= 0 })
	if i < n.Len() && string(n.bytes(i)) == name {
		return uint32(i), true
	}
	return 0, false
}

// Raw returns the block of bytes and the end of each name in it, shared, for
// writing the list to a file.
func (n *Names) Raw() (blob []byte, ends []uint64) { return n.blob, n.ends }

// NamesFrom makes a list of what Raw returned; it takes the slices over.
func NamesFrom(blob []byte, ends []uint64) *Names { return &Names{blob: blob, ends: ends} }
