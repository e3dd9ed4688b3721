package duckstore

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each column of text is classed: a new one that may hold ids of people must be
// thought of here, or a removal would take it for ids by default.
func TestEveryColumnOfTextIsClassed(t *testing.T) {
	s := openNew(t)
	columns, err := textColumns(t.Context(), s.DB())
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, c := range columns {
		known[c.full()] = true
		if _, ok := classes[c.full()]; !ok {
			t.Errorf("%s is in no class: say in classes (erase.go) whether it holds ids of people, so that kith forget finds them", c.full())
		}
	}
	for name := range classes {
		if !known[name] {
			t.Errorf("classes (erase.go) has %s, which is no column of the store", name)
		}
	}
	if len(known) < 40 {
		t.Errorf("only %d columns of text were found", len(known))
	}
}

const (
	someone = "+49151777001"
	other   = "+49151777002"
)

// fill puts somebody into every column that can name people.
func fill(t testing.TB, s *Store) {
	t.Helper()
	mustExec(t, s, `
		INSERT INTO events.known VALUES ('customer', '`+someone+`', 1);
		INSERT INTO events.imports (id, loaded_at, kind, file, hash, bytes, mapping, rows, accepted, duplicates, rejected, first_at, last_at, seconds, notes) VALUES (1, now()::TIMESTAMP, 'calls', 'of `+someone+`.csv', 'ab', 1, '{}', 2, 2, 0, 0, NULL, NULL, 0, '["a note on `+someone+`"]');
		INSERT INTO events.rejects VALUES (1, 7, 'time', 'time is empty', '`+someone+`,`+other+`,,12'), (1, 8, 'time', 'time is empty', '`+other+`,x,,12');
		INSERT INTO events.calls VALUES ('`+someone+`', '`+other+`', NULL, 'voice', 5, true, 1), ('`+other+`', '`+someone+`', NULL, 'voice', 5, true, 1),
			('`+other+`', 'third', NULL, 'voice', 5, true, 1), ('`+someone+`', 'known to nobody else', NULL, 'voice', 5, true, 1);
		INSERT INTO events.purchases VALUES ('`+someone+`', 'tea', NULL, '', 1, 2, 1), ('`+other+`', 'tea', NULL, '', 1, 2, 1);
		INSERT INTO events.void_purchases VALUES ('`+someone+`', 'tea', NULL, '17', 1, 2, 1), ('`+other+`', 'tea', NULL, '18', 1, 2, 1);
		INSERT INTO events.order_states VALUES ('`+someone+`', 'tea', NULL, '17', 1, 2, true, 1), ('`+other+`', 'tea', NULL, '18', 1, 2, true, 1);
		INSERT INTO events.visits VALUES ('`+someone+`', 'tea', NULL, 9, 1, '', 's1'), ('', 'tea', NULL, 9, 1, '/of/`+someone+`', 's1'), ('', 'tea', NULL, 9, 1, '/of/`+someone+`', '`+someone+`'),
			('`+other+`', 'tea', NULL, 9, 1, '/of/`+someone+`', 's2'), ('`+someone+`', 'tea', NULL, 9, 1, '', 's2'), ('', 'tea', NULL, 9, 1, '', 's2'),
			('`+someone+`', 'tea', NULL, 9, 1, '', ''); -- no session is nobody's
		INSERT INTO events.churn VALUES ('`+someone+`', TIMESTAMP '2026-01-01', 1);
		INSERT INTO events.usage VALUES ('`+someone+`', NULL, 5, NULL, 1), ('`+other+`', NULL, 5, NULL, 1);
		INSERT INTO events.customers (id, attributes, import_id) VALUES ('`+someone+`', '{"name":"Ann"}', 1), ('`+other+`', '{"age":"40","partner":"`+someone+`"}', 1);
		INSERT INTO events.former_customers VALUES ('`+someone+`', '{"name":"An"}', 1, 2), ('`+other+`', '{"partner":"`+someone+`"}', 1, 2);
		INSERT INTO events.contacts VALUES ('`+someone+`', NULL, 'c', '', '', NULL, '', NULL, NULL, 1), ('`+other+`', NULL, 'c', '', '', NULL, 'for `+someone+`', NULL, NULL, 1);
		INSERT INTO events.satisfaction VALUES ('`+someone+`', NULL, 'survey', '', 1, 0, 10, '', 1), ('`+other+`', NULL, 'survey', '`+someone+`', 1, 0, 10, 'ask `+someone+`', 1);
		INSERT INTO events.products (id, name, category, price, available_from, available_to, import_id) VALUES ('tea', 'Tea', '', NULL, NULL, NULL, 1);
		INSERT INTO graph.customers VALUES ('`+someone+`', '{"name":"Ann"}', 0), ('`+other+`', '{"partner":"`+someone+`"}', 1), ('third', '', 2);
		INSERT INTO graph.call_ties VALUES (1, 0, 1, 1, 0, 5, NULL, NULL), (0, 1, 1, 1, 0, 5, NULL, NULL), (1, 2, 1, 1, 0, 5, NULL, NULL);
		INSERT INTO graph.product_ties VALUES ('BOUGHT', 1, 0, 1, 1, 0, 5, 0, NULL, NULL), ('BOUGHT', 0, 0, 1, 1, 0, 5, 0, NULL, NULL);
		INSERT INTO graph.products VALUES ('tea', 'Tea', '', NULL, NULL, NULL, 0);
		INSERT INTO graph.corrections VALUES ('CALLED', '`+other+`', '`+someone+`', 4), ('BOUGHT', '`+someone+`', 'tea', 4);
		INSERT INTO events.numbers VALUES ('030 1', '`+someone+`', NULL, NULL, 1);
		INSERT INTO identity.links VALUES ('`+other+`', '`+someone+`', 0, [], [], 0, '', 0, 0, 'cut at a bridge'), ('`+someone+`', '`+other+`', 0, [], [], 0, '', 0, 0, 'cut at a bridge');
		INSERT INTO identity.decisions VALUES (1, now()::TIMESTAMP, 'me', 'seen', 'merge', ['x', '`+someone+`']), (2, now()::TIMESTAMP, 'me', 'unlike `+someone+`', 'merge', ['x', 'y']);
		INSERT INTO identity.overrides VALUES ('`+someone+`', 'x', true, 1), ('x', '`+someone+`', true, 1);
		INSERT INTO identity.records VALUES ('`+someone+`', '`+someone+`', NULL), ('same-1', '`+someone+`', NULL);
		INSERT INTO events.customers (id, attributes, import_id) VALUES ('same-1', '{"name":"Ann B."}', 1);
		INSERT INTO identity.numbers VALUES ('+49301', '`+someone+`', '-infinity', 'infinity');
		INSERT INTO identity.spellings VALUES ('`+someone+`', '+49301');
		INSERT INTO identity.holders VALUES ('0301', '-infinity', '2026-03-01', '`+someone+`'), ('0301', '2026-03-01', 'infinity', '`+other+`'), ('0302', '-infinity', 'infinity', '`+someone+`'),
			('0303', '-infinity', '2026-03-01', '`+other+`'), ('0303', '2026-03-01', 'infinity', '`+someone+`');
		INSERT INTO events.calls VALUES ('0301', 'third', '2026-02-01', 'voice', 1, true, 1), ('0301', 'third', '2026-03-01', 'voice', 1, true, 1), ('third', '0302', NULL, 'voice', 1, true, 1), ('0303', 'third', '2026-03-01', 'voice', 1, true, 1);
		INSERT INTO result.communities VALUES ('c0-1', '', 0, 3, 0, 0, 0, '`+someone+`', '`+other+`'), ('c0-2', '', 0, 3, 0, 0, 0, '`+other+`', '`+someone+`');
		INSERT INTO result.customers VALUES ('`+someone+`', 'c0-1', 'leader', true, 0, 0, 0, 0, 0, 0, false, 0, 0);
		INSERT INTO result.risk_parts VALUES ('`+other+`', '`+someone+`', 0.1), ('`+someone+`', '`+other+`', 0.1);
		INSERT INTO result.memberships VALUES ('`+someone+`', 'c0-1', 1, true, true)`)
	mustExec(t, s, "INSERT INTO events.call_twins SELECT caller, callee, TIMESTAMP '2026-01-01', kind, seconds, answered, import_id FROM events.call_rows")
}

