package loaders

import (
	"fmt"
	"strings"
	"testing"
)

// Values at the edges of what is plain, and just beyond them, come out the same both
// ways: each in a row of its own among rows of the usual form.
func TestPlainEdges(t *testing.T) {
	w := newWays(t)
	epoch := func(i int) string { return fmt.Sprint(1_700_000_000 + 60*i) }
	numbers := strings.Fields("-1 0 1 7289654399 7289654400 9999999999 10000000000 10000000001 99999999999 100000000000 7289654399999 7289654400000 " +
		"10000000000000 10000000000001 99999999999999 100000000000000 7289654399999999 7289654400000000 9007199254740992 9007199254740993 10000000000000000 18446744073710 18446744075409551616 " +
		"1700000000.5 1.7e9 +1700000000 0x10 01700000000 - . \"\" \"1700000000\"")
	ids := strings.Split(`4.17E+11|"4,17E+11"|4E+11|4.1E+111|xE+11|E+11|4.17E+1|4.17e+11|NULL|null|NA|N/A|NaN|<NA>|\N|nan|none| b1|b1 |"b1"|" b1"| "b1"|"b1" |"b""1"|b"1|""||a|A|ü|b'1'|b 1|`+"\tb1|b\u00a01", "|")
	for _, c := range []struct {
		name   string
		column int
		at     func(i int) string
		units  map[string]string
		comma  bool
		values []string
	}{
		{name: "numbers of times", column: 2, at: epoch, values: numbers},
		{name: "seconds", column: 2, at: epoch, units: map[string]string{"at": "seconds"}, values: numbers},
		{name: "milliseconds", column: 2, at: func(i int) string { return epoch(i) + "000" }, units: map[string]string{"at": "milliseconds"}, values: numbers},
		{name: "microseconds", column: 2, at: func(i int) string { return epoch(i) + "000000" }, units: map[string]string{"at": "microseconds"}, values: numbers},
		{name: "times", column: 2, at: func(i int) string { return fmt.Sprintf("2024-01-%02d 10:00:00", 1+i%31) }, values: strings.Split(
			"2024-02-30|2024-02-29|2023-02-29|1899-12-31 23:59:59|1900-01-01|2200-12-31T23:59:59.999999|2201-01-01|2024-13-01|2024-00-10|2024-01-00|2024-1-01|2024-01-1|"+
				"2024-01-01 24:00|2024-01-01 23:59|2024-01-01 10:60|2024-01-01 10:00:60|2024-01-01 10:00:59|2024-01-01 10|2024-01-01 10:0|2024-01-01 10:00:0|2024-01-01 10:00:|"+
				"2024-01-01 10:00:00.|2024-01-01 10:00:00.5|2024-01-01 10:00:00.000001|2024-01-01 10:00:00.0000001|2024-01-01 10:00:00.1234567|2024-01-01 10:00:00.Z|2024-01-01 10:00:00.5Z|"+
				"2024-01-01T10:00:00Z|2024-01-01T10:00:00z|2024-01-01 10:00:00X|2024-01-01T10:00Z|2024-01-01Z|2024-01-01  10:00:00|2024-01-01t10:00:00|2024-01-01 10:00:00 |2024-01-01 10:00:00+01| 2024-01-01||\"\"", "|")},
		{name: "lengths", column: 3, at: epoch, values: strings.Fields("-1 -2 -0 0 00 536870911 536870912 999999999 1000000000 1000000001 999999999999999 1000000000000000 18446744073709551621 0.5 1.5 2.5 0.4999999999 .5 5. 1e3 " +
			"123456789.5 1234567890.5 1.123456789012345 1.1234567890123456 +5 1;5 NaN inf NULL \"\" \"7\"")},
		{name: "lengths with a comma", column: 3, at: epoch, comma: true, values: strings.Fields("\"1,5\" \"2,5\" 1.5 -1 7 \"\"")},
		{name: "kinds", column: 4, at: epoch, values: strings.Split("voice|VOICE|Voice |sms|SMS|message|data|mms|fax||\"\"|\"sms\"|vo ice|ü|voice\u00a0", "|")},
		{name: "answers", column: 5, at: epoch, values: strings.Split("yes|no|Y|N|1|0|true|FALSE|maybe||\"\"|NULL|-|é", "|")},
		{name: "callers", column: 0, at: epoch, values: ids},
		{name: "callees", column: 1, at: epoch, values: ids},
	} {
		t.Run(c.name, func(t *testing.T) {
			lines := []string{"caller,callee,at,seconds,kind,answered"}
			row := func(i int) []string {
				return []string{"a", fmt.Sprint("b", i%7), c.at(i), fmt.Sprint(i % 90), []string{"voice", "sms"}[i%2], []string{"yes", "no", ""}[i%3]}
			}
			for i := range 4 * len(c.values) {
				lines = append(lines, strings.Join(row(i), ","))
			}
			for i, v := range c.values {
				// A missed call tells an answer that is not there from yes.
				fields := row(i)
				fields[c.column] = v
				if c.column == 5 {
					fields[3] = "-1"
				}
				lines = append(lines, strings.Join(fields, ","), strings.Join(row(i+1000), ","))
			}
			o := Options{Kind: Calls, Header: HeaderYes, Units: c.units, Files: []string{write(t, "calls.csv", strings.Join(lines, "\n")+"\n")}}
			if c.comma {
				o.Decimal = DecimalComma
			}
			w.load(t, o)
			w.same(t)
			if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); n < int64(2*len(c.values)) {
				t.Fatalf("%d calls are stored", n)
			}
			w.empty(t)
		})
	}
}

// So do quotes in the last column that is read, behind which nothing else tells that
// the row was cut in the wrong place.
func TestPlainQuotesAtTheEnd(t *testing.T) {
	w := newWays(t)
	text := "caller,at,callee\n" + strings.Repeat("a,1700000000,b\nb,1700000000,\"c\"\n", 20) + "a,1700000001,\"b\"\"1\"\na,1700000002,\"b\"1\na,1700000003,\"b\"\"\"\na,1700000004,\"\"\n"
	w.load(t, Options{Kind: Calls, Files: []string{write(t, "calls.csv", text)}})
	w.same(t)
	if n := count(t, w.stores[0], `SELECT count(*) FROM events.calls WHERE callee IN ('b"1', 'b"')`); n != 2 {
		t.Fatalf("%d calls to ids with quotes", n)
	}
}
