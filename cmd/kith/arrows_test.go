package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// layers are the top-level folders in the order of the data; a folder may
// import those that its entry names, besides itself.
var layers = map[string][]string{
	"graph":     {},
	"deploy":    {},
	"loaders":   {"graph"},
	"community": {"graph"},
	"influence": {"graph", "community"},
	"api":       {"graph", "community", "influence", "deploy"},
	"cmd":       {"graph", "loaders", "community", "influence", "api", "deploy"},
}

// keepers are the folders that alone may import a library.
var keepers = map[string][]string{
	"github.com/labstack/echo/v4":          {"api"},
	"github.com/neo4j/neo4j-go-driver/v5":  {"graph/neo4jstore"},
	"github.com/duckdb/duckdb-go/v2":       {"graph/duckstore", "loaders"},
	"github.com/duckdb/duckdb-go-bindings": {"graph/duckstore"},
	"github.com/schollz/progressbar/v3":    {"cmd"},
	"github.com/alecthomas/kong":           {"cmd"},
	"github.com/prometheus/client_golang":  {"api"},
	"github.com/getkin/kin-openapi":        {"api"},
	"github.com/oapi-codegen/runtime":      {"api"},
	"github.com/swaggest/swgui":            {"api"},
}

func TestImportsGoOneWay(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && p != root || d.Name() == "testdata" || d.Name() == "node_modules") {
			if p == root {
				return nil
			}
			return filepath.SkipDir
		}
		if filepath.Ext(p) != ".go" || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		folder := filepath.ToSlash(filepath.Dir(rel))
		f, err := parser.ParseFile(token.NewFileSet(), p, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if reason := forbidden(folder, imported); reason != "" {
				t.Errorf("%s imports %s: %s", rel, imported, reason)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Errorf("only %d files were read; the walk has lost its way", files)
	}
}

// Whoever opens a folder finds in doc.go what it is for.
func TestEachPackageSaysWhatItIs(t *testing.T) {
	root := filepath.Join("..", "..")
	packages := map[string]bool{}
	err := filepath.WalkDir(root, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != root && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if filepath.Ext(p) == ".go" {
			packages[filepath.Dir(p)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(packages) < 20 {
		t.Errorf("only %d packages were found; the walk has lost its way", len(packages))
	}
	for folder := range packages {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, "doc.go"), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Error(err)
			continue
		}
		if doc := f.Doc.Text(); !strings.HasPrefix(doc, "Package "+f.Name.Name+" ") && !strings.HasPrefix(doc, "Command ") {
			t.Errorf("%s begins with %.40q, not with what the package is", filepath.Join(folder, "doc.go"), doc)
		}
	}
}

func TestForbiddenImportsAreSeen(t *testing.T) {
	for _, c := range []struct{ folder, imported string }{
		{"graph", "kith/community"},
		{"community/recommend", "kith/influence"},
		{"api", "kith/loaders"},
		{"loaders", "kith/community"},
		{"graph", "github.com/duckdb/duckdb-go/v2"},
		{"cmd/kith", "github.com/labstack/echo/v4/middleware"},
	} {
		if forbidden(c.folder, c.imported) == "" {
			t.Errorf("%s may import %s, and should not", c.folder, c.imported)
		}
	}
	if why := forbidden("api/analysis", "kith/community/recommend"); why != "" {
		t.Errorf("api/analysis must be free to import community/recommend: %s", why)
	}
}

// forbidden says why a folder may not import a package, or nothing.
func forbidden(folder, imported string) string {
	top, _, _ := strings.Cut(folder, "/")
	if strings.HasPrefix(folder, "graph/bench/") {
		top = "cmd" // commands that measure; nobody can import them
	}
	if own, ok := strings.CutPrefix(imported, "kith/"); ok {
		target, _, _ := strings.Cut(own, "/")
		if target == top {
			return ""
		}
		for _, allowed := range layers[top] {
			if allowed == target {
				return ""
			}
		}
		return "the arrows of the design do not allow it"
	}
	for library, folders := range keepers {
		if imported != library && !strings.HasPrefix(imported, library+"/") {
			continue
		}
		for _, f := range folders {
			if folder == f || strings.HasPrefix(folder, f+"/") {
				return ""
			}
		}
		return "only " + strings.Join(folders, " and ") + " may"
	}
	return ""
}

func TestLayersCoverTheTree(t *testing.T) {
	entries, err := filepath.Glob(filepath.Join("..", "..", "*", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		top := path.Base(filepath.ToSlash(filepath.Dir(e)))
		if _, ok := layers[top]; !ok {
			t.Errorf("folder %s has Go files and no place in the order of folders", top)
		}
	}
}
