package graph_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
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
