package neo4jstore

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j/db"
)

func TestAddressesAndTheirFaults(t *testing.T) {
	pem := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(pem, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		uri  string
		o    Options
		want string // in the error; empty for none
	}{
		{"bolt://localhost:7687", Options{}, ""},
		{"neo4j+s://db.example", Options{}, ""},
		{"neo4j://ann:secret@db.example:7687", Options{}, ""},
		{"", Options{}, "not of the form"},
		{"localhost:7687", Options{}, "not of the form"},
		{"bolt://ann:secret@host:port", Options{}, "not of the form"},
		{"https://ann:secret@db.example", Options{}, `scheme "https"`},
		{"bolt://db.example", Options{TLSCAFile: pem}, "not encrypted"},
		{"bolt+s://db.example", Options{TLSCAFile: pem}, "no certificate"},
		{"bolt+s://db.example", Options{TLSCAFile: pem + "x"}, "certificates"},
	} {
		s, err := Connect(c.uri, c.o)
		switch {
		case err == nil:
			if c.want != "" {
				t.Errorf("%s was taken", c.uri)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		case c.want == "" || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret"):
			t.Errorf("%s: %v; want %q in it, and no password", c.uri, err, c.want)
		}
	}
}

func TestASmallPoolLeavesRoomForProbes(t *testing.T) {
	for pool, want := range map[int][3]int{0: {2, 2, 7}, 1: {1, 1, 3}, 3: {1, 1, 3}, 4: {2, 2, 4}, 50: {2, 2, 50}} {
		if o := (Options{PoolSize: pool}).withDefaults(); [3]int{o.Workers, o.Readers, o.PoolSize} != want {
			t.Errorf("a pool of %d gives %d workers, %d readers and %d connections, want %v", pool, o.Workers, o.Readers, o.PoolSize, want)
		}
	}
}

func TestUserAndPasswordOfTheURI(t *testing.T) {
	a, err := parseURI("bolt://ann:s%40cret@db.example:7687")
	if err != nil || a != (address{uri: "bolt://db.example:7687", user: "ann", password: "s@cret"}) {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestLoginLooksForANewPasswordOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "password")
	write := func(s string) {
		if err := os.WriteFile(file, []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	refused := &db.Neo4jError{Code: codeUnauthorized}
	write("old\n")
	l := &login{user: "ann", file: file}
	old, err := l.GetAuthToken(t.Context())
	if err != nil || old.Tokens["credentials"] != "old" {
		t.Fatalf("%v, %v", old, err)
	}
	handled := func(want bool) {
		t.Helper()
		if got, err := l.HandleSecurityException(t.Context(), old, refused); got != want || err != nil {
			t.Errorf("handled: %t, %v; want %t", got, err, want)
		}
	}
	handled(false) // the password is just wrong
	write("new")
	handled(true)
	fresh, err := l.GetAuthToken(t.Context())
	if err != nil || fresh.Tokens["credentials"] != "new" {
		t.Errorf("%v, %v", fresh, err)
	}
	handled(true) // a second connection was refused with the old one
	if got, err := l.HandleSecurityException(t.Context(), fresh, &db.Neo4jError{Code: "Neo.ClientError.Security.AuthenticationRateLimit"}); got || err != nil {
		t.Errorf("too many attempts are tried again: %t, %v", got, err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if _, err := l.HandleSecurityException(t.Context(), fresh, refused); err == nil {
		t.Error("a missing file goes unnoticed")
	}
	if got, _ := (&login{password: "x"}).HandleSecurityException(t.Context(), old, refused); got {
		t.Error("a given password is tried again")
	}
}

func TestCheckVersion(t *testing.T) {
	for agent, ok := range map[string]bool{
		"Neo4j/3.5.0": false, "Neo4j/4.4.9": false, "Neo4j/5.22.0": false, "Neo4j/5.23.0": true, "Neo4j/5.26.30": true, "Neo4j/2025.01.0": true, "Memgraph": true,
	} {
		if err := checkVersion(agent); (err == nil) != ok {
			t.Errorf("%s: %v", agent, err)
		}
	}
}
