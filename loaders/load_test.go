package loaders

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/duckstore"
)

func mustLoad(t testing.TB, st *duckstore.Store, o Options) Receipt {
	t.Helper()
	receipts, err := Load(context.Background(), st, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range receipts {
		if r.Rows != r.Accepted+r.Duplicates+r.Rejected {
			t.Errorf("%s: %d rows are not %d + %d + %d", r.File, r.Rows, r.Accepted, r.Duplicates, r.Rejected)
		}
	}
	return receipts[len(receipts)-1]
}

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
			got := table(t, st, "SELECT caller, callee, time, kind, seconds, answered FROM events.calls")
			if len(want) == 0 {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParquet(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	export := func(name, query string) string {
		path := filepath.Join(dir, name)
		if _, err := st.DB().ExecContext(context.Background(), "COPY ("+query+") TO "+literal(path)+" (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		return path
	}
	typed := export("calls[1].parquet", `SELECT * FROM (VALUES
		('a', 'b', TIMESTAMP '2024-01-01 10:00:00', 5::BIGINT, 1.5),
		('a', 'c', TIMESTAMP '2024-01-01 10:00:01', -1, 1.5),
		('a', 'a', TIMESTAMP '2024-01-01 10:00:02', 5, NULL),
		('a', 'd', NULL, 5, 1.5),
		('a', 'e' || chr(0), TIMESTAMP '2024-01-01 10:00:02', 5, 1.5),
		(NULL, 'd', TIMESTAMP '2024-01-01 10:00:02', 5, 1.5)) v("Caller", callee, "start time", "duration", "a ""quoted"" name")`)
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{typed}, Zone: "Europe/Berlin"})
	if r.Accepted != 2 || r.Rejected != 4 {
		t.Errorf("%+v", r)
	}
	want := []string{"a b 2024-01-01 09:00:00 5 true", "a c 2024-01-01 09:00:01 0 false"}
	if diff := cmp.Diff(want, table(t, st, "SELECT caller, callee, time, seconds, answered FROM events.calls")); diff != "" {
		t.Error(diff)
	}
	want = []string{
		`3 callee caller and callee are the same {"Caller":"a","callee":"a","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":null}`,
		`4 start time time is empty {"Caller":"a","callee":"d","start time":null,"duration":5,"a \"quoted\" name":1.5}`,
		`5 callee the row contains a NUL byte {"Caller":"a","callee":"e\u0000","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":1.5}`,
		`6 Caller caller is empty {"Caller":null,"callee":"d","start time":"2024-01-01 10:00:02","duration":5,"a \"quoted\" name":1.5}`,
	}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, row FROM events.rejects ORDER BY line")); diff != "" {
		t.Error(diff)
	}

	numbers := export("purchases.parquet", `SELECT 17850 AS "CustomerID", '85123A' AS "StockCode", 3::INTEGER AS "Quantity", 2.55::DECIMAL(10,2) AS "UnitPrice",
		TIMESTAMPTZ '2024-01-01 10:00:00+02' AS "InvoiceDate" UNION ALL SELECT 17851, 'x', -1, 0.1, DATE '2024-01-02'`)
	mustLoad(t, st, Options{Kind: Purchases, Files: []string{numbers}, Zone: "Europe/Berlin"})
	want = []string{"17850 85123A 2024-01-01 08:00:00 3.000 7.6500", "17851 x 2024-01-02 00:00:00 -1.000 -0.1000"}
	if diff := cmp.Diff(want, table(t, st, "SELECT customer, product, time, quantity, amount FROM events.purchases")); diff != "" {
		t.Error(diff)
	}

	people := export("people.parquet", `SELECT 'c' || range AS id, range % 3 AS tariff, CASE WHEN range % 2 = 0 THEN 'x' END AS note FROM range(3)`)
	mustLoad(t, st, Options{Kind: Customers, Files: []string{people}})
	want = []string{`c0 {"note":"x","tariff":0}`, `c1 {"tariff":1}`, `c2 {"note":"x","tariff":2}`}
	if diff := cmp.Diff(want, table(t, st, "SELECT id, attributes FROM events.customers")); diff != "" {
		t.Error(diff)
	}

	empty := export("empty.parquet", "SELECT 'a' AS caller, 'b' AS callee WHERE false")
	if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{empty}}); err == nil || !strings.Contains(err.Error(), "it has no rows; check what wrote it") {
		t.Error(err)
	}
}

