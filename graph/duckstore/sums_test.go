package duckstore

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/graph"
)

// The same sums, taken in Go one event after the other with exact decimals.

type callRow struct {
	from, to, kind string
	at             time.Time // zero where there is none
	seconds        int64
}

type purchaseRow struct {
	customer, product string
	at                time.Time
	milli, amount     int64 // thousandths of a unit, ten-thousandths of the currency
}

type pair struct{ from, to string }

func sumCalls(rows []callRow, w graph.Window) []graph.Tie {
	ties := map[pair]*graph.Tie{}
	periods := map[pair]map[string]bool{}
	for _, r := range rows {
		if r.from == r.to || !inside(w, r.at) {
			continue
		}
		p := pair{r.from, r.to}
		t := ties[p]
		if t == nil {
			t = &graph.Tie{From: r.from, To: r.to}
			ties[p], periods[p] = t, map[string]bool{}
		}
		t.Count++
		if r.kind == "message" {
			t.Messages++
		}
		t.Seconds += r.seconds
		extend(t, r.at)
		period := "none"
		if !r.at.IsZero() {
			period = r.at.Truncate(30 * time.Minute).String()
		}
		periods[p][period] = true
	}
	var list []graph.Tie
	for p, t := range ties {
		t.Weight = float64(len(periods[p]))
		list = append(list, *t)
	}
	return list
}

func sumPurchases(rows []purchaseRow, w graph.Window) []graph.Tie {
	type sums struct {
		tie           graph.Tie
		milli, amount int64
	}
	ties := map[pair]*sums{}
	for _, r := range rows {
		if !inside(w, r.at) {
			continue
		}
		p := pair{r.customer, r.product}
		s := ties[p]
		if s == nil {
			s = &sums{tie: graph.Tie{From: r.customer, To: r.product}}
			ties[p] = s
		}
		if r.milli > 0 {
			s.tie.Count++
			s.tie.Weight++
		}
		s.milli += r.milli
		s.amount += r.amount
		extend(&s.tie, r.at)
	}
	var list []graph.Tie
	for _, s := range ties {
		if s.milli <= 0 {
			continue
		}
		s.tie.Quantity, _ = big.NewRat(s.milli, 1000).Float64()
		s.tie.Amount, _ = big.NewRat(s.amount, 10000).Float64()
		list = append(list, s.tie)
	}
	return list
}

func inside(w graph.Window, at time.Time) bool {
	return at.IsZero() || (w.From.IsZero() || !at.Before(w.From)) && (w.To.IsZero() || at.Before(w.To))
}

func extend(t *graph.Tie, at time.Time) {
	if at.IsZero() {
		return
	}
	if t.First.IsZero() || at.Before(t.First) {
		t.First = at
	}
	if at.After(t.Last) {
		t.Last = at
	}
}

// someEvents draws events between few customers, so that pairs repeat.
func someEvents(r *rand.Rand, n int) ([]callRow, []purchaseRow) {
	when := func() time.Time {
		if r.IntN(20) == 0 {
			return time.Time{}
		}
		return at(1, 0, 0, 0).Add(time.Duration(r.IntN(8*24*3600)) * time.Second)
	}
	who := func() string { return fmt.Sprint("c", r.IntN(40)) }
	calls, purchases := make([]callRow, n), make([]purchaseRow, n)
	for i := range n {
		calls[i] = callRow{who(), who(), []string{"voice", "message", "data"}[r.IntN(3)], when(), r.Int64N(900)}
		milli := r.Int64N(5000) - 1500
		purchases[i] = purchaseRow{who(), fmt.Sprint("p", r.IntN(25)), when(), milli, milli*r.Int64N(90) + r.Int64N(7)}
	}
	return calls, purchases
}

// insertEvents copies events into a store by way of files.
func insertEvents(t *testing.T, s *Store, calls []callRow, purchases []purchaseRow) {
	t.Helper()
	when := func(at time.Time) string {
		if at.IsZero() {
			return ""
		}
		return at.Format("2006-01-02 15:04:05.999999")
	}
	var b strings.Builder
	for _, c := range calls {
		fmt.Fprintf(&b, "%s,%s,%s,%s,%d,true,1\n", c.from, c.to, when(c.at), c.kind, c.seconds)
	}
	insertFile(t, s, "events.calls", b.String())
	b.Reset()
	for _, p := range purchases {
		fmt.Fprintf(&b, "%s,%s,%s,none,%s,%s,1\n", p.customer, p.product, when(p.at), decimal(p.milli, 3), decimal(p.amount, 4))
	}
	insertFile(t, s, "events.purchases", b.String())
}

func insertFile(t *testing.T, s *Store, table, text string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "events.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	mustExec(t, s, "COPY "+table+" FROM '"+path+"' (HEADER false, DELIMITER ',', NULLSTR '')")
}

