package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kith/graph"
)

// table writes CSV rows without allocating for each.
type table struct {
	w   *bufio.Writer
	buf []byte
}

func (t *table) text(s string) {
	if !strings.ContainsAny(s, ",\"\n\r") {
		t.buf = append(t.buf, s...)
		return
	}
	t.buf = append(t.buf, '"')
	t.buf = append(t.buf, strings.ReplaceAll(s, `"`, `""`)...)
	t.buf = append(t.buf, '"')
}

func (t *table) next()            { t.buf = append(t.buf, ',') }
func (t *table) integer(n uint64) { t.buf = strconv.AppendUint(t.buf, n, 10) }
func (t *table) float(x float64)  { t.buf = strconv.AppendFloat(t.buf, x, 'g', -1, 64) }

func (t *table) end() error {
	_, err := t.w.Write(append(t.buf, '\n'))
	t.buf = t.buf[:0]
	return err
}

// write writes one row per vertex in canonical order to --out.
func (k *kernelRun) write(header string, value func(w *table, v int)) error {
	return k.writeTable(header, func(t *table) error {
		for v := range k.names.Len() {
			t.text(k.names.At(uint32(v)))
			t.next()
			value(t, v)
			if err := t.end(); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeNeighbours writes id,neighbour,similarity, the most alike first.
func (k *kernelRun) writeNeighbours(names *graph.Names, alike *graph.Graph) error {
	return k.writeTable("id,neighbour,similarity", func(t *table) error {
		for v := range uint32(names.Len()) {
			for _, n := range alike.Strongest(v) {
				t.text(names.At(v))
				t.next()
				t.text(names.At(n.Vertex))
				t.next()
				t.buf = strconv.AppendFloat(t.buf, float64(n.Weight), 'g', -1, 32)
				if err := t.end(); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// writeTable writes --out whole or not at all.
func (k *kernelRun) writeTable(header string, rows func(*table) error) error {
	return k.writeFile(k.flags.Out, header, rows)
}

// writeFile writes a file whole or not at all; none when the path is empty.
func (k *kernelRun) writeFile(path, header string, rows func(*table) error) (err error) {
	if path == "" {
		return nil
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".kith-*")
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
	t := &table{w: bufio.NewWriterSize(f, 1<<20)}
	if _, err := t.w.WriteString(header + "\n"); err != nil {
		return err
	}
	if err := rows(t); err != nil {
		return err
	}
	if err := t.w.Flush(); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
