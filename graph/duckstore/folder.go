package duckstore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"kith/graph"
)

// prepareFolder sees to it that dir is a folder that DuckDB can be pointed at.
func prepareFolder(dir string, o Options) error {
	// The driver takes a path with settings behind it in the form of a URL
	// and would cut the path at these.
	if i := strings.IndexAny(dir, "?#%"); i >= 0 {
		return fmt.Errorf("open data folder %s: the path of a data folder must not have the character %q: choose another", dir, dir[i])
	}
	if strings.ContainsFunc(dir, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return fmt.Errorf("open data folder %q: the path of a data folder must not have control characters: choose another", dir)
	}
	info, err := os.Stat(dir)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil || errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("open data folder %s: this is a file, or lies beneath one: give the path of a folder", dir)
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("open data folder %s: %w", dir, err)
	case !o.Create || o.ReadOnly:
		return fmt.Errorf("open data folder %s: %w: the folder does not exist; load some data into it first", dir, graph.ErrNoStore)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("create data folder %s: %w", dir, err)
	}
	return nil
}

// prepareTemp chooses where DuckDB spills to. The writer has dir/kith.tmp to itself
// and empties it, and the folder of passing copies, of what a killed process left
// there. Readers may be several,
// and DuckDB's names for such files are not unique: each has a folder of its
// own, if need be outside of a data folder that cannot be written to.
func (s *Store) prepareTemp() error {
	s.temp = s.path(tempName)
	if !s.o.ReadOnly {
		for _, name := range []string{tempName, PassingName} {
			if err := os.RemoveAll(s.path(name)); err != nil {
				return fmt.Errorf("open data folder %s: empty %s: %w", s.dir, name, err)
			}
		}
		return nil // DuckDB makes it when it needs it
	}
	if err := os.MkdirAll(s.temp, 0o700); err == nil {
		if own, err := os.MkdirTemp(s.temp, "reader-"); err == nil {
			s.temp = own
			return nil
		}
	}
	own, err := os.MkdirTemp("", "kith-reader-")
	if err != nil {
		return fmt.Errorf("open data folder %s: make a folder for what does not fit in memory: %w", s.dir, err)
	}
	s.temp = own
	return nil
}

func (s *Store) removeTemp() error {
	if s.temp == "" {
		return nil
	}
	err := os.RemoveAll(s.temp)
	if s.o.ReadOnly {
		// The last reader takes the folder of readers away with it; it is
		// not empty for the others.
		if parent := filepath.Dir(s.temp); parent == s.path(tempName) {
			_ = os.Remove(parent)
		}
	}
	return err
}

// syncFolder makes a rename in dir outlive a loss of power.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("write the data folder %s: %w", dir, err)
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // this file system has no such thing
	}
	if err = errors.Join(err, d.Close()); err != nil {
		return fmt.Errorf("write the data folder %s: %w", dir, err)
	}
	return nil
}
