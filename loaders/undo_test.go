package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph/duckstore"
)

// undoRows make a random row of a file of each kind, of so few values that files have
// rows in common, records of both sides of calls are in different ones, and customers
// and products change from file to file and back.
var undoRows = map[Kind]struct {
	header string
	row    func(r *rand.Rand) string
}{
	Calls: {"caller,callee,at,kind,seconds,direction", func(r *rand.Rand) string {
		at := 1_700_000_000 + 2*r.IntN(8) + 3600*r.IntN(2)
		if r.IntN(6) == 0 {
			return fmt.Sprintf("u%d,,%d,data,%d,out", r.IntN(4), at, r.IntN(3))
		}
		return fmt.Sprintf("a%d,b%d,%d,voice,%d,%s", r.IntN(2), r.IntN(3), at, 60+r.IntN(2), [2]string{"in", "out"}[r.IntN(2)])
	}},
	Purchases: {"customer,product,at,quantity,amount,basket,status", func(r *rand.Rand) string {
		c := r.IntN(5)
		return fmt.Sprintf("c%d,p%d,2026-01-%02d,%d,5,o%d%d,%s", c, r.IntN(3), 1+r.IntN(2), 1-2*(r.IntN(6)/5), c, r.IntN(2), [6]string{"paid", "paid", "sold", "", "cancelled", "failed"}[r.IntN(6)])
	}},
	Visits: {"customer,session,product,at", func(r *rand.Rand) string {
		return fmt.Sprintf("%s,s%d,v%d,2026-01-%02d", [3]string{"", "c1", "w1"}[r.IntN(3)], r.IntN(4), r.IntN(3), 1+r.IntN(3))
	}},
	Contacts: {"customer,at,campaign,response", func(r *rand.Rand) string {
		return fmt.Sprintf("x%d,2026-01-%02d,spring,%s", r.IntN(6), 1+r.IntN(3), [3]string{"", "yes", "no"}[r.IntN(3)])
	}},
	Satisfaction: {"customer,at,score,comment", func(r *rand.Rand) string {
		return fmt.Sprintf("x%d,2026-01-%02d,%d,well", r.IntN(6), 1+r.IntN(3), r.IntN(4))
	}},
	Churn: {"customer,at", func(r *rand.Rand) string {
		return fmt.Sprintf("g%d,2026-01-%02d", r.IntN(6), 1+r.IntN(4))
	}},
	Numbers: {"number,customer,at,until", func(r *rand.Rand) string {
		return fmt.Sprintf("+4915170%04d,h%d,2026-01-%02d,%s", r.IntN(4), r.IntN(3), 1+r.IntN(3), [2]string{"", "2026-02-01"}[r.IntN(2)])
	}},
	Customers: {"id,city,plan,age", func(r *rand.Rand) string {
		return fmt.Sprintf("k%d,%s,%s,%d", r.IntN(9), [4]string{"", "Ulm", "Bonn", "Hof"}[r.IntN(4)], [2]string{"", "flat"}[r.IntN(2)], r.IntN(2))
	}},
	Products: {"id,name,price,category", func(r *rand.Rand) string {
		return fmt.Sprintf("p%d,%s,%d,%s", r.IntN(9), [2]string{"", "cup"}[r.IntN(2)], 1+r.IntN(3), [3]string{"", "hot", "cold"}[r.IntN(3)])
	}},
}

// withoutSome leaves some columns of customers or products out, as files do that say
// something else of the same ids.
func withoutSome(r *rand.Rand, kind Kind, lines []string) []string {
	if kind.timed() || r.IntN(4) == 0 {
		return lines
	}
	kept := []int{0}
	for len(kept) == 1 {
		for c := range strings.Count(lines[0], ",") {
			if r.IntN(2) == 0 {
				kept = append(kept, c+1)
			}
		}
	}
	out := make([]string, len(lines))
	for i, line := range lines {
		fields, of := strings.Split(line, ","), make([]string, len(kept))
		for k, c := range kept {
			of[k] = fields[c]
		}
		out[i] = strings.Join(of, ",")
	}
	return out
}

