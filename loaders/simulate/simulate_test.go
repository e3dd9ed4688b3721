package simulate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// run simulates into a new folder.
func run(t testing.TB, o Options) (string, *Report) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	r, err := Write(context.Background(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, r
}

// table reads a CSV file without its header, rows of any length.
func table(t rapid.TB, dir, name string) [][]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// hashes has the SHA-256 of every file below a folder.
func hashes(t testing.TB, dir string) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		sums[filepath.ToSlash(name)] = fmt.Sprintf("%x", sha256.Sum256(text))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return sums
}

func TestSameBytes(t *testing.T) {
	o := Options{Customers: 300, Days: 10, Seed: 5, Contagion: true, CallsPerCustomerDay: 3}
	var want map[string]string
	for _, threads := range []int{1, 2, 3, 8} {
		o.Threads = threads
		before := runtime.GOMAXPROCS(threads)
		dir, _ := run(t, o)
		runtime.GOMAXPROCS(before)
		got := hashes(t, dir)
		if want == nil {
			want = got
			if len(want) != len(outputs) {
				t.Errorf("there are %d files instead of %d", len(want), len(outputs))
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%d threads: %s", threads, diff)
		}
	}
	o.Seed = 6
	dir, _ := run(t, o)
	for name, sum := range hashes(t, dir) {
		if want[name] == sum {
			t.Errorf("%s does not depend on the seed", name)
		}
	}
}

// classify says what is wrong with a row, by reading it as a loader would.
func classify(name string, row []string) string {
	width := map[string]int{"calls.csv": 5, "churn.csv": 2, "customers.csv": 7, "products.csv": 4, "purchases.csv": 6}[name]
	at := map[string]int{"calls.csv": 2, "churn.csv": 1, "purchases.csv": 2}[name]
	switch {
	case len(row) > width:
		return "too-many-fields"
	case len(row) < width:
		return "missing-fields"
	}
	ids := 1
	if name == "calls.csv" || name == "purchases.csv" {
		ids = 2
	}
	for _, id := range row[:ids] {
		if id == "" {
			return "empty-field"
		}
	}
	if at > 0 {
		if _, err := time.Parse(time.RFC3339, row[at]); err != nil {
			return "impossible-date"
		}
	}
	if name == "calls.csv" || name == "purchases.csv" {
		n, err := strconv.Atoi(row[3])
		switch {
		case err != nil:
			return "not-a-number"
		case name == "calls.csv" && row[0] == row[1]:
			return "self-call"
		case name == "calls.csv" && n < -1:
			return "negative-duration"
		}
	}
	return ""
}

// count makes a FileReport by reading a file.
func count(t rapid.TB, dir, name string) FileReport {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	r := FileReport{Name: name, Bytes: info.Size()}
	at := map[string]int{"calls.csv": 2, "churn.csv": 1, "purchases.csv": 2}[name]
	seen := map[string]bool{}
	for _, row := range table(t, dir, name) {
		r.Rows++
		if fault := classify(name, row); fault != "" {
			if r.DirtyBySort == nil {
				r.DirtyBySort = map[string]int64{}
			}
			r.DirtyBySort[fault]++
			r.Dirty++
			continue
		}
		if text := strings.Join(row, ","); seen[text] {
			r.Duplicates++
			continue
		} else {
			seen[text] = true
		}
		r.Good++
		if at > 0 {
			when, _ := time.Parse(time.RFC3339, row[at])
			if r.First.IsZero() || when.Before(r.First) {
				r.First = when
			}
			if when.After(r.Last) {
				r.Last = when
			}
		}
	}
	return r
}

func TestCountsAreTheTruth(t *testing.T) {
	dir, report := run(t, Options{Customers: 1500, Days: 20, Seed: 3, Dirty: .02, Duplicates: .01})
	for _, want := range report.Files {
		if diff := cmp.Diff(want, count(t, dir, want.Name)); diff != "" {
			t.Errorf("%s: %s", want.Name, diff)
		}
	}
	calls := report.Files[0]
	if share := float64(calls.Dirty) / float64(calls.Good); share < .015 || share > .025 {
		t.Errorf("%.4f of the calls are dirty instead of 0.02", share)
	}
	if share := float64(calls.Duplicates) / float64(calls.Good); share < .007 || share > .013 {
		t.Errorf("%.4f of the calls are duplicates instead of 0.01", share)
	}
	if len(calls.DirtyBySort) != len(callDirt) {
		t.Errorf("calls have only the faults %v", calls.DirtyBySort)
	}
	if perDay := float64(calls.Good) / 1500 / 20; perDay < .7 || perDay > 1.3 {
		t.Errorf("there are %.2f calls a customer and day instead of about 1", perDay)
	}
	again, err := ReadReport(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(report, again); diff != "" {
		t.Errorf("the report changed on its way through the file: %s", diff)
	}
}

// Whatever the settings: the counts are right, names are known, sizes add up.
func TestAnySettings(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	rapid.Check(t, func(t *rapid.T) {
		o := Options{
			Customers:           rapid.IntRange(1, 40).Draw(t, "customers"),
			Days:                rapid.IntRange(1, 3).Draw(t, "days"),
			Seed:                rapid.Uint64().Draw(t, "seed"),
			Contagion:           rapid.Bool().Draw(t, "contagion"),
			Churn:               rapid.SampledFrom([]float64{-1, 0, .5, 1}).Draw(t, "churn"),
			Overlap:             rapid.SampledFrom([]float64{-1, 0, 1}).Draw(t, "overlap"),
			CallsPerCustomerDay: rapid.SampledFrom([]float64{-1, 0, 10}).Draw(t, "calls"),
			LinesPerCustomerDay: rapid.SampledFrom([]float64{-1, 0, 3}).Draw(t, "lines"),
			Products:            rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "products"),
			Dirty:               rapid.SampledFrom([]float64{-1, 0, .3}).Draw(t, "dirty"),
			Duplicates:          rapid.SampledFrom([]float64{-1, 0, .3}).Draw(t, "duplicates"),
			Threads:             rapid.IntRange(1, 3).Draw(t, "threads"),
		}
		report, err := Write(context.Background(), dir, o)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range report.Files {
			if diff := cmp.Diff(want, count(t, dir, want.Name)); diff != "" {
				t.Fatalf("%s: %s", want.Name, diff)
			}
		}
		size := map[string]int{}
		total := 0
		for _, row := range table(t, dir, "truth/communities.csv") {
			n, _ := strconv.Atoi(row[4])
			size[row[0]] = n
			total += n
		}
		if total != o.Customers {
			t.Fatalf("the communities have %d customers instead of %d", total, o.Customers)
		}
		degree := map[string]float64{}
		for _, row := range table(t, dir, "truth/memberships.csv") {
			d, _ := strconv.ParseFloat(row[2], 64)
			degree[row[0]] += d
			if size[row[1]] == 0 {
				t.Fatalf("membership %v is in no community", row)
			}
		}
		if len(degree) != o.Customers {
			t.Fatalf("%d customers have memberships instead of %d", len(degree), o.Customers)
		}
		for id, d := range degree {
			if d < .999 || d > 1.001 {
				t.Fatalf("the degrees of %s sum to %v", id, d)
			}
		}
		for _, row := range table(t, dir, "calls.csv") {
			if classify("calls.csv", row) == "" && (degree[row[0]] == 0 || degree[row[1]] == 0) {
				t.Fatalf("the call %v is by strangers", row)
			}
		}
	})
}

func TestOptionsOutOfRange(t *testing.T) {
	for _, c := range []struct {
		name, want string
		o          Options
	}{
		{"no customers", "number of customers is -1", Options{Customers: -1}},
		{"too many customers", "number of customers is 100000000", Options{Customers: 100_000_000}},
		{"no days", "number of days is -2", Options{Days: -2}},
		{"too many days", "number of days is 3651", Options{Days: 3651}},
		{"products", "number of products is 100000", Options{Products: 100_000}},
		{"churn", "share of churn in 30 days is 1.5", Options{Churn: 1.5}},
		{"strength", "strength of contagion is -1", Options{Strength: -1}},
		{"dirty", "share of dirty rows is 0.9", Options{Dirty: .9}},
		{"start", "the start is in the year 1066", Options{Start: time.Date(1066, 10, 14, 0, 0, 0, 0, time.UTC)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := Write(context.Background(), dir, c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got error %v, want one with %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(dir, "customers.csv")); err == nil {
				t.Error("a file was written all the same")
			}
		})
	}
}

// small is a quick simulation.
var small = Options{Customers: 200, Days: 5, Seed: 1}

// What is allocated in all does not grow with the rows: the sheets are used
// again.
func TestMemoryIsBounded(t *testing.T) {
	allocated := func(days int) (heap uint64, rows int64) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, r := run(t, Options{Customers: 300, Days: days, CallsPerCustomerDay: 40, Threads: 2})
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc, r.Files[0].Rows
	}
	short, few := allocated(5)
	long, many := allocated(25)
	if many < 4*few {
		t.Errorf("there are %d and %d rows", few, many)
	}
	if long > short*3/2 {
		t.Errorf("%d rows take %d bytes, %d rows %d", few, short, many, long)
	}
}

