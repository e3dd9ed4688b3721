package loaders

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Files of three days, the third of the same bytes as the first: things are again what
// they were.
var thereAndBack = map[string]struct {
	kind        Kind
	first, next string
	query       string
	want        [2]string // after the second and after the third
}{
	"products": {Products, "id,name,in_stock\nP1,Tea,yes\nP2,Pot,yes\n", "id,name,in_stock\nP1,Tea,no\nP2,Pot,yes\n",
		"SELECT CAST(available_to IS NULL AS VARCHAR) FROM events.products WHERE id = 'P1'", [2]string{"false|", "true|"}},
	"customers": {Customers, "id,plan\nann,flat\nbob,flat\n", "id,plan\nann,gold\nbob,flat\n",
		"SELECT attributes FROM events.customers WHERE id = 'ann'", [2]string{`{"plan":"gold"}|`, `{"plan":"flat"}|`}},
	"orders": {Purchases, "order,status,customer,sku,date,qty,price\n21,paid,dan,A1,2026-03-02,1,5.00\n22,cancelled,eve,A1,2026-03-02,1,5.00\n",
		"order,status,customer,sku,date,qty,price\n21,cancelled,dan,A1,2026-03-02,1,5.00\n22,paid,eve,A1,2026-03-02,1,5.00\n",
		"SELECT CAST(count(*) AS VARCHAR) FROM events.purchases WHERE basket = '21'", [2]string{"0|", "1|"}},
}

// Where the newest word counts, the same bytes under another name, or in another folder that
// is a column, are a newer file; those under the same name are loaded before, wherever
// the folder lies and however it is called.
func TestThingsAreAgainWhatTheyWere(t *testing.T) {
	for name, c := range thereAndBack {
		for in, names := range map[string][3]string{
			"files":   {"day-1.csv", "day-2.csv", "day-3.csv"},
			"folders": {"dt=2026-03-01/part-0.csv", "dt=2026-03-02/part-0.csv", "dt=2026-03-03/part-0.csv"},
		} {
			t.Run(name+" in "+in, func(t *testing.T) {
				st, _ := newStore(t)
				dir := t.TempDir()
				house := filepath.Join(dir, "house")
				for i, text := range [3]string{c.first, c.next, c.first} {
					path := filepath.Join(house, names[i])
					if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
						t.Fatal(err)
					}
					if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				folder := func(path string) (done []Receipt) {
					t.Helper()
					files, _, err := Expand([]string{path})
					if err != nil {
						t.Fatal(err)
					}
					done, err = Load(t.Context(), st, Options{Kind: c.kind, Files: files})
					if err != nil {
						t.Fatal(err)
					}
					return done
				}
				is := func(when, want string) {
					t.Helper()
					if diff := cmp.Diff([]string{want}, texts(t, st, c.query)); diff != "" {
						t.Errorf("%s (-want +got):\n%s", when, diff)
					}
				}
				for i := range 2 {
					mustLoad(t, st, Options{Kind: c.kind, Files: []string{filepath.Join(house, names[i])}})
				}
				is("after the second file", c.want[0])
				before := inputOf(t, st)
				done := folder(house)
				if !done[0].Again || !done[1].Again || done[2].Again || done[2].Rejected != 0 {
					t.Errorf("the folder with a third file: %+v", done)
				}
				if c.kind != Purchases && done[2].Duplicates != 1 {
					t.Errorf("rows of the third file that change nothing: %d", done[2].Duplicates)
				}
				is("after the third file", c.want[1])
				if inputOf(t, st) == before {
					t.Error("the fingerprint doesn't tell the third file")
				}

				t.Chdir(dir)
				moved := filepath.Join(dir, "elsewhere")
				for _, path := range []string{house, "house", "./house/", moved} {
					if path == moved {
						if err := os.Rename(house, moved); err != nil {
							t.Fatal(err)
						}
					}
					for i, r := range folder(path) {
						if !r.Again || r.ID != i+1 {
							t.Errorf("%s again: %+v", path, r)
						}
					}
				}

				if _, err := Undo(t.Context(), st, 3, false); err != nil {
					t.Fatal(err)
				}
				is("without the third file", c.want[0])
				if inputOf(t, st) != before {
					t.Error("the fingerprint is not that of two files")
				}
				if r := folder(moved)[2]; r.Again || r.ID != 4 {
					t.Errorf("the third file again: %+v", r)
				}
				is("with the third file again", c.want[1])
			})
		}
	}
}

