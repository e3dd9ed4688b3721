package graph

import (
	"encoding/binary"
	"hash/maphash"
	"iter"
)

// Dict gives each distinct text id a provisional number, 0, 1, 2 … in the order
// of first sight. Once all ids are known, Canonical turns provisional numbers
// into those that the rest of the program uses.
//
// The ids lie in one arena of bytes, each behind its number and its length, and
// an open-addressing table points into the arena, so a lookup costs two cache
// misses and the collector sees a handful of pointers however many ids there
// are. Numerals have a table of their own in which one miss is enough. An id takes
// its length, 5 bytes of arena and 11-26 bytes of table.
//
// The hash is seeded anew in each process; no result depends on it, as
// provisional numbers follow the order of calls only. A Dict is not safe for
// use by several goroutines.
type Dict struct {
	seed maphash.Seed
	// table holds tag<<addressBits | address+1 of a text's record, 0 where free.
	table    []uint64
	texts    int // ids in table
	numerals numerals
	// spilled says that some numerals are in table.
	spilled bool
	n       uint32
	// chunks is the arena. A record starts in the first chunkSize bytes of a
	// chunk; a chunk grows beyond that only to end a long id.
	chunks  [][]byte
	bytes   uint64
	touched byte // keeps the loads of addBatch from being left out
}

const (
	chunkBits   = 22
	chunkSize   = 1 << chunkBits
	addressBits = 40
	addressMask = 1<<addressBits - 1
)

// NewDict returns an empty Dict with room for so many ids that are no numerals.
func NewDict(capacity int) *Dict {
	size := 16
	for size*5 < capacity*8 {
		size *= 2
	}
	return &Dict{seed: maphash.MakeSeed(), table: make([]uint64, size), numerals: newNumerals()}
}

// Len is the number of distinct ids seen.
func (d *Dict) Len() int { return int(d.n) }

// Add returns the provisional number of an id, which it copies on first sight.
// It panics at the 4,294,967,296th id, as vertices are uint32.
func (d *Dict) Add(id []byte) uint32 {
	if numeral, ok := numeralOf(id); ok {
		return d.addNumeral(id, numeral, d.numerals.mix(numeral))
	}
	return d.addText(id, maphash.Bytes(d.seed, id))
}

// addNumeral is Add for a numeral, whose id may be nil.
func (d *Dict) addNumeral(id []byte, numeral, mixed uint64) uint32 {
	if number, found, _, _ := d.numerals.find(mixed); found {
		return number
	}
	if id == nil {
		var digits [16]byte
		id = appendNumeral(digits[:0], numeral)
	}
	if !d.spilled && d.numerals.add(mixed, d.n) {
		d.keep(id)
		return d.n - 1
	}
	// Once one is in table, all later ones are, so that each is in one place.
	d.spilled = true
	return d.addText(id, maphash.Bytes(d.seed, id))
}

func (d *Dict) addText(id []byte, hash uint64) uint32 {
	mask := uint64(len(d.table) - 1)
	tag := hash &^ addressMask
	for at := hash & mask; ; at = (at + 1) & mask {
		slot := d.table[at]
		if slot == 0 {
			return d.insert(id, tag, at)
		}
		if slot&^addressMask != tag {
			continue
		}
		number, known := d.record(slot&addressMask - 1)
		if string(known) == string(id) {
			return number
		}
	}
}

// AddString is Add for a string.
func (d *Dict) AddString(id string) uint32 { return d.Add(bytesOf(id)) }

// batch is how many ids addBatch looks up at a time.
const batch = 64

// AddIDs is Add for a list: numbers[i] becomes that of id i.
func (d *Dict) AddIDs(ids *IDs, numbers []uint32) {
	for from := 0; from < len(ids.keys); from += batch {
		to := min(from+batch, len(ids.keys))
		d.addBatch(ids, ids.keys[from:to], numbers[from:to])
	}
}

// All yields the provisional numbers and their ids, in the order of the numbers.
// An id is valid until the next call of a method; it must not be changed.
func (d *Dict) All() iter.Seq2[uint32, []byte] {
	return func(yield func(uint32, []byte) bool) {
		d.walk(func(_ uint64, number uint32, id []byte) bool { return yield(number, id) })
	}
}

// addBatch is Add for up to batch ids of a list. A large Dict does not fit in the
// cache, so the lookups of one id after another wait for memory twice each; here the
// loads of all ids are under way together.
func (d *Dict) addBatch(ids *IDs, keys []uint64, numbers []uint32) {
	var mixed, slots [batch]uint64 // mixed numerals, or hashes of texts
	var texts uint64               // which are texts
	bits := d.numerals.bits        // slots are those of another table once it has grown
	keys = keys[:min(len(keys), batch)]
	numbers = numbers[:len(keys)]
	for i, key := range keys {
		if key&textKey == 0 {
			mixed[i] = d.numerals.mix(key)
		} else {
			mixed[i] = maphash.Bytes(d.seed, ids.textOf(key))
			texts |= 1 << i
		}
	}
	for i, m := range mixed[:len(keys)] {
		if texts>>i&1 == 0 {
			_, at := d.numerals.first(m)
			slots[i] = d.numerals.slots[at]
		}
	}
	if texts != 0 {
		d.touch(&mixed, &slots, texts)
	}
	for i, key := range keys {
		slot := slots[i]
		if key&textKey == 0 {
			if first, _ := d.numerals.first(mixed[i]); slot>>bits == first && bits == d.numerals.bits {
				numbers[i] = d.numerals.number(slot)
			} else {
				numbers[i] = d.addNumeral(nil, key, mixed[i])
			}
			continue
		}
		id := ids.textOf(key)
		if slot != 0 {
			number, known := d.record(slot&addressMask - 1)
			if string(known) == string(id) {
				numbers[i] = number
				continue
			}
		}
		numbers[i] = d.addText(id, mixed[i])
	}
}

