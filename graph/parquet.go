package graph

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// A Parquet file is read by row groups, in parallel, and by columns: the two
// ends of a tie and its weight, nothing else. Text and whole numbers are ids; a
// number is the text that it prints as, so 7 in Parquet is 7 in CSV.

const (
	parquetMagic = "PAR1"
	// parquetBatch is how many values are decoded at a time.
	parquetBatch = 1 << 12
)

// parquetFault is what is wrong in a row group.
type parquetFault struct {
	row    int64 // within the row group, from 0; -1 when no row is at fault
	column int
	reason string
}

// readParquet reads an open Parquet file.
func readParquet(ctx context.Context, name string, f *os.File, size int64, opt EdgeOptions) (e *Edges, err error) {
	defer func() {
		// The library panics over some damaged files.
		if r := recover(); r != nil {
			e, err = nil, parquetDamaged(name, fmt.Errorf("%v", r))
		}
	}()
	reader, err := file.NewParquetReader(f)
	if err != nil {
		return nil, parquetDamaged(name, err)
	}
	columns := reader.MetaData().Schema
	l, err := parquetLayout(name, columns, opt)
	if err != nil {
		return nil, err
	}

	groups := reader.NumRowGroups()
	if reason := parquetSizes(reader, l); reason != "" {
		return nil, parquetDamaged(name, errors.New(reason))
	}
	threads := threadsOr(opt.Threads)
	from, to := make([]*idSide, threads), make([]*idSide, threads)
	for w := range threads {
		from[w] = newIDSide()
		to[w] = from[w]
		if opt.TwoSides {
			to[w] = newIDSide()
		}
	}
	rows := make([]parsed, groups)
	faults := make([]*parquetFault, groups)
	var failed atomic.Bool
	var done atomic.Int64
	err = each(ctx, threads, groups, func(worker, i int) {
		if failed.Load() {
			return
		}
		p := parquetGroup{layout: l, from: from[worker], to: to[worker]}
		defer func() {
			if r := recover(); r != nil {
				p.fault = &parquetFault{row: -1, column: -1, reason: fmt.Sprint(r)}
			}
			if faults[i] = p.fault; p.fault != nil {
				failed.Store(true)
			}
		}()
		rows[i] = parsed{p.read(reader.RowGroup(i)), worker}
		if worker == 0 {
			opt.Progress.Report("reading "+name, size*done.Load()/int64(groups), size)
		}
		done.Add(1)
	})
	if err != nil {
		return nil, err
	}
	if failed.Load() {
		return nil, firstParquetFault(name, l, reader, faults)
	}
	e = &Edges{Bytes: size, twoSides: opt.TwoSides, From: l.name(l.from), To: l.name(l.to)}
	if l.weight >= 0 {
		e.Weight = l.name(l.weight)
	}
	if err := e.number(ctx, name, from, to, rows, threads); err != nil {
		return nil, err
	}
	if e.Rows == 0 {
		return nil, &DataError{File: name, Reason: "has no rows"}
	}
	return e, nil
}

func parquetDamaged(name string, err error) error {
	var system *os.PathError
	if errors.As(err, &system) {
		return fmt.Errorf("read %s: %w", name, err)
	}
	return &DataError{File: name, Reason: fmt.Sprintf("is damaged or no Parquet file that kith reads (%v); copy it again", err)}
}

// firstParquetFault is the fault in the first row group that has one. Groups are
// handed out in order, so those before it have been read.
func firstParquetFault(name string, l *layout, reader *file.Reader, faults []*parquetFault) error {
	before := int64(0)
	for i, f := range faults {
		if f == nil {
			before += reader.MetaData().RowGroup(i).NumRows()
			continue
		}
		if f.column < 0 {
			return parquetDamaged(name, errors.New(f.reason))
		}
		e := &DataError{File: name, Column: l.name(f.column), Reason: f.reason}
		if f.row >= 0 {
			e.Reason = fmt.Sprintf("row %d %s", before+f.row+1, f.reason)
		}
		return e
	}
	return nil
}

