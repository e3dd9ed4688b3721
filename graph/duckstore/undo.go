package duckstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// DuckDB never writes over data that the file's header leads to, but for one kind:
// its own table of contents. That stands in pieces of 4 KB, 64 to a block, and a
// checkpoint puts new pieces among old ones and writes the block anew in its old
// place, before the header that makes the new ones count. Whoever is killed in the
// middle of such a write leaves a block of which neither the old nor the new header
// can make sense. So those blocks are kept in a file beside, the undo file, for as
// long as a checkpoint takes, and are put back where it was broken off. The log has
// all that was committed since, as it is thrown away only after the new header.
const (
	undoName = "kith.undo"
	undoMark = "kith undo 1\n\x00\x00\x00\x00"
)

const (
	headerSize = 4096
	// fileHeaders is what stands before the first block of a DuckDB file: the
	// one that says what kind of file it is, and two that say where all begins, of
	// which the one with more checkpoints behind it counts.
	fileHeaders = 3 * headerSize
)

// undo is what a database file had in some places: first its headers, then
// blocks.
type undo []piece

type piece struct {
	at   int64
	data []byte
}

// keep writes down what a checkpoint may write over, and returns when that is
// on the disk.
func (s *Store) keep(ctx context.Context, conn *sql.Conn) (err error) {
	size, blocks, err := tableOfContents(ctx, conn)
	if err != nil {
		return err
	}
	if s.file == nil {
		// It stays open for as long as the database is: to close a file gives up
		// the locks that this process, and so DuckDB, has on it.
		if s.file, err = os.Open(s.path(fileName)); err != nil {
			return err
		}
	}
	made := s.path(undoName + ".new")
	f, err := os.OpenFile(made, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, remove(made))
		}
	}()
	sum := sha256.New()
	w := io.MultiWriter(f, sum)
	_, err = io.WriteString(w, undoMark)
	place := func(at, length int64) {
		data := make([]byte, length)
		if err == nil {
			_, err = s.file.ReadAt(data, at)
		}
		if errors.Is(err, io.EOF) {
			err = nil // it has no place in the file yet, so that nothing there can be lost
			return
		}
		for _, part := range [][]byte{
			binary.LittleEndian.AppendUint64(nil, uint64(at)),     //nolint:gosec // places are positive
			binary.LittleEndian.AppendUint64(nil, uint64(length)), //nolint:gosec // lengths are positive
			data,
		} {
			if err == nil {
				_, err = w.Write(part)
			}
		}
	}
	place(0, fileHeaders)
	for _, id := range blocks {
		place(fileHeaders+id*size, size)
	}
	if err == nil {
		_, err = f.Write(sum.Sum(nil))
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = os.Rename(made, s.path(undoName)); err != nil {
		return err
	}
	return syncFolder(s.dir)
}

// tableOfContents lists the blocks that have a part of the table of contents.
func tableOfContents(ctx context.Context, conn *sql.Conn) (size int64, blocks []int64, err error) {
	rows, err := conn.QueryContext(ctx, query("contents"))
	if err != nil {
		return 0, nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&size, &id); err != nil {
			return 0, nil, err
		}
		blocks = append(blocks, id)
	}
	return size, blocks, rows.Err()
}

// forgo takes the undo file away once it is of no more use, for good: it would
// spoil a later file of the same name.
func (s *Store) forgo() error {
	if err := remove(s.path(undoName)); err != nil {
		return err
	}
	return syncFolder(s.dir)
}

// putBack undoes a checkpoint that was broken off. It comes before DuckDB opens
// the file.
func (s *Store) putBack() error {
	b, err := os.ReadFile(s.path(undoName))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.restore(readUndo(b))
	}
	if err != nil {
		return fmt.Errorf("open data folder %s: put back what %s has, after a checkpoint that was broken off: open it once where it can be written to, with some room on the disk: %w", s.dir, undoName, err)
	}
	if err := s.forgo(); err != nil && !s.o.ReadOnly {
		return err
	}
	return nil
}

// restore puts pieces back, where the file has not gone beyond them. Several
// readers may do so at a time: they write the same.
func (s *Store) restore(u undo) error {
	if u == nil {
		return nil // it was not finished, so that the checkpoint was not begun
	}
	f, err := os.Open(s.path(fileName))
	if err != nil {
		return err
	}
	headers := make([]byte, fileHeaders)
	_, err = f.ReadAt(headers, 0)
	if err = errors.Join(err, f.Close()); err != nil || !u.undoes(headers) {
		return err
	}
	if f, err = os.OpenFile(s.path(fileName), os.O_RDWR, 0); err != nil {
		return err
	}
	for _, p := range u {
		if err == nil {
			_, err = f.WriteAt(p.data, p.at)
		}
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// undoes says whether the file with these headers is the one that u was taken
// from, and its checkpoint was not completed since. It was as soon as the second
// header is whole.
func (u undo) undoes(headers []byte) bool {
	kept := u[0].data
	slot, count := newest(kept)
	for i := range 3 {
		part := headers[i*headerSize:][:headerSize]
		if i == 0 || i == slot {
			if !bytes.Equal(part, kept[i*headerSize:][:headerSize]) {
				return false // of another file, or many checkpoints old
			}
		} else if n, whole := checkpoints(part); whole && n > count {
			return false
		}
	}
	return true
}

// newest is the header that counts, 1 or 2, and the number of its checkpoint.
func newest(headers []byte) (slot int, count uint64) {
	slot = 2
	one, whole := checkpoints(headers[headerSize:][:headerSize])
	count, second := checkpoints(headers[2*headerSize:][:headerSize])
	if whole && (!second || one > count) {
		return 1, one
	}
	return slot, count
}

// checkpoints reads the number of checkpoints from a header, and whether that is
// whole: it begins with DuckDB's sum of what follows.
func checkpoints(header []byte) (count uint64, whole bool) {
	sum := uint64(5381)
	for at := 8; at < len(header); at += 8 {
		sum ^= binary.LittleEndian.Uint64(header[at:]) * 0xbf58476d1ce4e5b9
	}
	return binary.LittleEndian.Uint64(header[8:]), sum == binary.LittleEndian.Uint64(header)
}

// readUndo reads an undo file; it is nil for one that is not whole.
func readUndo(b []byte) (u undo) {
	end := len(b) - sha256.Size
	if end < len(undoMark) || string(b[:len(undoMark)]) != undoMark {
		return nil
	}
	if sum := sha256.Sum256(b[:end]); !bytes.Equal(sum[:], b[end:]) {
		return nil
	}
	for rest := b[len(undoMark):end]; len(rest) >= 16; {
		at, length := binary.LittleEndian.Uint64(rest), binary.LittleEndian.Uint64(rest[8:])
		if rest = rest[16:]; length > uint64(len(rest)) {
			return nil
		}
		u = append(u, piece{int64(at), rest[:length]}) //nolint:gosec // as it was written
		rest = rest[length:]
	}
	if len(u) == 0 || u[0].at != 0 || len(u[0].data) != fileHeaders {
		return nil
	}
	return u
}

// remove removes a file that need not be there.
func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
