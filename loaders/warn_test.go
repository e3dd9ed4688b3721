package loaders

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// TestOddDays judges files by how many rows each of their days has.
func TestOddDays(t *testing.T) {
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	on := func(date string, rows, first int64) day {
		at, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		return day{at, rows, first}
	}
	for _, c := range []struct {
		name string
		days []day
		own  bool
		want []oddity
	}{
		{"none", nil, false, nil},
		{"plain", []day{on("1990-01-01", 1, 0), on("2026-11-23", 1, 1)}, false, nil},
		{"early and late", []day{on("1970-01-01", 2, 9), on("1989-12-31", 1, 3), on("2024-01-01", 5, 1), on("2026-11-24", 1, 0), on("2100-01-01", 1, 7)}, false,
			[]oddity{{"times before 1990", 3, 3}, {"times in the future", 2, 0}}},
		{"a clock of its own", []day{on("1970-01-01", 2, 9)}, true, nil},
		{"far from a few", []day{on("2001-01-01", 1, 5), on("2024-01-01", 98, 0)}, false, nil},
		{"far from many", []day{on("2001-01-01", 1, 5), on("2001-01-02", 1, 4), on("2024-01-01", 250, 0), on("2026-01-01", 2, 8)}, false,
			[]oddity{{"times more than a year before all others", 2, 4}, {"times more than a year after all others", 2, 8}}},
		{"too many to be odd", []day{on("2001-01-01", 2, 5), on("2024-01-01", 150, 0)}, false, nil},
		{"near enough", []day{on("2023-01-01", 1, 5), on("2024-01-01", 150, 0)}, false, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, oddDays(c.days, now, c.own), cmp.AllowUnexported(oddity{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestWarnings loads a file that goes back in time once, and one with a row far
// from all others behind a blank line and a row of two lines.
func TestWarnings(t *testing.T) {
	st, _ := newStore(t)
	begin := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	var b strings.Builder
	b.WriteString("caller,callee,at,note\n\na,b,2020-01-01,\"two\nlines\"\n")
	for i := range 250 {
		at := begin.Add(time.Duration(i) * time.Hour)
		if i == 100 {
			at = begin.Add(-48 * time.Hour)
		}
		fmt.Fprintf(&b, "a,b%d,%s,\n", i, at.Format(time.RFC3339))
	}
	b.WriteString("a,z,2023-01-01,\n")
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "calls.csv", b.String())}})
	want := []Warning{
		{"time more than a year before all others", 1, 3},
		{"times go back by more than a day, though the file is in order of time otherwise", 2, 105},
	}
	if diff := cmp.Diff(want, r.Warnings); diff != "" {
		t.Error(diff)
	}
	all, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(r, all[0], cmpopts.IgnoreFields(Receipt{}, "RowsPerSecond")); diff != "" {
		t.Errorf("the stored receipt is another:\n%s", diff)
	}
}

func TestMostRejects(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "0.01": 10, "1%": 10, " 12.5 % ": 125, "1": 1, "1.0": 1000, "100%": 1000, "2000": 2000} {
		if got, err := mostRejects(text, 1000); err != nil || got != want {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "%", "-1", "-0.5", "1.5", "101%", "NaN", "some"} {
		if got, err := mostRejects(text, 1000); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}
