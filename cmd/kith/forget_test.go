package main

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/api"
)

// gone is somebody in houseOfGone, who has a telephone number among the rejects too.
const gone = "+49151777001"

var goneHouse original

// houseOfGone is an analysed house in which many know somebody.
func houseOfGone(t *testing.T) (dir string, calls string) {
	t.Helper()
	dir = goneHouse.copied(t, func(dir string) {
		file := func(name, text string) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			return path
		}
		var b strings.Builder
		b.WriteString("caller,callee,at,seconds\n")
		people := []string{gone, "+49151777002", "+49151777003", "+49151777004", "+49151777005", "+49151777006"}
		for i, from := range people {
			for j, to := range people {
				if i != j {
					b.WriteString(from + "," + to + ",2026-01-0" + string(rune('1'+i)) + "T10:00:00Z,60\n")
				}
			}
		}
		b.WriteString(gone + ",+49151777002,never,60\n")
		buildIn(t, filepath.Join(dir, "data"),
			loaded{kind: "calls", path: file("calls.csv", b.String())},
			loaded{kind: "purchases", path: file("buys.csv", "customer,product,at,amount\n"+gone+",tea,2026-01-02,5\n+49151777002,tea,2026-01-02,5\n")},
			loaded{kind: "customers", path: file("crm.csv", "id,name,partner\n"+gone+",Ann,\n+49151777002,Bob,"+gone+"\n")},
			loaded{kind: "churn", path: file("left.csv", "customer,at\n"+gone+",2026-01-05\n")})
	})
	return filepath.Join(dir, "data"), filepath.Join(dir, "calls.csv")
}

// mustHaveNo looks for a text in every file of a folder.
func mustHaveNo(t *testing.T, dir, text string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		files++
		content, err := os.ReadFile(path)
		if bytes.Contains(content, []byte(text)) {
			t.Errorf("%s has %s", path, text)
		}
		return err
	})
	if err != nil || files < 4 {
		t.Errorf("%d files were searched, %v", files, err)
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	dir, calls := houseOfGone(t)
	counted := decoded[api.Forgotten](t, "forget", gone, "--data", dir)
	if !counted.DryRun || len(counted.Tables) < 8 || counted.RejectedRows != 1 || counted.Result != "" {
		t.Errorf("counted: %+v", counted)
	}
	if c := decoded[api.Customer](t, "customer", gone, "--data", dir); c.History.Calls.Partners != 5 || c.Result == "" {
		t.Errorf("counting changed something: %+v", c.History.Calls)
	}
	done := decoded[api.Forgotten](t, "forget", gone, "--data", dir, "--yes")
	if done.DryRun || !done.Proof.Clean || len(done.Proof.Found) > 0 || done.Proof.Columns < 80 || done.Proof.Files < 4 || done.Result == "" {
		t.Errorf("done: %+v", done)
	}
	mustHaveNo(t, dir, gone)
	if r := open(t, dir); r.Run.ID != done.Result || r.Customers.Len() != 5 {
		t.Errorf("result %s has %d customers", r.Run.ID, r.Customers.Len())
	}
	_, errs, code := kith(t, "customer", gone, "--data", dir)
	oneSentence(t, errs, code, exitNothing, "nothing is known")
	if c := decoded[api.Customer](t, "customer", "+49151777002", "--data", dir); c.History.Calls.Partners != 4 || strings.Contains(string(c.Attributes), "partner") {
		t.Errorf("somebody else: %+v %s", c.History.Calls, c.Attributes)
	}

	// The person does not come back with a file that differs by a line.
	text, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	must(t, "load", "--as", "calls", "--data", dir, textFile(t, "next.csv", string(text)+"+49151777003,+49151777002,2026-02-01T10:00:00Z,60\n"))
	mustHaveNo(t, dir, gone)
	must(t, "analyze", "--data", dir)
	mustHaveNo(t, dir, gone)
	must(t, "forget", gone, "--data", dir, "--allow-again")
	must(t, "load", "--as", "calls", "--data", dir, textFile(t, "last.csv", string(text)+"\n"))
	if c := decoded[api.Customer](t, "customer", gone, "--data", dir); c.History.Calls.Partners != 5 {
		t.Errorf("the person cannot come back: %+v", c.History)
	}
	if out := must(t, "forget", "nobody at all", "--data", dir, "--yes"); !strings.Contains(out, "no table has these ids") {
		t.Errorf("nobody: %s", out)
	}
}

