package loaders

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kith/graph"
)

// Stdin is the path that stands for the standard input.
const Stdin = "-"

// endings are those of files that a folder is searched for, and packings those
// that may follow.
var (
	endings  = []string{".csv", ".tsv", ".tab", ".psv", ".txt", ".dat", ".jsonl", ".ndjson", ".json", ".gml", ".parquet"}
	packings = []string{".gz", ".zst"}
)

// Left is a file that Expand leaves out, and why.
type Left struct{ Path, Reason string }

// Expand makes files of folders and patterns. A folder stands for all files in
// it and below it whose ending is that of a format, packed or not, in the order
// of their paths; those whose names begin with a dot or an underscore, as the
// marks of other programs do, those with other endings, and data folders of kith
// are left out. A
// pattern with *, ? or [ that is not the name of a file itself stands for all
// files that match, whatever their endings, and for folders. Everything else,
// and "-" for the standard input, comes out as it is.
func Expand(paths []string) (files []string, left []Left, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		switch {
		case path == Stdin:
			if slices.Contains(files, Stdin) {
				return nil, nil, &graph.DataError{File: path, Reason: "the standard input can be read only once; name - once"}
			}
			files, err = append(files, path), nil
		case err == nil && info.IsDir():
			err = walk(path, &files, &left)
		case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, "*?["):
			err = match(path, &files, &left)
		default: // what is wrong with it is told when it is loaded
			files, err = append(files, path), nil
		}
		if err != nil {
			return nil, nil, err
		}
	}
	return files, left, nil
}

// match adds what a pattern stands for.
func match(pattern string, files *[]string, left *[]Left) error {
	fail := func(reason string) error { return &graph.DataError{File: pattern, Reason: reason} }
	if strings.Contains(pattern, "**") {
		return fail("** is not understood; name the folder itself to load all that is below it")
	}
	found, err := filepath.Glob(pattern)
	switch {
	case err != nil:
		return fail("there is no such file, and it is not a pattern either; check the brackets")
	case len(found) == 0:
		return fail("no file matches the pattern; check it")
	}
	before := len(*files)
	for _, path := range found {
		if strings.HasSuffix(path, mapEnding) { // it is about the others
			continue
		}
		if hidden(path) && !hidden(pattern) {
			*left = append(*left, Left{path, "hidden"})
			continue
		}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			if err := walk(path, files, left); err != nil {
				return err
			}
			continue
		}
		*files = append(*files, path)
	}
	if len(*files) == before {
		return fail("only hidden files match the pattern; name them")
	}
	return nil
}

// walk adds the files of a folder.
func walk(dir string, files *[]string, left *[]Left) error {
	if isStore(dir) {
		return &graph.DataError{File: dir, Reason: "it is a data folder of kith, not one of files to load"}
	}
	before := len(*files)
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrPermission) {
			return &graph.DataError{File: path, Reason: "you may not read the folder; change its permissions"}
		}
		if err != nil {
			return fmt.Errorf("list %s: %w", dir, err)
		}
		if path == dir {
			return nil
		}
		switch isDir := entry.IsDir(); {
		case !isDir && strings.HasSuffix(path, mapEnding): // it is about the others
			return nil
		case hidden(path):
			*left = append(*left, Left{path, "hidden"})
			if isDir {
				return filepath.SkipDir
			}
			return nil
		case isDir && isStore(path):
			*left = append(*left, Left{path, "a data folder of kith"})
			return filepath.SkipDir
		case isDir:
			return nil
		}
		info, err := os.Stat(path) // behind a link
		switch {
		case err != nil:
			*left = append(*left, Left{path, "a link to nothing"})
		case info.IsDir():
			*left = append(*left, Left{path, "a link to a folder"})
		case !info.Mode().IsRegular():
			*left = append(*left, Left{path, "not a plain file"})
		case !slices.Contains(endings, ending(path)):
			*left = append(*left, Left{path, "its ending is that of no format"})
		default:
			*files = append(*files, path)
		}
		return nil
	})
	if err == nil && len(*files) == before {
		err = &graph.DataError{File: dir, Reason: "the folder has no file whose name ends in " + strings.Join(endings, ", ") +
			", packed or not; name the files themselves, or a pattern"}
	}
	return err
}

// isStore says whether a folder is a data folder, whose rejects are not to be
// loaded.
func isStore(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "kith.duckdb"))
	return err == nil
}

// ending is the ending of a file's name, in small letters and without that of a
// packing.
func ending(path string) string {
	name := strings.ToLower(filepath.Base(path))
	for _, p := range packings {
		name = strings.TrimSuffix(name, p)
	}
	return filepath.Ext(name)
}

// hidden says whether a name is one that programs give to files which are not
// meant to be read.
func hidden(path string) bool {
	name := filepath.Base(path)
	return strings.HasPrefix(name, ".") && name != "." && name != ".." || strings.HasPrefix(name, "_")
}
