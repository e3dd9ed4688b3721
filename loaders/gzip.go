package loaders

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
)

// errBehindGzip says that something stands behind the end of a gzip file that is no
// further part of it.
var errBehindGzip = errors.New("something stands behind the end")

// gzipReader reads the parts of a gzip file one after the other, as gzip does, and tells
// one that is cut off from something else behind the last.
type gzipReader struct {
	raw  *bufio.Reader
	part *gzip.Reader
}

func newGzipReader(raw io.Reader) (*gzipReader, error) {
	g := &gzipReader{raw: bufio.NewReaderSize(raw, 1<<16)}
	var err error
	if g.part, err = gzip.NewReader(g.raw); err != nil {
		return nil, err
	}
	g.part.Multistream(false)
	return g, nil
}

func (g *gzipReader) Read(p []byte) (int, error) {
	for {
		n, err := g.part.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		next, err := g.raw.Peek(len(magicGzip))
		switch {
		case len(next) == 0:
			return 0, err
		case !bytes.HasPrefix(magicGzip, next):
			return 0, errBehindGzip
		}
		if err := g.part.Reset(g.raw); err != nil {
			return 0, err
		}
		g.part.Multistream(false)
	}
}

func (g *gzipReader) Close() error { return g.part.Close() }
