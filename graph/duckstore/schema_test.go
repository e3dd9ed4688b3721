package duckstore

import (
	"database/sql"
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

// catalog is what DuckDB knows of the schema of a database, a line for each thing.
func catalog(t *testing.T, db *sql.DB) []string {
	t.Helper()
	var text string
	if err := db.QueryRowContext(t.Context(), `SELECT string_agg(line, chr(10) ORDER BY line) FROM (
		SELECT 'schema ' || schema_name AS line FROM duckdb_schemas() WHERE NOT internal
		UNION ALL SELECT 'type ' || concat_ws('.', schema_name, type_name) || ' ' || array_to_string(labels, ',') FROM duckdb_types() WHERE NOT internal
		UNION ALL SELECT 'table ' || sql FROM duckdb_tables() WHERE NOT internal
		UNION ALL SELECT 'column ' || concat_ws(' ', schema_name, table_name, lpad(column_index::VARCHAR, 2, '0'), column_name, data_type, is_nullable, column_default)
			FROM duckdb_columns() WHERE NOT internal
		UNION ALL SELECT 'constraint ' || concat_ws(' ', schema_name, table_name, constraint_text) FROM duckdb_constraints()
		UNION ALL SELECT 'index ' || concat_ws(' ', schema_name, table_name, index_name, sql) FROM duckdb_indexes()
		UNION ALL SELECT 'view ' || sql FROM duckdb_views() WHERE NOT internal
		UNION ALL SELECT 'macro ' || concat_ws(' ', schema_name, function_name, array_to_string(parameters, ','), macro_definition)
			FROM duckdb_functions() WHERE NOT internal
		UNION ALL SELECT 'migration ' || concat_ws(' ', name, checksum) FROM main.migrations
	)`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return strings.Split(text, "\n")
}

// TestSchema holds the schema of new databases to what the migrations make.
func TestSchema(t *testing.T) {
	s := &Store{dir: t.TempDir(), network: make(chan struct{}, 1)}
	open := func(name string, makeIt func(*sql.DB) error) []string {
		db, err := s.connect(name)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if err := makeIt(db); err != nil {
			t.Fatal(err)
		}
		return catalog(t, db)
	}
	old := open("old", func(db *sql.DB) error { return s.migrate(t.Context(), db) })
	made := open("made", func(db *sql.DB) error { return makeSchema(t.Context(), db) })
	if len(old) < 200 {
		t.Errorf("the migrations make %d things only", len(old))
	}
	count := map[string]int{}
	for _, line := range old {
		count[line]++
	}
	for _, line := range made {
		count[line]--
	}
	for line, n := range count {
		if n > 0 {
			t.Errorf("missing in schema/*.sql: %s", line)
		} else if n < 0 {
			t.Errorf("in schema/*.sql, and not from the migrations: %s", line)
		}
	}
}

// TestSchemaCompression does the same for how columns are compressed, which DuckDB's
// catalog does not tell: it compares the texts.
func TestSchemaCompression(t *testing.T) {
	table := regexp.MustCompile(`(?s)CREATE TABLE ([\w.]+) \((.*?)\n\);`)
	column := regexp.MustCompile(`(?m)^ +(\w+) .*USING COMPRESSION (\w+)`)
	read := func(files fs.FS, pattern string) map[string]string {
		names, err := fs.Glob(files, pattern)
		if err != nil {
			t.Fatal(err)
		}
		tables := map[string]string{}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range table.FindAllStringSubmatch(string(text), -1) {
				var list []string
				for _, c := range column.FindAllStringSubmatch(m[2], -1) {
					list = append(list, c[1]+" "+c[2])
				}
				tables[m[1]] = strings.Join(list, ", ") // the newest of several
			}
		}
		return tables
	}
	migrated, made := read(migrationFiles, "migrations/*.sql"), read(schemaFiles, "schema/*.sql")
	if want := "n bitpacking, id uncompressed"; made["events.ids"] != want {
		t.Errorf("events.ids: %q, want %q", made["events.ids"], want)
	}
	for name, columns := range made {
		if migrated[name] != columns {
			t.Errorf("%s: %q in schema/*.sql, %q in the migrations", name, columns, migrated[name])
		}
	}
}
