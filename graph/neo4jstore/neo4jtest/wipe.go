package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// mark is the constraint by which the database of a server elsewhere is known
// to be one for tests.
const mark = "kith_test_database"

// slowToWipe is the number of nodes and relationships above which it is quicker
// to start another server of our own than to delete them.
const slowToWipe = 60_000

// errTooFull says that another server is better than emptying this one.
var errTooFull = errors.New("the database is too full to be emptied quickly")

// wipe removes all that earlier tests left in the server: data, users, and the
// constraints and indexes that may not stay.
func (s *Server) wipe() error {
	ctx, cancel := context.WithTimeout(s.t.Context(), 5*time.Minute)
	defer cancel()
	d, err := neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.User, s.Password, ""))
	if err != nil {
		return err
	}
	defer d.Close(context.WithoutCancel(ctx))

	size, err := size(ctx, d)
	if err != nil {
		return err
	}
	if s.own != nil && size > slowToWipe {
		return errTooFull
	}
	if s.own == nil {
		if err := claim(ctx, d, size); err != nil {
			return err
		}
	}
	if size > 0 {
		// Relationships first, as a hub's could be too many for one transaction.
		for _, cypher := range []string{
			"MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS",
			"MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS",
		} {
			if _, err := run(ctx, d, "neo4j", cypher, nil); err != nil {
				return err
			}
		}
	}
	for _, drop := range []struct{ db, list, each string }{
		{"neo4j", "SHOW CONSTRAINTS YIELD name", "DROP CONSTRAINT %s IF EXISTS"},
		{"neo4j", "SHOW INDEXES YIELD name, type, owningConstraint WHERE type <> 'LOOKUP' AND owningConstraint IS NULL RETURN name", "DROP INDEX %s IF EXISTS"},
		{"system", "SHOW USERS YIELD user AS name WHERE name <> 'neo4j' RETURN name", "DROP USER %s IF EXISTS"},
	} {
		if drop.db == "system" && s.own == nil {
			continue
		}
		records, err := run(ctx, d, drop.db, drop.list, nil)
		if err != nil {
			return err
		}
		var each []string
		for _, r := range records {
			if name, _ := r.Values[0].(string); name != mark && (drop.db == "system" || !slices.Contains(s.mayStay, name)) {
				each = append(each, fmt.Sprintf(drop.each, "`"+strings.ReplaceAll(name, "`", "``")+"`"))
			}
		}
		if err := together(ctx, d, drop.db, each); err != nil {
			return err
		}
	}
	return nil
}

// together runs statements in one transaction: a commit of a change to the schema takes
// as long as all of them.
func together(ctx context.Context, d neo4j.DriverWithContext, db string, statements []string) error {
	if len(statements) == 0 {
		return nil
	}
	session := d.NewSession(ctx, neo4j.SessionConfig{DatabaseName: db})
	defer session.Close(ctx)
	tx, err := session.BeginTransaction(ctx)
	if err != nil {
		return err
	}
	for _, statement := range statements {
		result, err := tx.Run(ctx, statement, nil)
		if err != nil {
			return err
		}
		if _, err := result.Consume(ctx); err != nil {
			return err
		}
	}
	return tx.Commit(ctx)
}

// size counts nodes and relationships, which Neo4j keeps count of.
func size(ctx context.Context, d neo4j.DriverWithContext) (int64, error) {
	var sum int64
	for _, cypher := range []string{"MATCH (n) RETURN count(n)", "MATCH ()-[r]->() RETURN count(r)"} {
		records, err := run(ctx, d, "neo4j", cypher, nil)
		if err != nil {
			return 0, err
		}
		n, _ := records[0].Values[0].(int64)
		sum += n
	}
	return sum, nil
}

// claim makes sure that the database of a server elsewhere is for tests: it
// carries the mark, or is empty and gets it.
func claim(ctx context.Context, d neo4j.DriverWithContext, size int64) error {
	marked, err := run(ctx, d, "neo4j", "SHOW CONSTRAINTS YIELD name WHERE name = $mark RETURN name", map[string]any{"mark": mark})
	if err != nil || len(marked) > 0 {
		return err
	}
	if size > 0 {
		return fmt.Errorf("it holds %d nodes and relationships that no test of kith made; tests would delete them, so name a server with an empty database", size)
	}
	_, err = run(ctx, d, "neo4j", "CREATE CONSTRAINT "+mark+" IF NOT EXISTS FOR (n:KithTestDatabase) REQUIRE n.id IS UNIQUE", nil)
	return err
}

// run runs a statement in an implicit transaction, as CALL IN TRANSACTIONS wants.
func run(ctx context.Context, d neo4j.DriverWithContext, db, cypher string, params map[string]any) ([]*neo4j.Record, error) {
	session := d.NewSession(ctx, neo4j.SessionConfig{DatabaseName: db})
	defer session.Close(ctx)
	result, err := session.Run(ctx, cypher, params)
	if err != nil {
		return nil, err
	}
	return result.Collect(ctx)
}
