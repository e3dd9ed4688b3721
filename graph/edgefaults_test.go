package graph_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"kith/graph"
)

func TestReadEdgesRefuses(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		opt  graph.EdgeOptions
		want string
	}{
		"empty":             {"", graph.EdgeOptions{}, "ties.csv: is empty"},
		"blank":             {"\n\n", graph.EdgeOptions{}, "ties.csv: has no rows"},
		"header only":       {"from,to\n", graph.EdgeOptions{}, "ties.csv: has a header and no rows below it"},
		"binary":            {strings.Repeat("\x00\x01,\x02\x03\n", 9), graph.EdgeOptions{}, "ties.csv: is not text; an edge list is CSV or TSV, plain, gzip or zstd"},
		"Parquet":           {"PAR1 and so on", graph.EdgeOptions{}, "ties.csv: is not text; an edge list is CSV or TSV, plain, gzip or zstd"},
		"UTF-16":            {"\xff\xfe1\x00,\x002\x00", graph.EdgeOptions{}, "ties.csv: is written in UTF-16; save it as UTF-8"},
		"old Mac":           {"1,2\r3,4\r", graph.EdgeOptions{}, "ties.csv line 1: ends its lines with carriage returns only; save it with Unix or Windows line ends"},
		"one column":        {"1\n2\n", graph.EdgeOptions{}, "ties.csv line 1: has one column only; a tie needs two ids with a comma, tab, semicolon, bar or space between (name the delimiter if it is another)"},
		"wrong delimiter":   {"1,2\n", graph.EdgeOptions{Delimiter: ';'}, "ties.csv line 1: has one column only when ';' stands between columns; a tie needs two ids"},
		"too many columns":  {"1,2,3,4\n", graph.EdgeOptions{}, "ties.csv: has 4 columns (1, 2, 3, 4); say which two are the ends of a tie"},
		"column missing":    {"a,b,c\n1,2,3\n", graph.EdgeOptions{From: "a", To: "z"}, "ties.csv, column z: is missing; the file has a, b, c"},
		"number missing":    {"1,2\n", graph.EdgeOptions{From: "1", To: "3"}, "ties.csv, column 3: is missing; the file has no header, so name its columns by number, 1 to 2"},
		"one end":           {"a,b\n1,2\n", graph.EdgeOptions{From: "a"}, "ties.csv: needs the columns of both ends of a tie; one was given"},
		"same column":       {"from,to\n1,2\n", graph.EdgeOptions{From: "to", To: "to"}, "ties.csv, column to: can't be both ends of a tie"},
		"end as weight":     {"from,to\n1,2\n", graph.EdgeOptions{Weight: "to"}, "ties.csv, column to: can't be both an end of a tie and its weight"},
		"word for weight":   {"1,2,3\n1,2,many\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "many", which is not a number`},
		"named weight":      {"from,to,weight\n1,2,3\n1,2,1,5\n", graph.EdgeOptions{}, "ties.csv line 3: has more fields than the 3 of the first row"},
		"empty weight":      {"from,to,weight\n1,2,3\n1,2,\n", graph.EdgeOptions{}, "ties.csv line 3, column weight: is empty; a weight must be a number"},
		"NaN":               {"1,2,3\n1,2,NaN\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "NaN"; a weight must be a number that is not negative`},
		"negative":          {"1,2,3\n1,2,-1\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "-1"; a weight must be a number that is not negative`},
		"infinite":          {"1,2,3\n1,2,1e999\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "1e999"; a weight must not exceed 3.4e38`},
		"too large":         {"1,2,3\n1,2,1e39\n", graph.EdgeOptions{}, `ties.csv line 2, column 3: has "1e39"; a weight must not exceed 3.4e38`},
		"too few":           {"# a\n1,2,3\n\n1,2\n", graph.EdgeOptions{}, "ties.csv line 4: has 2 of 3 fields"},
		"empty id":          {"1,2\n,2\n", graph.EdgeOptions{}, "ties.csv line 2, column 1: is empty; a tie needs an id at both ends"},
		"quoted empty id":   {"from,to\n1,\"\"\n", graph.EdgeOptions{}, "ties.csv line 2, column to: is empty; a tie needs an id at both ends"},
		"unclosed":          {"1,2\n\"3,4\n5,6\n", graph.EdgeOptions{Delimiter: ','}, "ties.csv line 2: has a quote that is not closed on the same line; close it, double it inside a quoted field, or take the line break out of the field"},
		"behind the quote":  {"1,2\n\"3\"x,4\n", graph.EdgeOptions{Delimiter: ','}, "ties.csv line 2: goes on behind its closing quote; double a quote inside a quoted field"},
		"not really gzip":   {"\x1f\x8b\x00\x00 and so on", graph.EdgeOptions{}, "ties.csv: can't be decompressed (gzip: invalid header); copy it again"},
		"unclosed far down": {strings.Repeat("1,2\n", 200) + "\"3,4\n5,6\n", graph.EdgeOptions{}, "ties.csv line 201, column 1: has a quote that is not closed on the same line; close it, double it inside a quoted field, or take the line break out of the field"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readText(tc.text, tc.opt)
			var data *graph.DataError
			if !errors.As(err, &data) || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

// broken fails in the middle of a file.
type broken struct{ r io.Reader }

func (b broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("input/output error")
	}
	return n, err
}

func TestReadEdgesReportsReadErrors(t *testing.T) {
	_, err := graph.ReadEdgesFrom(context.Background(), "ties.csv", broken{strings.NewReader("1,2\n")}, graph.EdgeOptions{})
	if err == nil || err.Error() != "read ties.csv: input/output error" {
		t.Errorf("got %v", err)
	}
}

// The first fault of the file is the one reported, with its line, however the
// blocks fall to the threads.
func TestReadEdgesReportsTheFirstFault(t *testing.T) {
	var text strings.Builder
	text.WriteString("# made for a test\nfrom,to,weight\n")
	const bad, worse = 90_003, 90_100
	for i := 3; i <= 150_000; i++ {
		switch i {
		case bad:
			text.WriteString("a,b,-3\n")
		case worse, 149_999:
			text.WriteString("a\n")
		default:
			fmt.Fprintf(&text, "%d,%d,1\n", i%1000, i)
		}
	}
	for _, threads := range []int{1, 2, 3, 8} {
		for range 2 {
			_, err := readText(text.String(), graph.EdgeOptions{Threads: threads})
			want := &graph.DataError{File: "ties.csv", Line: bad, Column: "weight", Reason: `has "-3"; a weight must be a number that is not negative`}
			var got *graph.DataError
			if !errors.As(err, &got) || *got != *want {
				t.Fatalf("%d threads: got %v, want %v", threads, err, want)
			}
		}
	}
}
