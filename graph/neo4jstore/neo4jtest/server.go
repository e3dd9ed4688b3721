package neo4jtest

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"text/template"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"
)

//go:embed Leash.java
var leashJava []byte

//go:embed neo4j.conf
var confText string

// grace is how long a server waits for somebody to hold it when no go command
// is known to run tests.
const grace = 10 * time.Second

// profile is how a server is run: quick to start for tests, quick to work for
// benchmarks.
type profile struct {
	name, heap, pageCache string
	// replan is how old the plan of a query must be before it is made anew because
	// the graph has grown or shrunk, as that of tests does all the time.
	replan string
	java   []string
}

var (
	forTests      = profile{"test", "768m", "128m", "1h", []string{"-Xms128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"}}
	forBenchmarks = profile{"bench", "1g", "512m", "10s", []string{"-Xms1g", "-XX:+UseG1GC"}}
)

// javaOpens are what Neo4j asks of every JVM from 17 on.
var javaOpens = []string{
	"--add-opens=java.base/java.nio=ALL-UNNAMED",
	"--add-opens=java.base/java.io=ALL-UNNAMED",
	"--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
	"-Dlog4j2.disable.jmx=true",
	"-Dfile.encoding=UTF-8",
}

// instance is a server of this machine, as server.json in the run folder
// describes it to the next process.
type instance struct {
	Key      string // what it was made from; another key means another server
	Home     string
	PID      int
	Bolt     int
	HTTP     int
	Password string

	jars    string
	plugins string // a folder of further jars; empty for none
	profile profile
	tls     bool          // takes encrypted connections only
	leash   net.Conn      // keeps the server alive
	exited  chan struct{} // closed when our child has ended; nil for somebody else's
}

// create makes the home of a new server beneath the run folder. All other homes
// there are left-overs, as the folder has one server at a time.
func create(run, jars string, p profile) (*instance, error) {
	old, err := filepath.Glob(filepath.Join(run, "home-*"))
	if err != nil {
		return nil, err
	}
	for _, home := range old {
		// A JVM that is ending may still write there; the next one removes the rest.
		_ = os.RemoveAll(home)
	}
	home, err := os.MkdirTemp(run, "home-")
	if err != nil {
		return nil, err
	}
	for _, dir := range []string{"conf", "data", "logs", "plugins", "import", "run", "licenses"} {
		if err := os.Mkdir(filepath.Join(home, dir), 0o700); err != nil {
			return nil, err
		}
	}
	secret := make([]byte, 12)
	if _, err := rand.Read(secret); err != nil {
		return nil, err
	}
	ports, err := freePorts(2)
	if err != nil {
		return nil, err
	}
	return &instance{Key: key(jars, p), Home: home, Bolt: ports[0], HTTP: ports[1],
		Password: hex.EncodeToString(secret), jars: jars, profile: p}, nil
}

