package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// readTimes has DuckDB read texts in a style. Invalid ones are NULL.
func readTimes(conn *sql.Conn, style timeStyle, zone string, texts ...string) (out []sql.NullTime, err error) {
	rows, err := conn.QueryContext(context.Background(), fmt.Sprintf(
		"SELECT %s FROM (SELECT *, try_cast(x AS DOUBLE) AS n FROM (SELECT unnest(range(len($1))) AS i, unnest($1) AS x)) ORDER BY i", style.expr("x", "n", zone)), texts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var t sql.NullTime
		if err := rows.Scan(&t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}

func TestSniffTimes(t *testing.T) {
	for _, c := range []struct {
		values string // separated by |
		want   timeStyle
		ok     bool
	}{
		{"2024-01-01", timeStyle{form: isoTime}, true},
		{"2024-01-01T10:00:00Z|2024-01-01 10:00", timeStyle{form: isoTime}, true},
		{"184|3920|", timeStyle{form: epochTime}, true},
		{"1700000000.25", timeStyle{form: epochTime}, true},
		{"20240101|20241231", timeStyle{form: compactTime}, true},
		{"20240101|20241331", timeStyle{form: epochTime}, true},
		{"20240101235959", timeStyle{form: compactTime}, true},
		{"1/2/2024|31/12/2024 8:26", timeStyle{form: slashTime, sep: "/"}, true},
		{"01.02.24", timeStyle{form: slashTime, sep: ".", short: true}, true},
		{"1-2-2024 08:26 PM", timeStyle{form: slashTime, sep: "-"}, true},
		{"1 Feb 2024|2-March-2024|Apr 3, 2024", timeStyle{form: namedTime}, true},
		{"1-Feb-24", timeStyle{form: namedTime, short: true}, true},
		{"26-JAN-26 10.15.30.000000 AM", timeStyle{form: namedTime, short: true}, true},
		{"Thu Jan  1 10:15:30 UTC 2026|Fri Jan 02 10:15:30 +0000 2026|Jan 1 10:15:30 2026", timeStyle{form: namedTime}, true},
		{"20260101T101530Z|20260101 1015", timeStyle{form: isoTime}, true},
		{"20260101 10:15:30|20260101T10:15", timeStyle{form: isoTime}, true},
		{"Jan  1 2026 10:15AM|Jan 1, 2026, 10:15 PM", timeStyle{form: namedTime}, true},
		{"2026-01-01-10.15.30.123456", timeStyle{form: isoTime}, true},
		{"20260101T2515|20261301T1015", timeStyle{form: isoTime}, false},
		{"2024-01-01|2024-01-02|yesterday|7", timeStyle{form: isoTime}, true},
		{"", timeStyle{form: isoTime}, true},
		{"NULL|", timeStyle{form: isoTime}, true},
		{"08:26", timeStyle{form: isoTime}, false},
		{"yesterday", timeStyle{form: isoTime}, false},
		{"1/2-2024", timeStyle{form: isoTime}, false},
	} {
		got, ok := sniffTimes(strings.Split(c.values, "|"))
		if got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %t", c.values, got, ok)
		}
	}
}

// Go's own reading of times is the oracle, for every style and several zones.
func TestTimesAgainstGo(t *testing.T) {
	conn := memoryDB(t)
	type written struct {
		style  timeStyle
		layout string
		zoned  bool // the text has its zone
		unit   time.Duration
	}
	ways := []written{
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05"},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02T15:04:05"},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04", unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "2006-1-2 15:04", unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "2006/01/02 15:04:05"},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05.000000", unit: time.Microsecond},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02", unit: 24 * time.Hour},
		{style: timeStyle{form: isoTime}, layout: time.RFC3339, zoned: true},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05-0700", zoned: true},
		{style: timeStyle{form: isoTime}, layout: "2006-1-2 15:04-07:00", zoned: true, unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05 -07:00", zoned: true},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05,000000", unit: time.Microsecond},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02T15:04:05,000-07:00", zoned: true},
		{style: timeStyle{form: isoTime}, layout: "20060102T150405"},
		{style: timeStyle{form: isoTime}, layout: "20060102T1504", unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "20060102 150405"},
		{style: timeStyle{form: isoTime}, layout: "20060102T150405.000000", unit: time.Microsecond},
		{style: timeStyle{form: isoTime}, layout: "20060102T150405Z", zoned: true},
		{style: timeStyle{form: isoTime}, layout: "20060102T1504-0700", zoned: true, unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02-15.04.05.000000", unit: time.Microsecond}, // DB2
		{style: timeStyle{form: epochTime}, layout: "2006-01-02 15:04:05"},                              // read whatever the style
		{style: timeStyle{form: compactTime}, layout: "20060102150405"},
		{style: timeStyle{form: compactTime}, layout: "200601021504", unit: time.Minute},
		{style: timeStyle{form: compactTime}, layout: "20060102", unit: 24 * time.Hour},
		{style: timeStyle{form: isoTime}, layout: "20060102", unit: 24 * time.Hour},
		{style: timeStyle{form: slashTime, sep: "/", order: DayFirst}, layout: "02/01/2006 15:04:05"},
		{style: timeStyle{form: slashTime, sep: "/", order: DayFirst}, layout: "2/1/2006 15:04", unit: time.Minute},
		{style: timeStyle{form: slashTime, sep: ".", order: DayFirst}, layout: "02.01.2006", unit: 24 * time.Hour},
		{style: timeStyle{form: slashTime, sep: "/", order: MonthFirst}, layout: "1/2/2006 3:04:05 PM"},
		{style: timeStyle{form: slashTime, sep: "-", order: MonthFirst}, layout: "01-02-2006 03:04 PM", unit: time.Minute},
		{style: timeStyle{form: slashTime, sep: "/", order: DayFirst}, layout: "2006-01-02T15:04:05Z", zoned: true},
		{style: timeStyle{form: namedTime}, layout: "2 Jan 2006 15:04:05"},
		{style: timeStyle{form: namedTime}, layout: "02-Jan-2006", unit: 24 * time.Hour},
		{style: timeStyle{form: namedTime}, layout: "January 2, 2006", unit: 24 * time.Hour},
		{style: timeStyle{form: namedTime}, layout: "02-Jan-2006 03.04.05.000000 PM", unit: time.Microsecond}, // Oracle
		{style: timeStyle{form: namedTime}, layout: "02-Jan-2006 03.04.05.000000000 PM", unit: time.Microsecond},
		{style: timeStyle{form: namedTime}, layout: time.ANSIC},
		{style: timeStyle{form: namedTime}, layout: "Jan _2 2006 03:04PM", unit: time.Minute}, // SQL Server
		{style: timeStyle{form: namedTime}, layout: "Jan 2, 2006, 3:04:05 PM"},                // JavaScript
		{style: timeStyle{form: slashTime, sep: "/", short: true, order: MonthFirst}, layout: "1/2/06, 3:04 PM", unit: time.Minute},
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 15:04:05 -0700 MST", zoned: true}, // Go
		{style: timeStyle{form: isoTime}, layout: "2006-01-02 03:04:05 PM -0700", zoned: true},
		{style: timeStyle{form: isoTime}, layout: "20060102 15:04:05"},
		{style: timeStyle{form: namedTime}, layout: time.RubyDate, zoned: true},
	}
	// Fixed offsets and zones that never had a summer time: in the hour that
	// an autumn repeats, neither reading is wrong.
	zones := []string{"UTC", "Asia/Kolkata", "Asia/Tokyo"}
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.SampledFrom(ways).Draw(t, "way")
		zone := rapid.SampledFrom(zones).Draw(t, "zone")
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skip("this machine has no time zones")
		}
		unit := max(w.unit, time.Second)
		if w.unit == time.Microsecond {
			unit = w.unit
		}
		// From 1970 on, as zones were not whole minutes long before.
		at := time.UnixMicro(rapid.Int64Range(0, 4_102_444_800_000_000).Draw(t, "at")).UTC().Truncate(unit)
		text := at.Format(w.layout) // as the wall clock in loc, or with its zone
		if w.zoned {
			minutes := rapid.IntRange(-12*4, 14*4).Draw(t, "offset") * 15
			if strings.HasSuffix(w.layout, "Z") {
				minutes = 0
			}
			at = at.In(time.FixedZone("", minutes*60))
			text = at.Format(w.layout)
		}
		layout := strings.TrimSuffix(w.layout, "Z")
		want, err := time.ParseInLocation(layout, strings.TrimSuffix(text, "Z"), loc)
		if w.zoned {
			want, err = at, nil
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := readTimes(conn, w.style, zone, text)
		if err != nil || len(got) != 1 || !got[0].Valid || !got[0].Time.Equal(want) {
			t.Fatalf("%q in %s is %v, %v, want %v", text, zone, got, err, want)
		}
	})
}

