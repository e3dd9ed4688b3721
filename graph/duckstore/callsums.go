package duckstore

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"os"
	"slices"

	duckdbc "github.com/duckdb/duckdb-go-bindings"

	"kith/graph"
)

// callSum is what all calls of a window from one number to another come to.
type callSum struct {
	arc         uint64 // caller<<32 | callee
	weight      int64  // periods with contact
	count       int64
	messages    int64
	seconds     int64
	first, last int64 // microseconds since 1970; noTime where there are none
}

// noTime stands for a time that is not known; called.sql knows it too.
const noTime = math.MinInt64 + 1

// sumParts is how many parts calls are put into by their ends, so that the sums
// of one part are made within the processor's cache.
const sumParts = 512

// partedCall is a call on its way into the sums.
type partedCall struct {
	arc     uint64
	at      int64
	seconds int64 // twice, and one more for a message
}

// callSums puts calls into parts, and sums each part. It takes O(n) time for n
// calls, with the reading of them a seventh of what SQL takes, which groups by pair and
// period first: nearly as many groups as calls.
type callSums struct {
	parts [sumParts][][]partedCall
	ends  numberSet
}

const sumPiece = 1024

func partOf(arc uint64) uint64 { return arc * 0x9e3779b97f4a7c15 >> (64 - 9) }

func (s *callSums) add(arc uint64, at, seconds int64, message bool) {
	p := &s.parts[partOf(arc)]
	last := len(*p) - 1
	if last < 0 || len((*p)[last]) == sumPiece {
		*p = append(*p, make([]partedCall, 0, sumPiece))
		last++
	}
	seconds *= 2
	if message {
		seconds++
	}
	(*p)[last] = append((*p)[last], partedCall{arc, at, seconds})
}

// take adds a chunk of calls_within. A call of somebody to themself makes an end, and
// no sum; the ends of the others are those of the sums.
func (s *callSums) take(c chunk) error {
	caller, callee := numbers[uint32](c, 0, duckdbc.TypeUInteger), numbers[uint32](c, 1, duckdbc.TypeUInteger)
	at, what := c.times(2), c.uint64s(3)
	for i := range c.rows {
		if caller[i] == callee[i] {
			s.ends.add(caller[i])
			continue
		}
		t := at.micro[i]
		if isNull(at.valid, i) {
			t = noTime
		}
		s.add(uint64(caller[i])<<32|uint64(callee[i]), t, int64(what[i]>>3&(1<<30-1)), what[i]&3 == 1) // see events.packed_call
	}
	return nil
}

// summing sums one part after another.
type summing struct {
	sums    []callSum
	arcs    []uint32 // open addressing: place in sums, plus one
	periods []uint64 // open addressing: place in sums<<32 | period, plus one
}

const microsPerPeriod = 1_800_000_000

// noPeriod stands for that of no time. It lies 120,000 years before 1970, and not
// beside it, as the numbers of former times are negative.
const noPeriod = 1 << 31

// periodOf is the number of the 30 minutes of a time.
func periodOf(at int64) uint32 {
	if at == noTime {
		return noPeriod
	}
	p := at / microsPerPeriod
	if at < p*microsPerPeriod {
		p--
	}
	return uint32(p)
}

