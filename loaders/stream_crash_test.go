package loaders

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/graph/duckstore"
)

// postTask begins the task of a child process that posts to a folder until it is
// killed, under keys that begin with a number.
const postTask = "post:"

const postClients, postRows = 4, 5

// postForever prints the key of each batch once it is acknowledged.
func postForever(task, dir string) error {
	round := strings.TrimPrefix(task, postTask)
	ctx := context.Background()
	// Checkpoints are to be among what is broken off.
	st, err := duckstore.Open(ctx, dir, duckstore.Options{Create: true, Log: 100 << 10})
	if err != nil {
		return err
	}
	s := NewStream(st, StreamOptions{})
	fmt.Println("open")
	var clients sync.WaitGroup
	failed := make(chan error, postClients)
	for c := range postClients {
		clients.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%s-%d-%d", round, c, i)
				r, _, err := s.Post(ctx, Batch{Key: key, Body: []byte(postBody(key))})
				if err == nil && (r.Accepted != postRows || r.Rejected != 1) {
					err = fmt.Errorf("%s: %+v", key, r)
				}
				if err != nil {
					failed <- err
					return
				}
				// One write, which a kill does not cut in two.
				if _, err := os.Stdout.WriteString("ack " + key + "\n"); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	clients.Wait()
	return <-failed
}

// postBody is the batch of a key: rows that no other has, and one bad one.
func postBody(key string) string {
	var b strings.Builder
	for i := range postRows {
		fmt.Fprintf(&b, `{"customer":"%s","product":"p%d","at":1772442900},`, key, i)
	}
	return `{"purchases":[` + b.String() + `{"customer":"` + key + `"}]}`
}

// TestKillPosts kills a process that takes in events again and again. Whatever it
// acknowledged is there, once; what it did not is there whole or not at all; and
// to send all of it again completes it.
func TestKillPosts(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "data")
	r := rand.New(rand.NewPCG(3, 7))
	var sent []string // acknowledged
	for round := range kills(t) {
		cmd := exec.CommandContext(t.Context(), exe)
		cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s%d|%s", childTask, postTask, round, dir))
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "open" {
			t.Fatalf("round %d begins with %q", round, lines.Text())
		}
		// After some answers, and a random time more, which ends within the
		// next group of batches.
		for range r.IntN(12) {
			if !lines.Scan() {
				t.Fatalf("round %d ended by itself", round)
			}
			sent = append(sent, strings.TrimPrefix(lines.Text(), "ack "))
		}
		time.Sleep(time.Duration(r.Int64N(int64(30 * time.Millisecond))))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			key, ok := strings.CutPrefix(lines.Text(), "ack ")
			if !ok {
				t.Fatalf("round %d: %s", round, lines.Text())
			}
			sent = append(sent, key)
		}
		_ = cmd.Wait()

		st, err := duckstore.Open(t.Context(), dir, duckstore.Options{Create: true})
		if err != nil {
			t.Fatalf("after kill %d: %v", round, err)
		}
		stored := map[string]string{}
		for _, line := range table(t, st, "SELECT customer, count(*), count(DISTINCT product) FROM events.purchases GROUP BY customer") {
			key, counts, _ := strings.Cut(line, " ")
			stored[key] = counts
		}
		for key, counts := range stored {
			if counts != fmt.Sprint(postRows, " ", postRows) {
				t.Errorf("kill %d: batch %s has %s rows", round, key, counts)
			}
		}
		for _, key := range sent {
			if stored[key] == "" {
				t.Errorf("kill %d: batch %s was acknowledged and is gone", round, key)
			}
		}
		state := table(t, st, `SELECT (SELECT count(*) FROM events.purchases), (SELECT count(*) FROM events.rejects), (SELECT count(*) FROM events.posts),
			coalesce(sum(accepted), 0), coalesce(sum(rejected), 0) FROM events.imports`)[0]
		if n := len(stored); state != fmt.Sprint(n*postRows, n, n, n*postRows, n) {
			t.Errorf("kill %d: %d batches are there, but rows, rejects, keys and receipts are %s", round, n, state)
		}
		// The last round is sent again, as its senders would.
		s := NewStream(st, StreamOptions{})
		for _, key := range slices.Concat(sent[max(0, len(sent)-3):], []string{strconv.Itoa(round) + "-0-0"}) {
			was := stored[key] != ""
			answer, replayed, err := s.Post(t.Context(), Batch{Key: key, Body: []byte(postBody(key))})
			if err != nil || replayed != was || answer.Accepted != postRows || answer.Duplicates != 0 {
				t.Errorf("kill %d: %s again: %+v, replayed %t, %v", round, key, answer, replayed, err)
			}
			if !was {
				sent = append(sent, key)
			}
		}
		s.Close()
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d batches were acknowledged", len(sent))
}
