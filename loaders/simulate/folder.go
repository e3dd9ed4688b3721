package simulate

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folder collects files that appear under their names all at the end, or not at
// all.
type folder struct {
	dir string
	// create opens a file for writing; tests put a full disk here.
	create func(path string) (io.WriteCloser, error)
	files  []*file
}

// file is one of them while it is written under its name and .part.
type file struct {
	name  string // with slashes, in the folder
	w     io.WriteCloser
	bytes int64
}

// partial is what an unfinished file's name ends in.
const partial = ".part"

// outputs are the files that a simulation writes, in the order in which they get
// their names; the last says that all are there.
var outputs = []string{
	"customers.csv", "products.csv", "churn.csv", "calls.csv", "purchases.csv",
	"truth/communities.csv", "truth/memberships.csv", "truth/churn.csv", "truth/report.json",
}

// enter prepares a folder. It refuses one that has files of those names from
// elsewhere: with no truth/ beside them.
func enter(dir string) (*folder, error) {
	if _, err := os.Stat(filepath.Join(dir, "truth")); errors.Is(err, fs.ErrNotExist) {
		for _, name := range outputs[:5] {
			if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
				return nil, fmt.Errorf("%s is there already and no simulation wrote it; choose another folder", filepath.Join(dir, name))
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "truth"), 0o755); err != nil {
		return nil, fmt.Errorf("make the folder for the simulation: %w", err)
	}
	return &folder{dir: dir, create: func(path string) (io.WriteCloser, error) {
		return os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	}}, nil
}

func (d *folder) path(name string) string { return filepath.Join(d.dir, filepath.FromSlash(name)) }

// open begins a file.
func (d *folder) open(name string) (*file, error) {
	w, err := d.create(d.path(name) + partial)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	f := &file{name: name, w: w}
	d.files = append(d.files, f)
	return f, nil
}

// write adds to the file; text comes in large pieces.
func (f *file) write(text []byte) error {
	n, err := f.w.Write(text)
	f.bytes += int64(n)
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	return nil
}

// close ends a file, once.
func (f *file) close() error {
	if f.w == nil {
		return nil
	}
	err := f.w.Close()
	f.w = nil
	if err != nil {
		return fmt.Errorf("write %s: %w", f.name, err)
	}
	return nil
}

// finish gives all files their names. The report of an earlier simulation goes
// first and the new one comes last, so that a report never stands beside files
// that are not its own.
func (d *folder) finish() error {
	for _, f := range d.files {
		if err := f.close(); err != nil {
			return err
		}
	}
	last := outputs[len(outputs)-1]
	if err := os.Remove(d.path(last)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("replace the former simulation: %w", err)
	}
	for _, name := range outputs {
		if err := os.Rename(d.path(name)+partial, d.path(name)); err != nil {
			return fmt.Errorf("name %s: %w", name, err)
		}
	}
	d.files = nil
	return nil
}

// discard removes what is unfinished. It does nothing after finish.
func (d *folder) discard() {
	for _, f := range d.files {
		_ = f.close() // the error that led here is the one to report
		_ = os.Remove(d.path(f.name) + partial)
	}
	d.files = nil
}
