package loaders

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
	"kith/graph/storetest"
	"kith/loaders/persons"
)

func TestFullDisk(t *testing.T) { storetest.OnSmallDisk(t, "6m", fullDisk) }

func fullDisk(t *testing.T, disk string) {
	dir := filepath.Join(disk, "data")
	small := write(t, "small.csv", "caller,callee\na,b\n")
	var rows, dirty, bad strings.Builder
	for _, b := range []*strings.Builder{&rows, &dirty, &bad} {
		b.WriteString("caller,callee,at\n")
	}
	dirty.WriteString("\n")
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 200_000 { // ids that no compression makes shorter
		line := fmt.Sprintf("%x%x,%x%x,%d\n", r.Uint64(), r.Uint64(), r.Uint64(), r.Uint64(), 1_700_000_000+i)
		rows.WriteString(line)
		dirty.WriteString(line)
		fmt.Fprintf(&bad, "a%d,a%[1]d,%d\n", i, i)
	}
	wild := wildParquet(t, "big.parquet", "SELECT md5(CAST(range AS VARCHAR)) AS caller, CASE WHEN range = 0 THEN 'b~' ELSE md5('b' || range) END AS callee FROM range(200_000)")
	for _, c := range []struct{ name, path string }{
		{"rows", write(t, "big.csv", rows.String())},        // the database fills the disk
		{"clean copy", write(t, "big.csv", dirty.String())}, // the copy does
		{"copy as bytes", wild},
		{"rejects", write(t, "big.csv", bad.String())}, // the rejects do
	} {
		path := c.path
		st, err := duckstore.Open(t.Context(), dir, duckstore.Options{Create: true})
		if err != nil {
			t.Fatal(c.name, err)
		}
		if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{small}}); err != nil {
			t.Fatal(c.name, err)
		}
		_, err = Load(context.Background(), st, Options{Kind: Calls, Files: []string{path}})
		if err == nil {
			t.Fatalf("%s: it fitted on the disk", c.name)
		}
		t.Logf("%s: %v", c.name, err)
		if text := err.Error(); !strings.Contains(text, "is full") || !strings.Contains(text, "free some space") {
			t.Errorf("%s: %v", c.name, err)
		}
		_ = st.Close() // it may be unable to write a checkpoint
		st, err = duckstore.Open(t.Context(), dir, duckstore.Options{})
		if err != nil {
			t.Fatal(c.name, err)
		}
		if at := table(t, st, "SELECT (SELECT count(*) FROM events.calls), (SELECT count(*) FROM events.imports), (SELECT count(*) FROM events.rejects)"); at[0] != "1 1 0" {
			t.Errorf("%s: afterwards there are %s", c.name, at[0])
		}
		for _, pattern := range []string{"tmp/*", "rejects/*"} {
			if left, _ := filepath.Glob(filepath.Join(dir, pattern)); len(left) > 0 {
				t.Errorf("%s: left behind: %v", c.name, left)
			}
		}
		if err := st.Close(); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	fullDiskPeople(t, disk)
	fullDiskPosts(t, disk)
}

// fullDiskPeople finds out who is one person while the disk has more or less room.
// What that comes to is there whole or not at all.
func fullDiskPeople(t *testing.T, disk string) {
	dir := filepath.Join(disk, "people")
	var people strings.Builder
	people.WriteString("id,given_name,surname,date_of_birth,email\n")
	for i := range 500 {
		p := i / 2
		fmt.Fprintf(&people, "c%d,given%d,surname%d,19%02d-0%d-11,mail%d@example.com\n", i, p%40, p, 40+p%60, 1+p%9, p)
	}
	st, err := duckstore.Open(t.Context(), dir, duckstore.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "people.csv", people.String())}})
	full, done := 0, 0
	for left := 0; left <= 200<<10; left += 40 << 10 {
		before := table(t, st, stateOfPeople)[0]
		ballast := filepath.Join(disk, "ballast")
		storetest.FillDisk(t, ballast, left)
		r, err := persons.Resolve(t.Context(), st, persons.Options{Afresh: done > 0})
		if errors.Is(err, duckstore.ErrFull) {
			full++
		} else if err != nil {
			t.Errorf("with %d bytes left: %v", left, err)
		} else {
			done++
		}
		if err := errors.Join(st.Close(), os.Remove(ballast)); err != nil {
			t.Error(err)
		}
		if st, err = duckstore.Open(t.Context(), dir, duckstore.Options{}); err != nil {
			t.Fatal(err)
		}
		after := table(t, st, stateOfPeople)[0]
		if r == nil && after != before || r != nil && after != fmt.Sprint("1 ", r.Merged, " ", r.People) {
			t.Errorf("with %d bytes left: it answered %+v; there were %s and are %s", left, r, before, after)
		}
	}
	if full == 0 || done == 0 {
		t.Errorf("%d times the disk was full, %d times it was not", full, done)
	}
	t.Logf("%d times the disk was full, %d times it was not", full, done)
	if err := errors.Join(st.Close(), os.RemoveAll(dir)); err != nil {
		t.Error(err)
	}
}

const stateOfPeople = "SELECT (SELECT count(*) FROM identity.resolution), (SELECT count(*) FROM identity.records), (SELECT count(DISTINCT person) FROM identity.records)"
