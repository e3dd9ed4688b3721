package loaders

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph/duckstore"
)

// sideRecord is a record of a call, by the second.
type sideRecord struct {
	caller, callee string
	at, seconds    int64
	received       bool
}

// settled are the calls that a set of records stands for: what docs/loading.md
// says of the two sides of a call, run by run.
func settled(records []sideRecord) []string {
	order := func(a, b sideRecord) int {
		return cmp.Or(strings.Compare(a.caller, b.caller), strings.Compare(a.callee, b.callee), cmp.Compare(a.seconds, b.seconds), cmp.Compare(a.at, b.at))
	}
	var all []sideRecord
	for _, r := range records {
		if !slices.Contains(all, r) {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, order)
	var out []string
	for len(all) > 0 {
		n, made := 1, 0
		for n < len(all) && order(sideRecord{all[0].caller, all[0].callee, all[n].at, all[0].seconds, false}, all[n]) == 0 && all[n].at-all[n-1].at <= sidesApart {
			n++
		}
		for _, r := range all[:n] {
			if !r.received {
				made++
			}
		}
		for _, r := range all[:n] {
			if r.received && made > 0 {
				made--
				continue
			}
			out = append(out, fmt.Sprintf("%s %s %s %d", r.caller, r.callee, time.Unix(r.at, 0).UTC().Format(time.DateTime), r.seconds))
		}
		all = all[n:]
	}
	slices.Sort(out)
	return out
}

// sidesFile writes records as the subscriber's, as named ones with a direction, or,
// where all are of the caller's side, plainly.
func sidesFile(form int, records []sideRecord) string {
	var b strings.Builder
	b.WriteString([]string{"msisdn,other,direction,at,seconds\n", "caller,callee,direction,at,seconds\n", "caller,callee,at,seconds\n"}[form])
	for _, r := range records {
		side, one, other := "out", r.caller, r.callee
		if r.received {
			side, one, other = "in", r.callee, r.caller
		}
		switch form {
		case 0:
			fmt.Fprintf(&b, "%s,%s,%s,%d,%d\n", one, other, side, r.at, r.seconds)
		case 1:
			fmt.Fprintf(&b, "%s,%s,%s,%d,%d\n", r.caller, r.callee, side, r.at, r.seconds)
		default:
			fmt.Fprintf(&b, "%s,%s,%d,%d\n", r.caller, r.callee, r.at, r.seconds)
		}
	}
	return b.String()
}

// lostCalls is how many stored calls a receipt says to count no more.
func lostCalls(r Receipt) (n int64) {
	for _, note := range r.Notes {
		if at, ok := strings.CutPrefix(note, "calls stored before that count no more, as rows of this file show them to be the other side's records: "); ok {
			n, _ = strconv.ParseInt(at, 10, 64)
		}
	}
	return n
}

// In whatever files, and in whatever order, records of both sides come, the calls
// are the same, and each receipt says how many calls its file has brought.
func TestSidesInAnyOrder(t *testing.T) {
	fewerChecks(t, 5)
	w := newWays(t)
	rapid.Check(t, func(rt *rapid.T) {
		records := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) sideRecord {
			return sideRecord{
				rapid.SampledFrom([]string{"a", "b"}).Draw(rt, "caller"), rapid.SampledFrom([]string{"x", "y"}).Draw(rt, "callee"),
				1_700_000_000 + rapid.Int64Range(0, 40).Draw(rt, "at"), rapid.Int64Range(0, 1).Draw(rt, "seconds"), rapid.Bool().Draw(rt, "received"),
			}
		}), 2, 40).Draw(rt, "records")
		want := settled(records)
		var files []string
		for rest := records; len(rest) > 0; {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "rows")
			part := rest[:n]
			rest = rest[n:]
			form := rapid.IntRange(0, 2).Draw(rt, "form")
			if form == 2 && slices.ContainsFunc(part, func(r sideRecord) bool { return r.received }) {
				form = 0
			}
			files = append(files, sidesFile(form, part))
		}
		w.empty(t)
		for i, order := range [][]string{files, rapid.Permutation(files).Draw(rt, "order")} {
			st := w.stores[i] // whose rows go the ordinary way if i is 1
			var rows int64
			var calls int64
			for n, text := range order {
				r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, fmt.Sprintf("%d.csv", n), text)}, ordinary: i == 1})
				rows += int64(strings.Count(text, "\n") - 1)
				before := calls
				if calls = count(t, st, "SELECT count(*) FROM events.calls"); calls-before != r.Accepted-lostCalls(r) {
					rt.Fatalf("%q: file %d brought %d calls, and its receipt says %+v", order, n, calls-before, r)
				}
			}
			got := table(t, st, "SELECT caller, callee, time, seconds FROM "+storedCalls+" ORDER BY ALL")
			if diff := gocmp.Diff(want, got); diff != "" {
				rt.Fatalf("%q: %s", order, diff)
			}
			if n := count(t, st, "SELECT (SELECT count(*) FROM events.call_rows) + (SELECT count(*) FROM events.call_twins)"); n > rows {
				rt.Fatalf("%d records of %d rows", n, rows)
			}
		}
	})
}

