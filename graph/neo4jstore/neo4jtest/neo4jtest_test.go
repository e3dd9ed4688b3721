package neo4jtest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

func count(t *testing.T, s *Server) int64 {
	t.Helper()
	return s.Run("MATCH (n) RETURN count(n)", nil)[0].Values[0].(int64)
}

func TestEachTestFindsAnEmptyServer(t *testing.T) {
	var pids []int
	for i := range 2 {
		t.Run(strconv.Itoa(i), func(t *testing.T) {
			s := Own(t)
			pids = append(pids, s.PID())
			if n := count(t, s); n != 0 {
				t.Errorf("%d nodes of an earlier test are left", n)
			}
			s.Run("CREATE CONSTRAINT `odd ``name` FOR (n:A) REQUIRE n.x IS UNIQUE", nil)
			s.Run("CREATE INDEX plain FOR (n:A) ON (n.y)", nil)
			s.Run("UNWIND range(1, 25000) AS i CREATE (:A {x: i})", nil)
			s.Run("MATCH (a:A {x: 1}), (b:A) CREATE (a)-[:T]->(b)", nil)
		})
	}
	if len(pids) == 2 && pids[0] != pids[1] {
		t.Errorf("the second test got another server: %v", pids)
	}
}

func TestPasswordIsAskedFor(t *testing.T) {
	s := Own(t)
	d, err := neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.User, "wrong", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close(t.Context())
	var refused *neo4j.Neo4jError
	if err := d.VerifyConnectivity(t.Context()); !errors.As(err, &refused) || refused.Code != "Neo.ClientError.Security.Unauthorized" {
		t.Errorf("a wrong password gives %v", err)
	}
}

func TestKilledServerStartsAgainWithItsData(t *testing.T) {
	s := Own(t)
	s.Run("CREATE (:A {x: 1})", nil)
	before := s.PID()
	s.Kill()
	if err := syscall.Kill(before, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("process %d is there after Kill: %v", before, err)
	}
	s.Start()
	if n := count(t, s); n != 1 {
		t.Errorf("%d nodes after the restart, want 1", n)
	}
}

func TestForeignDataIsRefused(t *testing.T) {
	own := Own(t)
	s := &Server{User: "neo4j", t: t}
	if err := s.elsewhere(strings.Replace(own.URI, "//", "//neo4j:"+own.Password+"@", 1)); err != nil {
		t.Fatal(err)
	}
	own.Run("CREATE (:Precious)", nil)
	if err := s.wipe(); err == nil || !strings.Contains(err.Error(), "no test of kith made") {
		t.Errorf("a database with foreign data: %v", err)
	}
	if n := count(t, own); n != 1 {
		t.Fatalf("%d nodes are left of 1", n)
	}
	own.Run("MATCH (n) DELETE n", nil)
	for range 2 {
		if err := s.wipe(); err != nil {
			t.Fatal(err)
		}
		own.Run("CREATE (:Ours)", nil)
	}
	own.Run("DROP CONSTRAINT "+mark, nil)
}

func TestAddressElsewhere(t *testing.T) {
	for _, bad := range []string{"", "bolt://neo4j:secret@host:port", "neo4j:secret@host"} {
		if err := new(Server).elsewhere(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("elsewhere(%q) = %v; want an error without the password", bad, err)
		}
	}
}

