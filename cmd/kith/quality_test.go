package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden file of quality figures")

const qualityFile = "testdata/quality.txt"

// figures collects what this run reached, to be written with -update.
var figures struct {
	sync.Mutex
	lines map[string]string
}

// quality holds a figure against the golden file: it must not fall. With
// -update the file gets what was reached.
func quality(t *testing.T, set, name string, value float64) {
	t.Helper()
	key := set + " " + name
	figures.Lock()
	defer figures.Unlock()
	if figures.lines == nil {
		figures.lines = map[string]string{}
	}
	figures.lines[key] = fmt.Sprintf("%.4f", value)
	if *update {
		return
	}
	want, ok := readQuality(t)[key]
	if !ok {
		t.Errorf("%s has no figure %q; look at it and run with -update", qualityFile, key)
		return
	}
	var golden float64
	if _, err := fmt.Sscan(want, &golden); err != nil {
		t.Fatal(err)
	}
	if value < golden-5e-5 {
		t.Errorf("%s fell from %s to %.4f", key, want, value)
	}
	if value > golden+5e-4 {
		t.Logf("%s rose from %s to %.4f: run with -update to keep it", key, want, value)
	}
}

func readQuality(t *testing.T) map[string]string {
	t.Helper()
	data, err := os.ReadFile(qualityFile)
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(line, "#") {
			list[key] = value
		}
	}
	return list
}

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(runAsProgram())
	}
	flag.Parse()
	var err error
	if originals, err = os.MkdirTemp("", "kith-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(originals); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	if *update && code == 0 && len(figures.lines) > 0 {
		if err := writeQuality(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

func writeQuality() error {
	var lines []string
	for key, value := range figures.lines {
		lines = append(lines, key+": "+value+"\n")
	}
	slices.Sort(lines)
	if err := os.MkdirAll(filepath.Dir(qualityFile), 0o755); err != nil {
		return err
	}
	head := "# Quality of whole runs on real data, with default options. A figure must not fall.\n" +
		"# Rewrite with: KITH_REQUIRE_DATA=1 go test ./cmd/kith -update\n"
	return os.WriteFile(qualityFile, []byte(head+strings.Join(lines, "")), 0o644)
}
