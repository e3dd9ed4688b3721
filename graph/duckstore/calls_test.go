package duckstore

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/graph"
)

// numbered is a text of SQL that writes to events.calls as if that were a table:
// the rows go to one of texts first, which then get numbers as those of a file do.
func numbered(text string) string {
	if !strings.Contains(text, "events.calls") {
		return text
	}
	return `CREATE TEMP TABLE new_calls AS FROM events.calls LIMIT 0;` + strings.ReplaceAll(text, "events.calls", "temp.new_calls") + `
		;
		INSERT INTO events.ids
		SELECT (SELECT coalesce(max(n) + 1, 0) FROM events.ids) + row_number() OVER () - 1, id
		FROM (SELECT caller AS id FROM new_calls UNION SELECT callee FROM new_calls) ANTI JOIN events.ids USING (id);
		INSERT INTO events.packed_calls
		SELECT f.n, t.n, time, events.packed_call(kind, seconds, answered, import_id, false)
		FROM (SELECT rowid AS row, * FROM new_calls) JOIN events.ids AS f ON f.id = caller JOIN events.ids AS t ON t.id = callee
		ORDER BY row;
		DROP TABLE new_calls`
}

// The views are read right by a DuckDB that is not set up by kith, too: its
// optimizer takes joins for others that are written alike.
func TestCallsWithoutSettings(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.calls SELECT 'a' || range % 30, 'b' || range % 7, NULL, 'voice', range, true, 1 FROM range(60)`)
	conn, err := s.DB().Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(t.Context(), "SET disabled_optimizers = ''"); err != nil {
		t.Fatal(err)
	}
	for _, view := range []string{"events.calls", "people.calls"} {
		var n int
		err := conn.QueryRowContext(t.Context(), "SELECT count(*) FROM (SELECT caller FROM "+view+" UNION SELECT callee FROM "+view+")").Scan(&n)
		if err != nil || n != 37 {
			t.Errorf("%s: %d people call or are called, want 37: %v", view, n, err)
		}
	}
}

// What no call names any more goes with the last call of it, and a new id gets a
// number that no other has.
func TestIDsGoWithTheirCalls(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.calls VALUES ('a', 'b', '2026-03-01', 'voice', 1, true, 1), ('b', 'c', '2026-03-05', 'voice', 1, true, 1)`)
	if _, err := s.DropBefore(context.Background(), at(3, 0, 0, 0), false); err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, `INSERT INTO events.calls VALUES ('d', 'a', '2026-03-06', 'voice', 1, true, 1)`)
	var ids, calls string
	var numbers int
	err := s.DB().QueryRowContext(t.Context(), `SELECT (SELECT string_agg(id, ' ' ORDER BY id) FROM events.ids), (SELECT count(DISTINCT n) FROM events.ids),
		(SELECT string_agg(caller || callee, ' ' ORDER BY time) FROM events.calls)`).Scan(&ids, &numbers, &calls)
	if err != nil || ids != "a b c d" || numbers != 4 || calls != "bc da" {
		t.Errorf("ids %s with %d numbers, calls %s, %v", ids, numbers, calls, err)
	}
	if _, err := s.DropBefore(context.Background(), at(6, 0, 0, 0), false); err != nil {
		t.Fatal(err)
	}
	if err := s.DB().QueryRowContext(t.Context(), `SELECT string_agg(id, ' ' ORDER BY id) FROM events.ids`).Scan(&ids); err != nil || ids != "a d" {
		t.Errorf("ids %s are left, %v", ids, err)
	}
}

