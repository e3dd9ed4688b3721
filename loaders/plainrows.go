package loaders

import (
	"bytes"
	"maps"
	"math"
	"slices"
	"sync"
	"time"
	"unicode/utf8"

	"kith/graph"
	"kith/graph/duckstore"
)

// plainBatch is some rows on their way from the reading of texts to the
// numbering of ids, which are two goroutines.
type plainBatch struct {
	rows int
	// The ids are those of the plain rows only.
	callers, callees *graph.IDs
	at               [plainBatchRows]int64
	// length is that of the passing file.
	length [plainBatchRows]uint32
}

// plainBatchRows bounds a batch, so that it stays in the cache.
const plainBatchRows = 8192

func newPlainBatch() *plainBatch { return &plainBatch{callers: &graph.IDs{}, callees: &graph.IDs{}} }

func (b *plainBatch) add(c *plainCall) {
	b.at[b.rows], b.length[b.rows] = c.at, oddLength
	if c.code != oddCall {
		b.length[b.rows] = uint32(c.seconds)<<codeBits | uint32(c.code)
		b.callers.Add(c.caller)
		b.callees.Add(c.callee)
	}
	b.rows++
}

func (b *plainBatch) reset() {
	b.rows = 0
	b.callers.Reset()
	b.callees.Reset()
}

// plainRows numbers the ids of the plain rows of a file in the order of first
// sight, batch by batch, its callers first, and writes the rows to a passing file in which DuckDB finds them. On the
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

	callers, callees [plainBatchRows]uint32 // numbers of the ids of a batch

	rows        int64 // of both sorts
	good        int64
	odd         uint32
	first, last int64 // times
	days        map[int64]*day
	today       *day
	dayNumber   int64
	// How often the time goes back, how often by more than a day, and the
	// first such row; backwards.sql tells the same.
	back, far, farFirst int64
	former              int64
	talks               talks
	long                longCalls
	// overlaps are those of talks, sought once.
	overlaps func() (rows, first int64)
}

const microsPerDay = 86_400_000_000

// plainColumns are some rows on their way to the passing file.
type plainColumns struct {
	rows                          int
	caller, callee, length, print []int32
	at                            []int64
}

func newPlainColumns() *plainColumns {
	const n = duckstore.GroupRows
	return &plainColumns{caller: make([]int32, n), callee: make([]int32, n), length: make([]int32, n), print: make([]int32, n), at: make([]int64, n)}
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
	p := &plainRows{ids: graph.NewDict(0), timed: timed, days: map[int64]*day{}, dayNumber: -1 << 62, columns: newPlainColumns(),
		full: make(chan *plainColumns, ahead), free: make(chan *plainColumns, ahead+1), written: make(chan struct{})}
	p.overlaps = sync.OnceValues(p.talks.overlaps)
	for range ahead {
		p.free <- nil
	}
	go p.write(f)
	return p
}

func (p *plainRows) write(f *duckstore.ColumnFile) {
	for c := range p.full {
		if p.err == nil {
			n := c.rows
			if p.err = f.Group(c.caller[:n], c.callee[:n], c.at[:n], c.length[:n], c.print[:n]); p.err != nil {
				close(p.written)
			}
		}
		c.rows = 0
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

// take takes a batch in. A batch never stands in two groups of the passing file,
// as a group is some whole batches and only the last batch is not full.
func (p *plainRows) take(b *plainBatch) {
	p.ids.AddIDs(b.callers, p.callers[:])
	p.ids.AddIDs(b.callees, p.callees[:])
	c, n := p.columns, b.rows
	from, to := c.rows, c.rows+n
	callers, callees, prints := c.caller[from:to], c.callee[from:to], c.print[from:to]
	copy(c.at[from:to], b.at[:n])
	lengths := c.length[from:to]
	plain := 0
	for i := range n {
		length := b.length[i]
		lengths[i] = int32(length)
		if length == oddLength {
			callers[i], callees[i], prints[i] = int32(p.odd), 0, 0
			p.odd++
			continue
		}
		p.long.add(p.rows+int64(i), length)
		caller, callee, at := p.callers[plain], p.callees[plain], b.at[i]
		plain++
		callers[i], callees[i] = int32(caller), int32(callee)
		prints[i] = int32(p.prints.add(fingerprint(caller, callee, at, length)))
	}
	if p.timed {
		p.note(b)
		if p.rows < mostTalks && p.odd == 0 {
			p.noteTalks(b)
			if p.rows+int64(n) >= mostTalks {
				go p.overlaps() // beside the reading of what follows
			}
		}
	}
	p.rows += int64(n)
	p.good += int64(b.callers.Len())
	if c.rows = to; to == duckstore.GroupRows {
		p.full <- c
		if p.columns = <-p.free; p.columns == nil {
			p.columns = newPlainColumns()
		}
	}
}

// note counts the days and how the times follow each other.
func (p *plainRows) note(b *plainBatch) {
	good, today := p.good, int64(0) // of the batch, within dayNumber
	for i, at := range b.at[:b.rows] {
		if b.length[i] == oddLength {
			continue
		}
		if good == 0 {
			p.first, p.last, p.former = at, at, at
		}
		good++
		if at < p.former {
			p.first = min(p.first, at)
			p.back++
			if p.former-at > microsPerDay {
				if p.far == 0 {
					p.farFirst = p.rows + int64(i)
				}
				p.far++
			}
		} else {
			p.last = max(p.last, at)
		}
		p.former = at
		if at < p.dayNumber*microsPerDay || at >= (p.dayNumber+1)*microsPerDay || p.today == nil {
			if p.today != nil {
				p.today.rows += today
			}
			today = 0
			p.dayNumber = floorDay(at)
			d, ok := p.days[p.dayNumber]
			if !ok {
				d = &day{day: time.UnixMicro(p.dayNumber * microsPerDay).UTC(), first: p.rows + int64(i)}
				p.days[p.dayNumber] = d
			}
			p.today = d
		}
		today++
	}
	if p.today != nil {
		p.today.rows += today
	}
}

// noteTalks notes the voice calls of a batch without odd rows.
func (p *plainRows) noteTalks(b *plainBatch) {
	for i := range min(int64(b.rows), mostTalks-p.rows) {
		p.talks.add(p.rows+i, p.callers[i], p.callees[i], b.at[i], b.length[i])
	}
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
	if p.columns.rows > 0 {
		p.full <- p.columns
	}
	close(p.full)
	<-p.written
	return p.err
}
