package loaders

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"
)

// A folder called dt=2026-01-31 gives the files below it a column dt that is the
// same in all of their rows: programs that write a table in parts leave it out of
// the files themselves. Such columns follow those of the file.

// emptyFolder is how Hive and Spark call the folder of rows without a value.
const emptyFolder = "__HIVE_DEFAULT_PARTITION__"

// addFolders adds the columns that the folders on the path give. A column of the
// file with that name stays what it is.
func (s *source) addFolders() {
	s.d.columns = len(s.columns)
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(s.path)), "/") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || name == "" || slices.ContainsFunc(s.columns, func(c string) bool { return strings.EqualFold(c, name) }) {
			continue
		}
		if text, err := url.PathUnescape(value); err == nil && !strings.ContainsRune(text, 0) {
			value = text
		}
		if value == emptyFolder {
			value = ""
		}
		s.columns = append(s.columns, name)
		s.exprs = append(s.exprs, literal(value))
		if s.parquet {
			s.types = append(s.types, "VARCHAR")
		}
		s.folders = append(s.folders, value)
		for i, row := range s.sample {
			s.sample[i] = append(slices.Clip(row), value)
		}
	}
}

// inFolder says whether a column is that of a folder.
func (s *source) inFolder(column int) bool { return s.d.columns > 0 && column >= s.d.columns }

// folders are the columns of folders that a plan uses, as the folders are called:
// files of equal rows in different folders are different.
func (p *plan) folders() string {
	used := map[int]bool{}
	for _, b := range p.fields {
		used[b.column], used[b.clock-1] = true, true
	}
	for _, a := range p.attributes {
		used[a.column] = true
	}
	var parts []string
	for i, name := range p.src.columns {
		if used[i] && p.src.inFolder(i) {
			parts = append(parts, name+"="+p.src.folders[i-p.src.d.columns])
		}
	}
	return strings.Join(parts, "/")
}

// dated says whether the value of a folder is a time or a part of one, which says
// when a file was written and nothing of whom it is about.
func (s *source) dated(column int) bool {
	if !s.inFolder(column) {
		return false
	}
	value := s.folders[column-s.d.columns]
	return surelyTime([]string{value}) || compactShape.MatchString(value) ||
		slices.Contains([]string{"year", "month", "day", "hour", "week"}, strings.ToLower(s.columns[column]))
}
