package loaders

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"kith/graph"
)

// sampleBytes and sampleRows bound what is looked at to guess how a file is
// written and what its columns are.
const (
	sampleBytes = 1 << 20
	sampleRows  = 2000
)

// source is one file, with what is known about how it is written.
type source struct {
	// path is what the file is called, and file is where it lies.
	path, file string
	bytes      int64
	// packed is gzip or zstd, or empty.
	packed  string
	parquet bool
	// lists says that it is one JSON object of lists.
	lists bool
	// graph says that it is one in GML, and what is read of it.
	graph graphPart
	// weblog says that it is the log of a web server, and salt is what sessions are
	// hashed with there; folderSalt gives that of the data folder.
	weblog     bool
	salt       string
	folderSalt func() (string, error)
	// database says that it is one of DuckDB, of which a query is asked.
	database bool
	query    string
	// hash is set where it is not that of file.
	hash    string
	charset charset

	d dialect
	// preamble says that Excel's line about the delimiter comes first.
	preamble bool
	header   bool
	// titles are the rows above the header, as reports have them.
	titles []string
	// columns are the names in the header, or the numbers from 1.
	columns []string
	// folders are the values of those behind the columns of the file, which the
	// folders on its path give.
	folders []string
	// types are DuckDB's types of the columns of a Parquet file.
	types []string
	// copied is a passing copy of a Parquet file in which the columns texts are
	// bytes, as some are not UTF-8.
	copied string
	texts  []string
	// sample has the fields of the first rows; exprs are the SQL names of
	// the columns.
	sample [][]string
	exprs  []string
}

// fail is a fault of the file as a whole, or of one line.
func (s *source) fail(line int64, reason string, args ...any) error {
	return &graph.DataError{File: s.path, Line: line, Reason: fmt.Sprintf(reason, args...)}
}

// Beginnings of files that are something else than text.
var (
	magicGzip    = []byte{0x1f, 0x8b}
	magicZstd    = []byte{0x28, 0xb5, 0x2f, 0xfd}
	magicParquet = []byte("PAR1")
	magicDuckDB  = []byte("DUCK") // behind a checksum
	magicOther   = []struct{ magic, advice string }{
		{"PK\x03\x04", "it is a zip archive or an Excel workbook; unpack it, or save the sheet as CSV"},
		{"\xd0\xcf\x11\xe0", "it is an old Excel workbook; save the sheet as CSV"},
		{"BZh", "it is packed with bzip2; unpack it, or pack it with gzip or zstd"},
		{"\xfd7zXZ\x00", "it is packed with xz; unpack it, or pack it with gzip or zstd"},
		{"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it"},
		{"SQLite format 3\x00", "it is an SQLite database; export the table as CSV"},
		{"%PDF-", "it is a PDF document; export the table as CSV"},
		{"<!DOCTYPE", "it is a web page, perhaps one with an error in the place of a download; fetch the file again"},
		{"<html", "it is a web page, perhaps one with an error in the place of a download; fetch the file again"},
		{"<?xml", "it is XML; export the table as CSV or JSON Lines"},
	}
)

// examine finds out what kind of file is at path; name is what it is called.
func examine(name, path string) (*source, error) {
	s := &source{path: name, file: path}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, s.fail(0, "there is no such file; check the path")
	case errors.Is(err, fs.ErrPermission):
		return nil, s.fail(0, "you may not read it; change its permissions")
	case err != nil:
		return nil, fmt.Errorf("look at %s: %w", path, err)
	case info.IsDir():
		return nil, s.fail(0, "it is a folder; name the files in it")
	case !info.Mode().IsRegular():
		return nil, s.fail(0, "it is not a plain file; write it to one first")
	case info.Size() == 0:
		return nil, s.fail(0, "it is empty; check what wrote it")
	}
	s.bytes = info.Size()
	f, err := os.Open(path)
	if err != nil {
		if errors.Is(err, fs.ErrPermission) {
			return nil, s.fail(0, "you may not read it; change its permissions")
		}
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, magicGzip):
		s.packed = "gzip"
	case bytes.HasPrefix(head, magicZstd):
		s.packed = "zstd"
	case bytes.HasPrefix(head, magicParquet):
		s.parquet = true
		return s, s.checkParquet(f)
	case len(head) >= 12 && bytes.Equal(head[8:12], magicDuckDB):
		s.database = true
	case hasEnding(name, ".parquet"):
		return nil, s.fail(0, "it is not a Parquet file; check what wrote it, or give it an ending such as .csv")
	case hasEnding(name, ".gz"), hasEnding(name, ".zst"):
		return nil, s.fail(0, "it is not packed as its ending says; check what wrote it, or rename it")
	}
	return s, nil
}

