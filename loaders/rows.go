package loaders

import (
	"context"
	"database/sql"
	"errors"
)

// querier is a database or one connection of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// eachRow hands over the rows of the answer to a query.
func eachRow(ctx context.Context, db querier, query string, args []any, each func(*sql.Rows) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// eachOf fills in queries/name and hands over the rows of its answer.
func eachOf(ctx context.Context, db querier, name string, data any, args []any, each func(*sql.Rows) error) error {
	query, err := render(name, data)
	if err != nil {
		return err
	}
	return eachRow(ctx, db, query, args, each)
}
