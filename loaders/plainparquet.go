package loaders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// plainTypes are those of columns of Parquet whose values are read as the texts
// that they print as, just as fields of a text file.
var plainTypes = []string{"VARCHAR", "BIGINT", "INTEGER", "SMALLINT", "DOUBLE", "BOOLEAN"}

// parquetForm is nil where a column is of another type. columns are those that
// are read.
func (f *plainForm) forParquet(p *plan) (columns []int) {
	for _, at := range []int{f.caller, f.callee, f.at, f.seconds, f.kind, f.answered} {
		if at < 0 || slices.Contains(columns, at) {
			continue
		}
		kind := p.src.types[at]
		if at == f.at && p.src.typed(at) {
			f.typed = kind == "TIMESTAMP" && (p.zone == "" || p.zone == "UTC") || kind == "TIMESTAMP WITH TIME ZONE"
			if !f.typed || !f.alone(at) {
				return nil
			}
			f.atCell = &numberCell{}
		} else if !slices.Contains(plainTypes, kind) || kind == "DOUBLE" && at != f.seconds || kind == "BOOLEAN" && at != f.answered {
			return nil
		}
		columns = append(columns, at)
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
	return columns
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

// takeParquet gives every row of a Parquet file to each. Like take, it stops at an
// error.
func (l *loading) takeParquet(ctx context.Context, form *plainForm, columns []int, each func(*record) error) (rows int64, err error) {
	defer func() {
		// The library panics over some damaged files.
		if r := recover(); r != nil {
			err = fmt.Errorf("%w: %v", errParquet, r)
		}
	}()
	f, err := os.Open(l.src.file)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer f.Close()
	properties := parquet.NewReaderProperties(&pageMemory{})
	properties.BufferedStreamEnabled, properties.BufferSize = true, 1<<18
	reader, err := file.NewParquetReader(f, file.WithReadProps(properties))
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errParquet, err)
	}
	root := reader.MetaData().Schema
	if root.NumColumns() != l.src.d.columns || root.Root().NumFields() != root.NumColumns() {
		return 0, errParquet // lists or structs
	}
	rec := record{fields: make([][]byte, len(l.src.columns))}
	for g := range reader.NumRowGroups() {
		group := reader.RowGroup(g)
		cells := make([]*parquetCells, len(columns))
		for i, c := range columns {
			if cells[i], err = newParquetCells(group, c, form); err != nil {
				return rows, fmt.Errorf("%w: %w", errParquet, err)
			}
		}
		for left := group.NumRows(); left > 0; {
			if err := ctx.Err(); err != nil {
				return rows, err
			}
			n := int(min(left, parquetCellRows))
			for _, c := range cells {
				if n, err = c.fill(n); err != nil {
					return rows, fmt.Errorf("%w: %w", errParquet, err)
				}
			}
			for range n {
				for _, c := range cells {
					c.next(rec.fields)
				}
				if err := each(&rec); err != nil {
					return rows, err
				}
				rows++
			}
			left -= int64(n)
		}
		for _, c := range cells {
			if err := c.close(); err != nil {
				return rows, fmt.Errorf("%w: %w", errParquet, err)
			}
		}
		l.o.Progress.Report("reading "+l.src.path, rows, reader.NumRows())
	}
	return rows, nil
}

// pageMemory lends the library its buffers again and again: those of a column of
// a group would be made anew for each. They have some room behind what is asked
// for, which saves the library a copy.
type pageMemory struct{ free [][]byte }

func (m *pageMemory) Allocate(size int) []byte {
	for i, b := range m.free {
		if cap(b) >= size {
			m.free = slices.Delete(m.free, i, i+1)
			return b[:size]
		}
	}
	return make([]byte, size, size+size/8+bytes.MinRead)
}

func (m *pageMemory) Reallocate(size int, b []byte) []byte {
	if cap(b) >= size {
		return b[:size]
	}
	larger := m.Allocate(size)
	copy(larger, b)
	m.Free(b)
	return larger
}

func (m *pageMemory) Free(b []byte) {
	if cap(b) > 0 {
		m.free = append(m.free, b)
	}
}

// parquetCellRows is how many rows are decoded at a time.
const parquetCellRows = 2048

// parquetCells are some rows of a column: texts, nil where there is nothing, or
// numbers, which times are too. They are valid until the next ones are decoded.
type parquetCells struct {
	column  int
	at      int // the row that comes next
	rows    int // how many are decoded
	texts   []parquet.ByteArray
	numbers []int64
	null    []bool
	// to takes the number of a row, where no text is wanted of it.
	to *numberCell

	levels [parquetCellRows]int16
	full   int16 // the level of a value that is there
	// decode reads up to so many rows that lie in one page, and as many values
	// as are there.
	decode func(most int) (rows int64, values int, err error)
	close  func() error
}

