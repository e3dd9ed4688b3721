package loaders

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Rejects stand at their lines: with rows over several lines, blank lines and
// broken rows between them, and in a long file that several threads read.
func TestLinesOfManyRows(t *testing.T) {
	for _, c := range []struct {
		name      string
		rows      int
		irregular bool
		filling   string
	}{
		{"irregular", 100_000, true, "some words here"},
		{"regular", 300_000, false, strings.Repeat("many words of no use ", 5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			var text strings.Builder
			text.WriteString("caller,callee,at,note\n")
			want := map[int64]string{}
			line := int64(2)
			r := rand.New(rand.NewPCG(1, 2))
			good := 0
			for i := range c.rows {
				text.WriteString(strconv.Itoa(i))
				sort := r.IntN(1500)
				switch {
				case sort == 0:
					want[line] = "caller and callee are the same"
					fmt.Fprintf(&text, ",%d,2024-01-01,x\n", i)
				case sort == 1:
					want[line] = "time is not a possible time"
					text.WriteString(",b,2024-02-31,x\n")
				case sort == 2 && c.irregular:
					want[line] = "callee is empty"
					fmt.Fprintf(&text, ",,2024-01-01,\"%s\"\n", strings.Repeat("x\n", i%3))
					line += int64(i % 3)
				case sort == 3 && c.irregular:
					want[line] = faultFew
					text.WriteString(",b\n\n")
					line++
				case sort == 4 && c.irregular:
					good++
					text.WriteString(",b,2024-02-01,\"two\nlines\"\n")
					line++
				default:
					good++
					text.WriteString(",b,2024-02-01," + c.filling + "\n")
				}
				line++
			}
			st, dir := newStore(t)
			receipt := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "many.csv", text.String())}})
			if receipt.Accepted != int64(good) || receipt.Rejected != int64(len(want)) || receipt.Rows != int64(c.rows) {
				t.Errorf("%d accepted of %d, %d rejected of %d", receipt.Accepted, good, receipt.Rejected, len(want))
			}
			got := map[int64]string{}
			for _, line := range table(t, st, "SELECT line, reason FROM events.rejects") {
				number, reason, _ := strings.Cut(line, " ")
				n, _ := strconv.ParseInt(number, 10, 64)
				got[n] = reason
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			// They are stored in the order of the file, whoever read them.
			if n := count(t, st, "SELECT count(*) FROM (SELECT CAST(id AS INTEGER) - lag(CAST(id AS INTEGER)) OVER (ORDER BY c.row) AS step FROM events.call_rows AS c JOIN events.ids ON n = caller) WHERE step <= 0"); n != 0 {
				t.Errorf("%d rows are out of order", n)
			}
			if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "load-*")); len(left) > 0 {
				t.Errorf("passing copies are left: %v", left)
			}
		})
	}
}

func TestRejectsFile(t *testing.T) {
	st, dir := newStore(t)
	long := strings.Repeat("é", 10_000)
	path := write(t, "some calls.csv.gz", pack(t, "gzip", "caller,callee,note\na,b,\na,a,\"x, \"\"y\"\"\"\nc,c,"+long+"\nd\ne,\xff\x00,z\n"))
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if want := filepath.Join(dir, "rejects", "1-some calls.csv"); r.RejectsFile != want {
		t.Errorf("the rejects are in %s, want %s", r.RejectsFile, want)
	}
	f, err := os.Open(r.RejectsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	got, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	same := "caller and callee are the same"
	want := [][]string{
		{"file", "line", "column", "reason", "row"},
		{path, "3", "callee", same, `a,a,"x, ""y"""`},
		{path, "4", "callee", same, "c,c," + strings.Repeat("é", 4092)},
		{path, "5", "", faultFew, "d"},
		{path, "6", "", faultNUL, "e,\ufffd\u2400,z"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	stored := table(t, st, "SELECT line, length(row) FROM events.rejects ORDER BY line")
	if diff := cmp.Diff([]string{"3 14", "4 4096", "5 1", "6 6"}, stored); diff != "" {
		t.Error(diff)
	}
	elsewhere := filepath.Join(t.TempDir(), "deep", "er")
	r = mustLoad(t, st, Options{Kind: Calls, Files: []string{path}, Map: Map{"kind": "'data'"}, RejectsDir: elsewhere})
	if filepath.Dir(r.RejectsFile) != elsewhere {
		t.Errorf("the rejects are in %s", r.RejectsFile)
	}
}

func TestLongRows(t *testing.T) {
	st, _ := newStore(t)
	long := strings.Repeat("y", 10<<20)
	path := write(t, "calls.csv", "caller,callee\na,b\nx,"+long+"\nc,d\n\"z\",\""+long+"\"\ne,f\n")
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{path}})
	if r.Accepted != 3 || r.Rejected != 2 {
		t.Errorf("%+v", r)
	}
	want := []string{"3  " + faultLong + " 4096", "5  " + faultLong + " 4096"}
	if diff := cmp.Diff(want, table(t, st, "SELECT line, col, reason, length(row) FROM events.rejects ORDER BY line")); diff != "" {
		t.Error(diff)
	}
}

func TestLongFirstLine(t *testing.T) {
	st, _ := newStore(t)
	long := strings.Repeat("y", 10<<20)
	for name, c := range map[string]struct{ text, want string }{
		"no line end":     {long, "calls.csv line 1: the first line is longer than 1 MB"},
		"long header":     {long + ",b\na,b\n", "calls.csv line 1: the first line is longer than 1 MB"},
		"long name":       {long[:2000] + ",b,c\nx,y,z\n", "was found among yyyy"},
		"long first time": {"caller,callee,time\na,b," + long[:2000] + "\n", `yyy…", which is no time`},
	} {
		_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{write(t, "calls.csv", c.text)}})
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 500 {
			t.Errorf("%s: %.500v", name, err)
		}
	}
}
