package loaders

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph/duckstore"
)

// exact are the types that a Parquet file keeps as they are; values of others
// are kept as their text.
var exact = []string{
	"BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "FLOAT", "DOUBLE",
	"VARCHAR", "DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP WITH TIME ZONE",
}

// export runs the query on a DuckDB database and makes the source the Parquet
// file of what it gives. The database is opened in an instance of its own, for
// reading, which can write nothing but that file.
func (l *loading) export(ctx context.Context) (err error) {
	src := l.src
	own, err := os.Stat(filepath.Join(l.dir, "kith.duckdb"))
	if err == nil {
		if there, err := os.Stat(src.file); err == nil && os.SameFile(own, there) {
			return src.fail(0, "it is the database of the data folder itself; name another")
		}
	}
	if src.hash, err = hashDatabase(ctx, src.file); err != nil {
		return err
	}
	to, err := l.temp()
	if err != nil {
		return err
	}
	if err := to.Close(); err != nil {
		return err
	}
	connector, err := duckdb.NewConnector("?autoinstall_known_extensions=false&autoload_known_extensions=false", nil)
	if err != nil {
		return fmt.Errorf("start DuckDB: %w", err)
	}
	db := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, db.Close(), connector.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("start DuckDB: %w", err)
	}
	defer conn.Close()
	file, err := filepath.Abs(src.file)
	if err != nil {
		return err
	}
	e := exported{
		File: literal(file), Name: ident(databaseName(src.path)), Temp: literal(filepath.Join(l.dir, duckstore.PassingName)),
		To: literal(to.Name()), Query: literal(strings.TrimRight(l.o.SQL, "; \t\r\n")),
	}
	if _, err := run(ctx, conn, "attach.sql", e); err != nil {
		return src.attachFailed(ctx, err)
	}
	if e.Columns, err = e.describe(ctx, conn); err != nil {
		return src.queryFailed(ctx, l.o.SQL, err)
	}
	l.o.Progress.Report("querying "+src.path, 0, 1)
	if _, err := run(ctx, conn, "export.sql", e); err != nil {
		return src.queryFailed(ctx, l.o.SQL, err)
	}
	src.file, src.parquet, src.query = to.Name(), true, l.o.SQL
	return nil
}

// exported fills in the queries, each part as SQL.
type exported struct{ File, Name, Temp, To, Query, Columns string }

// describe lists the columns of the query.
func (e exported) describe(ctx context.Context, conn *sql.Conn) (list string, err error) {
	var columns []string
	err = eachOf(ctx, conn, "describe.sql", e, nil, func(rows *sql.Rows) error {
		var name, kind string
		err := rows.Scan(&name, &kind)
		column := ident(name)
		if !slices.Contains(exact, kind) && !strings.HasPrefix(kind, "DECIMAL") {
			column = "CAST(" + column + " AS VARCHAR) AS " + column
		}
		columns = append(columns, column)
		return err
	})
	return strings.Join(columns, ", "), err
}

// databaseName is the name by which a query knows the database: that of the
// file without its ending, as in DuckDB itself.
func databaseName(path string) string {
	name := filepath.Base(path)
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if name == "" || slices.Contains([]string{"memory", "system", "temp", "main"}, strings.ToLower(name)) {
		return "database"
	}
	return name
}

// hashDatabase is the hash of a database with its log, where it has one.
func hashDatabase(ctx context.Context, path string) (string, error) {
	sum := sha256.New()
	for _, p := range []string{path, path + ".wal"} {
		f, err := os.Open(p)
		if errors.Is(err, fs.ErrNotExist) && p != path {
			break
		}
		if err != nil {
			return "", fmt.Errorf("open %s: %w", p, err)
		}
		_, err = io.Copy(sum, readerOf(ctx, f))
		if err = errors.Join(err, f.Close()); err != nil {
			return "", fmt.Errorf("read %s: %w", p, err)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func readerOf(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

// Read implements io.Reader.
func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// attachFailed says why a database could not be opened.
func (s *source) attachFailed(ctx context.Context, err error) error {
	text := firstLine(err)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case strings.Contains(text, "lock on file"):
		return s.fail(0, "another program has the database open for writing; close it there, or load a copy")
	case strings.Contains(text, "version number"):
		return s.fail(0, "a version of DuckDB wrote it that kith cannot read; write it there for an older one by ATTACH 'copy.duckdb' (STORAGE_VERSION 'v1.0.0'), or the rows as Parquet by COPY (SELECT …) TO 'rows.parquet'")
	}
	return s.fail(0, "the database cannot be opened (%s); copy it again, or check what wrote it", text)
}

// longPath is a path with folders in what DuckDB says, which names the file in
// its own way.
var longPath = regexp.MustCompile(`"[^"]*/([^"/]*)"`)

// firstLine is the first line of what DuckDB says.
func firstLine(err error) string {
	text, _, _ := strings.Cut(err.Error(), "\n")
	return longPath.ReplaceAllString(text, `"$1"`)
}

// queryFailed says why a query gave nothing.
func (s *source) queryFailed(ctx context.Context, query string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	text := strings.TrimSpace(err.Error())
	first, rest, _ := strings.Cut(text, "\n")
	for line := range strings.SplitSeq(rest, "\n") { // what DuckDB proposes
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "Did you mean") || strings.HasPrefix(line, "Candidate bindings") {
			first += " " + line
		}
	}
	if strings.HasPrefix(first, "Parser Error") && bareAt.MatchString(query) {
		return s.fail(0, `the query fails (%s); correct --sql: at is a word of SQL, so a column of this name must stand in double quotes, as "at"`, first)
	}
	return s.fail(0, "the query fails (%s); correct --sql", first)
}

// bareAt is a column called at, which DuckDB's parser takes for the beginning of AT (VERSION …).
var bareAt = regexp.MustCompile(`(?i)(^|[\s,(])at\s*([,)]|\s(as|from)\b)`)
