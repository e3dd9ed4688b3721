package duckstore

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// brokenOff is what a checkpoint that DuckDB broke off right before it wrote the
// new header has left: the files of the folder before and after.
type brokenOff struct {
	file, log    []byte // before it
	written      []byte // the file after it
	marked, undo []byte // the log after it, and the undo file
}

func breakOff(t *testing.T, dir string) (b brokenOff) {
	t.Helper()
	s := openAt(t, dir, Options{Log: -1})
	b.file, b.log = mustRead(t, dir, fileName), mustRead(t, dir, fileName+".wal")
	if _, err := s.DB().ExecContext(t.Context(), "SET debug_checkpoint_abort = 'after_free_list_write'"); err != nil {
		t.Fatal(err)
	}
	if err := s.checkpoint(t.Context()); err == nil {
		t.Fatal("the checkpoint was not broken off")
	}
	b.written, b.marked = mustRead(t, dir, fileName), mustRead(t, dir, fileName+".wal")
	b.undo = mustRead(t, dir, undoName)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return b
}

func mustRead(t *testing.T, dir, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// folderOf is a folder with these files.
func folderOf(t *testing.T, file, log, undo []byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range map[string][]byte{fileName: file, fileName + ".wal": log, undoName: undo} {
		if b == nil {
			continue
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// twoStates is a folder with state 2, of which state 1 is in the file and the way
// from there in the log.
func twoStates(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for i := 1; i <= 2; i++ {
		s := openAt(t, dir, Options{Create: true, Log: -1})
		if err := s.Sync(t.Context(), stateSource(i), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Publish(t.Context(), stateFindings(i), nil); err != nil {
			t.Fatal(err)
		}
		if err := s.Update(t.Context(), stateEvents(i)); err != nil {
			t.Fatal(err)
		}
		if i == 2 {
			s.ready = false // as a kill would leave it
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// opens sees that a folder has state 2 and says why not.
func opens(t *testing.T, dir string, o Options) error {
	t.Helper()
	s, err := Open(t.Context(), dir, o)
	if err != nil {
		return err
	}
	at, err := stateOf(t.Context(), s)
	if err == nil && (at != state{2, 2, 2}) {
		err = fmt.Errorf("it is in state %+v", at)
	}
	return errors.Join(err, s.Close())
}

// cuts are places at which a write of so many bytes may be torn: its ends, those
// of the sum that it begins with and some others; all ends of pages where the soak
// asks for much.
func cuts(size int) []int {
	if os.Getenv("KITH_SOAK_KILLS") == "" {
		return []int{0, 8, headerSize, size / 3, size - headerSize}
	}
	all := []int{1, 7, 8, 9, 511, size / 3, size - 1}
	for at := 0; at < size; at += headerSize {
		all = append(all, at)
	}
	return all
}

// TestTornCheckpoint tears the writes by which a checkpoint changes what the file's
// header still leads to, as a kill or a loss of power may. Whoever opens the folder
// finds what was acknowledged; without the undo file, it would be gone.
func TestTornCheckpoint(t *testing.T) {
	b := breakOff(t, twoStates(t))
	torn, refused := 0, 0
	file := bytes.Clone(b.file)
	for _, p := range readUndo(b.undo)[1:] {
		was, is := b.file[p.at:][:len(p.data)], b.written[p.at:][:len(p.data)]
		if !bytes.Equal(p.data, was) {
			t.Errorf("the undo file has not what stood at %d", p.at)
		}
		if bytes.Equal(was, is) {
			continue
		}
		for _, cut := range cuts(len(is)) {
			copy(file[p.at:], is[:cut])
			copy(file[int(p.at)+cut:], was[cut:])
			if err := opens(t, folderOf(t, file, b.marked, b.undo), Options{ReadOnly: torn == 0}); err != nil {
				t.Errorf("%d bytes of the block at %d: %v", cut, p.at, err)
			}
			torn++
			if opens(t, folderOf(t, file, b.marked, nil), Options{}) != nil {
				refused++
			}
		}
		copy(file[p.at:], is)
	}
	if torn == 0 || refused == 0 {
		t.Errorf("%d of %d torn files are damaged without the undo file: where DuckDB no longer writes in place it is not needed", refused, torn)
	}
	t.Logf("%d of %d torn files are damaged without the undo file", refused, torn)

	for _, c := range []struct {
		name            string
		file, log, undo []byte
	}{
		{"all written but the header", b.written, b.marked, b.undo},
		{"the undo file not finished", b.file, b.log, b.undo[:len(b.undo)-1]},
		{"the undo file not begun", b.file, b.log, []byte{}},
		{"nothing written", b.file, b.log, b.undo},
	} {
		if err := opens(t, folderOf(t, c.file, c.log, c.undo), Options{}); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// TestTornHeader tears the last write of a checkpoint, that of the new header.
// Before its end the checkpoint is undone; after it, it is not, as the log may be
// gone.
func TestTornHeader(t *testing.T) {
	dir := twoStates(t)
	b := breakOff(t, folderOf(t, mustRead(t, dir, fileName), mustRead(t, dir, fileName+".wal"), nil))
	if err := opens(t, dir, Options{Log: -1}); err != nil { // with a checkpoint at its end
		t.Fatal(err)
	}
	after := mustRead(t, dir, fileName)
	u := readUndo(b.undo)
	if _, err := os.Stat(filepath.Join(dir, undoName)); err == nil {
		t.Error("the undo file is left")
	}
	slot, _ := newest(after[:fileHeaders])
	if old, _ := newest(b.file[:fileHeaders]); old == slot || bytes.Equal(u[0].data, after[:fileHeaders]) {
		t.Fatalf("both headers are number %d", old)
	}
	at := slot * headerSize
	last := 0 // how many of its bytes differ from the former header's
	for i := range headerSize {
		if b.file[at+i] != after[at+i] {
			last = i + 1
		}
	}
	file := bytes.Clone(b.written)
	for cut := range headerSize + 1 {
		copy(file[at:], after[at:][:cut])
		if undoes := u.undoes(file[:fileHeaders]); undoes != (cut < last) {
			t.Errorf("%d bytes of the header, of which %d count: undone %t", cut, last, undoes)
		}
		if cut == 8 || cut == last-1 {
			if err := opens(t, folderOf(t, file, b.marked, b.undo), Options{}); err != nil {
				t.Errorf("%d bytes of the header: %v", cut, err)
			}
		}
	}
	for _, log := range [][]byte{b.marked, nil} {
		if err := opens(t, folderOf(t, after, log, b.undo), Options{}); err != nil {
			t.Errorf("a checkpoint that was completed, with %d bytes of log: %v", len(log), err)
		}
	}
}

// TestStaleUndo finds an undo file beside a file that it is not of.
func TestStaleUndo(t *testing.T) {
	dir := twoStates(t)
	old := breakOff(t, folderOf(t, mustRead(t, dir, fileName), mustRead(t, dir, fileName+".wal"), nil)).undo
	s := openAt(t, dir, Options{})
	for range 2 {
		if err := s.checkpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	put := func() {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, undoName), old, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	put()
	if err := opens(t, dir, Options{}); err != nil {
		t.Errorf("two checkpoints later: %v", err)
	}
	s = openAt(t, dir, Options{})
	if err := s.Rewrite(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	put()
	if err := opens(t, dir, Options{}); err != nil {
		t.Errorf("after the file was written anew: %v", err)
	}
	if left := strings.Join(filesIn(t, dir), " "); left != "kith.duckdb kith.lock" {
		t.Errorf("the folder is left with %s", left)
	}
}

// TestLog sees that a long log is brought into the file, that rows which stand in the
// file already are not left to the log, and that a short log stays.
func TestLog(t *testing.T) {
	s := openAt(t, t.TempDir(), Options{Create: true, Log: 1 << 20})
	update := func(text string) {
		t.Helper()
		err := s.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
			_, err := conn.ExecContext(ctx, text)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	const few, many = "INSERT INTO rows SELECT 'a' || range FROM range(4000)", "INSERT INTO rows SELECT 'b' || range FROM range(300000)"
	update("CREATE TABLE rows (text VARCHAR)")
	update(few)
	if s.logSize() == 0 {
		t.Error("a short log was not left alone")
	}
	longest := int64(0)
	for range 60 {
		update(few)
		longest = max(longest, s.logSize())
	}
	if longest == 0 || longest > 1<<20 {
		t.Errorf("the log had %d bytes", longest)
	}
	update(many)
	if left := s.logSize(); left > 0 {
		t.Errorf("the log was left with %d bytes after a large change", left)
	}
	// While somebody else writes there is none.
	s.network <- struct{}{}
	if err := s.UpdateEvents(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, many)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if s.logSize() == 0 {
		t.Error("there was a checkpoint beside somebody who writes")
	}
	<-s.network
	update(few)
	if left := s.logSize(); left > 0 {
		t.Errorf("the log was left with %d bytes after the next change", left)
	}
}
