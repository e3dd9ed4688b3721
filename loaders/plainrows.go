package loaders

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"time"
	"unicode/utf8"

	"kith/graph"
	"kith/graph/duckstore"
)

// plainBatch is some rows on their way from the reading of texts to the
// numbering of ids, which are two goroutines.
type plainBatch struct {
	rows int
	// The ids of row i are ids[ends[2i-1]:ends[2i]] and up to ends[2i+1].
	ids         []byte
	ends        []int
	at, seconds []int64
	code        []uint8
}

// plainBatchRows bounds a batch, so that it stays in the cache.
const plainBatchRows = 4096

func (b *plainBatch) add(c *plainCall) {
	b.ids = append(b.ids, c.caller...)
	b.ends = append(b.ends, len(b.ids))
	b.ids = append(b.ids, c.callee...)
	b.ends = append(b.ends, len(b.ids))
	b.at = append(b.at, c.at)
	b.seconds = append(b.seconds, c.seconds)
	b.code = append(b.code, c.code)
	b.rows++
}

func (b *plainBatch) reset() {
	*b = plainBatch{ids: b.ids[:0], ends: b.ends[:0], at: b.at[:0], seconds: b.seconds[:0], code: b.code[:0]}
}

// plainRows numbers the ids of the plain rows of a file in the order of first
// sight, and writes the rows to a passing file in which DuckDB finds them. On the
// way it notes what a receipt tells of them. A row that is not plain has a place
// there too, so that all rows are counted alike.
type plainRows struct {
	ids    *graph.Dict
	prints fingerprints
	timed  bool

	columns    *plainColumns
	full, free chan *plainColumns
	written    chan struct{} // closed when the file is, or cannot be, written
	err        error         // set before that

	batchIDs [][]byte
	numbers  []uint32

	rows        int64 // of both sorts
	good        int64
	first, last int64 // times
	days        map[int64]*day
	today       *day
	dayNumber   int64
	// How often the time goes back, how often by more than a day, and the
	// first such row; backwards.sql tells the same.
	back, far, farFirst int64
	former              int64
}

const microsPerDay = 86_400_000_000

// plainColumns are some rows on their way to the passing file.
type plainColumns struct {
	caller, callee, length, print []int32
	at                            []int64
}

// oddLength stands for that of a row that is not plain.
const oddLength = math.MaxUint32

// passingColumns are those of the passing file; length has the code in its lowest
// codeBits.
func passingColumns() []duckstore.Column {
	return []duckstore.Column{
		{Name: "caller", Type: duckstore.Uint32}, {Name: "callee", Type: duckstore.Uint32}, {Name: "time", Type: duckstore.Micros},
		{Name: "length", Type: duckstore.Uint32}, {Name: "print", Type: duckstore.Uint32},
	}
}

// newPlainRows writes to f, in a goroutine that ends with finish.
func newPlainRows(f *duckstore.ColumnFile, timed bool) *plainRows {
	const ahead = 2
	p := &plainRows{ids: graph.NewDict(0), timed: timed, days: map[int64]*day{}, dayNumber: -1 << 62, columns: &plainColumns{},
		full: make(chan *plainColumns, ahead), free: make(chan *plainColumns, ahead+1), written: make(chan struct{})}
	for range ahead {
		p.free <- &plainColumns{}
	}
	go p.write(f)
	return p
}

func (p *plainRows) write(f *duckstore.ColumnFile) {
	for c := range p.full {
		if p.err == nil {
			if p.err = f.Group(c.caller, c.callee, c.at, c.length, c.print); p.err != nil {
				close(p.written)
			}
		}
		*c = plainColumns{c.caller[:0], c.callee[:0], c.length[:0], c.print[:0], c.at[:0]}
		p.free <- c
	}
	if p.err == nil {
		p.err = f.Finish()
		close(p.written)
	}
}

// failed says what went wrong with the file so far.
func (p *plainRows) failed() error {
	select {
	case <-p.written:
		return p.err
	default:
		return nil
	}
}

// take takes a batch in.
func (p *plainRows) take(b *plainBatch) {
	p.number(b)
	for i := range b.rows {
		caller, callee := p.numbers[2*i], p.numbers[2*i+1]
		at, seconds, code := b.at[i], b.seconds[i], b.code[i]
		print, length := uint32(0), uint32(oddLength)
		if code != oddCall {
			length = uint32(seconds)<<codeBits | uint32(code)
			print = p.prints.add(fingerprint(caller, callee, at, seconds, code))
			if p.timed {
				p.note(at)
			}
			p.good++
		}
		p.rows++
		c := p.columns
		c.caller, c.callee = append(c.caller, int32(caller)), append(c.callee, int32(callee))
		c.at = append(c.at, at)
		c.length, c.print = append(c.length, int32(length)), append(c.print, int32(print))
		if len(c.at) == duckstore.GroupRows {
			p.full <- c
			p.columns = <-p.free
		}
	}
}

// number finds the numbers of the ids of a batch. Rows that are not plain are left
// out: an empty id must not become known.
func (p *plainRows) number(b *plainBatch) {
	p.batchIDs, p.numbers = p.batchIDs[:0], p.numbers[:0]
	from := 0
	for _, end := range b.ends {
		p.batchIDs = append(p.batchIDs, b.ids[from:end:end])
		p.numbers = append(p.numbers, 0)
		from = end
	}
	from = 0
	for i, code := range b.code {
		if code == oddCall {
			p.ids.AddBatch(p.batchIDs[from:2*i], p.numbers[from:])
			from = 2*i + 2
		}
	}
	p.ids.AddBatch(p.batchIDs[from:], p.numbers[from:])
}

// note counts the days and how the times follow each other.
func (p *plainRows) note(at int64) {
	if p.good == 0 {
		p.first, p.last, p.former = at, at, at
	}
	p.first, p.last = min(p.first, at), max(p.last, at)
	if step := at - p.former; step < 0 {
		p.back++
		if step < -microsPerDay {
			if p.far == 0 {
				p.farFirst = p.rows
			}
			p.far++
		}
	}
	p.former = at
	if at < p.dayNumber*microsPerDay || at >= (p.dayNumber+1)*microsPerDay || p.today == nil {
		p.dayNumber = floorDay(at)
		d, ok := p.days[p.dayNumber]
		if !ok {
			d = &day{day: time.UnixMicro(p.dayNumber * microsPerDay).UTC(), first: p.rows}
			p.days[p.dayNumber] = d
		}
		p.today = d
	}
	p.today.rows++
}

// dayList is the days in order.
func (p *plainRows) dayList() []day {
	var list []day
	for _, number := range slices.Sorted(maps.Keys(p.days)) {
		list = append(list, *p.days[number])
	}
	return list
}

// text says whether all ids are UTF-8 without NUL, as those of a text file are.
func (p *plainRows) text() bool {
	for _, id := range p.ids.All() {
		if !utf8.Valid(id) || bytes.IndexByte(id, 0) >= 0 {
			return false
		}
	}
	return true
}

func floorDay(at int64) int64 {
	d := at / microsPerDay
	if at < d*microsPerDay {
		d--
	}
	return d
}

// finish waits until all is written. It must be called once.
func (p *plainRows) finish() error {
	if len(p.columns.at) > 0 {
		p.full <- p.columns
	}
	close(p.full)
	<-p.written
	return p.err
}
