package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"kith/graph/duckstore"
)

// kills is how many processes a test kills: a few, or as many as the soak asks for
// by KITH_SOAK_KILLS.
func kills(t *testing.T, few int) int {
	t.Helper()
	text := os.Getenv("KITH_SOAK_KILLS")
	if text == "" {
		return few
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("KITH_SOAK_KILLS is %q, which is no number", text)
	}
	return n
}

// child starts kith as a process of its own.
func child(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

const batchRows, fileRows = 5, 400

// sender posts batches to one server after the other, and knows what was
// acknowledged.
type sender struct {
	name string
	next int
	sent map[string]bool // by key; true where it was acknowledged
	last string          // the key sent last
	acks atomic.Int64
}

// batch is the body of a key: rows that no other has, and one bad one.
func batch(key string) string {
	var b strings.Builder
	for i := range batchRows {
		fmt.Fprintf(&b, `{"customer":%q,"product":"p%d","at":1772442900},`, key, i)
	}
	return `{"purchases":[` + b.String() + `{"customer":"bad"}]}`
}

// send posts the batch of a key; gone says that there is no server any more, or
// that it refuses as it is about to stop.
func (s *sender) send(ctx context.Context, base, key string) (gone bool, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/events", strings.NewReader(batch(key)))
	if err != nil {
		return false, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	before := s.sent[key]
	s.sent[key], s.last = before, key
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return true, nil //nolint:nilerr // so it is when the server has been killed
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return true, nil //nolint:nilerr // likewise
	}
	if response.StatusCode == http.StatusServiceUnavailable {
		return true, nil
	}
	var receipt struct{ Accepted, Rejected, Duplicates int }
	if err := json.Unmarshal(body, &receipt); err != nil || response.StatusCode != http.StatusOK ||
		receipt.Accepted != batchRows || receipt.Rejected != 1 || receipt.Duplicates != 0 {
		return false, fmt.Errorf("%s was answered with %d %s", key, response.StatusCode, body)
	}
	if again := response.Header.Get("Idempotent-Replayed") == "true"; before && !again {
		return false, fmt.Errorf("%s was acknowledged before and stored again", key)
	}
	s.sent[key] = true
	s.acks.Add(1)
	return false, nil
}

// post sends again what it sent last, as nobody knows what became of that, and goes
// on with new batches until the server is gone.
func (s *sender) post(ctx context.Context, base string) error {
	key := s.last
	for {
		if key == "" {
			key = fmt.Sprint(s.name, "-", s.next)
			s.next++
		}
		if gone, err := s.send(ctx, base, key); gone || err != nil {
			return err
		}
		key = ""
	}
}

// TestKillServe ends servers at random moments, most of them by kill -9, some while
// they stop: they take in batches of several senders and the files of a folder. What
// was acknowledged is there, nothing is there twice or in part, and to send again what
// was not acknowledged completes it.
func TestKillServe(t *testing.T) {
	dir, incoming := filepath.Join(t.TempDir(), "data"), t.TempDir()
	must(t, "load", "--data", dir, "--as", "calls", textFile(t, "calls.csv", "caller,callee,at\na,b,1772442900\n"))
	r := rand.New(rand.NewPCG(6, 10))
	senders := make([]*sender, 3)
	for i := range senders {
		senders[i] = &sender{name: fmt.Sprint("s", i), sent: map[string]bool{}}
	}
	rounds := kills(t, 4)
	files := 0
	for round := range rounds {
		if round%2 == 0 {
			dropFile(t, incoming, files)
			files++
		}
		server, base, _ := startServer(t, dir, incoming)
		var posting sync.WaitGroup
		failed := make([]error, len(senders))
		for i, s := range senders {
			posting.Go(func() { failed[i] = s.post(t.Context(), base) })
		}
		// After some answers, and a random time more.
		want := senders[0].acks.Load() + r.Int64N(5)
		for deadline := time.Now().Add(10 * time.Second); senders[0].acks.Load() < want && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(r.Int64N(int64(100 * time.Millisecond))))
		graceful := round%4 == 1
		if graceful || round%4 == 3 {
			if err := server.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		}
		if !graceful {
			if round%4 == 3 { // while it stops
				time.Sleep(time.Duration(r.Int64N(int64(80 * time.Millisecond))))
			}
			_ = server.Process.Kill()
		}
		err := server.Wait()
		if graceful && err != nil {
			t.Errorf("round %d: asked to stop it ended with %v", round, err)
		}
		posting.Wait()
		if err := errors.Join(failed...); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
		mustHold(t, fmt.Sprint("round ", round), dir, senders, files, false)
	}
	server, base, log := startServer(t, dir, incoming)
	for _, s := range senders {
		for key := range s.sent {
			if gone, err := s.send(t.Context(), base, key); gone || err != nil {
				t.Errorf("%s at the end: gone %t, %v", key, gone, err)
			}
		}
	}
	wait(t, "the loading of all files", func() bool { return strings.Count(log.text(), `"file loaded"`) == files })
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
	mustHold(t, "at the end", dir, senders, files, true)
	batches := 0
	for _, s := range senders {
		batches += len(s.sent)
	}
	t.Logf("%d servers were ended among %d batches and %d files", rounds, batches, files)
}

