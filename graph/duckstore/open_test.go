package duckstore

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph"
)

// mustSay sees that an error is one sentence with all of the given words.
func mustSay(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Error("it went well")
		return
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("%q has several lines", err)
	}
}

func TestOpenCreatesAndReopens(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data folder, ünïcode & 'quotes'")
	s := openAt(t, dir, Options{Create: true})
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("the folder has the mode %o, want 700: it holds personal data", info.Mode().Perm())
	}
	mustSync(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("a second Close: %v", err)
	}
	for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}, {Threads: 1, Memory: "300MB"}} {
		s := openAt(t, dir, o)
		n, err := s.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if n.Calls.Arcs() != 40 {
			t.Errorf("opened with %+v: %d arcs, want 40", o, n.Calls.Arcs())
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	names := filesIn(t, dir)
	if want := "kith.duckdb kith.lock"; strings.Join(names, " ") != want {
		t.Errorf("the folder is left with %v, want %s", names, want)
	}
}

// mustSync stores a network of 10 customers and 40 ties.
func mustSync(t testing.TB, s *Store) {
	t.Helper()
	if err := s.Sync(context.Background(), ringSource{10, 4}, nil); err != nil {
		t.Fatal(err)
	}
}

func filesIn(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSettings(t *testing.T) {
	s := openAt(t, t.TempDir(), Options{Create: true, Memory: "400MB", Threads: 3})
	for setting, want := range map[string]string{
		"TimeZone":                     "UTC",
		"autoinstall_known_extensions": "false",
		"autoload_known_extensions":    "false",
		"memory_limit":                 "381.4 MiB",
		"threads":                      "3",
		"disabled_optimizers":          "common_subplan",
		"temp_directory":               filepath.Join(s.dir, "kith.tmp"),
	} {
		var got string
		if err := s.DB().QueryRowContext(t.Context(), `SELECT current_setting(?)::VARCHAR`, setting).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", setting, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	// complete is a folder with data in it.
	complete := func(t *testing.T) string {
		dir := t.TempDir()
		s := openAt(t, dir, Options{Create: true})
		mustSync(t, s)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	file := func(dir string) string { return filepath.Join(dir, fileName) }
	change := func(t *testing.T, dir string, f func([]byte) []byte) {
		t.Helper()
		b, err := os.ReadFile(file(dir))
		if err == nil {
			err = os.WriteFile(file(dir), f(b), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		setUp func(t *testing.T) (dir string)
		o     Options
		is    error
		words []string
	}{
		{"no folder", func(t *testing.T) string { return filepath.Join(t.TempDir(), "none") },
			Options{}, graph.ErrNoStore, []string{"none: there is no kith data here", "load some data"}},
		{"no folder, reading", func(t *testing.T) string { return filepath.Join(t.TempDir(), "none") },
			Options{ReadOnly: true, Create: true}, graph.ErrNoStore, nil},
		{"empty folder", func(t *testing.T) string { return t.TempDir() },
			Options{}, graph.ErrNoStore, []string{"there is no kith data here"}},
		{"empty folder, reading", func(t *testing.T) string { return t.TempDir() },
			Options{ReadOnly: true, Create: true}, graph.ErrNoStore, nil},
		{"a file in place of the folder", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "calls.csv")
			if err := os.WriteFile(path, []byte("a,b\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}, Options{Create: true}, nil, []string{"calls.csv", "this is a file", "give the path of a folder"}},
		{"beneath a file", func(t *testing.T) string {
			path := filepath.Join(t.TempDir(), "calls.csv")
			if err := os.WriteFile(path, []byte("a,b\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			return filepath.Join(path, "data")
		}, Options{Create: true}, nil, []string{"this is a file, or lies beneath one"}},
		{"a folder in place of the file", func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.Mkdir(file(dir), 0o700); err != nil {
				t.Fatal(err)
			}
			return dir
		}, Options{Create: true}, nil, []string{"kith.duckdb is not a file"}},
		{"question mark", func(t *testing.T) string { return filepath.Join(t.TempDir(), "why?") },
			Options{Create: true}, nil, []string{"why?", "must not have the character '?'"}},
		{"newline", func(t *testing.T) string { return filepath.Join(t.TempDir(), "a\nb") },
			Options{Create: true}, nil, []string{`a\nb`, "control characters"}},
		{"text", func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.WriteFile(file(dir), []byte(strings.Repeat("caller,callee,time\n", 5000)), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, Options{Create: true}, nil, []string{"kith.duckdb is damaged or not a database of kith", "backup"}},
		{"empty file", func(t *testing.T) string {
			dir := complete(t)
			change(t, dir, func([]byte) []byte { return nil })
			return dir
		}, Options{Create: true}, nil, []string{"kith.duckdb is damaged", "it is empty"}},
		{"cut within the header", func(t *testing.T) string {
			dir := complete(t)
			change(t, dir, func(b []byte) []byte { return b[:2000] })
			return dir
		}, Options{}, nil, []string{"kith.duckdb is damaged", "backup"}},
		{"cut within the data", func(t *testing.T) string {
			dir := complete(t)
			change(t, dir, func(b []byte) []byte { return b[:13000] })
			return dir
		}, Options{}, nil, []string{"kith.duckdb is damaged", "backup"}},
		{"header overwritten", func(t *testing.T) string {
			dir := complete(t)
			change(t, dir, func(b []byte) []byte { copy(b, bytes.Repeat([]byte{0xaa}, 12288)); return b })
			return dir
		}, Options{}, nil, []string{"kith.duckdb is damaged", "backup"}},
		{"data overwritten", func(t *testing.T) string {
			dir := complete(t)
			change(t, dir, func(b []byte) []byte {
				for i := 12288; i < len(b); i++ {
					b[i] ^= 0x55
				}
				return b
			})
			return dir
		}, Options{}, nil, []string{"kith.duckdb is damaged", "backup"}},
		{"lost file, left log", func(t *testing.T) string {
			dir := t.TempDir()
			if err := os.WriteFile(file(dir)+".wal", []byte("x"), 0o600); err != nil {
				t.Fatal(err)
			}
			return dir
		}, Options{Create: true}, nil, []string{"kith.duckdb is gone but kith.duckdb.wal"}},
		{"memory", func(t *testing.T) string { return t.TempDir() },
			Options{Create: true, Memory: "lots"}, nil, []string{`the memory limit "lots" is not understood`, "2GB"}},
		{"threads", func(t *testing.T) string { return t.TempDir() },
			Options{Create: true, Threads: -1}, nil, []string{"-1 threads"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := c.setUp(t)
			before := contents(t, dir)
			s, err := Open(t.Context(), dir, c.o)
			if err == nil {
				s.Close()
			}
			mustSay(t, err, append(c.words, "open data folder")...)
			if c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%q is not %q", err, c.is)
			}
			if errors.Is(c.is, graph.ErrNoStore) {
				if left, _ := os.ReadDir(dir); len(left) > 0 {
					t.Errorf("it left %v in the folder", left)
				}
			}
			if after := contents(t, dir); after != before {
				t.Errorf("it changed the database file from %d bytes to %d", len(before), len(after))
			}
		})
	}
}

// contents is what is in the database file, or nothing.
func contents(t *testing.T, dir string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, fileName))
	if err != nil {
		return ""
	}
	return string(b)
}

// TestNewerVersion meets both ways of being newer: a migration and a storage
// format that are unknown here.
func TestNewerVersion(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	mustExec(t, s, `INSERT INTO main.migrations (name, checksum) VALUES ('9999_future', 'x')`)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	for _, o := range []Options{{}, {Create: true}, {ReadOnly: true}} {
		_, err := Open(t.Context(), dir, o)
		mustSay(t, err, "9999_future", "use that version")
		if !errors.Is(err, graph.ErrNewer) {
			t.Errorf("%q is not ErrNewer", err)
		}
	}
}

func TestLeftoversOfACreation(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{newName, newName + ".wal", filepath.Join(tempName, "duckdb_temp_storage-0.tmp"), filepath.Join(PassingName, "load-1.csv")} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("half made"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := openAt(t, dir, Options{Create: true})
	mustSync(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if names := filesIn(t, dir); strings.Join(names, " ") != "kith.duckdb kith.lock" {
		t.Errorf("the folder is left with %v", names)
	}
}

// TestNotKith opens a DuckDB database of somebody else.
func TestNotKith(t *testing.T) {
	dir := t.TempDir()
	s := &Store{dir: dir}
	db, err := s.connect(fileName)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), `CREATE TABLE mine (x INTEGER)`); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), dir, Options{Create: true})
	mustSay(t, err, "not a database of kith", "it has tables, but not those of kith")
}

// TestDamageFoundLate meets a block that cannot be read, in a table that is not
// needed to open the store.
func TestDamageFoundLate(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	if err := s.Sync(t.Context(), noise{10_000}, nil); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, fileName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const block = 256 << 10
	late := 0
	for from := fileHeaders; from+block <= len(whole); from += block {
		spoilt := bytes.Clone(whole)
		for i := from + 1000; i < from+1100; i++ {
			spoilt[i] ^= 0xff
		}
		if err := os.WriteFile(path, spoilt, 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := Open(t.Context(), dir, Options{})
		if err != nil {
			mustSay(t, err, "kith.duckdb is damaged")
			continue
		}
		if _, err = s.Read(t.Context(), nil); err != nil {
			late++
			mustSay(t, err, "kith.duckdb in "+dir+" is damaged", "backup")
		}
		_ = s.Close() // may fail, as there is nothing sound to write out
	}
	if late == 0 {
		t.Error("no damage was found by Read")
	}
}

// TestMemoryLimit gives DuckDB less than the work needs.
func TestMemoryLimit(t *testing.T) {
	_, err := Open(t.Context(), t.TempDir(), Options{Create: true, Memory: "1MB"})
	mustSay(t, err, "more memory than DuckDB may take", "raise its limit")

	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	mustSync(t, s)
	if _, err := s.DB().ExecContext(t.Context(), `SET memory_limit = '3MB'`); err != nil {
		t.Fatal(err)
	}
	err = s.Sync(t.Context(), noise{100_000}, nil)
	mustSay(t, err, "more memory than DuckDB may take", "raise its limit")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	n, err := openAt(t, dir, Options{}).Read(t.Context(), nil)
	if err != nil || n.Calls.Arcs() != 40 {
		t.Errorf("the former state is gone: %v, %v", n, err)
	}
}
