package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"kith/api"
)

// writtenAnew tells whether the database of a house is another file by now: what was
// deleted stands in the old one.
func writtenAnew(t *testing.T, dir string) func() bool {
	stat := func() os.FileInfo {
		info, err := os.Stat(filepath.Join(dir, "kith.duckdb"))
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	before := stat()
	return func() bool { return !os.SameFile(before, stat()) }
}

func TestTrim(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	anew := writtenAnew(t, dir)
	counted := decoded[trimmed](t, "trim", "--keep", "2d", "--as-of", "2026-01-06", "--data", dir)
	if c := decoded[api.Customer](t, "customer", gone, "--data", dir); c.History.Calls.First.Day() != 1 || anew() {
		t.Errorf("counting changed something: %+v", c.History.Calls)
	}
	must(t, "trim", "--keep", "2d", "--as-of", "2026-01-06", "--data", dir, "--yes")
	rows := map[string]int64{}
	for _, x := range counted.Tables {
		rows[x.Table] = x.Removed
	}
	// Calls of the 1st to the 3rd of January, five a day, and both purchases.
	if !counted.DryRun || rows["events.calls"] != 15 || rows["events.purchases"] != 2 || rows["events.churn"] != 0 || counted.Before.Day() != 4 {
		t.Errorf("%+v", counted)
	}
	c := decoded[api.Customer](t, "customer", gone, "--data", dir)
	if c.History.Calls.First.Day() != 4 || c.History.Purchases.Lines != 0 || len(c.History.Master) != 1 || len(c.History.Departures) != 1 {
		t.Errorf("what is left: %+v", c.History)
	}
	if !anew() {
		t.Error("the database still has what was removed")
	}
	_, errs, code := kith(t, "trim", "--keep", "soon", "--data", dir)
	oneSentence(t, errs, code, exitUsage, "400d")
}

// A server trims from its newest event on, and an event of a wrong year takes
// nothing away.
func TestServerTrims(t *testing.T) {
	path := textFile(t, "calls.csv", "caller,callee,at\na,b,2026-01-01\nb,c,2026-01-20\nc,a,2062-01-01\n")
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "load", "--data", dir, "--as", "calls", path)
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r := &runner{house: h}
	trim := func(days int, now string) (trimmed, bool) {
		t.Helper()
		at, err := time.Parse(time.DateOnly, now)
		if err != nil {
			t.Fatal(err)
		}
		done, held, err := r.trim(t.Context(), time.Duration(days)*24*time.Hour, at)
		if err != nil {
			t.Fatal(err)
		}
		return done, held
	}
	anew := writtenAnew(t, dir)
	if done, _ := trim(30, "2026-01-21"); done.rows() != 0 || anew() {
		t.Errorf("in time: %+v", done)
	}
	r.held = true
	if done, held := trim(10, "2026-01-21"); held || done.rows() != 0 {
		t.Errorf("while an analysis runs: %+v", done)
	}
	r.held = false
	if done, held := trim(10, "2026-01-21"); !held || done.rows() != 1 || done.Before.Day() != 11 {
		t.Errorf("%+v", done)
	}
	left, err := h.events.Counts(t.Context())
	if err != nil || left.Calls != 2 || !anew() {
		t.Errorf("%d calls are left, %v", left.Calls, err)
	}
	// Nothing goes because nothing has come for long.
	if done, _ := trim(1, "2070-01-01"); done.rows() != 1 || done.Before.Year() != 2061 {
		t.Errorf("long after: %+v", done)
	}
	_, errs, code := kith(t, "serve", "--data", dir, "--keep", "soon")
	oneSentence(t, errs, code, exitUsage, "400d")
}

// A server that keeps events for ten days removes older ones when it starts, a
// minute after an analysis was in its way, and each day.
func TestServerTrimsEachDay(t *testing.T) {
	path := textFile(t, "calls.csv", "caller,callee,at\na,b,2026-01-01\nb,c,2026-01-18\nc,a,2026-01-20\nc,b,2062-01-01\n")
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "load", "--data", dir, "--as", "calls", path)
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	now := time.Date(2026, 1, 21, 9, 0, 0, 0, time.UTC)
	waits, tick := make(chan time.Duration), make(chan time.Time)
	log := &lockedBuffer{}
	r := &runner{house: h, log: slog.New(slog.NewTextHandler(log, nil))}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.retain(ctx, 10*24*time.Hour, clock{
			now:   func() time.Time { return now },
			after: func(d time.Duration) <-chan time.Time { waits <- d; return tick },
		})
	}()
	round := func(when string, wait time.Duration, calls int64) {
		t.Helper()
		if got := <-waits; got != wait {
			t.Errorf("%s it waits for %s", when, got)
		}
		left, err := h.events.Counts(t.Context())
		if err != nil || left.Calls != calls {
			t.Errorf("%s %d calls are left, %v", when, left.Calls, err)
		}
	}
	round("at the start", trimEvery, 3)
	r.hold()
	now = now.Add(8 * 24 * time.Hour)
	tick <- now
	round("while an analysis runs", trimAgain, 3)
	r.release()
	tick <- now
	round("behind it", trimEvery, 2)
	now = now.Add(24 * time.Hour)
	tick <- now
	round("on the next day", trimEvery, 1)
	stop()
	<-ended
	if n := strings.Count(log.text(), "old events removed"); n != 3 {
		t.Errorf("it tells of %d removals: %s", n, log.text())
	}
}

