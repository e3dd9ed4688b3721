package loaders

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
	"kith/graph/duckstore"
)

// ways are two stores, into which files go by the two ways.
type ways struct {
	stores [2]*duckstore.Store
	dirs   [2]string
}

func newWays(t testing.TB) *ways {
	w := &ways{}
	for i := range w.stores {
		w.stores[i], w.dirs[i] = newStore(t)
	}
	return w
}

// load loads a file both ways and compares what came of it.
func (w *ways) load(t testing.TB, o Options) {
	t.Helper()
	var got [2][]Receipt
	var said [2]string
	for i, st := range w.stores {
		o.ordinary = i == 1
		receipts, err := Load(context.Background(), st, o)
		if err != nil {
			said[i] = strings.ReplaceAll(err.Error(), w.dirs[i], "DIR")
			if mentionsDuckDB(err) {
				t.Fatal(err)
			}
		}
		for j := range receipts {
			receipts[j].RejectsFile = ""
		}
		got[i] = receipts
	}
	if said[0] != said[1] {
		t.Fatalf("%v: one way says %q, the other %q", o.Files, said[0], said[1])
	}
	if diff := cmp.Diff(got[1], got[0], cmpopts.IgnoreFields(Receipt{}, "At", "Seconds", "RowsPerSecond")); diff != "" {
		t.Fatalf("%v: %s", o.Files, diff)
	}
}

// same compares what is in both stores.
func (w *ways) same(t testing.TB) {
	t.Helper()
	for _, query := range []string{
		"SELECT f.id AS caller, t.id AS callee, c.* EXCLUDE (row, caller, callee) FROM events.call_rows AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee ORDER BY c.row",
		"SELECT f.id AS caller, t.id AS callee, c.* EXCLUDE (caller, callee) FROM events.call_twins AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee ORDER BY ALL",
		"SELECT * FROM events.usage ORDER BY ALL",
		"SELECT * FROM events.rejects ORDER BY ALL",
		"SELECT * FROM events.known ORDER BY ALL",
		"SELECT id FROM events.ids ORDER BY id",
	} {
		if diff := cmp.Diff(table(t, w.stores[1], query), table(t, w.stores[0], query)); diff != "" {
			t.Fatalf("%s: %s", query, diff)
		}
	}
	for _, st := range w.stores {
		if n := count(t, st, "SELECT count(*) - count(DISTINCT n) + count(*) - count(DISTINCT id) FROM events.ids"); n != 0 {
			t.Fatalf("%d ids or numbers stand twice", n)
		}
	}
}

// empty takes everything out of both stores.
func (w *ways) empty(t testing.TB) {
	t.Helper()
	for _, st := range w.stores {
		if err := st.Update(context.Background(), clear); err != nil {
			t.Fatal(err)
		}
	}
}

// loadOne loads a file of calls and returns what the load knew.
func loadOne(t *testing.T, st *duckstore.Store, dir, path string) (*loading, error) {
	l := &loading{o: &Options{Kind: Calls, Files: []string{path}, Dates: DayFirst, RejectsDir: filepath.Join(dir, "rejects")}, st: st, dir: dir}
	err := l.load(t.Context(), path)
	l.tidy()
	return l, err
}

// Files of the usual forms go the new way, and one of other forms does not.
func TestPlainIsTaken(t *testing.T) {
	st, dir := newStore(t)
	long := "caller,callee,at,seconds\n"
	var b strings.Builder
	for i := range mostTalks + 10 {
		fmt.Fprintf(&b, "a%d,b%d,%d,7\n", i%100, i%90, 1_700_000_000+i)
	}
	long += b.String()
	for _, c := range []struct {
		name, text string
		plain      bool
		rows       int64
	}{
		{"epochs.csv", "caller,callee,at,seconds\na,b,1700000000,5\na,c,x,5\n", true, 1},
		{"quotes.tsv", "caller\tcallee\tat\n\"a\"\t\"b\"\t\"2024-01-01 10:00\"\n", true, 1},
		{"lines.jsonl", "{\"caller\": \"a\", \"callee\": \"d\", \"at\": \"2024-01-01T10:00:00Z\"}\n", true, 1},
		{"days.csv", "caller,callee,at\na,b,31/12/2024\n", false, 1},
		{"long.csv", long, true, mostTalks + 10},
	} {
		path := write(t, c.name, c.text)
		l, err := loadOne(t, st, dir, path)
		if err != nil || (l.plain != nil) != c.plain || l.receipt.Accepted != c.rows {
			t.Errorf("%s: %v, plain %t, %+v", c.name, err, l.plain != nil, l.receipt)
		}
		if n := count(t, st, "SELECT count(*) FROM events.call_rows WHERE import_id = ?", l.receipt.ID); n != c.rows {
			t.Errorf("%s: %d rows are stored", c.name, n)
		}
	}
}