// touch finds the slots that texts may be in and has their records loaded.
func (d *Dict) touch(hashes, slots *[batch]uint64, texts uint64) {
	mask := uint64(len(d.table) - 1)
	for i, hash := range hashes {
		if texts>>i&1 != 0 {
			slots[i] = d.table[hash&mask]
		}
	}
	var touched byte
	for i, hash := range hashes {
		if texts>>i&1 == 0 {
			continue
		}
		slot := slots[i]
		for at := hash & mask; slot != 0 && slot^hash > addressMask; slot = d.table[at] {
			at = (at + 1) & mask
		}
		slots[i] = slot
		if slot != 0 {
			address := slot&addressMask - 1
			touched |= d.chunks[address>>chunkBits][address&(chunkSize-1)]
		}
	}
	d.touched = touched
}

// record reads the number and the id at an address of the arena.
func (d *Dict) record(address uint64) (uint32, []byte) {
	b := d.chunks[address>>chunkBits][address&(chunkSize-1):]
	number := binary.LittleEndian.Uint32(b)
	size := uint64(b[4])
	b = b[5:]
	if size == 255 {
		size = binary.LittleEndian.Uint64(b)
		b = b[8:]
	}
	return number, b[:size]
}

func (d *Dict) insert(id []byte, tag, at uint64) uint32 {
	d.table[at] = tag | (d.keep(id) + 1)
	if d.texts++; d.texts*8 > len(d.table)*5 {
		d.grow()
	}
	return d.n - 1
}

// keep gives an id the next number, and returns the address of its record.
func (d *Dict) keep(id []byte) (address uint64) {
	if d.n == ^uint32(0) {
		panic("graph: more than 4,294,967,295 distinct ids")
	}
	last := len(d.chunks) - 1
	if last < 0 || len(d.chunks[last]) >= chunkSize {
		var chunk []byte
		if last >= 0 {
			chunk = make([]byte, 0, chunkSize+512)
		}
		d.chunks = append(d.chunks, chunk)
		last++
	}
	chunk := d.chunks[last]
	address = uint64(last)<<chunkBits | uint64(len(chunk))
	if address >= addressMask {
		panic("graph: ids of more than a terabyte")
	}
	chunk = binary.LittleEndian.AppendUint32(chunk, d.n)
	if len(id) < 255 {
		chunk = append(chunk, byte(len(id)))
	} else {
		chunk = append(chunk, 255)
		chunk = binary.LittleEndian.AppendUint64(chunk, uint64(len(id)))
	}
	d.chunks[last] = append(chunk, id...)
	d.bytes += uint64(len(id))
	d.n++
	return address
}

// grow doubles the table and enters all texts again.
func (d *Dict) grow() {
	d.table = make([]uint64, 2*len(d.table))
	mask := uint64(len(d.table) - 1)
	d.walk(func(address uint64, _ uint32, id []byte) bool {
		if numeral, ok := numeralOf(id); ok {
			if _, found, _, _ := d.numerals.find(d.numerals.mix(numeral)); found {
				return true
			}
		}
		hash := maphash.Bytes(d.seed, id)
		at := hash & mask
		for d.table[at] != 0 {
			at = (at + 1) & mask
		}
		d.table[at] = hash&^addressMask | (address + 1)
		return true
	})
}

// walk visits the records in the order of their numbers, until f is false.
func (d *Dict) walk(f func(address uint64, number uint32, id []byte) bool) {
	for c, chunk := range d.chunks {
		for pos := 0; pos < len(chunk); {
			address := uint64(c)<<chunkBits | uint64(pos)
			number, id := d.record(address)
			if !f(address, number, id) {
				return
			}
			pos += 5 + len(id)
			if len(id) >= 255 {
				pos += 8
			}
		}
	}
}

// Canonical returns the ids in byte order and, for each provisional number, its
// place in that order: the canonical number. The same set of ids gives the same
// list whatever the order in which they were added. It takes O(n) passes over
// 8-byte prefixes, and one more for each 8 bytes that several ids share; at its
// peak it holds 20 bytes an id beside the Dict and the result.
func (d *Dict) Canonical() (*Names, []uint32) {
	addresses := make([]uint64, 0, d.n)
	d.walk(func(address uint64, _ uint32, _ []byte) bool {
		addresses = append(addresses, address)
		return true
	})
	s := nameSorter{at: func(i uint32) []byte {
		_, id := d.record(addresses[i])
		return id
	}}
	order := s.sort(int(d.n))
	names := &Names{blob: make([]byte, 0, d.bytes), ends: make([]uint64, 0, d.n)}
	rank := make([]uint32, d.n)
	for r, k := range order {
		names.appendBytes(s.at(k.index))
		rank[k.index] = uint32(r)
	}
	return names, rank
}
