package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// small batches make many transactions of a small network.
var small = Options{BatchSize: 60, RetryFor: time.Second}

// TestVictim is the process that TestKilledWriter kills, in the place where it
// has told it to die.
func TestVictim(t *testing.T) {
	work, at, ok := strings.Cut(os.Getenv("KITH_NEO4J_VICTIM"), "@")
	if !ok {
		return
	}
	stage, nth, _ := strings.Cut(at, "#")
	left, err := strconv.Atoi(nth)
	if err != nil {
		t.Fatal(err)
	}
	o := small
	o.User, o.Password = "neo4j", os.Getenv("KITH_NEO4J_VICTIM_PASSWORD")
	s, err := Open(t.Context(), os.Getenv("KITH_NEO4J_VICTIM_URI"), o)
	if err != nil {
		t.Fatal(err)
	}
	die := func(now string, done, _ int64) {
		if now != stage || done == 0 && strings.HasPrefix(stage, "writing") {
			return
		}
		if left--; left == 0 {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	switch work {
	case "sync":
		err = s.Sync(t.Context(), crowd{150, 2}, die)
	case "shrink":
		err = s.Sync(t.Context(), crowd{40, 2}, die)
	default:
		err = s.Publish(t.Context(), crowd{150, 1}.findings("second"), die)
	}
	t.Errorf("%s came to its end: %v", work, err)
}

func mustDie(t *testing.T, server *neo4jtest.Server, work string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestVictim$", "-test.v")
	cmd.Env = append(os.Environ(), "KITH_NEO4J_VICTIM="+work, "KITH_NEO4J_VICTIM_URI="+server.URI, "KITH_NEO4J_VICTIM_PASSWORD="+server.Password)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
		t.Fatalf("%s: %v\n%s", work, err, out)
	}
}

// A kith that is killed with -9, wherever it is, leaves the state before or the
// state after, and the next one comes to the right end.
func TestKilledWriter(t *testing.T) {
	server := opened(t)
	a, b := crowd{150, 1}, crowd{150, 2}
	s := openEmpty(t, server, small)
	mustSync(t, s, b)
	after := digest(t, s)
	mustSync(t, s, a)
	before := digest(t, s)
	if before == after {
		t.Fatal("the two networks are the same")
	}

	for _, c := range []struct{ at, want string }{
		{"comparing customers#1", before},
		{"comparing BOUGHT ties#1", before},
		{"writing changes#1", after},
		{"writing changes#9", after},
	} {
		t.Run("sync "+c.at, func(t *testing.T) {
			mustDie(t, server, "sync@"+c.at)
			if got := digest(t, s); got != c.want {
				t.Errorf("the network is neither whole nor the one that it should be")
			}
			mustSync(t, s, b)
			if got := digest(t, s); got != after {
				t.Error("the load did not come to the right end")
			}
			if n := stored(server); n != b.counts() {
				t.Errorf("%v customers, products, calls and purchases, want %v", n, b.counts())
			}
			mustSync(t, s, a)
			if n := leftovers(server); n != 0 || digest(t, s) != before {
				t.Errorf("%d nodes of the killed load are left", n)
			}
		})
	}

	for _, c := range []struct {
		at   string
		want string
	}{
		{"writing memberships#1", "first"},
		{"noting customers#1", "first"},
		{"writing preferences#1", "first"},
		{"making the run current#1", "first"},
		{"writing what was found about customers#2", "second"},
		{"removing the former run#1", "second"},
	} {
		t.Run("publish "+c.at, func(t *testing.T) {
			if err := s.Publish(t.Context(), a.findings("first"), nil); err != nil {
				t.Fatal(err)
			}
			mustDie(t, server, "publish@"+c.at)
			a.mustShow(t, server, c.want)
			if c.want == "first" { // the figures of customers are whole too
				if n := number1(server, "MATCH (c:Customer {run: 'first', role: 'first'}) RETURN count(c)"); n != int64(a.n) {
					t.Errorf("%d customers have the figures of the first run, want %d", n, a.n)
				}
			}
			// The next look at the network brings all of it to its end.
			if got := digest(t, s); got != before {
				t.Error("findings have changed the network")
			}
			if c.want == "second" {
				a.mustBeWhole(t, s, server, c.want)
			}
			if err := s.Publish(t.Context(), a.findings("third"), nil); err != nil {
				t.Fatal(err)
			}
			a.mustBeWhole(t, s, server, "third")
		})
	}
}

// A first load that is killed goes straight into the graph; until another one has
// come to its end the network is the empty one.
func TestKilledFirstLoad(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	none := digest(t, s)
	b := crowd{150, 2}
	mustSync(t, s, b)
	after := digest(t, s)
	for _, at := range []string{"loading customers#1", "loading BOUGHT ties#1", "loading VIEWED ties#1"} {
		t.Run(at, func(t *testing.T) {
			s := openEmpty(t, server, small)
			mustDie(t, server, "sync@"+at)
			if got := digest(t, s); got != none {
				t.Error("half a network is read")
			}
			if left := stored(server); at == "loading VIEWED ties#1" && left[2] == 0 {
				t.Error("there were no calls yet: the load died too early to show anything")
			}
			if err := s.Publish(t.Context(), b.findings("first"), nil); !errors.Is(err, ErrLoading) {
				t.Errorf("Publish about half a network: %v, want ErrLoading", err)
			}
			mustSync(t, s, b)
			if n := stored(server); n != b.counts() || digest(t, s) != after {
				t.Errorf("the load was not resumed: %v customers, products, calls and purchases, want %v", n, b.counts())
			}
			if n := leftovers(server); n != 0 {
				t.Errorf("%d nodes of the killed load are left", n)
			}
		})
	}
}

// A server that is killed with -9 in the middle of a load and of a write-back
// has, when it runs again, a whole network and whole findings.
func TestKilledServer(t *testing.T) {
	server := neo4jtest.Own(t)
	a, b := crowd{150, 1}, crowd{150, 2}
	s := openEmpty(t, server, small)
	mustSync(t, s, b)
	after := digest(t, s)
	mustSync(t, s, a)
	if err := s.Publish(t.Context(), a.findings("first"), nil); err != nil {
		t.Fatal(err)
	}

	// killAt kills the server once so much of a stage is done.
	killAt := func(stage string, enough int64) graph.Progress {
		return func(now string, done, _ int64) {
			if now == stage && done >= enough {
				server.Kill()
			}
		}
	}
	err := s.Sync(t.Context(), b, killAt("writing changes", 120))
	if !errors.Is(err, ErrDown) {
		t.Fatalf("Sync with a dying server: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Check(ctx); !errors.Is(err, ErrDown) {
		t.Errorf("Check of a server that is down: %v", err)
	}
	server.Start()
	if err := s.Check(t.Context()); err != nil {
		t.Errorf("Check of a server that is up again: %v", err)
	}
	if n := number1(server, "MATCH (c:KithChange) RETURN count(c)"); n == 0 {
		t.Error("nothing was left to be done: the server died too late to show anything")
	}
	if digest(t, s) != after || stored(server) != b.counts() {
		t.Errorf("after the restart: %v customers, products, calls and purchases, want %v", stored(server), b.counts())
	}
	a.mustBeWhole(t, s, server, "first")

	err = s.Publish(t.Context(), a.findings("second"), killAt("writing memberships", 60))
	if !errors.Is(err, ErrDown) {
		t.Fatalf("Publish with a dying server: %v", err)
	}
	server.Start()
	if n := leftovers(server); n == 0 {
		t.Error("nothing of the new run was there: the server died too early to show anything")
	}
	if run, err := s.Current(t.Context()); err != nil || run.ID != "first" {
		t.Errorf("the current run is %+v, %v", run, err)
	}
	a.mustShow(t, server, "first")
	if err := s.Publish(t.Context(), a.findings("second"), nil); err != nil {
		t.Fatal(err)
	}
	a.mustBeWhole(t, s, server, "second")
	if digest(t, s) != after {
		t.Error("findings have changed the network")
	}
}

// Two processes that roll the same log forward at the same time, and two that
// load at the same time, make every change once.
func TestTwoLoaders(t *testing.T) {
	server := opened(t)
	a, b := crowd{150, 1}, crowd{150, 2}
	o := small
	o.Workers = 4
	one, two := openEmpty(t, server, o), openAt(t, server, o)
	mustSync(t, one, b)
	after := digest(t, one)
	mustSync(t, one, a)

	// One notes its changes down and gets no further.
	ctx, cancel := context.WithCancel(t.Context())
	err := one.Sync(ctx, b, func(stage string, _, _ int64) {
		if stage == "writing changes" {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("Sync with an ended context: %v", err)
	}
	both := func(name string, do func(*Store) error) {
		t.Helper()
		errs := make(chan error, 2)
		for _, s := range []*Store{one, two} {
			go func() { errs <- do(s) }()
		}
		for range 2 {
			if err := <-errs; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := digest(t, one); got != after {
			t.Errorf("%s: the network is not the right one", name)
		}
		if n := stored(server); n != b.counts() {
			t.Errorf("%s: %v customers, products, calls and purchases, want %v", name, n, b.counts())
		}
	}
	both("two that finish", func(s *Store) error {
		_, err := s.Read(t.Context(), nil)
		return err
	})
	mustSync(t, one, a)
	both("two that load", func(s *Store) error { return s.Sync(t.Context(), b, nil) })
	if n := leftovers(server); n != 0 {
		t.Errorf("%d changes are left", n)
	}
}

// Two transactions that lock the same two nodes in opposite order are a deadlock
// for certain; do makes both of them in the end.
func TestDeadlockIsTriedAgain(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, Options{})
	server.Run("CREATE (:X {id: 1, n: 0}), (:X {id: 2, n: 0})", nil)
	first := make(chan struct{}, 2) // both have their first lock
	met := make(chan struct{})
	go func() {
		<-first
		<-first
		close(met)
	}()
	errs, tries := make(chan error, 2), make(chan int, 2)
	for _, order := range [][2]int{{1, 2}, {2, 1}} {
		go func() {
			n := 0
			errs <- s.do(t.Context(), func(ctx context.Context, tx neo4jTx) error {
				for i, id := range order {
					if err := run(ctx, tx, "MATCH (x:X {id: $id}) SET x.n = x.n + 1", map[string]any{"id": id}); err != nil {
						n++
						return err
					}
					if i == 0 && n == 0 {
						first <- struct{}{}
						<-met
					}
				}
				return nil
			})
			tries <- n
		}()
	}
	for range 2 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if failed := <-tries + <-tries; failed == 0 {
		t.Error("there was no deadlock")
	}
	for _, record := range server.Run("MATCH (x:X) RETURN x.n", nil) {
		if record.Values[0] != int64(2) {
			t.Errorf("a node was written %v times, want 2", record.Values[0])
		}
	}
}

// A network that has not changed is not written.
func TestUnchangedNetworkIsNotWritten(t *testing.T) {
	server := opened(t)
	s := openEmpty(t, server, small)
	mustSync(t, s, crowd{40, 1})
	before, err := s.state(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var stages []string
	err = s.Sync(t.Context(), crowd{40, 1}, func(stage string, _, _ int64) { stages = append(stages, stage) })
	if err != nil {
		t.Fatal(err)
	}
	if after, err := s.state(t.Context()); err != nil || after != before || strings.Contains(fmt.Sprint(stages), "writing") {
		t.Errorf("state %+v became %+v, %v, by %v", before, after, err, stages)
	}
}
