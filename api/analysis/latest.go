package analysis

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"kith/graph"
)

// currentFile holds the id of the Result that was last known to be current.
const currentFile = "current"

// MarkCurrent notes in dir that id is the current run of the store, for when the
// store cannot be asked.
func MarkCurrent(dir, id string) (err error) {
	path := filepath.Join(dir, currentFile)
	if text, err := os.ReadFile(path); err == nil && strings.TrimSpace(string(text)) == id {
		return nil
	}
	f, err := os.CreateTemp(dir, "writing-*")
	if err != nil {
		return fmt.Errorf("note the current result: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("note the current result: %w", err), ignoreClosed(f.Close()), os.Remove(f.Name()))
		}
	}()
	if _, err := f.WriteString(id + "\n"); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// LatestID is the id that MarkCurrent noted last, empty where there is none.
func LatestID(dir string) (string, error) {
	text, err := os.ReadFile(filepath.Join(dir, currentFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("look for the current result: %w", err)
	}
	id := strings.TrimSpace(string(text))
	if id == "" || id != filepath.Base(id) {
		return "", fmt.Errorf("%s names no result; run kith analyze again: %w", filepath.Join(dir, currentFile), graph.ErrNoRun)
	}
	return id, nil
}

// Latest opens the Result that MarkCurrent named last; it returns
// graph.ErrNoRun where there is none.
func Latest(dir string) (*Result, error) {
	id, err := LatestID(dir)
	if err == nil && id == "" {
		err = graph.ErrNoRun
	}
	if err != nil {
		return nil, err
	}
	return Open(dir, id)
}