func (s *summing) sum(pieces [][]partedCall) []callSum {
	n := 0
	for _, piece := range pieces {
		n += len(piece)
	}
	size := 1 << bits.Len(uint(2*n))
	if len(s.arcs) < size {
		s.arcs, s.periods = make([]uint32, size), make([]uint64, size)
	}
	arcs, periods := s.arcs[:size], s.periods[:size]
	clear(arcs)
	clear(periods)
	s.sums = s.sums[:0]
	mask := uint64(size - 1)
	for _, piece := range pieces {
		for i := range piece {
			r := &piece[i]
			at := r.arc * 0x9e3779b97f4a7c15 >> 20 & mask
			for arcs[at] != 0 && s.sums[arcs[at]-1].arc != r.arc {
				at = (at + 1) & mask
			}
			if arcs[at] == 0 {
				s.sums = append(s.sums, callSum{arc: r.arc, first: noTime, last: noTime})
				arcs[at] = uint32(len(s.sums))
			}
			place := arcs[at] - 1
			t := &s.sums[place]
			t.count++
			t.messages += r.seconds & 1
			t.seconds += r.seconds >> 1
			if r.at != noTime {
				if t.first == noTime || r.at < t.first {
					t.first = r.at
				}
				t.last = max(t.last, r.at)
			}
			key := uint64(place)<<32 | uint64(periodOf(r.at))
			at = (key * 0x9e3779b97f4a7c15) >> 24 & mask
			for periods[at] != 0 && periods[at] != key+1 {
				at = (at + 1) & mask
			}
			if periods[at] == 0 {
				periods[at] = key + 1
				t.weight++
			}
		}
	}
	return s.sums
}

// callTies are the calls of a window, summed to passing files.
type callTies struct {
	ties string // the sums, which the queries called and sync_called read
	ends string // the numbers of all who called or were called
}

func (c *callTies) remove() {
	_ = os.Remove(c.ties)
	_ = os.Remove(c.ends)
}

