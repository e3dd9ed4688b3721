package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/graph/duckstore"
)

// houseToKill is an analysed house with people who stand in it twice, and with calls
// that came after the analysis.
func houseToKill(t *testing.T) (dir string) {
	t.Helper()
	r := rand.New(rand.NewPCG(4, 9))
	var people, calls, more strings.Builder
	people.WriteString("id,given_name,surname,date_of_birth,email\n")
	for i := range 400 {
		p := i / 2
		fmt.Fprintf(&people, "c%d,given%d,surname%d,19%02d-0%d-11,mail%d@example.com\n", i, p%40, p, 40+p%60, 1+p%9, p)
	}
	for _, b := range []*strings.Builder{&calls, &more} {
		b.WriteString("caller,callee,at\n")
		for i := range 3000 {
			from := r.IntN(400)
			fmt.Fprintf(b, "c%d,c%d,%d\n", from, (from+1+r.IntN(9))%400, 1_700_000_000+b.Len()%7*86400*10+i)
		}
	}
	dir, _, _ = build(t, loaded{kind: "calls", path: textFile(t, "calls.csv", calls.String())},
		loaded{kind: "customers", path: textFile(t, "people.csv", people.String())})
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "more.csv", more.String()))
	return dir
}

// content sums up each table of a house, without the times at which its rows came, and
// without what says who removed something how often.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	st, err := duckstore.Open(t.Context(), dir, duckstore.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}()
	list, err := st.DB().QueryContext(t.Context(), `SELECT c.schema_name || '.' || c.table_name, string_agg('"' || c.column_name || '"', ', ' ORDER BY c.column_index)
		FROM duckdb_columns() c JOIN duckdb_tables() t USING (table_oid)
		WHERE c.data_type NOT LIKE 'TIMESTAMP%' AND (c.column_name <> 'seconds' OR c.table_name = 'calls') AND NOT t.temporary AND c.schema_name <> 'privacy' GROUP BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	columns := map[string]string{}
	for list.Next() {
		var table, names string
		if err := list.Scan(&table, &names); err != nil {
			t.Fatal(err)
		}
		columns[table] = names
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for table, names := range columns {
		var sum string
		if err := st.DB().QueryRowContext(t.Context(), "SELECT count(*) || ' rows, ' || coalesce(sum(hash("+names+")), 0) FROM "+table).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		sums[table] = sum
	}
	return sums
}

// TestKillCommands kills what changes a house at random moments. Each schema is then
// as it was before or as it is afterwards, and the same command again ends it.
func TestKillCommands(t *testing.T) {
	t.Parallel()
	house := houseToKill(t)
	copied := func() string {
		dir := filepath.Join(t.TempDir(), "data")
		if err := os.CopyFS(dir, os.DirFS(house)); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	before := content(t, house)
	r := rand.New(rand.NewPCG(7, 7))
	began := time.Now()
	if err := child(t, "version").Run(); err != nil {
		t.Fatal(err)
	}
	start := time.Since(began)
	for _, args := range [][]string{
		{"analyze"},
		{"identity", "resolve"},
		{"trim", "--keep", "20d", "--yes"},
		{"forget", "c7", "--yes"},
		{"load", "--undo", "2", "--yes"},
	} {
		t.Run(args[0], func(t *testing.T) {
			on := func(dir string) []string { return append(slices.Clone(args), "--data", dir) }
			dir := copied()
			began := time.Now()
			must(t, on(dir)...)
			whole := start + time.Since(began)
			after := content(t, dir)
			if maps.Equal(before, after) {
				t.Fatal("it changes nothing")
			}
			counts := map[string]int{}
			n := kills(t, 1)
			for k := range n {
				dir := copied()
				cmd := child(t, on(dir)...)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Duration(float64(whole) * (float64(k) + r.Float64()) / float64(n)))
				_ = cmd.Process.Kill()
				ended := cmd.Wait() == nil
				counts[compare(t, args, content(t, dir), before, after, ended)]++
				must(t, on(dir)...)
				if left := compare(t, args, content(t, dir), after, after, true); left != "all" {
					t.Errorf("the same command again left %s", left)
				}
			}
			t.Logf("%d kills within %v left %v", n, whole, counts)
		})
	}
}

// compare says whether a content is that before, that after, or of each some schemas;
// within a schema it must not be mixed.
func compare(t *testing.T, args []string, now, before, after map[string]string, ended bool) string {
	t.Helper()
	old, done := map[string]bool{}, map[string]bool{}
	for table, sum := range now {
		schema, _, _ := strings.Cut(table, ".")
		if before[table] == after[table] && sum == after[table] {
			continue
		}
		switch sum {
		case after[table]:
			done[schema] = true
		case before[table]:
			old[schema] = true
		default:
			t.Errorf("%s has %s; it had %s and is to have %s", table, sum, before[table], after[table])
		}
		// To forget somebody takes steps, of which those that make a new result are
		// the last.
		if old[schema] && done[schema] && (args[0] != "forget" || schema != "result") {
			t.Errorf("%s has a part of what is to be stored", schema)
		}
	}
	switch {
	case len(old) == 0:
		return "all"
	case ended:
		t.Errorf("it ended well and left %v as it was", slices.Collect(maps.Keys(old)))
	case len(done) > 0:
		return "some"
	}
	return "nothing"
}

// TestKillWatch kills kith load --watch between files and within them: each is there
// once or not at all, and in the end once.
func TestKillWatch(t *testing.T) {
	dir, incoming := filepath.Join(t.TempDir(), "data"), t.TempDir()
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "calls.csv", "caller,callee,at\na,b,1772442900\n"))
	r := rand.New(rand.NewPCG(2, 8))
	n := kills(t, 2)
	files := 0
	for k := range n {
		for range 2 {
			dropFile(t, incoming, files)
			files++
		}
		cmd := child(t, "load", "--data", dir, "--as", "purchases", "--watch", incoming)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(r.Int64N(int64(900 * time.Millisecond))))
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		mustHold(t, fmt.Sprint("kill ", k), dir, nil, files, false)
	}
	must(t, "load", "--data", dir, "--as", "purchases", incoming)
	mustHold(t, "at the end", dir, nil, files, true)
	t.Logf("%d kills among %d files", n, files)
}
