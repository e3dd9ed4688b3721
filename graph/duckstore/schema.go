package duckstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// schemaFiles are the schema as all migrations together make it, to be read, and to
// make new databases from.
//
//go:embed schema/*.sql
var schemaFiles embed.FS

// notes is the table of the migrations that were taken.
const notes = `CREATE TABLE IF NOT EXISTS main.migrations (
	name VARCHAR NOT NULL, checksum VARCHAR NOT NULL, applied_at TIMESTAMP NOT NULL DEFAULT (now()::TIMESTAMP));`

// makeSchema gives a new database the schema, with all migrations noted as taken. It
// takes a third of the time of taking them.
func makeSchema(ctx context.Context, db *sql.DB) error {
	all, err := migrations(migrationFiles)
	if err != nil {
		return fmt.Errorf("read the migrations: %w", err)
	}
	var text strings.Builder
	text.WriteString("BEGIN TRANSACTION;" + notes)
	files, err := fs.Glob(schemaFiles, "schema/*.sql") // in ascending order
	if err != nil {
		return err
	}
	for _, name := range files {
		part, err := fs.ReadFile(schemaFiles, name)
		if err != nil {
			return err
		}
		text.Write(part)
	}
	text.WriteString("INSERT INTO main.migrations (name, checksum) VALUES ")
	for _, m := range all {
		fmt.Fprintf(&text, "('%s', '%s'),", m.name, m.checksum)
	}
	text.WriteString("; COMMIT")
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, text.String())
	return errors.Join(err, conn.Close())
}
