package loaders

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"sync/atomic"

	"kith/graph"
)

// survey is what one pass over a file tells before DuckDB reads it: what it is,
// how many rows it has, and whether DuckDB can read it as it stands.
type survey struct {
	hash string
	// rows can be read; faulty cannot. Blank lines are neither.
	rows, faulty int64
	blankLines   int64
	// dirty says that DuckDB would not see the same rows, so it must be
	// given a clean copy.
	dirty     bool
	quotes    bool
	multiline bool
	blanks    bool // fields may have blanks around them
	crlf      bool // rows end in a carriage return and a line feed
	// wild are some of the rows that are not UTF-8.
	wild [][]byte
}

// take surveys a text file. When each is not nil it is given every row that can
// be read, header left out.
func (s *source) take(ctx context.Context, each func(*record) error, p graph.Progress) (*survey, error) {
	f, err := os.Open(s.file)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", s.path, err)
	}
	defer f.Close()
	raw := newPump(f)
	defer raw.stop()
	sc, text, err := s.rows(raw)
	if err != nil {
		return nil, err
	}
	defer text.Close()

	v := &survey{}
	above := s.above()
	for n := 0; sc.next(); n++ {
		if n&0xffff == 0 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			p.Report("reading "+s.path, raw.read.Load(), s.bytes)
		}
		r := &sc.rec
		if above > 0 {
			above--
			v.dirty = v.dirty || r.odd
			continue
		}
		if r.fault != "" {
			v.faulty++
			if r.fault == faultUTF8 && len(v.wild) < 100 {
				v.wild = append(v.wild, bytes.Clone(r.raw))
			}
			continue
		}
		v.rows++
		v.dirty = v.dirty || r.odd
		if each != nil {
			if err := each(r); err != nil {
				return nil, err
			}
		}
	}
	if sc.err != nil {
		return nil, s.readError(sc.line, sc.err)
	}
	// What the text did not need, such as bytes behind the end of a packed
	// stream, belongs to the hash.
	if _, err := io.Copy(io.Discard, raw); err != nil {
		return nil, fmt.Errorf("read %s: %w", s.path, err)
	}
	v.hash = raw.sum()
	v.blankLines, v.quotes, v.multiline, v.blanks, v.crlf = sc.blankLines, sc.quotes, sc.multiline, sc.blanks, sc.crlf
	// A row of one empty field is a blank line to DuckDB.
	v.dirty = v.dirty || v.faulty > 0 || v.blankLines > 0 || sc.lf && sc.crlf || s.own() || s.d.columns == 1
	p.Report("reading "+s.path, s.bytes, s.bytes)
	return v, nil
}

// copyTo has take copy every row, so that DuckDB reads exactly those.
func (s *source) copyTo(w *bufio.Writer) func(*record) error {
	return func(r *record) error { return s.writeRow(w, r) }
}

// writeRow copies a row. One that only some programs can read is written in the
// form that all can.
func (s *source) writeRow(w *bufio.Writer, r *record) error {
	if s.d.json != notJSON {
		return s.writeObject(w, r)
	}
	if !r.odd && s.d.columns > 1 && len(s.d.delim) == 1 {
		_, _ = w.Write(r.raw)
		return w.WriteByte('\n')
	}
	if len(s.d.delim) > 1 && !r.odd && s.d.columns > 1 && bytes.IndexByte(r.raw, '"') < 0 {
		s.writeCut(w, r.raw)
		return w.WriteByte('\n')
	}
	for i, f := range s.d.split(r.raw) {
		if i > 0 {
			_ = w.WriteByte(s.cleanDelim())
		}
		writeQuoted(w, []byte(f))
	}
	return w.WriteByte('\n')
}

// writeCut copies a row without quotes whose delimiter is too long for DuckDB.
func (s *source) writeCut(w *bufio.Writer, raw []byte) {
	for more := true; more; {
		var f []byte
		if f, raw, more = bytes.Cut(raw, []byte(s.d.delim)); bytes.IndexByte(f, s.cleanDelim()) >= 0 {
			writeQuoted(w, f)
		} else {
			_, _ = w.Write(f)
		}
		if more {
			_ = w.WriteByte(s.cleanDelim())
		}
	}
}

// writeObject writes the fields of an object as a row of as many as all have.
func (s *source) writeObject(w *bufio.Writer, r *record) error {
	for i := range s.d.columns {
		if i > 0 {
			_ = w.WriteByte(s.cleanDelim())
		}
		if i < len(r.fields) && len(r.fields[i]) > 0 || s.d.columns == 1 {
			writeQuoted(w, r.fields[i])
		}
	}
	return w.WriteByte('\n')
}

// writeQuoted writes a field in quotes.
func writeQuoted(w *bufio.Writer, f []byte) {
	_ = w.WriteByte('"')
	for {
		i := bytes.IndexByte(f, '"')
		if i < 0 {
			break
		}
		_, _ = w.Write(f[:i+1])
		_ = w.WriteByte('"')
		f = f[i+1:]
	}
	_, _ = w.Write(f)
	_ = w.WriteByte('"')
}

// cleanDelim separates the fields of a clean copy.
func (s *source) cleanDelim() byte {
	if len(s.d.delim) != 1 || s.d.json != notJSON {
		return ','
	}
	return s.d.delim[0]
}

// pump reads a file and takes its hash in a goroutine of its own, a few blocks
// ahead of who uses the text.
type pump struct {
	blocks chan []byte
	free   chan []byte
	done   chan struct{}
	hash   hash.Hash
	err    error // set before blocks is closed
	rest   []byte
	whole  []byte
	read   atomic.Int64
}

func newPump(f io.Reader) *pump {
	const size, ahead = 1 << 20, 3
	p := &pump{blocks: make(chan []byte, ahead), free: make(chan []byte, ahead+1), done: make(chan struct{}), hash: sha256.New()}
	go func() {
		defer close(p.blocks)
		for made := 0; ; made++ {
			var b []byte
			if made <= ahead { // a small file needs one
				b = make([]byte, size)
			} else {
				select {
				case b = <-p.free:
				case <-p.done:
					return
				}
			}
			n, err := io.ReadFull(f, b)
			p.hash.Write(b[:n])
			if n > 0 {
				select {
				case p.blocks <- b[:n]:
				case <-p.done:
					return
				}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
					p.err = err
				}
				return
			}
		}
	}()
	return p
}

// Read implements io.Reader.
func (p *pump) Read(to []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.whole != nil {
			p.free <- p.whole[:cap(p.whole)]
			p.whole = nil
		}
		b, ok := <-p.blocks
		if !ok {
			if p.err != nil {
				return 0, p.err
			}
			return 0, io.EOF
		}
		p.whole, p.rest = b, b
	}
	n := copy(to, p.rest)
	p.rest = p.rest[n:]
	p.read.Add(int64(n))
	return n, nil
}

// stop ends the goroutine and waits for it.
func (p *pump) stop() {
	close(p.done)
	for range p.blocks {
	}
}

// sum is the hash of the whole file, hex, once Read has returned io.EOF.
func (p *pump) sum() string { return hex.EncodeToString(p.hash.Sum(nil)) }

// hashFile is the hash of a file that is not read as text.
func hashFile(ctx context.Context, path string, size int64, p graph.Progress) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	raw := newPump(f)
	defer raw.stop()
	block := make([]byte, 1<<20)
	for {
		if err := ctx.Err(); err != nil {
			return "", err
		}
		_, err := raw.Read(block)
		p.Report("reading "+path, raw.read.Load(), size)
		if errors.Is(err, io.EOF) {
			return raw.sum(), nil
		}
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
	}
}
