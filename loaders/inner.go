package loaders

import (
	"fmt"
	"regexp"
)

// listHint says how a column with lists of objects, such as the lines of an order,
// becomes rows; nothing where there is none.
func (s *source) listHint() string {
	for i, name := range s.columns {
		if !s.hasLists(i) {
			continue
		}
		if s.parquet {
			return fmt.Sprintf("; the column %s has a list of objects in each row: write a row for each of them, as DuckDB does by SELECT * EXCLUDE (%s), unnest(%s, recursive := true)", reference(name), ident(name), ident(name))
		}
		path := "." + name
		return fmt.Sprintf("; the column %s has a list of objects in each row: write a row for each of them, as jq does by '. as $row | %s[] + ($row | del(%s))'", reference(name), path, path)
	}
	return ""
}

// shapeHint says what else may keep a file from being known: lists of objects, or a
// delimiter that was not found out.
func (s *source) shapeHint() string {
	if s.d.columns == 1 && !s.parquet && s.d.json == notJSON {
		return "; it was read as one column: pass --delimiter if the fields are separated by another character"
	}
	return s.listHint()
}

// hasLists says whether a column has arrays of objects.
func (s *source) hasLists(column int) bool {
	return (s.parquet || s.d.json != notJSON) && mostlyThere(s.values(column), objectList.MatchString)
}

// objectList is the text of an array of objects.
var objectList = regexp.MustCompile(`^\[\s*\{[\s\S]*\}\s*\]$`)
