package loaders

import (
	"context"
	"database/sql"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"kith/graph"
	"kith/graph/duckstore"
)

// faultForgotten is why the rows of a person are rejected after kith forget. No
// text of such a row is kept.
const faultForgotten = "the person asked to be forgotten"

// people are the columns of staged rows that have ids of people.
func (k Kind) people() []string {
	var list []string
	for _, f := range k.Fields() {
		if f.Name == "caller" || f.Name == "callee" || f.Name == "customer" || k == Customers && f.Name == "id" {
			list = append(list, f.Name)
		}
	}
	return list
}

// rejectForgotten marks the rows of people who asked to be forgotten.
func (l *loading) rejectForgotten(ctx context.Context, conn *sql.Conn) error {
	knows, err := duckstore.ForgottenIn(ctx, conn)
	if err != nil {
		return fmt.Errorf("look for people who asked to be forgotten: %w", err)
	}
	l.forgotten = knows
	return markForgotten(ctx, conn, l.plan.kind, knows)
}

// markForgotten marks them among the staged rows; knows is nil when there are none.
func markForgotten(ctx context.Context, conn *sql.Conn, kind Kind, knows func(string) bool) error {
	if columns := kind.people(); knows != nil && columns != nil {
		if _, err := run(ctx, conn, "forgotten.sql", columns); err != nil {
			return fmt.Errorf("look for people who asked to be forgotten: %w", err)
		}
	}
	return nil
}

// names tells whether a row that could not be read has an id of somebody whom
// knows tells of: as a field of it or as a word.
func names(row string, knows func(string) bool) bool {
	fields := strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(",;|\t\"'", r) })
	words := strings.FieldsFunc(row, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+-_.@", r)
	})
	return slices.ContainsFunc(fields, func(s string) bool { return knows(strings.TrimSpace(s)) }) || slices.ContainsFunc(words, knows)
}

// ForgetRejects empties the rows in the files of rejects beneath a data folder
// in which one of the ids stands, or one of which marked, which may be nil, is
// true, and says how many. Each file is replaced whole.
func ForgetRejects(ctx context.Context, dataDir string, ids []string, marked func(id string) bool, dry bool) (emptied int64, err error) {
	files, err := filepath.Glob(filepath.Join(globEscape(filepath.Join(dataDir, "rejects")), "*.csv"))
	if err != nil {
		return 0, err
	}
	for _, path := range files {
		if err := ctx.Err(); err != nil {
			return emptied, err
		}
		n, err := emptyRejects(path, ids, marked, dry)
		if err != nil {
			return emptied, fmt.Errorf("remove a person from %s: %w", path, err)
		}
		emptied += n
	}
	return emptied, nil
}

func emptyRejects(path string, ids []string, marked func(id string) bool, dry bool) (emptied int64, err error) {
	knows := func(text string) bool { return slices.Contains(ids, text) || marked != nil && marked(text) }
	from, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer from.Close()
	to, err := os.CreateTemp(filepath.Dir(path), ".forget-*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil || dry || emptied == 0 {
			err = errors.Join(err, to.Close(), os.Remove(to.Name()))
		}
	}()
	r, w := csv.NewReader(from), csv.NewWriter(to)
	r.FieldsPerRecord = -1
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		if last := len(record) - 1; last >= 4 && (names(record[last], knows) || slices.ContainsFunc(ids, func(id string) bool { return graph.Mentions(record[last], id) })) {
			record[last] = ""
			emptied++
		}
		if err := w.Write(record); err != nil {
			return 0, err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil || dry || emptied == 0 {
		return emptied, err
	}
	if err := errors.Join(to.Chmod(0o600), to.Sync(), to.Close()); err != nil {
		return 0, err
	}
	return emptied, os.Rename(to.Name(), path)
}
