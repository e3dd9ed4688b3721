package neo4jstore

import (
	"errors"
	"testing"
	"time"

	"kith/graph/neo4jstore/neo4jtest"
)

func TestOldServer(t *testing.T) {
	s, err := Open(t.Context(), neo4jtest.Fake(t, "Neo4j/4.4.9"), Options{Password: "x", RetryFor: time.Millisecond})
	if err == nil {
		_ = s.Close()
	}
	if !errors.Is(err, ErrVersion) {
		t.Errorf("Open of a server of version 4.4: %v, want ErrVersion", err)
	}
}
