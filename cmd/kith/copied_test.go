package main

import (
	"os"
	"sync"
	"testing"
)

// originals is the folder of what is made once and copied; TestMain makes and removes it.
var originals string

// original is a folder that several tests begin with: the first one makes it, and each
// gets a copy of its own.
type original struct {
	once sync.Once
	dir  string // empty when it could not be made
}

func (o *original) copied(t testing.TB, make func(dir string)) string {
	t.Helper()
	o.once.Do(func() {
		dir, err := os.MkdirTemp(originals, "")
		if err != nil {
			t.Fatal(err)
		}
		make(dir)
		o.dir = dir
	})
	if o.dir == "" {
		t.Fatal("what this test begins with could not be made; the first test that wanted it says why")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(o.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}
