package loaders

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Files of the usual forms go the short way, and one of other forms does not.
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
			fmt.Sprint([]int{r.IntN(300), 86_395 + r.IntN(10)}[max(0, r.IntN(50)-48)]), []string{"voice", "SMS", "data", "m"}[r.IntN(4)], []string{"yes", "no", "", "1"}[r.IntN(4)]}
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
		{"hashed on one side", Options{Changes: Changes{"caller": {{Verb: changeHash}}}, Salt: salt}, func() string { return accessPoints(r, 60) }},
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

func timeText(at int64, form string) string { return time.Unix(at, 0).UTC().Format(form) }