// A node keeps its ties apart from those of others, also when it begins to call or
// when its number as a caller is given to somebody else.
func TestNumbersOfNodes(t *testing.T) {
	s := openNew(t)
	state := func(want string) {
		t.Helper()
		if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
			t.Fatal(err)
		}
		var ties string
		var nodes, numbers int
		err := s.DB().QueryRowContext(t.Context(), `SELECT (SELECT string_agg(from_id || '>' || to_id, ' ' ORDER BY from_id, to_id) FROM graph.ties),
			count(*), count(DISTINCT n) FROM graph.customers`).Scan(&ties, &nodes, &numbers)
		if err != nil || ties != want || nodes != numbers {
			t.Errorf("the ties are %q, want %q, and %d nodes have %d numbers, %v", ties, want, nodes, numbers, err)
		}
		if _, err := s.Read(t.Context(), nil); err != nil {
			t.Error(err)
		}
	}
	mustExec(t, s, `INSERT INTO events.purchases VALUES ('x', 'tea', NULL, '', 1, 2, 1), ('y', 'tea', NULL, '', 1, 2, 1);
		INSERT INTO events.calls VALUES ('a', 'b', '2026-03-01', 'voice', 1, true, 1), ('b', 'b', '2026-03-01', 'voice', 1, true, 1), ('z', 'z', '2026-03-01', 'voice', 1, true, 1)`)
	state("a>b x>tea y>tea")
	if _, err := s.DropBefore(t.Context(), at(3, 0, 0, 0), false); err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, `INSERT INTO events.calls VALUES ('c', 'd', '2026-03-06', 'voice', 1, true, 1)`)
	state("c>d x>tea y>tea")
	mustExec(t, s, `INSERT INTO events.calls VALUES ('y', 'a', '2026-03-06', 'voice', 1, true, 1)`)
	state("c>d x>tea y>a y>tea")
	mustExec(t, s, `INSERT INTO identity.holders VALUES ('d', '-infinity', 'infinity', 'x'), ('c', '-infinity', 'infinity', 'new')`)
	state("new>x x>tea y>a y>tea")
	mustExec(t, s, `DELETE FROM identity.holders`)
	state("c>d x>tea y>a y>tea")
}

// Everybody who calls is a node, whichever goroutine their calls came to; a call to
// oneself makes no tie.
func TestManyCallers(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.calls SELECT 'p' || i, 'p' || if(i % 3 = 0, i, i + 1), TIMESTAMP '2026-03-01', 'voice', 1, true, 1 FROM range(9000) AS r(i)`)
	if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
		t.Fatal(err)
	}
	var nodes, ties int
	err := s.DB().QueryRowContext(t.Context(), "SELECT (SELECT count(*) FROM graph.customers), (SELECT count(*) FROM graph.ties)").Scan(&nodes, &ties)
	if err != nil || nodes != 9001 || ties != 6000 {
		t.Errorf("%d nodes, want 9001, and %d ties, want 6000: %v", nodes, ties, err)
	}
}

// Calls that are too many to be held at a time are summed in passes, to the same
// ties. Contact at a time that is not known is one of its own.
func TestSummingInPasses(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.calls SELECT 'p' || i % 70, 'p' || i * i % 130, TIMESTAMP '2026-03-01' + to_minutes(i * 7), if(i % 3 = 0, 'message', 'voice'), i % 50, true, 1 FROM range(5000) AS r(i);
		INSERT INTO events.calls VALUES ('p1', 'q', NULL, 'voice', 1, true, 1), ('p1', 'q', TIMESTAMP '1970-01-01 00:10:00', 'voice', 1, true, 1)`)
	var whole string
	for _, perPass := range []int64{0, 900} {
		s.perPass = perPass
		if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
			t.Fatal(err)
		}
		var ties, calls, weight int64
		var all string
		err := s.DB().QueryRowContext(t.Context(), `SELECT count(*), sum(count), max(weight) FILTER (to_id = 'q'), CAST(list(t ORDER BY from_id, to_id) AS VARCHAR) FROM graph.ties AS t`).Scan(&ties, &calls, &weight, &all)
		if err != nil || ties < 100 || calls < 4000 || weight != 2 {
			t.Fatalf("%d ties of %d calls, the last with weight %d: %v", ties, calls, weight, err)
		}
		if whole == "" {
			whole = all
		}
		if all != whole {
			t.Errorf("with %d calls at a time the ties are others", perPass)
		}
	}
}

