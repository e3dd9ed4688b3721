package loaders

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// WatchOptions say which folder is watched and who is told.
type WatchOptions struct {
	// Options say how files are read; Files is not looked at.
	Options
	// Dir is the folder.
	Dir string
	// Every is the time between two looks at it; 0 means 2 s. A file is taken
	// for complete when its size and time have not changed for Quiet; 0 means
	// 5 s.
	Every, Quiet time.Duration
	// Loaded is told of each file that was loaded, Failed of each that was not.
	Loaded func(path string, r Receipt)
	Failed func(path string, err error)
}

// patience is how long a file waits that failed for a reason that is not its own,
// such as a full disk.
const patience = time.Minute

// seen is what is known about a file of a watched folder.
type seen struct {
	size    int64
	changed time.Time // as its folder says
	since   time.Time // when it was first seen so
	done    bool      // loaded or refused, as it is
	again   time.Time // not before
}

// Watch loads the files of a folder as they become complete, until ctx ends; then
// it returns nil. Files are those that Expand finds, so a file that is being
// written may be called .tmp or .part, or begin with a dot. One that is faulty is
// told of and passed over until it changes. A file that was loaded before, in this
// watch or any other way, is not loaded again.
func Watch(ctx context.Context, st *duckstore.Store, o WatchOptions) error {
	if o.Every == 0 {
		o.Every = 2 * time.Second
	}
	if o.Quiet == 0 {
		o.Quiet = 5 * time.Second
	}
	info, err := os.Stat(o.Dir)
	if err == nil && !info.IsDir() {
		err = errors.New("it is no folder")
	}
	if err != nil {
		return fmt.Errorf("watch %s: %w", o.Dir, err)
	}
	if err := Check(ctx, st, o.Options); err != nil {
		return err
	}
	known := map[string]*seen{}
	for {
		for _, path := range o.complete(known) {
			if err := o.take(ctx, st, path, known[path]); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(o.Every):
		}
	}
}

// complete are the files that can be loaded now, in the order of their paths.
func (o *WatchOptions) complete(known map[string]*seen) (ready []string) {
	// A folder that has no file yet, or is away for a while, is looked at again.
	files, _, _ := Expand([]string{o.Dir})
	now := time.Now()
	there := map[string]bool{}
	for _, path := range files {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		there[path] = true
		s := known[path]
		if s == nil || s.size != info.Size() || !s.changed.Equal(info.ModTime()) {
			s = &seen{size: info.Size(), changed: info.ModTime(), since: now}
			// What has not been touched for long need not be watched first.
			if now.Sub(s.changed) > o.Quiet {
				s.since = s.changed
			}
			known[path] = s
		}
		if !s.done && now.Sub(s.since) >= o.Quiet && now.After(s.again) {
			ready = append(ready, path)
		}
	}
	for path := range known {
		if !there[path] {
			delete(known, path)
		}
	}
	return ready
}

// take loads one file. Its error is one that ends the watch.
func (o *WatchOptions) take(ctx context.Context, st *duckstore.Store, path string, s *seen) (fatal error) {
	select {
	case <-ctx.Done():
		return nil
	default:
	}
	options := o.Options
	options.Files = []string{path}
	receipts, err := Load(ctx, st, options)
	if errors.Is(err, duckstore.ErrStopped) && ctx.Err() == nil {
		// Somebody filled the disk, now or before.
		if reopened := st.Reopen(ctx); reopened != nil {
			return fmt.Errorf("load %s: %w", path, errors.Join(err, reopened))
		}
	}
	var data *graph.DataError
	switch {
	case ctx.Err() != nil: // broken off: nothing of the file is there
	case err == nil:
		s.done = true
		o.Loaded(path, receipts[0])
	case errors.As(err, &data):
		s.done = true
		o.Failed(path, err)
	case errors.Is(err, duckstore.ErrFull), errors.Is(err, duckstore.ErrStopped), errors.Is(err, os.ErrNotExist), errors.Is(err, os.ErrPermission):
		s.again = time.Now().Add(patience)
		o.Failed(path, err)
	default:
		fatal = fmt.Errorf("load %s: %w", path, err)
	}
	return fatal
}
