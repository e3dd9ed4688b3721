//go:build unix

package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"testing"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// benchTask has the test binary do one thing that is measured as a process of
// its own: "load|FILE|DIR|MEMORY" or "bare|FILE|TYPE|MEMORY".
const benchTask = "KITH_LOADERS_BENCH"

// benchThreads is how many threads each side has.
const benchThreads = 2

// BenchmarkLoad loads a file of calls into an empty store, validated,
// deduplicated, stored and summed to ties, and beside each load has DuckDB read
// the same file and group it by both ends, with nothing else done; each in a
// process of its own, in turns.
//
// x-wall and x-cpu are how many times as long the load takes, by the clock and
// in processor seconds. KITH_BENCH_ROWS is the number of rows (1,000,000 when
// empty), KITH_BENCH_MEMORY the limit of DuckDB's memory.
func BenchmarkLoad(b *testing.B) {
	rows := 1_000_000
	if text := os.Getenv("KITH_BENCH_ROWS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			b.Fatalf("KITH_BENCH_ROWS is %q, which is no number", text)
		}
		rows = n
	}
	memory := os.Getenv("KITH_BENCH_MEMORY")
	csv := filepath.Join(b.TempDir(), "calls.csv")
	writeCalls(b, csv, rows)
	b.Run("csv", func(b *testing.B) { beside(b, csv, rows, memory) })
	b.Run("parquet", func(b *testing.B) {
		file := filepath.Join(b.TempDir(), "calls.parquet")
		query := fmt.Sprintf("COPY (FROM read_csv(%s, all_varchar = false)) TO %s (FORMAT parquet)", literal(csv), literal(file))
		if _, err := memoryDB(b).ExecContext(b.Context(), query); err != nil {
			b.Fatal(err)
		}
		beside(b, file, rows, memory)
	})
}

// took is what a process needed.
type took struct {
	wall, cpu time.Duration
	peak      float64 // MiB
}

func (t *took) add(o took) {
	t.wall += o.wall
	t.cpu += o.cpu
	t.peak = max(t.peak, o.peak)
}

func beside(b *testing.B, file string, rows int, memory string) {
	var load, bare took
	flushed(b, file)
	for b.Loop() {
		dir, err := os.MkdirTemp(b.TempDir(), "data")
		if err != nil {
			b.Fatal(err)
		}
		load.add(child(b, "load|"+file+"|"+dir+"|"+memory))
		if err := os.RemoveAll(dir); err != nil {
			b.Fatal(err)
		}
		bare.add(child(b, "bare|"+file+"|"+filepath.Ext(file)[1:]+"|"+memory))
	}
	b.ReportMetric(load.wall.Seconds()/bare.wall.Seconds(), "x-wall")
	b.ReportMetric(load.cpu.Seconds()/bare.cpu.Seconds(), "x-cpu")
	b.ReportMetric(load.cpu.Seconds()/float64(b.N), "load-cpu-s")
	b.ReportMetric(bare.cpu.Seconds()/float64(b.N), "bare-cpu-s")
	b.ReportMetric(load.peak, "load-MiB")
	b.ReportMetric(bare.peak, "bare-MiB")
	b.ReportMetric(float64(rows)*float64(b.N)/load.wall.Seconds(), "rows/s")
	b.ReportMetric(0, "ns/op") // it would be the two together
}

// flushed has a file that was just written lie on the disk, so that nobody's turn pays
// for writing it.
func flushed(b *testing.B, path string) {
	b.Helper()
	f, err := os.Open(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		b.Fatal(err)
	}
}

// child has the test binary do one task.
func child(b *testing.B, task string) took {
	b.Helper()
	exe, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	cmd := exec.CommandContext(b.Context(), exe)
	cmd.Env = append(os.Environ(), benchTask+"="+task)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	t := took{wall: time.Since(began), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if use, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		t.peak = float64(use.Maxrss) / 1024
		if runtime.GOOS == "darwin" { // which counts bytes
			t.peak /= 1024
		}
	}
	return t
}

// benchOnce is what a child does.
func benchOnce(task []string) error {
	ctx := context.Background()
	what, file, where, memory := task[0], task[1], task[2], task[3]
	if what == "bare" {
		return bareOnce(ctx, file, where, memory)
	}
	st, err := duckstore.Open(ctx, where, duckstore.Options{Create: true, Threads: benchThreads, Memory: memory})
	if err != nil {
		return err
	}
	if _, err := Load(ctx, st, Options{Kind: Calls, Files: []string{file}}); err != nil {
		return err
	}
	if err := st.Sync(ctx, st.Source(graph.Window{}), nil); err != nil {
		return err
	}
	return st.Close()
}

func bareOnce(ctx context.Context, file, format, memory string) error {
	db, err := sql.Open("duckdb", "")
	if err != nil {
		return err
	}
	defer db.Close()
	if memory != "" {
		if _, err := db.ExecContext(ctx, "SET memory_limit = "+literal(memory)); err != nil {
			return err
		}
	}
	if _, err := db.ExecContext(ctx, fmt.Sprintf("SET threads = %d", benchThreads)); err != nil {
		return err
	}
	from := "read_parquet(" + literal(file) + ")"
	if format == "csv" {
		from = "read_csv(" + literal(file) + ", header = true, columns = {'caller': 'VARCHAR', 'callee': 'VARCHAR', 'timestamp': 'BIGINT', 'duration': 'BIGINT'})"
	}
	_, err = db.ExecContext(ctx, `CREATE TABLE ties AS
		SELECT caller, callee, count(*) AS calls, sum(duration) AS seconds, min(timestamp) AS first_at, max(timestamp) AS last_at
		FROM `+from+` GROUP BY caller, callee`)
	return err
}
