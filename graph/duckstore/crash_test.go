package duckstore

import (
	"bytes"
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

// killedWithLog is a folder whose writer was killed when all of its changes,
// which end in state 1 or a later one, were still in the log.
func killedWithLog(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	worker := startChild(t, "log", dir)
	var acknowledged state
	for acknowledged.events < 1 {
		if err := acknowledged.parse(worker.says()); err != nil {
			t.Fatal(err)
		}
	}
	worker.kill(t)
	return dir
}

// TestReadOnlyAfterKill reads what a killed writer left in the log, without a
// writer having tidied up before.
func TestReadOnlyAfterKill(t *testing.T) {
	s := openAt(t, killedWithLog(t), Options{ReadOnly: true})
	at, err := stateOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if at.network < 1 || at.run < 1 || at.events < 1 {
		t.Errorf("read %+v, which is less than was acknowledged", at)
	}
}

// TestDamagedLog meets a log of which the middle cannot be read, and one that
// ends in the middle of a change, which nobody has acknowledged.
func TestDamagedLog(t *testing.T) {
	dir := killedWithLog(t)
	path := filepath.Join(dir, fileName+".wal")
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	spoilt := bytes.Clone(whole)
	spoilt[len(spoilt)/3] ^= 0xff
	if err := os.WriteFile(path, spoilt, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), dir, Options{})
	mustSay(t, err, "kith.duckdb.wal, which has the latest changes, is damaged", "backup")

	if err := os.WriteFile(path, whole[:len(whole)-100], 0o600); err != nil {
		t.Fatal(err)
	}
	s := openAt(t, dir, Options{})
	if at, err := stateOf(t.Context(), s); err != nil || at.network < 1 {
		t.Errorf("a log that is cut at its end: %+v, %v", at, err)
	}
}

// TestTrim opens a file with blocks that only the log knows of, and with what a
// change that failed left behind them: the former must be kept and the latter
// cut off.
func TestTrim(t *testing.T) {
	dir := t.TempDir()
	loader := startChild(t, "bulk", dir)
	if said := loader.says(); said != "committed" {
		t.Fatalf("the child said %q", said)
	}
	loader.kill(t)
	file := filepath.Join(dir, fileName)
	size := func(path string) int64 {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	before := size(file)
	if log := size(file + ".wal"); log > 1<<20 || before < 4<<20 {
		t.Fatalf("%d bytes are in the file and %d in the log, where the rows should not be", before, log)
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(make([]byte, 10<<20)); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		s := openAt(t, dir, Options{})
		var rows, seconds int64
		var from string
		err := s.DB().QueryRowContext(t.Context(), `SELECT count(*), sum(seconds)::BIGINT, max(caller) FROM events.calls`).Scan(&rows, &seconds, &from)
		if err != nil || rows != 300000 || seconds != 299999*300000/2 {
			t.Fatalf("%d rows of %d seconds are left, %v", rows, seconds, err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if after := size(file); after > before+2<<20 {
		t.Errorf("the file has %d bytes and had %d before 10 MB of waste", after, before)
	}
}