// A plain file is looked at for the other side of stored records also where its
// times lie just beside theirs, before or behind.
func TestSidesJustBeside(t *testing.T) {
	for _, at := range []int64{1_699_999_995, 1_700_000_005} {
		w := newWays(t)
		w.load(t, Options{Kind: Calls, Files: []string{write(t, "in.csv", sidesFile(1, []sideRecord{{"a", "b", 1_700_000_000, 7, true}}))}})
		w.load(t, Options{Kind: Calls, Files: []string{write(t, "out.csv", sidesFile(2, []sideRecord{{"a", "b", at, 7, false}}))}})
		w.same(t)
		if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); n != 1 {
			t.Errorf("%d calls", n)
		}
	}
}

// A plain call is looked at for the other side also where only a record that was left out
// is near.
func TestSidesNearATwin(t *testing.T) {
	w := newWays(t)
	received := func(at int64) sideRecord { return sideRecord{"a", "b", 1_700_000_000 + at, 7, true} }
	made := func(at int64) sideRecord { return sideRecord{"a", "b", 1_700_000_000 + at, 7, false} }
	w.load(t, Options{Kind: Calls, Files: []string{write(t, "in.csv", sidesFile(1, []sideRecord{received(4), made(9), received(14)}))}})
	w.load(t, Options{Kind: Calls, Files: []string{write(t, "out.csv", sidesFile(2, []sideRecord{made(-1)}))}})
	w.same(t)
	if n := count(t, w.stores[0], "SELECT count(*) FROM events.calls"); n != 2 {
		t.Errorf("%d calls", n)
	}
}

// Runs that go on for longer than an hour are judged whole, whichever end comes last:
// with a record before all others, which then is a twin, the last twin so far counts
// again, and one behind all others is none.
func TestLongRunOfSides(t *testing.T) {
	for _, at := range []int64{-5, 5 * 1800} {
		st, _ := newStore(t)
		var records []sideRecord
		for i := range int64(1800) {
			records = append(records, sideRecord{"a", "b", 1_700_000_000 + 5*i, 0, i < 900})
		}
		last := sideRecord{"a", "b", 1_700_000_000 + at, 0, true}
		for _, part := range [][]sideRecord{records, {last}} {
			mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, fmt.Sprintf("%d.csv", len(part)), sidesFile(1, part))}})
		}
		got := table(t, st, "SELECT caller, callee, time, seconds FROM "+storedCalls+" ORDER BY ALL")
		if diff := gocmp.Diff(settled(append(records, last)), got); diff != "" {
			t.Errorf("at %d: %s", at, diff)
		}
	}
}

