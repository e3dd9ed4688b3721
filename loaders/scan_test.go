package loaders

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// row is a record with its fields, for comparing.
type row struct {
	Line   int64
	Fault  string
	Fields []string
}

func scanAll(t testing.TB, src io.Reader, d dialect) (rows []row, s *scanner) {
	t.Helper()
	s = newScanner(src, d)
	for s.next() {
		rows = append(rows, row{s.rec.line, s.rec.fault, d.split(s.rec.raw)})
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return rows, s
}

func TestScanner(t *testing.T) {
	comma := dialect{delim: ",", columns: 2}
	for _, c := range []struct {
		name string
		d    dialect
		text string
		want []row
	}{
		{"plain", comma, "a,b\nc,d\n", []row{{1, "", []string{"a", "b"}}, {2, "", []string{"c", "d"}}}},
		{"no newline at the end", comma, "a,b\nc,d", []row{{1, "", []string{"a", "b"}}, {2, "", []string{"c", "d"}}}},
		{"carriage returns", comma, "a,b\r\nc,d\r\n\r\n", []row{{1, "", []string{"a", "b"}}, {2, "", []string{"c", "d"}}}},
		{"carriage return at the end", comma, "a,b\r", []row{{1, "", []string{"a", "b"}}}},
		{"old Macintosh", dialect{delim: ",", columns: 2, cr: true}, "a,b\rc,d\r", []row{{1, "", []string{"a", "b"}}, {2, "", []string{"c", "d"}}}},
		{"blank lines are skipped but counted as lines", comma, "\na,b\n\n\nc,d\n", []row{{2, "", []string{"a", "b"}}, {5, "", []string{"c", "d"}}}},
		{"quotes", comma, "\"a,1\",\"say \"\"b\"\"\"\n\"\",d\n", []row{{1, "", []string{"a,1", `say "b"`}}, {2, "", []string{"", "d"}}}},
		{"newline in quotes", comma, "a,\"b\nc\"\nd,e\n", []row{{1, "", []string{"a", "b\nc"}}, {3, "", []string{"d", "e"}}}},
		{"quote within text", comma, "5\" pipe,b\nc,d\n", []row{{1, "", []string{`5" pipe`, "b"}}, {2, "", []string{"c", "d"}}}},
		{"blanks around quotes", comma, " \"a,1\" , \"b\"\n", []row{{1, "", []string{"a,1", "b"}}}},
		{"too many and too few", comma, "a,b,c\nd\ne,f\n", []row{{1, faultMany, []string{"a", "b", "c"}}, {2, faultFew, []string{"d"}}, {3, "", []string{"e", "f"}}}},
		{"unclosed quote costs one line", comma, "\"a,b\nc,d\ne,f\n", []row{{1, faultQuote, []string{`"a,b`}}, {2, "", []string{"c", "d"}}, {3, "", []string{"e", "f"}}}},
		{"unclosed quote before a quoted field", comma, "\"a,b\nc,d\n\"e\",f\n", []row{{1, faultAfter, []string{`"a,b`}}, {2, "", []string{"c", "d"}}, {3, "", []string{"e", "f"}}}},
		{"NUL", comma, "a,b\x00\nc,d\n", []row{{1, faultNUL, []string{"a", "b\x00"}}, {2, "", []string{"c", "d"}}}},
		{"not UTF-8", comma, "a,M\xfcller\nc,d\n", []row{{1, faultUTF8, []string{"a", "M\xfcller"}}, {2, "", []string{"c", "d"}}}},
		{"emoji", comma, "😀,b\n", []row{{1, "", []string{"😀", "b"}}}},
		{"tab", dialect{delim: "\t", columns: 2}, "a b\tc\n", []row{{1, "", []string{"a b", "c"}}}},
		{"runs of blanks", dialect{delim: blanksDelim, columns: 3}, "  1   2\t3  \n4 5 6\n   \n\"7 8\" 9 0\n",
			[]row{{1, "", []string{"1", "2", "3"}}, {2, "", []string{"4", "5", "6"}}, {4, "", []string{"7 8", "9", "0"}}}},
		{"two colons", dialect{delim: "::", columns: 3}, "a::b:c::\n:::::d\n\"x::y\":: \"q\"\"\" ::\"z\nz\"\n1::2\n", []row{
			{1, "", []string{"a", "b:c", ""}}, {2, "", []string{"", "", ":d"}}, {3, "", []string{"x::y", `q"`, "z\nz"}}, {5, faultFew, []string{"1", "2"}}}},
		{"a bar between blanks", dialect{delim: " | ", columns: 3}, "a | b | c\n |  | d|\n\"x\" | \"|\" |  y\n", []row{
			{1, "", []string{"a", "b", "c"}}, {2, "", []string{"", "", "d|"}}, {3, "", []string{"x", "|", " y"}}}},
		{"single spaces", dialect{delim: " ", columns: 3}, "1 2 3\n1  3\n", []row{{1, "", []string{"1", "2", "3"}}, {2, "", []string{"1", "", "3"}}}},
		{"nothing", comma, "", nil},
		{"only blank lines", comma, "\n\r\n\n", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := scanAll(t, strings.NewReader(c.text), c.d)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			slow, _ := scanAll(t, iotest.OneByteReader(strings.NewReader(c.text)), c.d)
			if diff := cmp.Diff(got, slow); diff != "" {
				t.Errorf("read byte by byte it is different: %s", diff)
			}
		})
	}
}

