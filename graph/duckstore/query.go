package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"kith/graph"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// query is the text of queries/name.sql.
func query(name string) string {
	text, err := queryFiles.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(text)
}

// The earliest and the latest time that DuckDB can make, in microseconds.
const (
	earliest = -9223372022400000000
	latest   = math.MaxInt64 - 1
)

// bounds are those of a window in microseconds, the unit of DuckDB's times.
func bounds(w graph.Window) (from, to int64) {
	from, to = earliest, latest
	if !w.From.IsZero() {
		from = ceilMicro(w.From)
	}
	if !w.To.IsZero() {
		to = ceilMicro(w.To)
	}
	return from, to
}

// ceilMicro rounds up to the next microsecond: events have no finer times, so
// that this leaves [from, to) as it is.
func ceilMicro(t time.Time) int64 {
	us := t.UnixMicro()
	if t.Nanosecond()%1000 != 0 {
		us++
	}
	return us
}

// each runs a query on the driver's own connection, which spares a good half of
// the time that database/sql takes, and hands every row to f until f returns an
// error. The row is f's only until it returns.
func each(ctx context.Context, conn *sql.Conn, f func(row []driver.Value) error, text string, args ...any) error {
	named := make([]driver.NamedValue, len(args))
	for i, a := range args {
		named[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return conn.Raw(func(c any) (err error) {
		rows, err := c.(driver.QueryerContext).QueryContext(ctx, text, named)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, rows.Close()) }()
		row := make([]driver.Value, len(rows.Columns()))
		for n := 0; ; n++ {
			if n&0xffff == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := rows.Next(row); err == io.EOF {
				return nil
			} else if err != nil {
				return err
			}
			if err := f(row); err != nil {
				return err
			}
		}
	})
}

// rowsPerPage bounds the rows that a query returns at once, as DuckDB holds a
// result in memory.
const rowsPerPage = 1 << 18

// inOrder hands the rows of a temporary table to f in the order in which they
// were inserted, holding a page of them at a time.
func inOrder(ctx context.Context, conn *sql.Conn, table, columns string, f func([]driver.Value) error) error {
	// Rows are numbered as they come in, but not from 0 while the transaction
	// that inserts them is under way.
	var rows, first int64
	err := conn.QueryRowContext(ctx, "SELECT count(*), coalesce(min(rowid), 0) FROM "+table).Scan(&rows, &first)
	if err != nil {
		return err
	}
	text := "SELECT " + columns + " FROM " + table + " WHERE rowid >= $1 AND rowid < $2 ORDER BY rowid"
	seen := int64(0)
	for at := first; at < first+rows; at += rowsPerPage {
		err := each(ctx, conn, func(row []driver.Value) error {
			seen++
			return f(row)
		}, text, at, at+rowsPerPage)
		if err != nil {
			return err
		}
	}
	if seen != rows {
		return fmt.Errorf("%d of %d rows of %s were found: this is a fault of kith, please report it", seen, rows, table)
	}
	return nil
}

// whole reads within one transaction, so that several queries see one state,
// and undoes the temporary tables that f makes.
func (s *Store) whole(ctx context.Context, f func(context.Context, *sql.Conn) error) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	return s.explain(ctx, transact(ctx, s.db, false, f))
}

// timeOf is a time column in Go; NULL is the zero time.
func timeOf(v driver.Value) time.Time {
	t, _ := v.(time.Time)
	return t
}

// orNull is a time for DuckDB; the zero time is NULL.
func orNull(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
