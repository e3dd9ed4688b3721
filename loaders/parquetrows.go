package loaders

import (
	"context"
	"fmt"

	"kith/graph"
)

// parquetRows puts the columns of a file together, and says of some rows at a time,
// column by column, which are plain.
type parquetRows struct {
	ids  [2]*parquetIDs // callers and callees
	rest *parquetColumns
	form *plainForm
	hand *plainHand
	odd  func(rows int64) error
	rows int64

	// Of the rows of a batch.
	missed, bad [plainBatchRows]bool
	places      []int // those of the odd ones
}

func (t *parquetRows) take(ctx context.Context, report func()) error {
	for batch := 0; ; batch++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		var ids [2]*idColumn
		for i := range ids {
			select {
			case ids[i] = <-t.ids[i].full:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		n := ids[0].ids.Len()
		if other := ids[1].ids.Len(); other != n {
			return fmt.Errorf("%w: two columns have %d and %d rows", errParquet, n, other)
		}
		if err := t.judge(ids[0], ids[1]); err != nil {
			return err
		}
		b := t.hand.batch
		t.rows += int64(n)
		b.rows = n
		for i, to := range []**graph.IDs{&b.callers, &b.callees} {
			if len(t.places) == 0 {
				*to, ids[i].ids = ids[i].ids, *to
			} else {
				addBut(*to, ids[i].ids, t.places)
			}
			ids[i].ids.Reset()
			ids[i].missing = ids[i].missing[:0]
			t.ids[i].free <- ids[i]
		}
		if n < plainBatchRows {
			report()
			return nil
		}
		if err := t.hand.next(); err != nil {
			return err
		}
		if batch%64 == 0 {
			report()
		}
	}
}

// addBut adds ids to others, without those of some rows.
func addBut(to, ids *graph.IDs, rows []int) {
	for row := range ids.Len() {
		if len(rows) > 0 && rows[0] == row {
			rows = rows[1:]
			continue
		}
		to.AddFrom(ids, row)
	}
}

// judge notes what the rows of a batch say beside their ids, and which of them are
// odd.
func (t *parquetRows) judge(callers, callees *idColumn) error {
	rows, b := callers.ids.Len(), t.hand.batch
	bad := t.bad[:rows]
	for row := range bad {
		bad[row] = callers.ids.Equal(row, callees.ids, row)
	}
	for _, c := range []*idColumn{callers, callees} {
		for _, row := range c.missing {
			bad[row] = true
		}
	}
	for row := 0; row < rows; {
		n, err := t.rest.fill(rows - row)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: a column ends at row %d", errParquet, t.rows+int64(row))
		}
		t.times(row, n)
		t.lengths(row, n)
		t.codes(row, n, callers.ids, callees.ids)
		for _, cells := range t.rest.cells {
			cells.at += n
		}
		row += n
	}
	t.places = t.places[:0]
	for row, bad := range bad {
		if !bad {
			continue
		}
		b.at[row], b.length[row] = 0, oddLength
		t.places = append(t.places, row)
		if err := t.odd(t.rows + int64(row) + 1); err != nil {
			return err
		}
	}
	return nil
}

// times notes the times of n rows.
func (t *parquetRows) times(row, n int) {
	f, at, bad := t.form, t.hand.batch.at[row:row+n], t.bad[row:row+n]
	cells := t.rest.of(f.at)
	switch {
	case cells == nil:
		for i := range at {
			at[i] = 0
		}
	case f.atNumbers:
		null := cells.null[cells.at:][:n]
		for i, v := range cells.numbers[cells.at:][:n] {
			var ok bool
			at[i], ok = f.timeOfNumber(v)
			bad[i] = bad[i] || !ok || null[i]
		}
	default:
		for i, text := range cells.texts[cells.at:][:n] {
			var ok bool
			at[i], ok = f.timeOf(text)
			bad[i] = bad[i] || !ok
		}
	}
}

// lengths notes the lengths of n rows, in seconds, and which calls were missed.
func (t *parquetRows) lengths(row, n int) {
	f, length, missed, bad := t.form, t.hand.batch.length[row:row+n], t.missed[row:row+n], t.bad[row:row+n]
	cells := t.rest.of(f.seconds)
	if cells == nil {
		for i := range n {
			length[i], missed[i] = 0, false
		}
		return
	}
	null := cells.null[cells.at:][:n]
	for i := range n {
		var seconds int64
		var ok bool
		if f.secondsNumbers {
			seconds, missed[i], ok = secondsOfNumber(cells.numbers[cells.at+i], null[i])
		} else {
			seconds, missed[i], ok = f.secondsOf(cells.texts[cells.at+i])
		}
		length[i] = uint32(seconds)
		bad[i] = bad[i] || !ok
	}
}

// codes makes the lengths those of a passing file, with what the calls were.
func (t *parquetRows) codes(row, n int, callers, callees *graph.IDs) {
	f, length, missed, bad := t.form, t.hand.batch.length[row:row+n], t.missed[row:row+n], t.bad[row:row+n]
	kinds, answers := t.rest.of(f.kind), t.rest.of(f.answered)
	if kinds == nil && answers == nil && f.word != dataCode {
		codes := [2]uint32{uint32(f.codeOf(nil, nil, false)), uint32(f.codeOf(nil, nil, true))}
		for i, missed := range missed {
			code := codes[0]
			if missed {
				code = codes[1]
			}
			length[i] = length[i]<<codeBits | code
		}
		return
	}
	for i := range n {
		var kind, answered []byte
		if kinds != nil {
			kind = kinds.texts[kinds.at+i]
		}
		if answers != nil {
			answered = answers.texts[answers.at+i]
		}
		code := f.codeOf(kind, answered, missed[i])
		length[i] = length[i]<<codeBits | uint32(code)
		bad[i] = bad[i] || code == unknownWord || code&3 == dataCode && maybePoint(callers.Text(row+i), callees.Text(row+i))
	}
}

// maybePoint is maybeAccessPoint for ids of which nil stands for a number.
func maybePoint(caller, callee []byte) bool {
	if caller == nil {
		caller = []byte("0")
	}
	return callee != nil && maybeAccessPoint(caller, callee)
}