// An import that is taken back leaves the store as if it had never been loaded, once
// the files that left rows out because of it are loaded again: for every kind, from
// whatever place in the order.
func TestUndoIsAsIfItHadNeverBeen(t *testing.T) {
	rounds, files, soak := 5, 4, os.Getenv("KITH_SOAK") == "1"
	if soak {
		rounds = 10
	}
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 6))
		st, _ := newStore(t)
		without, _ := newStore(t)
		for _, kind := range Kinds {
			if kind.timed() && kind != Purchases && round > 0 && !soak {
				continue
			}
			rows, ok := undoRows[kind]
			if !ok {
				t.Fatalf("the test makes no files of %s", kind)
			}
			dir := t.TempDir()
			load := func(st *duckstore.Store, k int) Receipt {
				return mustLoad(t, st, Options{Kind: kind, Files: []string{filepath.Join(dir, fmt.Sprintf("%d.csv", k))}, Zone: "UTC"})
			}
			for k := range files {
				lines := []string{rows.header}
				for range 12 {
					lines = append(lines, rows.row(r))
				}
				lines = append(withoutSome(r, kind, lines), fmt.Sprintf(",only in %d", k)) // which is rejected
				if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.csv", k)), []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
				load(st, k)
			}
			asFolded(t, st, kind)
			again := func(l Lacking) {
				again := mustLoad(t, st, Options{Kind: kind, Files: []string{l.File}, Zone: "UTC"})
				rows := again.Accepted
				if kind == Purchases { // lines of orders that are void count as accepted every time
					rows = count(t, st, fmt.Sprintf("SELECT count(*) FROM events.purchase_lines WHERE import_id = %d", again.ID))
				}
				if again.Again || kind.timed() && rows > l.Rows {
					t.Errorf("import %d of %s lacks %d rows; loaded again it has %d, again %t", l.Import, kind, l.Rows, again.Accepted, again.Again)
				}
			}
			if round%2 == 1 { // one in the middle goes, and comes again in its place
				k := 1 + r.IntN(files-2)
				for _, l := range takeFileBack(t, st, filepath.Join(dir, fmt.Sprintf("%d.csv", k))) {
					again(l)
				}
				load(st, k)
				asFolded(t, st, kind)
			}
			gone := (round + r.IntN(files)) % files
			for k := range files {
				if k != gone {
					load(without, k)
				}
			}
			lacking := takeFileBack(t, st, filepath.Join(dir, fmt.Sprintf("%d.csv", gone)))
			r.Shuffle(len(lacking), func(i, j int) { lacking[i], lacking[j] = lacking[j], lacking[i] })
			for _, l := range lacking {
				again(l)
			}
			asFolded(t, st, kind)
			if diff := cmp.Diff(contents(t, without, kind), contents(t, st, kind)); diff != "" {
				t.Errorf("round %d: %s without file %d of 0 to %d (-never loaded +taken back):\n%s", round, kind, gone, files-1, diff)
			}
			if all, err := Receipts(t.Context(), st); err != nil || slices.ContainsFunc(all, func(r Receipt) bool { return r.Lacks != 0 }) {
				t.Errorf("after the files were loaded again some lack rows: %+v, %v", all, err)
			}
		}
		if round == 0 {
			defer emptied(t, st)
		}
		if got, want := inputOf(t, st), inputOf(t, without); got != want {
			t.Errorf("round %d: the fingerprint is %s, and %s of a folder that never had the files", round, got, want)
		}
	}
}

