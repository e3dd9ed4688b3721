package persons

import (
	"embed"
	"fmt"
	"strings"
	"text/template"
)

//go:embed queries/*.sql
var queryFiles embed.FS

var queries = template.Must(template.New("").Funcs(template.FuncMap{"add": func(a, b int) int { return a + b }}).ParseFS(queryFiles, "queries/*.sql"))

// query is the text of queries/name.sql. What is filled in are literals that
// literal has written.
func query(name string, data any) string {
	var b strings.Builder
	if err := queries.ExecuteTemplate(&b, name+".sql", data); err != nil {
		panic(fmt.Sprintf("persons: fill in the query %s: %v", name, err)) // the names are constants of this package
	}
	return b.String()
}

// pointer writes the name of an attribute as a JSON pointer.
func pointer(attribute string) string {
	return "/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(attribute)
}

// literal writes a text as an SQL literal.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// value is the expression for an attribute's text; NULL where there is none.
func value(attribute string) string {
	if attribute == "" {
		return "NULL"
	}
	return "json_extract_string(nullif(attributes, ''), " + literal(pointer(attribute)) + ")"
}

// pointers are the attributes as a list of JSON pointers.
func pointers(attributes []string) string {
	out := make([]string, len(attributes))
	for i, a := range attributes {
		out[i] = literal(pointer(a))
	}
	return "[" + strings.Join(out, ", ") + "]"
}