// next moves to the next row, and puts its text among the fields or its number
// where it is wanted.
func (c *parquetCells) next(fields [][]byte) {
	if c.to != nil {
		*c.to = numberCell{c.numbers[c.at], c.null[c.at]}
	} else {
		fields[c.column] = c.texts[c.at]
	}
	c.at++
}

// fill sees to it that some rows are there, and says how many, at most n.
func (c *parquetCells) fill(n int) (int, error) {
	if c.at == c.rows {
		rows, values, err := c.decode(n)
		if err != nil {
			return 0, err
		}
		if rows <= 0 {
			return 0, errors.New("it has fewer values than rows")
		}
		c.at, c.rows = 0, int(rows)
		c.spread(values)
	}
	return min(n, c.rows-c.at), nil
}

// spread moves the values to the rows that have one.
func (c *parquetCells) spread(values int) {
	for i := range c.null {
		c.null[i] = false
	}
	for i := c.rows - 1; values <= i; i-- {
		there := c.levels[i] == c.full
		if there {
			values--
		}
		switch {
		case !there:
			c.null[i], c.numbers[i] = true, 0
			if c.texts != nil {
				c.texts[i] = nil
			}
		case c.texts != nil:
			c.texts[i] = c.texts[values]
		default:
			c.numbers[i] = c.numbers[values]
		}
	}
}

func newParquetCells(group *file.RowGroupReader, column int, form *plainForm) (*parquetCells, error) {
	chunk, err := group.Column(column)
	if err != nil {
		return nil, err
	}
	d := chunk.Descriptor()
	if d.MaxRepetitionLevel() > 0 {
		return nil, errParquet
	}
	c := &parquetCells{column: column, full: d.MaxDefinitionLevel(), to: form.cell(column),
		numbers: make([]int64, parquetCellRows), null: make([]bool, parquetCellRows), close: chunk.Close}
	unit := int64(1)
	if t, ok := d.LogicalType().(schema.TimestampLogicalType); ok {
		switch t.TimeUnit() {
		case schema.TimeUnitMicros:
		case schema.TimeUnitMillis:
			unit = 1000
		default:
			return nil, errParquet
		}
	}
	switch r := chunk.(type) {
	case *file.Int64ColumnChunkReader:
		c.decode = func(most int) (rows int64, values int, err error) {
			rows, values, err = r.ReadBatchInPage(int64(most), c.numbers, c.levels[:], nil)
			for i := range c.numbers[:values] {
				c.numbers[i] *= unit
			}
			return rows, values, err
		}
	case *file.Int32ColumnChunkReader:
		narrow := make([]int32, parquetCellRows)
		c.decode = func(most int) (rows int64, values int, err error) {
			rows, values, err = r.ReadBatchInPage(int64(most), narrow, c.levels[:], nil)
			for i, v := range narrow[:values] {
				c.numbers[i] = int64(v)
			}
			return rows, values, err
		}
	case *file.ByteArrayColumnChunkReader:
		c.texts = make([]parquet.ByteArray, parquetCellRows)
		c.decode = func(most int) (rows int64, values int, err error) {
			return r.ReadBatchInPage(int64(most), c.texts, c.levels[:], nil)
		}
	case *file.Float64ColumnChunkReader:
		floats := make([]float64, parquetCellRows)
		c.written(func(most int) (rows int64, values int, err error) {
			return r.ReadBatchInPage(int64(most), floats, c.levels[:], nil)
		}, func(text []byte, k int) []byte { return strconv.AppendFloat(text, floats[k], 'f', -1, 64) })
	case *file.BooleanColumnChunkReader:
		bools := make([]bool, parquetCellRows)
		c.written(func(most int) (rows int64, values int, err error) {
			return r.ReadBatchInPage(int64(most), bools, c.levels[:], nil)
		}, func(text []byte, k int) []byte { return strconv.AppendBool(text, bools[k]) })
	default:
		return nil, errParquet
	}
	if c.texts == nil && c.to == nil {
		c.written(c.decode, func(text []byte, k int) []byte { return strconv.AppendInt(text, c.numbers[k], 10) })
	}
	return c, nil
}

// written has the values that decode gives as the texts that write appends.
func (c *parquetCells) written(decode func(most int) (rows int64, values int, err error), write func(text []byte, k int) []byte) {
	c.texts = make([]parquet.ByteArray, parquetCellRows)
	var text []byte
	c.decode = func(most int) (rows int64, values int, err error) {
		rows, values, err = decode(most)
		text = text[:0]
		for k := range values {
			from := len(text)
			text = write(text, k)
			c.texts[k] = text[from:len(text):len(text)]
		}
		return rows, values, err
	}
}
