package loaders

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"
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
	columns := parquetColumns{reader: reader, form: &plainForm{at: 2, atNumbers: true}, columns: []int{2}}
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
			cells := columns.of(2)
			if got := cells.numbers[cells.at]; got != want || cells.null[cells.at] {
				t.Fatalf("row %d has the time %d, missing %t, want %d", row, got, cells.null[cells.at], want)
			}
			cells.at++
			row++
		}
	}
}

// Columns of Parquet of all types come out the same both ways, with values that
// are not there.
func TestPlainParquet(t *testing.T) {
	db := memoryDB(t)
	w := newWays(t)
	for i, columns := range []string{
		"'+44' || i % 40 AS caller, '0' || i % 30 AS callee, 1700000000 + i AS at, CAST(i % 200 AS BIGINT) AS seconds",
		"CAST(i % 40 AS BIGINT) AS caller, CAST(i % 30 AS INTEGER) AS callee, TIMESTAMP '2024-01-01' + to_seconds(i) AS at, CAST(i % 50 AS DOUBLE) / 4 AS seconds, i % 3 = 0 AS answered",
		"if(i % 7 = 0, NULL, 'a' || i % 40) AS caller, if(i % 11 = 0, '', 'b' || i % 30) AS callee, if(i % 13 = 0, NULL, TIMESTAMPTZ '2024-01-01 00:00:00+02' + to_seconds(i)) AS at, if(i % 5 = 0, NULL, -1) AS seconds",
		"'a' || i % 40 AS caller, if(i % 60 = 0, ' b ', 'b' || i % 30) AS callee, strftime(TIMESTAMP '2024-01-01' + to_seconds(i), '%Y-%m-%d %H:%M:%S') AS at, CAST(i % 5 AS VARCHAR) AS seconds, if(i % 70 = 0, 'fax', 'sms') AS kind",
		"'a' || i % 40 AS caller, 'b' || i % 30 AS callee, CASE i % 50 WHEN 0 THEN -1 WHEN 1 THEN NULL WHEN 2 THEN 9007199254740993 ELSE 1700000000000 + i END AS at, CASE i % 40 WHEN 0 THEN -1 WHEN 1 THEN -2 WHEN 2 THEN NULL WHEN 3 THEN 536870912 WHEN 4 THEN 1000000000000000 ELSE i END AS seconds",
		"'a' || i % 40 AS caller, CAST(1700000000 + i AS INTEGER) AS callee, CAST(1700000000 + i AS INTEGER) AS at, CAST(i % 9 - 1 AS SMALLINT) AS seconds",
		"CAST(i % 40 AS DOUBLE) AS caller, CAST(i % 30 AS UINTEGER) AS callee, DATE '2024-01-01' + CAST(i % 40 AS INTEGER) AS at",
		"CAST('a' || i % 40 AS BLOB) AS caller, if(i % 90 = 1, 'x' || chr(0), 'b') AS callee, CAST(TIMESTAMP '2024-01-01' + to_seconds(i) AS TIMESTAMP_NS) AS at",
		"'a' || i % 40 AS caller, 'b' || i % 30 AS callee, CAST(TIMESTAMP '2024-01-01' + to_seconds(i) AS TIMESTAMP_MS) AS at, {'x': i} AS deep",
		"'a' || i % 40 AS caller, if(i % 90 = 1, 'x' || chr(0), 'b') AS callee, 1700000000 + i AS at",
		"'a' || i % 40 AS caller, if(i % 9 = 0, '', 'b' || i % 30) AS callee, 1700000000 + i AS at, 7 AS file_row_number",
		"CAST(i % 40 AS DOUBLE) AS caller, 'b' || i % 30 AS callee, 1700000000 + i AS at",
		"'a' || i % 40 AS caller, 'b' || i % 30 AS callee, DATE '2024-01-01' + CAST(i % 40 AS INTEGER) AS at",
		"1700000000 + i AS at, {'x': 'of', 'y': 'another'} AS deep, 'a' || i % 40 AS caller, 'b' || i % 30 AS callee",
		"'a' || i % 40 AS caller, 'b' || i % 30 AS callee, CAST(1700000000 + i AS DOUBLE) / 2 AS at",
	} {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			for _, c := range []struct{ rows, zone string }{{"1, 600", ""}, {"500, 3000", "Europe/Berlin"}} {
				file := filepath.Join(t.TempDir(), "calls.parquet")
				query := "COPY (SELECT " + columns + " FROM range(" + c.rows + ") AS r(i)) TO " + literal(file) + " (FORMAT parquet, ROW_GROUP_SIZE 2048)"
				if _, err := db.ExecContext(t.Context(), query); err != nil {
					t.Fatal(err)
				}
				w.load(t, Options{Kind: Calls, Files: []string{file}, Zone: c.zone})
			}
			w.same(t)
			w.empty(t)
		})
	}
}

