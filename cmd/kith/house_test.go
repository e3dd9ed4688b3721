package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"kith/api/analysis"
	"kith/graph/graphtest"
	"kith/loaders"
)

// loaded is one file of a house: its kind, its path and further flags of load.
type loaded struct {
	kind, path string
	flags      []string
}

// build loads files into a fresh house and analyses it.
func build(t *testing.T, files ...loaded) (dir string, receipts []loaders.Receipt, r *analysis.Result) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "data")
	receipts = buildIn(t, dir, files...)
	return dir, receipts, open(t, dir)
}

// buildIn is build for a folder that is not there yet.
func buildIn(t *testing.T, dir string, files ...loaded) (receipts []loaders.Receipt) {
	t.Helper()
	for _, f := range files {
		args := append([]string{"load", "--data", dir, "--as", f.kind, f.path}, f.flags...)
		receipts = append(receipts, decoded[[]loaders.Receipt](t, args...)...)
	}
	must(t, "analyze", "--data", dir)
	return receipts
}

// open reads the current result of a house.
func open(t testing.TB, dir string) *analysis.Result {
	t.Helper()
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	r, err := h.current(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// rows reads a file by this test's own means, so that counts do not rest on
// what is tested. A separator of 0 is any run of blanks.
func rows(t testing.TB, path string, separator rune, header bool) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var list [][]string
	if separator == 0 {
		for lines := bufio.NewScanner(r); lines.Scan(); {
			list = append(list, strings.Fields(lines.Text()))
		}
	} else {
		c := csv.NewReader(r)
		c.Comma, c.FieldsPerRecord = separator, -1
		if list, err = c.ReadAll(); err != nil {
			t.Fatal(err)
		}
	}
	if header {
		list = list[1:]
	}
	return list
}

// ends counts the distinct people, ordered pairs and partners in two columns.
func ends(list [][]string, from, to int) (people, pairs map[string]int) {
	people, pairs = map[string]int{}, map[string]int{}
	partners := map[string]map[string]bool{}
	for _, row := range list {
		a, b := row[from], row[to]
		pairs[a+" "+b]++
		for _, p := range [][2]string{{a, b}, {b, a}} {
			if partners[p[0]] == nil {
				partners[p[0]] = map[string]bool{}
			}
			partners[p[0]][p[1]] = true
		}
	}
	for id, set := range partners {
		people[id] = len(set)
	}
	return people, pairs
}

// same fails unless two counts agree.
func same[T int | int64](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %d, want %d", what, got, want)
	}
}

// expectTies compares a Result with the pairs of a file.
func expectTies(t *testing.T, r *analysis.Result, people, pairs map[string]int) {
	t.Helper()
	same(t, "customers", r.Customers.Len(), len(people))
	same(t, "ties", r.Calls.Arcs(), len(pairs))
	busiest := ""
	for id, n := range people {
		if n > people[busiest] || n == people[busiest] && id < busiest {
			busiest = id
		}
	}
	u, ok := r.Customers.Find(busiest)
	if !ok {
		t.Fatalf("customer %s is missing", busiest)
	}
	ties, err := r.Calls.Symmetric(t.Context(), 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "partners of "+busiest, ties.Degree(u), people[busiest])
}

func TestMessagesAsCalls(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, path     string
		separator      rune
		header         bool
		from, to       int
		rows           int64
		people, pairs  int
		publishedPairs bool
	}{
		{"copenhagen sms", "copenhagen/sms.csv", ',', true, 1, 2, 24_333, 568, 0, false},
		{"collegemsg", "collegemsg/CollegeMsg.txt", 0, false, 0, 1, 59_835, 1_899, 20_296, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := graphtest.Data(t, c.path)
			list := rows(t, path, c.separator, c.header)
			people, pairs := ends(list, c.from, c.to)
			same(t, "people counted here", len(people), c.people)
			if c.publishedPairs {
				same(t, "pairs counted here", len(pairs), c.pairs)
			}
			_, receipts, r := build(t, loaded{kind: "calls", path: path})
			same(t, "rows", receipts[0].Rows, c.rows)
			same(t, "accepted and duplicate rows", receipts[0].Accepted+receipts[0].Duplicates, c.rows)
			expectTies(t, r, people, pairs)
			quality(t, c.name, "modularity", r.Run.Quality["modularity"])
			quality(t, c.name, "modularity_finest", r.Run.Quality["modularity_finest"])
		})
	}
}

