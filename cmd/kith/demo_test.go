package main

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/community"
	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/simulate"
)

var smallDemo original

// demo returns the folder of a small demo that was not served.
func demo(t *testing.T) string {
	t.Helper()
	dir := smallDemo.copied(t, func(dir string) {
		customers := cmp.Or(os.Getenv("KITH_SOAK_CUSTOMERS"), "1500")
		must(t, "demo", "--customers", customers, "--days", "40", "--dir", dir, "--once")
	})
	folders, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(folders) != 1 {
		t.Fatalf("the demo made %v (%v)", folders, err)
	}
	return folders[0]
}

func TestDemoEndToEnd(t *testing.T) {
	dir := demo(t)
	files, data := filepath.Join(dir, "files"), filepath.Join(dir, "data")

	t.Run("receipts agree with what was written", func(t *testing.T) {
		report, err := simulate.ReadReport(files)
		if err != nil {
			t.Fatal(err)
		}
		written := map[string]simulate.FileReport{}
		for _, f := range report.Files {
			written[f.Name] = f
		}
		for _, r := range decoded[[]loaders.Receipt](t, "load", "--data", data, "--receipts") {
			want := written[filepath.Base(r.File)]
			same(t, r.File+" rows", r.Rows, want.Rows)
			same(t, r.File+" accepted", r.Accepted, want.Good)
			same(t, r.File+" duplicates", r.Duplicates, want.Duplicates)
			same(t, r.File+" rejected", r.Rejected, want.Dirty)
		}
	})

	t.Run("the planted communities are found", func(t *testing.T) {
		r := open(t, data)
		planted := community.Partition{Of: make([]uint32, r.Customers.Len())}
		known := 0
		numbers := map[string]uint32{}
		for _, row := range rows(t, filepath.Join(files, "truth", "memberships.csv"), ',', true) {
			u, ok := r.Customers.Find(row[0])
			if _, seen := numbers[row[1]]; !seen {
				numbers[row[1]] = uint32(len(numbers))
			}
			// The first row of a customer is its main community.
			if ok && planted.Of[u] == 0 {
				planted.Of[u] = numbers[row[1]] + 1
				known++
			}
		}
		for u := range planted.Of {
			planted.Of[u]--
		}
		planted.Count = len(numbers)
		found := community.Partition{Of: append([]uint32(nil), r.Levels[0].Of...), Count: r.Levels[0].Count()}
		for u, c := range found.Of {
			if c == ^uint32(0) {
				found.Of[u] = uint32(found.Count)
				found.Count++
			}
		}
		same(t, "customers of the truth", known, r.Customers.Len())
		nmi, err := community.NMI(planted, found)
		if err != nil {
			t.Fatal(err)
		}
		quality(t, "demo 1500", "nmi", nmi)
	})

	t.Run("a second demo does nothing again", func(t *testing.T) {
		before := open(t, data).Run.ID
		out := must(t, "demo", "--customers", "1500", "--days", "40", "--dir", filepath.Dir(dir), "--once")
		if !strings.Contains(out, "Using the simulated operator") || strings.Count(out, "was loaded before") != 5 {
			t.Errorf("the second demo said:\n%s", out)
		}
		if after := open(t, data).Run.ID; after != before {
			t.Errorf("the result changed from %s to %s", before, after)
		}
	})

	t.Run("the API answers", func(t *testing.T) {
		base := serveForTest(t, data)
		get(t, base+"/healthz", http.StatusOK)
		get(t, base+"/readyz", http.StatusOK)
		communities := get(t, base+"/v1/communities?sort=risk&limit=5", http.StatusOK)["items"].([]any)
		if len(communities) != 5 {
			t.Fatalf("got %d communities", len(communities))
		}
		id := communities[0].(map[string]any)["id"].(string)
		members := get(t, base+"/v1/communities/"+id+"/members?limit=3", http.StatusOK)["items"].([]any)
		customer := url.PathEscape(members[0].(map[string]any)["customer"].(string))
		items := get(t, base+"/v1/customers/"+customer+"/recommendations?limit=4", http.StatusOK)["items"].([]any)
		if len(items) != 4 {
			t.Fatalf("got %d recommendations", len(items))
		}
		first := items[0].(map[string]any)
		if first["reason"] == "" || first["source"] == "" {
			t.Errorf("a recommendation without a reason: %v", first)
		}
		product := url.PathEscape(first["product"].(map[string]any)["id"].(string))
		get(t, base+"/v1/products/"+product+"/similar", http.StatusOK)
		risk := get(t, base+"/v1/customers/"+customer+"/risk", http.StatusOK)
		if _, ok := risk["risk"]; !ok {
			t.Errorf("a risk without a figure: %v", risk)
		}
		get(t, base+"/v1/imports", http.StatusOK)
		get(t, base+"/v1/customers/nobody", http.StatusNotFound)
		get(t, base+"/v1/communities?limit=-3", http.StatusBadRequest)

		// A new analysis, started over the API, is published and served.
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/runs", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		run := answer(t, request, http.StatusAccepted)["id"].(string)
		wait(t, "the run's end", func() bool {
			status := get(t, base+"/v1/runs/"+run, http.StatusOK)
			if status["status"] == "failed" {
				t.Fatalf("the run failed: %v", status["error"])
			}
			return status["status"] == "published"
		})

		// While it serves, nobody else may write.
		_, errs, code := kith(t, "load", "--data", data, "--as", "churn", filepath.Join(files, "churn.csv"))
		if code != exitLocked || !strings.Contains(errs, "in use") {
			t.Errorf("a second process ended with %d: %s", code, errs)
		}
	})
}

