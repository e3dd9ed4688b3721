package loaders

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestParseChanges(t *testing.T) {
	for _, c := range []struct {
		text string
		want Changes
		err  string
	}{
		{text: "", want: Changes{}},
		{text: "caller=digits + hash,callee=trim", want: Changes{"caller": {{Verb: "digits"}, {Verb: "hash"}}, "callee": {{Verb: "trim"}}}},
		{text: "caller=strip", err: `there is no step "strip" for caller: use trim, upper, lower, digits, no-leading-zeros, hash`},
		{text: "caller=strip-prefix", err: "strip-prefix needs a text, so it goes into a map file"},
		{text: "caller", err: "write field=step+step,field=step"},
	} {
		got, err := ParseChanges(c.text)
		switch {
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: %v, want %s", c.text, err, c.err)
		case c.err == "" && (err != nil || cmp.Diff(c.want, got) != ""):
			t.Errorf("%s: %v, %v", c.text, err, cmp.Diff(c.want, got))
		}
	}
}

const testSecret = "a secret of enough characters"

func testSalt(t testing.TB) Salt {
	t.Helper()
	s, err := NewSalt(testSecret + "\n")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Every step does the same in SQL and in Go, where guesses are made.
func TestChangesAgree(t *testing.T) {
	fewerChecks(t, 60)
	st, _ := newStore(t)
	ctx := t.Context()
	conn, err := st.DB().Conn(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	salt := testSalt(t)
	back, err := salt.lend(ctx, conn)
	if err != nil {
		t.Fatal(err)
	}
	texts := rapid.OneOf(rapid.StringMatching(`[ +0-9a-cÄ']{0,8}`), rapid.SampledFrom([]string{"", "0", "000", "007", "NULL", "\u00a0x\t", "+49 170", "a+49", "é\u2003"}))
	rapid.Check(t, func(t *rapid.T) {
		c := Change{Verb: rapid.SampledFrom(append(append([]string{}, plainChanges...), textChanges...)).Draw(t, "verb"),
			What: rapid.StringMatching(`[+0-9a'ß]{1,3}`).Draw(t, "what"), With: rapid.StringMatching(`[-0']{0,2}`).Draw(t, "with")}
		text := texts.Draw(t, "text")
		missing := (&plan{kind: Calls}).missingTexts("caller")
		var got string
		if err := conn.QueryRowContext(ctx, "SELECT "+c.expr("x", missing)+" FROM (SELECT CAST(? AS VARCHAR) AS x)", text).Scan(&got); err != nil {
			t.Fatalf("%v: %v", c, err)
		}
		if want := c.apply(text, salt, missing); got != want {
			t.Fatalf("%v of %q is %q in SQL and %q in Go", c, text, got, want)
		}
	})
	if err := back(); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM duckdb_variables()").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d variables are left behind: %v", left, err)
	}
}