// takeFileBack takes all imports of a file back that stand, and returns the others that
// lack rows then: one for each file, as it says all of it when it is loaded again.
func takeFileBack(t *testing.T, st *duckstore.Store, file string) (lacking []Lacking) {
	t.Helper()
	all, err := Receipts(t.Context(), st)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range all {
		if r.File != file || !r.Undone.IsZero() {
			continue
		}
		u, err := Undo(t.Context(), st, r.ID, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range u.Lacking {
			same := slices.IndexFunc(lacking, func(other Lacking) bool { return other.File == l.File })
			switch {
			case l.File == file:
			case same < 0:
				lacking = append(lacking, l)
			default:
				lacking[same].Rows += l.Rows
			}
		}
	}
	return lacking
}

// A file that was taken back can be loaded again, and stands where it stood: what
// files behind it say of a customer is newer.
func TestUndoneFilesTakeTheirPlaceAgain(t *testing.T) {
	for _, c := range []struct {
		kind  Kind
		texts [3]string
	}{
		{Customers, [3]string{"id,city\nann,Ulm\nbob,Ulm\n", "id,city\nann,Bonn\nbob,Bonn\ncid,Bonn\ncid,Bern\n", "id,city\nann,Hof\ncid,Bern\n"}},
		{Customers, [3]string{"id,plan\nann,flat\n", "id,city,plan\nann,Ulm,silver\nbob,Ulm,silver\n", "id,plan\nann,gold\nbob,gold\n"}},
		{Products, [3]string{"id,name,price\ntea,Tea,1\n", "id,name,price\ntea,Green tea,2\ncup,Cup,2\n", "id,price\ntea,3\ncup,3\n"}},
		{Purchases, [3]string{"customer,product,at,amount\nann,tea,2026-01-01,1\n", "customer,product,at,amount\nann,tea,2026-01-01,1\nbob,tea,2026-01-01,1\n", "customer,product,at,amount\nbob,tea,2026-01-01,1\n"}},
	} {
		kind := c.kind
		st, _ := newStore(t)
		var receipts []Receipt
		for _, text := range c.texts {
			receipts = append(receipts, mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "a.csv", text)}}))
		}
		before := contents(t, st, kind)
		if _, err := Undo(t.Context(), st, receipts[1].ID, false); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, contents(t, st, kind)); diff == "" {
			t.Errorf("nothing of %s went", kind)
		}
		back := mustLoad(t, st, Options{Kind: kind, Files: []string{receipts[1].File}})
		if back.Again || back.ID == receipts[1].ID {
			t.Errorf("%s is not loaded again: %+v", kind, back)
		}
		if diff := cmp.Diff(before, contents(t, st, kind)); diff != "" {
			t.Errorf("%s loaded again (-as before +now):\n%s", kind, diff)
		}
		if kind.timed() {
			continue
		}
		if _, err := Undo(t.Context(), st, receipts[2].ID, false); err != nil {
			t.Fatal(err)
		}
		if twice := texts(t, st, "SELECT id FROM events."+string(kind)+" GROUP BY id HAVING count(*) > 1"); twice != nil {
			t.Errorf("%s that stand twice: %q", kind, twice)
		}
		mustLoad(t, st, Options{Kind: kind, Files: []string{receipts[2].File}})
		if diff := cmp.Diff(before, contents(t, st, kind)); diff != "" {
			t.Errorf("%s with the last loaded again, too (-as before +now):\n%s", kind, diff)
		}
	}
}

// asFolded sees that customers or products are what all that was said of them comes to.
func asFolded(t *testing.T, st *duckstore.Store, kind Kind) {
	t.Helper()
	if kind.timed() {
		return
	}
	query := "SELECT CAST(COLUMNS(*) AS VARCHAR) FROM events." + string(kind) + " ORDER BY ALL"
	before := texts(t, st, query)
	err := st.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		k := kind.stored().known()
		if _, err := run(ctx, conn, "covering.sql", k); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "CREATE TEMP TABLE folded AS SELECT id FROM events."+string(kind)); err != nil {
			return err
		}
		if _, err := run(ctx, conn, "fold_"+string(kind)+".sql", k); err != nil {
			return err
		}
		return dropFold(ctx, conn)
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(texts(t, st, query), before); diff != "" {
		t.Errorf("%s (-all that was said +stored):\n%s", kind, diff)
	}
}

