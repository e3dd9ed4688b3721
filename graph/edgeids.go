package graph

import (
	"context"
	"math"
	"math/bits"
	"strconv"
)

// An id's code is its number when it is a plain decimal below smallNumbers, and
// otherwise textCode over its place in the worker's Dict.
const (
	smallNumbers = 1 << 28
	textCode     = 1 << 31
)

// smallNumber says whether an id is the one way of writing a number below
// smallNumbers: digits without a leading zero.
func smallNumber(id []byte) (uint32, bool) {
	if len(id) == 0 || len(id) > 9 || (id[0] == '0' && len(id) > 1) {
		return 0, false
	}
	v := uint32(0)
	for _, c := range id {
		d := uint32(c) - '0'
		if d > 9 {
			return 0, false
		}
		v = v*10 + d
	}
	return v, v < smallNumbers
}

// idSide collects the ids that one worker meets.
type idSide struct {
	seen []uint64 // bit v is set when the number v is an id
	dict *Dict
	// ids wait for a full batch; their codes go to these places.
	ids    IDs
	places []uint32
}

func newIDSide() *idSide { return &idSide{dict: NewDict(0), seen: make([]uint64, 64)} }

// flush looks up the ids that wait.
func (s *idSide) flush(codes []uint32) {
	var numbers [batch]uint32
	s.dict.AddIDs(&s.ids, numbers[:])
	for i, place := range s.places {
		codes[place] = textCode | numbers[i]
	}
	s.ids.Reset()
	s.places = s.places[:0]
}

func (s *idSide) see(v uint32) {
	if int(v>>6) >= len(s.seen) {
		longer := make([]uint64, 1<<bits.Len32(v>>6))
		copy(longer, s.seen)
		s.seen = longer
	}
	s.seen[v>>6] |= 1 << (v & 63)
}

// numbering leads from codes to canonical numbers.
type numbering struct {
	names *Names
	// The number v is the small[i]-th of all ids, where i is how many numbers
	// below v are ids: before[v>>6] in the words before, and the rest in v's.
	seen   []uint64
	before []uint32
	small  []uint32
	// text[w][k] is the canonical number of text k of worker w.
	text [][]uint32
}

// numberIDs puts what all workers met into one canonical order.
func numberIDs(sides []*idSide, threads int) *numbering {
	n := &numbering{text: make([][]uint32, len(sides))}
	for _, s := range sides {
		if len(s.seen) > len(n.seen) {
			n.seen, s.seen = s.seen, n.seen
		}
		for i, word := range s.seen {
			n.seen[i] |= word
		}
		s.seen = nil
	}
	n.before = make([]uint32, len(n.seen))
	count := 0
	for i, word := range n.seen {
		n.before[i] = uint32(count)
		count += bits.OnesCount64(word)
	}
	order := decimalOrder(n.seen, count)

	// The texts of all workers go into the largest Dict.
	all := sides[0].dict
	for _, s := range sides {
		if s.dict.Len() > all.Len() {
			all = s.dict
		}
	}
	for w, s := range sides {
		n.text[w] = make([]uint32, s.dict.Len())
		if s.dict == all {
			for k := range n.text[w] {
				n.text[w][k] = uint32(k)
			}
			continue
		}
		for k, id := range s.dict.All() {
			n.text[w][k] = all.Add(id)
		}
		s.dict = nil
	}
	texts, rank := all.Canonical()
	n.merge(order, texts, rank)
	_ = each(context.Background(), threads, len(n.text), func(_, w int) {
		for k, provisional := range n.text[w] {
			n.text[w][k] = rank[provisional]
		}
	})
	return n
}

// merge joins the numbers, in the order of their decimal text, with the other
// texts, and turns rank from places among the texts to canonical numbers.
func (n *numbering) merge(numbers []uint32, texts *Names, rank []uint32) {
	n.small = make([]uint32, len(numbers))
	total := len(numbers) + texts.Len()
	if uint64(total) > math.MaxUint32 {
		panic("graph: more than 4,294,967,295 distinct ids")
	}
	if len(numbers) == 0 {
		n.names = texts
		return
	}
	digits := 0
	for _, v := range numbers {
		digits += decimalLength(v)
	}
	n.names = &Names{blob: make([]byte, 0, digits+len(texts.blob)), ends: make([]uint64, 0, total)}
	place := make([]uint32, texts.Len())
	t := 0
	var digit [10]byte
	for _, v := range numbers {
		name := strconv.AppendUint(digit[:0], uint64(v), 10)
		for t < len(place) && string(texts.bytes(t)) < string(name) {
			place[t] = uint32(n.names.Len())
			n.names.appendBytes(texts.bytes(t))
			t++
		}
		n.small[n.index(v)] = uint32(n.names.Len())
		n.names.appendBytes(name)
	}
	for ; t < len(place); t++ {
		place[t] = uint32(n.names.Len())
		n.names.appendBytes(texts.bytes(t))
	}
	for k, r := range rank {
		rank[k] = place[r]
	}
}

// index is how many ids are numbers below v.
func (n *numbering) index(v uint32) uint32 {
	return n.before[v>>6] + uint32(bits.OnesCount64(n.seen[v>>6]&(1<<(v&63)-1)))
}

// resolve replaces the codes of a worker by canonical numbers.
func (n *numbering) resolve(worker int, codes []uint32) {
	text := n.text[worker]
	for i, c := range codes {
		if c < smallNumbers {
			codes[i] = n.small[n.index(c)]
		} else {
			codes[i] = text[c&^textCode]
		}
	}
}

func decimalLength(v uint32) int {
	n := 1
	for v >= 10 {
		v /= 10
		n++
	}
	return n
}

// decimalOrder lists the numbers whose bits are set in the byte order of their
// decimal text: by the number filled up with zeros on the right to nine digits,
// and where that is equal (1, 10, 100) the shorter first.
func decimalOrder(seen []uint64, count int) []uint32 {
	list := make([]prefixed, 0, count)
	fill, next := uint64(1e8), uint32(10)
	length := uint64(1)
	for i, word := range seen {
		for ; word != 0; word &= word - 1 {
			v := uint32(i<<6 + bits.TrailingZeros64(word))
			for v >= next && length < 9 {
				fill, next, length = fill/10, next*10, length+1
			}
			list = append(list, prefixed{key: uint64(v)*fill<<4 | length, index: v})
		}
	}
	radixPrefixed(list, make([]prefixed, count))
	order := make([]uint32, count)
	for i, x := range list {
		order[i] = x.index
	}
	return order
}
