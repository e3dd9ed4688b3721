package loaders

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kith/graph"
)

// MapFile says how files of one shape are read, so that nobody needs to say it
// again. docs/loading.md has every key.
type MapFile struct {
	// Path is where it lies, Hash its SHA-256, hex.
	Path, Hash string
	// Files are the patterns of names that it is for; without any it is for
	// those that begin with its own name, as calls.map.yaml is for
	// calls-2024.csv.
	Files []string
	// Says are the options that it sets.
	Says Options

	// zoneFault is what is said where nobody knows the zone that it names; only
	// the store tells.
	zoneFault error
}

// mapEnding is what names of map files end in.
const mapEnding = ".map.yaml"

// NoMapFile as Options.MapFile keeps a load from looking for one.
const NoMapFile = "none"

// ReadMapFile reads a map file. What is wrong with it is a graph.DataError with
// the line.
func ReadMapFile(path string) (*MapFile, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the map file: %w", err)
	}
	return ParseMapFile(path, text)
}

// ParseMapFile reads the text of a map file.
func ParseMapFile(path string, text []byte) (*MapFile, error) {
	sum := sha256.Sum256(text)
	m := &MapFile{Path: path, Hash: hex.EncodeToString(sum[:])}
	m.Says.Map, m.Says.Changes, m.Says.Units, m.Says.Types = Map{}, Changes{}, map[string]string{}, map[string]string{}
	r := &mapReader{m: m}
	if err := r.read(text); err != nil {
		return nil, err
	}
	return m, nil
}

// stem is the name of the map file without its ending.
func (m *MapFile) stem() string { return strings.TrimSuffix(filepath.Base(m.Path), mapEnding) }

// fits says whether the map file is for a data file.
func (m *MapFile) fits(path string) bool {
	name := filepath.Base(path)
	if len(m.Files) == 0 {
		return m.stem() != "" && strings.HasPrefix(name, m.stem())
	}
	return slices.ContainsFunc(m.Files, func(pattern string) bool {
		ok, _ := filepath.Match(pattern, name) // it was seen to be a pattern
		return ok
	})
}

// findMapFile finds the one that lies beside a data file and is for it, or
// none. Of several the one with the longest name of those that the data file's
// name begins with counts.
func findMapFile(path string, kind Kind) (*MapFile, error) {
	dir := filepath.Dir(path)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return nil, nil // what is wrong with the data file itself is said later
	}
	if err != nil {
		return nil, fmt.Errorf("look for a map file beside %s: %w", path, err)
	}
	var found []*MapFile
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), mapEnding) {
			continue
		}
		m, err := ReadMapFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, fmt.Errorf("%w (it lies beside %s; --map-file none leaves it out)", err, filepath.Base(path))
		}
		if m.fits(path) && (kind == "" || m.Says.Kind == "" || m.Says.Kind == kind) {
			found = append(found, m)
		}
	}
	slices.SortStableFunc(found, func(a, b *MapFile) int { return b.nearness(path) - a.nearness(path) })
	if len(found) > 1 && found[0].nearness(path) == found[1].nearness(path) {
		return nil, &graph.DataError{File: path, Reason: fmt.Sprintf("both %s and %s are for it; say which with --map-file, or what the file holds with --as",
			filepath.Base(found[0].Path), filepath.Base(found[1].Path))}
	}
	if len(found) == 0 {
		return nil, nil
	}
	return found[0], nil
}

// nearness is how much of a data file's name the map file has in its own.
func (m *MapFile) nearness(path string) int {
	if strings.HasPrefix(filepath.Base(path), m.stem()) {
		return len(m.stem())
	}
	return 0
}

// forFile are the options for one file: those given, and where they say nothing,
// those of the map file.
func (o *Options) forFile(path string) (*Options, error) {
	out := *o
	var m *MapFile
	var err error
	switch o.MapFile {
	case NoMapFile:
	case "":
		if path == Stdin {
			break
		}
		m, err = findMapFile(path, o.Kind)
		if m != nil {
			out.mapNote = "it is read as " + m.Path + " says"
		}
	default:
		m, err = ReadMapFile(o.MapFile)
		if err == nil && o.Kind != "" && m.Says.Kind != "" && m.Says.Kind != o.Kind {
			err = &graph.DataError{File: m.Path, Reason: fmt.Sprintf("is for %s, but %s is to be read as %s; leave --as out or give another map file", m.Says.Kind, path, o.Kind)}
		}
	}
	if err != nil || m == nil {
		return &out, err
	}
	says := m.Says
	if out.Zone == "" {
		out.zoneFault = m.zoneFault
	}
	for _, text := range []struct {
		given *string
		says  string
	}{{&out.Delimiter, says.Delimiter}, {&out.Encoding, says.Encoding}, {(*string)(&out.Header), string(says.Header)}, {&out.Zone, says.Zone},
		{(*string)(&out.Dates), string(says.Dates)}, {&out.Decimal, says.Decimal}, {&out.MaxRejects, says.MaxRejects}, {(*string)(&out.Kind), string(says.Kind)}} {
		if *text.given == "" {
			*text.given = text.says
		}
	}
	out.Map = over(says.Map, o.Map)
	out.Changes = over(says.Changes, o.Changes)
	out.Units = over(says.Units, o.Units)
	out.Types = over(says.Types, o.Types)
	out.HashIDs = o.HashIDs || says.HashIDs
	out.NoOthers = o.NoOthers || says.NoOthers
	out.mapMark = filepath.Base(m.Path) + " sha256:" + m.Hash
	return &out, nil
}

// over is a with what b says put over it.
func over[M ~map[string]V, V any](a, b M) M {
	out := M{}
	maps.Copy(out, a)
	maps.Copy(out, b)
	return out
}
