package graph

import (
	"errors"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestPeriod(t *testing.T) {
	end := time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ from, to, asOf, want string }{
		{"", "", "", "0001-01-01T00:00:00Z 0001-01-01T00:00:00Z"},
		{"2026-03-01", "2026-03-02", "", "2026-03-01T00:00:00Z 2026-03-02T00:00:00Z"},
		{"2026-03-01T12:30:00+01:00", "", "", "2026-03-01T11:30:00Z 0001-01-01T00:00:00Z"},
		{"2026-03-01T12:30:00", "", "", "2026-03-01T12:30:00Z 0001-01-01T00:00:00Z"},
		{"2026-03-01 12:30", "", "", "2026-03-01T12:30:00Z 0001-01-01T00:00:00Z"},
		{"90d", "", "", "2026-01-01T12:00:00Z 0001-01-01T00:00:00Z"},
		{"2w", "24h", "", "2026-03-18T12:00:00Z 2026-03-31T12:00:00Z"},
		{"10d", "", "2026-03-11", "2026-03-01T00:00:00Z 2026-03-11T00:00:00Z"},
		{"", "1d", "2026-03-11", "0001-01-01T00:00:00Z 2026-03-10T00:00:00Z"},
		{"", "", "31d", "0001-01-01T00:00:00Z 2026-03-01T12:00:00Z"},
		{"1d", "", "31d", "2026-02-28T12:00:00Z 2026-03-01T12:00:00Z"},
		{"2026-03-02", "2026-03-01", "", "from: the window from 2026-03-02T00:00:00Z to 2026-03-01T00:00:00Z is empty"},
		{"2026-03-01", "2026-03-01", "", "from: the window from"},
		{"2026-03-11", "", "2026-03-11", "from: the window from"},
		{"", "2026-03-12", "2026-03-11", "to: the window would end at 2026-03-12"},
		{"yesterday", "", "", `from: "yesterday" is no time: write a date`},
		{"", "1e3d", "", "to: "},
		{"", "", "2026-02-30", "as_of: "},
		{"0d", "", "", "from: "},
		{"99999999999d", "", "", "from: "},
		{"d", "", "", "from: "},
		{"-1d", "", "", "from: "},
	} {
		w, err := Period{c.from, c.to, c.asOf}.Window(func() (time.Time, error) { return end, nil })
		got := w.From.Format(time.RFC3339) + " " + w.To.Format(time.RFC3339)
		if err != nil {
			var p *PeriodError
			if !errors.As(err, &p) {
				t.Fatalf("%v: %v", c, err)
			}
			got = p.Time + ": " + err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%q %q %q is %s, want %s", c.from, c.to, c.asOf, got, c.want)
		}
	}
	if _, err := (Period{From: "1d"}).Window(func() (time.Time, error) { return time.Time{}, nil }); err == nil || !strings.Contains(err.Error(), "give a date") {
		t.Errorf("without events: %v", err)
	}
}

// FuzzPeriod reads any texts as a window: one that is read begins before it ends,
// and does not end after the time as of which one looks; one that is not is told by
// the name of its part.
func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"2026-03-01", "2026-03-01T12:30:00+02:00", "90d", "12h", "2w", "0d", "999999999w", "15250w", "-1d", "1e3d", "", "d", "٣d", "400dw", "0001-01-01", "9999-12-31"} {
		f.Add(s, "", "")
		f.Add("", s, "2026-04-01")
		f.Add("2d", "1d", s)
	}
	last := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	end := func() (time.Time, error) { return last, nil }
	f.Fuzz(func(t *testing.T, from, to, asOf string) {
		if span, err := ParseSpan(from); err == nil && (span <= 0 || span%time.Hour != 0) {
			t.Errorf("%q is %v", from, span)
		}
		p := Period{from, to, asOf}
		w, err := p.Window(end)
		if err != nil {
			if fault := (*PeriodError)(nil); !errors.As(err, &fault) || fault.Time != "from" && fault.Time != "to" && fault.Time != "as_of" || !utf8.ValidString(fault.Reason) {
				t.Errorf("%q: %v", p, err)
			}
			return
		}
		if again, err := p.Window(end); err != nil || again != w {
			t.Errorf("%q is %v, and then %v, %v", p, w, again, err)
		}
		if !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
			t.Errorf("%q is %v", p, w)
		}
		if limit, err := (Period{To: asOf}).Window(end); err == nil && !limit.To.IsZero() && (w.To.IsZero() || w.To.After(limit.To)) {
			t.Errorf("%q ends at %v", p, w.To)
		}
	})
}