// A file stands in the place of one that was taken back only where it has its name.
func TestAFileTakesThePlaceOfItsName(t *testing.T) {
	for name, c := range thereAndBack {
		st, _ := newStore(t)
		first := write(t, "day-1.csv", c.first)
		mustLoad(t, st, Options{Kind: c.kind, Files: []string{first}})
		mustLoad(t, st, Options{Kind: c.kind, Files: []string{write(t, "day-2.csv", c.next)}})
		if _, err := Undo(t.Context(), st, 1, false); err != nil {
			t.Fatal(err)
		}
		third := write(t, "day-3.csv", c.first)
		mustLoad(t, st, Options{Kind: c.kind, Files: []string{third}})
		if diff := cmp.Diff([]string{c.want[1]}, texts(t, st, c.query)); diff != "" {
			t.Errorf("%s after the third file (-want +got):\n%s", name, diff)
		}
		if _, err := Undo(t.Context(), st, 3, false); err != nil {
			t.Fatal(err)
		}
		if r := mustLoad(t, st, Options{Kind: c.kind, Files: []string{first}}); r.Again {
			t.Errorf("%s: %+v", name, r)
		}
		if diff := cmp.Diff([]string{c.want[0]}, texts(t, st, c.query)); diff != "" {
			t.Errorf("%s with the first file again in its place (-want +got):\n%s", name, diff)
		}
	}
}

// A file that lacks rows is not said to have them because one of the same bytes has,
// which stands elsewhere.
func TestAFileLacksWhatOneOfItsBytesHas(t *testing.T) {
	st, _ := newStore(t)
	var files [3]string
	for i, city := range [3]string{"Ulm", "Bonn", "Ulm"} {
		files[i] = write(t, fmt.Sprintf("%d.csv", i+1), "id,city\nx,"+city+"\n")
	}
	load := func(i int) Receipt { return mustLoad(t, st, Options{Kind: Customers, Files: []string{files[i-1]}}) }
	undo := func(id int) {
		if _, err := Undo(t.Context(), st, id, false); err != nil {
			t.Fatal(err)
		}
	}
	load(1)
	load(2)
	undo(2)
	load(3) // a duplicate of the first
	undo(1)
	load(2)
	load(1) // in its place, where the second is newer
	all, err := Receipts(t.Context(), st)
	if err != nil || all[2].Lacks != 1 {
		t.Fatalf("3.csv lacks nothing: %+v, %v", all[2], err)
	}
	if r := load(3); r.Again || r.Accepted != 1 {
		t.Errorf("3.csv again: %+v", r)
	}
	if diff := cmp.Diff([]string{`{"city":"Ulm"}|`}, texts(t, st, "SELECT attributes FROM events.customers")); diff != "" {
		t.Errorf("what the last file says (-want +got):\n%s", diff)
	}
}

// Where only the bytes can tell, they do: of events, of what comes by the standard input, and of
// queries.
func TestFilesThatTheirBytesTell(t *testing.T) {
	const visits, customers = "customer,session,product,at\nann,s1,tea,2026-01-01\n", "id,city\nann,Ulm\n"
	for name, c := range map[string]struct{ first, second Options }{
		"events": {Options{Kind: Visits, Files: []string{write(t, "a.csv", visits)}}, Options{Kind: Visits, Files: []string{write(t, "b.csv", visits)}}},
		"orders without states": {
			Options{Kind: Purchases, Files: []string{write(t, "a.csv", "customer,product,at,basket\nann,tea,2026-01-01,1\n")}},
			Options{Kind: Purchases, Files: []string{write(t, "b.csv", "customer,product,at,basket\nann,tea,2026-01-01,1\n")}}},
		"the standard input": {
			Options{Kind: Customers, Files: []string{Stdin}, Stdin: strings.NewReader(customers)},
			Options{Kind: Customers, Files: []string{Stdin}, Stdin: strings.NewReader(customers)}},
		"a file by the standard input": {
			Options{Kind: Customers, Files: []string{write(t, "a.csv", customers)}},
			Options{Kind: Customers, Files: []string{Stdin}, Stdin: strings.NewReader(customers)}},
		"one that came by the standard input": {
			Options{Kind: Customers, Files: []string{Stdin}, Stdin: strings.NewReader(customers)},
			Options{Kind: Customers, Files: []string{write(t, "a.csv", customers)}}},
		"a file that is sent": {
			Options{Kind: Customers, Files: []string{write(t, "a.csv", customers)}},
			Options{Kind: Customers, Files: []string{Stdin}, Stdin: strings.NewReader(customers), StdinName: "a.csv"}},
	} {
		st, _ := newStore(t)
		mustLoad(t, st, c.first)
		if r := mustLoad(t, st, c.second); !r.Again {
			t.Errorf("%s is loaded twice: %+v", name, r)
		}
	}
}