// decimal writes n/10^places.
func decimal(n int64, places int) string {
	return big.NewRat(n, int64(math.Pow10(places))).FloatString(places)
}

// TestSumsAgainstGo compares the sums of the store with those taken plainly, over random
// events and windows, to the last bit.
func TestSumsAgainstGo(t *testing.T) {
	r := rand.New(rand.NewPCG(17, 4))
	s := openNew(t)
	calls, purchases := someEvents(r, 1500)
	// The last half hour before 1970 is another than that of no time.
	calls = append(calls, callRow{"early", "bird", "voice", time.Unix(-600, 0).UTC(), 7}, callRow{from: "early", to: "bird", kind: "voice"})
	insertEvents(t, s, calls, purchases)
	windows := []graph.Window{{}}
	for range 4 {
		from := at(1, 0, 0, 0).Add(time.Duration(r.IntN(7*24*3600)) * time.Second)
		windows = append(windows, graph.Window{From: from, To: from.Add(time.Duration(r.IntN(3*24*3600)) * time.Second)})
	}
	for _, w := range windows {
		got := collect(t, s.Source(w))
		for k, want := range [...][]graph.Tie{sumCalls(calls, w), sumPurchases(purchases, w)} {
			if d := cmp.Diff(want, got.Ties[k], byEnds, cmpopts.EquateEmpty()); d != "" {
				t.Errorf("%s ties of %v (-want +got):\n%s", graph.Kind(k), w, d)
			}
			if !slices.IsSortedFunc(got.Ties[k], func(a, b graph.Tie) int {
				return strings.Compare(a.From+"\x00"+a.To, b.From+"\x00"+b.To)
			}) {
				t.Errorf("%s ties are not in the order of their ids", graph.Kind(k))
			}
		}
	}
}

// TestBitEquality reads the same events loaded in several orders, with several
// numbers of threads, and expects the same bits in every array.
func TestBitEquality(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 71))
	calls, purchases := someEvents(r, 2500)
	var first *graph.Network
	var fingerprint string
	for _, threads := range []int{1, 2, 3, 8} {
		s := openAt(t, t.TempDir(), Options{Create: true, Threads: threads})
		insertEvents(t, s, calls, purchases)
		if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
			t.Fatal(err)
		}
		n, err := s.Read(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		f, err := s.Fingerprint(t.Context(), graph.Window{})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first, fingerprint = n, f
			if n.Calls.Arcs() < 500 || n.Bought.Arcs() < 300 {
				t.Fatalf("only %d and %d arcs", n.Calls.Arcs(), n.Bought.Arcs())
			}
		}
		if d := cmp.Diff(first, n, cmp.AllowUnexported(graph.Names{})); d != "" {
			t.Errorf("%d threads and another order of rows give another network:\n%s", threads, d)
		}
		if f != fingerprint {
			t.Errorf("%d threads and another order of rows give another fingerprint", threads)
		}
		r.Shuffle(len(calls), func(i, j int) { calls[i], calls[j] = calls[j], calls[i] })
		r.Shuffle(len(purchases), func(i, j int) { purchases[i], purchases[j] = purchases[j], purchases[i] })
	}
}

// TestManyChunks reads more rows than DuckDB hands over at once, or has in one
// group of rows.
func TestManyChunks(t *testing.T) {
	s := openNew(t)
	mustExec(t, s, `INSERT INTO events.calls
		SELECT 'a' || range % 300, 'b' || range // 300, NULL, 'voice', range % 7, true, 1 FROM range(300 * 1000)`)
	if err := s.Sync(t.Context(), s.Source(graph.Window{}), nil); err != nil {
		t.Fatal(err)
	}
	n, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Calls.Validate(); err != nil {
		t.Fatal(err)
	}
	if n.Calls.Arcs() != 300*1000 {
		t.Errorf("%d arcs, want %d", n.Calls.Arcs(), 300*1000)
	}
	for u := range n.Calls.Rows() {
		want := 0
		if strings.HasPrefix(n.Customers.At(uint32(u)), "a") {
			want = 1000
		}
		if d := n.Calls.Degree(uint32(u)); d != want {
			t.Fatalf("%s has %d ties, want %d", n.Customers.At(uint32(u)), d, want)
		}
	}
	var rows, seconds int64
	for tie, err := range s.Source(graph.Window{}).Ties(t.Context(), graph.Called) {
		if err != nil {
			t.Fatal(err)
		}
		rows++
		seconds += tie.Seconds
	}
	var want int64
	for i := range int64(300 * 1000) {
		want += i % 7
	}
	if rows != 300*1000 || seconds != want {
		t.Errorf("the source yields %d ties of %d seconds, want %d of %d", rows, seconds, 300*1000, want)
	}
}
