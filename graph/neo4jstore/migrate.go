package neo4jstore

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"kith/graph"
)

//go:embed migrations/*.cypher
var migrationFiles embed.FS

// migration is one step of the schema: a file NNNN_name.cypher of statements,
// each ended by a semicolon at the end of a line. Every statement may run twice,
// as a migration that breaks off is made again.
type migration struct {
	number     int64
	name       string
	checksum   string
	statements []string
}

// migrations lists the steps that this version knows, in order.
func migrations() ([]migration, error) {
	files, err := migrationFiles.ReadDir("migrations")
	if err != nil {
		return nil, err
	}
	var list []migration
	for _, f := range files { // in the order of their names
		text, err := migrationFiles.ReadFile("migrations/" + f.Name())
		if err != nil {
			return nil, err
		}
		m, err := parseMigration(f.Name(), string(text))
		if err != nil {
			return nil, err
		}
		if m.number != int64(len(list)+1) {
			return nil, fmt.Errorf("migration %s should have the number %d", f.Name(), len(list)+1)
		}
		list = append(list, m)
	}
	return list, nil
}

func parseMigration(file, text string) (migration, error) {
	number, name, ok := strings.Cut(strings.TrimSuffix(file, ".cypher"), "_")
	n, err := strconv.ParseInt(number, 10, 64)
	if !ok || err != nil {
		return migration{}, fmt.Errorf("migration %s is not named NNNN_name.cypher", file)
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	sum := sha256.Sum256([]byte(text))
	m := migration{number: n, name: name, checksum: hex.EncodeToString(sum[:])}
	var statement []string
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "//") {
			continue
		}
		end := strings.HasSuffix(line, ";")
		statement = append(statement, strings.TrimSuffix(line, ";"))
		if end {
			m.statements = append(m.statements, strings.Join(statement, "\n"))
			statement = nil
		}
	}
	if len(statement) > 0 {
		return migration{}, fmt.Errorf("migration %s: the last statement has no semicolon", file)
	}
	return m, nil
}

// migrate makes the steps that the graph has not had. Two processes may do so at
// the same time.
func (s *Store) migrate(ctx context.Context) error {
	known, err := migrations()
	if err != nil {
		return err
	}
	missing, err := s.missing(ctx, s.o.RetryFor, known)
	if err != nil {
		return err
	}
	for _, m := range missing {
		for _, statement := range m.statements {
			if err := s.auto(ctx, statement, nil); err != nil {
				return fmt.Errorf("migration %04d_%s: %w", m.number, m.name, err)
			}
		}
		if err := s.auto(ctx, "CALL db.awaitIndexes(300)", nil); err != nil {
			return fmt.Errorf("migration %04d_%s: wait for its indexes: %w", m.number, m.name, err)
		}
		err := s.exec(ctx, query("migration_done"), map[string]any{
			"number": m.number, "name": m.name, "checksum": m.checksum, "version": s.o.Version,
		})
		if err != nil {
			return fmt.Errorf("migration %04d_%s: %w", m.number, m.name, err)
		}
	}
	return nil
}

// missing compares what the graph has had with what this version knows.
func (s *Store) missing(ctx context.Context, patience time.Duration, known []migration) ([]migration, error) {
	had, err := s.recorded(ctx, patience)
	if err != nil {
		return nil, err
	}
	missing := slices.Clone(known)
	for _, m := range had {
		i := slices.IndexFunc(known, func(k migration) bool { return k.number == m.number })
		if i < 0 {
			return nil, fmt.Errorf("%w: the graph has had migration %04d_%s, and this version knows %d: use a newer one", graph.ErrNewer, m.number, m.name, len(known))
		}
		if known[i].checksum != m.checksum {
			return nil, fmt.Errorf("migration %04d_%s was made from another text than this version has: use the version that made it, or restore a backup", m.number, m.name)
		}
		missing = slices.DeleteFunc(missing, func(k migration) bool { return k.number == m.number })
	}
	return missing, nil
}

// recorded asks the server for the migrations that it has had, and refuses one
// whose version is too old.
func (s *Store) recorded(ctx context.Context, patience time.Duration) ([]migration, error) {
	var had []migration
	err := s.doFor(ctx, patience, func(ctx context.Context, tx neo4jTx) error {
		result, err := tx.Run(ctx, query("migrations"), nil)
		if err != nil {
			return err
		}
		had = had[:0]
		for result.Next(ctx) {
			v := result.Record().Values
			m := migration{}
			m.number, _ = v[0].(int64)
			m.name, _ = v[1].(string)
			m.checksum, _ = v[2].(string)
			had = append(had, m)
		}
		summary, err := result.Consume(ctx)
		if err != nil {
			return err
		}
		return checkVersion(summary.Server().Agent())
	})
	return had, err
}
