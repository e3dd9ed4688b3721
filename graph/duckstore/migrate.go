package duckstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"kith/graph"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one step of the schema. Its name is that of its file without the
// ending and begins with four digits, by which steps are ordered.
type migration struct{ name, text, checksum string }

func migrations(files fs.FS) ([]migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql") // in ascending order
	if err != nil {
		return nil, err
	}
	var all []migration
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		all = append(all, migration{
			name:     strings.TrimSuffix(path.Base(name), ".sql"),
			text:     string(text),
			checksum: hex.EncodeToString(sum[:]),
		})
	}
	return all, nil
}

// migrate brings a database up to date, each step in one transaction together
// with the note that it was taken.
func (s *Store) migrate(ctx context.Context, db *sql.DB) error {
	all, err := migrations(migrationFiles)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	return s.apply(ctx, db, all)
}

func (s *Store) apply(ctx context.Context, db *sql.DB, all []migration) error {
	applied, err := s.applied(ctx, db)
	if err != nil {
		return err
	}
	for i, a := range applied {
		switch {
		case i >= len(all) || a.name != all[i].name:
			return fmt.Errorf("open data folder %s: %w: it has migration %s, which is unknown here; use that version", s.dir, graph.ErrNewer, a.name)
		case a.checksum != all[i].checksum:
			return fmt.Errorf("open data folder %s: migration %s was another one when this data was written: use the version of kith that wrote it", s.dir, a.name)
		}
	}
	todo := all[len(applied):]
	if len(todo) > 0 && s.o.ReadOnly {
		return fmt.Errorf("open data folder %s: the data was written by an older version of kith: open it for writing once, which brings it up to date", s.dir)
	}
	for _, m := range todo {
		if err := take(ctx, db, m); err != nil {
			return fmt.Errorf("bring data folder %s up to date with migration %s: %w", s.dir, m.name, s.explain(ctx, err))
		}
	}
	return nil
}

// applied lists the steps taken, in order. A database made just now has none.
func (s *Store) applied(ctx context.Context, db *sql.DB) ([]migration, error) {
	var tables, noted int
	err := db.QueryRowContext(ctx,
		`SELECT count(*), count(*) FILTER (schema_name = 'main' AND table_name = 'migrations') FROM duckdb_tables() WHERE NOT internal`).Scan(&tables, &noted)
	if err != nil {
		return nil, s.failedRead(ctx, err)
	}
	if noted == 0 {
		if tables > 0 {
			return nil, s.damaged(errors.New("it has tables, but not those of kith"))
		}
		return nil, nil
	}
	rows, err := db.QueryContext(ctx, `SELECT name, checksum FROM main.migrations ORDER BY name`)
	if err != nil {
		return nil, s.failedRead(ctx, err)
	}
	defer rows.Close()
	var list []migration
	for rows.Next() {
		var m migration
		if err := rows.Scan(&m.name, &m.checksum); err != nil {
			return nil, s.failedRead(ctx, err)
		}
		list = append(list, m)
	}
	if err := rows.Err(); err != nil {
		return nil, s.failedRead(ctx, err)
	}
	return list, nil
}

func (s *Store) failedRead(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return s.explainOpen(err)
}

// take takes one step.
func take(ctx context.Context, db *sql.DB, m migration) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, notes)
	if err == nil {
		_, err = tx.ExecContext(ctx, m.text)
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO main.migrations (name, checksum) VALUES (?, ?)`, m.name, m.checksum)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
