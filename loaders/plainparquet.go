package loaders

import (
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
			if !f.typed {
				return nil
			}
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
	reader, err := file.NewParquetReader(f)
	if err != nil {
		return 0, fmt.Errorf("%w: %w", errParquet, err)
	}
	root := reader.MetaData().Schema
	if root.NumColumns() != len(l.src.columns) || root.Root().NumFields() != root.NumColumns() {
		return 0, errParquet // lists or structs
	}
	rec := record{fields: make([][]byte, len(l.src.columns))}
	for g := range reader.NumRowGroups() {
		group := reader.RowGroup(g)
		cells := make([]*parquetCells, len(columns))
		for i, c := range columns {
			if cells[i], err = newParquetCells(group, c); err != nil {
				return rows, fmt.Errorf("%w: %w", errParquet, err)
			}
			switch c {
			case form.at:
				cells[i].cell = form.atCell
			case form.seconds:
				cells[i].cell = form.secondsCell
			}
		}
		for left := group.NumRows(); left > 0; {
			if err := ctx.Err(); err != nil {
				return rows, err
			}
			n := int(min(left, parquetCellRows))
			for _, c := range cells {
				if err := c.fill(n); err != nil {
					return rows, fmt.Errorf("%w: %w", errParquet, err)
				}
			}
			for i := range n {
				for k, c := range cells {
					if c.cell != nil {
						*c.cell = numberCell{c.numbers[i], c.null[i]}
						continue
					}
					if columns[k] == form.at && form.typed {
						form.typedAt, form.typedNull = c.numbers[i], c.null[i]
					}
					rec.fields[columns[k]] = c.text[c.ends[i]:c.ends[i+1]:c.ends[i+1]]
				}
				if err := each(&rec); err != nil {
					return rows, err
				}
				rows++
			}
			left -= int64(n)
		}
		l.o.Progress.Report("reading "+l.src.path, rows, reader.NumRows())
	}
	return rows, nil
}

// parquetCellRows is how many rows are decoded at a time.
const parquetCellRows = 2048

// parquetCells are some rows of a column: texts, empty where there is nothing, or
// numbers, which times are too.
type parquetCells struct {
	text    []byte
	ends    []int // of row i: text[ends[i]:ends[i+1]]
	numbers []int64
	null    []bool
	// cell takes the number of a row, where no text is wanted of it.
	cell *numberCell

	levels [parquetCellRows]int16
	full   int16 // the level of a value that is there
	// decode reads up to so many values that lie in one page, and write writes
	// one of them.
	decode func(most int, levels []int16) (rows int64, err error)
	write  func(k int)
}

func newParquetCells(group *file.RowGroupReader, column int) (*parquetCells, error) {
	chunk, err := group.Column(column)
	if err != nil {
		return nil, err
	}
	d := chunk.Descriptor()
	if d.MaxRepetitionLevel() > 0 {
		return nil, errParquet
	}
	c := &parquetCells{full: d.MaxDefinitionLevel()}
	unit := int64(0)
	if t, ok := d.LogicalType().(schema.TimestampLogicalType); ok {
		switch t.TimeUnit() {
		case schema.TimeUnitMicros:
			unit = 1
		case schema.TimeUnitMillis:
			unit = 1000
		default:
			return nil, errParquet
		}
	}
	switch r := chunk.(type) {
	case *file.Int64ColumnChunkReader:
		values := make([]int64, parquetCellRows)
		c.decode = func(most int, levels []int16) (rows int64, err error) {
			rows, _, err = r.ReadBatchInPage(int64(most), values, levels, nil)
			return rows, err
		}
		c.write = func(k int) {
			switch {
			case unit > 0:
				c.numbers[len(c.numbers)-1] = values[k] * unit
			case c.cell != nil:
				c.numbers[len(c.numbers)-1] = values[k]
			default:
				c.text = strconv.AppendInt(c.text, values[k], 10)
			}
		}
	case *file.Int32ColumnChunkReader:
		values := make([]int32, parquetCellRows)
		c.decode = func(most int, levels []int16) (rows int64, err error) {
			rows, _, err = r.ReadBatchInPage(int64(most), values, levels, nil)
			return rows, err
		}
		c.write = func(k int) {
			if c.cell != nil {
				c.numbers[len(c.numbers)-1] = int64(values[k])
			} else {
				c.text = strconv.AppendInt(c.text, int64(values[k]), 10)
			}
		}
	case *file.ByteArrayColumnChunkReader:
		values := make([]parquet.ByteArray, parquetCellRows)
		c.decode = func(most int, levels []int16) (rows int64, err error) {
			rows, _, err = r.ReadBatchInPage(int64(most), values, levels, nil)
			return rows, err
		}
		c.write = func(k int) { c.text = append(c.text, values[k]...) }
	case *file.Float64ColumnChunkReader:
		values := make([]float64, parquetCellRows)
		c.decode = func(most int, levels []int16) (rows int64, err error) {
			rows, _, err = r.ReadBatchInPage(int64(most), values, levels, nil)
			return rows, err
		}
		c.write = func(k int) { c.text = strconv.AppendFloat(c.text, values[k], 'f', -1, 64) }
	case *file.BooleanColumnChunkReader:
		values := make([]bool, parquetCellRows)
		c.decode = func(most int, levels []int16) (rows int64, err error) {
			rows, _, err = r.ReadBatchInPage(int64(most), values, levels, nil)
			return rows, err
		}
		c.write = func(k int) { c.text = strconv.AppendBool(c.text, values[k]) }
	default:
		return nil, errParquet
	}
	return c, nil
}

// fill decodes the next n rows.
func (c *parquetCells) fill(n int) error {
	c.text, c.ends, c.numbers, c.null = c.text[:0], append(c.ends[:0], 0), c.numbers[:0], c.null[:0]
	for n > 0 {
		rows, err := c.decode(n, c.levels[:n])
		if err != nil {
			return err
		}
		if rows <= 0 {
			return errors.New("it has fewer values than rows")
		}
		k := 0
		for i := range int(rows) {
			there := c.full == 0 || c.levels[i] == c.full
			c.numbers, c.null = append(c.numbers, 0), append(c.null, !there)
			if there {
				c.write(k)
				k++
			}
			c.ends = append(c.ends, len(c.text))
		}
		n -= int(rows)
	}
	return nil
}