// What is forgotten stands in no column any more, and others keep their rows.
func TestForgetRemovesAPerson(t *testing.T) {
	s := openNew(t)
	fill(t, s)
	before, columns, err := s.Search(t.Context(), []string{someone})
	if err != nil {
		t.Fatal(err)
	}
	// The test's data reach every class of column, or it would prove nothing.
	reached := map[string]bool{}
	for _, f := range before {
		reached[f.Column] = true
	}
	for name, c := range classes {
		if c.use != noPerson && !reached[name] {
			t.Errorf("fill puts nobody into %s", name)
		}
	}
	if columns < 40 {
		t.Errorf("%d columns were searched", columns)
	}

	counted, err := s.Forget(t.Context(), []string{someone}, true)
	if err != nil {
		t.Fatal(err)
	}
	if still, _, err := s.Search(t.Context(), []string{someone}); err != nil || !cmp.Equal(still, before) {
		t.Errorf("counting changed the store: %v, %v", still, err)
	}
	removed, err := s.Forget(t.Context(), []string{someone}, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(counted, removed); diff != "" {
		t.Errorf("what was counted is not what went (-counted +removed):\n%s", diff)
	}
	if after, _, err := s.Search(t.Context(), []string{someone}); err != nil || len(after) > 0 {
		t.Errorf("still there: %v, %v", after, err)
	}
	// Nor does a plain look at all rows find the person, whatever their columns are classed as.
	for _, name := range tables(t, s) {
		var n int
		if err := s.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM "+name+" AS t WHERE contains(t::VARCHAR, ?)", someone).Scan(&n); err != nil || n > 0 {
			t.Errorf("%d rows of %s name the person, %v", n, name, err)
		}
	}
	for text, want := range map[string]string{
		"SELECT string_agg(caller || '>' || callee, ' ' ORDER BY caller) FROM events.calls":                       other + ">third 0301>third",
		"SELECT string_agg(id, ' ' ORDER BY id) FROM events.ids":                                                  other + " 0301 0303 third",
		"SELECT count(*) FROM events.call_twins":                                                                  "2",
		"SELECT string_agg(id || ' ' || person, ', ' ORDER BY id) FROM identity.holders":                          "0301 " + other + ", 0303 " + other,
		"SELECT count(*) FROM events.call_rows":                                                                   "2",
		"SELECT string_agg(id, ' ') FROM events.customers":                                                        other,
		"SELECT count(*) FROM identity.decisions":                                                                 "1",
		"SELECT attributes FROM events.customers":                                                                 `{"age":"40"}`,
		"SELECT attributes FROM events.former_customers":                                                          "{}",
		"SELECT string_agg(attributes, '|' ORDER BY id) FROM graph.customers":                                     "{}|",
		"SELECT string_agg(\"row\", '|' ORDER BY line) FROM events.rejects":                                       "|" + other + ",x,,12",
		"SELECT leader || disseminator FROM result.communities":                                                   other,
		"SELECT file FROM events.imports":                                                                         "of (forgotten).csv",
		"SELECT string_agg(customer || ' ' || session, ',' ORDER BY customer) FROM events.visits":                 " s2," + other + " s2",
		"SELECT string_agg(from_id || '>' || to_id, ' ' ORDER BY to_id) FROM graph.ties":                          other + ">tea " + other + ">third",
		"SELECT count(*) FROM events.products":                                                                    "1",
		"SELECT kind || ' ' || (counts LIKE '%\"events.calls\":6,%\"events.rejects\":1,%') FROM privacy.removals": "forget true",
	} {
		var got string
		if err := s.DB().QueryRowContext(t.Context(), text).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}

	knows, err := s.Forgotten(t.Context())
	if err != nil || !knows(someone) || knows(other) {
		t.Fatalf("marks of the forgotten: %v", err)
	}
	if again, err := s.Forget(t.Context(), []string{someone}, false); err != nil || len(again) > 0 {
		t.Errorf("the second time %v went, %v", again, err)
	}
	if !knows("same-1") || !knows("0302") || knows("0301") {
		t.Error("other names of the person are not marked, or names of others are")
	}
	if n, err := s.AllowAgain(t.Context(), []string{someone, "same-1", "0302", other}); err != nil || n != 3 {
		t.Errorf("%d marks were lifted, %v", n, err)
	}
	if knows, err = s.Forgotten(t.Context()); err != nil || knows != nil && knows(someone) {
		t.Errorf("somebody is still marked: %v", err)
	}
}

