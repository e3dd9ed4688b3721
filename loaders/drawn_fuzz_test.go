package loaders

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"

	"kith/graph/duckstore"
)

// FuzzWays loads drawn files of calls both ways, one behind the other.
func FuzzWays(f *testing.F) {
	for seed := range uint64(6) {
		f.Add(seed)
	}
	salt, err := NewSalt("a salt that is long enough")
	if err != nil {
		f.Fatal(err)
	}
	w := newWays(f)
	path := filepath.Join(f.TempDir(), "calls.csv")
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 7))
		for range 1 + r.IntN(2) { // the second finds ids and calls of the first
			d := drawCallFile(r, drawOne(r, 0, .02, .2, .7))
			d.newline = drawOne(r, d.newline, d.newline, "\r")
			text := []byte(d.text(r, drawOne(r, 0, 0, .1)))
			o := Options{Kind: Calls, Files: []string{path}, Dates: drawOne(r, DatesGuessed, DayFirst, MonthFirst), Zone: drawOne(r, "", "", "Europe/Berlin", "America/Sao_Paulo"),
				MaxRejects: drawOne(r, "", "", "", "20%")}
			if r.IntN(6) == 0 {
				o.Salt, o.HashIDs = salt, true
			}
			text = drawOne(r, text, text, text, utf16Text(t, text), packed(t, text, "gzip"), packed(t, text, "zstd"))
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			w.load(t, o)
		}
		w.same(t)
		w.empty(t)
	})
}

func utf16Text(t testing.TB, text []byte) []byte {
	out, err := unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().Bytes(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func packed(t testing.TB, text []byte, how string) []byte {
	var b bytes.Buffer
	var w io.WriteCloser = gzip.NewWriter(&b)
	if how == "zstd" {
		var err error
		if w, err = zstd.NewWriter(&b); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// FuzzForms loads the same drawn rows as delimited text, in other encodings and
// orders, packed, as JSON Lines and as Parquet: what is stored, and what the receipts
// say, is the same.
func FuzzForms(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed)
	}
	db := memoryDB(f)
	st, _ := newStore(f)
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, seed uint64) {
		r := rand.New(rand.NewPCG(seed, 9))
		share := drawOne(r, 0, .05, .3)
		o := Options{Kind: Calls, Header: HeaderYes, Dates: drawOne(r, DatesGuessed, DayFirst, MonthFirst), Zone: drawOne(r, "", "", "Europe/Berlin", "America/Sao_Paulo")}
		d := drawCallFile(r, share)
		if r.IntN(2) == 0 {
			o.Kind, d = Purchases, drawPurchaseFile(r, share)
		}
		text := []byte(d.text(r, 0))
		tabs := d
		tabs.delim, tabs.newline, tabs.quote = "\t", "\r\n", 0
		want := ""
		for _, form := range []struct {
			name string
			data []byte
		}{
			{"plain.csv", text}, {"shuffled.csv", []byte(d.shuffled(r).text(r, 0))}, {"tabs.tsv", []byte(tabs.text(r, 0))},
			{"utf16.csv", utf16Text(t, text)}, {"packed.csv.zst", packed(t, text, "zstd")}, {"lines.jsonl", []byte(d.lines())}, {"calls.parquet", nil},
		} {
			path := filepath.Join(dir, form.name)
			if form.data == nil {
				d.parquet(t, db, path)
			} else if err := os.WriteFile(path, form.data, 0o600); err != nil {
				t.Fatal(err)
			}
			o.Files = []string{path}
			got := outcome(t, st, o)
			if want == "" {
				want = got
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%s of %s, %+v: %s", form.name, o.Kind, o, diff)
			}
		}
	})
}

// parquet writes the file as Parquet, with texts in all columns.
func (d drawnFile) parquet(t testing.TB, db *sql.Conn, path string) {
	var columns, marks []string
	for _, c := range d.columns {
		columns, marks = append(columns, ident(c)+" VARCHAR"), append(marks, "?")
	}
	exec := func(query string, args ...any) {
		if _, err := db.ExecContext(context.Background(), query, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec("CREATE OR REPLACE TABLE drawn (" + strings.Join(columns, ", ") + ")")
	for _, row := range d.rows {
		args := make([]any, len(row))
		for i, f := range row {
			args[i] = f
		}
		exec("INSERT INTO drawn VALUES ("+strings.Join(marks, ", ")+")", args...)
	}
	exec("COPY drawn TO " + literal(path) + " (FORMAT parquet)")
}

// outcome is what became of a file, without what tells its form, and empties the
// store.
func outcome(t testing.TB, st *duckstore.Store, o Options) string {
	var out strings.Builder
	receipts, err := Load(context.Background(), st, o)
	if err != nil && len(receipts) == 0 {
		if mentionsDuckDB(err) {
			t.Fatal(err)
		}
		out.WriteString("refused\n")
	}
	for _, r := range receipts {
		delete(r.Mapping, "(encoding)")
		fmt.Fprintln(&out, r.Rows, r.Accepted, r.Duplicates, r.Rejected, r.Reasons, r.Repeats, r.First, r.Last, r.NewCustomers, r.NewProducts, r.Mapping, r.Notes)
	}
	query := "SELECT * EXCLUDE (import_id) FROM events.purchases ORDER BY ALL"
	if o.Kind == Calls {
		query = "SELECT caller, callee, time, CAST(kind AS VARCHAR) AS kind, seconds, answered FROM events.calls UNION ALL SELECT customer, NULL, time, 'own', seconds, NULL FROM events.usage ORDER BY ALL"
	}
	out.WriteString(strings.Join(table(t, st, query), "\n"))
	if err := st.Update(context.Background(), clear); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
