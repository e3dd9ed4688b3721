package duckstore

import (
	"context"
	"testing"
)

func TestOpenCreatesAndReopens(t *testing.T) {
	dir := t.TempDir() + "/data"
	for range 2 {
		s, err := Open(context.Background(), dir, Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		var n int
		if err := s.DB().QueryRow(`SELECT count(*) FROM events.calls`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