// What two files have said is no duplicate where a third says it, which stands when
// one of them is taken back.
func TestTwoFilesSayWhatAThirdDoes(t *testing.T) {
	for kind, texts := range map[Kind][3]string{
		Customers: {"id,city\nann,Ulm\n", "id,plan\nann,flat\n", "id,city,plan\nann,Ulm,flat\n"},
		Products:  {"id,name\ntea,Tea\n", "id,price\ntea,1\n", "id,name,price\ntea,Tea,1\n"},
	} {
		for gone := range 2 {
			st, _ := newStore(t)
			for _, text := range texts {
				mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "a.csv", text)}})
			}
			before := contents(t, st, kind)
			u, err := Undo(t.Context(), st, gone+1, false)
			if err != nil || len(u.Lacking) > 0 {
				t.Fatal(u, err)
			}
			if diff := cmp.Diff(before, contents(t, st, kind)); diff != "" {
				t.Errorf("%s without import %d (-before +now):\n%s", kind, gone+1, diff)
			}
		}
	}
}

// What a file that comes again says later files may say together: it lacks its row as soon as
// one of them is taken back, and brings it when it is loaded again.
func TestLaterFilesSayTogetherWhatOneDoes(t *testing.T) {
	for kind, c := range map[Kind]struct {
		texts [3]string
		want  [2]string // without the second and without the third
	}{
		Customers: {[3]string{"id,city,age\nx,Ulm,30\ny,Ulm,30\n", "id,city\nx,Bonn\n", "id,age\nx,31\n"},
			[2]string{`x|{"age":31,"city":"Ulm"}|`, `x|{"age":30,"city":"Bonn"}|`}},
		Products: {[3]string{"id,name,price\nx,Tea,3\ny,Tea,3\n", "id,name\nx,Mate\n", "id,price\nx,4\n"},
			[2]string{`x|{"name":"Tea","price":4.0000}|`, `x|{"name":"Mate","price":3.0000}|`}},
	} {
		for gone := range 2 {
			st, _ := newStore(t)
			files := make([]string, 3)
			for i, text := range c.texts {
				files[i] = write(t, fmt.Sprintf("f%d.csv", i+1), text)
			}
			load := func(i int) Receipt { return mustLoad(t, st, Options{Kind: kind, Files: []string{files[i]}}) }
			undo := func(id int) []Lacking {
				u, err := Undo(t.Context(), st, id, false)
				if err != nil {
					t.Fatal(err)
				}
				return u.Lacking
			}
			load(0)
			undo(1)
			load(1)
			load(2)
			back := load(0)
			if diff := cmp.Diff([]Reason{{"a later file has newer values", 1}}, back.Repeats); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff([]Lacking{{Import: back.ID, Kind: kind, File: files[0], Rows: 1}}, undo(2+gone)); diff != "" {
				t.Errorf("%s without import %d lack:\n%s", kind, 2+gone, diff)
			}
			if again := load(0); again.Again || again.Accepted != 1 {
				t.Errorf("%s are not loaded again: %+v", kind, again)
			}
			query := map[Kind]string{Customers: "SELECT id, attributes", Products: "SELECT id, CAST(json_object('name', name, 'price', price) AS VARCHAR)"}[kind]
			if diff := cmp.Diff([]string{c.want[gone]}, texts(t, st, query+" FROM events."+string(kind)+" WHERE id = 'x'")); diff != "" {
				t.Errorf("%s without import %d (-want +got):\n%s", kind, 2+gone, diff)
			}
		}
	}
}

// A file that comes again says anew what one before it has said and another, between the two,
// has said otherwise.
func TestAFileComesAgainBehindOneThatSaysOtherwise(t *testing.T) {
	for kind, texts := range map[Kind][4]string{
		Customers: {"id,city,plan\nx,Ulm,flat\n", "id,city\nx,Bonn\n", "id,city,plan\nx,Ulm,flat\ny,Ulm,flat\n", "id,plan\nx,gold\n"},
		Products:  {"id,name,price\nx,Tea,1\n", "id,name\nx,Mate\n", "id,name,price\nx,Tea,1\ny,Tea,1\n", "id,price\nx,4\n"},
	} {
		st, _ := newStore(t)
		var third string
		for i, text := range texts {
			if r := mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "a.csv", text)}}); i == 2 {
				third = r.File
			}
		}
		before := contents(t, st, kind)
		if _, err := Undo(t.Context(), st, 3, false); err != nil {
			t.Fatal(err)
		}
		if r := mustLoad(t, st, Options{Kind: kind, Files: []string{third}}); r.Duplicates > 0 {
			t.Errorf("%s: %+v", kind, r)
		}
		if diff := cmp.Diff(before, contents(t, st, kind)); diff != "" {
			t.Errorf("%s loaded again (-as before +now):\n%s", kind, diff)
		}
	}
}

