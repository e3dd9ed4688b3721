package neo4jtest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

// Server is a Neo4j server that one test has to itself until it ends.
type Server struct {
	// URI is where it speaks Bolt, such as bolt://127.0.0.1:40123.
	URI string
	// HTTP is where it serves Neo4j Browser; empty for a server elsewhere.
	HTTP string
	// User and Password may do everything.
	User, Password string
	// Home is its folder; empty for a server elsewhere.
	Home string

	t       testing.TB
	run     string
	own     *instance // nil for a server elsewhere
	spoiled bool
	mayStay []string // constraints and indexes that need not be removed

	mu     sync.Mutex
	driver neo4j.DriverWithContext // nil where nothing has been asked since the start
}

// Open returns a server with an empty database, waiting until no other test
// uses it. It is the one that KITH_TEST_NEO4J names, or one of this machine.
// Constraints and indexes with the names that may stay can be there: to make them
// takes longer than a small test.
func Open(t testing.TB, mayStay ...string) *Server {
	t.Helper()
	if os.Getenv("KITH_TEST_NEO4J") == "" {
		return own(t, false, nil, mayStay)
	}
	s := take(t, "elsewhere")
	s.mayStay = mayStay
	if err := s.elsewhere(os.Getenv("KITH_TEST_NEO4J")); err != nil {
		t.Fatal(err)
	}
	if err := s.wipe(); err != nil {
		t.Fatalf("empty the database of KITH_TEST_NEO4J: %v", err)
	}
	return s
}

// Own is like Open, but the server is always one of this machine, which the test
// may stop, kill and start again. Settings, as name=value, replace the defaults
// in neo4j.conf; a server with settings is not handed on to other tests.
func Own(t testing.TB, settings ...string) *Server {
	t.Helper()
	return own(t, false, settings, nil)
}

// OwnWithGDS is like Own, with the plugin Graph Data Science in the server, which
// Maven resolves on the first call on this machine (some 100 MB). It is not handed
// on to other tests.
func OwnWithGDS(t testing.TB, settings ...string) *Server {
	t.Helper()
	return own(t, true, settings, nil)
}