// startServer starts a server that watches a folder, and returns its address and log.
func startServer(t *testing.T, dir, incoming string, more ...string) (server *exec.Cmd, base string, log *lockedBuffer) {
	t.Helper()
	server = child(t, append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--watch", incoming, "--as", "purchases"}, more...)...)
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	log = &lockedBuffer{}
	server.Stderr = log
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill() }) // where the test ended early
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if base, ok := strings.CutPrefix(lines.Text(), "Serving on "); ok {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return server, base, log
		}
	}
	t.Fatalf("it does not serve: %s", log.text())
	return nil, "", nil
}

// dropFile puts file number n into a folder, as if it had been there for long.
func dropFile(t *testing.T, dir string, n int) {
	t.Helper()
	var b strings.Builder
	b.WriteString("customer,product,at\n")
	for i := range fileRows {
		fmt.Fprintf(&b, "file%d,p%d,1772442900\n", n, i)
	}
	path := filepath.Join(dir, fmt.Sprintf("file%d.csv", n))
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
}

// mustHold sees that a folder has what was acknowledged, and each batch and file
// whole or not at all; whole where all was sent.
func mustHold(t *testing.T, when, dir string, senders []*sender, files int, all bool) {
	t.Helper()
	st, err := duckstore.Open(t.Context(), dir, duckstore.Options{})
	if err != nil {
		t.Fatalf("%s: %v", when, err)
	}
	defer func() {
		if err := st.Close(); err != nil {
			t.Errorf("%s: %v", when, err)
		}
	}()
	list, err := st.DB().QueryContext(t.Context(), "SELECT customer, count(*), count(DISTINCT product) FROM events.purchases GROUP BY customer")
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	stored := map[string]int{}
	for list.Next() {
		var customer string
		var rows, products int
		if err := list.Scan(&customer, &rows, &products); err != nil {
			t.Fatal(err)
		}
		want := batchRows
		if strings.HasPrefix(customer, "file") {
			want = fileRows
		}
		if rows != want || products != want {
			t.Errorf("%s: %s has %d rows of %d", when, customer, rows, want)
		}
		stored[customer] = rows
	}
	if err := list.Err(); err != nil {
		t.Fatal(err)
	}
	batches := 0
	for _, s := range senders {
		for key, acknowledged := range s.sent {
			if _, there := stored[key]; there {
				batches++
			} else if acknowledged || all {
				t.Errorf("%s: %s was acknowledged %t and is not there", when, key, acknowledged)
			}
		}
	}
	loaded := len(stored) - batches
	if loaded > files || all && loaded != files {
		t.Errorf("%s: %d of %d files are there", when, loaded, files)
	}
	var keys, rejects, receipts, accepted int
	err = st.DB().QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM events.posts), (SELECT count(*) FROM events.rejects),
		count(*) FILTER (file NOT LIKE 'POST %'), sum(accepted) FROM events.imports`).Scan(&keys, &rejects, &receipts, &accepted)
	if err != nil || keys != batches || rejects != batches || receipts != loaded+1 || accepted != batches*batchRows+loaded*fileRows+1 {
		t.Errorf("%s: %d batches and %d files are there, but %d keys, %d rejects, %d receipts of files, %d rows accepted; %v",
			when, batches, loaded, keys, rejects, receipts, accepted, err)
	}
}
