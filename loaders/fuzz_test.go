package loaders

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// nasty are values that have broken programs.
var nasty = []string{
	"536870911", "536870912",
	"", " ", "0", "-0", "1", "-1", "-1.0", "1.5", "1,5", "1.234.567,89", "-2", "1e3", "1e300", "-1e300", "1e-300", "inf", "-inf", "nan", "NaN", "NULL", `\N`, "NA", "0x1F", "1_000", "٣",
	"999999999999999", "99999999999999999999", "9223372036854775808", "-9223372036854775809", "0.0004", "0.00005",
	"2024-01-01", "2024-02-30", "1899-12-31", "2201-01-01", "0000-00-00", "0001-01-01", "290309-12-22", "290309-12-22 (BC)", "294247-01-10 04:00:54.775807", "infinity", "-infinity", "epoch", "today",
	"2024-01-01 24:00:00", "2024-01-01T10:00:00+99:99", "2024-01-01T10:00:00-15:59", "2024-01-01 10:00:00 Nowhere/City", "2024-10-27 02:30:00 Europe/Berlin", "2024-01-01 10:00 AM",
	"31/12/2024", "12/31/2024", "1/2/24", "32/13/2024", "1 Feb 2024", "Feb 30, 2024", "20240101", "20241301", "20240101235960", "1700000000", "1700000000000", "1e18", "9e18", "9.3e18", "1e19", "-62135596801",
	"yes", "no", "maybe", "sms", "voice", "fax", "C1", "C", "'", "\"", "a'b", "a\"b", "{}", "[1]", "é", "😀", "\u202e", "a\nb", "a\rb", "\ufeff", strings.Repeat("x", 5000),
}

// Rows of any values in any field are taken or rejected, and never fail the
// file, whatever the kind and however the first rows mislead.
func TestNastyValues(t *testing.T) {
	fewerChecks(t, 40)
	st, _ := newStore(t)
	path := filepath.Join(t.TempDir(), "file.csv")
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds[:]).Draw(t, "kind")
		fields := kind.Fields()
		o := Options{Kind: kind, Files: []string{path}, Header: HeaderYes, Delimiter: ";", Map: Map{},
			Dates: rapid.SampledFrom([]DateOrder{DayFirst, MonthFirst}).Draw(t, "dates"),
			Zone:  rapid.SampledFrom([]string{"", "Europe/Berlin"}).Draw(t, "zone")}
		var text strings.Builder
		for i, f := range fields {
			fmt.Fprintf(&text, "x%d;", i)
			if f.Required || rapid.Bool().Draw(t, f.Name) {
				o.Map[f.Name] = fmt.Sprint(i + 1)
			}
		}
		text.WriteString("rest\n")
		rows := rapid.IntRange(1, 12).Draw(t, "rows")
		for range rows {
			for range fields {
				value := rapid.SampledFrom(nasty).Draw(t, "value")
				text.WriteString(`"` + strings.ReplaceAll(value, `"`, `""`) + `";`)
			}
			text.WriteString("\n")
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		receipts, err := Load(context.Background(), st, o)
		for _, r := range receipts {
			if r.Rows != int64(rows) || r.Rows != r.Accepted+r.Duplicates+r.Rejected {
				t.Fatalf("%d rows came out as %+v", rows, r)
			}
		}
		if err != nil && mentionsDuckDB(err) {
			t.Fatalf("%s: %v", kind, err)
		}
	})
}

// FuzzLoad loads any bytes as any kind: it fails with a sentence or every row is
// accounted for, and what DuckDB says about a single value never fails the file.
func FuzzLoad(f *testing.F) {
	for i, s := range []string{
		"caller,callee,at,seconds,answered\na,b,2024-01-01,5,yes\na,a,1700000000,nan,\n",
		"customer,product,at,quantity,price,amount,invoice\na,b,31/12/2024,1,2.5,,C1\na,b,1/13/24,999999999999999,1e300,-5,7\n",
		"id,\"x\ny\",z\n1,2,3\n1,\"\"\"\",\xff\n",
		"id,name,price,available_from,available_to\np,n,1,2024-01-01,290309-12-22 (BC)\n",
		"user;page;ts;dwell\nu;/;20240101;1,5\nu;/;99999999999999999999;-1\n",
		"customer,date\nc,2024-01-01T00:00:00+99:99\nd,infinity\n",
		"1 2 1082040961\n3 4 1082155839\n", "PAR1PAR1", "\x1f\x8b", "\xef\xbb\xbf", "\"", ",\n,\n", "a\rb\r",
		"{\"caller\": \"a\", \"callee\": 7, \"at\": {\"x\": \"2024-01-01\"}}\n{\"callee\": null}\n{", "[{\"caller\": \"a\", \"callee\": \"b\\n\\\"\"}, 3]",
		"\xff\xfec\x00,\x00d\x00\n\x00a\x00,\x00\x00\xd8\n\x00", "sep=;\ncaller;callee\nM\xfcller;b\n", "caller\x01callee\na\x01b\n", "12345678DUCK",
	} {
		f.Add([]byte(s), uint8(i))
	}
	st, _ := newStore(f)
	path := filepath.Join(f.TempDir(), "file")
	f.Fuzz(func(t *testing.T, data []byte, kind uint8) {
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		o := Options{Kind: Kinds[int(kind)%len(Kinds)], Files: []string{path}, Dates: []DateOrder{DatesGuessed, DayFirst, MonthFirst}[kind/8%3]}
		if kind >= 128 {
			o.Zone = "Europe/Berlin"
		}
		if kind%2 == 1 { // bind columns by number where names say nothing
			o.Map = Map{}
			for i, field := range o.Kind.Fields() {
				if field.Required || kind%4 == 3 {
					o.Map[field.Name] = strconv.Itoa(i + 1)
				}
			}
		}
		receipts, err := Load(context.Background(), st, o)
		for _, r := range receipts {
			if r.Rows != r.Accepted+r.Duplicates+r.Rejected || r.Rows == 0 {
				t.Errorf("%+v", r)
			}
			// What was accepted is found again; of customers and products,
			// the newest row of an id is.
			if found := count(t, st, "SELECT count(*) FROM events."+o.Kind.stored().Table+" WHERE import_id = ?", r.ID); !r.Again && (found > r.Accepted || o.Kind.timed() && found != r.Accepted) {
				t.Errorf("%d are found of %+v", found, r)
			}
		}
		if err != nil && mentionsDuckDB(err) {
			t.Errorf("%q as %s: %v", data, o.Kind, err)
		}
	})
}
