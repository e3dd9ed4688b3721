//go:build darwin || linux

package duckstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"kith/graph"
)

func mustBeLocked(t *testing.T, dir string, o Options, words ...string) {
	t.Helper()
	s, err := Open(t.Context(), dir, o)
	if err == nil {
		s.Close()
	}
	mustSay(t, err, append(words, dir, "in use by another kith process")...)
	if !errors.Is(err, graph.ErrLocked) {
		t.Errorf("%q is not ErrLocked", err)
	}
}

func TestLockedByAnotherProcess(t *testing.T) {
	dir := t.TempDir()
	holder := startChild(t, "write", dir)
	if said := holder.says(); said != "open" {
		t.Fatalf("the child said %q", said)
	}
	pid := fmt.Sprintf("stop process %d, or wait", holder.cmd.Process.Pid)
	mustBeLocked(t, dir, Options{}, pid)
	mustBeLocked(t, dir, Options{Create: true}, pid)
	mustBeLocked(t, dir, Options{ReadOnly: true}, pid)

	holder.kill(t)
	openAt(t, dir, Options{}) // the lock fell with the process
}

// A process that is being started has all files of ours for a moment.
func TestClosedWhileAProcessStarts(t *testing.T) {
	dir := t.TempDir()
	for _, o := range []Options{{Create: true}, {ReadOnly: true}} {
		s := openAt(t, dir, o)
		started, err := syscall.Dup(int(s.lock.file.Fd()))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		openAt(t, dir, Options{}).Close()
		if err := syscall.Close(started); err != nil {
			t.Fatal(err)
		}
	}
}

func TestLockedByReaders(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	mustSync(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	first := startChild(t, "read", dir)
	if said := first.says(); said != "open" {
		t.Fatalf("the child said %q", said)
	}
	second := openAt(t, dir, Options{ReadOnly: true}) // readers do not mind each other
	if n, err := second.Read(t.Context(), nil); err != nil || n.Calls.Arcs() != 40 {
		t.Fatal(n, err)
	}
	mustSay(t, second.Sync(t.Context(), ringSource{10, 4}, nil), "open for reading only")
	mustSay(t, second.Publish(t.Context(), stateFindings(1), nil), "open for reading only")
	mustBeLocked(t, dir, Options{}, "wait until those that read it have finished")
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	first.kill(t)
	again := openAt(t, dir, Options{})
	if names := filesIn(t, dir); len(names) != 2 {
		t.Errorf("what a killed reader left was not cleared: %v", names)
	}
	mustSync(t, again)
}

func TestLockedByItself(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	mustBeLocked(t, dir, Options{}, "this very process has it open already")
	mustBeLocked(t, dir, Options{ReadOnly: true}, "this very process has it open already")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	openAt(t, dir, Options{})
}

// TestStaleLock sees that only the operating system's lock counts, not what is
// written in the file.
func TestStaleLock(t *testing.T) {
	dir := t.TempDir()
	for _, text := range []string{"1\n", "999999999\n", "no number", ""} {
		if err := os.WriteFile(filepath.Join(dir, lockName), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), dir, Options{Create: true})
		if err != nil {
			t.Fatalf("with %q in the lock file: %v", text, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
