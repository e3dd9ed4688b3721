package duckstore

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"
	"time"

	"kith/graph"
)

// Touched says what a removal did to a table, or what a search found in it.
type Touched struct {
	// Table is its name with the schema.
	Table string `json:"table"`
	// Removed is how many of its rows went, Emptied in how many a text was
	// emptied that named the person.
	Removed int64 `json:"removed"`
	Emptied int64 `json:"emptied,omitempty"`
}

// Found says how many rows of a column have a text.
type Found struct {
	Column string `json:"column"` // schema.table.column
	Rows   int64  `json:"rows"`
	// Other says that the column names no people, so that the text stands for
	// something else there.
	Other bool `json:"other,omitempty"`
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// errDry rolls a removal back that was only to be counted.
var errDry = errors.New("only counted")

// Forget removes a person, who is known by some ids, from every table in one
// transaction: rows about the person go, texts that name the person are emptied.
// It notes marks of the ids, by which Forgotten knows them from then on, and a
// receipt. When dry it only counts. It may be repeated, and is then nearly
// nothing.
//
// The rows of a call go for both its ends, so that the other one has a contact
// less; visits of sessions that were nobody else's go as well; what an import counted stays as it was. The database file keeps what was
// removed until Rewrite.
func (s *Store) Forget(ctx context.Context, ids []string, dry bool) (touched []Touched, err error) {
	_, touched, err = s.forget(ctx, ids, dry)
	return touched, err
}

// NamesOf is ids with the other names by which the person is known: records that
// were found to be the same one, numbers and sessions that were nobody else's.
func (s *Store) NamesOf(ctx context.Context, ids []string) (all []string, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if all, err = setNames(ctx, conn, ids); err != nil {
			return err
		}
		return errDry
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, fmt.Errorf("look for other names of a person: %w", err)
	}
	return all, nil
}

func (s *Store) forget(ctx context.Context, ids []string, dry bool) (all []string, touched []Touched, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if all, err = setNames(ctx, conn, ids); err != nil {
			return err
		}
		if touched, err = eraseTables(ctx, conn, all); err != nil {
			return err
		}
		if dry {
			return errDry
		}
		if err := mark(ctx, conn, all); err != nil {
			return err
		}
		counts := map[string]int64{}
		for _, t := range touched {
			counts[t.Table] = t.Removed + t.Emptied
		}
		return noteRemoval(ctx, conn, "forget", time.Time{}, counts)
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, nil, fmt.Errorf("remove a person from the tables: %w", err)
	}
	return all, touched, nil
}

// eraseTables goes through all tables with the names of setNames.
func eraseTables(ctx context.Context, conn *sql.Conn, ids []string) ([]Touched, error) {
	columns, err := textColumns(ctx, conn)
	if err != nil {
		return nil, err
	}
	var list []Touched
	for _, group := range byTable(columns) {
		t := Touched{Table: group[0].shown()}
		if t.Removed, err = eraseRows(ctx, conn, group); err == nil {
			t.Emptied, err = emptyTexts(ctx, conn, group, ids)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Table, err)
		}
		if t.Removed+t.Emptied > 0 {
			list = append(list, t)
		}
	}
	if err := DropUnnamed(ctx, conn); err != nil {
		return nil, err
	}
	_, err = conn.ExecContext(ctx, "DROP TABLE temp.forget_names; DROP TABLE temp.forget_numbers; DROP TABLE temp.forget_nodes")
	return list, err
}

// DropUnnamed removes what no call names any more from events.ids. It is for those
// who remove calls, in the same Update.
func DropUnnamed(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, query("drop_unnamed")); err != nil {
		return fmt.Errorf("events.ids: %w", err)
	}
	return nil
}

// byTable cuts a list of columns in the order of their tables by table.
func byTable(columns []column) (groups [][]column) {
	for i, c := range columns {
		if i == 0 || columns[i-1].schema != c.schema || columns[i-1].table != c.table {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], c)
	}
	return groups
}

// setNames makes temp.forget_names with the ids and the other names of the
// person, and temp.forget_numbers and forget_nodes with their numbers, and returns
// the names.
func setNames(ctx context.Context, conn *sql.Conn, ids []string) (all []string, err error) {
	if _, err := conn.ExecContext(ctx, query("forget_names")); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if _, err := conn.ExecContext(ctx, query("forget_name"), id); err != nil {
			return nil, err
		}
	}
	if _, err := conn.ExecContext(ctx, query("forget_aliases")); err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, query("forget_numbers")); err != nil {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT name FROM temp.forget_names ORDER BY name")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		all = append(all, name)
	}
	return all, rows.Err()
}

