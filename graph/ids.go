package graph

import "bytes"

// IDs is a list of ids on their way into a Dict, in the form in which it looks them
// up: who reads ids can make it in a goroutine of its own, and a numeral is read
// once and needs no copy. An id takes 8 bytes, and one that is no numeral its text
// and 8 bytes more.
type IDs struct {
	keys []uint64 // numerals, or textKey and a place among the texts
	text []byte
	ends []int
}

const textKey = 1 << 63

// Len is the number of ids.
func (l *IDs) Len() int { return len(l.keys) }

// Reset takes all ids out and keeps the memory.
func (l *IDs) Reset() { l.keys, l.text, l.ends = l.keys[:0], l.text[:0], l.ends[:0] }

// Add copies an id to the end.
func (l *IDs) Add(id []byte) {
	if !l.AddNumeral(id) {
		l.addText(id)
	}
}

// AddNumeral adds an id if it is one to fifteen digits, with or without a plus.
func (l *IDs) AddNumeral(id []byte) bool {
	numeral, ok := numeralOf(id)
	if ok {
		l.keys = append(l.keys, numeral)
	}
	return ok
}

func (l *IDs) addText(id []byte) {
	l.keys = append(l.keys, textKey|uint64(len(l.ends)))
	l.text = append(l.text, id...)
	l.ends = append(l.ends, len(l.text))
}

// AddFrom adds id i of another list.
func (l *IDs) AddFrom(o *IDs, i int) {
	if key := o.keys[i]; key&textKey == 0 {
		l.keys = append(l.keys, key)
	} else {
		l.addText(o.textOf(key))
	}
}

// Text is id i if AddNumeral did not take it, and otherwise nil. It is valid until
// Reset.
func (l *IDs) Text(i int) []byte {
	if key := l.keys[i]; key&textKey != 0 {
		return l.textOf(key)
	}
	return nil
}

// Equal says whether id i is id j of another list.
func (l *IDs) Equal(i int, o *IDs, j int) bool {
	a, b := l.keys[i], o.keys[j]
	return a&textKey == 0 && a == b || a&b&textKey != 0 && bytes.Equal(l.textOf(a), o.textOf(b))
}

func (l *IDs) textOf(key uint64) []byte {
	place := key &^ textKey
	from := 0
	if place > 0 {
		from = l.ends[place-1]
	}
	return l.text[from:l.ends[place]:l.ends[place]]
}