// A blank at the edge of a field is seen wherever it stands, as it is taken off, and
// a delimiter is none.
func TestScannerSeesBlanks(t *testing.T) {
	for _, c := range []struct {
		delim separator
		text  string
		want  bool
	}{
		{",", "a,b\nc d,e\n", false},
		{",", "a, b\nc,d\n", true},
		{",", "a,b\nc,d\t\n", true},
		{",", "a,\" b\"\nc,d\n", true},
		{"\t", "a\tb\nc d\te\n", false},
		{"\t", "\"a\"\t\"b\"\n\"c d\"\t\"\"\n", false},
		{"\t", "a\tb \nc\td\n", true},
		{"\t", "a\t\"\tb\"\nc\td\n", true},
		{"\t", "a\t\"b\t\"\nc\td\n", true},
		{"\t", "\"\ta\"\tb\nc\td\n", true},
		{"\t", "a\tb\n\"c\t\"\td\n", true},
		{" ", "\"a b\" c\nd \"e\"\n", false},
		{" ", "\"a\" \" b\"\nc d\n", true},
	} {
		_, s := scanAll(t, strings.NewReader(c.text), dialect{delim: c.delim, columns: 2})
		if s.blanks != c.want {
			t.Errorf("%q, delimited by %q: %t", c.text, c.delim, s.blanks)
		}
	}
}