// The files of calls of the specifications come out the same both ways, one
// behind the other in one store.
func TestPlainScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	w := newWays(t)
	loads := 0
	for _, path := range paths {
		if !strings.Contains("calls times sides json receipts usage", strings.TrimSuffix(filepath.Base(path), ".txt")) {
			continue
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		for _, part := range strings.Split("\n"+string(text), "\n-- ")[1:] {
			name, body, _ := strings.Cut(part, " --")
			escaped, body, _ := strings.Cut(body, "\n")
			body, _, _ = strings.Cut(body, "\n$ ")
			if escaped != "" || strings.ContainsAny(name, "/ ") {
				continue
			}
			file := filepath.Join(dir, name)
			if err := os.WriteFile(file, []byte(body+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			w.load(t, Options{Kind: Calls, Files: []string{file}})
			loads++
		}
	}
	bad, err := filepath.Glob("testdata/bad/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range bad {
		if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "caller") {
			continue
		}
		w.load(t, Options{Kind: Calls, Files: []string{file}})
	}
	w.same(t)
	if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); loads < 30 || n < 200 {
		t.Fatalf("%d loads stored only %d calls", loads, n)
	}
}

// faultyCalls writes a file of calls with faults and odd forms in a share of its
// rows, and with rows that stand twice.
func faultyCalls(r *rand.Rand, rows int, share float64, times func(int64) string) string {
	var b strings.Builder
	b.WriteString("caller,callee,at,seconds,kind,answered\n")
	var former string
	for i := range rows {
		fields := []string{fmt.Sprintf("+44%d", r.IntN(50)), fmt.Sprintf("0%d", r.IntN(50)), times(1_700_000_000 + int64(i)*7),
			fmt.Sprint(r.IntN(300)), []string{"voice", "SMS", "data", "m"}[r.IntN(4)], []string{"yes", "no", "", "1"}[r.IntN(4)]}
		if r.Float64() < share {
			fields[r.IntN(len(fields))] = nasty[r.IntN(len(nasty))]
		}
		if r.Float64() < share {
			fields[1] = fields[0]
		}
		if r.Float64() < share {
			fields[r.IntN(len(fields))] += " "
		}
		for k, f := range fields {
			if strings.ContainsAny(f, ",\"\n\r") || r.IntN(5) == 0 {
				fields[k] = `"` + strings.ReplaceAll(f, `"`, `""`) + `"`
			}
		}
		row := strings.Join(fields, ",") + "\n"
		switch {
		case former != "" && r.Float64() < share/2:
			row = former
		case r.Float64() < share/4:
			row = "cut,\n"
		case r.Float64() < share/4:
			row = "\n"
		}
		b.WriteString(row)
		former = row
	}
	return b.String()
}

func epochText(at int64) string { return fmt.Sprint(at) }

// accessPoints are calls and data sessions of which some have no person at the
// other side.
func accessPoints(r *rand.Rand, rows int) string {
	var b strings.Builder
	b.WriteString("caller,callee,at,seconds,kind,answered\n")
	for i := range rows {
		sides := []string{fmt.Sprint(491700000 + r.IntN(40)), fmt.Sprint(491700000 + r.IntN(40)), "ann", "bob@example.com"}
		callee := sides[r.IntN(len(sides))]
		if r.IntN(20) == 0 {
			callee = []string{"internet", "WAP", "web.provider.com", "10.0.0.1", "Operator"}[r.IntN(5)]
		}
		fmt.Fprintf(&b, "%s,%s,%d,%d,%s,\n", sides[r.IntN(3)], callee, 1700000000+i, r.IntN(100), []string{"voice", "data", "gprs", "sms"}[r.IntN(4)])
	}
	return b.String()
}

