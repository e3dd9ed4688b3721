package loaders

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// writePages writes a Parquet file of 5,000 calls in groups of 1,700, whose pages end
// at different rows in each column, with values that are not there unless
// it is whole. Their times are in milliseconds.
func writePages(t *testing.T, whole bool, at func(row int) int64, properties ...parquet.WriterProperty) string {
	t.Helper()
	column := func(name string, repetition parquet.Repetition, logical schema.LogicalType, kind parquet.Type) schema.Node {
		node, err := schema.NewPrimitiveNodeLogical(name, repetition, logical, kind, 0, -1)
		if err != nil {
			t.Fatal(err)
		}
		return node
	}
	root, err := schema.NewGroupNode("calls", parquet.Repetitions.Required, schema.FieldList{
		column("caller", parquet.Repetitions.Optional, schema.StringLogicalType{}, parquet.Types.ByteArray),
		column("callee", parquet.Repetitions.Required, schema.StringLogicalType{}, parquet.Types.ByteArray),
		column("at", parquet.Repetitions.Optional, schema.NewTimestampLogicalType(true, schema.TimeUnitMillis), parquet.Types.Int64),
		column("seconds", parquet.Repetitions.Optional, schema.NewIntLogicalType(32, true), parquet.Types.Int32),
	}, -1)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "calls.parquet")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	properties = append(properties, parquet.WithDataPageSize(700), parquet.WithBatchSize(64))
	w := file.NewParquetWriter(f, root, file.WithWriterProps(parquet.NewWriterProperties(properties...)))
	const rows, group = 5000, 1700
	for from := 0; from < rows; from += group {
		var callers, callees []parquet.ByteArray
		var times []int64
		var seconds []int32
		var levels [3][]int16
		level := func(k int, there bool) bool {
			if there {
				levels[k] = append(levels[k], 1)
			} else {
				levels[k] = append(levels[k], 0)
			}
			return there
		}
		for i := from; i < min(from+group, rows); i++ {
			if level(0, whole || i%97 != 0) {
				callers = append(callers, []byte(fmt.Sprintf("caller of some length %d", i*i%301)))
			}
			callees = append(callees, []byte(fmt.Sprint("b", i*i*i%211)))
			if level(1, whole || i%501 != 3) {
				times = append(times, at(i))
			}
			if level(2, whole || i%3 != 0) {
				seconds = append(seconds, int32(i%200))
			}
		}
		columns := w.AppendRowGroup()
		next := func() file.ColumnChunkWriter {
			c, err := columns.NextColumn()
			if err != nil {
				t.Fatal(err)
			}
			return c
		}
		wrote := func(c file.ColumnChunkWriter, _ int64, err error) {
			if err != nil {
				t.Fatal(err)
			}
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
		}
		c := next()
		n, err := c.(*file.ByteArrayColumnChunkWriter).WriteBatch(callers, levels[0], nil)
		wrote(c, n, err)
		c = next()
		n, err = c.(*file.ByteArrayColumnChunkWriter).WriteBatch(callees, nil, nil)
		wrote(c, n, err)
		c = next()
		n, err = c.(*file.Int64ColumnChunkWriter).WriteBatch(times, levels[1], nil)
		wrote(c, n, err)
		c = next()
		n, err = c.(*file.Int32ColumnChunkWriter).WriteBatch(seconds, levels[2], nil)
		wrote(c, n, err)
		if err := columns.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func pageTime(row int) int64 { return 1_700_000_000_000 + int64(row)*1500 }

// Pages of all kinds are read as DuckDB reads them, wherever they end.
func TestPlainPages(t *testing.T) {
	st, dir := newStore(t)
	w := newWays(t)
	for name, properties := range map[string][]parquet.WriterProperty{
		"plain":      {parquet.WithDictionaryDefault(false)},
		"dictionary": {parquet.WithDictionaryDefault(true), parquet.WithCompression(compress.Codecs.Snappy)},
		"both":       {parquet.WithDictionaryDefault(true), parquet.WithDictionaryPageSizeLimit(900), parquet.WithCompression(compress.Codecs.Gzip)},
		"version 2":  {parquet.WithDataPageVersion(parquet.DataPageV2), parquet.WithDictionaryDefault(false), parquet.WithCompression(compress.Codecs.Zstd)},
		"lengths":    {parquet.WithDictionaryDefault(false), parquet.WithEncodingFor("caller", parquet.Encodings.DeltaLengthByteArray), parquet.WithEncodingFor("at", parquet.Encodings.DeltaBinaryPacked)},
	} {
		t.Run(name, func(t *testing.T) {
			path := writePages(t, false, pageTime, properties...)
			if l, err := loadOne(t, st, dir, path); err != nil || l.plain == nil {
				t.Fatalf("%v, plain %t", err, l.plain != nil)
			}
			w.load(t, Options{Kind: Calls, Files: []string{path}})
			w.same(t)
			if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); n < 4900 || n > 4990 {
				t.Fatalf("%d calls are stored", n)
			}
			if n := count(t, w.stores[0], "SELECT sum(seconds) FROM events.calls WHERE caller = 'caller of some length 4'"); n < 100 {
				t.Fatalf("they have %d seconds", n)
			}
			w.empty(t)
		})
	}
}

// A time that microseconds cannot hold is not taken for another.
func TestParquetCellsBeyondTime(t *testing.T) {
	const beyond = 1<<64/1000 + 1_700_000_000_000 // which is of 2023 when it runs over
	reader, err := file.OpenParquetFile(writePages(t, true, func(row int) int64 {
		if row == 4100 {
			return beyond
		}
		return pageTime(row)
	}), false)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	columns := parquetColumns{reader: reader, form: &plainForm{at: 2, atCell: &numberCell{}}, columns: []int{2}}
	for row := 0; row < 5000; {
		n, err := columns.fill(plainBatchRows)
		if err != nil || n == 0 {
			t.Fatalf("%d rows behind %d: %v", n, row, err)
		}
		for range n {
			want := pageTime(row) * 1000
			if row == 4100 {
				want = math.MaxInt64
			}
			columns.cells[0].next(nil)
			if got := *columns.form.atCell; got.n != want || got.null {
				t.Fatalf("row %d has the time %+v, want %d", row, got, want)
			}
			row++
		}
	}
}