func TestEpochsAgainstGo(t *testing.T) {
	conn := memoryDB(t)
	got, err := readTimes(conn, timeStyle{form: epochTime}, "", "4295736371.593531") // its product with a million is halfway
	if want := time.UnixMicro(4_295_736_371_593_531); err != nil || !got[0].Time.Equal(want) {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
	rapid.Check(t, func(t *rapid.T) {
		// Milliseconds are told from seconds from 1973-03-03 on.
		us := rapid.Int64Range(100_000_000_000_000, 7_000_000_000_000_000).Draw(t, "µs")
		want := time.UnixMicro(us).UTC()
		for text, unit := range map[string]time.Duration{
			fmt.Sprint(us / 1_000_000):                               time.Second,
			fmt.Sprintf("%d.%06d", us/1_000_000, us%1_000_000):       time.Microsecond,
			fmt.Sprint(us / 1000):                                    time.Millisecond,
			fmt.Sprint(us):                                           time.Microsecond,
			fmt.Sprintf("  %d ", us/1000):                            time.Millisecond,
			"+" + fmt.Sprint(us/1_000_000):                           time.Second,
			want.Truncate(time.Second).Format("2006-01-02T15:04:05"): time.Second,
		} {
			got, err := readTimes(conn, timeStyle{form: epochTime}, "", strings.TrimSpace(text))
			if err != nil || !got[0].Valid || !got[0].Time.Equal(want.Truncate(unit)) {
				t.Fatalf("%q is %v, %v, want %v", text, got, err, want.Truncate(unit))
			}
		}
	})
}

func FuzzTimes(f *testing.F) {
	for _, s := range []string{"2024-02-30", "1700000000", "20240101", "31/12/2024 8:26", "1 Feb 2024", "2024-01-01T00:00:00+14:00", "1e400", "nan", "infinity", "-1", "0001-01-01", "'", "08:26",
		"2024-01-01 10:00:00 Europe/Berlin", "294247-01-10", "99999999999999999999999", "290309-12-22 (BC)"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(3))
	}
	conn := memoryDB(f)
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
			return // such a row never comes so far
		}
		style, _ := sniffTimes([]string{text})
		if kind%2 == 1 {
			style = timeStyle{form: timeForm(kind / 2 % 5), sep: []string{"/", ".", "-"}[kind/10%3], short: kind/30%2 == 1, order: []DateOrder{DayFirst, MonthFirst}[kind/60%2]}
		}
		for _, zone := range []string{"", "Europe/Berlin"} {
			got, err := readTimes(conn, style, zone, text)
			if err != nil {
				t.Fatalf("%q as %+v: %v", text, style, err)
			}
			if len(got) != 1 {
				t.Fatalf("%d times", len(got))
			}
			// RFC 3339 cannot be mistaken, whatever the style.
			if want, err := time.Parse(time.RFC3339, text); err == nil && want.Year() >= 1900 && want.Year() < 2200 && (!got[0].Valid || got[0].Time.Sub(want).Abs() > time.Microsecond) {
				t.Fatalf("%q as %+v is %v, want %v", text, style, got[0], want)
			}
		}
	})
}