// A row of a Parquet file with bytes that are no text is rejected by both ways in
// one sentence, also where it stands behind what is looked at first.
func TestPlainParquetOfBytes(t *testing.T) {
	db := memoryDB(t)
	w := newWays(t)
	file := filepath.Join(t.TempDir(), "calls.parquet")
	query := "COPY (SELECT 'a' AS caller, CAST(if(i = 4001, '\\xFF', 'b' || i % 30) AS BLOB) AS callee, 1700000000 + i AS at FROM range(5000) AS r(i)) TO " + literal(file)
	if _, err := db.ExecContext(t.Context(), query+" (FORMAT parquet, ROW_GROUP_SIZE 2048, WRITE_BLOOM_FILTER false)"); err != nil {
		t.Fatal(err)
	}
	w.load(t, Options{Kind: Calls, Files: []string{file}})
	w.same(t)
	for _, st := range w.stores {
		want := []string{`4002 callee the row is not UTF-8 text {"caller":"a","callee":"\\xFF","at":1700004001}`}
		if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, row FROM events.rejects")); diff != "" {
			t.Error(diff)
		}
	}
}

// FuzzPlainParquet loads Parquet of any values and types both ways. A line of text
// is a row, whose fields become the types that pick says; those that cannot are not
// there. Of one file in four the byte at the place cut is damaged.
func FuzzPlainParquet(f *testing.F) {
	f.Add("a,b,1700000000,5,sms\na,b,1700000000,5,sms\nb,,x,-1,\n", uint16(0), uint16(0))
	f.Add("1,2,2024-01-01 10:00:00,5.5,voice\n2,2,,7,fax\n,1,2024-01-01,,\n", uint16(0x1111), uint16(0))
	f.Add("1,2,2024-01-01 10:00:00+02,1,data\n3,,2024-01-01,9,data\n", uint16(0x2222), uint16(0))
	f.Add(" a ,b\x00,1700000000000,536870912,\u00fc\n", uint16(0x3333), uint16(303))
	types := [4][]string{
		{"VARCHAR", "BIGINT", "INTEGER", "DOUBLE", "BLOB"},
		{"VARCHAR", "TIMESTAMP", "TIMESTAMPTZ", "BIGINT", "TIMESTAMP_MS", "DATE", "TIMESTAMP_NS", "INTEGER"},
		{"INTEGER", "DOUBLE", "SMALLINT", "VARCHAR", "BIGINT", "DECIMAL(9,2)", "BOOLEAN"},
		{"VARCHAR", "BLOB"},
	}
	db := memoryDB(f)
	if _, err := db.ExecContext(context.Background(), "CREATE TABLE texts (caller VARCHAR, callee VARCHAR, \"at\" VARCHAR, seconds VARCHAR, kind VARCHAR)"); err != nil {
		f.Fatal(err)
	}
	w := newWays(f)
	path := filepath.Join(f.TempDir(), "calls.parquet")
	f.Fuzz(func(t *testing.T, text string, pick, cut uint16) {
		if _, err := db.ExecContext(t.Context(), "DELETE FROM texts"); err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.SplitN(strings.ToValidUTF8(text, "?"), "\n", 50) {
			values := make([]any, 5)
			for i, field := range strings.SplitN(line, ",", 5) {
				values[i] = field
			}
			if _, err := db.ExecContext(t.Context(), "INSERT INTO texts VALUES (?, ?, ?, ?, ?)", values...); err != nil {
				t.Fatal(err)
			}
		}
		var columns []string
		for i, name := range []string{"caller", "callee", "at", "seconds", "kind"} {
			of := types[max(0, i-1)]
			kind := of[int(pick>>(3*i))%len(of)]
			columns = append(columns, "try_cast("+ident(name)+" AS "+kind+") AS "+ident(name))
		}
		query := "COPY (SELECT " + strings.Join(columns, ", ") + " FROM texts) TO " + literal(path) + " (FORMAT parquet, ROW_GROUP_SIZE 2048)"
		if _, err := db.ExecContext(t.Context(), query); err != nil {
			return // such as a time that Parquet has no number for
		}
		o := Options{Kind: Calls, Files: []string{path}, Dates: DayFirst}
		if cut%4 == 3 {
			damage(t, path, int(cut))
			// What a damaged file says may differ; nothing may panic or be half there.
			for _, st := range w.stores {
				if receipts, err := Load(context.Background(), st, o); err == nil && receipts[0].Rows != receipts[0].Accepted+receipts[0].Duplicates+receipts[0].Rejected {
					t.Fatalf("%+v", receipts)
				}
			}
			w.empty(t)
			return
		}
		w.load(t, o)
		w.same(t)
		w.empty(t)
	})
}

// damage turns the bits of a byte of a file round.
func damage(t testing.TB, path string, at int) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[at%len(data)] ^= 0xff
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