// What was loaded before receipts knew their columns said all there was, and stays where
// later files say less.
func TestFilesWithoutColumnsInTheirReceipts(t *testing.T) {
	for kind, c := range map[Kind]struct {
		texts [3]string
		want  string
	}{
		Customers: {[3]string{"id,city,plan\nann,Ulm,flat\n", "id,city\nann,Bonn\n", "id,age\nann,40\n"}, `ann|{"age":40,"city":"Bonn"}|{city=2}|`},
		Products:  {[3]string{"id,name,price\ntea,Tea,1\n", "id,name\ntea,Green tea\n", "id,category\ntea,hot\n"}, `tea|Green tea|hot||||{name=2, price=2, available_from=2, available_to=2}|`},
	} {
		st, _ := newStore(t)
		for i, text := range c.texts {
			mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "a.csv", text)}})
			if i == 1 { // as it was then: the row, whole
				for _, set := range []string{"imports SET covers = NULL", string(kind) + " SET carried = NULL"} {
					mustUpdate(t, st, "UPDATE events."+set)
				}
				mustUpdate(t, st, map[Kind]string{Customers: `UPDATE events.customers SET attributes = '{"city":"Bonn"}'`, Products: "UPDATE events.products SET price = NULL"}[kind])
			}
		}
		got := texts(t, st, "SELECT CAST(COLUMNS(c -> c <> 'import_id') AS VARCHAR) FROM events."+string(kind))
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Error(diff)
		}
		asFolded(t, st, kind)
	}
}

// What still counts is kept, however old it is.
func TestWhatCountsIsKept(t *testing.T) {
	st, _ := newStore(t)
	for i, text := range []string{"id,city\nann,Ulm\n", "id,plan\nann,flat\n", "id,plan\nann,gold\n"} {
		if i == 2 {
			mustUpdate(t, st, "UPDATE events.imports SET loaded_at = loaded_at - INTERVAL 40 DAY")
		}
		mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "a.csv", text)}})
	}
	if _, err := Undo(t.Context(), st, 3, false); err != nil {
		t.Fatal(err)
	}
	want := []string{`ann|{"city":"Ulm","plan":"flat"}|{city=1}|`}
	if diff := cmp.Diff(want, texts(t, st, "SELECT id, attributes, CAST(carried AS VARCHAR) FROM events.customers")); diff != "" {
		t.Error(diff)
	}
}

// To count what would go changes nothing, and what goes is what was counted.
func TestUndoCounts(t *testing.T) {
	st, dir := newStore(t)
	first := mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "first.csv", "id,city\nann,Ulm\nbob,Bonn\n")}})
	bad := write(t, "bad.csv", "id,city\nann,Hof\ncid,Hof\n,Hof\n")
	second := mustLoad(t, st, Options{Kind: Customers, Files: []string{bad}})
	before := contents(t, st, Customers)
	dry, err := Undo(t.Context(), st, second.ID, true)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, contents(t, st, Customers)); diff != "" {
		t.Errorf("counting changed the store:\n%s", diff)
	}
	if _, err := os.Stat(second.RejectsFile); err != nil {
		t.Error(err)
	}
	want := []UndoneTable{{Table: "events.customers", Removed: 2, Restored: 1}, {Table: "events.rejects", Removed: 1}}
	if diff := cmp.Diff(want, dry.Tables); diff != "" || dry.Customers != 1 {
		t.Errorf("%d customers go:\n%s", dry.Customers, diff)
	}
	done, err := Undo(t.Context(), st, second.ID, false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dry.Tables, done.Tables); diff != "" {
		t.Errorf("counted and done:\n%s", diff)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "rejects", "*")); len(left) > 0 {
		t.Errorf("rejects are left: %q", left)
	}
	all, err := Receipts(t.Context(), st)
	if err != nil || len(all) != 2 || !all[0].Undone.IsZero() || all[1].Undone.IsZero() || all[1].Accepted != 2 {
		t.Errorf("receipts: %+v, %v", all, err)
	}
	if _, err := Undo(t.Context(), st, 9, false); !errors.Is(err, ErrNoImport) {
		t.Error(err)
	}
	if _, err := Undo(t.Context(), st, first.ID, false); err != nil {
		t.Error(err)
	}
	if rows := contents(t, st, Customers); rows != nil {
		t.Errorf("left: %q", rows)
	}
}