// A day of many rows is cut into slices, which together are the whole day in
// order of time.
func TestSlices(t *testing.T) {
	if n := slicesFor(10 * rowsPerSlice); n != 11 {
		t.Errorf("ten times the rows of a slice are cut into %d", n)
	}
	op := simulated(Options{Customers: 300, Days: 2, CallsPerCustomerDay: 20})
	w := &caller{op: op, lengths: durations()}
	rowsIn := func(parts int) (n int64) {
		var h sheet
		last := int64(-1)
		for part := range parts {
			h.reset(&op.o, 0, part, callDirt)
			w.slice(&h, 1, part, parts)
			if h.good > 0 && h.first <= last {
				t.Errorf("slice %d of %d begins at %d, before the last one ends at %d", part, parts, h.first, last)
			}
			n, last = n+h.good, max(last, h.last)
		}
		return n
	}
	one, seven := rowsIn(1), rowsIn(7)
	if ratio := float64(seven) / float64(one); ratio < .9 || ratio > 1.1 {
		t.Errorf("a day has %d rows in one slice and %d in seven", one, seven)
	}
}

// simulated is an operator up to who leaves, without files.
func simulated(o Options) *operator {
	op := found(o.withDefaults())
	op.befriend()
	op.stock()
	op.depart()
	return op
}

func BenchmarkWrite(b *testing.B) {
	for _, n := range []int{1000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			var rows, size int64
			for b.Loop() {
				dir := filepath.Join(b.TempDir(), "out")
				r, err := Write(context.Background(), dir, Options{Customers: n, Days: 30})
				if err != nil {
					b.Fatal(err)
				}
				rows, size = 0, 0
				for _, f := range r.Files {
					rows, size = rows+f.Rows, size+f.Bytes
				}
				os.RemoveAll(dir)
			}
			b.SetBytes(size)
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
