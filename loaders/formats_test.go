package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"kith/graph"
)

func pack(t testing.TB, kind, text string) string {
	t.Helper()
	var b bytes.Buffer
	switch kind {
	case "gzip":
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	case "zstd":
		w, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
		_ = w.Close()
	}
	return b.String()
}

// The same rows in any dress are the same rows.
func TestFormatsAgree(t *testing.T) {
	plain := "caller,callee,at,seconds\n"
	for i := range 500 {
		plain += fmt.Sprintf("+44%03d,0%d,2024-01-%02d 10:00:00,%d\n", i%50, i%7, i%28+1, i)
	}
	plain += "a,a,2024-01-01 10:00:00,1\nb,c,2024-01-01 10:00:00,-7\n"
	rows := strings.Split(strings.TrimSuffix(plain, "\n"), "\n")
	quoted := ""
	for _, r := range rows {
		quoted += `"` + strings.ReplaceAll(r, ",", `","`) + "\"\n"
	}
	aligned := ""
	for _, r := range rows {
		for i, f := range strings.Split(r, ",") {
			if i > 0 {
				aligned += " "
			}
			aligned += fmt.Sprintf("%-12s", strings.ReplaceAll(f, " ", "T"))
		}
		aligned += "\n"
	}
	var objects []string
	names := strings.Split(rows[0], ",")
	for i, r := range rows[1:] {
		var pairs []string
		for j, f := range strings.Split(r, ",") {
			if j < 3 {
				f = jsonText(f)
			}
			pairs = append(pairs, jsonText(names[j])+": "+f)
		}
		if i%3 == 0 {
			slices.Reverse(pairs)
		}
		objects = append(objects, "{"+strings.Join(pairs, ", ")+"}")
	}
	wide := func(c charset, text string) string {
		text, err := c.enc.NewEncoder().String(text)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	want := []string{}
	st, _ := newStore(t)
	for _, c := range []struct{ name, file, text string }{
		{"plain", "a.csv", plain},
		{"carriage returns", "a.csv", strings.ReplaceAll(plain, "\n", "\r\n")},
		{"old Macintosh", "a.csv", strings.ReplaceAll(plain, "\n", "\r")},
		{"mixed line ends", "a.csv", strings.Replace(plain, "\n", "\r\n", 7)},
		{"byte order mark", "a.csv", "\xef\xbb\xbf" + plain},
		{"quoted", "a.csv", quoted},
		{"quoted with carriage returns", "a.csv", strings.ReplaceAll(quoted, "\n", "\r\n")},
		{"semicolons", "a.csv", strings.ReplaceAll(plain, ",", ";")},
		{"tabs", "a.tsv", strings.ReplaceAll(plain, ",", "\t")},
		{"bars", "a.txt", strings.ReplaceAll(plain, ",", "|")},
		{"aligned by blanks", "a.txt", aligned},
		{"blanks around", "a.csv", strings.ReplaceAll(plain, ",", " , ")},
		{"blank lines", "a.csv", strings.ReplaceAll(plain, "\n", "\n\n")},
		{"no newline at the end", "a.csv", strings.TrimSuffix(plain, "\n")},
		{"gzip", "a.csv.gz", pack(t, "gzip", plain)},
		{"gzip in two members", "a.csv.gz", pack(t, "gzip", plain[:5000]) + pack(t, "gzip", plain[5000:])},
		{"gzip of quoted text with a mark", "a.gz", pack(t, "gzip", "\xef\xbb\xbf"+quoted)},
		{"zstd", "a.csv.zst", pack(t, "zstd", plain)},
		{"gzip without its ending", "a.csv", pack(t, "gzip", plain)},
		{"control characters", "a.dat", strings.ReplaceAll(plain, ",", "\x01")},
		{"Excel's first line", "a.csv", "sep=|\r\n" + strings.ReplaceAll(plain, ",", "|")},
		{"UTF-16 with a mark", "a.csv", "\xfe\xff" + wide(charUTF16BE, plain)},
		{"UTF-16 without a mark", "a.csv", wide(charUTF16LE, strings.ReplaceAll(quoted, "\n", "\r\n"))},
		{"UTF-32", "a.csv.gz", pack(t, "gzip", "\xff\xfe\x00\x00"+wide(charUTF32LE, plain))},
		{"JSON Lines", "a.jsonl", strings.Join(objects, "\n")},
		{"JSON Lines, packed", "a.ndjson.zst", pack(t, "zstd", strings.Join(objects, "\r\n\r\n"))},
		{"JSON Lines in UTF-16", "a", "\xff\xfe" + wide(charUTF16LE, strings.Join(objects, "\n")+"\n")},
		{"an array", "a.json", "[\n" + strings.Join(objects, ",\n") + "\n]\n"},
		{"an array on one line", "a", "[" + strings.Join(objects, ",") + "]"},
		{"objects over several lines", "a.json", strings.ReplaceAll(strings.Join(objects, "\n"), ", ", ",\n  ")},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := st.Update(t.Context(), clear); err != nil {
				t.Fatal(err)
			}
			r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, c.file, c.text)}})
			if r.Rows != 502 || r.Accepted != 500 || r.Rejected != 2 {
				t.Errorf("%+v", r)
			}
			got := table(t, st, "SELECT caller, callee, time, kind, seconds, answered FROM "+storedCalls)
			if len(want) == 0 {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Cut anywhere, a packed file is refused with a sentence, and nothing of it is
// stored.
func TestCutFiles(t *testing.T) {
	st, _ := newStore(t)
	var text strings.Builder
	text.WriteString("caller,callee,at\n")
	for i := range 5000 {
		fmt.Fprintf(&text, "%d,%d,%d\n", i*7919%10007, i*104729%10009, 1_700_000_000+i*i)
	}
	for _, kind := range []string{"gzip", "zstd"} {
		packed := pack(t, kind, text.String())
		for _, share := range []int{1, 20, 50, 90, 99} {
			path := write(t, "calls.csv."+kind, packed[:len(packed)*share/100])
			_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{path}})
			var data *graph.DataError
			if !errors.As(err, &data) || !strings.Contains(data.Reason, "copy it again") {
				t.Errorf("%s cut at %d %%: %v", kind, share, err)
			}
		}
	}
	if n := count(t, st, "SELECT (SELECT count(*) FROM events.calls) + (SELECT count(*) FROM events.imports)"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

// What stands behind the end of a packed file is told from a file that is cut off.
func TestBehindGzip(t *testing.T) {
	st, _ := newStore(t)
	part := pack(t, "gzip", "caller,callee,at\na,b,1700000000\n")
	second := pack(t, "gzip", "c,d,1700000000\n")
	for _, c := range []struct{ text, say string }{
		{part + "x", "line 3: the gzip file ends here, and something stands behind its end; copy it again, or cut off what is behind"},
		{part + "<html>an error of the server</html>", "something stands behind its end"},
		{part + strings.Repeat("\x00", 512), "something stands behind its end"},
		{part + second + "x", "line 4: the gzip file ends here, and something stands behind its end"},
		{part + second[:1], "the gzip file is cut off here"},
		{part + second[:9], "the gzip file is cut off here"},
		{part + second[:len(second)-1], "the gzip file is cut off here"},
		{part[:len(part)-1], "the gzip file is cut off here"},
	} {
		_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{write(t, "calls.csv.gz", c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.say) {
			t.Errorf("%q: %v", c.text, err)
		}
	}
	if r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "calls.csv.gz", part+second)}}); r.Accepted != 2 {
		t.Errorf("%+v", r)
	}
}