// A hash is HMAC-SHA-256 as the standard library has it, for short salts and
// for those longer than a block.
func TestHashIsHMAC(t *testing.T) {
	for _, secret := range []string{testSecret, strings.Repeat("long ", 30)} {
		st, _ := newStore(t)
		path := write(t, "calls.csv", "caller,callee\n+49170,b\n")
		salt, err := NewSalt(secret)
		if err != nil {
			t.Fatal(err)
		}
		mustLoad(t, st, Options{Kind: Calls, Files: []string{path}, HashIDs: true, Salt: salt})
		m := hmac.New(sha256.New, []byte(secret))
		m.Write([]byte("+49170"))
		want := hex.EncodeToString(m.Sum(nil))
		if got := table(t, st, "SELECT caller FROM events.calls"); got[0] != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestSaltIsKept(t *testing.T) {
	s := testSalt(t)
	j, err := json.Marshal(struct{ Salt Salt }{s})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%v %+v %#v %s", s, s, s, j); strings.Contains(text, "secret of") {
		t.Error(text)
	}
	if _, err := NewSalt("short"); err == nil || !strings.Contains(err.Error(), "at least 16") {
		t.Error(err)
	}
	if _, err := ReadSalt(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("a file that is not there gives a salt")
	}
}

// No id in the clear, and no salt, is in any file of the data folder, whatever
// is wrong with a row; and the same id has one hash in all kinds of files.
// No plain id gets beside hashed ones, from a file or a post; those that are hashed
// already may come.
func TestPlainIDsAreKeptOut(t *testing.T) {
	s, st := newStream(t, StreamOptions{})
	mustPost(t, s, "before", `{"visits":[{"customer":"RAWID-0","product":"p","at":1700000000}]}`)
	salt := testSalt(t)
	load := func(text string, o Options) Receipt {
		o.Kind, o.Files, o.Salt = Calls, []string{write(t, "calls.csv", text)}, salt
		return mustLoad(t, st, o)
	}
	load("caller,callee\nRAWID-1,RAWID-2\n", Options{HashIDs: true})
	hashed := salt.hash("RAWID-1")
	if r := load("caller,callee\n"+hashed+",RAWID-2\n"+hashed+","+salt.hash("RAWID-3")+"\n", Options{}); r.Accepted != 1 || r.Rejected != 1 ||
		r.Reasons[0].Reason != "callee is not hashed, as the ids of earlier imports are" {
		t.Errorf("%+v", r)
	}
	p := mustPost(t, s, "after", `{"visits":[{"customer":"RAWID-1","product":"p","at":1700000000},{"customer":"`+hashed+`","product":"p","at":1700000000},
		{"session":"s","page":"/","at":1700000000},{"session":"s","customer":"RAWID-1","page":"/","at":1700000000}],
		"purchases":[{"customer":"RAWID-4","product":"p","at":1700000000,"nonsense":"RAWID-4"}]}`)
	if p.Accepted != 2 || p.Rejected != 3 {
		t.Errorf("%+v", p)
	}
	if got := table(t, st, "SELECT row FROM events.rejects WHERE contains(row, 'RAWID')"); len(got) > 0 {
		t.Errorf("rejects have %q", got)
	}
}

func TestHashedIDsDoNotLeak(t *testing.T) {
	st, dir := newStore(t)
	o := Options{HashIDs: true, Salt: testSalt(t)}
	load := func(kind Kind, name, text string, changes Changes) Receipt {
		o.Kind, o.Files, o.Changes = kind, []string{write(t, name, text)}, changes
		return mustLoad(t, st, o)
	}
	var out bytes.Buffer
	for _, r := range []Receipt{
		load(Calls, "calls.csv", "caller,callee,at,seconds\n"+
			"RAWID-1,RAWID-2,2024-01-01,5\n"+
			"RAWID-1,RAWID-1,2024-01-01,5\n"+ // the same
			"RAWID-3,RAWID-4,RAWID-4,5\n"+ // shifted
			"RAWID-3,RAWID-4,2024-01-01,RAWID-4\n"+
			",RAWID-5,2024-01-01,5\n"+
			"RAWID-6,RAWID-7\n"+ // cut
			"\"RAWID-8,RAWID-9,2024-01-01,5\n", nil),
		load(Calls, "sides.csv", "msisdn,other,direction,at,kind\nRAWID-1,RAWID-9,out,2024-01-02,voice\nRAWID-9,RAWID-1,in,2024-01-03,voice\n"+
			"RAWID-1,,,2024-01-03,data\nRAWID-9,,out,2024-01-03,voice\n", nil),
		load(Calls, "bill.csv", "Bill of RAWID-1\ncaller,callee,at\nRAWID-1,RAWID-5,2024-01-04\nRAWID-1,\n", nil),
		load(Customers, "customers.csv", "id,plan\nRAWID-1,gold\n,RAWID-2\n", nil),
		load(Purchases, "purchases.csv", "customer,product,quantity\n RAWID-1 ,p,1\nRAWID-2,p,RAWID-3\n", nil),
		load(Visits, "visits.csv", "customer,product\nrawid-2,p\n,RAWID-3\n", Changes{"customer": {{Verb: "upper"}}}),
		load(Churn, "churn.csv", "customer,at\nRAWID-1,2024-01-01\nRAWID-2,RAWID-2\n", nil),
	} {
		if r.Rejected == 0 {
			t.Errorf("%s: nothing was rejected", r.File)
		}
		if err := json.NewEncoder(&out).Encode(r); err != nil {
			t.Fatal(err)
		}
	}
	if ids := table(t, st, `SELECT DISTINCT id FROM (
		SELECT caller AS id FROM events.calls UNION ALL SELECT id FROM events.customers UNION ALL SELECT customer FROM events.purchases
		UNION ALL SELECT customer FROM events.usage UNION ALL SELECT customer FROM events.churn)`); len(ids) != 1 || len(ids[0]) != 64 {
		t.Errorf("one customer has the ids %q", ids)
	}
	if n := count(t, st, "SELECT count(*) FROM events.visits AS v JOIN events.calls AS c ON v.customer = c.callee"); n != 1 {
		t.Errorf("%d visitors were called", n)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"the receipts": out.Bytes()}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		files[path] = text
		return err
	})
	if err != nil || len(files) < 5 {
		t.Fatalf("%d files: %v", len(files), err)
	}
	for path, text := range files {
		for _, secret := range []string{"RAWID", "rawid", testSecret} {
			if bytes.Contains(text, []byte(secret)) && path != "the receipts" || strings.Contains(string(text), testSecret) {
				t.Errorf("%s has %s", path, secret)
			}
		}
	}
	if bytes.Contains(out.Bytes(), []byte("RAWID")) {
		t.Errorf("a receipt has an id: %s", out.Bytes())
	}
}

