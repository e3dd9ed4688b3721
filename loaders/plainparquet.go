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

	"kith/graph"
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
			f.atNumbers = true
		} else if !slices.Contains(plainTypes, kind) || kind == "DOUBLE" && at != f.seconds || kind == "BOOLEAN" && at != f.answered {
			return false
		}
		if kind != "BIGINT" && kind != "INTEGER" && kind != "SMALLINT" || !f.alone(at) {
			continue
		}
		switch at {
		case f.at:
			f.atNumbers = f.epoch
		case f.seconds:
			f.secondsNumbers = true
		}
	}
	return true
}

// numbers says whether the numbers of a column are wanted, not texts.
func (f *plainForm) numbers(column int) bool {
	return column == f.at && f.atNumbers || column == f.seconds && f.secondsNumbers
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

// idColumn is the ids that some rows have in a column, trimmed; missing are the rows
// that have none, in order.
type idColumn struct {
	ids     *graph.IDs
	missing []int
}

// parquetIDs are the ids of a column of a Parquet file, a batch of rows at a time. A
// column of ids that was taken from full is to be replaced by another in free.
type parquetIDs struct{ full, free chan *idColumn }

func newParquetIDs() *parquetIDs {
	const ahead = 6
	p := &parquetIDs{make(chan *idColumn, ahead), make(chan *idColumn, ahead+1)}
	for range ahead {
		p.free <- &idColumn{ids: &graph.IDs{}}
	}
	return p
}

// read closes full behind the last ids.
func (p *parquetIDs) read(ctx context.Context, columns *parquetColumns) error {
	for {
		var c *idColumn
		select {
		case c = <-p.free:
		case <-ctx.Done():
			return ctx.Err()
		}
		for c.ids.Len() < plainBatchRows {
			n, err := columns.fill(plainBatchRows - c.ids.Len())
			if err != nil {
				return err
			}
			if n == 0 {
				break
			}
			cells := columns.cells[0]
			for _, id := range cells.texts[cells.at:][:n] {
				if c.ids.AddNumeral(id) {
					continue
				}
				if id = trimBlanks(id); !plainID(id) {
					c.missing = append(c.missing, c.ids.Len())
				}
				c.ids.Add(id)
			}
			cells.at += n
		}
		last := c.ids.Len() < plainBatchRows
		select {
		case p.full <- c:
		case <-ctx.Done():
			return ctx.Err()
		}
		if last {
			close(p.full)
			return nil
		}
	}
}
