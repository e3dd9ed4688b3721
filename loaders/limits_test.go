package loaders

import (
	"fmt"
	"strings"
	"testing"
)

// What a call was has thirty bits for its import and thirty for its length in one
// number: the largest of both come back, and larger ones are refused.
func TestLargestNumbersOfACall(t *testing.T) {
	st, _ := newStore(t)
	mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "first.csv", "caller,callee,at,seconds\na,b,2026-03-01,5\n")}})
	if _, err := st.DB().ExecContext(t.Context(), fmt.Sprintf("UPDATE events.imports SET id = %d", lastImport-1)); err != nil {
		t.Fatal(err)
	}
	for i, form := range []string{"2026-03-%02d", "2026-03-%02dT10:00:00Z"} {
		var text strings.Builder
		for j, seconds := range []int{1_000_000_000, 1_000_000_001, 1<<30 - 1, 1 << 30, 1<<33 + 7} {
			fmt.Fprintf(&text, "x%d,y%d,"+form+",%d\n", i, j, j+1, seconds)
		}
		if _, err := st.DB().ExecContext(t.Context(), "DELETE FROM events.imports WHERE id = ?", lastImport); err != nil {
			t.Fatal(err)
		}
		r := mustLoad(t, st, Options{Kind: Calls, Files: []string{write(t, "calls.csv", "caller,callee,at,seconds\n"+text.String())}})
		if r.ID != lastImport || r.Accepted != 1 || len(r.Reasons) != 1 || r.Reasons[0] != (Reason{"seconds is too large", 4}) {
			t.Errorf("import %d accepted %d rows and rejected %v", r.ID, r.Accepted, r.Reasons)
		}
		var calls, seconds int64
		err := st.DB().QueryRowContext(t.Context(), "SELECT count(*), any_value(seconds) FROM events.calls WHERE caller = ? AND import_id = ? AND kind = 'voice' AND answered",
			fmt.Sprint("x", i), lastImport).Scan(&calls, &seconds)
		if err != nil || calls != 1 || seconds != 1_000_000_000 {
			t.Errorf("stored are %d calls of %d s: %v", calls, seconds, err)
		}
	}

	_, err := Load(t.Context(), st, Options{Kind: Calls, Files: []string{write(t, "next.csv", "caller,callee,at\na,c,2026-03-01\n")}})
	if err == nil || !strings.Contains(err.Error(), "has had 1073741823 imports") || strings.Contains(err.Error(), "\n") {
		t.Errorf("a further import: %v", err)
	}
	s := NewStream(st, StreamOptions{})
	defer s.Close()
	if _, _, err := s.Post(t.Context(), Batch{Body: []byte(`{"calls": [{"caller": "a", "callee": "c", "at": 1772442900}]}`)}); err == nil || !strings.Contains(err.Error(), "has had 1073741823 imports") {
		t.Errorf("a post: %v", err)
	}
	var left int64
	if err := st.DB().QueryRowContext(t.Context(), "SELECT count(*) FROM events.calls WHERE callee = 'c'").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d of their calls are stored: %v", left, err)
	}
}
