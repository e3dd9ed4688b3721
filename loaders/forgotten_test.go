package loaders

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// After kith forget no file brings the person back, and what is rejected keeps
// nothing of the rows, for every kind and also where a row has other faults.
func TestTheForgottenDoNotComeBack(t *testing.T) {
	const gone = "+49151777001"
	texts := map[Kind]string{
		Calls:        "caller,callee,time,seconds\n+49151777001,b,2026-01-01,5\nb,+49151777001,2026-01-01,5\nb,c,2026-01-01,5\n+49151777001,c,never,5\nb,+49151777001\n",
		Purchases:    "customer,product,time,amount\n+49151777001,tea,2026-01-01,5\nb,+49151777001,2026-01-01,5\n",
		Visits:       "customer,product,time\n+49151777001,tea,2026-01-01\nb,tea,2026-01-01\n",
		Contacts:     "customer,campaign,time\n+49151777001,spring,2026-01-01\nb,spring,2026-01-01\n",
		Satisfaction: "customer,score,time\n+49151777001,5,2026-01-01\nb,5,2026-01-01\n",
		Churn:        "customer,time\n+49151777001,2026-01-01\nb,2026-01-01\n",
		Numbers:      "number,customer,from\n+49151777002,+49151777001,2026-01-01\n+49151777003,b,2026-01-01\n",
		Customers:    "id,name\n+49151777001,Ann\nb,Bob\n",
	}
	for _, kind := range Kinds {
		if len(kind.people()) == 0 {
			continue
		}
		t.Run(string(kind), func(t *testing.T) {
			text, ok := texts[kind]
			if !ok {
				t.Fatalf("the test has no file of %s, which name people", kind)
			}
			st, dir := newStore(t)
			if _, err := st.Forget(t.Context(), []string{gone}, false); err != nil {
				t.Fatal(err)
			}
			if err := st.Rewrite(t.Context()); err != nil {
				t.Fatal(err)
			}
			r := mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "new.csv", text)}})
			want := []Reason{{faultForgotten, 1}}
			if kind == Calls { // the last row is cut off, which is its fault
				want = []Reason{{faultForgotten, 3}, {r.Reasons[len(r.Reasons)-1].Reason, 1}}
			}
			if diff := cmp.Diff(want, r.Reasons); diff != "" || r.Accepted != 1 {
				t.Errorf("%d rows were accepted; reasons (-want +got):\n%s", r.Accepted, diff)
			}
			found, _, err := st.Search(t.Context(), []string{gone})
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if !f.Other { // a product may have that name
					t.Errorf("%s has the person", f.Column)
				}
			}
			text2, err := os.ReadFile(r.RejectsFile)
			if err != nil || bytes.Contains(text2, []byte(gone)) {
				t.Errorf("the file of rejects has the person, %v:\n%s", err, text2)
			}
			if _, err := st.AllowAgain(t.Context(), []string{gone}); err != nil {
				t.Fatal(err)
			}
			if r = mustLoad(t, st, Options{Kind: kind, Files: []string{write(t, "newer.csv", text+"\n\n")}}); r.Accepted == 0 {
				t.Error("the person cannot come back although that is allowed")
			}
			_ = dir
		})
	}
}

// A file of which all rows are those of forgotten people is no fault.
func TestAFileOfTheForgottenIsNoFault(t *testing.T) {
	st, _ := newStore(t)
	if _, err := st.Forget(t.Context(), []string{"ann"}, false); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, st, Options{Kind: Churn, Files: []string{write(t, "left.csv", "customer,time\nann,2026-01-01\n")}})
}

// The files of rejects lose the rows that name a person, and no others.
func TestForgetRejects(t *testing.T) {
	st, dir := newStore(t)
	r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "c.csv", "caller,callee,time\nann,bob,never\nbob,cid,never\nbob,ann smith,never\nannabel,bob,never\nbob, eve adams ,never\nbob,ask eve.a@x.org,never\nbob,cid,2026-01-01\n")}})
	if n, err := ForgetRejects(t.Context(), dir, []string{"ann"}, nil, true); err != nil || n != 2 {
		t.Errorf("%d rows are counted, %v", n, err)
	}
	if n, err := ForgetRejects(t.Context(), dir, []string{"ann"}, nil, false); err != nil || n != 2 {
		t.Errorf("%d rows were emptied, %v", n, err)
	}
	text, err := os.ReadFile(r.RejectsFile)
	if err != nil || bytes.Contains(text, []byte("ann,")) || bytes.Count(text, []byte("bob,cid,never")) != 1 || !bytes.Contains(text, []byte("annabel")) || bytes.Count(text, []byte("\n")) != 7 {
		t.Errorf("%v:\n%s", err, text)
	}
	// Somebody of whom nothing is left but the mark is found by that.
	for _, gone := range []string{"cid", "eve adams", "eve.a@x.org"} {
		if n, err := ForgetRejects(t.Context(), dir, nil, func(id string) bool { return id == gone }, true); err != nil || n != 1 {
			t.Errorf("by the mark of %s %d rows are counted, %v", gone, n, err)
		}
	}
	if n, err := ForgetRejects(t.Context(), dir, []string{"nobody"}, nil, false); err != nil || n != 0 {
		t.Errorf("%d rows of nobody were emptied, %v", n, err)
	}
	if info, err := os.Stat(r.RejectsFile); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "rejects", "*")); len(left) != 1 {
		t.Errorf("the folder has %v", left)
	}
}

// Nor are posted rows of forgotten people taken, or kept among the rejects.
func TestPostsOfTheForgotten(t *testing.T) {
	s, st := newStream(t, StreamOptions{})
	if _, err := st.Forget(t.Context(), []string{"ann"}, false); err != nil {
		t.Fatal(err)
	}
	r := mustPost(t, s, "k", `{"calls":[{"caller":"ann","callee":"bob","at":1},{"caller":"cid","callee":"ann","at":"never"},{"caller":"cid","callee":"bob","at":1},["ann"]]}`)
	if r.Accepted != 1 || r.Rejected != 3 || r.Rejects[0].Reason != faultForgotten {
		t.Errorf("%+v", r)
	}
	if r := mustPost(t, s, "plain", `{"visits":[{"customer":"ann","product":"p","at":1},{"customer":"bob","product":"p","at":1}]}`); r.Accepted != 1 || r.Rejected != 1 {
		t.Errorf("%+v", r)
	}
	if rows := table(t, st, "SELECT row FROM events.rejects"); strings.Join(rows, "") != "" {
		t.Errorf("kept: %q", rows)
	}
}