// Rejects stand at their lines: with rows over several lines, blank lines and
// broken rows between them, and in a long file that several threads read.
func TestLinesOfManyRows(t *testing.T) {
	for _, c := range []struct {
		name      string
		rows      int
		irregular bool
		filling   string
	}{
		{"irregular", 100_000, true, "some words here"},
		{"regular", 300_000, false, strings.Repeat("many words of no use ", 5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString("caller,callee,at,note\n")
			want := map[int64]string{}
			line := int64(2)
			r := rand.New(rand.NewPCG(1, 2))
			good := 0
			for i := range c.rows {
				text.WriteString(strconv.Itoa(i))
				sort := r.IntN(1500)
				switch {
				case sort == 0:
					want[line] = "caller and callee are the same"
					fmt.Fprintf(&text, ",%d,2024-01-01,x\n", i)
				case sort == 1:
					want[line] = "time is not a possible time"
					text.WriteString(",b,2024-02-31,x\n")
				case sort == 2 && c.irregular:
					want[line] = "callee is empty"
					fmt.Fprintf(&text, ",,2024-01-01,\"%s\"\n", strings.Repeat("x\n", i%3))
					line += int64(i % 3)
				case sort == 3 && c.irregular:
					want[line] = faultFew
					text.WriteString(",b\n\n")
					line++
				case sort == 4 && c.irregular:
					good++
					text.WriteString(",b,2024-02-01,\"two\nlines\"\n")
					line++
				default:
					good++
					text.WriteString(",b,2024-02-01," + c.filling + "\n")
				}
				line++
			}
			st, dir := newStore(t)
			receipt := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "many.csv", text.String())}})
			if receipt.Accepted != int64(good) || receipt.Rejected != int64(len(want)) || receipt.Rows != int64(c.rows) {
				t.Errorf("%d accepted of %d, %d rejected of %d", receipt.Accepted, good, receipt.Rejected, len(want))
			}
			got := map[int64]string{}
			for _, line := range table(t, st, "SELECT line, reason FROM events.rejects") {
				number, reason, _ := strings.Cut(line, " ")
				n, _ := strconv.ParseInt(number, 10, 64)
				got[n] = reason
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			// They are stored in the order of the file, whoever read them.
			if n := count(t, st, "SELECT count(*) FROM (SELECT CAST(caller AS INTEGER) - lag(CAST(caller AS INTEGER)) OVER (ORDER BY rowid) AS step FROM events.calls) WHERE step <= 0"); n != 0 {
				t.Errorf("%d rows are out of order", n)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "load-*")); len(left) > 0 {
				t.Errorf("passing copies are left: %v", left)
			}
		})
	}
}