func TestFriendsAsTies(t *testing.T) {
	path := graphtest.Data(t, "copenhagen/fb_friends.csv")
	list := rows(t, path, ',', true)
	people, _ := ends(list, 0, 1)
	same(t, "people counted here", len(people), 800)
	others := slices.DeleteFunc(list, func(row []string) bool { return row[0] == row[1] })
	people, pairs := ends(others, 0, 1)
	_, receipts, r := build(t, loaded{kind: "calls", path: path})
	same(t, "rows", receipts[0].Rows, 6_429)
	same(t, "friends of themselves", receipts[0].Rejected, 6_429-int64(len(others)))
	expectTies(t, r, people, pairs)
	quality(t, "copenhagen friends", "modularity", r.Run.Quality["modularity"])
}

func TestPurchasesAsPurchases(t *testing.T) {
	t.Parallel()
	dir, path := loadedRetail(t)
	list := rows(t, path, ',', true)
	customers := map[string]bool{}
	// The pairs with a positive net quantity, counted from rows that differ.
	bought, seen := map[string]float64{}, map[string]bool{}
	var known, total int64
	for _, row := range list {
		total++
		if row[6] == "" {
			continue
		}
		known++
		customers[row[6]] = true
		key := strings.Join(row, "\x00")
		quantity, err := strconv.ParseFloat(row[3], 64)
		if err != nil {
			t.Fatal(err)
		}
		if !seen[key] {
			seen[key] = true
			bought[row[6]+" "+row[1]] += quantity
		}
	}
	must(t, "analyze", "--data", dir)
	receipts, r := decoded[[]loaders.Receipt](t, "load", "--data", dir, "--receipts"), open(t, dir)
	same(t, "rows", receipts[0].Rows, 320_705)
	same(t, "rows counted here", total, 320_705)
	same(t, "customers", r.Customers.Len(), len(customers))
	if taken := receipts[0].Accepted + receipts[0].Duplicates; taken > known || taken < known-known/100 {
		t.Errorf("%d rows were taken of %d that name a customer", taken, known)
	}
	ties := 0
	for _, q := range bought {
		if q > 0 {
			ties++
		}
	}
	if d := math.Abs(float64(r.Bought.Arcs() - ties)); d > float64(ties)/200 {
		t.Errorf("%d customer-product ties, counted %d", r.Bought.Arcs(), ties)
	}
	quality(t, "onlineretail", "modularity", r.Run.Quality["modularity"])
}

// serveForTest starts kith serve on a free port and stops it at the end of the test.
func serveForTest(t *testing.T, dir string) (base string) {
	t.Helper()
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	return serveHouse(t, h)
}

// serveHouse serves a house until the test ends, and closes it then.
func serveHouse(t *testing.T, h *house) (base string) {
	t.Helper()
	base, _, _ = serveLogged(t, h)
	return base
}

// serveLogged serves a house until stop or the end of the test, and closes it
// then; log is what it prints and logs.
func serveLogged(t *testing.T, h *house) (base string, log *lockedBuffer, stop func()) {
	t.Helper()
	return serveAs(t, h, serving{})
}

// serveAs is serveLogged with settings.
func serveAs(t *testing.T, h *house, o serving) (base string, log *lockedBuffer, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ready := make(chan string, 1)
	ended := make(chan error, 1)
	log = &lockedBuffer{}
	o.listen, o.options, o.ready = "127.0.0.1:0", analysis.Options{Seed: 1}, func(base string) { ready <- base }
	go func() { ended <- h.serve(ctx, &console{out: log, err: log}, o) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("serve ended with %v", err)
		}
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	select {
	case base = <-ready:
	case err := <-ended:
		ended <- err
		t.Fatalf("serve ended at once: %v\n%s", err, log.text())
	}
	return base, log, stop
}

type lockedBuffer struct {
	mu sync.Mutex
	strings.Builder
}

func (b *lockedBuffer) text() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.String()
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Builder.Write(p)
}

// get fetches JSON that must come with the given status.
func get(t *testing.T, url string, status int) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, request, status)
}

func answer(t *testing.T, request *http.Request, status int) map[string]any {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != status {
		t.Fatalf("%s %s answered %d instead of %d: %s", request.Method, request.URL, response.StatusCode, status, body)
	}
	var v map[string]any
	if len(body) > 0 && body[0] == '{' {
		if err := json.Unmarshal(body, &v); err != nil {
			t.Fatal(err)
		}
	}
	return v
}

// wait asks until ok, or fails after a minute.
func wait(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s did not come to pass in a minute", what)
		}
	}
}
