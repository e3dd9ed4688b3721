package loaders

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestWatch writes files into a watched folder in the ways that people do.
func TestWatch(t *testing.T) {
	st, _ := newStore(t)
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	told := make(chan string, 10)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- Watch(ctx, st, WatchOptions{
			Options: Options{Kind: Calls}, Dir: dir, Every: 10 * time.Millisecond, Quiet: 150 * time.Millisecond,
			Loaded: func(path string, r Receipt) {
				told <- fmt.Sprint(filepath.Base(path), " ", r.Accepted, " ", r.Duplicates, " ", r.Again)
			},
			Failed: func(path string, err error) { told <- filepath.Base(path) + " failed: " + err.Error() },
		})
	}()
	expect := func(want string) {
		t.Helper()
		select {
		case got := <-told:
			if !strings.HasPrefix(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("not told %q", want)
		}
	}
	const head = "caller,callee,at\n"
	put("a.csv", head+"a,b,1772442900\n")
	expect("a.csv 1 0 false")
	// Under another name until it is complete.
	put("b.csv.part", head+"b,c,1772442900\n")
	put(".c.csv", head+"c,d,1772442900\n")
	put("bad.csv", "just\nwords\n")
	expect("bad.csv failed: ")
	if err := os.Rename(filepath.Join(dir, "b.csv.part"), filepath.Join(dir, "b.csv")); err != nil {
		t.Fatal(err)
	}
	expect("b.csv 1 0 false")
	// The same content under another name, what was bad made good, one that grew.
	put("copy.csv", head+"a,b,1772442900\n")
	expect("copy.csv 1 0 true")
	put("bad.csv", head+"e,f,1772442900\n")
	expect("bad.csv 1 0 false")
	put("a.csv", head+"a,b,1772442900\na,c,1772442901\n")
	expect("a.csv 1 1 false")
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.calls"); n != 4 || len(told) > 0 {
		t.Errorf("%d rows, and %d more to tell", n, len(told))
	}
	if err := Watch(t.Context(), st, WatchOptions{Dir: filepath.Join(dir, "a.csv")}); err == nil {
		t.Error("a file was watched")
	}
}

// TestWatchWaits leaves a file alone that is being written.
func TestWatchWaits(t *testing.T) {
	o := WatchOptions{Dir: t.TempDir(), Quiet: time.Hour}
	path := filepath.Join(o.Dir, "calls.csv")
	known := map[string]*seen{}
	for i := range 3 {
		if err := os.WriteFile(path, []byte(strings.Repeat("caller,callee\n", i+1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if ready := o.complete(known); len(ready) > 0 {
			t.Errorf("after write %d: %v", i, ready)
		}
	}
	long := time.Now().Add(-2 * time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
	if ready := o.complete(known); len(ready) != 1 {
		t.Errorf("untouched for long: %v", ready)
	}
}
