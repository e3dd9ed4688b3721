package duckstore

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kith/graph"
)

// Some tests need another process: the test binary runs itself again and does,
// in place of tests, what these variables say.
const (
	childTask   = "KITH_DUCKSTORE_CHILD"
	childFolder = "KITH_DUCKSTORE_FOLDER"
)

func TestMain(m *testing.M) {
	tasks := map[string]func(ctx context.Context, dir string) error{
		"write":  childHolds(Options{Create: true}),
		"read":   childHolds(Options{ReadOnly: true}),
		"work":   childWorks(200 << 10), // checkpoints are often, so that some kills meet them
		"log":    childWorks(-1),
		"create": childCreates,
		"bulk":   childLoadsMuch,
		"forget": childForgets,
	}
	if task := os.Getenv(childTask); task != "" {
		if err := tasks[task](context.Background(), os.Getenv(childFolder)); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// child is another process that works on a folder and says how far it is.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
	stop  io.Closer // closing it tells the child to end
}

func startChild(t *testing.T, task, dir string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe)
	cmd.Env = append(os.Environ(), childTask+"="+task, childFolder+"="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{cmd, bufio.NewScanner(out), in}
	t.Cleanup(func() { _ = c.cmd.Process.Kill() }) // where the test ended early
	return c
}

// says waits for the next line of the child; it is empty when the child ended.
func (c *child) says() string {
	if !c.lines.Scan() {
		return ""
	}
	return c.lines.Text()
}

// kill ends the child as kill -9 does.
func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait()
}

// childHolds opens a folder and holds it until its input ends.
func childHolds(o Options) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		s, err := Open(ctx, dir, o)
		if err != nil {
			return err
		}
		fmt.Println("open")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return s.Close()
	}
}

// childCreates opens new folders one after the other.
func childCreates(ctx context.Context, dir string) error {
	for i := 0; ; i++ {
		fmt.Println(i)
		s, err := Open(ctx, fmt.Sprintf("%s/%d", dir, i), Options{Create: true})
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
}

// childLoadsMuch commits so many rows that DuckDB writes them to the database
// file at once and only names them in the log, and keeps that from being tidied
// up until it is killed.
func childLoadsMuch(ctx context.Context, dir string) error {
	s, err := Open(ctx, dir, Options{Create: true, Log: -1})
	if err != nil {
		return err
	}
	err = s.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, numbered(bulk))
		return err
	})
	if err != nil {
		return err
	}
	fmt.Println("committed")
	select {}
}

const bulk = `INSERT INTO events.calls
	SELECT 'a' || hash(range), 'b' || hash(range + 1), NULL, 'voice', range, true, 1 FROM range(300000)`

// childWorks changes everything that a store holds to state 1, 2, 3, … after
// the one that it finds, and says so whenever a change has been acknowledged.
// The log is written to the file whenever it exceeds the threshold.
func childWorks(threshold int64) func(context.Context, string) error {
	return func(ctx context.Context, dir string) error {
		s, err := Open(ctx, dir, Options{Create: true, Log: threshold})
		if err != nil {
			return err
		}
		at, err := stateOf(ctx, s)
		if err != nil {
			return err
		}
		for i := 1 + min(at.network, at.run, at.events); ; i++ {
			if err := s.Sync(ctx, stateSource(i), nil); err != nil {
				return err
			}
			fmt.Println("network", i)
			if err := s.Publish(ctx, stateFindings(i), nil); err != nil {
				return err
			}
			fmt.Println("run", i)
			if err := s.Update(ctx, stateEvents(i)); err != nil {
				return err
			}
			fmt.Println("events", i)
		}
	}
}

// stateEvents replaces the calls by 20,000 of i seconds.
func stateEvents(i int) func(context.Context, *sql.Conn) error {
	return func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "DELETE FROM events.packed_calls; DELETE FROM events.ids"); err != nil {
			return err
		}
		_, err := conn.ExecContext(ctx, numbered(fmt.Sprintf(`INSERT INTO events.calls
			SELECT 'a' || range, 'b' || range, NULL, 'voice', %d, true, 1 FROM range(20000)`, i)))
		return err
	}
}

// state is how far each part of a store has come.
type state struct{ network, run, events int }

// stateSource is a network of 3,000 ties that all have the weight i.
func stateSource(i int) graph.Source {
	return weighted{ringSource{300, 10}, float64(i)}
}

func stateFindings(i int) *graph.Findings {
	f := &graph.Findings{Run: graph.Run{ID: strconv.Itoa(i), At: time.Unix(int64(i), 0)}}
	f.Customers = func(yield func(graph.CustomerFinding) bool) {
		for c := range 2000 {
			if !yield(graph.CustomerFinding{ID: fmt.Sprint("c", c), ChurnRisk: float64(i)}) {
				return
			}
		}
	}
	return f
}

// stateOf reads how far a store has come, and fails where a part of it is
// between two states.
func stateOf(ctx context.Context, s *Store) (state, error) {
	var at state
	n, err := s.Read(ctx, nil)
	if err != nil {
		return at, err
	}
	if n.Calls.Arcs() > 0 {
		at.network = 1
		if n.Calls.Weights != nil { // else each weighs 1
			at.network = int(n.Calls.Weights[0])
		}
		for u := range n.Calls.Rows() {
			for _, w := range n.Calls.WeightsOf(uint32(u)) {
				if int(w) != at.network {
					return at, fmt.Errorf("weights %v and %d in one network", w, at.network)
				}
			}
		}
		if n.Calls.Arcs() != 3000 || n.Customers.Len() != 300 {
			return at, fmt.Errorf("%d arcs of %d customers", n.Calls.Arcs(), n.Customers.Len())
		}
	}
	var rows, least, most int
	one := func(what, text string, want int) error {
		err := s.DB().QueryRowContext(ctx, text).Scan(&rows, &least, &most)
		if err == nil && rows > 0 && (rows != want || least != most) {
			err = fmt.Errorf("%s: %d rows of states %d to %d", what, rows, least, most)
		}
		return err
	}
	if err := one("findings", `SELECT count(*), coalesce(min(churn_risk), 0)::INTEGER, coalesce(max(churn_risk), 0)::INTEGER FROM result.customers`, 2000); err != nil {
		return at, err
	}
	if at.run = most; at.run > 0 {
		run, err := s.Current(ctx)
		if err != nil {
			return at, err
		}
		if run.ID != strconv.Itoa(at.run) {
			return at, fmt.Errorf("run %q with the findings of %d", run.ID, at.run)
		}
	}
	err = one("events", `SELECT count(*), coalesce(min(seconds), 0), coalesce(max(seconds), 0) FROM events.calls`, 20000)
	at.events = most
	return at, err
}

// parse takes a line like "network 3" into a state.
func (at *state) parse(line string) error {
	what, number, _ := strings.Cut(line, " ")
	i, err := strconv.Atoi(number)
	if err != nil {
		return fmt.Errorf("the child said %q", line)
	}
	switch what {
	case "network":
		at.network = i
	case "run":
		at.run = i
	case "events":
		at.events = i
	}
	return nil
}