// parquetLayout chooses the columns and sees that they are of a fitting type.
func parquetLayout(name string, s *schema.Schema, opt EdgeOptions) (*layout, error) {
	l := &layout{width: s.NumColumns(), weight: -1}
	if l.width < 2 {
		return nil, &DataError{File: name, Reason: fmt.Sprintf("has %d columns; a tie needs two ids", l.width)}
	}
	sample := make([]string, l.width)
	for i := range l.width {
		l.header = append(l.header, s.Column(i).ColumnPath().String())
		if parquetWeight(s.Column(i)) == "" {
			sample[i] = "1"
		}
	}
	if err := l.choose(name, opt, [][]string{sample}); err != nil {
		return nil, err
	}
	for _, i := range []int{l.from, l.to} {
		if reason := parquetID(s.Column(i)); reason != "" {
			return nil, &DataError{File: name, Column: l.name(i), Reason: reason}
		}
	}
	if l.weight >= 0 {
		if reason := parquetWeight(s.Column(l.weight)); reason != "" {
			return nil, &DataError{File: name, Column: l.name(l.weight), Reason: reason}
		}
	}
	return l, nil
}

// parquetSizes says where the numbers of rows contradict each other. A damaged
// one must not decide how much memory is taken.
func parquetSizes(reader *file.Reader, l *layout) string {
	total := int64(0)
	for i := range reader.NumRowGroups() {
		g := reader.MetaData().RowGroup(i)
		n := g.NumRows()
		for _, column := range []int{l.from, l.to, l.weight} {
			if column < 0 {
				continue
			}
			c, err := g.ColumnChunk(column)
			if err != nil {
				return err.Error()
			}
			if c.NumValues() != n {
				return fmt.Sprintf("row group %d has %d rows, and its column %s %d values", i+1, n, l.name(column), c.NumValues())
			}
		}
		if n < 0 || n > math.MaxInt64-total {
			return fmt.Sprintf("row group %d has %d rows", i+1, n)
		}
		total += n
	}
	if total != reader.NumRows() {
		return fmt.Sprintf("its row groups have %d rows, and the file says %d", total, reader.NumRows())
	}
	return ""
}

func parquetKind(c *schema.Column) string {
	if c.LogicalType() != nil && c.LogicalType().IsValid() && !c.LogicalType().IsNone() {
		return c.LogicalType().String()
	}
	return c.PhysicalType().String()
}

// parquetID says why a column can't hold ids, or nothing when it can.
func parquetID(c *schema.Column) string {
	t := c.ConvertedType()
	switch {
	case c.MaxRepetitionLevel() > 0:
		return "has lists; an id is a text or a whole number"
	case c.PhysicalType() == parquet.Types.ByteArray && t != schema.ConvertedTypes.Decimal:
		return ""
	case c.PhysicalType() == parquet.Types.Int32 || c.PhysicalType() == parquet.Types.Int64:
		if t == schema.ConvertedTypes.None || t >= schema.ConvertedTypes.Uint8 && t <= schema.ConvertedTypes.Int64 {
			return ""
		}
	}
	return fmt.Sprintf("holds %s; an id is a text or a whole number", parquetKind(c))
}

// parquetWeight says why a column can't hold weights, or nothing when it can.
func parquetWeight(c *schema.Column) string {
	t := c.ConvertedType()
	switch {
	case c.MaxRepetitionLevel() > 0:
		return "has lists; a weight is a number"
	case c.PhysicalType() == parquet.Types.Float || c.PhysicalType() == parquet.Types.Double:
		return ""
	case c.PhysicalType() == parquet.Types.Int32 || c.PhysicalType() == parquet.Types.Int64:
		if t == schema.ConvertedTypes.None || t == schema.ConvertedTypes.Decimal || t >= schema.ConvertedTypes.Uint8 && t <= schema.ConvertedTypes.Int64 {
			return ""
		}
	}
	return fmt.Sprintf("holds %s; a weight is a number", parquetKind(c))
}

// isParquet tells by its first bytes whether a file is Parquet.
func isParquet(f *os.File) bool {
	var head [len(parquetMagic)]byte
	n, _ := f.ReadAt(head[:], 0)
	return strings.HasPrefix(string(head[:n]), parquetMagic)
}
