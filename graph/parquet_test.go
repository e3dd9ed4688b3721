package graph_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// parquetColumn is a column of a file to write: values of one of the types that
// the writer knows, nil for none.
type parquetColumn struct {
	name    string
	logical schema.LogicalType
	values  []any
}

// parquetFile writes columns in row groups of so many rows.
func parquetFile(t testing.TB, groupRows int, columns []parquetColumn, opt ...parquet.WriterProperty) string {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var fields schema.FieldList
	for _, c := range columns {
		physical := parquet.Types.ByteArray
		switch c.values[0].(type) {
		case int64:
			physical = parquet.Types.Int64
		case int32:
			physical = parquet.Types.Int32
		case float64:
			physical = parquet.Types.Double
		case float32:
			physical = parquet.Types.Float
		case bool:
			physical = parquet.Types.Boolean
		}
		need := parquet.Repetitions.Required
		for _, v := range c.values {
			if v == nil {
				need = parquet.Repetitions.Optional
			}
		}
		node, err := schema.NewPrimitiveNodeLogical(c.name, need, c.logical, physical, -1, -1)
		must(err)
		fields = append(fields, node)
	}
	root, err := schema.NewGroupNode("schema", parquet.Repetitions.Required, fields, -1)
	must(err)
	var b bytes.Buffer
	w := file.NewParquetWriter(&b, root, file.WithWriterProps(parquet.NewWriterProperties(opt...)))
	rows := len(columns[0].values)
	for lo := 0; lo < rows; lo += groupRows {
		g := w.AppendRowGroup()
		for _, c := range columns {
			column, err := g.NextColumn()
			must(err)
			var levels []int16
			var long []int64
			var short []int32
			var real []float64
			var single []float32
			var text []parquet.ByteArray
			var yes []bool
			for _, v := range c.values[lo:min(lo+groupRows, rows)] {
				level := int16(1)
				switch v := v.(type) {
				case int64:
					long = append(long, v)
				case int32:
					short = append(short, v)
				case float64:
					real = append(real, v)
				case float32:
					single = append(single, v)
				case string:
					text = append(text, parquet.ByteArray(v))
				case bool:
					yes = append(yes, v)
				case nil:
					level = 0
				}
				levels = append(levels, level)
			}
			if column.Descr().MaxDefinitionLevel() == 0 {
				levels = nil
			}
			switch w := column.(type) {
			case *file.Int64ColumnChunkWriter:
				_, err = w.WriteBatch(long, levels, nil)
			case *file.Int32ColumnChunkWriter:
				_, err = w.WriteBatch(short, levels, nil)
			case *file.Float64ColumnChunkWriter:
				_, err = w.WriteBatch(real, levels, nil)
			case *file.Float32ColumnChunkWriter:
				_, err = w.WriteBatch(single, levels, nil)
			case *file.ByteArrayColumnChunkWriter:
				_, err = w.WriteBatch(text, levels, nil)
			case *file.BooleanColumnChunkWriter:
				_, err = w.WriteBatch(yes, levels, nil)
			}
			must(err)
			must(column.Close())
		}
		must(g.Close())
	}
	must(w.Close())
	path := filepath.Join(t.TempDir(), "ties.parquet")
	must(os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// TestParquetEqualsCSV reads the same ties in both forms: of text, of numbers and
// mixed, in one row group and in many, packed and not.
func TestParquetEqualsCSV(t *testing.T) {
	const rows = 40_000
	from, to, weight := make([]any, rows), make([]any, rows), make([]any, rows)
	csv := strings.Builder{}
	for i := range rows {
		a, b := int64(i*7919%5003), "+49"+strconv.Itoa(i*104729%7001)
		if i%3 == 0 {
			b = strconv.Itoa(i * 31 % 6007)
		}
		if i%1000 == 0 {
			a = -a - math.MaxInt64/2
		}
		w := float64(1+i%50) / 4
		from[i], to[i], weight[i] = a, b, w
		csv.WriteString(strconv.FormatInt(a, 10) + "," + b + "," + strconv.FormatFloat(w, 'g', -1, 64) + "\n")
	}
	columns := []parquetColumn{{"at", nil, from}, {"caller", nil, from}, {"callee", schema.StringLogicalType{}, to}, {"weight", nil, weight}}
	want, err := readText("caller,callee,weight\n"+csv.String(), graph.EdgeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	wantGraph, _, err := want.Build(t.Context(), graph.BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"one group":                  parquetFile(t, rows, columns),
		"many groups, snappy":        parquetFile(t, 777, columns, parquet.WithCompression(compress.Codecs.Snappy)),
		"zstd, small pages, no dict": parquetFile(t, 20_000, columns, parquet.WithCompression(compress.Codecs.Zstd), parquet.WithDictionaryDefault(false), parquet.WithDataPageSize(1000)),
	} {
		for _, threads := range []int{1, 2, 3, 8} {
			got, err := graph.ReadEdges(t.Context(), path, graph.EdgeOptions{Threads: threads})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got.Rows != rows || got.From != "caller" || got.To != "callee" || got.Weight != "weight" {
				t.Errorf("%s: %d rows of %s, %s, %s", name, got.Rows, got.From, got.To, got.Weight)
			}
			g, _, err := got.Build(t.Context(), graph.BuildOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if differs(wantGraph, g) || !cmp.Equal(listOf(want.Names), listOf(got.Names)) {
				t.Errorf("%s on %d threads gives another graph than the CSV", name, threads)
			}
		}
	}
}

func TestParquetForms(t *testing.T) {
	for name, tc := range map[string]struct {
		columns []parquetColumn
		opt     graph.EdgeOptions
		want    []string
	}{
		"32 bits without sign": {[]parquetColumn{{"a", schema.NewIntLogicalType(32, false), []any{int32(-1)}}, {"b", nil, []any{int32(-1)}}}, graph.EdgeOptions{}, []string{"4294967295 -1 1"}},
		"64 bits without sign": {[]parquetColumn{{"a", schema.NewIntLogicalType(64, false), []any{int64(-1)}}, {"b", nil, []any{int64(268435456)}}}, graph.EdgeOptions{},
			[]string{"18446744073709551615 268435456 1"}},
		"a decimal weight":       {[]parquetColumn{{"a", nil, []any{"x"}}, {"b", nil, []any{"y"}}, {"c", schema.NewDecimalLogicalType(9, 2), []any{int32(1250)}}}, graph.EdgeOptions{}, []string{"x y 12.5"}},
		"a single weight":        {[]parquetColumn{{"a", nil, []any{"x"}}, {"b", nil, []any{"y"}}, {"w", nil, []any{float32(.5)}}}, graph.EdgeOptions{}, []string{"x y 0.5"}},
		"a third column of text": {[]parquetColumn{{"a", nil, []any{"x"}}, {"b", nil, []any{"y"}}, {"c", nil, []any{"z"}}}, graph.EdgeOptions{}, []string{"x y 1"}},
		"blanks around":          {[]parquetColumn{{"a", nil, []any{" x "}}, {"b", nil, []any{"07"}}}, graph.EdgeOptions{}, []string{"x 07 1"}},
		"two sides":              {[]parquetColumn{{"a", nil, []any{"x", "x"}}, {"b", nil, []any{"x", "y"}}}, graph.EdgeOptions{TwoSides: true}, []string{"x x 1", "x y 1"}},
		"columns by number":      {[]parquetColumn{{"p", nil, []any{true}}, {"q", nil, []any{"x"}}, {"r", nil, []any{int64(7)}}, {"s", nil, []any{int64(3)}}}, graph.EdgeOptions{From: "2", To: "r", Weight: "4"}, []string{"x 7 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := graph.ReadEdges(t.Context(), parquetFile(t, 1, tc.columns), tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			g, _, err := e.Build(t.Context(), graph.BuildOptions{})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, a := range arcsOf(g) {
				got = append(got, tieText(e, a))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParquetRefuses(t *testing.T) {
	text := func(values ...any) []any { return values }
	for want, columns := range map[string][]parquetColumn{
		"has 1 columns; a tie needs two ids":              {{"a", nil, text("x")}},
		"column a: row 3 has an empty text":               {{"a", nil, text("x", "y", "")}, {"b", nil, text("x", "x", "x")}},
		"column b: row 3 has no value":                    {{"a", nil, text("x", "y", "z")}, {"b", nil, text("x", "y", nil)}},
		"column b: row 1 has no value":                    {{"a", nil, text("x")}, {"b", nil, []any{nil}}},
		"column a: holds DOUBLE; an id is a text":         {{"a", nil, []any{1.5}}, {"b", nil, text("x")}},
		"column a: holds Date; an id is a text":           {{"a", schema.DateLogicalType{}, []any{int32(1)}}, {"b", nil, text("x")}},
		"column weight: holds BYTE_ARRAY; a weight is a":  {{"a", nil, text("x")}, {"b", nil, text("x")}, {"weight", nil, text("x")}},
		"column w: row 2 has -1; a weight must be":        {{"a", nil, text("x", "x")}, {"b", nil, text("x", "x")}, {"w", nil, []any{int64(1), int64(-1)}}},
		"column w: row 1 has NaN; a weight must be":       {{"a", nil, text("x")}, {"b", nil, text("x")}, {"w", nil, []any{math.NaN()}}},
		"column w: row 1 has 1e+39; a weight must not":    {{"a", nil, text("x")}, {"b", nil, text("x")}, {"w", nil, []any{1e39}}},
		"has 4 columns (a, b, c, d); say which two":       {{"a", nil, text("x")}, {"b", nil, text("x")}, {"c", nil, text("x")}, {"d", nil, text("x")}},
		"column w: row 2 has -0.5; a weight must be a nu": {{"a", nil, text("x", "x", "")}, {"b", nil, text("x", "x", "y")}, {"w", nil, []any{.5, -.5, .5}}},
	} {
		for _, groupRows := range []int{2, 10} {
			_, err := graph.ReadEdges(t.Context(), parquetFile(t, groupRows, columns), graph.EdgeOptions{})
			var data *graph.DataError
			if strings.HasPrefix(want, "column w: row 2 has -0.5") && groupRows == 10 {
				// Columns are read one after another, so here the id comes first.
				want = "column a: row 3 has an empty text"
			}
			if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
				t.Errorf("in groups of %d:\n got %v\nwant %s", groupRows, err, want)
			}
		}
	}
}

// TestDamagedParquet cuts a file off at every byte and turns every third over: each is
// refused with a sentence or read.
func TestDamagedParquet(t *testing.T) {
	var from, to []any
	for i := range 300 {
		from, to = append(from, int64(i)), append(to, "c"+strconv.Itoa(i%17))
	}
	whole, err := os.ReadFile(parquetFile(t, 100, []parquetColumn{{"caller", nil, from}, {"callee", nil, to}}))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ties.parquet")
	read := func(b []byte) error {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := graph.ReadEdges(t.Context(), path, graph.EdgeOptions{Threads: 2})
		return err
	}
	var data *graph.DataError
	for n := range len(whole) {
		if err := read(whole[:n]); !errors.As(err, &data) {
			t.Fatalf("cut off at byte %d of %d: %v", n, len(whole), err)
		}
	}
	for i := 0; i < len(whole); i += 3 {
		b := bytes.Clone(whole)
		b[i] ^= 0x55
		if err := read(b); err != nil && !errors.As(err, &data) {
			t.Fatalf("byte %d turned over: %v", i, err)
		}
	}
}
