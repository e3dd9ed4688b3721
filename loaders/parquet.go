package loaders

import (
	"context"
	"database/sql"
	"encoding/json"
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
	from := parquetTable(path, true)
	if s.copied != "" {
		if err := s.findTexts(ctx, db, from); err != nil {
			return s.parquetFault(err)
		}
		from = s.textTable(false)
	}
	if err := s.describe(ctx, db, from); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if s.notText(err) {
			return err
		}
		return s.parquetFault(err)
	}
	if len(s.sample) == 0 && s.query != "" {
		return s.fail(0, "the query gives no rows; correct --sql")
	}
	if len(s.sample) == 0 {
		return &noRowsError{s.fail(0, "it has no rows; check what wrote it")}
	}
	return nil
}

// parquetFault is what DuckDB finds wrong with a Parquet file.
func (s *source) parquetFault(err error) error {
	return s.fail(0, "the Parquet file cannot be read (%s); copy it again, or check what wrote it", firstLine(err))
}

func (s *source) describe(ctx context.Context, db querier, from string) error {
	if err := s.addColumns(ctx, db, from, "SELECT * FROM "+from, "", ""); err != nil {
		return err
	}
	texts := make([]string, len(s.columns))
	for i, x := range s.exprs {
		texts[i] = fmt.Sprintf("coalesce(CAST(%s AS VARCHAR), '')", x)
	}
	s.d.columns = len(s.columns)
	return s.samplePart(ctx, db, "SELECT "+strings.Join(texts, ", ")+" FROM "+from+fmt.Sprintf(" LIMIT %d", sampleRows))
}

// addColumns adds the columns of a query, which are those of the file or of what
// a column of it holds: as in JSON, an object within a row becomes columns with
// points, and an array is kept as its JSON text.
func (s *source) addColumns(ctx context.Context, db querier, from, query, prefix, of string) error {
	found, err := described(ctx, db, query)
	if err != nil {
		return err
	}
	for _, c := range found {
		x := ident(c.name)
		if of != "" {
			x = "struct_extract(" + of + ", " + literal(c.name) + ")"
		}
		switch {
		case strings.HasPrefix(c.kind, "STRUCT(") && !strings.HasSuffix(c.kind, "]"):
			if err := s.addColumns(ctx, db, from, "SELECT unnest("+x+") FROM "+from, prefix+c.name+".", x); err != nil {
				return err
			}
			continue
		case strings.HasSuffix(c.kind, "]"), strings.HasPrefix(c.kind, "MAP("):
			x, c.kind = "CAST(to_json("+x+") AS VARCHAR)", "VARCHAR"
		}
		if len(s.columns) == mostKeys {
			return fmt.Errorf("it has more than %d columns", mostKeys)
		}
		s.columns = append(s.columns, prefix+c.name)
		s.types = append(s.types, c.kind)
		s.exprs = append(s.exprs, x)
	}
	return nil
}

// columnType is the name of a column and DuckDB's type of it.
type columnType struct{ name, kind string }

// described lists the columns of a query.
func described(ctx context.Context, db querier, query string) (out []columnType, err error) {
	err = eachRow(ctx, db, "SELECT column_name, column_type FROM (DESCRIBE "+query+")", nil, func(rows *sql.Rows) error {
		var c columnType
		err := rows.Scan(&c.name, &c.kind)
		out = append(out, c)
		return err
	})
	return out, err
}

// samplePart reads the sample.
func (s *source) samplePart(ctx context.Context, db querier, query string) error {
	return eachRow(ctx, db, query, nil, func(rows *sql.Rows) error {
		row := make([]string, len(s.columns))
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		s.sample = append(s.sample, row)
		return nil
	})
}

// sampleJSON is a row of the sample as rejected rows are kept.
func (s *source) sampleJSON(row int) string {
	var b strings.Builder
	for i, name := range s.columns {
		if i > 0 {
			b.WriteByte(',')
		}
		key, _ := json.Marshal(name) // texts always can be written
		value, _ := json.Marshal(s.sample[row][i])
		b.Write(key)
		b.WriteByte(':')
		b.Write(value)
	}
	return excerpt([]byte("{" + b.String() + "}"))
}

var _ querier = (*sql.Conn)(nil)
