package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/charmap"

	"kith/loaders"
)

// postEvents sends a batch to a server.
func postEvents(t *testing.T, base, key, body string, status int) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/events", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", key)
	return answer(t, request, status)
}

// TestEventsMakeTies posts calls and finds them as ties in the next result.
func TestEventsMakeTies(t *testing.T) {
	dir, _, _ := build(t, loaded{kind: "calls", path: textFile(t, "calls.csv", "caller,callee,at\na,b,1772442900\nb,c,1772442901\n")})
	base := serveForTest(t, dir)
	const batch = `{"calls":[{"caller":"a","callee":"new","at":1772442902},{"caller":"new","callee":"c","at":1772442903,"seconds":9},{"caller":"x","callee":"x","at":1}]}`
	first := postEvents(t, base, "k1", batch, http.StatusOK)
	if first["accepted"] != 2.0 || first["rejected"] != 1.0 {
		t.Errorf("%v", first)
	}
	postEvents(t, base, "k1", batch, http.StatusOK)
	postEvents(t, base, "k1", strings.Replace(batch, "new", "old", 1), http.StatusUnprocessableEntity)
	postEvents(t, base, "k2", `{"calls":[]}`, http.StatusBadRequest)
	postEvents(t, base, "k2", `{"visits":[`+strings.Repeat("1,", 10_000)+`1]}`, http.StatusRequestEntityTooLarge)
	get(t, base+"/v1/customers/new", http.StatusNotFound)

	id := startRun(t, base, http.StatusAccepted)["id"].(string)
	wait(t, "the run", func() bool { return get(t, base+"/v1/runs/"+id, http.StatusOK)["status"] == "published" })
	items := get(t, base+"/v1/customers/new/neighbours", http.StatusOK)["items"].([]any)
	if len(items) != 2 {
		t.Errorf("new has the neighbours %v", items)
	}
	imports := get(t, base+"/v1/imports", http.StatusOK)["items"].([]any)
	if newest := imports[0].(map[string]any); !strings.HasPrefix(newest["file"].(string), "POST /v1/events 20") || newest["rows"] != 3.0 {
		t.Errorf("the newest receipt is %v", newest)
	}
}

// recommendedTo are the ids of what a server recommends to a customer.
func recommendedTo(t *testing.T, base, customer string) (ids []string) {
	t.Helper()
	for _, item := range get(t, base+"/v1/customers/"+customer+"/recommendations?limit=100", http.StatusOK)["items"].([]any) {
		ids = append(ids, item.(map[string]any)["product"].(map[string]any)["id"].(string))
	}
	return ids
}

// TestBoughtAtOnce posts a purchase and no longer finds it recommended: at once,
// after a restart, and after the next run.
func TestBoughtAtOnce(t *testing.T) {
	var rows strings.Builder
	rows.WriteString("customer,product,at\n")
	for c := range 40 {
		for p := range 12 {
			if (c+p)%3 > 0 {
				fmt.Fprintf(&rows, "c%d,p%d,%d\n", c, p, 1772440000+c)
			}
		}
	}
	dir, _, _ := build(t, loaded{kind: "purchases", path: textFile(t, "purchases.csv", rows.String())})
	restart := func() (base string, stop func()) {
		h, err := openHouse(t.Context(), dir, storeFlags{})
		if err != nil {
			t.Fatal(err)
		}
		base, _, stop = serveLogged(t, h)
		return base, stop
	}
	base, stop := restart()
	before := recommendedTo(t, base, "c5")
	if len(before) < 3 {
		t.Fatalf("only %v is recommended", before)
	}
	want := before[1:]
	postEvents(t, base, "k1", fmt.Sprintf(`{"purchases":[{"customer":"c5","product":%q,"at":1772449999},{"customer":"c5","product":%q,"at":1772449999,"quantity":-1}],
		"visits":[{"session":"s","product":"p1","at":1772449999}]}`, before[0], before[1]), http.StatusOK)
	if got := recommendedTo(t, base, "c5"); !slices.Equal(got, want) {
		t.Errorf("after buying %s: %v, want %v", before[0], got, want)
	}
	stop()
	base, stop = restart()
	if got := recommendedTo(t, base, "c5"); !slices.Equal(got, want) {
		t.Errorf("after a restart: %v, want %v", got, want)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/sessions/recommendations", strings.NewReader(`{"session":"s"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if text := fmt.Sprint(answer(t, request, http.StatusOK)["items"]); strings.Contains(text, "id:p1 ") || !strings.Contains(text, "similar") {
		t.Errorf("the session of before gets %s", text)
	}
	id := startRun(t, base, http.StatusAccepted)["id"].(string)
	wait(t, "the run", func() bool { return get(t, base+"/v1/runs/"+id, http.StatusOK)["status"] == "published" })
	if got := recommendedTo(t, base, "c5"); slices.Contains(got, before[0]) {
		t.Errorf("after a run %s is recommended again", before[0])
	}
	stop()
}