func TestSettingReplacesDefault(t *testing.T) {
	s := &instance{Home: t.TempDir(), Bolt: 1234, HTTP: 1235, profile: forTests}
	if err := os.Mkdir(filepath.Join(s.Home, "conf"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.configure([]string{"server.http.enabled=false", "db.memory.transaction.max=10m"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(s.Home, "conf", "neo4j.conf"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]bool{
		"server.http.enabled=false":                 true,
		"server.http.enabled=true":                  false,
		"db.memory.transaction.max=10m":             true,
		"server.bolt.listen_address=127.0.0.1:1234": true,
	} {
		if got := strings.Contains(string(text), line+"\n"); got != want {
			t.Errorf("%q in neo4j.conf: %t, want %t", line, got, want)
		}
	}
	if err := s.configure([]string{"nonsense"}); err == nil {
		t.Error("a setting without a value was taken")
	}
}

func TestTurnIsExclusive(t *testing.T) {
	dir := t.TempDir()
	paths := []string{filepath.Join(dir, "deep", "lock"), filepath.Join(dir, "other", "lock")}
	var turns []*turn
	for want := range paths {
		taken, got, err := takeTurn(t.Context(), paths...)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("taker %d got lock %d", want, got)
		}
		turns = append(turns, taken)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 120*time.Millisecond)
	defer cancel()
	if _, _, err := takeTurn(ctx, paths...); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one taker too many got %v", err)
	}
	turns[1].end()
	again, got, err := takeTurn(t.Context(), paths...)
	if err != nil || got != 1 {
		t.Fatalf("after its end lock %d was free, want 1: %v", got, err)
	}
	again.end()
	turns[0].end()
}

// A Maven of our own shows what becomes of downloads that fail, and that two
// processes don't download twice.
func TestJarsAppearWholeOrNotAtAll(t *testing.T) {
	root, bin := t.TempDir(), t.TempDir()
	calls := filepath.Join(root, "calls")
	script := `#!/bin/sh
echo x >> "` + calls + `"
for a; do case $a in -DoutputDirectory=*) out=${a#*=};; esac; done
if [ "$FAIL" = half ]; then echo half > "$out/half.jar"; echo "no route to host" >&2; exit 1; fi
sleep 0.3
[ "$FAIL" = empty ] || echo jar > "$out/neo4j-server-5.26.30.jar"
`
	if err := os.WriteFile(filepath.Join(bin, "mvn"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))

	t.Setenv("FAIL", "half")
	if _, err := resolve(t.Context(), root, serverBundle()); err == nil || !strings.Contains(err.Error(), "no route to host") {
		t.Errorf("a failed download gives %v", err)
	}
	t.Setenv("FAIL", "empty")
	if _, err := resolve(t.Context(), root, serverBundle()); err == nil {
		t.Error("a download without a server was taken")
	}
	t.Setenv("FAIL", "")
	var wg sync.WaitGroup
	var homes [3]string
	for i := range homes {
		wg.Go(func() {
			var err error
			if homes[i], err = resolve(t.Context(), root, serverBundle()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, home := range homes {
		if home != homes[0] {
			t.Errorf("two folders: %v", homes)
		}
	}
	if filepath.Base(homes[0])[:15] != "neo4j-5.26.30-"+filepath.Base(homes[0])[14:15] {
		t.Errorf("the folder %s doesn't name the version", homes[0])
	}
	if left, _ := filepath.Glob(filepath.Join(homes[0], "*.jar")); len(left) != 1 {
		t.Errorf("the folder holds %v, want one jar", left)
	}
	if text, _ := os.ReadFile(calls); strings.Count(string(text), "x") != 3 {
		t.Errorf("Maven ran %d times, want 3: twice in vain, once for all", strings.Count(string(text), "x"))
	}
}

// child is what a test process that ends badly does; see TestNoServerIsLeftBehind.
func TestChild(t *testing.T) {
	how := os.Getenv("KITH_NEO4JTEST_CHILD")
	if how == "" {
		return
	}
	s := Own(t)
	fmt.Printf("server %d %s\n", s.PID(), s.Home)
	if how == "panic" {
		panic("on purpose")
	}
	time.Sleep(time.Minute)
}

func TestNoServerIsLeftBehind(t *testing.T) {
	// Children have a run folder of their own, so that they start a server of
	// their own; the usual one makes room.
	turn := Own(t)
	turn.Spoil()
	turn.Kill()

	for _, how := range []string{"panic", "kill -9"} {
		t.Run(how, func(t *testing.T) {
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestChild$", "-test.v")
			cmd.Env = append(os.Environ(), "KITH_NEO4JTEST_CHILD="+how, "TMPDIR="+t.TempDir())
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			var pid int
			var home string
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if n, _ := fmt.Sscanf(lines.Text(), "server %d %s", &pid, &home); n == 2 {
					break
				}
			}
			if how == "kill -9" {
				_ = cmd.Process.Kill()
			}
			if err := cmd.Wait(); err == nil {
				t.Error("the child ended well")
			}
			if pid == 0 || !isDir(home) && syscall.Kill(pid, 0) == nil {
				t.Fatalf("the child had no server: process %d in %q", pid, home)
			}
			deadline := time.Now().Add(grace + 20*time.Second)
			for alive(pid) || isDir(home) {
				if time.Now().After(deadline) {
					_ = syscall.Kill(pid, syscall.SIGKILL)
					t.Fatalf("process %d, or its home, is still there", pid)
				}
				time.Sleep(100 * time.Millisecond)
			}
		})
	}
}

// alive tells whether a process runs; one that has ended and waits to be
// collected by whatever adopted it does not.
func alive(pid int) bool {
	if syscall.Kill(pid, 0) != nil {
		return false
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return true
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