func own(t testing.TB, gds bool, settings, mayStay []string) *Server {
	t.Helper()
	if err := haveTools(); err != nil {
		if ci, _ := strconv.ParseBool(os.Getenv("CI")); ci {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	s := take(t, "a", "b")
	s.mayStay = mayStay
	if err := s.here(settings, gds); err != nil {
		t.Fatal(err)
	}
	return s
}

// take waits for the turn of the test with one of some servers, each of which has
// a folder of its own.
func take(t testing.TB, servers ...string) *Server {
	t.Helper()
	var runs, locks []string
	for _, name := range servers {
		run := filepath.Join(os.TempDir(), fmt.Sprintf("kith-neo4j-%d", os.Getuid()), name)
		runs, locks = append(runs, run), append(locks, filepath.Join(run, "lock"))
	}
	turn, i, err := takeTurn(t.Context(), locks...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(turn.end)
	return &Server{User: "neo4j", t: t, run: runs[i]}
}

// elsewhere connects to the server at an address of the form
// bolt://user:password@host:port.
func (s *Server) elsewhere(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		// The cause would show the password.
		return errors.New("KITH_TEST_NEO4J is not of the form bolt://user:password@host:port")
	}
	if u.User != nil {
		s.User = u.User.Username()
		s.Password, _ = u.User.Password()
	}
	u.User = nil
	s.URI = u.String()
	return nil
}

// here adopts or starts this machine's server.
func (s *Server) here(settings []string, gds bool) error {
	p := forTests
	if _, ok := s.t.(*testing.B); ok {
		p = forBenchmarks
	}
	jars, err := cached(s.t.Context(), serverBundle())
	if err != nil {
		return err
	}
	var plugins string
	if gds {
		if plugins, err = cached(s.t.Context(), gdsBundle(jars)); err != nil {
			return err
		}
	}
	s.t.Cleanup(s.leave)
	if s.own = adopt(s.run, jars, p); s.own != nil && len(settings) == 0 && !gds {
		s.describe()
		err := s.wipe()
		if err == nil {
			return nil
		}
		if !errors.Is(err, errTooFull) {
			s.t.Logf("the server cannot be emptied, so another is started: %v", err)
		}
	}
	if s.own != nil {
		s.own.discard()
	}
	forget(s.run)
	if err := shareClasses(s.t.Context(), s.run, jars); err != nil {
		s.t.Logf("servers will start more slowly: %v", err)
	}
	s.spoiled = len(settings) > 0 || gds
	// Another process may have taken a port that was free a moment ago.
	for try := 1; ; try++ {
		if s.own, err = create(s.run, jars, p); err != nil {
			return err
		}
		s.own.plugins = plugins
		if err = s.own.start(s.t.Context(), settings); err == nil {
			break
		}
		s.own.discard()
		if try == 3 || !strings.Contains(err.Error(), "Address already in use") {
			return err
		}
	}
	s.describe()
	if s.spoiled {
		return nil
	}
	return s.own.save(s.run)
}

func (s *Server) describe() {
	s.URI, s.Password, s.Home = s.own.uri(), s.own.Password, s.own.Home
	s.HTTP = fmt.Sprintf("http://127.0.0.1:%d", s.own.HTTP)
}

// leave hands the server on, or ends it when no other test should have it.
func (s *Server) leave() {
	if s.own == nil {
		return
	}
	if s.spoiled || !s.own.running() {
		forget(s.run)
		s.own.discard()
		return
	}
	// A restart has given it another process id.
	if err := s.own.save(s.run); err != nil {
		s.t.Error(err)
	}
	s.own.letGo()
}

// Spoil says that the test has changed the server beyond its data, so that it
// must not be handed on.
func (s *Server) Spoil() { s.spoiled = true }

// Kill ends the server as a crash does, with SIGKILL.
func (s *Server) Kill() { s.ending().kill() }

// Stop ends the server in good order.
func (s *Server) Stop() { s.ending().stop() }

// Start starts a server again that was stopped or killed, on the same data, port
// and password. Settings, as name=value, replace the defaults.
func (s *Server) Start(settings ...string) {
	s.t.Helper()
	if s.mine().running() {
		s.t.Fatal("the server is running")
	}
	s.spoiled = s.spoiled || len(settings) > 0
	if err := s.own.start(s.t.Context(), settings); err != nil {
		s.t.Fatal(err)
	}
	s.describe()
}

// PID is the server's process id.
func (s *Server) PID() int { return s.mine().PID }

// Admin runs neo4j-admin on the server's home and returns what it printed. It runs the
// tool itself: the script and the class that usually start it only find out how much
// memory there is, by a virtual machine of their own.
func (s *Server) Admin(args ...string) (string, error) {
	own := s.mine()
	java := slices.Concat([]string{"-Xmx1g"}, own.machine(), []string{"-cp", filepath.Join(own.jars, "*"),
		"-Dbasedir=" + own.Home, "org.neo4j.cli.AdminTool"}, args)
	cmd := exec.CommandContext(s.t.Context(), "java", java...)
	cmd.Env = append(os.Environ(), "NEO4J_HOME="+own.Home, "NEO4J_CONF="+filepath.Join(own.Home, "conf"))
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ending is the server, whose connections are about to end.
func (s *Server) ending() *instance {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.driver = nil
	return s.mine()
}

func (s *Server) mine() *instance {
	if s.own == nil {
		s.t.Fatal("the test wants to stop or change a server that isn't its own: use neo4jtest.Own")
	}
	return s.own
}

// asking is the driver of Run, which lasts until the server is stopped or killed.
func (s *Server) asking() neo4j.DriverWithContext {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.driver == nil {
		s.driver = s.Driver()
	}
	return s.driver
}

// Driver returns a driver that is closed when the test ends.
func (s *Server) Driver() neo4j.DriverWithContext {
	s.t.Helper()
	d, err := neo4j.NewDriverWithContext(s.URI, neo4j.BasicAuth(s.User, s.Password, ""))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = d.Close(context.Background()) })
	return d
}

// Run runs one Cypher statement in a transaction of its own and returns its
// records.
func (s *Server) Run(cypher string, params map[string]any) []*neo4j.Record {
	s.t.Helper()
	return s.RunOn("neo4j", cypher, params)
}

// RunOn is Run on another database, such as system.
func (s *Server) RunOn(database, cypher string, params map[string]any) []*neo4j.Record {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	records, err := run(ctx, s.asking(), database, cypher, params)
	if err != nil {
		s.t.Fatalf("%s: %v", cypher, err)
	}
	return records
}
