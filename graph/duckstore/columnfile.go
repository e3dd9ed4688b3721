package duckstore

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// ColumnFile is a Parquet file by which many rows go to DuckDB, for a tenth of what
// an appender takes. It is neither packed nor encoded: it is written once, read
// once or twice, and removed.
type ColumnFile struct {
	f    *os.File
	disk *failing
	w    *file.Writer
}

// Column is a column of a ColumnFile. It has no NULL.
type Column struct {
	Name string
	Type ColumnType
}

// ColumnType is what a column holds.
type ColumnType uint8

// The types of columns, and what Group takes for them.
const (
	Uint32 ColumnType = iota // UINTEGER, []int32 of the same bits
	Int64                    // BIGINT, []int64
	Micros                   // TIMESTAMP, []int64 in microseconds since 1970
	Text                     // VARCHAR, []parquet.ByteArray in UTF-8
)

// failing remembers what the disk said, as the library may put it otherwise.
type failing struct {
	io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.Writer.Write(b)
	if err != nil && f.err == nil {
		f.err = err
	}
	return n, err
}

// NewColumnFile begins to write to f, which it takes over.
func NewColumnFile(f *os.File, columns ...Column) (*ColumnFile, error) {
	var fields schema.FieldList
	for _, c := range columns {
		logical, physical := schema.NewIntLogicalType(32, false), parquet.Types.Int32
		switch c.Type {
		case Int64:
			logical, physical = schema.NewIntLogicalType(64, true), parquet.Types.Int64
		case Micros:
			logical, physical = schema.NewTimestampLogicalType(false, schema.TimeUnitMicros), parquet.Types.Int64
		case Text:
			logical, physical = schema.StringLogicalType{}, parquet.Types.ByteArray
		}
		field, err := schema.NewPrimitiveNodeLogical(c.Name, parquet.Repetitions.Required, logical, physical, 0, -1)
		if err != nil {
			return nil, err
		}
		fields = append(fields, field)
	}
	root, err := schema.NewGroupNode("rows", parquet.Repetitions.Required, fields, -1)
	if err != nil {
		return nil, err
	}
	disk := &failing{Writer: f}
	properties := parquet.NewWriterProperties(parquet.WithDictionaryDefault(false), parquet.WithStats(false), parquet.WithBatchSize(GroupRows))
	return &ColumnFile{f, disk, file.NewParquetWriter(disk, root, file.WithWriterProps(properties))}, nil
}

// GroupRows is how many rows a group of a passing file has: as many as DuckDB
// gives a thread at a time.
const GroupRows = 122_880

// Group writes some rows: a slice for each column.
func (p *ColumnFile) Group(columns ...any) (err error) {
	defer func() { err = p.explain(err) }()
	group := p.w.AppendRowGroup()
	for _, values := range columns {
		column, err := group.NextColumn()
		if err != nil {
			return err
		}
		switch values := values.(type) {
		case []int32:
			_, err = column.(*file.Int32ColumnChunkWriter).WriteBatch(values, nil, nil)
		case []int64:
			_, err = column.(*file.Int64ColumnChunkWriter).WriteBatch(values, nil, nil)
		case []parquet.ByteArray:
			_, err = column.(*file.ByteArrayColumnChunkWriter).WriteBatch(values, nil, nil)
		default:
			panic(fmt.Sprintf("duckstore: a column of a passing file is a %T", values))
		}
		if err := errors.Join(err, column.Close()); err != nil {
			return err
		}
	}
	return group.Close()
}

// Finish ends the file.
func (p *ColumnFile) Finish() error { return p.explain(errors.Join(p.w.Close(), p.f.Close())) }

// Close lets go of a file that may not be finished.
func (p *ColumnFile) Close() { _ = p.f.Close() }

func (p *ColumnFile) explain(err error) error {
	if p.disk.err != nil {
		err = p.disk.err
	}
	if err != nil {
		return fmt.Errorf("write a passing file: %w", err)
	}
	return nil
}
