package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What lies across the blocks in which a file is read counts once, wherever it begins,
// and as a word only where it is one.
func TestCountBytes(t *testing.T) {
	t.Parallel()
	f, err := os.Create(filepath.Join(t.TempDir(), "file"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	put := func(text string, at int64) {
		if _, err := f.WriteAt([]byte(text), at); err != nil {
			t.Fatal(err)
		}
	}
	const block = 1 << 20
	nothing := strings.Repeat(".", len(gone))
	put(strings.Repeat(".", 2*block+300), 0)
	for _, edge := range []int64{0, block, 2*block + 30} {
		for at := edge; at < edge+100; at++ {
			put(gone, at)
			if n, err := countBytes(f.Name(), []string{gone, "+49151"}, false); n != 2 || err != nil { // its beginning is the other
				t.Fatalf("at %d: %d, %v", at, n, err)
			}
			if n, err := countBytes(f.Name(), []string{gone, "+49151"}, true); n != 1 || err != nil {
				t.Fatalf("as a word at %d: %d, %v", at, n, err)
			}
			put(nothing, at)
		}
	}
}

// Files of results that no store knows may have the person, and go.
func TestForgetRemovesStrayResults(t *testing.T) {
	t.Parallel()
	analysed, _ := houseOfGone(t)
	bare := filepath.Join(t.TempDir(), "data")
	calls := filepath.Join(t.TempDir(), "calls.csv")
	if err := os.WriteFile(calls, []byte("caller,callee,at\n"+gone+",+49151777002,2026-01-02\n+49151777002,+49151777003,2026-01-02\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "load", calls, "--data", bare)
	if err := os.MkdirAll(filepath.Join(bare, "results"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{analysed, analysed, bare} { // the second time the result stays as it is
		stray := filepath.Join(dir, "results", strings.Repeat("ab", 6)+".kith")
		if err := os.WriteFile(stray, []byte("of "+gone), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, "forget", gone, "--data", dir, "--yes")
		if _, err := os.Stat(stray); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", stray, err)
		}
	}
}
