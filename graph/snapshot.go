package graph

import (
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"unsafe"
)

// Snapshot is a graph with the names of its vertices as a file holds it: what
// ReadEdges and Build make of an edge list, to be there again at once.
//
// The file is little-endian:
//
//	128 bytes   header: magic, version, flags, sizes, checksums
//	4 per chunk CRC-32C of each 4 MiB of what follows, filled up to 64 bytes
//	sections    offsets, targets, weights, ends and bytes of names, ends and
//	            bytes of columns, each filled up to 64 bytes; those that the
//	            graph lacks have no bytes
type Snapshot struct {
	Graph *Graph
	// Names are the ids of the rows, Columns those of the columns: the same
	// list where both are the same vertices.
	Names, Columns *Names

	unmap func() error
}

const (
	snapshotMagic   = "kithCSR\n"
	snapshotVersion = 1
	snapshotHeader  = 128
	snapshotAlign   = 64
	snapshotChunk   = 4 << 20
	// headerSum is where the checksum of what stands before it in the header is.
	headerSum = 72
)

const (
	snapshotUndirected = 1 << iota
	snapshotWeighted
	snapshotColumns // has names of columns that are not those of the rows
)

// castagnoli makes the checksums that processors have an instruction for.
var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// snapshotSizes are the numbers in a header, from which all else follows.
type snapshotSizes struct {
	flags                        uint32
	rows, cols, arcs             uint64
	names, nameBytes             uint64
	columns, columnBytes         uint64
	offsetsLen, targetsLen       uint64 // of sections, in bytes
	weightsLen, sums, bodyOffset uint64
}

func (z *snapshotSizes) derive() {
	z.offsetsLen = (z.rows + 1) * 8
	z.targetsLen = z.arcs * 4
	if z.flags&snapshotWeighted != 0 {
		z.weightsLen = z.arcs * 4
	}
	z.sums = (z.body() + snapshotChunk - 1) / snapshotChunk
	z.bodyOffset = snapshotHeader + aligned(z.sums*4)
}

// sections are the lengths of the sections in their order.
func (z *snapshotSizes) sections() [7]uint64 {
	return [7]uint64{z.offsetsLen, z.targetsLen, z.weightsLen, z.names * 8, z.nameBytes, z.columns * 8, z.columnBytes}
}

func (z *snapshotSizes) body() uint64 {
	total := uint64(0)
	for _, n := range z.sections() {
		total += aligned(n)
	}
	return total
}

func aligned(n uint64) uint64 { return (n + snapshotAlign - 1) &^ (snapshotAlign - 1) }

// WriteSnapshot writes a graph and the names of its vertices to a file, beside
// its place under another name until it is whole and on the disk. Names may be
// nil, and columns where they are the names or the graph has none. Equal graphs
// give equal bytes. O(bytes) time; it holds no copy.
func WriteSnapshot(ctx context.Context, path string, g *Graph, names, columns *Names, p Progress) (err error) {
	if littleEndian := binary.NativeEndian.Uint16([]byte{1, 0}) == 1; !littleEndian {
		return fmt.Errorf("write %s: snapshots are little-endian, and this machine is not", path)
	}
	if names != nil && names.Len() != g.Rows() {
		return fmt.Errorf("write %s: %d names for %d vertices", path, names.Len(), g.Rows())
	}
	if columns == names {
		columns = nil
	}
	if columns != nil && columns.Len() != int(g.Cols) {
		return fmt.Errorf("write %s: %d names for %d columns", path, columns.Len(), g.Cols)
	}
	offsets := g.Offsets
	if len(offsets) == 0 {
		offsets = []uint64{0}
	}
	z := snapshotSizes{rows: uint64(g.Rows()), cols: uint64(g.Cols), arcs: uint64(g.Arcs()), names: uint64(names.Len()), columns: uint64(columns.Len())}
	sections := [7][]byte{bytesIn(offsets), bytesIn(g.Targets), bytesIn(g.Weights)}
	if names != nil {
		sections[3], sections[4] = bytesIn(names.ends), names.blob
	}
	if columns != nil {
		z.flags |= snapshotColumns
		sections[5], sections[6] = bytesIn(columns.ends), columns.blob
	}
	z.nameBytes, z.columnBytes = uint64(len(sections[4])), uint64(len(sections[6]))
	if g.Undirected {
		z.flags |= snapshotUndirected
	}
	if g.Weights != nil {
		z.flags |= snapshotWeighted
	}
	z.derive()

	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.part")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
			err = fmt.Errorf("write %s: %w", path, err)
		}
	}()
	if _, err := f.Seek(int64(z.bodyOffset), io.SeekStart); err != nil {
		return err
	}
	w := chunkWriter{w: f}
	for _, s := range sections {
		for len(s) > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			n := min(len(s), snapshotChunk)
			if err := w.write(s[:n]); err != nil {
				return err
			}
			s = s[n:]
			p.Report("writing "+path, int64(w.n), int64(z.body()))
		}
		if err := w.write(make([]byte, aligned(w.n)-w.n)); err != nil {
			return err
		}
	}
	if w.n%snapshotChunk != 0 {
		w.sums = binary.LittleEndian.AppendUint32(w.sums, w.sum)
	}
	if _, err := f.WriteAt(append(z.header(w.sums), w.sums...), 0); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// chunkWriter sums up chunks of what passes through.
type chunkWriter struct {
	w    io.Writer
	n    uint64
	sum  uint32
	sums []byte
}

func (c *chunkWriter) write(b []byte) error {
	for len(b) > 0 {
		part := b[:min(uint64(len(b)), snapshotChunk-c.n%snapshotChunk)]
		if _, err := c.w.Write(part); err != nil {
			return err
		}
		c.sum = crc32.Update(c.sum, castagnoli, part)
		c.n += uint64(len(part))
		if c.n%snapshotChunk == 0 {
			c.sums = binary.LittleEndian.AppendUint32(c.sums, c.sum)
			c.sum = 0
		}
		b = b[len(part):]
	}
	return nil
}

func (z *snapshotSizes) header(sums []byte) []byte {
	h := make([]byte, 0, snapshotHeader)
	h = append(h, snapshotMagic...)
	h = binary.LittleEndian.AppendUint32(h, snapshotVersion)
	h = binary.LittleEndian.AppendUint32(h, z.flags)
	for _, x := range []uint64{z.rows, z.cols, z.arcs, z.names, z.nameBytes, z.columns, z.columnBytes} {
		h = binary.LittleEndian.AppendUint64(h, x)
	}
	h = binary.LittleEndian.AppendUint32(h[:headerSum], crc32.Checksum(h, castagnoli))
	h = binary.LittleEndian.AppendUint32(h, crc32.Checksum(sums, castagnoli))
	return h[:snapshotHeader]
}

func bytesIn[T uint64 | uint32 | float32](s []T) []byte {
	var x T
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*int(unsafe.Sizeof(x)))
}
