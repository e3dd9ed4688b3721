package loaders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
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
	path  string
	bytes int64
	// packed is gzip or zstd, or empty.
	packed  string
	parquet bool
	bom     bool

	d      dialect
	header bool
	// columns are the names in the header, or the numbers from 1.
	columns []string
	// types are DuckDB's types of the columns of a Parquet file.
	types []string
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
	magicOther   = []struct{ magic, advice string }{
		{"PK\x03\x04", "it is a zip archive or an Excel workbook; unpack it, or save the sheet as CSV"},
		{"\xd0\xcf\x11\xe0", "it is an old Excel workbook; save the sheet as CSV"},
		{"BZh", "it is packed with bzip2; unpack it, or pack it with gzip or zstd"},
		{"\xfd7zXZ\x00", "it is packed with xz; unpack it, or pack it with gzip or zstd"},
		{"7z\xbc\xaf\x27\x1c", "it is a 7z archive; unpack it"},
		{"SQLite format 3\x00", "it is an SQLite database; export the table as CSV"},
		{"%PDF-", "it is a PDF document; export the table as CSV"},
		{"\xff\xfe", "it is UTF-16 text; convert it, for example with iconv -f UTF-16 -t UTF-8"},
		{"\xfe\xff", "it is UTF-16 text; convert it, for example with iconv -f UTF-16 -t UTF-8"},
	}
)

// examine finds out what kind of file is at path.
func examine(path string) (*source, error) {
	s := &source{path: path}
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
	case hasEnding(path, ".parquet"):
		return nil, s.fail(0, "it is not a Parquet file; check what wrote it, or give it an ending such as .csv")
	case hasEnding(path, ".gz"), hasEnding(path, ".zst"):
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

// text makes a stream of the text of a file out of a stream of its bytes: it
// unpacks, and leaves out a byte order mark.
func (s *source) text(raw io.Reader) (io.ReadCloser, error) {
	var r io.ReadCloser
	switch s.packed {
	case "gzip":
		z, err := gzip.NewReader(raw)
		if err != nil {
			return nil, s.readError(0, err)
		}
		r = z
	case "zstd":
		z, err := zstd.NewReader(raw, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return nil, s.readError(0, err)
		}
		r = z.IOReadCloser()
	default:
		r = io.NopCloser(raw)
	}
	if !s.bom {
		return r, nil
	}
	if _, err := io.ReadFull(r, make([]byte, 3)); err != nil {
		return nil, s.readError(0, err)
	}
	return r, nil
}

// readError explains why a file could not be read on behind a line.
func (s *source) readError(line int64, err error) error {
	if s.packed == "" {
		return fmt.Errorf("read %s: %w", s.path, err)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return s.fail(line, "the %s file is cut off here; copy it again", s.packed)
	}
	return s.fail(line, "the %s file is damaged here (%v); copy it again", s.packed, err)
}

// learn reads the beginning of a text file and finds out how it is written.
func (s *source) learn(ctx context.Context, o *Options) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	head, whole, err := s.beginning()
	if err != nil {
		return err
	}
	if len(head) == 0 {
		return s.fail(0, "it is empty; check what wrote it")
	}
	if err := s.checkText(head); err != nil {
		return err
	}
	s.d.cr = bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0
	if !whole { // leave the last row out, which may be cut
		end := byte('\n')
		if s.d.cr {
			end = '\r'
		}
		i := bytes.LastIndexByte(head, end)
		if i < 0 {
			return s.fail(1, "the first line is longer than 1 MB; check what wrote the file and how it ends its lines")
		}
		head = head[:i+1]
	}
	guessed := sniffDelimiter(head, s.d)
	s.d.delim = guessed
	if o.Delimiter != "" {
		if s.d.delim, err = delimiter(o.Delimiter); err != nil {
			return err
		}
	}
	rows, faulty, fault := sampleOf(head, s.d, sampleRows)
	switch {
	case fault != "" && o.Header != HeaderNo:
		return s.fail(1, "the first row cannot be read: %s; correct the file", fault)
	case len(rows) == 0:
		return s.fail(0, "it has no row that can be read; check what wrote it")
	}
	switch o.Header {
	case HeaderYes:
		s.header = true
	case HeaderNo:
	default:
		s.header = hasHeader(rows)
	}
	if s.header {
		for i, name := range rows[0] {
			name = strings.TrimSpace(name)
			if name == "" {
				name = fmt.Sprintf("column %d", i+1)
			}
			s.columns = append(s.columns, name)
		}
		rows = rows[1:]
		if len(rows) == 0 && faulty == 0 && whole {
			return s.fail(0, "it has a header but no rows; check what wrote it, or pass --header no if the first row is data")
		}
	} else {
		for i := range usualLength(rows) {
			s.columns = append(s.columns, fmt.Sprint(i+1))
		}
	}
	s.d.columns = len(s.columns)
	for i := range s.columns {
		s.exprs = append(s.exprs, fmt.Sprintf("c%d", i+1))
	}
	for _, row := range rows {
		if len(row) == len(s.columns) {
			s.sample = append(s.sample, row)
		}
	}
	if len(s.columns) == 1 && guessed != s.d.delim {
		rows, _, _ := sampleOf(head, dialect{delim: guessed, cr: s.d.cr}, sampleRows)
		if usualLength(rows) > 1 {
			return s.fail(0, "with the delimiter %s every row is one field; it looks as if %s were between them: pass --delimiter %s or leave it out",
				delimName(s.d.delim), delimName(guessed), delimName(guessed))
		}
	}
	return nil
}

// beginning is the first text of the file, and whether that is all of it.
func (s *source) beginning() (head []byte, whole bool, err error) {
	f, err := os.Open(s.path)
	if err != nil {
		return nil, false, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer f.Close()
	r, err := s.text(f)
	if err != nil {
		return nil, false, err
	}
	defer r.Close()
	head, err = io.ReadAll(io.LimitReader(r, sampleBytes))
	if err != nil {
		return nil, false, s.readError(int64(bytes.Count(head, []byte{'\n'})+1), err)
	}
	if bytes.HasPrefix(head, []byte("\xef\xbb\xbf")) {
		s.bom = true
		head = head[3:]
	}
	return head, len(head) < sampleBytes-3, nil
}

// checkText refuses what is not delimited text.
func (s *source) checkText(head []byte) error {
	for _, m := range magicOther {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return s.fail(0, "%s", m.advice)
		}
	}
	zeros, control := 0, 0
	for _, c := range head[:min(len(head), 1<<16)] {
		switch {
		case c == 0:
			zeros++
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f':
			control++
		}
	}
	n := min(len(head), 1<<16)
	switch {
	case zeros > n/4 && utf16Like(head[:n]):
		return s.fail(0, "it is UTF-16 text; convert it, for example with iconv -f UTF-16LE -t UTF-8")
	case zeros+control > 2 && (zeros+control)*50 > n:
		return s.fail(0, "it is a binary file, not text; kith load reads CSV, TSV and Parquet")
	case head[0] == '{', head[0] == '[' && bytes.IndexByte(head[:n], '{') >= 0:
		return s.fail(0, "it looks like JSON; kith load reads CSV, TSV and Parquet, so convert it first")
	}
	return nil
}

// utf16Like says whether nearly all NUL bytes are at even or at odd places.
func utf16Like(b []byte) bool {
	var at [2]int
	for i, c := range b {
		if c == 0 {
			at[i&1]++
		}
	}
	return at[0] > 20*at[1] || at[1] > 20*at[0]
}
