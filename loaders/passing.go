package loaders

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kith/graph/duckstore"
)

// temp makes a file that goes away with the load, or, after a crash, when the
// store is opened next.
func (l *loading) temp() (*os.File, error) {
	dir := filepath.Join(l.dir, duckstore.PassingName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for a passing copy: %w", err)
	}
	f, err := os.CreateTemp(dir, "load-*.csv")
	if err != nil {
		return nil, fmt.Errorf("make a passing copy: %w", err)
	}
	l.temps = append(l.temps, f.Name())
	return f, nil
}

// copyClean writes the rows that can be read to a file that DuckDB reads
// instead.
func (l *loading) copyClean(ctx context.Context) error {
	f, err := l.temp()
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	l.v, err = l.src.take(ctx, l.src.copyTo(w), l.o.Progress)
	if err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	l.stage.file, l.stage.clean = f.Name(), true
	return nil
}

// link gives a file whose name DuckDB would take for a pattern another name.
func (l *loading) link(file string) error {
	f, err := l.temp()
	if err != nil {
		return err
	}
	name := f.Name()
	if err := errors.Join(f.Close(), os.Remove(name), os.Symlink(file, name)); err != nil {
		return fmt.Errorf("give %s a name without special characters: %w", l.src.path, err)
	}
	l.stage.file = name
	return nil
}

// drop takes a passing file away that is not needed any more, beside what follows:
// the system takes as long for a large one as for a small query.
func (l *loading) drop(name string) {
	l.leaving.Go(func() { _ = os.Remove(name) })
}

// tidy takes passing files away.
func (l *loading) tidy() {
	l.leaving.Wait()
	if l.bad != nil {
		l.bad.discard()
	}
	for _, name := range l.temps {
		_ = os.Remove(name)
	}
}
