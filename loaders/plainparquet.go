package loaders

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"golang.org/x/sync/errgroup"
)

// plainTypes are those of columns of Parquet whose values are read as the texts
// that they print as, just as fields of a text file.
var plainTypes = []string{"VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "DOUBLE", "BOOLEAN"}

// forParquet says whether all columns that are read are of types that it can be
// done from.
func (f *plainForm) forParquet(p *plan) bool {
	for _, at := range []int{f.caller, f.callee, f.at, f.seconds, f.kind, f.answered} {
		if at < 0 {
			continue
		}
		kind := p.src.types[at]
		if at == f.at && p.src.typed(at) {
			f.typed = kind == "TIMESTAMP" && (p.zone == "" || p.zone == "UTC") || kind == "TIMESTAMP WITH TIME ZONE"
			if !f.typed || !f.alone(at) {
				return false
			}
			f.atCell = &numberCell{}
		} else if !slices.Contains(plainTypes, kind) || kind == "DOUBLE" && at != f.seconds || kind == "BOOLEAN" && at != f.answered {
			return false
		}
		if kind != "BIGINT" && kind != "INTEGER" && kind != "SMALLINT" || !f.alone(at) {
			continue
		}
		switch at {
		case f.at:
			if f.epoch {
				f.atCell = &numberCell{}
			}
		case f.seconds:
			f.secondsCell = &numberCell{}
		}
	}
	return true
}

// cell is where the numbers of a column are wanted; nil where its texts are.
func (f *plainForm) cell(column int) *numberCell {
	switch column {
	case f.at:
		return f.atCell
	case f.seconds:
		return f.secondsCell
	}
	return nil
}

// alone says whether a column is read for one field only.
func (f *plainForm) alone(column int) bool {
	n := 0
	for _, at := range []int{f.caller, f.callee, f.at, f.seconds, f.kind, f.answered} {
		if at == column {
			n++
		}
	}
	return n == 1
}

// errParquet says that the reader cannot read a file, which DuckDB may.
var errParquet = errors.New("the Parquet file is of an unusual kind")

// takeParquet has the rows of a Parquet file taken in, in order. Each column of ids
// is decoded by a goroutine of its own. Like take, it stops at an error, as that of
// odd, which is told which rows are not plain.
func (l *loading) takeParquet(ctx context.Context, form *plainForm, hand *plainHand, odd func(rows int64) error) (rows int64, err error) {
	f, err := os.Open(l.src.file)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer f.Close()
	var meta []file.ReadOption // read once
	open := func(columns ...int) (*parquetColumns, error) {
		properties := parquet.NewReaderProperties(&pageMemory{})
		properties.BufferedStreamEnabled, properties.BufferSize = true, 1<<18
		reader, err := file.NewParquetReader(f, append(meta, file.WithReadProps(properties))...)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", errParquet, err)
		}
		meta = []file.ReadOption{file.WithMetadata(reader.MetaData())}
		return &parquetColumns{reader: reader, form: form, columns: columns}, nil
	}
	all, ctx := errgroup.WithContext(ctx)
	t := parquetRows{form: form, hand: hand, odd: odd}
	err = guarded(func() (err error) {
		if t.rest, err = open(form.others()...); err != nil {
			return err
		}
		root := t.rest.reader.MetaData().Schema
		if root.NumColumns() != l.src.d.columns || root.Root().NumFields() != root.NumColumns() {
			return errParquet // lists or structs
		}
		for i, column := range []int{form.caller, form.callee} {
			columns, err := open(column)
			if err != nil {
				return err
			}
			t.ids[i] = newParquetIDs()
			all.Go(func() error { return guarded(func() error { return t.ids[i].read(ctx, columns) }) })
		}
		return nil
	})
	all.Go(func() error {
		if err != nil {
			return err
		}
		return guarded(func() error {
			t.fields = make([][]byte, len(l.src.columns))
			return t.take(ctx, func() { l.o.Progress.Report("reading "+l.src.path, t.rows, t.rest.reader.NumRows()) })
		})
	})
	err = all.Wait()
	return t.rows, err
}

// guarded turns a panic, which the library has over some damaged files, into an
// error.
func guarded(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errParquet, r)
		}
	}()
	return f()
}

// others are the columns that are read beside those of ids.
func (f *plainForm) others() (columns []int) {
	for _, at := range []int{f.at, f.seconds, f.kind, f.answered} {
		if at >= 0 && !slices.Contains(columns, at) {
			columns = append(columns, at)
		}
	}
	return columns
}

// parquetIDs are the ids of a column of a Parquet file, trimmed, a batch of rows at
// a time; one that is missing is empty. A column of ids that was taken from full is
// to be replaced by another in free.
type parquetIDs struct{ full, free chan *idColumn }

func newParquetIDs() *parquetIDs {
	const ahead = 2
	p := &parquetIDs{make(chan *idColumn, ahead), make(chan *idColumn, ahead+1)}
	for range ahead {
		p.free <- &idColumn{}
	}
	return p
}

// read closes full behind the last ids.
func (p *parquetIDs) read(ctx context.Context, columns *parquetColumns) error {
	for {
		var ids *idColumn
		select {
		case ids = <-p.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		for ids.rows < plainBatchRows {
			n, err := columns.fill(plainBatchRows - ids.rows)
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			for _, id := range columns.cells[0].texts[columns.cells[0].at:][:n] {
				ids.add(trimBlanks(id))
			}
			columns.cells[0].at += n
		}
		last := ids.rows < plainBatchRows
		select {
		case p.full <- ids:
		case <-ctx.Done():
			return ctx.Err()
		}
		if last {
			close(p.full)
			return nil
		}
	}
}

// parquetRows puts the columns of a file together.
type parquetRows struct {
	ids    [2]*parquetIDs // callers and callees
	rest   *parquetColumns
	form   *plainForm
	fields [][]byte
	hand   *plainHand
	odd    func(rows int64) error
	rows   int64
	// places are those of the odd rows of a batch.
	places []int
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
		if ids[0].rows != ids[1].rows {
			return fmt.Errorf("%w: two columns have %d and %d rows", errParquet, ids[0].rows, ids[1].rows)
		}
		if err := t.judge(ids[0], ids[1]); err != nil {
			return err
		}
		b, n := t.hand.batch, ids[0].rows
		t.rows += int64(n)
		if b.rows = n; len(t.places) == 0 {
			b.callers, ids[0] = ids[0], b.callers
			b.callees, ids[1] = ids[1], b.callees
		} else {
			b.callers.addBut(ids[0], t.places)
			b.callees.addBut(ids[1], t.places)
		}
		for i := range ids {
			ids[i].reset()
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

// judge notes what the rows of a batch say beside their ids, and which of them are
// odd.
func (t *parquetRows) judge(callers, callees *idColumn) error {
	t.places = t.places[:0]
	t.form.fields = t.fields
	b := t.hand.batch
	var c plainCall
	for row := 0; row < callers.rows; {
		n, err := t.rest.fill(callers.rows - row)
		if err != nil {
			return err
		}
		if n == 0 {
			return fmt.Errorf("%w: a column ends at row %d", errParquet, t.rows+int64(row))
		}
		for end := row + n; row < end; row++ {
			for _, cells := range t.rest.cells {
				cells.next(t.fields)
			}
			c.caller, c.callee = callers.id(row), callees.id(row)
			if !t.form.judge(&c) {
				c = plainCall{code: oddCall}
				t.places = append(t.places, row)
				if err := t.odd(t.rows + int64(row) + 1); err != nil {
					return err
				}
			}
			b.note(row, &c)
		}
	}
	return nil
}