// key names what a server is made from.
func key(jars string, p profile) string {
	h := sha256.New()
	fmt.Fprintln(h, jars, p.name, p.replan, confText)
	h.Write(leashJava)
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// freePorts asks the kernel for loopback ports that nobody listens on.
func freePorts(n int) ([]int, error) {
	ports := make([]int, n)
	for i := range ports {
		l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports[i] = l.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// start runs the server on its home, with further settings, and returns once a
// query has been answered.
func (s *instance) start(ctx context.Context, settings []string) error {
	first := !isDir(filepath.Join(s.Home, "data", "dbms"))
	path := filepath.Join(s.jars, "*")
	if s.plugins != "" {
		// The plugin's services are found on the class path, its procedures in
		// the folder of plugins.
		path = filepath.Join(s.plugins, "*") + string(os.PathListSeparator) + path
		settings = append([]string{"server.directories.plugins=" + s.plugins, "dbms.security.procedures.unrestricted=gds.*"}, settings...)
	}
	if err := s.configure(settings); err != nil {
		return err
	}
	_ = os.Remove(filepath.Join(s.Home, "leash"))
	console, err := os.Create(filepath.Join(s.Home, "logs", "console.log"))
	if err != nil {
		return err
	}
	defer console.Close()

	leash, err := leashClasses(ctx, s.jars)
	if err != nil {
		return err
	}
	// Behind the jars, as a JVM does without the shared classes of others.
	path += string(os.PathListSeparator) + leash
	args := slices.Concat([]string{"-Xmx" + s.profile.heap, "-XX:+ExitOnOutOfMemoryError"}, s.machine(),
		[]string{"-cp", path, "Leash", s.Home, strconv.FormatInt(grace.Milliseconds(), 10)})
	// The context ends the wait, not the server: the leash does that.
	cmd := exec.CommandContext(context.WithoutCancel(ctx), "java", args...)
	cmd.Dir = s.Home
	cmd.Stdout, cmd.Stderr = console, console
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if first {
		cmd.Env = append(os.Environ(), "KITH_NEO4J_INITIAL_PASSWORD="+s.Password)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start java: %w", err)
	}
	s.PID = cmd.Process.Pid
	s.exited = make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(s.exited)
	}()

	if err := s.wait(ctx); err != nil {
		s.kill()
		return fmt.Errorf("%w\n%s", err, s.consoleTail())
	}
	return nil
}

// machine are the options of each virtual machine that runs something of the server.
func (s *instance) machine() []string {
	options := slices.Clone(s.profile.java)
	if isFile(classes(s.jars)) {
		options = append(options, "-XX:SharedArchiveFile="+classes(s.jars))
	}
	return append(options, javaOpens...)
}

// configure writes the server's settings; what is in settings, as key=value,
// replaces the default.
func (s *instance) configure(settings []string) error {
	var b bytes.Buffer
	t, err := template.New("neo4j.conf").Parse(confText)
	if err != nil {
		return err
	}
	if err := t.Execute(&b, map[string]any{"Bolt": s.Bolt, "HTTP": s.HTTP, "PageCache": s.profile.pageCache, "Replan": s.profile.replan}); err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	s.tls = slices.Contains(settings, "server.bolt.tls_level=REQUIRED")
	for _, set := range settings {
		name, _, ok := strings.Cut(set, "=")
		if !ok {
			return fmt.Errorf("setting %q is not of the form name=value", set)
		}
		kept := lines[:0]
		for _, line := range lines {
			if !strings.HasPrefix(line, name+"=") {
				kept = append(kept, line)
			}
		}
		lines = append(kept, set)
	}
	return os.WriteFile(filepath.Join(s.Home, "conf", "neo4j.conf"), []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}

// wait returns when the server answers, or when it has ended.
func (s *instance) wait(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	driver, err := neo4j.NewDriverWithContext(s.uri(), neo4j.BasicAuth("neo4j", s.Password, ""))
	if err != nil {
		return err
	}
	defer driver.Close(context.WithoutCancel(ctx))
	var last error
	for {
		switch {
		case s.leash == nil:
			last = s.hold()
		case !listens(s.Bolt):
			last = errors.New("its Bolt port is closed")
		default:
			if _, last = neo4j.ExecuteQuery(ctx, driver, "RETURN 1", nil, neo4j.EagerResultTransformer); last == nil {
				return nil
			}
		}
		select {
		case <-s.exited:
			return errors.New("neo4j ended while starting")
		case <-ctx.Done():
			return fmt.Errorf("neo4j did not answer: %w; last: %w", ctx.Err(), last)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func listens(port int) bool {
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	c.Close()
	return true
}

// hold takes the server's leash. It fails when the server is not running.
func (s *instance) hold() error {
	text, err := os.ReadFile(filepath.Join(s.Home, "leash"))
	if err != nil {
		return err
	}
	port, pid, ok := strings.Cut(strings.TrimSpace(string(text)), " ")
	if !ok || pid != strconv.Itoa(s.PID) {
		return fmt.Errorf("the leash in %s is not of process %d", s.Home, s.PID)
	}
	c, err := (&net.Dialer{Timeout: time.Second}).DialContext(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", port))
	if err != nil {
		return err
	}
	// The answer proves that the port is still that server's, and the server well.
	answer := make([]byte, len(pid)+1)
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err = fmt.Fprintf(c, "%d\n", os.Getppid()); err == nil {
		_, err = c.Read(answer)
	}
	if err != nil || string(answer) != pid+"\n" {
		c.Close()
		return fmt.Errorf("process %d does not answer on its leash: %q, %w", s.PID, answer, err)
	}
	_ = c.SetDeadline(time.Time{})
	s.leash = c
	return nil
}

// letGo gives the leash back; the server goes on while somebody else needs it.
func (s *instance) letGo() {
	if s.leash != nil {
		s.leash.Close()
		s.leash = nil
	}
}

// running tells whether the process is there.
func (s *instance) running() bool {
	if s.exited != nil {
		select {
		case <-s.exited:
			return false
		default:
			return true
		}
	}
	return s.leash != nil && syscall.Kill(s.PID, 0) == nil
}

// kill ends the server with SIGKILL and returns when it is gone. The process id
// is only used while the leash or a Wait vouches for it.
func (s *instance) kill() { s.signal(syscall.SIGKILL, 10*time.Second) }

// stop ends the server in good order, or with SIGKILL when that takes too long.
func (s *instance) stop() {
	s.signal(syscall.SIGTERM, 45*time.Second)
	s.kill()
}

func (s *instance) signal(sig syscall.Signal, limit time.Duration) {
	deadline := time.Now().Add(limit)
	if s.running() {
		_ = syscall.Kill(s.PID, sig)
	}
	for s.running() && time.Now().Before(deadline) {
		time.Sleep(20 * time.Millisecond)
	}
	if !s.running() {
		s.letGo()
	}
}

// discard kills the server and removes its home.
func (s *instance) discard() {
	s.kill()
	_ = os.RemoveAll(s.Home)
}

func (s *instance) uri() string {
	scheme := "bolt"
	if s.tls {
		scheme = "bolt+ssc"
	}
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, s.Bolt)
}

func (s *instance) consoleTail() string {
	text, err := os.ReadFile(filepath.Join(s.Home, "logs", "console.log"))
	if err != nil {
		return err.Error()
	}
	return tail(string(text), 3000)
}

// save describes the server to the next process that wants it.
func (s *instance) save(run string) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(run, "server.json"), text, 0o600)
}

// forget tells the next process that there is no server.
func forget(run string) { _ = os.Remove(filepath.Join(run, "server.json")) }

// adopt takes the server over that server.json describes, or returns nil when
// there is none or when it is made from something else, which it then ends.
func adopt(run, jars string, p profile) *instance {
	text, err := os.ReadFile(filepath.Join(run, "server.json"))
	if err != nil {
		return nil
	}
	s := &instance{jars: jars, profile: p}
	if json.Unmarshal(text, s) != nil || s.hold() != nil {
		return nil
	}
	if s.Key != key(jars, p) {
		s.discard()
		return nil
	}
	return s
}
