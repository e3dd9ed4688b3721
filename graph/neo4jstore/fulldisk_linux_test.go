package neo4jstore

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"kith/graph/neo4jstore/neo4jtest"
)

// TestFullDisk keeps the server's files from growing, by a limit of its process:
// to the server that is a disk without room, and nobody has to be root for it.
func TestFullDisk(t *testing.T) {
	server := neo4jtest.Own(t)
	s := openEmpty(t, server, small)
	a, b := crowd{48, 1}, crowd{300, 2}
	mustSync(t, s, b)
	after := digest(t, s)
	s = openEmpty(t, server, small)
	mustSync(t, s, a)
	before := digest(t, s)
	if err := s.Publish(t.Context(), a.findings("first"), nil); err != nil {
		t.Fatal(err)
	}

	limitFiles(t, server.PID(), currentLog(t, server.Home)+50_000)
	began := time.Now()
	err := s.Sync(t.Context(), b, nil)
	if err == nil || time.Since(began) > time.Minute {
		t.Fatalf("Sync without room on the disk: %v after %v; want an error soon", err, time.Since(began))
	}
	if !errors.Is(err, ErrBroken) {
		t.Errorf("Sync without room on the disk: %v; want ErrBroken", err)
	}

	server.Kill() // there is room again for the next process
	server.Start()
	if got := digest(t, s); got != before && got != after {
		t.Error("the network is neither the former nor the next one")
	}
	if run, err := s.Current(t.Context()); err != nil || run.ID != "first" {
		t.Errorf("the current run is %+v, %v", run, err)
	}
	a.mustShow(t, server, "first")
	mustSync(t, s, b)
	if got := stored(server); got != b.counts() || digest(t, s) != after {
		t.Errorf("with room again: %v customers, products, calls and purchases, want %v", got, b.counts())
	}
	if n := leftovers(server); n != 0 {
		t.Errorf("%d nodes of the failed load are left", n)
	}
}

// currentLog is how far the file of the transaction log is written that is written
// to: the server may have made it larger in advance. One that ran for other tests
// before may have former files.
func currentLog(t *testing.T, home string) int64 {
	t.Helper()
	var size, newest int64
	err := filepath.WalkDir(filepath.Join(home, "data", "transactions", "neo4j"), func(path string, d fs.DirEntry, err error) error {
		number, isLog := strings.CutPrefix(filepath.Base(path), "neostore.transaction.db.")
		if err != nil || d.IsDir() || !isLog {
			return err
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if n >= newest {
			newest, size = n, int64(len(bytes.TrimRight(text, "\x00")))
		}
		t.Logf("%s has %d bytes, of %d", path, size, len(text))
		return nil
	})
	if err != nil || size == 0 {
		t.Fatalf("the transaction log has %d bytes: %v", size, err)
	}
	return size
}

// limitFiles bounds the files that a process may write.
func limitFiles(t *testing.T, pid int, bytes int64) {
	t.Helper()
	const fileSize = 1 // RLIMIT_FSIZE
	limit := syscall.Rlimit{Cur: uint64(bytes), Max: ^uint64(0)}
	if _, _, errno := syscall.Syscall6(syscall.SYS_PRLIMIT64, uintptr(pid), fileSize, uintptr(unsafe.Pointer(&limit)), 0, 0, 0); errno != 0 {
		t.Fatalf("limit the files of process %d: %v", pid, errno)
	}
}