// Every verb with a window reads it alike.
func TestWindowFlags(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	for _, verb := range [][]string{{"analyze"}, {"customer", gone}} {
		for _, c := range []struct {
			args []string
			code int
			says string
		}{
			{[]string{"--from", "2026-01-02", "--to", "2026-01-04"}, exitOK, ""},
			{[]string{"--from", "2d", "--as-of", "2026-01-05T00:00:00Z"}, exitOK, ""},
			{[]string{"--from", "2026-01-04", "--to", "2026-01-04"}, exitUsage, "must begin before it ends"},
			{[]string{"--to", "2026-01-05", "--as-of", "2026-01-04"}, exitUsage, "after the time"},
			{[]string{"--from", "last week"}, exitUsage, "90d"},
		} {
			args := append(append(append([]string{}, verb...), "--data", dir), c.args...)
			_, errs, code := kith(t, args...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("kith %s ended with %d: %s", strings.Join(args, " "), code, errs)
			}
		}
	}
}

// An export tells nobody who the customers are, and the same each time, unless
// that is asked for.
func TestExportIsPseudonymous(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	read := func(args ...string) (all []byte) {
		to := filepath.Join(t.TempDir(), "out")
		e := decoded[exported](t, append([]string{"export", "neo4j-import", to, "--data", dir}, args...)...)
		for _, name := range e.Files {
			text, err := os.ReadFile(filepath.Join(to, name))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, ".gz") {
				r, err := gzip.NewReader(bytes.NewReader(text))
				if err != nil {
					t.Fatal(err)
				}
				if text, err = io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
			}
			all = append(all, text...)
		}
		return all
	}
	hidden := read()
	again := read()
	plain := read("--with-names")
	for _, secret := range []string{gone, "+49151777002", "Ann", "Bob"} {
		if bytes.Contains(hidden, []byte(secret)) {
			t.Errorf("the export tells %s", secret)
		}
		if !bytes.Contains(plain, []byte(secret)) {
			t.Errorf("the export with names does not tell %s", secret)
		}
	}
	if !bytes.Equal(hidden, again) {
		t.Error("the same house has other pseudonyms the next time")
	}
	if len(hidden) < len(plain)/2 {
		t.Errorf("the export has %d bytes, with names %d", len(hidden), len(plain))
	}
	info, err := os.Stat(filepath.Join(dir, "export.key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	for name, want := range map[string]bool{"First Name": true, "e-mail": true, "tel": true, "city": false, "tariff": false, "telco": false, "plan": false, "zip_code": true} {
		if tells(name) != want {
			t.Errorf("tells(%q) is %t", name, !want)
		}
	}
}

// TestExportWindow writes the network of a window, with the result where it is one
// of that window.
func TestExportWindow(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	export := func(args ...string) (exported, string) {
		t.Helper()
		to := filepath.Join(t.TempDir(), "out")
		e := decoded[exported](t, append([]string{"export", "neo4j-import", to, "--data", dir}, args...)...)
		return e, must(t, append([]string{"export", "neo4j-import", to + "2", "--data", dir}, args...)...)
	}
	window := []string{"--from", "2026-01-02", "--to", "2026-01-03"}
	whole, _ := export()
	within, says := export(window...)
	// Five calls and both purchases are of that day.
	if whole.Result == "" || within.Result != "" || within.Relationships != 7 || !strings.Contains(says, "from 2026-01-02 00:00 to 2026-01-03 00:00, alone, as there is no result of this window") {
		t.Errorf("whole %+v, within %+v: %s", whole, within, says)
	}
	must(t, append([]string{"analyze", "--data", dir}, window...)...)
	if with, says := export(window...); with.Result == "" || with.Relationships <= within.Relationships || !strings.Contains(says, "with what result "+with.Result+" found there") {
		t.Errorf("after an analysis of it: %+v: %s", with, says)
	}
	_, errs, code := kith(t, "export", "neo4j-import", filepath.Join(t.TempDir(), "out"), "--data", dir, "--from", "last week")
	oneSentence(t, errs, code, exitUsage, "90d")
	_, errs, code = kith(t, "compare", "gds", "--store", "neo4j://127.0.0.1:1", "--store-timeout", "1s", "--from", "2026-01-02")
	oneSentence(t, errs, code, exitUsage, "--data")
}

// TestRunOfAWindow starts an analysis of a window over the API.
func TestRunOfAWindow(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	base := serveForTest(t, dir)
	id := upload(t, base, "/v1/runs?from=2026-01-02&as_of=2026-01-04", http.NoBody, http.StatusAccepted)["id"].(string)
	var run map[string]any
	wait(t, "the run", func() bool {
		run = get(t, base+"/v1/runs/"+id, http.StatusOK)
		return run["status"] == "published"
	})
	if run["as_of"] != "2026-01-04T00:00:00Z" || run["window"].(map[string]any)["from"] != "2026-01-02T00:00:00Z" {
		t.Errorf("%v", run)
	}
	if p := upload(t, base, "/v1/runs?to=soon", http.NoBody, http.StatusBadRequest); !strings.Contains(p["detail"].(string), "to: ") {
		t.Errorf("%v", p)
	}
}
