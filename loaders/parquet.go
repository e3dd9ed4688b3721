package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// learnParquet reads the schema and the first rows of a Parquet file.
func (s *source) learnParquet(ctx context.Context, db querier) error {
	path, plain, err := readable(s.file)
	if err != nil {
		return err
	}
	if !plain {
		// A pattern that matches the file itself.
		path = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]").Replace(path)
	}
	from := "read_parquet(" + literal(path) + ", binary_as_string = true)"
	if err := s.describe(ctx, db, from); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return s.fail(0, "the Parquet file cannot be read (%s); copy it again, or check what wrote it", firstLine(err))
	}
	if len(s.sample) == 0 && s.query != "" {
		return s.fail(0, "the query gives no rows; correct --sql")
	}
	if len(s.sample) == 0 {
		return s.fail(0, "it has no rows; check what wrote it")
	}
	return nil
}

func (s *source) describe(ctx context.Context, db querier, from string) (err error) {
	rows, err := db.QueryContext(ctx, "SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM "+from+")")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var texts []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			return err
		}
		s.columns = append(s.columns, name)
		s.types = append(s.types, kind)
		s.exprs = append(s.exprs, ident(name))
		texts = append(texts, fmt.Sprintf("coalesce(CAST(%s AS VARCHAR), '')", ident(name)))
	}
	if err := rows.Err(); err != nil {
		return err
	}
	s.d.columns = len(s.columns)
	return s.samplePart(ctx, db, "SELECT "+strings.Join(texts, ", ")+" FROM "+from+fmt.Sprintf(" LIMIT %d", sampleRows))
}

// samplePart reads the sample.
func (s *source) samplePart(ctx context.Context, db querier, query string) (err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		row := make([]string, len(s.columns))
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		s.sample = append(s.sample, row)
	}
	return rows.Err()
}

var _ querier = (*sql.Conn)(nil)
