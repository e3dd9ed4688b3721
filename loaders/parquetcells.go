package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

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

// parquetColumns are some columns of a file, whose rows are decoded some at a time.
type parquetColumns struct {
	reader  *file.Reader
	form    *plainForm
	columns []int
	cells   []*parquetCells
	group   int   // that comes next
	left    int64 // rows of the group before it
}

// fill sees to it that the next rows are there in all cells, and says how many, at
// most n and 0 at the end. They must be taken before more are asked for.
func (c *parquetColumns) fill(n int) (int, error) {
	for c.left == 0 {
		if err := c.open(); err != nil {
			return 0, fmt.Errorf("%w: %w", errParquet, err)
		}
		if c.cells == nil {
			return 0, nil
		}
	}
	n = int(min(int64(n), c.left, parquetCellRows))
	var err error
	for _, cells := range c.cells {
		if n, err = cells.fill(n); err != nil {
			return 0, fmt.Errorf("%w: %w", errParquet, err)
		}
	}
	c.left -= int64(n)
	return n, nil
}

// of is the cells of a column; nil where it is not read.
func (c *parquetColumns) of(column int) *parquetCells {
	for i, at := range c.columns {
		if at == column {
			return c.cells[i]
		}
	}
	return nil
}

// open goes on to the next group; behind the last, cells is nil.
func (c *parquetColumns) open() error {
	for _, cells := range c.cells {
		if err := cells.close(); err != nil {
			return err
		}
	}
	if c.cells = nil; c.group == c.reader.NumRowGroups() {
		return nil
	}
	group := c.reader.RowGroup(c.group)
	c.group, c.left, c.cells = c.group+1, group.NumRows(), make([]*parquetCells, len(c.columns))
	for i, column := range c.columns {
		var err error
		if c.cells[i], err = newParquetCells(group, column, c.form); err != nil {
			return err
		}
	}
	return nil
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

	levels [parquetCellRows]int16
	full   int16 // the level of a value that is there
	// decode reads up to so many rows that lie in one page, and as many values
	// as are there.
	decode func(most int) (rows int64, values int, err error)
	close  func() error
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
	c := &parquetCells{column: column, full: d.MaxDefinitionLevel(),
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
			if unit == 1 {
				return rows, values, err
			}
			for i, v := range c.numbers[:values] {
				if c.numbers[i] = v * unit; c.numbers[i]/unit != v {
					c.numbers[i] = math.MaxInt64 // beyond all times, as v is
				}
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
	if c.texts == nil && !form.numbers(column) {
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