func TestSameResultFromAnyOrder(t *testing.T) {
	t.Parallel()
	dir := demo(t)
	first := open(t, filepath.Join(dir, "data")).Run.ID

	// The same rows, in another order of rows and of files, and on one thread.
	data := filepath.Join(t.TempDir(), "data")
	turned := t.TempDir()
	for i := len(demoFiles) - 1; i >= 0; i-- {
		f := demoFiles[i]
		path := filepath.Join(turned, f.file)
		reverseRows(t, filepath.Join(dir, "files", f.file), path)
		must(t, "load", "--data", data, "--as", f.kind, path)
	}
	must(t, "analyze", "--data", data, "--threads", "1", "--currency", "EUR")
	second := open(t, data)
	for i := range second.Run.Inputs {
		// The files differ in their order of rows, so their hashes do.
		second.Run.Inputs[i] = open(t, filepath.Join(dir, "data")).Run.Inputs[i]
	}
	again, err := second.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if again != first {
		t.Errorf("the result is %s from reversed rows on one thread, and %s otherwise", again, first)
	}
}

// reverseRows copies a CSV file without line breaks in fields, the last row first.
func reverseRows(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	var b strings.Builder
	b.WriteString(lines[0] + "\n")
	for i := len(lines) - 1; i > 0; i-- {
		fmt.Fprintln(&b, lines[i])
	}
	if err := os.WriteFile(to, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAsOfSeesNothingLater(t *testing.T) {
	t.Parallel()
	dir := demo(t)
	data := filepath.Join(dir, "data")
	must(t, "analyze", "--data", data, "--as-of", "2026-01-20T00:00:00Z", "--currency", "EUR")
	early := open(t, data)

	// A house that never saw the later rows.
	st, err := duckstore.Open(t.Context(), data, duckstore.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"packed_calls", "purchases", "churn"} {
		if _, err := st.DB().ExecContext(t.Context(), "DELETE FROM events."+table+" WHERE time >= TIMESTAMP '2026-01-20'"); err != nil {
			t.Fatal(err)
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	must(t, "analyze", "--data", data, "--as-of", "2026-01-20T00:00:00Z", "--currency", "EUR")
	if late := open(t, data); late.Run.ID != early.Run.ID {
		t.Errorf("the result as of 20 January is %s with later rows and %s without", early.Run.ID, late.Run.ID)
	}
}