// Files with faults of all sorts come out the same both ways, and so does what
// follows them in the same store.
func TestPlainFaults(t *testing.T) {
	salt, err := NewSalt("a salt that is long enough")
	if err != nil {
		t.Fatal(err)
	}
	w := newWays(t)
	r := rand.New(rand.NewPCG(3, 5))
	iso := func(at int64) string {
		forms := []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05Z", "2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04:05.000001", "2006/01/02 15:04:05", "2006-01-02 15:04:05+02:00"}
		return timeText(at, forms[r.IntN(len(forms))])
	}
	for _, c := range []struct {
		name string
		o    Options
		file func() string
	}{
		{"spotless", Options{}, func() string { return faultyCalls(r, 500, 0, epochText) }},
		{"some faults", Options{}, func() string { return faultyCalls(r, 500, 0.05, epochText) }},
		{"many faults", Options{}, func() string { return faultyCalls(r, 300, 0.9, epochText) }},
		{"iso", Options{}, func() string { return faultyCalls(r, 500, 0.05, iso) }},
		{"blanks", Options{}, func() string {
			return strings.NewReplacer(",", ", ", "\n", " \n").Replace(faultyCalls(r, 500, 0.05, epochText))
		}},
		{"a zone", Options{Zone: "Europe/Berlin"}, func() string { return faultyCalls(r, 200, 0.05, iso) }},
		{"milliseconds", Options{Units: map[string]string{"at": "milliseconds"}}, func() string {
			return faultyCalls(r, 300, 0.05, func(at int64) string { return fmt.Sprint(at*1000 + at%1000) })
		}},
		{"minutes", Options{Units: map[string]string{"seconds": "minutes"}}, func() string { return faultyCalls(r, 100, 0.05, epochText) }},
		{"comma", Options{Decimal: DecimalComma}, func() string { return faultyCalls(r, 200, 0.1, epochText) }},
		{"few rejects", Options{MaxRejects: "1%"}, func() string { return faultyCalls(r, 300, 0.1, epochText) }},
		{"no kind", Options{Map: Map{"kind": "'sms'", "answered": "''"}}, func() string { return faultyCalls(r, 200, 0.05, epochText) }},
		{"no times", Options{Map: Map{"at": "''"}}, func() string { return faultyCalls(r, 200, 0.05, epochText) }},
		{"access points", Options{}, func() string { return accessPoints(r, 300) }},
		{"hashed access points", Options{HashIDs: true, Salt: salt}, func() string { return accessPoints(r, 300) }},
		{"hashed", Options{HashIDs: true, Salt: salt}, func() string { return faultyCalls(r, 300, 0.05, epochText) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for range 2 {
				o := c.o
				o.Kind, o.Header = Calls, HeaderYes
				o.Files = []string{write(t, "calls.csv", c.file())}
				w.load(t, o)
			}
			w.same(t)
			w.empty(t)
		})
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
			for _, c := range []struct{ rows, zone string }{{"1, 600", ""}, {"500, 5500", "Europe/Berlin"}} {
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

// A Parquet file with bytes that are no text is refused by both ways in one
// sentence, also where these stand behind what is looked at first.
func TestPlainParquetOfBytes(t *testing.T) {
	db := memoryDB(t)
	w := newWays(t)
	file := filepath.Join(t.TempDir(), "calls.parquet")
	query := "COPY (SELECT 'a' AS caller, CAST(if(i = 4001, '\\xFF', 'b' || i % 30) AS BLOB) AS callee, 1700000000 + i AS at FROM range(5000) AS r(i)) TO " + literal(file)
	if _, err := db.ExecContext(t.Context(), query+" (FORMAT parquet, ROW_GROUP_SIZE 2048, WRITE_BLOOM_FILTER false)"); err != nil {
		t.Fatal(err)
	}
	for i, st := range w.stores {
		_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{file}, ordinary: i == 1})
		var data *graph.DataError
		if !errors.As(err, &data) || !strings.HasPrefix(data.Reason, "the Parquet file cannot be read (Invalid Input Error: Invalid string encoding found in Parquet file \"calls.parquet\"") {
			t.Errorf("%v", err)
		}
	}
	w.same(t)
}

// Files that are stored without being staged have the same receipts.
func TestPlainSpotless(t *testing.T) {
	st, dir := newStore(t)
	w := newWays(t)
	for name, text := range map[string]string{
		"whole.csv":    "caller,callee,at\na,b,1700000000\nb,c,1700000009\n",
		"faulty.csv":   "caller,callee,at\na,b,1710000000\na\n\nb,c,1710000001,x\nb,c,1710000001\n",
		"timeless.csv": "caller,callee\na,b\nb,c\n",
	} {
		path := write(t, name, text)
		if l, err := loadOne(t, st, dir, path); err != nil || l.plain == nil || !l.plain.spotless {
			t.Fatalf("%s: %v", name, err)
		}
		w.load(t, Options{Kind: Calls, Files: []string{path}})
	}
	w.same(t)
}

// Who asked to be forgotten, and ids that are not hashed as others are, are
// rejected by either way.
func TestPlainWithdrawn(t *testing.T) {
	salt, err := NewSalt("a salt that is long enough")
	if err != nil {
		t.Fatal(err)
	}
	w := newWays(t)
	w.load(t, Options{Kind: Calls, HashIDs: true, Salt: salt, Files: []string{write(t, "a.csv", "caller,callee,at\na,b,1700000000\n")}})
	w.load(t, Options{Kind: Calls, Files: []string{write(t, "b.csv", "caller,callee,at\nc,d,1700000000\n"+strings.Repeat("a", 64)+","+strings.Repeat("b", 64)+",1700000000\n")}})
	w.same(t)
	if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); n != 2 {
		t.Fatalf("%d calls are stored", n)
	}
}