// A process that is killed at any time while it forgets is made good by the same
// command, and nothing else is lost.
func TestForgetIsRepeatedAfterKill(t *testing.T) {
	dir, _ := houseOfGone(t)
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, after := range []time.Duration{60, 200} {
		cmd := exec.CommandContext(t.Context(), exe, "forget", gone, "--data", dir, "--yes")
		cmd.Env = append(os.Environ(), asProgram+"=1")
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		// Whatever it came to, there is a result that can be served.
		if c := decoded[api.Customer](t, "customer", "+49151777002", "--data", dir); c.Result == "" {
			t.Errorf("killed after %d ms, it has no result", after)
		}
	}
	if f := decoded[api.Forgotten](t, "forget", gone, "--data", dir, "--yes"); !f.Proof.Clean {
		t.Errorf("found: %+v", f.Proof.Found)
	}
	mustHaveNo(t, dir, gone)
	if r := open(t, dir); r.Customers.Len() != 5 {
		t.Errorf("%d customers are left", r.Customers.Len())
	}
}

// A server forgets at once, with what was posted to it.
func TestForgetByServer(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	base := serveForTest(t, dir)
	path := "/v1/customers/" + url.PathEscape(gone)
	postEvents(t, base, "k1", `{"purchases":[{"customer":"`+gone+`","product":"cup","at":"2026-01-06T00:00:00Z","amount":3}]}`, http.StatusOK)
	about := get(t, base+path+"?from=2026-01-06", http.StatusOK)
	if lines := about["history"].(map[string]any)["purchases"].(map[string]any)["lines"]; lines != 1.0 {
		t.Errorf("%v lines were bought since", lines)
	}
	get(t, base+path+"?from=2026-01-06&to=2026-01-05", http.StatusBadRequest)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, base+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := answer(t, request, http.StatusOK)
	if proof := done["proof"].(map[string]any); proof["clean"] != true {
		t.Errorf("%v", done)
	}
	mustHaveNo(t, dir, gone)
	for _, resource := range []string{"", "/risk", "/neighbours", "/recommendations"} {
		get(t, base+path+resource, http.StatusNotFound)
	}
	others := get(t, base+"/v1/customers/"+url.PathEscape("+49151777002")+"/neighbours", http.StatusOK)
	if n := len(others["items"].([]any)); n != 4 {
		t.Errorf("somebody else has %d neighbours", n)
	}
	again := postEvents(t, base, "k2", `{"purchases":[{"customer":"`+gone+`","product":"cup","at":"2026-01-07T00:00:00Z","amount":3}]}`, http.StatusOK)
	if again["rejected"] != 1.0 {
		t.Errorf("the person comes back with an event: %v", again)
	}
	mustHaveNo(t, dir, gone)
}

// What stands in files of the user's own is found and told.
func TestForgetFindsWhatIsLeft(t *testing.T) {
	t.Parallel()
	dir, _ := houseOfGone(t)
	// A session of the person is another name, and one more is said.
	must(t, "load", "--as", "visits", "--data", dir, textFile(t, "web.csv", "customer,session,product,at\n"+gone+",cookie-4711,tea,2026-01-03\n,cookie-4711,tea,never\n,cookie-4712,tea,2026-01-03\n"))
	if err := os.WriteFile(filepath.Join(dir, "notes.txt"), []byte(strings.Repeat("x", 1<<20-5)+" "+gone+"\n"+gone+"9 cookie-4711 cookie-4712"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, errs, code := kith(t, "forget", gone, "--also", "unknown-1, cookie-4712", "--data", dir, "--yes")
	oneSentence(t, errs, code, exitFailed, "still there")
	for _, say := range []string{"a person known by 4 ids", "files of rejects: 2 rows", "STILL THERE: notes.txt, 3 times"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q:\n%s", say, out)
		}
	}
}
