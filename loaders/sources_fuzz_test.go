package loaders

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// FuzzObjects holds the fields of one object against what encoding/json finds in
// it: what is taken is there with the same text, and what encoding/json refuses
// is refused.
func FuzzObjects(f *testing.F) {
	for _, s := range []string{
		`{"a": 1, "b": {"c": "d", "e": {}}, "f": [1, {"g": 2}], "h": null, "i": true}`, `{"a": 1e400, "b": -0.0, "c": 12345678901234567890}`,
		`{"a.b": 1, "a": {"b": 2}}`, `{"": {"": 1}}`, `{"a": "\u00fc\ud83d\ude00\n\"\\"}`, `{"a": "\ud800"}`, `{"a": "\u0000"}`, `{"a": 007}`,
		`{"a": 1} {`, `{"a": 1,}`, `{`, `[]`, `1`, ``, `{"a": {"b": {"c": {"d": 1}}}}`, "{\"a\": \"\xff\"}", `{"a":NaN}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		o := newObjects(map[string]int{}, true)
		fault, at := o.take(raw)
		if fault != "" {
			if at < 1 || at > utf8.RuneCount(raw)+1 {
				t.Errorf("%q: a fault at %d", raw, at)
			}
			return
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var whole map[string]any
		if err := dec.Decode(&whole); err != nil {
			t.Fatalf("%q is taken: %v", raw, err)
		}
		want := map[string]string{}
		flat(t, "", false, whole, want)
		got := map[string]string{}
		for key, i := range o.keys {
			got[key] = string(o.fields[i])
			if got[key] != want[key] && sameJSON(got[key]) == want[key] { // arrays keep their blanks
				got[key] = want[key]
			}
		}
		if !maps.Equal(got, want) {
			t.Errorf("%q is %q, and for encoding/json %q", raw, got, want)
		}
	})
}

// flat is how a value is written into fields.
func flat(t *testing.T, key string, within bool, value any, to map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for k, inner := range v {
			if within && key != "" {
				k = key + "." + k
			}
			flat(t, k, true, inner, to)
		}
	case []any:
		b, _ := json.Marshal(v)
		to[key] = string(b)
	case string:
		to[key] = v
	case json.Number:
		to[key] = v.String()
	case bool:
		to[key] = map[bool]string{true: "true", false: "false"}[v]
	case nil:
		to[key] = ""
	}
}

// sameJSON writes a value of JSON as encoding/json does.
func sameJSON(text string) string {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	var value any
	_ = dec.Decode(&value)
	b, _ := json.Marshal(value)
	return string(b)
}

// FuzzSource learns and surveys any bytes under any encoding, and reads the clean
// copy back with another parser: it has the rows that the survey counted, each
// with all columns, and reading the file in small pieces changes nothing.
func FuzzSource(f *testing.F) {
	for i, s := range []string{
		"a,b\n1,2\n3,4\n", "a;b\r\n\"1\";2\r\n", "\xef\xbb\xbfa,b\n1,2\n", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x002\x00\n\x00", "\x00a\x00,\x00b\x00\n\x001\x00,\x002",
		"a,b\nM\xfcller,2\n", "{\"a\": 1, \"b\": 2}\n{\"b\": 3}\n", "[{\"a\": 1},\n{\"b\": \"x\\ny\"}]", "{\n\"a\": 1\n}\n{\"a\":\n2}", "a\x01b\n1\x012\n", "sep=;\na;b\n1;2\n",
		"a b\n1  2\n", "a\rb\rc", "a,b\n\"1,2\n3,\"4\"x\n", "\n\n", "{", "[", "[{}]", "a||b\n1||2\n", "\x83|,\x83\\\n\x83\\,1\n",
	} {
		f.Add([]byte(s), uint8(i))
	}
	names := []string{"", "", "", "utf-8", "utf-16", "utf-16be", "windows-1252", "koi8-r", "shift-jis", "gbk", "big5", "iso-2022-jp", "utf-32", "gb18030", "cp437"}
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		src, err := examine("file", path)
		if err != nil || src.parquet || src.database {
			return
		}
		if err := src.learn(context.Background(), &Options{Encoding: names[int(choice)%len(names)]}); err != nil {
			if !strings.Contains(err.Error(), "file") {
				t.Errorf("%q: %v", data, err)
			}
			return
		}
		var clean bytes.Buffer
		w := bufio.NewWriter(&clean)
		v, err := src.take(context.Background(), src.copyTo(w), nil)
		if err != nil {
			return // an array that is not one to its end
		}
		_ = w.Flush()
		again := csv.NewReader(&clean)
		again.Comma, again.FieldsPerRecord, again.LazyQuotes = rune(src.cleanDelim()), len(src.columns), false
		rows, err := again.ReadAll()
		// encoding/csv takes a carriage return before a line end off.
		if err != nil || int64(len(rows)) != v.rows {
			t.Errorf("%q as %s: %d rows, of which the copy has %d: %v", data, src.charset.name, v.rows, len(rows), err)
		}
		whole := recordsOf(t, src, bytes.NewReader(data))
		if int64(len(whole)) != v.rows+v.faulty+int64(src.above()) && src.d.json == notJSON {
			t.Errorf("%q: %d records, %d rows and %d faulty", data, len(whole), v.rows, v.faulty)
		}
		if pieces := recordsOf(t, src, iotest.OneByteReader(bytes.NewReader(data))); !slices.Equal(whole, pieces) {
			t.Errorf("%q: %q in pieces, %q at once", data, pieces, whole)
		}
	})
}

// recordsOf is what a scanner makes of a file, each record as one text.
func recordsOf(t *testing.T, src *source, raw io.Reader) (out []string) {
	sc, closer, err := src.rows(raw)
	if err != nil {
		t.Fatal(err)
	}
	defer closer.Close()
	var line int64
	for sc.next() {
		if sc.rec.line < line {
			t.Errorf("line %d behind line %d", sc.rec.line, line)
		}
		line = sc.rec.line
		out = append(out, string(sc.rec.raw)+"|"+sc.rec.fault+"|"+sc.rec.place)
	}
	return out
}

// FuzzCharset writes a text in an encoding and reads it again: it is the same,
// and any bytes are read without a panic into UTF-8 or marked bytes.
func FuzzCharset(f *testing.F) {
	names := []string{"utf-16le", "utf-16be", "utf-32le", "utf-32be", "gb18030", "windows-1252", "windows-1251", "koi8-r", "big5", "euc-kr", "ibm037"}
	for i, s := range []string{"a,b\n", "Müller", "Привет", "中国", "\u0081", "😀\u2028", "\xff\xfe", "\uFFFD", ""} {
		for j := range names {
			f.Add([]byte(s), uint8(i+j))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, choice uint8) {
		c, err := charsetOf(names[int(choice)%len(names)])
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.reader(iotest.HalfReader(bytes.NewReader(data)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("%q: %v", data, err)
		}
		if plain := bytes.ReplaceAll(text, []byte{undecodable}, nil); !utf8.Valid(plain) || bytes.Contains(plain, []byte("\uFFFD")) {
			t.Errorf("%q as %s is %q", data, c.name, text)
		}
		encoded, err := c.enc.NewEncoder().Bytes(data)
		if err != nil || !utf8.Valid(data) || bytes.Contains(data, []byte("\uFFFD")) || bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x80 && r < 0xa0 || unicode.Is(unicode.Co, r) }) {
			return // characters for private use have more than one place in GB 18030
		}
		r, _ = c.reader(bytes.NewReader(encoded))
		if back, err := io.ReadAll(r); err != nil || !bytes.Equal(back, data) {
			t.Errorf("%q came back from %s as %q: %v", data, c.name, back, err)
		}
	})
}

// FuzzGML reads any text as a graph: what comes of it are lines of JSON or blank
// ones, at most as many as it has lines and records, and a second reading is the same.
func FuzzGML(f *testing.F) {
	for _, s := range []string{
		"graph [\n node [ id 1 label \"a &amp; b\" ]\n edge [ source 1 target 2 value .5 ]\n]\n", "# x\ngraph\n[\nedge\n[\nsource 1\nsource 01\n]\n]",
		"graph [ edge [ graphics [ x 1 ] source \"a\nb\" ] ]", "graph [ edge [ source ] ]", "graph [ [", "graph [ edge [ \"a\" 1 ] ] ]", "graph 1 graph [ ]", "graph [",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, part := range []graphPart{graphEdges, graphNodes} {
			out, err := io.ReadAll(newGMLReader(strings.NewReader(text), part))
			again, e := io.ReadAll(newGMLReader(iotest.OneByteReader(strings.NewReader(text)), part))
			if !bytes.Equal(out, again) || fmt.Sprint(err) != fmt.Sprint(e) {
				t.Fatalf("%q is %q, %v, and byte by byte %q, %v", text, out, err, again, e)
			}
			records := 0
			for line := range bytes.Lines(out) {
				if line = bytes.TrimSpace(line); len(line) == 0 {
					continue
				}
				if records++; line[0] != '{' || !jsontext.Value(line).IsValid() {
					t.Fatalf("%q has the line %q", text, line)
				}
			}
			if lines := bytes.Count(out, []byte{'\n'}); lines > strings.Count(text, "\n")+records {
				t.Errorf("%q has %d lines for %d records: %q", text, lines, records, out)
			}
		}
	})
}

// FuzzPropose ranks encodings for any bytes, the same ones each time, and each of
// them has a name that the option takes.
func FuzzPropose(f *testing.F) {
	for _, s := range []string{"M\xfcller", "\xcf\xf0\xe8\xe2\xe5\xf2", "\xd6\xd0", "\x80", "\xff\xff\xff", ""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, row []byte) {
		name, sentence := advise([][]byte{row})
		if again, s := advise([][]byte{row}); again != name || s != sentence || !utf8.ValidString(s) {
			t.Errorf("%q: %s and %s", row, sentence, s)
		}
		if _, err := charsetOf(name); err != nil {
			t.Error(err)
		}
	})
}

// FuzzNumber reads any text as a number with a decimal comma and with a decimal
// point: what the guess takes for one is one to DuckDB too, whatever else stands
// in the column.
func FuzzNumber(f *testing.F) {
	for _, s := range nasty {
		f.Add(s)
	}
	conn := memoryDB(f)
	for _, s := range []string{"1.234,50", "€ 1.234,50", "($1,001.50)", "12,50-", "1 234,5 zł", "1'234.50 CHF", "0:05:30", "100:00:00.5", "1.2.3", "EUR"} {
		f.Add(s)
	}
	column := func(kind Kind, field string, comma bool) string {
		p := &plan{kind: kind, figures: figures{comma: comma, point: !comma, dressed: true, clock: true}, fields: map[string]binding{field: {column: 0}}, src: &source{columns: []string{field}}}
		return "try_cast(" + stage{p: p, v: &survey{}}.Number(field) + " AS DOUBLE) IS NOT NULL"
	}
	numbers := []struct {
		kind  Kind
		field string
	}{{Calls, "seconds"}, {Purchases, "amount"}}
	var columns []string
	for _, n := range numbers {
		columns = append(columns, column(n.kind, n.field, true), column(n.kind, n.field, false))
	}
	query := "SELECT " + strings.Join(columns, ", ") + " FROM (SELECT ? AS seconds_text, ? AS amount_text)"
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) || strings.Contains(text, "\x00") {
			return // such a row does not come so far
		}
		var comma, point [2]bool
		if err := conn.QueryRowContext(context.Background(), query, text, text).Scan(&comma[0], &point[0], &comma[1], &point[1]); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		for i, n := range numbers {
			field, _ := n.kind.field(n.field)
			plain, _ := field.dress().bare(text)
			length := n.field == "seconds" && clockNumber.MatchString(text)
			if (commaNumber.MatchString(plain) || length) && !comma[i] {
				t.Errorf("%q is no number with a decimal comma for %s", text, n.field)
			}
			if (pointNumber.MatchString(plain) || length) && !point[i] {
				t.Errorf("%q is no number with a decimal point for %s", text, n.field)
			}
		}
	})
}