// Rows that stand twice are no rejects, so that a file with many of them is not
// refused for them.
func TestPlainTwinsAreNoRejects(t *testing.T) {
	w := newWays(t)
	text := "caller,callee,at\n" + strings.Repeat("a,b,1700000000\n", 8) + "a,a,1700000000\n"
	file := write(t, "calls.csv", text)
	w.load(t, Options{Kind: Calls, Files: []string{file}, MaxRejects: "20%"})
	w.same(t)
	if n := count(t, w.stores[0], "SELECT duplicates FROM events.imports"); n != 7 {
		t.Fatalf("%d duplicates", n)
	}
	w.load(t, Options{Kind: Calls, Files: []string{write(t, "more.csv", text+"a,,1700000000\nb,c,1700000009\n")}, MaxRejects: "10%"})
	if n := count(t, w.stores[0], "SELECT count(*) FROM events.imports"); n != 1 {
		t.Fatal("it is stored")
	}
}

// A file that is read another way after all is the same one, also where its name
// is a pattern that another file matches.
func TestPlainWithdrawnPattern(t *testing.T) {
	w := newWays(t)
	dir := t.TempDir()
	salt, err := NewSalt("a salt that is long enough")
	if err != nil {
		t.Fatal(err)
	}
	w.load(t, Options{Kind: Calls, HashIDs: true, Salt: salt, Files: []string{write(t, "a.csv", "caller,callee,at\na,b,1700000000\n")}})
	hashed := func(name, end string) string {
		path := filepath.Join(dir, name)
		text := "caller,callee,at\n" + strings.Repeat("a", 63) + end + "," + strings.Repeat("b", 64) + ",1700000000\n"
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hashed("calls1.csv", "1")
	w.load(t, Options{Kind: Calls, Files: []string{hashed("calls[1].csv", "2")}})
	w.same(t)
	if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls WHERE caller LIKE '%a2'"); n != 1 {
		t.Fatalf("%d of its calls are stored", n)
	}
}

// FuzzPlainCalls loads any text as calls both ways.
func FuzzPlainCalls(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 1))
	f.Add(faultyCalls(r, 20, 0.3, epochText))
	f.Add(faultyCalls(r, 5, 0, epochText))
	f.Add("caller;callee;at\na;b;2024-01-01 10:00\n\"a\";b;2024-01-01 10:00:00.5\n")
	f.Add("{\"caller\": \"a\", \"callee\": 7, \"at\": \"2024-01-01\"}\n{\"caller\": \"b\", \"callee\": 7, \"at\": \"2024-01-01\"}\n")
	w := newWays(f)
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, text string) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		w.load(t, Options{Kind: Calls, Files: []string{path}, Dates: DayFirst})
		w.same(t)
		w.empty(t)
	})
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

func timeText(at int64, form string) string { return time.Unix(at, 0).UTC().Format(form) }