func hasEnding(path, ending string) bool { return strings.EqualFold(filepath.Ext(path), ending) }

// checkParquet sees whether a file ends as it should.
func (s *source) checkParquet(f io.ReaderAt) error {
	tail := make([]byte, 4)
	if s.bytes < 12 {
		return s.fail(0, "the Parquet file is cut off; copy it again")
	}
	if _, err := f.ReadAt(tail, s.bytes-4); err != nil {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	if !bytes.Equal(tail, magicParquet) {
		return s.fail(0, "the Parquet file is cut off; copy it again")
	}
	return nil
}

// data is what DuckDB reads of a Parquet file.
func (s *source) data() string {
	if s.copied != "" {
		return s.copied
	}
	return s.file
}

// unpack makes a stream of what is in a file out of a stream of its bytes.
func (s *source) unpack(raw io.Reader) (io.ReadCloser, error) {
	switch s.packed {
	case "gzip":
		z, err := newGzipReader(raw)
		if err != nil {
			return nil, s.readError(0, err)
		}
		return z, nil
	case "zstd":
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return nil, s.readError(0, err)
		}
		return z.IOReadCloser(), nil
	}
	return io.NopCloser(raw), nil
}

// rows makes a scanner of the rows of a file out of a stream of its bytes: it
// unpacks, leaves out a byte order mark, and decodes.
func (s *source) rows(raw io.Reader) (*scanner, io.Closer, error) {
	unpacked, err := s.unpack(raw)
	if err != nil {
		return nil, nil, err
	}
	text, err := s.charset.reader(unpacked)
	if err != nil {
		return nil, nil, errors.Join(s.readError(0, err), unpacked.Close())
	}
	if s.lists {
		text = newListReader(text)
	}
	if s.graph != noGraph {
		text = newGMLReader(text, s.graph)
	}
	if s.weblog {
		text = newWeblogReader(text, s.salt)
	}
	sc := newScanner(text, s.d)
	if s.weblog {
		sc.weblog = true
		sc.line = 0 // of the header, which the log does not have
	}
	if s.header && !s.parquet {
		sc.heading.above = s.above()
	}
	sc.wild = s.charset.fault()
	return sc, unpacked, nil
}

// named says whether the columns have names.
func (s *source) named() bool { return s.header || s.parquet || s.d.json != notJSON }

// above is how many rows come before the data.
func (s *source) above() int {
	n := len(s.titles)
	for _, there := range []bool{s.preamble, s.header} {
		if there {
			n++
		}
	}
	return n
}

// own says that DuckDB can only read a text file once it has been copied.
func (s *source) own() bool {
	return s.lists || s.weblog || s.packed != "" || s.charset.bom > 0 || s.charset.enc != nil || s.d.cr || len(s.d.delim) != 1 || s.d.json != notJSON || s.preamble || len(s.titles) > 0
}

// readError explains why a file could not be read on behind a line.
func (s *source) readError(line int64, err error) error {
	if j := (*jsonError)(nil); errors.As(err, &j) {
		return s.fail(line, "%s (%s); correct the file, and load it again", j.reason, j.text)
	}
	if g := (*gmlError)(nil); errors.As(err, &g) {
		return s.fail(g.line, "%s (%s); correct the file, and load it again", g.reason, g.text)
	}
	if h := (*headingError)(nil); errors.As(err, &h) {
		return s.fail(h.line, "the header stands here again with the columns in another order, so that what follows would be read wrong; make two files of it")
	}
	if s.packed == "" {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	if errors.Is(err, errBehindGzip) {
		return s.fail(line, "the gzip file ends here, and something stands behind its end; copy it again, or cut off what is behind")
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return s.fail(line, "the %s file is cut off here; copy it again", s.packed)
	}
	return s.fail(line, "the %s file is damaged here (%v); copy it again", s.packed, err)
}
