package community

import "math/bits"

// stream is a sequence of random numbers, SplitMix64 (Steele, Lea, Flood 2014,
// doi:10.1145/2660193.2660195). Its whole state is one word, so that every
// community can have a stream of its own.
type stream uint64

// streamOf derives a stream from a seed and what it is for; different keys give
// unrelated streams.
func streamOf(seed uint64, keys ...uint64) stream {
	s := stream(seed)
	for _, k := range keys {
		s = stream(s.next() ^ k*0x9e3779b97f4a7c15)
	}
	return stream(s.next())
}

func (s *stream) next() uint64 {
	*s += 0x9e3779b97f4a7c15
	z := uint64(*s)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// below is a number in [0, n), by multiplication; its bias is n/2^64.
func (s *stream) below(n int) int {
	hi, _ := bits.Mul64(s.next(), uint64(n))
	return int(hi)
}

// shuffle puts list into random order (Fisher and Yates).
func (s *stream) shuffle(list []uint32) {
	for i := len(list) - 1; i > 0; i-- {
		j := s.below(i + 1)
		list[i], list[j] = list[j], list[i]
	}
}
