package loaders

import (
	"bufio"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph"
)

// longestReject is how many characters of a rejected row are kept.
const longestReject = 4096

// hiddenRow stands for a row with ids that are hashed: any part of it may have
// one, most of all where a row is shifted or cut.
const hiddenRow = "(not kept, as ids are hashed; see the line in the file)"

// rejects takes the rejected rows of one import in, into the store and into a
// file beside it that gets its name only once the import is committed.
type rejects struct {
	dir, file string // as in the receipt
	id        int
	count     int64
	// hidden keeps the rows out, as they have what the store only has hashed.
	hidden bool
	// forgotten tells whose rows are kept out; nil when nobody's are.
	forgotten func(id string) bool
	reasons   map[string]int64

	conn     *sql.Conn
	appender *duckdb.Appender
	temp     *os.File
	buffer   *bufio.Writer
	csv      *csv.Writer
}

// tempEnding marks a file of rejects whose import may not be committed.
const tempEnding = ".tmp"

func (r *rejects) path() string { return filepath.Join(r.dir, rejectsName(r.id, r.file)) }

// open begins the table and the file with the first reject.
func (r *rejects) open() error {
	r.reasons = map[string]int64{}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return fmt.Errorf("make the folder for rejects: %w", err)
	}
	f, err := os.OpenFile(r.path()+tempEnding, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("make the file for rejects: %w", err)
	}
	r.temp = f
	r.buffer = bufio.NewWriterSize(f, 1<<18)
	r.csv = csv.NewWriter(r.buffer)
	if err := r.csv.Write([]string{"file", "line", "column", "reason", "row"}); err != nil {
		return err
	}
	return r.conn.Raw(func(dc any) error {
		c, ok := dc.(driver.Conn)
		if !ok {
			return errors.New("the connection is not one of DuckDB")
		}
		r.appender, err = duckdb.NewAppenderFromConn(c, "events", "rejects")
		return err
	})
}

// add takes one row in. raw may be anything; what is kept is UTF-8 without NUL.
func (r *rejects) add(line int64, column, reason string, raw []byte) error {
	if r.appender == nil {
		if err := r.open(); err != nil {
			return err
		}
	}
	r.count++
	r.reasons[reason]++
	row := excerpt(raw)
	if r.hidden {
		row = hiddenRow
	}
	if reason == faultForgotten || r.forgotten != nil && names(row, r.forgotten) {
		row = ""
	}
	if err := r.appender.AppendRow(int32(r.id), line, column, reason, row); err != nil {
		return fmt.Errorf("store a reject: %w", err)
	}
	return r.csv.Write([]string{r.file, strconv.FormatInt(line, 10), column, reason, row})
}

// finish puts what is buffered into the store and onto the disk.
func (r *rejects) finish() error {
	if r.appender == nil {
		return nil
	}
	err := r.appender.Close()
	r.appender = nil
	if err != nil {
		return fmt.Errorf("store the rejects: %w", err)
	}
	r.csv.Flush()
	if err := errors.Join(r.csv.Error(), r.buffer.Flush(), r.temp.Sync(), r.temp.Close()); err != nil {
		return fmt.Errorf("write the rejects to %s: %w", r.path(), err)
	}
	r.temp = nil
	return nil
}

// publish gives the file its name after the commit.
func (r *rejects) publish() error {
	if r.count == 0 {
		return nil
	}
	err := os.Rename(r.path()+tempEnding, r.path())
	if errors.Is(err, os.ErrNotExist) { // the next load may have done it
		_, err = os.Stat(r.path())
	}
	return err
}

// discard takes everything back that has not been committed.
func (r *rejects) discard() {
	if r.appender != nil {
		_ = r.appender.Close() // the transaction is rolled back
		r.appender = nil
	}
	if r.temp != nil {
		_ = r.temp.Close()
		r.temp = nil
	}
	if r.count > 0 {
		_ = os.Remove(r.path() + tempEnding)
	}
}

// list is the reasons, the most frequent first.
func (r *rejects) list() []Reason {
	out := []Reason{}
	for reason, n := range r.reasons {
		out = append(out, Reason{reason, n})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].Count != out[j].Count {
			return out[i].Count > out[j].Count
		}
		return out[i].Reason < out[j].Reason
	})
	return out
}

// settle finishes what a killed process left in the folder of rejects: files of
// imports that were committed get their names, others go. It runs within an
// Update, so that no other load is between its commit and its file.
func settle(ctx context.Context, conn *sql.Conn, dir string) error {
	left, err := filepath.Glob(filepath.Join(globEscape(dir), "*"+tempEnding))
	if err != nil || len(left) == 0 {
		return err
	}
	for _, path := range left {
		text, _, _ := strings.Cut(filepath.Base(path), "-")
		id, err := strconv.Atoi(text)
		if err != nil {
			continue // not one of ours
		}
		var file sql.NullString
		if err := conn.QueryRowContext(ctx, "SELECT min(file) FROM events.imports WHERE id = ? AND rejected > 0 AND undone_at IS NULL", id).Scan(&file); err != nil {
			return fmt.Errorf("look for the import of %s: %w", path, err)
		}
		final := strings.TrimSuffix(path, tempEnding)
		if file.Valid && filepath.Base(final) == rejectsName(id, file.String) {
			err = os.Rename(path, final)
		} else {
			err = os.Remove(path)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("tidy up the folder of rejects: %w", err)
		}
	}
	return nil
}

// globEscape makes a path a pattern that matches only itself.
func globEscape(path string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}

// excerpt is the beginning of a row as text that every program can read.
func excerpt(raw []byte) string {
	if len(raw) > utf8.UTFMax*longestReject {
		raw = raw[:utf8.UTFMax*longestReject]
	}
	s := strings.ReplaceAll(strings.ToValidUTF8(string(raw), "\uFFFD"), "\x00", "\u2400")
	if utf8.RuneCountInString(s) <= longestReject {
		return s
	}
	n := 0
	for i := range s {
		if n == longestReject {
			return s[:i]
		}
		n++
	}
	return s
}

// AllRejectedError says that a file was loaded without any of its rows. It is a
// graph.DataError.
type AllRejectedError struct{ Receipt Receipt }

// Reason says why without naming where the rows are.
func (e *AllRejectedError) Reason() string {
	if e.Receipt.Rows == 1 {
		return "its one row was rejected, because " + e.Receipt.Reasons[0].Reason
	}
	return sentence("all %d rows were rejected, most because %s", e.Receipt.Rows, e.Receipt.Reasons[0].Reason)
}

// Unwrap is the same as an error in data.
func (e *AllRejectedError) Unwrap() error {
	return &graph.DataError{File: e.Receipt.File, Reason: fmt.Sprintf(
		"%s; see %s, correct the mapping or the file, and load it again", e.Reason(), e.Receipt.RejectsFile)}
}

func (e *AllRejectedError) Error() string { return e.Unwrap().Error() }
