package loaders

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// look finds out how the file is written and what its columns are.
func (l *loading) look(ctx context.Context, path string) (err error) {
	name, file := path, path
	if path == Stdin {
		if name = l.o.StdinName; name == "" {
			name = "stdin"
		}
		if file = l.spooled; file == "" {
			if file, err = l.spool(ctx); err != nil {
				return err
			}
		}
	}
	if l.src, err = examine(name, file); err != nil {
		return err
	}
	l.src.folderSalt = func() (string, error) { return l.st.Salt(ctx) }
	switch {
	case l.o.SQL != "" && !l.src.database:
		return l.src.fail(0, "it is not a DuckDB database; leave --sql out, or name one")
	case l.src.database && l.o.SQL == "":
		return l.src.fail(0, "it is a DuckDB database; say with --sql \"SELECT …\" which rows of it to load")
	case l.src.database:
		if err := l.export(ctx); err != nil {
			return err
		}
	}
	if l.bytewise {
		if err := l.copyAsBytes(ctx); err != nil {
			return err
		}
	}
	if l.src.parquet {
		err = l.src.learnParquet(ctx, l.st.DB())
	} else {
		err = l.src.learn(ctx, l.o)
	}
	if err == nil {
		l.src.addFolders()
	}
	return err
}

// spool keeps the standard input in a file, as files are read more than once.
func (l *loading) spool(ctx context.Context) (string, error) {
	f, err := l.temp()
	if err != nil {
		return "", err
	}
	done := make(chan error, 1)
	go func() { // who writes to it may never end
		_, err := io.Copy(f, l.o.Stdin)
		done <- errors.Join(err, f.Close())
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case err := <-done:
		if err != nil {
			return "", fmt.Errorf("keep the standard input in %s: %w", f.Name(), err)
		}
	}
	return f.Name(), nil
}