// Once ids are hashed, records of one side with plain ones are rejected, as others
// are.
func TestPlainSidesAreRejected(t *testing.T) {
	st, _ := newStore(t)
	sides := write(t, "sides.csv", "msisdn,other,direction,at\na,b,out,2024-01-02\nb,a,in,2024-01-03\n")
	mustLoad(t, st, Options{Kind: Calls, Files: []string{sides}, HashIDs: true, Salt: testSalt(t)})
	more := write(t, "more.csv", "msisdn,other,direction,at\na,b,out,2024-01-04\nb,a,in,2024-01-05\n")
	var all *AllRejectedError
	if _, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{more}}); !errors.As(err, &all) {
		t.Errorf("plain ids: %v", err)
	}
	// A step for a field that the file does not have hashes nothing.
	_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{more}, Salt: testSalt(t), Changes: Changes{"caller": {{Verb: changeHash}}, "callee": {{Verb: changeHash}}}})
	if !errors.As(err, &all) {
		t.Errorf("steps for other fields: %v", err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.ids WHERE length(id) = 64"); n != 2 {
		t.Errorf("%d ids are hashed", n)
	}
}

// Another salt would make other people of the same customers.
func TestOneSalt(t *testing.T) {
	st, _ := newStore(t)
	path := write(t, "calls.csv", "caller,callee\na,b\n")
	mustLoad(t, st, Options{Kind: Calls, Files: []string{path}, HashIDs: true, Salt: testSalt(t)})
	other, err := NewSalt("another secret of enough characters")
	if err != nil {
		t.Fatal(err)
	}
	_, err = Load(t.Context(), st, Options{Kind: Calls, Files: []string{path}, HashIDs: true, Salt: other})
	if err == nil || !strings.Contains(err.Error(), "the salt is another than that of import 1") {
		t.Error(err)
	}
	_, err = Load(t.Context(), st, Options{Kind: Calls, Files: []string{path}, HashIDs: true})
	if err == nil || !strings.Contains(err.Error(), "--salt-file") {
		t.Error(err)
	}
	if n := count(t, st, "SELECT count(*) FROM events.imports"); n != 1 {
		t.Errorf("%d imports", n)
	}
}
