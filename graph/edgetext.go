package graph

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

const (
	blockSize = 512 << 10
	// firstBlock is smaller, as most files are.
	firstBlock = 64 << 10
	// longestLine bounds a line, and so the memory that a file without line
	// ends can take.
	longestLine = 16 << 20
)

// block is a stretch of text that ends with a line end.
type block struct {
	number int
	text   []byte // nil at the end of the file
	buffer []byte // what text lies in, to be used again
}

// textSource hands out a text in blocks, to several goroutines.
type textSource struct {
	name     string
	reader   io.Reader
	closers  []func()
	progress Progress
	raw      *countingReader
	size     int64

	mu     sync.Mutex
	number int
	rest   []byte // begun line
	bytes  int64
	ended  bool
}

// countingReader counts what has been read; a decompressor may read ahead in a
// goroutine of its own.
type countingReader struct {
	r    io.Reader
	read atomic.Int64
}

func (c *countingReader) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.read.Add(int64(n))
	return n, err
}

// openText looks at the first bytes of a file and puts a decompressor before it
// when they say so.
func openText(name string, r io.Reader, size int64, p Progress) (*textSource, error) {
	t := &textSource{name: name, progress: p, size: size, raw: &countingReader{r: r}}
	peek := bufio.NewReaderSize(t.raw, 1<<16)
	magic, err := peek.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	t.reader = peek
	switch {
	case len(magic) == 0:
		return nil, &DataError{File: name, Reason: "is empty"}
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		z := new(gzip.Reader)
		t.closers = append(t.closers, func() { _ = z.Close() })
		if err := z.Reset(peek); err != nil {
			return nil, t.readError(err)
		}
		t.reader = z
	case bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		z, err := zstd.NewReader(peek)
		if err != nil {
			return nil, t.readError(err)
		}
		t.reader = z
		t.closers = append(t.closers, z.Close)
	}
	return t, nil
}

func (t *textSource) close() {
	for _, c := range t.closers {
		c()
	}
}

func (t *textSource) readError(err error) error {
	var system *fs.PathError
	if errors.As(err, &system) || len(t.closers) == 0 {
		return fmt.Errorf("read %s: %w", t.name, err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return &DataError{File: t.name, Reason: "ends in the middle of compressed data; copy it again"}
	}
	return &DataError{File: t.name, Reason: fmt.Sprintf("can't be decompressed (%v); copy it again", err)}
}

// next returns the next block, in the buffer of a former one if it has the room.
// At the end of the file the block's text is nil.
func (t *textSource) next(buffer []byte) (block, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	b := block{number: t.number, buffer: buffer}
	t.number++
	if t.ended {
		return b, nil
	}
	size := blockSize
	if b.number == 0 {
		size = firstBlock
	}
	if len(t.rest) > size/2 { // lines as long as blocks
		size = 2 * len(t.rest)
	}
	if cap(b.buffer) < size+1 {
		b.buffer = make([]byte, 0, size+1)
	}
	text := append(b.buffer[:0], t.rest...)
	t.rest = t.rest[:0]
	begun := 0 // no line ends before
	for {
		n, err := t.reader.Read(text[len(text) : cap(text)-1]) // a last line end may be missing
		text = text[:len(text)+n]
		t.bytes += int64(n)
		if err != nil {
			t.ended = true
			if !errors.Is(err, io.EOF) {
				return b, t.readError(err)
			}
			break
		}
		if len(text) < cap(text)-1 {
			continue
		}
		if end := bytes.LastIndexByte(text[begun:], '\n'); end >= 0 {
			end += begun + 1
			t.rest = append(t.rest, text[end:]...)
			text = text[:end]
			break
		}
		if len(text) > longestLine {
			t.ended = true
			return b, &DataError{File: t.name, Reason: fmt.Sprintf("has a line of more than %d MiB; is it an edge list?", longestLine>>20)}
		}
		begun = len(text)
		longer := make([]byte, len(text), 2*cap(text))
		copy(longer, text)
		text = longer
	}
	if t.ended && len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	b.buffer = text
	if len(text) > 0 {
		b.text = text
	}
	t.progress.Report("reading "+t.name, t.raw.read.Load(), t.size)
	return b, nil
}
