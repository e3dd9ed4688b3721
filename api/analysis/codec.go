package analysis

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"
	"unsafe"

	"kith/graph"
)

// magic opens a result file and names the version of its format.
const magic = "kith result 1\n"

// errCorrupt says that a result file is not what was written.
var errCorrupt = errors.New("the result file is damaged; run kith analyze again")

// codec walks the columns of a Result in one fixed order, to write them or to
// read them. A column is its name, the width of an element, their number, the
// elements in little-endian order and a CRC-32C over all of these. Every method
// does nothing once err is set.
type codec struct {
	w    *bufio.Writer
	r    *bufio.Reader
	left uint64    // bytes that may still be read
	id   hash.Hash // over every column that is not volatile
	err  error
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// element is what a column is made of.
type element interface {
	~uint8 | ~uint32 | ~uint64 | ~int64 | ~float32 | ~float64 | ~bool
}

// column writes or reads one slice. An absent slice comes back as nil.
func column[T element](c *codec, name string, p *[]T) { section(c, name, p, false) }

// section is column with the choice to keep it out of the identity hash.
func section[T element](c *codec, name string, p *[]T, volatile bool) {
	if c.err != nil {
		return
	}
	var zero T
	width := int(unsafe.Sizeof(zero))
	if c.w != nil {
		data := *p
		raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*width)
		c.write(name, width, uint64(len(data)), raw, volatile)
		return
	}
	count := c.header(name, width)
	if c.err != nil {
		return
	}
	if count == 0 {
		*p = nil
		c.checksum(name, width, 0, nil, volatile)
		return
	}
	data := make([]T, count)
	raw := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(data))), len(data)*width)
	if _, err := io.ReadFull(c.r, raw); err != nil {
		c.err = errCorrupt
		return
	}
	c.checksum(name, width, count, raw, volatile)
	*p = data
}

func head(name string, width int, count uint64) []byte {
	b := make([]byte, 0, len(name)+13)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(name)))
	b = append(b, name...)
	b = append(b, byte(width))
	return binary.LittleEndian.AppendUint64(b, count)
}

func (c *codec) write(name string, width int, count uint64, raw []byte, volatile bool) {
	h := head(name, width, count)
	sum := crc32.Update(crc32.Checksum(h, castagnoli), castagnoli, raw)
	tail := binary.LittleEndian.AppendUint32(nil, sum)
	if !volatile {
		c.id.Write(h)
		c.id.Write(raw)
	}
	for _, part := range [][]byte{h, raw, tail} {
		if _, err := c.w.Write(part); err != nil {
			c.err = err
			return
		}
	}
}

// header reads a column's head and returns its number of elements.
func (c *codec) header(name string, width int) uint64 {
	want := head(name, width, 0)
	got := make([]byte, len(want))
	if _, err := io.ReadFull(c.r, got); err != nil || string(got[:len(got)-8]) != string(want[:len(want)-8]) {
		c.err = errCorrupt
		return 0
	}
	count := binary.LittleEndian.Uint64(got[len(got)-8:])
	used := uint64(len(got)) + 4
	if c.left < used || count > (c.left-used)/uint64(width) {
		c.err = errCorrupt
		return 0
	}
	c.left -= used + count*uint64(width)
	return count
}

func (c *codec) checksum(name string, width int, count uint64, raw []byte, volatile bool) {
	h := head(name, width, count)
	var tail [4]byte
	if _, err := io.ReadFull(c.r, tail[:]); err != nil ||
		binary.LittleEndian.Uint32(tail[:]) != crc32.Update(crc32.Checksum(h, castagnoli), castagnoli, raw) {
		c.err = errCorrupt
		return
	}
	if !volatile {
		c.id.Write(h)
		c.id.Write(raw)
	}
}

// object is a small value as JSON.
func (c *codec) object(name string, v any, volatile bool) {
	if c.err != nil {
		return
	}
	var raw []byte
	if c.w != nil {
		if raw, c.err = json.Marshal(v); c.err != nil {
			return
		}
	}
	section(c, name, &raw, volatile)
	if c.err == nil && c.r != nil {
		if err := json.Unmarshal(raw, v); err != nil {
			c.err = errCorrupt
		}
	}
}

// names is a list of strings; a nil list comes back empty.
func (c *codec) names(name string, p **graph.Names) {
	var blob []byte
	var ends []uint64
	if c.w != nil && *p != nil {
		blob, ends = (*p).Raw()
	}
	column(c, name+".text", &blob)
	column(c, name+".ends", &ends)
	if c.err != nil || c.r == nil {
		return
	}
	var last uint64
	for _, e := range ends {
		if e < last || e > uint64(len(blob)) {
			c.err = errCorrupt
			return
		}
		last = e
	}
	*p = graph.NamesFrom(blob, ends)
}

// csr is a graph; a nil graph comes back nil.
func (c *codec) csr(name string, p **graph.Graph) {
	var shape []uint32
	g := &graph.Graph{}
	if c.w != nil && *p != nil {
		g = *p
		shape = []uint32{g.Cols, 0}
		if g.Undirected {
			shape[1] = 1
		}
	}
	column(c, name+".shape", &shape)
	column(c, name+".offsets", &g.Offsets)
	column(c, name+".targets", &g.Targets)
	column(c, name+".weights", &g.Weights)
	if c.err != nil || c.r == nil {
		return
	}
	if shape == nil {
		*p = nil
		return
	}
	if len(shape) != 2 || len(g.Offsets) == 0 || g.Offsets[len(g.Offsets)-1] != uint64(len(g.Targets)) ||
		(g.Weights != nil && len(g.Weights) != len(g.Targets)) {
		c.err = errCorrupt
		return
	}
	g.Cols, g.Undirected = shape[0], shape[1] == 1
	*p = g
}

func newWriter(w io.Writer) *codec {
	c := &codec{w: bufio.NewWriterSize(w, 1<<20), id: sha256.New()}
	_, c.err = c.w.WriteString(magic)
	return c
}

func newReader(r io.Reader, size int64) *codec {
	c := &codec{r: bufio.NewReaderSize(r, int(min(1<<20, max(size, 16)))), id: sha256.New()}
	got := make([]byte, len(magic))
	if _, err := io.ReadFull(c.r, got); err != nil || string(got) != magic {
		c.err = errCorrupt
		if len(got) > 12 && string(got[:12]) == magic[:12] && string(got) != magic {
			c.err = fmt.Errorf("%w: it holds a result of another version", graph.ErrNewer)
		}
		return c
	}
	c.left = uint64(max(0, min(size-int64(len(magic)), math.MaxInt64)))
	return c
}

// identity is the first 12 hex digits of the hash over what was walked so far.
func (c *codec) identity() string { return fmt.Sprintf("%x", c.id.Sum(nil)[:6]) }
