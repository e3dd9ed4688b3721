package duckstore

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// kills is how many times a test kills a child: a few, or as many as the soak
// asks for by KITH_SOAK_KILLS.
func kills(t *testing.T, few int) int {
	text := os.Getenv("KITH_SOAK_KILLS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("KITH_SOAK_KILLS is %q, which is no number", text)
	}
	return n
}

// TestKill kills a process in the middle of Sync, Publish and Update. What was
// acknowledged must be there, and of what was under way all or nothing.
func TestKill(t *testing.T) {
	dir := t.TempDir()
	r := rand.New(rand.NewPCG(3, 5))
	var acknowledged state
	for range kills(t, 4) {
		worker := startChild(t, "work", dir)
		// After some lines, and then somewhere within the next change.
		for range 1 + r.IntN(5) {
			if err := acknowledged.parse(worker.says()); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Duration(r.IntN(60_000)) * time.Microsecond)
		if err := worker.cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for line := worker.says(); line != ""; line = worker.says() {
			if err := acknowledged.parse(line); err != nil {
				t.Fatal(err)
			}
		}
		_ = worker.cmd.Wait()

		s := openAt(t, dir, Options{})
		at, err := stateOf(t.Context(), s)
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		for _, part := range []struct {
			what      string
			has, must int
		}{
			{"network", at.network, acknowledged.network},
			{"run", at.run, acknowledged.run},
			{"events", at.events, acknowledged.events},
		} {
			if part.has != part.must && part.has != part.must+1 {
				t.Errorf("the %s is in state %d, but %d was acknowledged last", part.what, part.has, part.must)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKillCreating kills a process that makes new folders. None may be left
// that cannot be opened.
func TestKillCreating(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 13))
	for range kills(t, 3) {
		parent := t.TempDir()
		maker := startChild(t, "create", parent)
		if maker.says() != "0" {
			t.Fatal("the child did not begin")
		}
		time.Sleep(time.Duration(r.IntN(80_000)) * time.Microsecond)
		maker.kill(t)
		for i := range 1000 {
			dir := filepath.Join(parent, fmt.Sprint(i))
			if _, err := os.Stat(dir); err != nil {
				break // so far it had come
			}
			s, err := Open(t.Context(), dir, Options{Create: true})
			if err != nil {
				t.Fatal(err)
			}
			mustSync(t, s)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
}
