package graph

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"unsafe"
)

// IsSnapshot tells whether a file begins as a snapshot does.
func IsSnapshot(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(snapshotMagic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == snapshotMagic
}

// OpenSnapshot maps a snapshot into memory, where the system has a way to, and
// otherwise reads it. All checksums are compared and everything that Graph
// promises is checked, but for the mirror images of undirected arcs, in one pass
// over the file; a file that was cut off, changed or written by a newer version
// is refused. The graph and the names are part of the map: they must not be
// written to, nor used after Close.
//
// WriteSnapshot replaces a file by another, so an open snapshot keeps what it
// has. A program that cuts off the file itself while it is mapped ends this one.
func OpenSnapshot(ctx context.Context, path string, threads int) (*Snapshot, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	z, sum, err := readHeader(path, file, info.Size())
	if err != nil {
		return nil, err
	}
	data, unmap, err := mapFile(file, int(info.Size()))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	s, err := z.open(ctx, path, data, sum, threadsOr(threads))
	if err != nil {
		_ = unmap()
		return nil, err
	}
	s.unmap = unmap
	return s, nil
}

// Close gives the memory back.
func (s *Snapshot) Close() error {
	if s.unmap == nil {
		return nil
	}
	unmap := s.unmap
	*s = Snapshot{}
	return unmap()
}

// readHeader reads the sizes of a snapshot and the checksum of its checksums.
func readHeader(path string, file *os.File, size int64) (*snapshotSizes, uint32, error) {
	fault := func(reason string) (*snapshotSizes, uint32, error) {
		return nil, 0, &DataError{File: path, Reason: reason}
	}
	var h [snapshotHeader]byte
	n, err := file.ReadAt(h[:], 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, fmt.Errorf("read %s: %w", path, err)
	}
	if !bytes.HasPrefix(h[:n], []byte(snapshotMagic)) {
		return fault("is no snapshot of a graph; kith graph snapshot makes one")
	}
	if n < snapshotHeader {
		return fault("ends in the middle of its header; copy it again or write it anew")
	}
	if v := binary.LittleEndian.Uint32(h[8:]); v > snapshotVersion {
		return nil, 0, fmt.Errorf("read %s: %w: its format is number %d, and this version reads up to %d", path, ErrNewer, v, snapshotVersion)
	}
	if binary.LittleEndian.Uint32(h[headerSum:]) != crc32.Checksum(h[:headerSum], castagnoli) {
		return fault("has a damaged header; copy it again or write it anew")
	}
	z := &snapshotSizes{flags: binary.LittleEndian.Uint32(h[12:])}
	for i, x := range []*uint64{&z.rows, &z.cols, &z.arcs, &z.names, &z.nameBytes, &z.columns, &z.columnBytes} {
		*x = binary.LittleEndian.Uint64(h[16+8*i:])
		if *x > 1<<56 {
			return fault("has a damaged header; copy it again or write it anew")
		}
	}
	z.derive()
	if z.rows > math.MaxUint32 || z.cols > math.MaxUint32 || (z.names != 0 && z.names != z.rows) || (z.columns != 0 && z.columns != z.cols) {
		return fault("has sizes that do not fit together; write it anew")
	}
	if want := z.bodyOffset + z.body(); uint64(size) != want {
		return fault(fmt.Sprintf("has %d bytes, and its header says %d; copy it again or write it anew", size, want))
	}
	return z, binary.LittleEndian.Uint32(h[headerSum+4:]), nil
}

// open checks what is mapped and cuts it into the parts of a snapshot.
func (z *snapshotSizes) open(ctx context.Context, path string, data []byte, sum uint32, threads int) (*Snapshot, error) {
	sums := data[snapshotHeader : snapshotHeader+z.sums*4]
	body := data[z.bodyOffset:]
	bad := crc32.Checksum(sums, castagnoli) != sum
	broken := make([]bool, z.sums)
	err := each(ctx, threads, int(z.sums), func(_, i int) {
		chunk := body[i*snapshotChunk : min((i+1)*snapshotChunk, len(body))]
		broken[i] = crc32.Checksum(chunk, castagnoli) != binary.LittleEndian.Uint32(sums[4*i:])
	})
	if err != nil {
		return nil, err
	}
	for _, b := range broken {
		bad = bad || b
	}
	if bad {
		return nil, &DataError{File: path, Reason: "was damaged after it was written: a checksum differs; copy it again or write it anew"}
	}
	var part [7][]byte
	for i, n := range z.sections() {
		part[i] = body[:n:n]
		body = body[aligned(n):]
	}
	s := &Snapshot{Graph: &Graph{
		Offsets: sliceOf[uint64](part[0]), Targets: sliceOf[uint32](part[1]), Weights: sliceOf[float32](part[2]),
		Cols: uint32(z.cols), Undirected: z.flags&snapshotUndirected != 0,
	}}
	if z.names > 0 || z.rows == 0 {
		s.Names = NamesFrom(part[4], sliceOf[uint64](part[3]))
	}
	s.Columns = s.Names
	if z.flags&snapshotColumns != 0 {
		s.Columns = NamesFrom(part[6], sliceOf[uint64](part[5]))
	}
	if z.flags&snapshotWeighted != 0 && s.Graph.Weights == nil {
		s.Graph.Weights = []float32{}
	}
	if err := s.check(ctx, threads); err != nil {
		return nil, &DataError{File: path, Reason: err.Error() + "; write it anew"}
	}
	return s, ctx.Err()
}

// check is Validate less the mirror images, in parallel, and the names.
func (s *Snapshot) check(ctx context.Context, threads int) error {
	g := s.Graph
	n := g.Rows()
	if g.Offsets[0] != 0 || g.Offsets[n] != uint64(len(g.Targets)) {
		return fmt.Errorf("has offsets from %d to %d for %d arcs", g.Offsets[0], g.Offsets[n], len(g.Targets))
	}
	if g.Undirected && uint64(n) != uint64(g.Cols) {
		return fmt.Errorf("is undirected with %d rows and %d columns", n, g.Cols)
	}
	for u := range n {
		if g.Offsets[u] > g.Offsets[u+1] {
			return fmt.Errorf("has offsets that fall at row %d", u)
		}
	}
	parts := rowParts(g)
	faults := make([]error, len(parts))
	_ = each(ctx, threads, len(parts)-1, func(_, p int) {
		for u := parts[p]; u < parts[p+1]; u++ {
			row := g.Neighbours(u)
			for i, v := range row {
				if v >= g.Cols || i > 0 && v <= row[i-1] {
					faults[p] = fmt.Errorf("has target %d out of place in row %d", v, u)
					return
				}
			}
			for _, w := range g.WeightsOf(u) {
				if !(w > 0 && w <= math.MaxFloat32) {
					faults[p] = fmt.Errorf("has the weight %v in row %d", w, u)
					return
				}
			}
		}
	})
	for _, fault := range faults {
		if fault != nil {
			return fault
		}
	}
	for _, names := range []*Names{s.Names, s.Columns} {
		if err := names.check(); err != nil {
			return err
		}
	}
	return nil
}

// check tells whether the ends cut the block into names in ascending order.
func (n *Names) check() error {
	if n == nil {
		return nil
	}
	last := uint64(0)
	for i, end := range n.ends {
		if end < last || end > uint64(len(n.blob)) {
			return fmt.Errorf("has a name %d that lies outside the names", i)
		}
		last = end
		if i > 0 && bytes.Compare(n.bytes(i-1), n.bytes(i)) >= 0 {
			return fmt.Errorf("has a name %d that is not in order", i)
		}
	}
	if last != uint64(len(n.blob)) {
		return fmt.Errorf("has %d bytes of names and uses %d", len(n.blob), last)
	}
	return nil
}

// sliceOf takes bytes as numbers; they stand at a multiple of 64.
func sliceOf[T uint64 | uint32 | float32](b []byte) []T {
	var x T
	if len(b) == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(x)))
}