func TestRejectsFile(t *testing.T) {
	st, dir := newStore(t)
	long := strings.Repeat("é", 10_000)
	path := write(t, "some calls.csv.gz", pack(t, "gzip", "caller,callee,note\na,b,\na,a,\"x, \"\"y\"\"\"\nc,c,"+long+"\nd\ne,\xff\x00,z\n"))
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if want := filepath.Join(dir, "rejects", "1-some calls.csv"); r.RejectsFile != want {
		t.Errorf("the rejects are in %s, want %s", r.RejectsFile, want)
	}
	f, err := os.Open(r.RejectsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	same := "caller and callee are the same"
	want := [][]string{
		{"file", "line", "column", "reason", "row"},
		{path, "3", "callee", same, `a,a,"x, ""y"""`},
		{path, "4", "callee", same, "c,c," + strings.Repeat("é", 4092)},
		{path, "5", "", faultFew, "d"},
		{path, "6", "", faultNUL, "e,\ufffd\u2400,z"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stored := table(t, st, "SELECT line, length(row) FROM events.rejects ORDER BY line")
	if diff := cmp.Diff([]string{"3 14", "4 4096", "5 1", "6 6"}, stored); diff != "" {
		t.Error(diff)
	}
	elsewhere := filepath.Join(t.TempDir(), "deep", "er")
	r = mustLoad(t, st, Options{Kind: Calls, Files: []string{path}, Map: Map{"kind": "'data'"}, RejectsDir: elsewhere})
	if filepath.Dir(r.RejectsFile) != elsewhere {
		t.Errorf("the rejects are in %s", r.RejectsFile)
	}
}

func TestReceipts(t *testing.T) {
	st, _ := newStore(t)
	if all, err := Receipts(t.Context(), st); err != nil || len(all) != 0 {
		t.Fatal(all, err)
	}
	calls := write(t, "calls.csv", "caller,callee,at,seconds\na,b,2024-01-01,5\na,b,2024-01-01,5\na,a,2024-01-01,5\nb,b,2024-01-01,5\na,,2024-01-01,5\n")
	products := write(t, "products.csv", "id,name\np,tea\n")
	first := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}})
	second := mustLoad(t, st, Options{Kind: Products, Files: []string{products}})
	wantReasons := []Reason{{"caller and callee are the same", 2}, {"callee is empty", 1}}
	if diff := cmp.Diff(wantReasons, first.Reasons); diff != "" {
		t.Error(diff)
	}
	all, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Receipt{first, second}, all); diff != "" {
		t.Error(diff)
	}
	again := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}})
	want := first
	want.Again = true
	if diff := cmp.Diff(want, again); diff != "" {
		t.Error(diff)
	}
	if n := count(t, st, "SELECT count(*) FROM events.imports"); n != 2 {
		t.Errorf("%d imports", n)
	}
	text, err := json.Marshal(first)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"kind":"calls"`, `"rows":5`, `"accepted":1`, `"duplicates":1`, `"rejected":3`, `"again":false`, `"rejects_file":`,
		`"reasons":[{"reason":"caller and callee are the same","count":2}`, `"first":"2024-01-01T00:00:00Z"`, `"notes":[]`} {
		if !strings.Contains(string(text), part) {
			t.Errorf("%s is not in %s", part, text)
		}
	}
	// The store's own view of it.
	imports, err := st.Imports(t.Context())
	if err != nil || len(imports) != 2 || imports[0].Rows != 5 || imports[0].Hash != first.Hash {
		t.Errorf("%+v, %v", imports, err)
	}
}

// Rows that another file brought are duplicates, whatever its shape.
func TestDuplicatesAcrossFiles(t *testing.T) {
	st, _ := newStore(t)
	mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "a.csv", "caller,callee,at,seconds\na,b,2024-01-01T00:00:00Z,5\nb,c,2024-01-02T00:00:00Z,5\n")}})
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "b.tsv", "duration\tto\tfrom\twhen\n5.0\tb\ta\t1704067200\n6\tb\ta\t1704067200\n6\tb\ta\t1704067200\n")}})
	if r.Accepted != 1 || r.Duplicates != 2 {
		t.Errorf("%+v", r)
	}
	timeless := Options{Kind: Calls, Files: []string{write(t, "c.csv", "caller,callee\na,b\na,c\n")}}
	if r := mustLoad(t, st, timeless); r.Accepted != 2 {
		t.Errorf("rows without a time are equal to none with one: %+v", r)
	}
	timeless.Files = []string{write(t, "d.csv", "callee,caller\nb,a\nd,a\n")}
	if r := mustLoad(t, st, timeless); r.Accepted != 1 || r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
	// Two lines of one receipt that differ in the basket only are two.
	lines := "customer,product,basket,at\nc,p,1,2024-01-01\nc,p,2,2024-01-01\nc,p,2,2024-01-01\n"
	if r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "e.csv", lines)}}); r.Accepted != 2 || r.Duplicates != 1 {
		t.Errorf("%+v", r)
	}
	if r := mustLoad(t, st, Options{Kind: Purchases, Files: []string{write(t, "f.csv", lines+"c,p,3,2024-01-01\n")}}); r.Accepted != 1 || r.Duplicates != 3 {
		t.Errorf("%+v", r)
	}
}

// drawCalls draws rows of calls with repeats and faults.
func drawCalls(t *rapid.T) []string {
	id := rapid.SampledFrom([]string{"a", "b", "c", "+1", "01", "é,x", ""})
	row := rapid.Custom(func(t *rapid.T) string {
		return fmt.Sprintf("\"%s\",\"%s\",%s,%s", id.Draw(t, "caller"), id.Draw(t, "callee"),
			rapid.SampledFrom([]string{"2024-01-01", "2024-01-01T00:00:00Z", "1704067200", "2024-02-30", ""}).Draw(t, "at"),
			rapid.SampledFrom([]string{"1", "1.0", "-1", "-2", "nan", ""}).Draw(t, "seconds"))
	})
	return rapid.SliceOfN(row, 1, 30).Draw(t, "rows")
}

// What is stored is a set: it does not depend on the order of the rows, nor on
// how they are cut into files; and every row is counted once.
func TestLoadLaws(t *testing.T) {
	fewerChecks(t, 15)
	st, _ := newStore(t)
	dir := t.TempDir()
	const header = "caller,callee,at,seconds\n"
	n := 0
	load := func(t *rapid.T, rows ...[]string) (stored []string, accepted, rejected int64) {
		if err := st.Update(context.Background(), clear); err != nil {
			t.Fatal(err)
		}
		for _, part := range rows {
			n++
			path := filepath.Join(dir, fmt.Sprintf("%d.csv", n))
			if err := os.WriteFile(path, []byte(header+strings.Join(part, "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			receipts, err := Load(context.Background(), st, Options{Kind: Calls, Files: []string{path}})
			if err != nil && !strings.Contains(err.Error(), "rows were rejected") {
				t.Fatal(err)
			}
			if len(receipts) != 1 {
				t.Fatal("a receipt is missing")
			}
			r := receipts[0]
			if r.Rows != int64(len(part)) || r.Rows != r.Accepted+r.Duplicates+r.Rejected {
				t.Fatalf("%d rows came out as %+v", len(part), r)
			}
			accepted += r.Accepted
			rejected += r.Rejected
		}
		return tableOf(t, st), accepted, rejected
	}
	rapid.Check(t, func(t *rapid.T) {
		rows := drawCalls(t)
		stored, accepted, rejected := load(t, rows)
		if int64(len(stored)) != accepted {
			t.Fatalf("%d rows are stored, %d were accepted", len(stored), accepted)
		}
		shuffled := rapid.Permutation(rows).Draw(t, "shuffled")
		other, _, again := load(t, shuffled)
		if diff := cmp.Diff(stored, other); diff != "" || rejected != again {
			t.Fatalf("in another order: %s", diff)
		}
		if len(rows) > 1 {
			cut := rapid.IntRange(1, len(rows)-1).Draw(t, "cut")
			other, sum, again := load(t, rows[:cut], rows[cut:])
			if diff := cmp.Diff(stored, other); diff != "" || rejected != again || sum != accepted {
				t.Fatalf("in two files: %s", diff)
			}
		}
	})
}

func tableOf(t *rapid.T, st *duckstore.Store) []string {
	rows, err := st.DB().QueryContext(context.Background(), "SELECT concat_ws('|', caller, callee, time, kind, seconds, answered) FROM events.calls")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := []string{}
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func TestCancel(t *testing.T) {
	st, dir := newStore(t)
	var text strings.Builder
	text.WriteString("caller,callee,at\n\n") // the blank line asks for a clean copy
	for i := range 40_000 {
		fmt.Fprintf(&text, "%d,b,%d\n", i, 1_700_000_000+i)
	}
	path := write(t, "calls.csv", text.String())
	stages := map[string]bool{}
	for _, at := range []string{"reading", "storing"} {
		for _, quarter := range []int64{0, 1, 2, 3} {
			ctx, cancel := context.WithCancel(t.Context())
			o := Options{Kind: Calls, Files: []string{path}, Progress: func(stage string, done, total int64) {
				stages[stage] = true
				if done < 0 || done > total {
					t.Errorf("%s is at %d of %d", stage, done, total)
				}
				if strings.HasPrefix(stage, at) && done*4 >= total*quarter {
					cancel()
				}
			}}
			receipts, err := Load(ctx, st, o)
			cancel()
			if !errors.Is(err, context.Canceled) || len(receipts) != 0 {
				t.Errorf("%s, quarter %d: %v, %v", at, quarter, receipts, err)
			}
		}
	}
	if n := count(t, st, "SELECT (SELECT count(*) FROM events.calls) + (SELECT count(*) FROM events.imports)"); n != 0 {
		t.Errorf("%d rows are left", n)
	}
	for _, pattern := range []string{"tmp/load-*", "rejects/*"} {
		if left, _ := filepath.Glob(filepath.Join(dir, pattern)); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	if len(stages) != 2 {
		t.Errorf("the stages were %v", stages)
	}
	if r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}}); r.Accepted != 40_000 {
		t.Errorf("%+v", r)
	}
}

// Several loads at once wait for each other and lose nothing.
func TestConcurrentLoads(t *testing.T) {
	st, dir := newStore(t)
	var wait sync.WaitGroup
	for i := range 6 {
		path := write(t, fmt.Sprintf("calls%d.csv", i), fmt.Sprintf("caller,callee\n%d,x\nx,y\nz,z\n", i))
		wait.Go(func() {
			r, err := Load(context.Background(), st, Options{Kind: Calls, Files: []string{path, path}})
			if err != nil || len(r) != 2 || !r[1].Again || r[0].ID != r[1].ID {
				t.Errorf("%+v, %v", r, err)
			}
		})
	}
	wait.Wait()
	if got := table(t, st, "SELECT (SELECT count(*) FROM events.calls), (SELECT count(*) FROM events.imports), (SELECT count(*) FROM events.rejects)"); got[0] != "7 6 6" {
		t.Error(got)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "rejects", "*")); len(files) != 6 {
		t.Errorf("%v", files)
	}
}

func TestReadOnlyStore(t *testing.T) {
	st, dir := newStore(t)
	path := write(t, "calls.csv", "caller,callee\na,b\n")
	mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	ro, err := duckstore.Open(t.Context(), dir, duckstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ro.Close()
	if _, err := Load(t.Context(), ro, Options{Kind: Calls, Files: []string{path}}); err == nil || !strings.Contains(err.Error(), "open for reading only") {
		t.Error(err)
	}
	if all, err := Receipts(t.Context(), ro); err != nil || len(all) != 1 {
		t.Error(all, err)
	}
}

// A file that changes between the two passes is not loaded by half.
func TestFileThatChanges(t *testing.T) {
	st, _ := newStore(t)
	path := write(t, "calls.csv", "caller,callee\na,b\nc,d\n")
	o := Options{Kind: Calls, Files: []string{path}, Progress: func(stage string, done, total int64) {
		if strings.HasPrefix(stage, "storing") && done == 0 {
			if err := os.WriteFile(path, []byte("caller,callee\na,b\nc,d\ne,f\n"), 0o600); err != nil {
				t.Error(err)
			}
		}
	}}
	_, err := Load(t.Context(), st, o)
	var data *graph.DataError
	if !errors.As(err, &data) || !strings.Contains(data.Reason, "two ways of reading it find 2 and 3 rows") {
		t.Error(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.calls"); n != 0 {
		t.Errorf("%d rows", n)
	}
}

func TestLongRows(t *testing.T) {
	st, _ := newStore(t)
	long := strings.Repeat("y", 10<<20)
	path := write(t, "calls.csv", "caller,callee\na,b\nx,"+long+"\nc,d\n\"z\",\""+long+"\"\ne,f\n")
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if r.Accepted != 3 || r.Rejected != 2 {
		t.Errorf("%+v", r)
	}
	want := []string{"3  " + faultLong + " 4096", "5  " + faultLong + " 4096"}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, length(row) FROM events.rejects ORDER BY line")); diff != "" {
		t.Error(diff)
	}
}

func TestLongFirstLine(t *testing.T) {
	st, _ := newStore(t)
	long := strings.Repeat("y", 10<<20)
	for name, c := range map[string]struct{ text, want string }{
		"no line end":     {long, "calls.csv line 1: the first line is longer than 1 MB"},
		"long header":     {long + ",b\na,b\n", "calls.csv line 1: the first line is longer than 1 MB"},
		"long name":       {long[:2000] + ",b,c\nx,y,z\n", "was found among yyyy"},
		"long first time": {"caller,callee,time\na,b," + long[:2000] + "\n", `yyy…", which is no time`},
	} {
		_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{write(t, "calls.csv", c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
			t.Errorf("%s: %.500v", name, err)
		}
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
