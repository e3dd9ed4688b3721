package graph

import (
	"bytes"
	"encoding/binary"
)

// prefixed is a name's number beside eight bytes of it, big-endian and padded
// with zeros, so that comparing the keys compares those bytes.
type prefixed struct {
	key   uint64
	index uint32
}

// nameSorter sorts names by bytes: by the first eight with a radix sort, then
// each run of equals by the next eight, and so on.
type nameSorter struct {
	at  func(i uint32) []byte
	tmp []prefixed
}

func (s *nameSorter) sort(n int) []prefixed {
	list := make([]prefixed, n)
	for i := range list {
		list[i].index = uint32(i)
	}
	s.tmp = make([]prefixed, n)
	s.from(list, 0)
	s.tmp = nil
	return list
}

// from sorts names that agree in their first depth bytes. Recursion is bounded
// by the longest shared prefix over 8; runs of two, which can share megabytes,
// are compared outright.
func (s *nameSorter) from(list []prefixed, depth int) {
	for len(list) > 1 {
		if len(list) <= 4 {
			s.insertion(list, depth)
			return
		}
		for i := range list {
			list[i].key = prefixKey(s.at(list[i].index), depth)
		}
		radixPrefixed(list, s.tmp[:len(list)])
		rest := list[:0]
		for lo := 0; lo < len(list); {
			hi := lo + 1
			for hi < len(list) && list[hi].key == list[lo].key {
				hi++
			}
			if hi-lo > 1 {
				run := s.ended(list[lo:hi], depth+8)
				if len(run) == len(list) {
					rest = run // all share these bytes: go on without recursion
				} else {
					s.from(run, depth+8)
				}
			}
			lo = hi
		}
		list, depth = rest, depth+8
	}
}

// ended moves the names of a run of equal keys that have no byte beyond depth
// to its front, the shorter first (as "a" stands before "a\x00", which pads
// to the same key), and returns the others.
func (s *nameSorter) ended(run []prefixed, depth int) []prefixed {
	front := 0
	for i := range run {
		if len(s.at(run[i].index)) <= depth {
			run[i], run[front] = run[front], run[i]
			front++
		}
	}
	s.insertion(run[:front], depth-8)
	return run[front:]
}

func (s *nameSorter) insertion(list []prefixed, depth int) {
	for i := 1; i < len(list); i++ {
		x := list[i]
		name := s.at(x.index)[depth:]
		j := i
		for j > 0 && bytes.Compare(s.at(list[j-1].index)[depth:], name) > 0 {
			list[j] = list[j-1]
			j--
		}
		list[j] = x
	}
}

// prefixKey is name[depth:depth+8], big-endian and padded with zeros.
func prefixKey(name []byte, depth int) uint64 {
	name = name[depth:]
	if len(name) >= 8 {
		return binary.BigEndian.Uint64(name)
	}
	var key uint64
	for i, b := range name {
		key |= uint64(b) << (56 - 8*i)
	}
	return key
}

// radixPrefixed sorts by key, byte by byte from the last, leaving out bytes in
// which all keys agree.
func radixPrefixed(list, tmp []prefixed) {
	if len(list) < 64 {
		for i := 1; i < len(list); i++ {
			x := list[i]
			j := i
			for j > 0 && list[j-1].key > x.key {
				list[j] = list[j-1]
				j--
			}
			list[j] = x
		}
		return
	}
	var differ uint64
	for i := range list {
		differ |= list[i].key ^ list[0].key
	}
	src, dst := list, tmp
	for shift := 0; shift < 64; shift += 8 {
		if differ>>shift&255 == 0 {
			continue
		}
		var starts [256]int
		for i := range src {
			starts[src[i].key>>shift&255]++
		}
		sum := 0
		for i, c := range starts {
			starts[i] = sum
			sum += c
		}
		for _, x := range src {
			b := x.key >> shift & 255
			dst[starts[b]] = x
			starts[b]++
		}
		src, dst = dst, src
	}
	if &src[0] != &list[0] {
		copy(list, src)
	}
}