func TestScannerLongRows(t *testing.T) {
	long := strings.Repeat("x", 10<<20)
	d := dialect{delim: ",", columns: 2}
	for _, c := range []struct {
		name, text string
		lines      []int64
		faults     []string
	}{
		{"plain", "a,b\n" + long + ",c\nd,e\n", []int64{1, 2, 3}, []string{"", faultLong, ""}},
		{"at the end", "a,b\n" + long, []int64{1, 2}, []string{"", faultLong}},
		{"in quotes", "a,b\n\"" + long + "\",c\nd,e\n", []int64{1, 2, 3}, []string{"", faultLong, ""}},
		{"quote that opens far from its end", "a,\"b\n" + strings.Repeat("c,d\n", 1<<19), nil, nil},
		{"exactly as long as may be", strings.Repeat("x", maxRow-2) + ",y\nd,e\n", []int64{1, 2}, []string{"", ""}},
		{"one more", strings.Repeat("x", maxRow-1) + ",y\nd,e\n", []int64{1, 2}, []string{faultLong, ""}},
		{"with a quote elsewhere", "\"a\",b\n" + long + ",c\nd,e\n", []int64{1, 2, 3}, []string{"", faultLong, ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScanner(strings.NewReader(c.text), d)
			var lines []int64
			var faults []string
			for s.next() {
				lines, faults = append(lines, s.rec.line), append(faults, s.rec.fault)
			}
			if c.lines == nil {
				if faults[0] != faultQuote || len(faults) != 1<<19+1 || faults[1] != "" || lines[1] != 2 {
					t.Fatalf("%d rows, the first with %q, the second with %q", len(faults), faults[0], faults[1])
				}
				return
			}
			if diff := cmp.Diff(c.lines, lines) + cmp.Diff(c.faults, faults); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// csvText draws text that is mostly CSV, with everything in it that confuses
// parsers.
func csvText() *rapid.Generator[string] {
	piece := rapid.SampledFrom([]string{"a", "bb", "7", ",", ",", ",", "\n", "\n", "\r\n", "\r", "\"", "\"\"", "\"x\"", " ", "\t", "é", "😀", "\x00", "\xff", "\ufeff", ";",
		"a,b\n", "\"c\",d\n", "\"e\nf\",g\n", "\"h\"\"\",i\n"})
	return rapid.Custom(func(t *rapid.T) string { return strings.Join(rapid.SliceOfN(piece, 0, 40).Draw(t, "pieces"), "") })
}

// delimited is a text, and what separates its fields: where that has several
// characters, some of them stand alone in the text, too.
func delimited(t *rapid.T) (separator, string) {
	delim := rapid.SampledFrom([]separator{",", ";", "\t", " ", blanksDelim, "::", "~|~", " |", "¦"}).Draw(t, "delimiter")
	text := csvText().Draw(t, "text")
	if len(delim) > 1 {
		text = strings.NewReplacer(",", string(delim), "7", string(delim[:1])+",", "bb", string(delim[1:])).Replace(text)
	}
	return delim, text
}

// Rows are the same however the source hands its bytes out; no byte of the text
// is lost or seen twice; and lines are where they are said to be.
func TestScannerLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		delim, text := delimited(t)
		d := dialect{delim: delim, columns: rapid.IntRange(0, 3).Draw(t, "columns")}
		whole, s := scanAllRapid(t, strings.NewReader(text), d, 64)
		for name, again := range map[string]*scanner{
			"byte by byte":    newScanner(iotest.OneByteReader(strings.NewReader(text)), d),
			"in one window":   newScanner(strings.NewReader(text), d),
			"the careful way": {src: strings.NewReader(text), d: d, delim: []byte(d.delim), line: 1, slow: true, wild: faultUTF8, buf: make([]byte, 1024)},
		} {
			var rows []row
			for again.next() {
				rows = append(rows, row{again.rec.line, again.rec.fault, d.split(again.rec.raw)})
			}
			if diff := cmp.Diff(whole, rows); diff != "" || again.err != nil {
				t.Fatalf("%s: %v, %s", name, again.err, diff)
			}
			if diff := cmp.Diff(seenBy(s), seenBy(again)); diff != "" {
				t.Fatalf("%s: %s", name, diff)
			}
		}
		lines := strings.Split(text, "\n")
		if int64(len(lines)) < s.line-1 {
			t.Fatalf("the last line is %d of %d", s.line-1, len(lines))
		}
		last := int64(0)
		for _, r := range whole {
			if r.Line <= last {
				t.Fatalf("line %d follows line %d", r.Line, last)
			}
			last = r.Line
		}
		for i, line := range lines { // a line without quotes that no quote before it reaches is a row of its own
			if strings.Contains(text, "\"") || strings.TrimRight(line, "\r") == "" || d.delim == blanksDelim {
				continue
			}
			found := false
			for _, r := range whole {
				found = found || r.Line == int64(i+1)
			}
			if !found && strings.Trim(line, "\r") != "" {
				t.Fatalf("line %d is lost: %q", i+1, line)
			}
		}
	})
}

// seenBy is what a scanner found out on its way.
func seenBy(s *scanner) []any {
	return []any{s.line, s.blankLines, s.quotes, s.multiline, s.lf, s.crlf}
}

// scanAllRapid scans with a buffer so small that it ends everywhere.
func scanAllRapid(t *rapid.T, src io.Reader, d dialect, buffer int) ([]row, *scanner) {
	var rows []row
	s := newScanner(src, d)
	s.buf, s.large = make([]byte, buffer), buffer
	for s.next() {
		rows = append(rows, row{s.rec.line, s.rec.fault, d.split(s.rec.raw)})
	}
	if s.err != nil {
		t.Fatal(s.err)
	}
	return rows, s
}

// headingsAgain marks the rows behind the first that are written as it is, unless it has
// blanks only, and says whether one has its fields in another order.
func headingsAgain(text string, d dialect, rows []row) (turned bool) {
	s := newScanner(strings.NewReader(text), d)
	s.next()
	first, names := string(s.rec.raw), d.split(s.rec.raw)
	if strings.TrimSpace(strings.Join(names, "")) == "" {
		return false
	}
	for i := range rows {
		if s.next(); rows[i].Fault != "" || len(s.rec.raw) != len(first) {
			continue
		}
		if string(s.rec.raw) == first || slices.Equal(rows[i].Fields, names) {
			rows[i].Fault = faultHeading
		} else if slices.Equal(slices.Sorted(slices.Values(rows[i].Fields)), slices.Sorted(slices.Values(names))) {
			turned = true
		}
	}
	return turned
}

// What DuckDB reads of the file, or of the clean copy where the survey asks for
// one, is what the scanner sees.
func TestDuckDBReadsTheSameRows(t *testing.T) {
	db := memoryDB(t)
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		delim, text := delimited(t)
		columns := rapid.IntRange(2, 3).Draw(t, "columns")
		src := &source{
			path:   filepath.Join(dir, "in.csv"),
			file:   filepath.Join(dir, "in.csv"),
			d:      dialect{delim: delim, columns: columns},
			header: rapid.Bool().Draw(t, "header"),
		}
		for i := range columns {
			src.columns = append(src.columns, fmt.Sprint(i+1))
			src.exprs = append(src.exprs, fmt.Sprintf("c%d", i+1))
		}
		if err := os.WriteFile(src.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want, _ := scanAllRapid(t, strings.NewReader(text), src.d, 64)
		if src.header && len(want) > 0 {
			if want[0].Fault != "" {
				t.Skip("such a header is refused before")
			}
			want = want[1:]
			if headingsAgain(text, src.d, want) {
				if _, err := src.take(context.Background(), nil, nil); err == nil || !strings.Contains(err.Error(), "in another order") {
					t.Fatalf("%q is not refused: %v", text, err)
				}
				return
			}
		}
		var good [][]string
		for _, r := range want {
			if r.Fault == "" {
				good = append(good, r.Fields)
			}
		}

		ctx := context.Background()
		v, err := src.take(ctx, nil, nil)
		if err != nil {
			t.Fatal(err)
		}
		if v.rows != int64(len(good)) || v.rows+v.faulty != int64(len(want)) {
			t.Fatalf("the survey counts %d and %d rows of %d and %d", v.rows, v.faulty, len(good), len(want)-len(good))
		}
		st := stage{p: &plan{src: src}, file: src.path, v: v}
		if v.dirty || src.d.delim == blanksDelim {
			var clean bytes.Buffer
			w := bufio.NewWriter(&clean)
			if st.v, err = src.take(ctx, src.copyTo(w), nil); err != nil {
				t.Fatal(err)
			}
			_ = w.Flush()
			st.file, st.clean = filepath.Join(dir, "clean.csv"), true
			if err := os.WriteFile(st.file, clean.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var got [][]string
		rows, err := db.QueryContext(ctx, "SELECT ["+strings.Join(src.exprs, ", ")+"] FROM "+st.Source())
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		defer rows.Close()
		for rows.Next() {
			var list []any
			if err := rows.Scan(scanList{&list}); err != nil {
				t.Fatal(err)
			}
			fields := make([]string, len(list))
			for i, f := range list {
				if f != nil {
					fields[i] = f.(string)
				}
			}
			got = append(got, fields)
		}
		if err := rows.Err(); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if diff := cmp.Diff(good, got); diff != "" {
			t.Fatalf("%q (clean copy: %t): %s", text, st.clean, diff)
		}
	})
}

// scanList takes a list of DuckDB.
type scanList struct{ to *[]any }

// Scan implements sql.Scanner.
func (l scanList) Scan(v any) error {
	list, ok := v.([]any)
	if !ok {
		return fmt.Errorf("%T is no list", v)
	}
	*l.to = list
	return nil
}

func TestSurveyCountsWhatTheHashIsOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	// SHA-256 of "abc": FIPS 180-4, example 1.
	const want = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	got, err := hashFile(context.Background(), path, 3, nil)
	if err != nil || got != want {
		t.Errorf("%s, %v", got, err)
	}
	src := &source{path: path, file: path, d: dialect{delim: ",", columns: 1}, columns: []string{"1"}}
	v, err := src.take(context.Background(), nil, nil)
	if err != nil || v.hash != want || v.rows != 1 {
		t.Errorf("%+v, %v", v, err)
	}
}

func BenchmarkScanner(b *testing.B) {
	var text bytes.Buffer
	for i := range 200_000 {
		fmt.Fprintf(&text, "+4411%07d,+4420%07d,%d,%d\n", i*7919%1_000_000, i*104729%1_000_000, 1_700_000_000+i/4, i%300)
	}
	quoted := strings.ReplaceAll(strings.ReplaceAll(text.String(), "\n", "\"\n\""), ",", "\",\"")
	for _, c := range []struct{ name, text string }{
		{"plain", text.String()},
		{"crlf", strings.ReplaceAll(text.String(), "\n", "\r\n")},
		{"quoted", "\"" + quoted[:len(quoted)-1]},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			for b.Loop() {
				n := 0
				s := newScanner(strings.NewReader(c.text), dialect{delim: ",", columns: 4})
				for s.next() {
					if s.rec.fault == "" {
						n++
					}
				}
				if n != 200_000 {
					b.Fatalf("%d rows", n)
				}
			}
		})
	}
}

// A file that was cut in the middle of its last line end has all its rows.
func TestHalfALineEnd(t *testing.T) {
	for _, text := range []string{"id,name\n\"a\",\"b\"\r", "id,name\na,b\r", "id,name\r\n\"a\",\"b\"\r"} {
		st, _ := newStore(t)
		mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "cut.csv", text)}})
		want := []string{`a|{"name":"b"}|`}
		if diff := cmp.Diff(want, texts(t, st, "SELECT id, attributes FROM events.customers")); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}
