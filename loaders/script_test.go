package loaders

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
	"kith/graph/duckstore"
)

var update = flag.Bool("update", false, "rewrite the expected output in testdata")

// TestScripts runs the specifications in testdata/*.txt. A line "-- name --"
// begins a file; with "escaped" behind the name its text is read like a Go
// string, line by line and without the line ends. A line "$ load …" or
// "$ select …" is a command, and the lines behind it are what it says; "$ undo N"
// takes an import back, and "$ duckdb FILE …" makes a database beside the store. Each
// script has a store and a folder of its own, with the folder bad of testdata in it.
func TestScripts(t *testing.T) {
	paths, err := filepath.Glob("testdata/*.txt")
	if err != nil || len(paths) == 0 {
		t.Fatal("there are no scripts: ", err)
	}
	for _, path := range paths {
		path, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			st, _ := newStore(t)
			corpus, err := filepath.Abs("testdata/bad")
			if err != nil {
				t.Fatal(err)
			}
			t.Chdir(t.TempDir())
			if err := os.Symlink(corpus, "bad"); err != nil {
				t.Fatal(err)
			}
			got := runScript(t, st, string(text))
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(text), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Every file of the corpus is loaded by a script, so that what is said about it
// is written down.
func TestCorpusIsSpecified(t *testing.T) {
	text, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("testdata/bad/*")
	if err != nil || len(files) < 60 {
		t.Fatalf("the corpus has %d files: %v", len(files), err)
	}
	for _, f := range files {
		if !regexp.MustCompile(`(?m)^\$ load .* bad/` + regexp.QuoteMeta(filepath.Base(f)) + `( |$)`).Match(text) {
			t.Errorf("no script loads %s", f)
		}
	}
}

// runScript runs the commands of a script and returns it with what they say.
func runScript(t *testing.T, st *duckstore.Store, text string) string {
	var out strings.Builder
	var name string
	var content []string
	state := "" // file, output or nothing
	flush := func() {
		if state != "file" {
			return
		}
		name, escaped := strings.CutSuffix(name, " escaped")
		data := strings.Join(content, "\n") + "\n"
		if escaped {
			data = ""
			for _, line := range content {
				s, err := strconv.Unquote(`"` + line + `"`)
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				data += s
			}
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		switch {
		case strings.HasPrefix(line, "-- ") && strings.HasSuffix(line, " --"):
			flush()
			name, content, state = strings.TrimSuffix(strings.TrimPrefix(line, "-- "), " --"), nil, "file"
			out.WriteString(line + "\n")
		case strings.HasPrefix(line, "$ "):
			flush()
			state = "output"
			out.WriteString(line + "\n" + runCommand(t, st, strings.TrimPrefix(line, "$ ")))
		case state == "output" && !strings.HasPrefix(line, "#"):
		default:
			if state == "file" {
				content = append(content, line)
			}
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func runCommand(t *testing.T, st *duckstore.Store, line string) string {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "select":
		return strings.Join(append(table(t, st, strings.ReplaceAll(line, "events.calls", storedCalls)), ""), "\n")
	case "load":
		return runLoad(t, st, rest)
	case "undo":
		return runUndo(t, st, rest)
	case "duckdb": // a database of somebody else
		file, query, _ := strings.Cut(rest, " ")
		db, err := sql.Open("duckdb", file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.ExecContext(context.Background(), query); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		return ""
	}
	t.Fatalf("there is no command %q", line)
	return ""
}

// runUndo takes an import back, and says what went and what others lack.
func runUndo(t *testing.T, st *duckstore.Store, id string) string {
	n, err := strconv.Atoi(id)
	if err != nil {
		t.Fatal(err)
	}
	u, err := Undo(context.Background(), st, n, false)
	if err != nil {
		return err.Error() + "\n"
	}
	var b strings.Builder
	if u.Again {
		b.WriteString("taken back before\n")
	}
	for _, table := range u.Tables {
		fmt.Fprintf(&b, "%s: -%d +%d\n", table.Table, table.Removed, table.Restored)
	}
	fmt.Fprintf(&b, "gone: %d customers, %d products\n", u.Customers, u.Products)
	for _, l := range u.Lacking {
		fmt.Fprintf(&b, "%d %s\n", l.Import, l.Sentence())
	}
	return b.String()
}

// quotedFields splits at blanks, but not within double quotes that begin behind
// a blank.
func quotedFields(line string) []string {
	var out []string
	for i, part := range strings.Split(line, ` "`) {
		if i > 0 {
			quoted, rest, _ := strings.Cut(part, `"`)
			out = append(out, quoted)
			part = rest
		}
		out = append(out, strings.Fields(part)...)
	}
	return out
}

func runLoad(t *testing.T, st *duckstore.Store, line string) string {
	var o Options
	words := quotedFields(line)
	if words[0] != "auto" {
		o.Kind = Kind(words[0])
	}
	var err error
	var paths []string
	for i := 1; i < len(words); i++ {
		if !strings.HasPrefix(words[i], "--") {
			paths = append(paths, words[i])
			continue
		}
		value := ""
		if i++; i < len(words) {
			value = words[i]
		}
		switch words[i-1] {
		case "--map":
			o.Map, err = ParseMap(value)
		case "--map-file":
			o.MapFile = value
		case "--change":
			o.Changes, err = ParseChanges(value)
		case "--unit":
			name, unit, _ := strings.Cut(value, "=")
			o.Units = map[string]string{name: unit}
		case "--decimal":
			o.Decimal = value
		case "--max-rejects":
			o.MaxRejects = value
		case "--delimiter":
			o.Delimiter = value
		case "--encoding":
			o.Encoding = value
		case "--sql":
			o.SQL = value
		case "--stdin":
			f, err := os.Open(value)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			o.Stdin = f
		case "--header":
			o.Header = Header(value)
		case "--zone":
			o.Zone = value
		case "--dates":
			o.Dates = DateOrder(value)
		case "--unknown-customers":
			o.RefuseCustomers = value == "refuse"
		case "--unknown-products":
			o.RefuseProducts = value == "refuse"
		default:
			t.Fatalf("there is no option %q", words[i-1])
		}
	}
	var receipts []Receipt
	var out strings.Builder
	if err == nil {
		var left []Left
		o.Files, left, err = Expand(paths)
		for _, l := range left {
			fmt.Fprintf(&out, "left out: %s (%s)\n", l.Path, l.Reason)
		}
	}
	if err == nil {
		receipts, err = Load(context.Background(), st, o)
	}
	for _, r := range receipts {
		describe(t, st, &out, r)
	}
	if err != nil {
		if all := (&graph.DataError{}); errors.As(err, &all) && strings.Contains(all.Reason, "rejected") {
			dir, _ := dataDir(context.Background(), st.DB())
			err = errors.New(strings.ReplaceAll(err.Error(), dir+string(filepath.Separator), ""))
		}
		if strings.Contains(err.Error(), "rows were rejected") {
			// The receipt is there nevertheless.
			if last, _ := Receipts(context.Background(), st); len(receipts) == 0 && len(last) > 0 {
				describe(t, st, &out, last[len(last)-1])
			}
		}
		fmt.Fprintf(&out, "error: %v\n", err)
	}
	return out.String()
}

// describe writes a receipt down, without what differs from run to run.
func describe(t *testing.T, st *duckstore.Store, out *strings.Builder, r Receipt) {
	if r.Rows != r.Accepted+r.Duplicates+r.Rejected {
		t.Errorf("%s: %d rows are not %d accepted, %d duplicates and %d rejected", r.File, r.Rows, r.Accepted, r.Duplicates, r.Rejected)
	}
	again := ""
	if r.Again {
		again = ", loaded before"
	}
	fmt.Fprintf(out, "%d: %d rows, %d accepted, %d duplicates, %d rejected%s\n", r.ID, r.Rows, r.Accepted, r.Duplicates, r.Rejected, again)
	fields := make([]string, 0, len(r.Mapping))
	for f, c := range r.Mapping {
		fields = append(fields, f+"="+c)
	}
	slices.Sort(fields)
	fmt.Fprintf(out, "   %s\n", strings.Join(fields, ", "))
	if !r.First.IsZero() {
		fmt.Fprintf(out, "   from %s to %s\n", r.First.Format("2006-01-02 15:04:05.999999"), r.Last.Format("2006-01-02 15:04:05.999999"))
	}
	if r.NewCustomers > 0 || r.NewProducts > 0 {
		fmt.Fprintf(out, "   new: %d customers, %d products\n", r.NewCustomers, r.NewProducts)
	}
	for _, n := range r.Notes {
		fmt.Fprintf(out, "   note: %s\n", n)
	}
	for _, w := range r.Warnings {
		place := ""
		if w.Line > 0 {
			place = fmt.Sprintf(", the first on line %d", w.Line)
		}
		fmt.Fprintf(out, "   warning: %d %s%s\n", w.Count, w.Warning, place)
	}
	if r.Again {
		if r.Otherwise != "" {
			fmt.Fprintf(out, "   %s\n", r.Otherwise)
		}
		return
	}
	for _, n := range r.Repeats {
		fmt.Fprintf(out, "   %d duplicates: %s\n", n.Count, n.Reason)
	}
	for _, n := range r.Reasons {
		fmt.Fprintf(out, "   %d %s\n", n.Count, n.Reason)
	}
	if r.Rejected > 0 {
		for _, line := range table(t, st, fmt.Sprintf("SELECT 'line ' || line || CASE WHEN col <> '' THEN ', ' || col ELSE '' END || ': ' || replace(left(row, 60), chr(10), '\\n') FROM events.rejects WHERE import_id = %d ORDER BY line, col", r.ID)) {
			fmt.Fprintf(out, "   %s\n", line)
		}
		if r.RejectsFile == "" {
			t.Errorf("%s: the file of rejects is not named", r.File)
		}
	}
}