// A server reads the files of the folder that it watches as its flags say, and a
// map file in the folder says more; flags that mean nothing end it at once.
func TestServeReadsAsSaid(t *testing.T) {
	dir, incoming := filepath.Join(t.TempDir(), "data"), t.TempDir()
	must(t, "load", "--data", dir, "--as", "purchases", textFile(t, "first.csv", "customer,product,at\na,p,2026-01-01\n"))
	long := time.Now().Add(-time.Hour)
	for name, text := range map[string]string{
		"till.csv":      "wer~was~customer~wann\nä~p~x~03/04/2026 10:00\n",
		"till.map.yaml": "version: 1\nkind: purchases\nfields: {customer: wer, product: was, at: wann}\n",
	} {
		if name == "till.csv" {
			latin, err := charmap.Windows1252.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			text = latin
		}
		path := filepath.Join(incoming, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, long, long); err != nil {
			t.Fatal(err)
		}
	}
	server, base, log := startServer(t, dir, incoming, "--zone", "Europe/Berlin", "--delimiter", "~", "--dates", "dmy",
		"--encoding", "windows-1252", "--header", "yes", "--unknown-products", "allow")
	var newest map[string]any
	wait(t, "the file is loaded", func() bool {
		newest = get(t, base+"/v1/imports?limit=1", http.StatusOK)["items"].([]any)[0].(map[string]any)
		return newest["file"] == filepath.Join(incoming, "till.csv") || strings.Contains(log.text(), "file not loaded")
	})
	if newest["first_at"] != "2026-04-03T08:00:00Z" || newest["accepted"] != 1.0 {
		t.Errorf("%v\n%s", newest, log.text())
	}
	if err := server.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if err := server.Wait(); err != nil {
		t.Error(err)
	}
	_, errs, code := kith(t, "serve", "--data", dir, "--watch", incoming, "--zone", "Mars/Olympus")
	oneSentence(t, errs, code, exitUsage, "Europe/Berlin")
}

// TestServeWatches puts a file into the folder that a server watches, and is told
// so by kith load, which may not write meanwhile.
func TestServeWatches(t *testing.T) {
	calls := textFile(t, "calls.csv", "caller,callee,at\na,b,1772442900\n")
	dir, _, _ := build(t, loaded{kind: "calls", path: calls})
	incoming := t.TempDir()
	path := filepath.Join(incoming, "more.csv")
	if err := os.WriteFile(path, []byte("caller,callee,at\nb,c,1772442900\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	long := time.Now().Add(-time.Hour)
	if err := os.Chtimes(path, long, long); err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan string, 1), make(chan error, 1)
	log := &lockedBuffer{}
	go func() {
		ended <- h.serve(ctx, &console{out: log, err: log}, serving{
			listen: "127.0.0.1:0", watch: incoming, files: loaders.Options{Kind: loaders.Calls}, ready: func(base string) { ready <- base },
		})
	}()
	base := <-ready
	wait(t, "the file is loaded", func() bool {
		newest := get(t, base+"/v1/imports?limit=1", http.StatusOK)["items"].([]any)[0].(map[string]any)
		return newest["file"] == path && newest["accepted"] == 1.0
	})
	wait(t, "the log says so", func() bool { return strings.Contains(log.text(), `"msg":"file loaded"`) })
	if _, errs, code := kith(t, "load", "--data", dir, "--as", "calls", calls); code != exitLocked || !strings.Contains(errs, "--watch FOLDER") {
		t.Errorf("kith load beside the server: %d %s", code, errs)
	}
	stop()
	if err := errors.Join(<-ended, h.Close()); err != nil {
		t.Error(err)
	}
}
