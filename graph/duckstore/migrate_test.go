package duckstore

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"kith/graph"
)

// TestMigrations takes a folder from one set of migrations to another.
func TestMigrations(t *testing.T) {
	set := func(texts ...string) []migration {
		files := fstest.MapFS{}
		for i, text := range texts {
			files["migrations/000"+string(rune('1'+i))+"_step.sql"] = &fstest.MapFile{Data: []byte(text)}
		}
		all, err := migrations(files)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	const one, two = `CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)`, `ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = 2`

	dir := t.TempDir()
	s := &Store{dir: dir, network: make(chan struct{}, 1)}
	db, err := s.connect(fileName)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, all := range [][]migration{set(one), set(one), set(one, two), set(one, two)} {
		if err := s.apply(t.Context(), db, all); err != nil {
			t.Fatal(err)
		}
	}
	var x, y int
	if err := db.QueryRowContext(t.Context(), `SELECT x, y FROM a`).Scan(&x, &y); err != nil || x != 1 || y != 2 {
		t.Fatal(x, y, err)
	}

	err = s.apply(t.Context(), db, set(one))
	mustSay(t, err, dir, "written by a newer version", "migration 0002_step, which is unknown here")
	if !errors.Is(err, graph.ErrNewer) {
		t.Errorf("%q is not ErrNewer", err)
	}
	mustSay(t, s.apply(t.Context(), db, set(one, two+" ")), "migration 0002_step was another one")

	// A step that fails half way leaves nothing behind.
	err = s.apply(t.Context(), db, set(one, two, `CREATE TABLE b (x INTEGER); INSERT INTO b VALUES ('no number')`))
	mustSay(t, err, "bring data folder "+dir+" up to date with migration 0003_step")
	var tables int
	if err := db.QueryRowContext(t.Context(), `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'b'`).Scan(&tables); err != nil || tables != 0 {
		t.Errorf("%d tables of the failed step are left, %v", tables, err)
	}
	if err := s.apply(t.Context(), db, set(one, two, `CREATE TABLE b (x INTEGER)`)); err != nil {
		t.Errorf("the mended step: %v", err)
	}

	s.o.ReadOnly = true
	mustSay(t, s.apply(t.Context(), db, set(one, two, `CREATE TABLE b (x INTEGER)`, `SELECT 1`)), "older version", "open it for writing once")
}

// TestOldTies brings ties whose ends are texts up to date.
func TestOldTies(t *testing.T) {
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	s := &Store{dir: t.TempDir(), network: make(chan struct{}, 1)}
	db, err := s.connect(fileName)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	before := slices.IndexFunc(all, func(m migration) bool { return m.name == "0014_tie_numbers" })
	if err := s.apply(t.Context(), db, all[:before]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `
		INSERT INTO graph.customers VALUES ('ben', '{"age":"40"}'), ('ann', ''), ('tea', '');
		INSERT INTO graph.products VALUES ('tea', 'Tea', '', 1.5, NULL, TIMESTAMP '2026-01-01');
		INSERT INTO graph.ties VALUES ('CALLED', 'ann', 'ben', 2, 3, 1, 60, 0, 0, TIMESTAMP '2026-01-01', TIMESTAMP '2026-02-01'),
			('CALLED', 'ben', 'tea', 1, 1, 0, 5, 0, 0, NULL, NULL), ('BOUGHT', 'ben', 'tea', 1, 1, 0, 0, 2, 3, NULL, NULL), ('VIEWED', 'tea', 'tea', 1, 1, 0, 9, 0, 0, NULL, NULL)`); err != nil {
		t.Fatal(err)
	}
	state := `SELECT (SELECT string_agg(CAST(x AS VARCHAR), '|' ORDER BY x) FROM (FROM graph.ties) AS x)
		|| (SELECT string_agg(concat_ws(' ', id, attributes), '|' ORDER BY id) FROM graph.customers)
		|| (SELECT string_agg(concat_ws(' ', id, name, price, available_to), '|' ORDER BY id) FROM graph.products)`
	var old, now string
	if err := db.QueryRowContext(t.Context(), state).Scan(&old); err != nil {
		t.Fatal(err)
	}
	if err := s.apply(t.Context(), db, all); err != nil {
		t.Fatal(err)
	}
	if err := db.QueryRowContext(t.Context(), state).Scan(&now); err != nil || old != now || strings.Count(old, "tea") != 6 {
		t.Errorf("before: %s\nafter: %s, %v", old, now, err)
	}
}

// TestOldCalls brings calls whose kind and ends are texts up to date.
func TestOldCalls(t *testing.T) {
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := &Store{dir: dir, network: make(chan struct{}, 1)}
	db, err := s.connect(fileName)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := s.apply(t.Context(), db, all[:2]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), exampleCalls); err != nil {
		t.Fatal(err)
	}
	state := `SELECT string_agg(concat_ws(' ', caller, callee, kind, seconds), ',' ORDER BY rowid) FROM events.calls`
	var before, after, kind string
	if err := db.QueryRowContext(t.Context(), state).Scan(&before); err != nil {
		t.Fatal(err)
	}
	if err := s.apply(t.Context(), db, all); err != nil {
		t.Fatal(err)
	}
	// In the order of loading, and the same rows through the view.
	rows := `SELECT string_agg(concat_ws(' ', f.id, t.id, kind, seconds), ',' ORDER BY c.row)
		FROM events.call_rows AS c JOIN events.ids AS f ON f.n = caller JOIN events.ids AS t ON t.n = callee`
	if err := db.QueryRowContext(t.Context(), rows).Scan(&after); err != nil || before != after || before == "" {
		t.Errorf("before: %s\nafter: %s, %v", before, after, err)
	}
	list := strings.Split(before, ",")
	slices.Sort(list)
	view := `SELECT string_agg(line, ',' ORDER BY line) FROM (SELECT concat_ws(' ', caller, callee, kind, seconds) AS line FROM events.calls)`
	if err := db.QueryRowContext(t.Context(), view).Scan(&after); err != nil || strings.Join(list, ",") != after {
		t.Errorf("before: %s\nthe view: %s, %v", before, after, err)
	}
	var ids, numbers, distinct, highest int
	counted := `SELECT count(DISTINCT id), count(DISTINCT n), count(*), max(n) FROM events.ids`
	if err := db.QueryRowContext(t.Context(), counted).Scan(&ids, &numbers, &distinct, &highest); err != nil || ids != 4 || numbers != 4 || distinct != 4 || highest != 3 {
		t.Errorf("%d ids and %d numbers up to %d in %d rows, %v", ids, numbers, highest, distinct, err)
	}
	if err := db.QueryRowContext(t.Context(), `SELECT any_value(typeof(kind)) FROM events.calls`).Scan(&kind); err != nil || !strings.HasPrefix(kind, "ENUM") {
		t.Errorf("kind is a %s, %v", kind, err)
	}
}