// Where it is not kept any more what customers were, the import stays, in a sentence.
func TestUndoOfWhatIsNotKept(t *testing.T) {
	st, _ := newStore(t)
	mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "first.csv", "id,city\nann,Ulm\n")}})
	old := mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "second.csv", "id,city\nann,Hof\n")}})
	if _, err := st.DB().ExecContext(t.Context(), "UPDATE events.imports SET loaded_at = loaded_at - INTERVAL 31 DAY"); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, st, Options{Kind: Customers, Files: []string{write(t, "third.csv", "id,city\nann,Bonn\n")}})
	_, err := Undo(t.Context(), st, old.ID, false)
	var kept *UndoError
	if !errors.As(err, &kept) || !strings.Contains(kept.Reason, "load a file that has the right values") {
		t.Errorf("it said %v", err)
	}
}

// Posted events can be taken back and posted again, under the keys they had.
func TestUndoPosts(t *testing.T) {
	st, _ := newStore(t)
	body := []byte(`{"purchases": [{"customer": "ann", "product": "tea", "at": 1767225600}, {"customer": "bob", "product": "tea", "at": 1767225600}]}`)
	post := func(key string) Posted {
		s := NewStream(st, StreamOptions{})
		defer s.Close()
		p, replayed, err := s.Post(context.Background(), Batch{Key: key, Body: body})
		if err != nil || replayed {
			t.Fatal(err, replayed)
		}
		return p
	}
	p := post("k")
	file := write(t, "c.csv", "customer,product,at,amount\nann,tea,2026-01-01,0\ncid,tea,2026-01-01,0\n")
	mustLoad(t, st, Options{Kind: Purchases, Files: []string{file}})
	u, err := Undo(t.Context(), st, int(p.Imports[0]), false)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]Lacking{{Import: 2, Kind: Purchases, File: file, Rows: 1}}, u.Lacking); diff != "" || !u.Posted || u.Tables[0].Removed != 2 {
		t.Errorf("%+v lacks:\n%s", u, diff)
	}
	again := post("k")
	if again.Accepted != 2 || again.Imports[0] == p.Imports[0] {
		t.Errorf("posted again: %+v", again)
	}
}

// With the wrong salt taken back, the right one is taken.
func TestUndoOfTheWrongSalt(t *testing.T) {
	st, _ := newStore(t)
	file := write(t, "a.csv", "customer,product,at,amount\nann,tea,2026-01-01,5\n")
	salted := func(secret string) Options {
		salt, err := NewSalt(secret)
		if err != nil {
			t.Fatal(err)
		}
		return Options{Kind: Purchases, Files: []string{file}, HashIDs: true, Salt: salt}
	}
	wrong := mustLoad(t, st, salted("a wrong secret of 30 letters.."))
	if _, err := Load(t.Context(), st, salted("the right secret of 30 letters")); err == nil || !strings.Contains(err.Error(), "--undo 1") {
		t.Fatal(err)
	}
	if _, err := Undo(t.Context(), st, wrong.ID, false); err != nil {
		t.Fatal(err)
	}
	if r := mustLoad(t, st, salted("the right secret of 30 letters")); r.Accepted != 1 {
		t.Errorf("%+v", r)
	}
}
