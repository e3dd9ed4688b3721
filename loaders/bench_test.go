package loaders

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"kith/graph/duckstore"
)

// BenchmarkLoadOnTop loads a file into a store that has the events of the same
// span already, half of them the same.
func BenchmarkLoadOnTop(b *testing.B) {
	const rows = 1_000_000
	dir := b.TempDir()
	first, second := filepath.Join(dir, "first.csv"), filepath.Join(dir, "second.csv")
	writeCalls(b, first, rows)
	writeCalls(b, second, rows/2)
	for b.Loop() {
		b.StopTimer()
		st, err := duckstore.Open(b.Context(), filepath.Join(b.TempDir(), "data"), duckstore.Options{Create: true})
		if err != nil {
			b.Fatal(err)
		}
		mustLoad(b, st, Options{Kind: Calls, Files: []string{first}})
		b.StartTimer()
		if r := mustLoad(b, st, Options{Kind: Calls, Files: []string{second}}); r.Rows != rows/2 {
			b.Fatalf("%+v", r)
		}
		b.StopTimer()
		if err := st.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(rows/2*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// writeCalls writes a file of calls as an operator's: a customer for fifty rows,
// each with some ten contacts, four calls a second.
func writeCalls(t testing.TB, path string, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	_, _ = w.WriteString("caller,callee,timestamp,duration\n")
	r := rand.New(rand.NewPCG(7, 11))
	people := max(rows/50, 10)
	for i := range rows {
		u := r.IntN(people)
		k := 1 + r.IntN(9)
		fmt.Fprintf(w, "+44%09d,+44%09d,%d,%d\n", u*7919, (u+k*k*331)%people*7919, 1_700_000_000+i/4, int(r.ExpFloat64()*90))
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