// passing makes a passing file.
func (s *Store) passing(columns ...Column) (*ColumnFile, string, error) {
	if err := os.MkdirAll(s.temp, 0o700); err != nil {
		return nil, "", fmt.Errorf("make a folder for a passing file: %w", err)
	}
	f, err := os.CreateTemp(s.temp, "ties-*.parquet")
	if err != nil {
		return nil, "", fmt.Errorf("make a passing file: %w", err)
	}
	file, err := NewColumnFile(f, columns...)
	if err != nil {
		return nil, "", errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return file, f.Name(), nil
}

// callTies sums the calls of a window to ties. The sums are those of the state that
// r sees.
func (s *Store) callTies(r *stream, w graph.Window, p graph.Progress) (t *callTies, err error) {
	made := &callTies{}
	t = made
	defer func() {
		if err != nil {
			made.remove() // t is nil by then
		}
	}()
	file, name, err := s.passing(Column{"caller", Uint32}, Column{"callee", Uint32}, Column{"weight", Int64}, Column{"count", Int64},
		Column{"messages", Int64}, Column{"seconds", Int64}, Column{"first_at", Int64}, Column{"last_at", Int64})
	if err != nil {
		return nil, err
	}
	defer file.Close()
	t.ties = name
	var rows, holders int64
	if err := r.run("SELECT (SELECT count(*) FROM events.call_rows), (SELECT count(*) FROM identity.holders WHERE id <> person)", nil, func(c chunk) error {
		rows, holders = c.int64s(0)[0], c.int64s(1)[0]
		return nil
	}); err != nil {
		return nil, err
	}
	schema := "people"
	if holders == 0 {
		schema = "events"
	}
	from, to := bounds(w)
	passes := 1 + rows/cmp.Or(s.perPass, rowsPerPass)
	var out sumColumns
	var ends numberSet
	for pass := range passes {
		p.Report("summing calls", pass, passes)
		var shares [sumShares]callSums
		var takers []func(chunk) error
		for i := range shares {
			takers = append(takers, shares[i].take)
		}
		if err := r.share(render("calls_within", schema), []any{from, to, passes, pass}, takers); err != nil {
			return nil, err
		}
		for i := range shares {
			ends.join(&shares[i].ends)
		}
		if err := each(&shares, func(list []callSum) error { return out.add(file, list, &ends) }); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(out.flush(file), file.Finish()); err != nil {
		return nil, err
	}
	t.ends, err = s.writeEnds(&ends)
	return t, err
}

func (s *Store) writeEnds(ends *numberSet) (name string, err error) {
	file, name, err := s.passing(Column{"n", Uint32})
	if err != nil {
		return "", err
	}
	defer file.Close()
	for numbers := range slices.Chunk(ends.list(), GroupRows) {
		if err := file.Group(numbers); err != nil {
			return name, err
		}
	}
	return name, file.Finish()
}

// numberSet is a set of numbers that lie close together.
type numberSet struct{ bits []uint64 }

func (s *numberSet) add(n uint32) {
	if at := int(n >> 6); at >= len(s.bits) {
		s.bits = append(s.bits, make([]uint64, max(at+1, 2*len(s.bits))-len(s.bits))...)
	}
	s.bits[n>>6] |= 1 << (n & 63)
}

// join adds another set.
func (s *numberSet) join(o *numberSet) {
	if more := len(o.bits) - len(s.bits); more > 0 {
		s.bits = append(s.bits, make([]uint64, more)...)
	}
	for at, word := range o.bits {
		s.bits[at] |= word
	}
}

// list has the numbers in order, as a ColumnFile takes them.
func (s *numberSet) list() []int32 {
	var list []int32
	for at, word := range s.bits {
		for ; word != 0; word &= word - 1 {
			list = append(list, int32(uint32(at)<<6|uint32(bits.TrailingZeros64(word))))
		}
	}
	return list
}

// rowsPerPass bounds the calls that are held at a time, to some 400 MB: of more,
// those of some callers are summed after those of others.
const rowsPerPass = 1 << 24

// sumShares is how many goroutines calls are dealt out to; more would not be of
// use, as what is done with the sums takes as long as making them.
const sumShares = 2

// each hands over the sums of all parts, one part after another. Parts are summed
// while those before are handed over.
func each(shares *[sumShares]callSums, f func([]callSum) error) error {
	const ahead = 16 // as many as are summed while f writes a group of rows
	var full, free [sumShares]chan []callSum
	for k := range sumShares {
		full[k], free[k] = make(chan []callSum, ahead), make(chan []callSum, ahead+1)
		for range ahead + 1 {
			free[k] <- nil
		}
		go func() {
			defer close(full[k])
			var w summing
			for i := k; i < sumParts; i += sumShares {
				var pieces [][]partedCall
				for s := range shares {
					pieces = append(pieces, shares[s].parts[i]...)
					shares[s].parts[i] = nil
				}
				w.sums = <-free[k]
				full[k] <- w.sum(pieces)
			}
		}()
	}
	var err error
	for i := range sumParts {
		list := <-full[i%sumShares]
		if err == nil {
			err = f(list)
		}
		free[i%sumShares] <- list
	}
	return err
}

// sumColumns gathers sums for a ColumnFile.
type sumColumns struct {
	caller, callee                                []int32
	weight, count, messages, seconds, first, last []int64
}

func (o *sumColumns) add(file *ColumnFile, list []callSum, ends *numberSet) error {
	for _, t := range list {
		ends.add(uint32(t.arc >> 32))
		ends.add(uint32(t.arc))
		o.caller, o.callee = append(o.caller, int32(t.arc>>32)), append(o.callee, int32(t.arc))
		o.weight, o.count = append(o.weight, t.weight), append(o.count, t.count)
		o.messages, o.seconds = append(o.messages, t.messages), append(o.seconds, t.seconds)
		o.first, o.last = append(o.first, t.first), append(o.last, t.last)
		if len(o.caller) == GroupRows {
			if err := o.flush(file); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *sumColumns) flush(file *ColumnFile) error {
	if len(o.caller) == 0 {
		return nil
	}
	err := file.Group(o.caller, o.callee, o.weight, o.count, o.messages, o.seconds, o.first, o.last)
	*o = sumColumns{o.caller[:0], o.callee[:0], o.weight[:0], o.count[:0], o.messages[:0], o.seconds[:0], o.first[:0], o.last[:0]}
	return err
}
