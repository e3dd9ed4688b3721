package duckstore

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"kith/graph"
	"kith/graph/storetest"
)

func TestFullDisk(t *testing.T) { storetest.OnSmallDisk(t, "5m", fullDisk) }

func fullDisk(t *testing.T, disk string) {
	dir := filepath.Join(disk, "data")
	events := func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, numbered(`INSERT INTO events.calls
			SELECT 'a' || hash(range), 'b' || hash(range + 1), NULL, 'voice', hash(range) % 1000, true, 1 FROM range(250000)`))
		return err
	}
	s := openAt(t, dir, Options{Create: true})
	if err := s.Sync(t.Context(), stateSource(1), nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Publish(t.Context(), stateFindings(1), nil); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		work func(*Store) error
	}{
		{"sync", func(s *Store) error { return s.Sync(t.Context(), noise{60_000}, nil) }},
		{"publish", func(s *Store) error {
			f := stateFindings(2)
			f.Memberships = func(yield func(graph.Membership) bool) {
				for tie, err := range (noise{100_000}).Ties(t.Context(), graph.Called) {
					if err != nil || !yield(graph.Membership{Customer: tie.From, Community: tie.To, Degree: 1}) {
						return
					}
				}
			}
			return s.Publish(t.Context(), f, nil)
		}},
		{"update", func(s *Store) error { return s.Update(t.Context(), events) }},
	} {
		err := c.work(s)
		if err == nil {
			t.Fatalf("%s: it fitted on the disk", c.name)
		}
		t.Logf("%s: %v", c.name, err)
		mustSay(t, err, "the disk of "+dir+" is full", "free some space")
		// What is open goes on or says what to do, and never shows a half.
		if at, err := stateOf(t.Context(), s); err == nil {
			if (at != state{1, 1, 0}) {
				t.Errorf("%s: the open store is in state %+v", c.name, at)
			}
		} else {
			mustSay(t, err, "open the store again")
		}
		if err := s.Close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		s = openAt(t, dir, Options{})
		at, err := stateOf(t.Context(), s)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if (at != state{1, 1, 0}) {
			t.Errorf("%s: the store is in state %+v after it", c.name, at)
		}
		if err := s.Sync(t.Context(), stateSource(1), nil); err != nil {
			t.Fatalf("%s: what fits does not go in after it: %v", c.name, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	// Little is left, from nothing to more than enough: whatever write fails, the
	// answer and what is stored must agree.
	state := 1
	for left := 0; left <= 5<<19; left += 320 << 10 {
		ballast := filepath.Join(disk, "ballast")
		storetest.FillDisk(t, ballast, left)
		s, err := Open(t.Context(), dir, Options{})
		if err == nil {
			err = s.Sync(t.Context(), stateSource(state+1), nil)
			if closed := s.Close(); closed != nil {
				t.Errorf("with %d bytes left: %v", left, closed)
			}
		}
		if err == nil {
			state++
		} else {
			mustSay(t, err, "disk", "full", "free some space")
		}
		if left == 0 {
			if err == nil {
				t.Error("it fitted on a disk without room")
			}
			_, err := Open(t.Context(), filepath.Join(disk, "new"), Options{Create: true})
			mustSay(t, err, "new: the disk is full: free some space")
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, dir, Options{})
		if at, err := stateOf(t.Context(), s); err != nil || at.network != state || at.run != 1 {
			t.Fatalf("with %d bytes left: the store is in state %+v, %v; it answered that it is %d", left, at, err, state)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if state == 1 {
		t.Error("it never fitted")
	}
	// What follows has a log beside the file that no checkpoint has taken in.
	if err := syscall.Mount("none", disk, "tmpfs", syscall.MS_REMOUNT, "size=8m,mode=700"); err != nil {
		t.Fatal(err)
	}
	fullCheckpoint(t, disk, dir, state)
	openAt(t, filepath.Join(disk, "new"), Options{Create: true})
}

// fullCheckpoint makes checkpoints of a log on a disk with more or less room, which
// kith would not begin by itself. Wherever one fails, nothing is lost.
func fullCheckpoint(t *testing.T, disk, dir string, state int) {
	failed, made := 0, 0
	for left := 0; left <= 3<<19; left += 128 << 10 {
		s := openAt(t, dir, Options{Log: -1})
		if err := s.Sync(t.Context(), stateSource(state+1), nil); err != nil {
			t.Fatal(err)
		}
		state++
		ballast := filepath.Join(disk, "ballast")
		storetest.FillDisk(t, ballast, left)
		err := s.checkpoint(t.Context())
		if err == nil {
			made++
		} else {
			mustSay(t, s.explain(t.Context(), err), "disk", "full")
			failed++
		}
		if left%(256<<10) == 0 {
			// In the same process, while the disk is full still.
			if err := s.Reopen(t.Context()); err != nil {
				t.Errorf("with %d bytes left: %v", left, err)
			} else if at, err := stateOf(t.Context(), s); err != nil || at.network != state {
				t.Errorf("with %d bytes left: opened again it is in state %+v of %d, %v", left, at, state, err)
			}
		}
		if err := errors.Join(s.Close(), os.Remove(ballast)); err != nil {
			t.Errorf("with %d bytes left: %v", left, err)
		}
		s = openAt(t, dir, Options{})
		if at, err := stateOf(t.Context(), s); err != nil || at.network != state || at.run != 1 {
			t.Fatalf("with %d bytes left: the store is in state %+v of %d, %v", left, at, state, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if failed == 0 || made == 0 {
		t.Errorf("%d checkpoints failed and %d did not", failed, made)
	}
	t.Logf("%d checkpoints failed, %d did not", failed, made)
}

// TestNotWritable opens folders as somebody who may only read them.
func TestNotWritable(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "data")
	s := openAt(t, dir, Options{Create: true})
	mustSync(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Dir(parent), parent, dir} {
		if err := os.Chmod(path, 0o555); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.Chmod(path, 0o755) }()
	}
	for _, name := range []string{fileName, lockName} {
		if err := os.Chmod(filepath.Join(dir, name), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	// Permissions do not hold root. This thread, and no other, becomes nobody
	// to the file system, and ends with the goroutine.
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if os.Getuid() == 0 {
			if err := syscall.Setfsuid(65534); err != nil {
				t.Error(err)
				return
			}
		}
		_, err := Open(t.Context(), dir, Options{})
		mustSay(t, err, "you may not write there", "choose another folder")
		_, err = Open(t.Context(), filepath.Join(parent, "new"), Options{Create: true})
		mustSay(t, err, "create data folder", "permission denied")
		reader, err := Open(t.Context(), dir, Options{ReadOnly: true})
		if err != nil {
			t.Error(err)
			return
		}
		if n, err := reader.Read(t.Context(), nil); err != nil || n.Calls.Arcs() != 40 {
			t.Error(n, err)
		}
		if err := reader.Close(); err != nil {
			t.Error(err)
		}
	}()
	<-done
}
