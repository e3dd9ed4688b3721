package identity

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{"1971-06-24", "19710624", true},
		{"1971/6/24", "19710624", true},
		{"1971.06.24", "19710624", true},
		{"19710624", "19710624", true},
		{"24061971", "19710624", true},
		{"1971-06-24T00:00:00Z", "19710624", true},
		{"1971-06-24 00:00:00", "19710624", true},
		{"24/06/1971 12:30", "19710624", true},
		{"24.06.1971", "19710624", true},
		{"24. 6. 1971", "19710624", true},
		{"24-06-71", "19710624", true},
		{"24-06-05", "20050624", true},
		{"24 June 1971", "19710624", true},
		{"24-Jun-1971", "19710624", true},
		{"June 24, 1971", "19710624", true},
		{"24. Juni 1971", "19710624", true},
		{"1. März 1971", "19710301", true},
		{"Sept 5 1999", "19990905", true},
		{"1971 June 24", "19710624", true},
		{"06/24/1971", "19710624", true}, // no month 24
		{"02/03/1971", "19710302", true},
		{"29.02.2000", "20000229", true},
		{"29.02.1900", "29021900", false},
		{"1971-02-30", "19710230", false},
		{"19711306", "19711306", false},
		{"1771-06-24", "17710624", false},
		{"June 1971", "1971", false},
		{"1971", "1971", false},
		{"unknown", "unknown", false},
		{"", "", false},
		{"1-2-3-4", "1234", false},
		{"24 June 12345", "2412345", false},
	} {
		if got, ok := Date(c.in, false); got != c.want || ok != c.ok {
			t.Errorf("Date(%q) is %q, %t; want %q, %t", c.in, got, ok, c.want, c.ok)
		}
	}
	for in, want := range map[string]string{"02/03/1971": "19710203", "24/06/1971": "19710624", "02031971": "19710203", "2 Mar 1971": "19710302"} {
		if got, ok := Date(in, true); got != want || !ok {
			t.Errorf("month first, Date(%q) is %q, %t; want %q", in, got, ok, want)
		}
	}
}

// The calendar of package time is the oracle: whatever the shape, the day is the
// same.
func TestDateShapes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		day := time.Date(1850, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 300*365).Draw(t, "day"))
		monthFirst := rapid.Bool().Draw(t, "month first")
		want := day.Format("20060102")
		shapes := []string{"2006-01-02", "2006/1/2", "20060102", "2 January 2006", "Jan 2, 2006", "2006-01-02T15:04:05Z07:00", "2006-01-02 15:04"}
		if monthFirst {
			shapes = append(shapes, "01/02/2006", "1.2.2006", "1/2/2006 15:04:05")
		} else {
			shapes = append(shapes, "02/01/2006", "2.1.2006", "2-1-2006 15:04:05")
		}
		for _, shape := range shapes {
			if got, ok := Date(day.Format(shape), monthFirst); got != want || !ok {
				t.Fatalf("%q is %q, %t; want %q", day.Format(shape), got, ok, want)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"1971-06-24", "24.6.71", "June 24, 1971", "19711306", "24  Juni  1971", "T1971-06-24", "é1/2/3"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, s string, monthFirst bool) {
		got, ok := Date(s, monthFirst)
		if !ok {
			return
		}
		if _, err := time.Parse("20060102", got); err != nil {
			t.Errorf("%q is %q, which is no date", s, got)
		}
		if again, still := Date(got, monthFirst); again != got || !still {
			t.Errorf("%q is %q, and that %q, %t", s, got, again, still)
		}
	})
}

func TestMonthDays(t *testing.T) {
	for year := 1890; year < 2110; year++ {
		for month := 1; month <= 12; month++ {
			if got, want := monthDays(year, month), time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); got != want {
				t.Fatalf("%d-%d has %d days; want %d", year, month, got, want)
			}
		}
	}
}
