package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

func readText(text string, opt graph.EdgeOptions) (*graph.Edges, error) {
	return graph.ReadEdgesFrom(context.Background(), "ties.csv", strings.NewReader(text), opt)
}

// ties reads a text and lists its ties, in canonical order, as "from to weight".
func ties(t *testing.T, text string, opt graph.EdgeOptions) []string {
	t.Helper()
	e, err := readText(text, opt)
	if err != nil {
		t.Fatal(err)
	}
	g, _, err := e.Build(context.Background(), graph.BuildOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Validate(); err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, a := range arcsOf(g) {
		list = append(list, tieText(e, a))
	}
	return list
}

func tieText(e *graph.Edges, a graph.Arc) string {
	return fmt.Sprintf("%s %s %v", e.Names.At(a.From), e.Columns.At(a.To), a.Weight)
}

func TestReadEdgesForms(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		opt  graph.EdgeOptions
		want []string
	}{
		"plain":                   {"1,2\n2,3\n1,2\n", graph.EdgeOptions{}, []string{"1 2 2", "2 3 1"}},
		"no last line end":        {"1,2\n2,3", graph.EdgeOptions{}, []string{"1 2 1", "2 3 1"}},
		"byte order of numbers":   {"10,9\n9,100\n", graph.EdgeOptions{}, []string{"10 9 1", "9 100 1"}},
		"weights":                 {"a,b,0.5\nb,c,2e3\na,b,.25\n", graph.EdgeOptions{}, []string{"a b 0.75", "b c 2000"}},
		"weights left out":        {"a,b,0.5\nb,c,2\n", graph.EdgeOptions{Unweighted: true}, []string{"a b 1", "b c 1"}},
		"zero weight":             {"a,b,0\nb,c,2\n", graph.EdgeOptions{}, []string{"b c 2"}},
		"Windows lines":           {"1,2,3\r\n2,x,4\r\n", graph.EdgeOptions{}, []string{"1 2 3", "2 x 4"}},
		"Windows lines, two":      {"1,2\r\n2,x\r\n", graph.EdgeOptions{}, []string{"1 2 1", "2 x 1"}},
		"tabs":                    {"a,b\tc\n", graph.EdgeOptions{}, []string{"a,b c 1"}},
		"semicolons":              {"a;b;2\n", graph.EdgeOptions{}, []string{"a b 2"}},
		"bars":                    {"a|b\n", graph.EdgeOptions{}, []string{"a b 1"}},
		"runs of blanks":          {"  1  2 \t 3 \n 4 5 6\n", graph.EdgeOptions{}, []string{"1 2 3", "4 5 6"}},
		"another delimiter":       {"a:b\n", graph.EdgeOptions{Delimiter: ':'}, []string{"a b 1"}},
		"blanks round ids":        {" a , b \n", graph.EdgeOptions{}, []string{"a b 1"}},
		"blanks inside quotes":    {"\" a\", b \n", graph.EdgeOptions{}, []string{" a b 1"}},
		"leading zeros":           {"007,7\n+7,0\n", graph.EdgeOptions{}, []string{"+7 0 1", "007 7 1"}},
		"long numbers":            {"268435455,268435456\n4512345678,99999999999999999999\n", graph.EdgeOptions{}, []string{"268435455 268435456 1", "4512345678 99999999999999999999 1"}},
		"quotes":                  {"\"a,b\",\"say \"\"hi\"\"\"\n\"7\",7\n", graph.EdgeOptions{Header: graph.HeaderNo}, []string{"7 7 1", "a,b say \"hi\" 1"}},
		"a quote inside":          {"a\"b,c\n", graph.EdgeOptions{}, []string{"a\"b c 1"}},
		"quotes between blanks":   {"\"Evelyn Jefferson\" E1\n", graph.EdgeOptions{}, []string{"Evelyn Jefferson E1 1"}},
		"emoji and NUL":           {"☎️,a\x00b\n", graph.EdgeOptions{}, []string{"☎️ a\x00b 1"}},
		"empty lines":             {"\n1,2\n\n\r\n2,3\n\n", graph.EdgeOptions{}, []string{"1 2 1", "2 3 1"}},
		"comments":                {"# Nodes: 3\n% more\n1 2\n2 3\n", graph.EdgeOptions{}, []string{"1 2 1", "2 3 1"}},
		"byte order mark":         {"\xef\xbb\xbfcaller,callee\n1,2\n", graph.EdgeOptions{}, []string{"1 2 1"}},
		"known header":            {"from,to\na,b\n", graph.EdgeOptions{}, []string{"a b 1"}},
		"header with a blank":     {" user_a,user_b\n0,512\n", graph.EdgeOptions{}, []string{"0 512 1"}},
		"unknown header":          {"foo,bar\n1,2\n", graph.EdgeOptions{}, []string{"1 2 1"}},
		"header by its weight":    {"x,y,z\na,b,2\n", graph.EdgeOptions{}, []string{"a b 2"}},
		"header in any order":     {"weight,callee,caller\n3,b,a\n", graph.EdgeOptions{}, []string{"a b 3"}},
		"no header":               {"from,to\na,b\n", graph.EdgeOptions{Header: graph.HeaderNo}, []string{"a b 1", "from to 1"}},
		"header said":             {"alice,bob\na,b\n", graph.EdgeOptions{Header: graph.HeaderYes}, []string{"a b 1"}},
		"words are no header":     {"alice,bob\ncarol,dave\n", graph.EdgeOptions{}, []string{"alice bob 1", "carol dave 1"}},
		"call records":            {"timestamp,caller,callee,duration\n1,7,8,121\n2,7,8,-1\n", graph.EdgeOptions{}, []string{"7 8 2"}},
		"times are no weight":     {"caller,callee,start\n7,8,121\n", graph.EdgeOptions{}, []string{"7 8 1"}},
		"columns by name":         {"t,a,b,d\n1,7,8,3\n2,7,8,4\n", graph.EdgeOptions{From: "A", To: "b", Weight: "d"}, []string{"7 8 7"}},
		"columns by number":       {"1,7,8,3\n2,7,8,4\n", graph.EdgeOptions{From: "3", To: "2", Weight: "4"}, []string{"8 7 7"}},
		"two sides":               {"customer,product\n7,7\n8,7\n", graph.EdgeOptions{TwoSides: true}, []string{"7 7 1", "8 7 1"}},
		"third column left blank": {"1,2,\n2,3,\n", graph.EdgeOptions{}, []string{"1 2 1", "2 3 1"}},
		"skipped quotes":          {"from,to,note\n1,2,\"a,b\"\n2,3, \"x\"\n", graph.EdgeOptions{}, []string{"1 2 1", "2 3 1"}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ties(t, tc.text, tc.opt)); diff != "" {
				t.Errorf("ties (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadEdgesRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		opt  graph.EdgeOptions
		want string
	}{
		"empty":             {"", graph.EdgeOptions{}, "ties.csv: is empty"},
		"blank":             {"\n\n", graph.EdgeOptions{}, "ties.csv: has no rows"},
		"header only":       {"from,to\n", graph.EdgeOptions{}, "ties.csv: has a header and no rows below it"},
		"binary":            {strings.Repeat("\x00\x01,\x02\x03\n", 9), graph.EdgeOptions{}, "ties.csv: is not text; an edge list is CSV or TSV, plain, gzip or zstd"},
		"Parquet":           {"PAR1 and so on", graph.EdgeOptions{}, "ties.csv: is not text; an edge list is CSV or TSV, plain, gzip or zstd"},
		"UTF-16":            {"\xff\xfe1\x00,\x002\x00", graph.EdgeOptions{}, "ties.csv: is written in UTF-16; save it as UTF-8"},
		"old Mac":           {"1,2\r3,4\r", graph.EdgeOptions{}, "ties.csv line 1: ends its lines with carriage returns only; save it with Unix or Windows line ends"},
		"one column":        {"1\n2\n", graph.EdgeOptions{}, "ties.csv line 1: has one column only; a tie needs two ids with a comma, tab, semicolon, bar or space between (name the delimiter if it is another)"},
		"wrong delimiter":   {"1,2\n", graph.EdgeOptions{Delimiter: ';'}, "ties.csv line 1: has one column only when ';' stands between columns; a tie needs two ids"},
		"too many columns":  {"1,2,3,4\n", graph.EdgeOptions{}, "ties.csv: has 4 columns (1, 2, 3, 4); say which two are the ends of a tie"},
		"column missing":    {"a,b,c\n1,2,3\n", graph.EdgeOptions{From: "a", To: "z"}, "ties.csv, column z: is missing; the file has a, b, c"},
		"number missing":    {"1,2\n", graph.EdgeOptions{From: "1", To: "3"}, "ties.csv, column 3: is missing; the file has no header, so name its columns by number, 1 to 2"},
		"one end":           {"a,b\n1,2\n", graph.EdgeOptions{From: "a"}, "ties.csv: needs the columns of both ends of a tie; one was given"},
		"same column":       {"from,to\n1,2\n", graph.EdgeOptions{From: "to", To: "to"}, "ties.csv, column to: can't be both ends of a tie"},
		"end as weight":     {"from,to\n1,2\n", graph.EdgeOptions{Weight: "to"}, "ties.csv, column to: can't be both an end of a tie and its weight"},
		"word for weight":   {"1,2,3\n1,2,many\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "many", which is not a number`},
		"named weight":      {"from,to,weight\n1,2,3\n1,2,1,5\n", graph.EdgeOptions{}, "ties.csv line 3: has more fields than the 3 of the first row"},
		"empty weight":      {"from,to,weight\n1,2,3\n1,2,\n", graph.EdgeOptions{}, "ties.csv line 3, column weight: is empty; a weight must be a number"},
		"NaN":               {"1,2,3\n1,2,NaN\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "NaN"; a weight must be a number that is not negative`},
		"negative":          {"1,2,3\n1,2,-1\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "-1"; a weight must be a number that is not negative`},
		"infinite":          {"1,2,3\n1,2,1e999\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "1e999"; a weight must not exceed 3.4e38`},
		"too large":         {"1,2,3\n1,2,1e39\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "1e39"; a weight must not exceed 3.4e38`},
		"too few":           {"# a\n1,2,3\n\n1,2\n", graph.EdgeOptions{}, "ties.csv line 4: has 2 of 3 fields"},
		"empty id":          {"1,2\n,2\n", graph.EdgeOptions{}, "ties.csv line 2, column 1: is empty; a tie needs an id at both ends"},
		"quoted empty id":   {"from,to\n1,\"\"\n", graph.EdgeOptions{}, "ties.csv line 2, column to: is empty; a tie needs an id at both ends"},
		"unclosed":          {"1,2\n\"3,4\n5,6\n", graph.EdgeOptions{Delimiter: ','}, "ties.csv line 2: has a quote that is not closed on the same line; close it, double it inside a quoted field, or take the line break out of the field"},
		"behind the quote":  {"1,2\n\"3\"x,4\n", graph.EdgeOptions{Delimiter: ','}, "ties.csv line 2: goes on behind its closing quote; double a quote inside a quoted field"},
		"not really gzip":   {"\x1f\x8b\x00\x00 and so on", graph.EdgeOptions{}, "ties.csv: can't be decompressed (gzip: invalid header); copy it again"},
		"unclosed far down": {strings.Repeat("1,2\n", 200) + "\"3,4\n5,6\n", graph.EdgeOptions{}, "ties.csv line 201, column 1: has a quote that is not closed on the same line; close it, double it inside a quoted field, or take the line break out of the field"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readText(tc.text, tc.opt)
			var data *graph.DataError
			if !errors.As(err, &data) || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestReadEdgesFiles(t *testing.T) {
	dir := t.TempDir()
	ctx := context.Background()
	_, err := graph.ReadEdges(ctx, filepath.Join(dir, "absent.csv"), graph.EdgeOptions{})
	if want := filepath.Join(dir, "absent.csv") + ": does not exist; check the name and the folder"; err == nil || err.Error() != want {
		t.Errorf("absent: %v", err)
	}
	_, err = graph.ReadEdges(ctx, dir, graph.EdgeOptions{})
	if want := dir + ": is a folder; name a file in it"; err == nil || err.Error() != want {
		t.Errorf("folder: %v", err)
	}

	var text bytes.Buffer
	for i := range 100_000 { // several blocks
		fmt.Fprintf(&text, "%d,c%d\n", i%7919, i%104729)
	}
	var zipped bytes.Buffer
	gz := gzip.NewWriter(&zipped)
	half := text.Len() / 2
	_, _ = gz.Write(text.Bytes()[:half])
	_ = gz.Close()
	gz.Reset(&zipped) // a second member, as pigz and cat make them
	_, _ = gz.Write(text.Bytes()[half:])
	_ = gz.Close()
	zs, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	packed := zs.EncodeAll(text.Bytes(), nil)
	var want *graph.Graph
	for _, f := range []struct {
		name string
		data []byte
	}{{"plain.csv", text.Bytes()}, {"a.csv.gz", zipped.Bytes()}, {"a.csv.zst", packed}} {
		path := filepath.Join(dir, f.name)
		if err := os.WriteFile(path, f.data, 0o600); err != nil {
			t.Fatal(err)
		}
		last := int64(0)
		e, err := graph.ReadEdges(ctx, path, graph.EdgeOptions{Threads: 3, Progress: func(_ string, done, total int64) {
			if done < last || done > total || total != int64(len(f.data)) {
				t.Errorf("progress %d of %d after %d", done, total, last)
			}
			last = done
		}})
		if err != nil {
			t.Fatalf("%s: %v", f.name, err)
		}
		if e.Rows != 100_000 || e.Bytes != int64(text.Len()) || last != int64(len(f.data)) {
			t.Errorf("%s: %d rows, %d bytes, progress %d", f.name, e.Rows, e.Bytes, last)
		}
		g, _, err := e.Build(ctx, graph.BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if want == nil {
			want = g
		} else if !equal(want, g) {
			t.Errorf("%s gives another graph", f.name)
		}
	}
	for _, name := range []string{"a.csv.gz", "a.csv.zst"} {
		path := filepath.Join(dir, name)
		data, _ := os.ReadFile(path)
		if err := os.WriteFile(path, data[:len(data)-9], 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := graph.ReadEdges(ctx, path, graph.EdgeOptions{})
		if want := path + ": ends in the middle of compressed data; copy it again"; err == nil || err.Error() != want {
			t.Errorf("%s cut short: %v", name, err)
		}
	}
	canceled, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := graph.ReadEdges(canceled, filepath.Join(dir, "plain.csv"), graph.EdgeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("with its context ended: %v", err)
	}
}

// broken fails in the middle of a file.
type broken struct{ r io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("input/output error")
	}
	return n, err
}

func TestReadEdgesReportsReadErrors(t *testing.T) {
	_, err := graph.ReadEdgesFrom(context.Background(), "ties.csv", broken{strings.NewReader("1,2\n")}, graph.EdgeOptions{})
	if err == nil || err.Error() != "read ties.csv: input/output error" {
		t.Errorf("got %v", err)
	}
}

func TestReadEdgesLongLines(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	e, err := readText("a,b\n"+long+",c\nd,e\n", graph.EdgeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Rows != 3 || e.Names.Len() != 6 {
		t.Errorf("%d rows, %d names", e.Rows, e.Names.Len())
	}
	if _, ok := e.Names.Find(long); !ok {
		t.Error("the id of 10 MB is lost")
	}
	// Lines about as long as a block, so that begun lines fill the next one.
	var text strings.Builder
	for i := range 40 {
		fmt.Fprintf(&text, "%d,%s%d\n", i, long[:i*50_000], i)
	}
	if e, err = readText(text.String(), graph.EdgeOptions{Threads: 2}); err != nil || e.Rows != 40 || e.Names.Len() != 79 {
		t.Errorf("lines of up to 2 MB: %v", err)
	}
	_, err = readText("a,b\n"+long+long+",c\n", graph.EdgeOptions{})
	if err == nil || err.Error() != "ties.csv: has a line of more than 16 MiB; is it an edge list?" {
		t.Errorf("20 MB: %v", err)
	}
}

// The first fault of the file is the one reported, with its line, however the
// blocks fall to the threads.
func TestReadEdgesReportsTheFirstFault(t *testing.T) {
	var text strings.Builder
	text.WriteString("# made for a test\nfrom,to,weight\n")
	const bad, worse = 90_003, 90_100
	for i := 3; i <= 150_000; i++ {
		switch i {
		case bad:
			text.WriteString("a,b,-3\n")
		case worse, 149_999:
			text.WriteString("a\n")
		default:
			fmt.Fprintf(&text, "%d,%d,1\n", i%1000, i)
		}
	}
	for _, threads := range []int{1, 2, 3, 8} {
		for range 2 {
			_, err := readText(text.String(), graph.EdgeOptions{Threads: threads})
			want := &graph.DataError{File: "ties.csv", Line: bad, Column: "weight", Reason: `has "-3"; a weight must be a number that is not negative`}
			var got *graph.DataError
			if !errors.As(err, &got) || *got != *want {
				t.Fatalf("%d threads: got %v, want %v", threads, err, want)
			}
		}
	}
}

// The oracle is encoding/csv with a map.
func TestReadEdgesEqualsEncodingCSV(t *testing.T) {
	id := rapid.OneOf(
		rapid.StringMatching(`[0-9]{1,10}`),
		rapid.StringMatching(`[a-c"',;|☎\x{0} ]{0,4}[x-z]`),
	)
	rapid.Check(t, func(t *rapid.T) {
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		w.UseCRLF = rapid.Bool().Draw(t, "crlf")
		weighted := rapid.Bool().Draw(t, "weighted")
		for range rapid.IntRange(1, 40).Draw(t, "rows") {
			row := []string{id.Draw(t, "from"), id.Draw(t, "to")}
			if weighted {
				row = append(row, strconv.FormatFloat(rapid.SampledFrom([]float64{1, 2, .5, 0.1, 1e-9, 123456789.125, 1e22, 0}).Draw(t, "w"), 'g', -1, 64))
			}
			_ = w.Write(row)
		}
		w.Flush()
		e, err := graph.ReadEdgesFrom(context.Background(), "x", bytes.NewReader(text.Bytes()),
			graph.EdgeOptions{Delimiter: ',', Header: graph.HeaderNo, Threads: rapid.IntRange(1, 3).Draw(t, "threads")})
		if err != nil {
			t.Fatal(err)
		}
		got, _, err := e.Build(context.Background(), graph.BuildOptions{})
		if err != nil {
			t.Fatal(err)
		}

		rows, err := csv.NewReader(bytes.NewReader(text.Bytes())).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		d := graph.NewDict(0)
		var arcs []graph.Arc
		for _, r := range rows {
			a := graph.Arc{From: d.AddString(r[0]), To: d.AddString(r[1]), Weight: 1}
			if weighted {
				x, _ := strconv.ParseFloat(r[2], 64)
				a.Weight = float32(x)
			}
			arcs = append(arcs, a)
		}
		names, rank := d.Canonical()
		for i := range arcs {
			arcs[i].From, arcs[i].To = rank[arcs[i].From], rank[arcs[i].To]
		}
		if diff := cmp.Diff(listNames(names), listNames(e.Names)); diff != "" {
			t.Fatalf("names (-want +got):\n%s", diff)
		}
		want := build(t, graph.BuildOptions{Rows: uint32(names.Len())}, arcs)
		if !equal(want, got) {
			t.Fatalf("graphs differ:\n%v\n%v", arcsOf(want), arcsOf(got))
		}
	})
}

// Real files, with counts that were published with them or counted with awk.
func TestReadEdgesRealData(t *testing.T) {
	for name, tc := range map[string]struct {
		path     string
		opt      graph.EdgeOptions
		rows     int64
		vertices int
		columns  int
		ties     int64
		weight   float64
	}{
		"calls":          {"copenhagen/calls.csv", graph.EdgeOptions{}, 3600, 536, 536, 924, 3600},
		"messages":       {"copenhagen/sms.csv", graph.EdgeOptions{}, 24333, 568, 568, 1303, 24333},
		"friends":        {"copenhagen/fb_friends.csv", graph.EdgeOptions{}, 6429, 800, 800, 6429, 6429},
		"college":        {"collegemsg/CollegeMsg.txt", graph.EdgeOptions{Unweighted: true}, 59835, 1899, 1899, 20296, 59835},
		"Deezer":         {"deezer-ro/RO_edges.csv.gz", graph.EdgeOptions{}, 125826, 41773, 41773, 125826, 125826},
		"southern women": {"southern-women/davis_edges.csv", graph.EdgeOptions{TwoSides: true}, 89, 18, 14, 89, 89},
		"forum":          {"ucforum-bipartite/csv/ucforum_edges.csv", graph.EdgeOptions{TwoSides: true}, 7089, 522, 899, 7089, 33720},
		"faculty":        {"ukfaculty/csv/UKfaculty_edges.csv", graph.EdgeOptions{}, 817, 81, 81, 817, 3730},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := graph.ReadEdges(context.Background(), graphtest.Data(t, tc.path), tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			g, _, err := e.Build(context.Background(), graph.BuildOptions{})
			if err != nil {
				t.Fatal(err)
			}
			got := []any{e.Rows, g.Rows(), int(g.Cols), g.Edges(), g.TotalWeight(0)}
			if diff := cmp.Diff([]any{tc.rows, tc.vertices, tc.columns, tc.ties, tc.weight}, got); diff != "" {
				t.Errorf("rows, vertices, columns, ties, weight (-want +got):\n%s", diff)
			}
		})
	}
}

var longNumber = regexp.MustCompile(`[0-9]{6}`)

func FuzzReadEdges(f *testing.F) {
	for _, s := range []string{"1,2\n", "a\tb\t3\r\n", "\"a\"\"b\",c\n", "# x\nfrom,to,weight\n1,2,0.5\n", "1 2 3\n 4 5 6 ", "\xef\xbb\xbfx;y",
		"%%MatrixMarket matrix coordinate real symmetric\n%\n3 3 2\n2 1 .5\n3 3 1\n", "%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2\n"} {
		f.Add(s, false)
	}
	f.Add("% x\n2 1 11\n1 2 5\n1 1 5\n", true)
	f.Fuzz(func(t *testing.T, text string, metis bool) {
		if !metis && strings.HasPrefix(strings.ToLower(text), "%%matrixmarket") && longNumber.MatchString(text) {
			t.Skip("a matrix of millions of vertices is right, and slow")
		}
		read := readText
		if metis {
			read = readMETIS
		}
		e, err := read(text, graph.EdgeOptions{Threads: 2})
		if err != nil {
			var data *graph.DataError
			if !errors.As(err, &data) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		g, _, err := e.Build(context.Background(), graph.BuildOptions{Undirected: true})
		if err != nil {
			var data *graph.DataError
			if !errors.As(err, &data) {
				t.Fatal(err)
			}
			return
		}
		if err := g.Validate(); err != nil {
			t.Fatal(err)
		}
		for i := 1; i < e.Names.Len(); i++ {
			if e.Names.At(uint32(i-1)) >= e.Names.At(uint32(i)) {
				t.Fatal("names out of order")
			}
		}
	})
}

// tiesCSV writes so many rows of two ids drawn from n.
func tiesCSV(rows, n int, format string) []byte {
	r := rand.New(rand.NewPCG(1, 0))
	var b []byte
	for range rows {
		b = fmt.Appendf(b, format, r.IntN(n), r.IntN(n))
	}
	return b
}

func BenchmarkReadEdges(b *testing.B) {
	for _, tc := range []struct{ name, format string }{
		{"numbers", "%d,%d\n"},
		{"phones", "+45%08d,+45%08d\n"},
		{"weights", "%d,%d,1.5\n"},
	} {
		for _, rows := range []int{10_000, 1_000_000} {
			text := tiesCSV(rows, rows/10, tc.format)
			b.Run(fmt.Sprintf("%s/%d", tc.name, rows), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := graph.ReadEdgesFrom(context.Background(), "x", bytes.NewReader(text), graph.EdgeOptions{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
			})
		}
	}
}

// BenchmarkCallsCSVToCSR is the way of a night's call records: a file of 10 M
// rows with phone numbers to a weighted graph, names and all. The script
// graph/bench/peers/read_peers.py sets the same beside DuckDB.
func BenchmarkCallsCSVToCSR(b *testing.B) {
	for _, rows := range []int{100_000, 10_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "calls.csv")
			if err := writeCalls(path, rows); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				e, err := graph.ReadEdges(context.Background(), path, graph.EdgeOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := e.Build(context.Background(), graph.BuildOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

func writeCalls(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	if _, err := w.WriteString("caller,callee,start,seconds\n"); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 0))
	at := 1_700_000_000
	for range rows {
		at += r.IntN(2)
		if _, err := fmt.Fprintf(w, "+4520%06d,+4520%06d,%d,%d\n", r.IntN(rows/10), r.IntN(rows/10), at, r.IntN(600)); err != nil {
			return err
		}
	}
	return w.Flush()
}
