package loaders

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"
	"text/template"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries are all of them, read once and never changed.
var queries = template.Must(template.ParseFS(queryFiles, "queries/*.sql"))

// render fills in one of the queries. What goes in are identifiers, literals
// and expressions that ident, literal and the styles of times have written;
// nothing of a user's reaches SQL otherwise.
func render(name string, data any) (string, error) {
	var b strings.Builder
	if err := queries.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("fill in the query %s: %w", name, err)
	}
	return b.String(), nil
}

// literal writes a text as an SQL literal.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// ident writes an identifier of SQL.
func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

// list writes a list of texts.
func list(texts []string) string {
	out := make([]string, len(texts))
	for i, s := range texts {
		out[i] = literal(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// jsonText writes a text as a JSON string.
func jsonText(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(s) // a string always can be
	return strings.TrimSuffix(b.String(), "\n")
}
