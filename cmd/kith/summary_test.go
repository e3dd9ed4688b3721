package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNobodyHasLeft(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "calls.csv")
	if err := os.WriteFile(path, []byte("caller,callee\na,b\nb,c\nc,a\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(dir, "data")
	must(t, "load", "--data", data, "--as", "calls", path)
	if out := must(t, "analyze", "--data", data); !strings.Contains(out, "Nobody is known to have left") || strings.Contains(out, "most at risk") {
		t.Errorf("analyze said:\n%s", out)
	}
	s := decoded[summary](t, "analyze", "--data", data)
	if s.Customers != 3 || s.Ties != 3 || s.Communities != 1 || s.Gone != 0 {
		t.Errorf("the summary is %+v", s)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is written %s, want %s", n, got, want)
		}
	}
}
