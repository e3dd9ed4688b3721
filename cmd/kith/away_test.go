package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/graph/neo4jstore/neo4jtest"
)

// quickly has a house asked after its store every moment, not every 2 s.
func quickly(h *house) *house {
	h.health.every, h.health.patience = 50*time.Millisecond, time.Second
	return h
}

// visitors send requests until the test stops them, and count the answers with
// and without the header that says what is missing.
type visitors struct {
	whole, degraded, failed atomic.Int64
	last                    atomic.Pointer[string]
	stop                    context.CancelFunc
	work                    sync.WaitGroup
}

func visit(t *testing.T, urls ...string) *visitors {
	ctx, stop := context.WithCancel(context.Background())
	v := &visitors{stop: stop}
	t.Cleanup(v.leave)
	for _, url := range urls {
		v.work.Go(func() {
			for ctx.Err() == nil {
				status, header, err := v.once(ctx, url)
				switch {
				case ctx.Err() != nil:
				case err != nil || status != http.StatusOK:
					v.failed.Add(1)
					text := fmt.Sprintf("%s: %d %v", url, status, err)
					v.last.Store(&text)
				case header == "":
					v.whole.Add(1)
				default:
					v.degraded.Add(1)
				}
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	return v
}

func (v *visitors) once(ctx context.Context, url string) (status int, header string, err error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return 0, "", err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	_, err = io.Copy(io.Discard, response.Body)
	return response.StatusCode, response.Header.Get("Kith-Degraded"), errors.Join(err, response.Body.Close())
}

func (v *visitors) leave() {
	v.stop()
	v.work.Wait()
}

// expectState waits until /readyz and the header of answers say the same, which
// is the code, or nothing; it is 200 and quick all the while.
func expectState(t *testing.T, base, code string) {
	t.Helper()
	wait(t, "state "+code+" in /readyz", func() bool {
		began := time.Now()
		ready := get(t, base+"/readyz", http.StatusOK)
		if took := time.Since(began); took > 700*time.Millisecond {
			t.Errorf("/readyz took %v", took)
		}
		codes := []string{}
		for _, reason := range ready["reasons"].([]any) {
			fields := reason.(map[string]any)
			codes = append(codes, fields["code"].(string))
			if fields["detail"] == "" || fields["since"] == nil {
				t.Errorf("/readyz gives no sentence or time: %v", fields)
			}
		}
		if code == "" {
			return ready["status"] == "ready" && len(codes) == 0
		}
		return ready["status"] == "degraded" && slices.Equal(codes, []string{code})
	})
	v := &visitors{}
	if status, header, err := v.once(t.Context(), base+"/v1/communities?limit=1"); status != http.StatusOK || header != code || err != nil {
		t.Errorf("in state %q the API answers %d with Kith-Degraded: %q (%v)", code, status, header, err)
	}
}

// startRun posts to /v1/runs.
func startRun(t *testing.T, base string, status int) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/runs", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, request, status)
}

// TestServeWhileNeo4jIsAway serves a house while its Neo4j server is killed,
// hangs, changes its password, and holds another schema.
func TestServeWhileNeo4jIsAway(t *testing.T) {
	server := neo4jtest.Own(t)
	system := func(cypher string) {
		t.Helper()
		server.RunOn("system", cypher, nil)
	}
	password, calls := filepath.Join(t.TempDir(), "password"), filepath.Join(t.TempDir(), "calls.csv")
	if err := os.WriteFile(calls, []byte("caller,callee\na,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(password, []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	system("CREATE USER kith SET PASSWORD 'first s3cret' CHANGE NOT REQUIRED")
	write("first s3cret")
	dir := filepath.Join(demo(t), "data")
	flags := storeFlags{Store: server.URI, StoreUser: "kith", StorePasswordFile: password, StoreTimeout: 2 * time.Second, StorePool: 5}
	given := []string{"--data", dir, "--store", server.URI, "--store-user", "kith", "--store-password-file", password}
	first := decoded[summary](t, append([]string{"analyze"}, given...)...).Result
	serve := func() (string, *lockedBuffer, func()) {
		t.Helper()
		h, err := openServed(t.Context(), dir, flags)
		if err != nil {
			t.Fatal(err)
		}
		return serveLogged(t, quickly(h))
	}
	var logs []*lockedBuffer

	base, log, stop := serve()
	logs = append(logs, log)
	t.Run("killed and started again under requests", func(t *testing.T) {
		expectState(t, base, "")
		v := visit(t, base+"/v1/communities?limit=5", base+"/readyz", base+"/")
		wait(t, "the first answers", func() bool { return v.whole.Load() > 20 })
		server.Kill()
		expectState(t, base, "store-down")
		if got := get(t, base+"/v1/communities?limit=1", http.StatusOK)["result"]; got != first {
			t.Errorf("it answers from %v, want %s", got, first)
		}
		problem := startRun(t, base, http.StatusServiceUnavailable)
		if problem["type"] != "urn:kith:problem:store-down" || !strings.Contains(fmt.Sprint(problem["detail"]), "Neo4j does not answer") {
			t.Errorf("POST /v1/runs gives %v", problem)
		}
		wait(t, "answers without Neo4j", func() bool { return v.degraded.Load() > 20 })
		server.Start()
		expectState(t, base, "")
		whole := v.whole.Load()
		wait(t, "answers with Neo4j", func() bool { return v.whole.Load() > whole+20 })
		v.leave()
		if n := v.failed.Load(); n > 0 {
			t.Errorf("%d requests failed, such as %s", n, *v.last.Load())
		}
		startRun(t, base, http.StatusAccepted)
		wait(t, "the run", func() bool {
			run := get(t, base+"/v1/runs", http.StatusOK)["items"].([]any)[0].(map[string]any)
			if run["status"] == "failed" {
				t.Fatalf("the run failed: %v", run)
			}
			return run["status"] == "published"
		})
	})
	stop()

	t.Run("started while it hangs", func(t *testing.T) {
		signal := func(s syscall.Signal) {
			if err := syscall.Kill(server.PID(), s); err != nil {
				t.Fatal(err)
			}
		}
		signal(syscall.SIGSTOP)
		defer signal(syscall.SIGCONT)
		began := time.Now()
		base, log, stop = serve()
		logs = append(logs, log)
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("it took %v to start", took)
		}
		expectState(t, base, "store-down")
		startRun(t, base, http.StatusServiceUnavailable)
		signal(syscall.SIGCONT)
		expectState(t, base, "")
	})

	drop := func() {
		t.Helper()
		server.Run("CALL dbms.listConnections() YIELD connectionId, username WHERE username = 'kith' WITH collect(connectionId) AS ids CALL dbms.killConnections(ids) YIELD message RETURN message", nil)
	}
	t.Run("the password changes", func(t *testing.T) {
		system("ALTER USER kith SET PASSWORD 'second s3cret' CHANGE NOT REQUIRED")
		drop()
		expectState(t, base, "store-unauthorized")
		if problem := startRun(t, base, http.StatusServiceUnavailable); problem["type"] != "urn:kith:problem:store-unauthorized" {
			t.Errorf("POST /v1/runs gives %v", problem)
		}
		// Were it to log in with the wrong one again and again, the account
		// would be locked, and this login refused.
		time.Sleep(500 * time.Millisecond)
		other, err := neo4jstore.Open(t.Context(), server.URI, neo4jstore.Options{User: "kith", Password: "second s3cret"})
		if err != nil {
			t.Fatalf("the account is of no use to others: %v", err)
		}
		_ = other.Close()
		write("second s3cret")
		expectState(t, base, "")
	})

	t.Run("another schema", func(t *testing.T) {
		server.Run("CREATE (:KithMigration {number: 9999, name: 'of the future', checksum: ''})", nil)
		expectState(t, base, "store-newer")
		server.Run("MATCH (m:KithMigration {number: 9999}) DELETE m", nil)
		expectState(t, base, "")

		// Migrating takes as long as this transaction is open, which holds
		// what the record of the migration needs.
		record := server.Run("MATCH (m:KithMigration {number: 1}) WITH m, properties(m) AS p DELETE m RETURN p", nil)[0].Values[0]
		session := server.Driver().NewSession(t.Context(), neo4j.SessionConfig{})
		defer session.Close(context.Background())
		tx, err := session.BeginTransaction(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Run(t.Context(), "CREATE (m:KithMigration) SET m = $p", map[string]any{"p": record}); err != nil {
			t.Fatal(err)
		}
		expectState(t, base, "store-migrating")
		if problem := startRun(t, base, http.StatusServiceUnavailable); problem["type"] != "urn:kith:problem:store-migrating" {
			t.Errorf("POST /v1/runs gives %v", problem)
		}
		// It goes, and kith makes the migration by itself.
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
		expectState(t, base, "")
	})
	stop()

	t.Run("no TLS there", func(t *testing.T) {
		plain := flags
		plain.Store = strings.Replace(server.URI, "bolt://", "neo4j+s://", 1)
		expectStart(t, dir, plain, "store-untrusted")
	})
	// Nobody reads the password who reads what went wrong.
	t.Run("a wrong password", func(t *testing.T) {
		t.Setenv("KITH_STORE_PASSWORD", "third s3cret")
		for _, verb := range []string{"analyze", "serve"} {
			args := []string{verb, "--data", t.TempDir(), "--store", server.URI, "--store-user", "kith", "--store-timeout", "1s"}
			must(t, "load", "--data", args[2], "--as", "calls", calls)
			out, errs, code := kith(t, args...)
			oneSentence(t, errs, code, exitFailed, "refuses the user or the password")
			if strings.Contains(out+errs, "s3cret") {
				t.Errorf("kith %s shows a password: %s %s", verb, out, errs)
			}
		}
	})
	for _, log := range logs {
		text := log.text()
		if strings.Contains(text, "s3cret") || !strings.Contains(text, `"the store cannot be used"`) || !strings.Contains(text, `"the store is back"`) {
			t.Errorf("the log has a password, or lacks what happened:\n%s", text)
		}
	}
}

// expectStart starts serving a house whose store cannot be used.
func expectStart(t *testing.T, dir string, f storeFlags, code string) {
	t.Helper()
	h, err := openServed(t.Context(), dir, f)
	if err != nil {
		t.Fatal(err)
	}
	base, _, stop := serveLogged(t, quickly(h))
	defer stop()
	expectState(t, base, code)
}

// reader is a person who acts on what is written.
type reader struct {
	bytes.Buffer
	until string
	then  func()
}

func (r *reader) Write(text []byte) (int, error) {
	n, err := r.Buffer.Write(text)
	if strings.Contains(r.String(), r.until) {
		r.then()
	}
	return n, err
}

// TestServeStartsWithoutNeo4j needs no server: one that is not there, and one
// that says that it is too old.
func TestServeStartsWithoutNeo4j(t *testing.T) {
	dir := filepath.Join(demo(t), "data")
	flags := storeFlags{Store: "bolt://127.0.0.1:1", StorePassword: "s3cret", StoreTimeout: 2 * time.Second}
	expectStart(t, dir, flags, "store-down")
	flags.Store = neo4jtest.Fake(t, "Neo4j/4.4.9")
	expectStart(t, dir, flags, "store-version")

	// What a person reads who starts it.
	h, err := openServed(t.Context(), dir, flags)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := reader{until: "/readyz", then: stop}
	if err := h.serve(ctx, &console{out: &out, err: io.Discard}, serving{listen: "127.0.0.1:0"}); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "Warning (store-version): this version of Neo4j is too old") || !strings.Contains(out.String(), "/readyz") {
		t.Errorf("it says: %s", out.String())
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}

	// Without a result there is nothing to serve.
	if err := os.Remove(filepath.Join(dir, "results", "current")); err != nil {
		t.Fatal(err)
	}
	for uri, want := range map[string]string{"bolt://127.0.0.1:1": "does not answer", flags.Store: "too old"} {
		_, errs, code := kith(t, "serve", "--data", dir, "--store", uri, "--store-password", "s3cret", "--store-timeout", "1s")
		oneSentence(t, errs, code, exitFailed, want)
		if strings.Contains(errs, "s3cret") {
			t.Errorf("a password is in an error: %s", errs)
		}
	}
}

func TestFaultsOfNeo4j(t *testing.T) {
	for err, code := range map[error]string{
		neo4jstore.ErrDown: "store-down", neo4jstore.ErrUntrusted: "store-untrusted", neo4jstore.ErrUnauthorized: "store-unauthorized",
		neo4jstore.ErrForbidden: "store-forbidden", neo4jstore.ErrVersion: "store-version", neo4jstore.ErrMigrating: "store-migrating",
		graph.ErrNewer: "store-newer", errors.New("odd"): "store-failed",
	} {
		f := faultOf(fmt.Errorf("check Neo4j: %w at db.example", err))
		if f.Code != code || f.Detail == "" || strings.Contains(f.Detail, "db.example") {
			t.Errorf("%v became %+v, want %s", err, f, code)
		}
		var fault api.Fault
		if !errors.As(errors.Join(f, err), &fault) {
			t.Errorf("%v is no fault for the API", err)
		}
	}
}

func TestLatestResult(t *testing.T) {
	dir := t.TempDir()
	if _, err := analysis.Latest(dir); !errors.Is(err, graph.ErrNoRun) {
		t.Errorf("without a result: %v", err)
	}
	for _, id := range []string{"", "../../etc/passwd", "gone"} {
		if err := analysis.MarkCurrent(dir, id); err != nil {
			t.Fatal(err)
		}
		if _, err := analysis.Latest(dir); !errors.Is(err, graph.ErrNoRun) {
			t.Errorf("the result %q: %v", id, err)
		}
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) != 1 {
		t.Errorf("it left %v", files)
	}
}