// A record that was left out counts again when an earlier one takes its place, and
// the other way round: four records of a run, each in a file of its own, in all of
// their orders, come to what they are in one file. Each again is a duplicate,
// whichever of them were left out.
func TestSidesInEveryOrder(t *testing.T) {
	run := []sideRecord{{"", "", 1_700_000_010, 0, false}, {"", "", 1_700_000_008, 0, true}, {"", "", 1_700_000_012, 0, true}, {"", "", 1_700_000_012, 0, false}}
	files, all := make([][]sideRecord, len(run)), []sideRecord(nil)
	for n := range 24 {
		left := slices.Clone(run)
		for i, of := range []int{n / 6, n / 2 % 3, n % 2, 0} {
			r := left[of]
			left = slices.Delete(left, of, of+1)
			r.caller, r.callee = fmt.Sprint("a", n), fmt.Sprint("b", n)
			files[i], all = append(files[i], r), append(all, r)
		}
	}
	st, _ := newStore(t)
	for i, f := range files {
		mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, fmt.Sprint(i, ".csv"), sidesFile(0, f))}})
	}
	once, _ := newStore(t)
	mustLoad(t, once, Options{Kind: Calls, Files: []string{write(t, "all.csv", sidesFile(0, all))}})
	kept := `SELECT f.id, t.id, c.* EXCLUDE (caller, callee, import_id) FROM (SELECT caller, callee, time, seconds, received, 1 AS counts, import_id FROM events.call_rows
		UNION ALL SELECT caller, callee, time, seconds, true, 0, import_id FROM events.call_twins) AS c JOIN events.ids AS f ON f.n = c.caller JOIN events.ids AS t ON t.n = c.callee ORDER BY ALL`
	check := func(name string) {
		t.Helper()
		if diff := gocmp.Diff(table(t, once, kept), table(t, st, kept)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	check("in four files")
	if diff := gocmp.Diff(settled(all), table(t, st, "SELECT caller, callee, time, seconds FROM "+storedCalls+" ORDER BY ALL")); diff != "" {
		t.Error(diff)
	}
	for i, f := range files {
		r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, fmt.Sprint("again", i, ".csv"), sidesFile(1, f))}})
		if diff := gocmp.Diff([]Reason{{"loaded before from another file", 24}}, r.Repeats); diff != "" || r.Accepted != 0 {
			t.Errorf("%d again: %s, %+v", i, diff, r)
		}
		if n := count(t, st, "SELECT sum(rows) FROM events.repeated WHERE import_id = ? AND earlier = ?", r.ID, i+1); n != 24 {
			t.Errorf("%d again: %d rows are known to be of the first time", i, n)
		}
	}
	check("again")
}

// Records that differ in whether the call was answered, or in its length, are not the
// same one: of two at once the one that was not answered is left out, in any order.
// What is rejected is the other side of nothing.
func TestSidesThatDiffer(t *testing.T) {
	const header = "caller,callee,direction,at,seconds,answered\n"
	rows := []string{"a,b,out,1700000000,0,yes\n", "a,b,in,1700000001,0,yes\n", "a,b,in,1700000001,0,no\n", "a,b,in,1700000001,9,no\n", "a,b,in,1700000001,-7,no\n", "c,d,in,1700000000,0,yes\nc,d,out,1700000000,-7,yes\n"}
	want := []string{"a b 0 true false", "a b 0 true true", "a b 9 false true", "c d 0 true true"}
	for range 2 {
		st, _ := newStore(t)
		rejected := int64(0)
		for i, row := range rows {
			rejected += mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, fmt.Sprint(i, ".csv"), header+"x,y,out,1700000000,0,yes\n"+row)}}).Rejected
		}
		if got := table(t, st, "SELECT f.id, t.id, seconds, answered, received FROM events.call_rows AS c JOIN events.ids AS f ON f.n = caller JOIN events.ids AS t ON t.n = callee WHERE f.id <> 'x' ORDER BY ALL"); gocmp.Diff(want, got) != "" || rejected != 2 {
			t.Errorf("%d rejected, and %q", rejected, got)
		}
		if n := count(t, st, "SELECT count(*) FROM events.call_twins WHERE NOT answered"); n != 1 {
			t.Errorf("%d records that were not answered are left out", n)
		}
		slices.Reverse(rows)
	}
}

// The receipt of a file says how many calls it has brought, whatever becomes of its own
// records and of stored ones, as where two runs become one.
func TestSidesAreCountedOnce(t *testing.T) {
	made := func(at int64) sideRecord { return sideRecord{"a", "b", 1_700_000_000 + at, 0, false} }
	received := func(at int64) sideRecord { return sideRecord{"a", "b", 1_700_000_000 + at, 0, true} }
	for name, c := range map[string]struct {
		stored, more []sideRecord
		lost         int64
	}{
		"with another of the callee's": {[]sideRecord{made(0), received(1), received(2)}, []sideRecord{received(3), made(4)}, 0},
		"two of the caller's":          {[]sideRecord{made(0), received(1), received(2)}, []sideRecord{made(4), made(5)}, 0},
		"two runs become one":          {[]sideRecord{received(0), received(10), made(11)}, []sideRecord{received(5), made(6)}, 0},
		"one in the place of a twin":   {[]sideRecord{made(4), received(5)}, []sideRecord{received(3), made(4)}, 0},
		"two in the place of a twin":   {[]sideRecord{made(4), made(5), received(6)}, []sideRecord{received(2), received(3)}, 0},
		"the callee's for calls known": {[]sideRecord{received(0), received(1), made(10), made(11)}, []sideRecord{received(5), received(6), made(12)}, 0},
		"with fewer calls than before": {[]sideRecord{received(0), received(1), received(2), made(10), made(11)}, []sideRecord{made(6), made(11)}, 2},
		"with two fewer and one more":  {[]sideRecord{received(0), received(1), received(2), made(10), made(11), made(12)}, []sideRecord{made(6), received(7)}, 2},
	} {
		st, _ := newStore(t)
		mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "1.csv", sidesFile(1, c.stored))}})
		before := count(t, st, "SELECT count(*) FROM events.calls")
		r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "2.csv", sidesFile(1, c.more))}})
		brought := count(t, st, "SELECT count(*) FROM events.calls") - before
		if brought != r.Accepted-lostCalls(r) || lostCalls(r) != c.lost || r.Accepted+r.Duplicates != r.Rows {
			t.Errorf("%s: %d calls more, and %+v", name, brought, r)
		}
	}
}

