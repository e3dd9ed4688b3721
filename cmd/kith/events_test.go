package main

import (
	"net/http"
	"strings"
	"testing"
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
