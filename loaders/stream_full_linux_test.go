package loaders

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
	"kith/graph/storetest"
)

// fullDiskPosts posts while other files fill the disk more or less. What does not
// fit is refused and not there, what was acknowledged is there, whether kith leaves
// room for itself or runs into the end of the disk; and it goes on once there is room.
func fullDiskPosts(t *testing.T, disk string) {
	for _, reserved := range []bool{true, false} {
		dir := filepath.Join(disk, fmt.Sprint("posts-", reserved))
		// A checkpoint now and then is among the writes that fail.
		st, err := duckstore.Open(t.Context(), dir, duckstore.Options{Create: true, Log: 60 << 10})
		if err != nil {
			t.Fatal(err)
		}
		s := NewStream(st, StreamOptions{})
		if !reserved {
			s.room = func() error { return nil }
		}
		r := rand.New(rand.NewPCG(1, 1))
		refused, keys, acknowledged := 0, 0, 0
		post := func(n int) error {
			keys++
			var b strings.Builder
			for range n {
				fmt.Fprintf(&b, `{"customer":"%x%x","product":"p","at":1772442900},`, r.Uint64(), r.Uint64())
			}
			p, _, err := s.Post(t.Context(), Batch{Key: fmt.Sprint(keys), Body: []byte(`{"purchases":[` + strings.TrimSuffix(b.String(), ",") + `]}`)})
			acknowledged += p.Accepted
			return err
		}
		for left := 0; left <= 1000<<10; left += 125 << 10 {
			ballast := filepath.Join(disk, "ballast")
			storetest.FillDisk(t, ballast, left)
			for range 2 {
				if err := post(500); errors.Is(err, duckstore.ErrFull) {
					refused++
				} else if err != nil {
					t.Errorf("with %d bytes left: %v", left, err)
				}
			}
			if err := os.Remove(ballast); err != nil {
				t.Fatal(err)
			}
			if err := post(5); err != nil {
				t.Errorf("there is room again after %d bytes: %v", left, err)
			}
			// What a kill would leave now.
			now := filepath.Join(t.TempDir(), "data")
			if out, err := exec.CommandContext(t.Context(), "cp", "-r", dir, now).CombinedOutput(); err != nil {
				t.Fatal(err, string(out))
			}
			copied, err := duckstore.Open(t.Context(), now, duckstore.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if n := count(t, copied, "SELECT count(*) FROM events.purchases"); n != int64(acknowledged) {
				t.Errorf("with %d bytes left: %d rows are there, %d were acknowledged", left, n, acknowledged)
			}
			if err := copied.Close(); err != nil {
				t.Error(err)
			}
		}
		if refused == 0 || acknowledged < 500 {
			t.Errorf("%d batches were refused, %d rows acknowledged", refused, acknowledged)
		}
		t.Logf("room reserved %t: %d batches refused, %d rows acknowledged", reserved, refused, acknowledged)
		s.Close()
		if err := errors.Join(st.Close(), os.RemoveAll(dir)); err != nil {
			t.Error(err)
		}
	}
}