func eraseRows(ctx context.Context, conn *sql.Conn, group []column) (int64, error) {
	var whose []map[string]any
	for _, c := range group {
		if c.use == person {
			whose = append(whose, c.params())
		}
	}
	if whose == nil {
		return 0, nil
	}
	return execRows(ctx, conn, render("forget_rows", map[string]any{"Table": group[0].params()["Table"], "Columns": whose}))
}

func emptyTexts(ctx context.Context, conn *sql.Conn, group []column, ids []string) (sum int64, err error) {
	for _, c := range group {
		var n int64
		switch c.use {
		case mention:
			n, err = execRows(ctx, conn, render("forget_mentions", c.params()))
		case row:
			n, err = execRows(ctx, conn, render("forget_texts", c.params()))
		case free:
			n, err = execRows(ctx, conn, render("forget_words", c.params()))
		case object:
			n, err = emptyObjects(ctx, conn, c, ids)
		case person, noPerson:
		}
		if err != nil {
			return 0, fmt.Errorf("%s: %w", c.name, err)
		}
		sum += n
	}
	return sum, nil
}

// emptyObjects takes the members out of JSON objects that are one of the ids.
func emptyObjects(ctx context.Context, conn *sql.Conn, c column, ids []string) (int64, error) {
	rows, err := conn.QueryContext(ctx, render("forget_objects", c.params()))
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	changed := map[string]string{}
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			return 0, err
		}
		if left, gone := graph.Unmention(text, ids); gone != nil {
			changed[text] = left
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	var sum int64
	for from, to := range changed {
		n, err := execRows(ctx, conn, render("forget_object", c.params()), to, from)
		if err != nil {
			return 0, err
		}
		sum += n
	}
	return sum, nil
}

// Search counts the rows of every column of text in which one of the ids stands:
// as the whole text where the column has ids, as a word elsewhere. Columns that
// name no people are told apart.
func (s *Store) Search(ctx context.Context, ids []string) (found []Found, columns int, err error) {
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := setNames(ctx, conn, ids); err != nil {
			return err
		}
		all, err := textColumns(ctx, conn)
		if err != nil {
			return err
		}
		columns = len(all)
		for _, c := range all {
			name := "search_ids"
			switch c.use {
			case row:
				name = "search_texts"
			case free, object:
				name = "search_words"
			case person, mention, noPerson:
			}
			var n int64
			if err := conn.QueryRowContext(ctx, render(name, c.params())).Scan(&n); err != nil {
				return fmt.Errorf("%s: %w", c.full(), err)
			}
			if n > 0 {
				found = append(found, Found{Column: c.full(), Rows: n, Other: c.use == noPerson})
			}
		}
		return errDry // nothing is to be written
	})
	if err != nil && !errors.Is(err, errDry) {
		return nil, 0, fmt.Errorf("search the tables: %w", err)
	}
	slices.SortFunc(found, func(a, b Found) int { return cmp.Compare(a.Column, b.Column) })
	return found, columns, nil
}

// quoted is an identifier of SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// render fills queries/name.sql in.
func render(name string, params any) string {
	var b strings.Builder
	if err := template.Must(template.New(name).Parse(query(name))).Execute(&b, params); err != nil {
		panic(err) // the templates are constants of this package
	}
	return b.String()
}

func execRows(ctx context.Context, conn *sql.Conn, text string, args ...any) (int64, error) {
	done, err := conn.ExecContext(ctx, text, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// NoteRemoval writes the receipt of a removal of another package, within its Update.
func NoteRemoval(ctx context.Context, conn *sql.Conn, kind string, counts map[string]int64) error {
	if err := noteRemoval(ctx, conn, kind, time.Time{}, counts); err != nil {
		return fmt.Errorf("note the removal: %w", err)
	}
	return nil
}

// noteRemoval writes the receipt of a removal.
func noteRemoval(ctx context.Context, conn *sql.Conn, kind string, before time.Time, counts map[string]int64) error {
	text, err := json.Marshal(counts)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, query("note_removal"), kind, orNull(before), string(text))
	return err
}
