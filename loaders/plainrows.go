package loaders

import (
	"bytes"
	"maps"
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
	file   *duckstore.ColumnFile
	timed  bool

	caller, callee, code, print []int32
	at, seconds                 []int64

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

func newPlainRows(f *duckstore.ColumnFile, timed bool) *plainRows {
	return &plainRows{ids: graph.NewDict(0), file: f, timed: timed, days: map[int64]*day{}, dayNumber: -1 << 62}
}

// plainColumns are those of the passing file.
func plainColumns() []duckstore.Column {
	return []duckstore.Column{
		{Name: "caller", Type: duckstore.Uint32}, {Name: "callee", Type: duckstore.Uint32}, {Name: "time", Type: duckstore.Micros},
		{Name: "seconds", Type: duckstore.Int64}, {Name: "code", Type: duckstore.Uint32}, {Name: "print", Type: duckstore.Uint32},
	}
}

// take takes a batch in.
func (p *plainRows) take(b *plainBatch) error {
	p.number(b)
	for i := range b.rows {
		caller, callee := p.numbers[2*i], p.numbers[2*i+1]
		at, seconds, code := b.at[i], b.seconds[i], b.code[i]
		var print uint32
		if code != oddCall {
			print = p.prints.add(fingerprint(caller, callee, at, seconds, code))
			if p.timed {
				p.note(at)
			}
			p.good++
		}
		p.rows++
		p.caller, p.callee = append(p.caller, int32(caller)), append(p.callee, int32(callee))
		p.at, p.seconds = append(p.at, at), append(p.seconds, seconds)
		p.code, p.print = append(p.code, int32(code)), append(p.print, int32(print))
		if len(p.code) == duckstore.GroupRows {
			if err := p.flush(); err != nil {
				return err
			}
		}
	}
	return nil
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

func (p *plainRows) flush() error {
	if len(p.code) == 0 {
		return nil
	}
	err := p.file.Group(p.caller, p.callee, p.at, p.seconds, p.code, p.print)
	p.caller, p.callee, p.at = p.caller[:0], p.callee[:0], p.at[:0]
	p.seconds, p.code, p.print = p.seconds[:0], p.code[:0], p.print[:0]
	return err
}

// finish writes what is left.
func (p *plainRows) finish() error {
	if err := p.flush(); err != nil {
		return err
	}
	return p.file.Finish()
}
