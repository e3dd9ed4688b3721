package neo4jstore

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

func TestWrongPassword(t *testing.T) {
	server := neo4jtest.Open(t)
	began := time.Now()
	_, err := Open(t.Context(), server.URI, Options{User: server.User, Password: "not-the-secret"})
	if !errors.Is(err, ErrUnauthorized) || strings.Contains(err.Error(), "not-the-secret") {
		t.Errorf("Open: %v; want ErrUnauthorized without the password", err)
	}
	if wait := time.Since(began); wait > 15*time.Second {
		t.Errorf("it took %v: a wrong password is not to be tried again and again", wait)
	}
}

// The password may change while the store is open.
func TestPasswordChanges(t *testing.T) {
	server := neo4jtest.Own(t)
	openEmpty(t, server, Options{})
	system := func(cypher string) {
		t.Helper()
		session := server.Driver().NewSession(t.Context(), neo4j.SessionConfig{DatabaseName: "system"})
		defer session.Close(t.Context())
		result, err := session.Run(t.Context(), cypher, nil)
		if err == nil {
			_, err = result.Consume(t.Context())
		}
		if err != nil {
			t.Fatalf("%s: %v", cypher, err)
		}
	}
	file := filepath.Join(t.TempDir(), "password")
	write := func(password string) {
		t.Helper()
		if err := os.WriteFile(file, []byte(password+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	system("CREATE USER kith SET PASSWORD 'first secret' CHANGE NOT REQUIRED")
	write("first secret")
	s, err := Open(t.Context(), server.URI, Options{User: "kith", PasswordFile: file})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	mustSync(t, s, crowd{10, 1})

	system("ALTER USER kith SET PASSWORD 'second secret' CHANGE NOT REQUIRED")
	drop := func() {
		server.Run("CALL dbms.listConnections() YIELD connectionId, username WHERE username = 'kith' WITH collect(connectionId) AS ids CALL dbms.killConnections(ids) YIELD message RETURN message", nil)
	}
	drop()
	if err := s.Check(t.Context()); !errors.Is(err, ErrUnauthorized) && !errors.Is(err, ErrDown) {
		t.Errorf("Check with the former password: %v", err)
	}
	write("second secret")
	if _, err := s.Read(t.Context(), nil); err != nil {
		t.Errorf("Read after the file has the new password: %v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("Check after the file has the new password: %v", err)
	}
	drop()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Read(t.Context(), nil); err != nil {
		t.Errorf("a password that is known is used without the file: %v", err)
	}
}

func TestOtherSchemas(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	again := func() error {
		other, err := Open(t.Context(), server.URI, Options{User: server.User, Password: server.Password})
		if err == nil {
			_ = other.Close()
		}
		return err
	}

	server.Run("MATCH (m:KithMigration {number: 1}) DELETE m", nil)
	if err := s.Check(t.Context()); !errors.Is(err, ErrMigrating) {
		t.Errorf("Check of a graph without its migration: %v, want ErrMigrating", err)
	}
	if err := again(); err != nil {
		t.Errorf("Open, which makes the migration: %v", err)
	}
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("Check of a migrated graph: %v", err)
	}

	server.Run("CREATE (:KithMigration {number: 9999, name: 'of the future', checksum: ''})", nil)
	if err := again(); !errors.Is(err, graph.ErrNewer) {
		t.Errorf("Open of a newer graph: %v, want graph.ErrNewer", err)
	}
	if err := s.Check(t.Context()); !errors.Is(err, graph.ErrNewer) {
		t.Errorf("Check of a newer graph: %v, want graph.ErrNewer", err)
	}
	server.Run("MATCH (m:KithMigration {number: 9999}) DELETE m", nil)

	server.Run("MATCH (m:KithMigration {number: 1}) SET m.checksum = 'another'", nil)
	if err := again(); err == nil || !strings.Contains(err.Error(), "another text") {
		t.Errorf("Open of a graph with another migration: %v", err)
	}
}