// An analysis that is broken off while calls are summed leaves no passing file, and
// the store as it was.
func TestSummingBrokenOff(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, "INSERT INTO events.calls SELECT 'a', 'b', TIMESTAMP '2026-01-01' + to_minutes(i), 'voice', 5, true, 1 FROM range(100000) AS r(i)")
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	err := s.Sync(ctx, s.Source(graph.Window{}), func(stage string, _, _ int64) {
		if stage == "summing calls" {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
	left, err := filepath.Glob(filepath.Join(s.temp, "ties-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("%q are left, %v", left, err)
	}
	if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
		t.Error(err)
	}
}

// Calls of every kind, answer and side that a former version stored are the same
// after they are packed, and after their import was packed with the rest.
func TestPackedCalls(t *testing.T) {
	all, err := migrations(migrationFiles)
	if err != nil {
		t.Fatal(err)
	}
	before := slices.IndexFunc(all, func(m migration) bool { return m.name == "0016_packed_calls" })
	s := &Store{dir: t.TempDir(), network: make(chan struct{}, 1)}
	db, err := s.connect(fileName)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := s.apply(t.Context(), db, all[:before]); err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `INSERT INTO events.call_rows
		SELECT row_number() OVER (), 4294967295, t, k, s, a, i, r
		FROM (VALUES (NULL), (TIMESTAMP '1969-12-31 23:59:59.999999')) AS times(t), (VALUES ('voice'), ('message'), ('data')) AS kinds(k),
			(VALUES (0), (1), (1000000000000000)) AS lengths(s), (VALUES (true), (false)) AS answers(a), (VALUES (1), (2147483647)) AS imports(i), (VALUES (true), (false)) AS sides(r)`); err != nil {
		t.Fatal(err)
	}
	state := func() string {
		t.Helper()
		const text = "SELECT count(*), string_agg(concat_ws(' ', caller, callee, coalesce(time, TIMESTAMP '1700-01-01'), typeof(kind), kind, seconds, answered, import_id, received), ',' ORDER BY caller) FROM events.call_rows"
		var rows int
		var list string
		if err := db.QueryRowContext(t.Context(), text).Scan(&rows, &list); err != nil || rows != 144 {
			t.Fatalf("%d rows, %v", rows, err)
		}
		return list
	}
	was := state()
	if err := s.apply(t.Context(), db, all[:before+1]); err != nil {
		t.Fatal(err)
	}
	if is := state(); is != was {
		t.Fatalf("before: %s\nafter: %s", was, is)
	}
	// What no load could give any more: so many imports, and a length above 1e9.
	if _, err := db.ExecContext(t.Context(), "UPDATE events.packed_calls SET source = sign(source) * 1073741823 WHERE abs(source) = 2147483647"); err != nil {
		t.Fatal(err)
	}
	want := strings.ReplaceAll(strings.ReplaceAll(was, " 2147483647 ", " 1073741823 "), " 1000000000000000 ", " 1000000000 ")
	if err := s.apply(t.Context(), db, all); err != nil {
		t.Fatal(err)
	}
	if is := state(); is != want {
		t.Fatalf("want: %s\nafter: %s", want, is)
	}
}

// A call that goes in by events.packed_call comes out of the view as it was.
func TestPackedCall(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `CREATE TABLE main.given AS
		SELECT k AS kind, n AS seconds, a AS answered, i AS import_id, r AS received
		FROM (VALUES ('voice'), ('message'), ('data')) AS kinds(k), (VALUES (0), (1), (1000000000)) AS lengths(n), (VALUES (true), (false)) AS answers(a),
			(VALUES (1), (1073741823)) AS imports(i), (VALUES (true), (false)) AS sides(r);
		INSERT INTO events.packed_calls SELECT 1, 2, NULL, events.packed_call(kind, seconds, answered, import_id, received) FROM main.given`)
	var rows, same int
	err := s.DB().QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM events.call_rows),
		(SELECT count(*) FROM (SELECT kind, seconds, answered, import_id, received FROM events.call_rows INTERSECT SELECT CAST(kind AS events.call_kind), seconds, answered, import_id, received FROM main.given))`).Scan(&rows, &same)
	if err != nil || rows != 72 || same != 72 {
		t.Errorf("of %d rows %d are the same, want 72: %v", rows, same, err)
	}
}
