package duckstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"iter"

	"github.com/duckdb/duckdb-go/v2"
)

// Append puts n rows into a table within the transaction of conn: row gives the
// values of the i-th, one for each column. catalog is empty for the database of the
// store and temp for temporary tables, whose schema is main. Its first error, or that
// the context has ended, is returned, and the transaction must be rolled back then.
func Append(ctx context.Context, conn *sql.Conn, catalog, schema, table string, n int, row func(i int) ([]driver.Value, error)) error {
	if n == 0 {
		return nil
	}
	return appendRows(ctx, conn, catalog, schema, table, func(yield func([]driver.Value, error) bool) {
		for i := range n {
			if !yield(row(i)) {
				return
			}
		}
	})
}

func appendRows(ctx context.Context, conn *sql.Conn, catalog, schema, table string, rows iter.Seq2[[]driver.Value, error]) error {
	return conn.Raw(func(c any) (err error) {
		a, err := duckdb.NewAppender(c.(driver.Conn), catalog, schema, table)
		if err != nil {
			return err
		}
		defer func() {
			if err != nil {
				// What was appended goes with the transaction; the
				// error at hand is the one that tells.
				_ = a.Clear()
				_ = a.Close()
				return
			}
			err = a.CloseWithCancel(ctx)
		}()
		n := 0
		for row, err := range rows {
			if err != nil {
				return err
			}
			if n&0xfff == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			if err := a.AppendRow(row...); err != nil {
				return err
			}
			n++
		}
		return ctx.Err()
	})
}