// The receipts of both orders count a call once, and so do posts.
func TestSidesInTwoFiles(t *testing.T) {
	out := []sideRecord{{"a", "b", 1_700_000_000, 60, false}, {"a", "b", 1_700_001_000, 60, false}, {"a", "c", 1_700_002_000, 0, false}}
	in := []sideRecord{{"a", "b", 1_700_000_003, 60, true}, {"a", "b", 1_700_001_006, 60, true}, {"a", "c", 1_700_002_000, 0, true}, {"d", "a", 1_700_003_000, 1, true}}
	for _, order := range [][2][]sideRecord{{out, in}, {in, out}} {
		st, _ := newStore(t)
		mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "1.csv", sidesFile(0, order[0]))}})
		r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "2.csv", sidesFile(0, order[1]))}})
		if diff := gocmp.Diff([]Reason{{"the other side's record of the same call", 2}}, r.Repeats); diff != "" || r.Accepted != r.Rows-2 {
			t.Errorf("%s, %+v", diff, r)
		}
		again := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "3.csv", sidesFile(1, append(slices.Clone(in), out...)))}})
		if again.Accepted != 0 || again.Duplicates != 7 {
			t.Errorf("all again: %+v", again)
		}
		if diff := gocmp.Diff(settled(append(slices.Clone(in), out...)), table(t, st, "SELECT caller, callee, time, seconds FROM "+storedCalls+" ORDER BY ALL")); diff != "" {
			t.Error(diff)
		}
	}
	s, st := newStream(t, StreamOptions{})
	mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "in.csv", sidesFile(0, in))}})
	if r := mustPost(t, s, "a", `{"calls": [{"caller": "a", "callee": "b", "at": 1700000000, "seconds": 60}, {"caller": "a", "callee": "b", "at": 1700001000, "seconds": 60}]}`); r.Accepted != 1 || r.Duplicates != 1 {
		t.Errorf("posted: %+v", r)
	}
	if n := count(t, st, "SELECT count(*) FROM events.calls"); n != 5 {
		t.Errorf("%d calls", n)
	}
}

// Nobody who is forgotten is left among the records that were left out.
func TestForgetSides(t *testing.T) {
	st, _ := newStore(t)
	mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "c.csv", sidesFile(0, []sideRecord{
		{"a", "b", 1_700_000_000, 60, false}, {"a", "b", 1_700_000_003, 60, true}, {"c", "b", 1_700_000_000, 60, false}, {"c", "b", 1_700_000_003, 60, true}}))}})
	if n := count(t, st, "SELECT count(*) FROM events.call_twins"); n != 2 {
		t.Fatalf("%d records are left out", n)
	}
	touched, err := st.Forget(t.Context(), []string{"a"}, false)
	if err != nil || !slices.Contains(touched, duckstore.Touched{Table: "events.call_twins", Removed: 1}) {
		t.Errorf("%v, %v", touched, err)
	}
	if ids := table(t, st, "SELECT id FROM events.ids ORDER BY id"); !slices.Equal(ids, []string{"b", "c"}) {
		t.Errorf("ids %v are left", ids)
	}
	if _, err := st.DropBefore(t.Context(), time.Unix(1_700_000_001, 0), false); err != nil {
		t.Fatal(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.ids"); n != 2 { // of the record left out
		t.Errorf("%d ids", n)
	}
}
