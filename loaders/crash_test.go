package loaders

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"kith/graph/duckstore"
)

// Some tests need another process: the test binary runs itself again and, in
// place of tests, loads a file into a folder or posts to it.
const childTask = "KITH_LOADERS_CHILD"

func TestMain(m *testing.M) {
	if task := os.Getenv(childTask); task != "" {
		dir, file, _ := strings.Cut(task, "|")
		act := loadOnce
		switch {
		case dir == holdTask:
			act = holdDatabase
		case strings.HasPrefix(dir, postTask):
			act = postForever
		}
		if err := act(dir, file); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	if task := os.Getenv(benchTask); task != "" {
		if err := benchOnce(strings.Split(task, "|")); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func loadOnce(dir, file string) error {
	ctx := context.Background()
	st, err := duckstore.Open(ctx, dir, duckstore.Options{Create: true})
	if err != nil {
		return err
	}
	fmt.Println("open")
	r, err := Load(ctx, st, Options{Kind: Calls, Files: []string{file}})
	if err != nil {
		return err
	}
	fmt.Println("loaded", r[0].ID)
	return st.Close()
}

// kills is how many processes are killed: a few, or as many as the soak asks for
// with KITH_SOAK=1 or a number in KITH_SOAK_KILLS.
func kills(t *testing.T) int {
	if text := os.Getenv("KITH_SOAK_KILLS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatalf("KITH_SOAK_KILLS is %q, which is no number", text)
		}
		return n
	}
	if os.Getenv("KITH_SOAK") == "1" {
		return 50
	}
	return 4
}

// TestKill kills a process while it loads. Rows, receipt and rejects are there
// together or not at all, and loading the file again completes it.
func TestKill(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	const rows, good = 50_000, 45_000
	var text strings.Builder
	text.WriteString("caller,callee,at\n")
	for i := range rows {
		callee := "b"
		if i%10 == 9 {
			callee = strconv.Itoa(i)
		}
		fmt.Fprintf(&text, "%d,%s,%d\n", i, callee, 1_700_000_000+i)
	}
	file := write(t, "calls.csv", text.String())
	start := func(dir string) (*exec.Cmd, <-chan string) {
		cmd := exec.CommandContext(context.Background(), exe)
		cmd.Env = append(os.Environ(), childTask+"="+dir+"|"+file)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := make(chan string, 1)
		go func() {
			defer close(lines)
			b := make([]byte, 256)
			for {
				n, err := out.Read(b)
				if n > 0 {
					lines <- string(b[:n])
				}
				if err != nil {
					return
				}
			}
		}()
		return cmd, lines
	}
	// A load that nobody kills says how long one takes.
	dir := filepath.Join(t.TempDir(), "data")
	cmd, lines := start(dir)
	<-lines
	began := time.Now()
	said := strings.Join(drain(lines), "")
	whole := time.Since(began)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err, said)
	}

	r := rand.New(rand.NewPCG(13, 21))
	n := kills(t)
	none, all := 0, 0
	for k := range n {
		dir := filepath.Join(t.TempDir(), "data")
		cmd, lines := start(dir)
		<-lines // the store is open
		// Spread over the load, the last third of which is the commit.
		time.Sleep(time.Duration(float64(whole) * (float64(k) + r.Float64()) / float64(n)))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		said := strings.Join(drain(lines), "")
		_ = cmd.Wait()

		st, err := duckstore.Open(t.Context(), dir, duckstore.Options{})
		if err != nil {
			t.Fatalf("after the kill: %v", err)
		}
		state := "SELECT (SELECT count(*) FROM events.calls), (SELECT count(*) FROM events.rejects), (SELECT count(*) FROM events.imports)"
		const whole = "45000 5000 1"
		at := table(t, st, state)[0]
		switch {
		case at == whole:
			all++
		case at == "0 0 0" && !strings.Contains(said, "loaded"):
			none++
		default:
			t.Errorf("kill %d left %s after %q", k, at, said)
		}
		receipt := mustLoad(t, st, Options{Kind: Calls, Files: []string{file}})
		if receipt.Again != (at == whole) || receipt.Accepted != good || receipt.RejectsFile == "" {
			t.Errorf("kill %d: %+v", k, receipt)
		}
		if at := table(t, st, state)[0]; at != whole {
			t.Errorf("loaded again after kill %d there are %s", k, at)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "rejects", "*.tmp")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	t.Logf("%d kills left nothing, %d everything", none, all)
}

func drain(lines <-chan string) (out []string) {
	for l := range lines {
		out = append(out, l)
	}
	return out
}

// TestSettle finishes what a crash between the commit and the naming of the
// rejects' file left.
func TestSettle(t *testing.T) {
	st, dir := newStore(t)
	calls := write(t, "calls.csv", "caller,callee\na,b\na,a\n")
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}})
	rejects := filepath.Dir(r.RejectsFile)
	for _, err := range []error{
		os.Rename(r.RejectsFile, r.RejectsFile+tempEnding),
		os.WriteFile(filepath.Join(rejects, "2-other.csv"+tempEnding), []byte("of a load that was not committed"), 0o600),
		os.WriteFile(filepath.Join(rejects, "notes.tmp"), []byte("somebody's"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if r := mustLoad(t, st, Options{Kind: Calls, Files: []string{calls}}); !r.Again || r.RejectsFile == "" {
		t.Errorf("%+v", r)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "rejects", "*"))
	if len(left) != 2 || filepath.Base(left[0]) != "1-calls.csv" || filepath.Base(left[1]) != "notes.tmp" {
		t.Errorf("the folder has %v", left)
	}
}