// A short id is a person's in columns of ids only: elsewhere it may be an age. One of six
// characters is told in texts, too, where it stands by itself.
func TestForgetLeavesNumbersAlone(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.customers (id, attributes, import_id) VALUES ('40', '{}', 1), ('41', '{"age":"40"}', 1);
		INSERT INTO events.purchases VALUES ('41', '40', NULL, '', 1, 2, 1);
		INSERT INTO events.satisfaction VALUES ('41', NULL, 'survey', '', 1, 0, 10, 'for 40 minutes', 1);
		INSERT INTO graph.customers VALUES ('41', '', 0);
		INSERT INTO graph.products VALUES ('40', '', '', NULL, NULL, NULL, 0);
		INSERT INTO graph.product_ties VALUES ('BOUGHT', 0, 0, 1, 1, 0, 1, 2, NULL, NULL);
		INSERT INTO graph.corrections VALUES ('BOUGHT', '41', '40', 2)`)
	touched, err := s.Forget(t.Context(), []string{"40"}, false)
	if err != nil {
		t.Fatal(err)
	}
	if want := []Touched{{Table: "events.customers", Removed: 1}}; !slices.Equal(touched, want) {
		t.Errorf("%v went, want %v", touched, want)
	}
	found, _, err := s.Search(t.Context(), []string{"40"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []Found{{"events.purchases.product", 1, true}, {"graph.products.id", 1, true}}; !slices.Equal(found, want) {
		t.Errorf("%v is found, want %v", found, want)
	}

	mustExec(t, s, `INSERT INTO events.visits VALUES ('ann-01', 'tea', NULL, 9, 1, '', 'cookie');
		INSERT INTO events.rejects VALUES (1, 7, 'time', '', 'ann-01,x'), (1, 8, 'time', '', 'ann-012,x');
		UPDATE events.satisfaction SET comment = 'ask ann-01 ann-01 or her cookie, not ann-012', topic = 'xann-01'`)
	if _, err := s.Forget(t.Context(), []string{"ann-01"}, false); err != nil {
		t.Fatal(err)
	}
	var texts string
	if err := s.DB().QueryRowContext(t.Context(), `SELECT topic || '; ' || comment || '; ' || (SELECT string_agg("row", '|' ORDER BY line) FROM events.rejects) FROM events.satisfaction`).Scan(&texts); err != nil {
		t.Fatal(err)
	}
	if want := "xann-01; ask (forgotten) (forgotten) or her (forgotten), not ann-012; |ann-012,x"; texts != want {
		t.Errorf("the texts are %q, want %q", texts, want)
	}
}

// A rewritten file has no byte of what was deleted, and all of the rest; also
// while others read.
func TestRewriteLeavesNoTrace(t *testing.T) {
	s := openNew(t)
	fill(t, s)
	mustExec(t, s, `INSERT INTO events.calls SELECT 'a' || range, 'b' || hash(range), NULL, 'voice', range, true, 1 FROM range(30000)`)
	if err := s.Sync(t.Context(), ringSource{40, 3}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Forget(t.Context(), []string{someone}, false); err != nil {
		t.Fatal(err)
	}
	before := sums(t, s)

	ctx, stop := context.WithCancel(t.Context())
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for ctx.Err() == nil {
				var n int
				if err := s.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM events.calls").Scan(&n); err != nil || n != 30002 {
					t.Errorf("a reader meanwhile sees %d calls: %v", n, err)
				}
				if _, err := s.Counts(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 3 {
		if err := s.Rewrite(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	readers.Wait()
	if diff := cmp.Diff(before, sums(t, s)); diff != "" {
		t.Errorf("the rewritten database differs:\n%s", diff)
	}
	mustBeGone(t, s.dir)
	var sessions int
	if err := s.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM events.sessions(TIMESTAMP '2027-01-01')").Scan(&sessions); err != nil || sessions != 1 {
		t.Errorf("%d sessions are somebody's, %v", sessions, err)
	}
	mustExec(t, s, `INSERT INTO graph.corrections VALUES ('CALLED', 'a', 'b', 1)`)
	if err := s.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `INSERT INTO graph.corrections VALUES ('CALLED', 'a', 'b', 1)`)
		return err
	}); err == nil {
		t.Error("the primary key did not survive")
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again := openAt(t, s.dir, Options{})
	if n, err := again.Counts(t.Context()); err != nil || n.Calls != 30002 {
		t.Errorf("reopened it has %d calls, %v", n.Calls, err)
	}
}

// mustBeGone looks for someone in every file of a folder.
func mustBeGone(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if f.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte(someone)); n > 0 {
			t.Errorf("%s has the id %d times", f.Name(), n)
		}
	}
}

// tables are the names of all tables.
func tables(t *testing.T, s *Store) (list []string) {
	t.Helper()
	rows, err := s.DB().QueryContext(t.Context(), "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal AND NOT temporary ORDER BY ALL")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		list = append(list, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

// sums is a number for each table that tells its rows and their order.
func sums(t *testing.T, s *Store) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, name := range tables(t, s) {
		var sum string
		text := "SELECT count(*) || ' ' || coalesce(sum(hash(row, n)), 0) FROM (SELECT t::VARCHAR AS row, row_number() OVER () AS n FROM " + name + " AS t)"
		if err := s.DB().QueryRowContext(t.Context(), text).Scan(&sum); err != nil {
			t.Fatal(name, err)
		}
		all[name] = sum
	}
	return all
}

// A process that is killed while it forgets leaves the former state or the new
// one, and doing it again ends it.
func TestForgetSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	fill(t, s)
	mustExec(t, s, `INSERT INTO events.calls SELECT 'a' || hash(range), 'b', NULL, 'voice', range, true, 1 FROM range(30000)`)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for i, stage := range []string{"copied", "copied", "forgotten"} {
		c := startChild(t, "forget", dir)
		for line := c.says(); line != stage; line = c.says() {
			if line == "" {
				t.Fatal("the child ended before it was " + stage)
			}
		}
		c.kill(t)
		s := openAt(t, dir, Options{})
		if n, err := s.Counts(t.Context()); err != nil || n.Calls != 30002 {
			t.Fatalf("after kill %d there are %d calls, %v", i, n.Calls, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	s = openAt(t, dir, Options{})
	if _, err := s.Forget(t.Context(), []string{someone}, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	mustBeGone(t, dir)
	if _, err := os.Stat(filepath.Join(dir, newName)); err == nil {
		t.Error("half a database is left")
	}
}

// childForgets forgets someone, says so, and begins to write the file anew until
// it is killed.
func childForgets(ctx context.Context, dir string) error {
	s, err := Open(ctx, dir, Options{})
	if err != nil {
		return err
	}
	if _, err := s.Forget(ctx, []string{someone}, false); err != nil {
		return err
	}
	fmt.Println("forgotten")
	if err := s.copyTables(ctx); err != nil {
		return err
	}
	fmt.Println("copied")
	select {}
}
