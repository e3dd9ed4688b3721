package api

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
)

// crowded calls f with a server that holds as many batches as it may, and says
// what became of those.
func crowded(t *testing.T, f func(*Server)) (statuses map[int]int) {
	t.Helper()
	events := &fakeEvents{entered: make(chan struct{}), leave: make(chan struct{})}
	s := serving(t, func(o *Options) { o.Events = events })
	const size = maxEventBytes
	body := strings.Repeat(" ", size)
	var posts sync.WaitGroup
	var mu sync.Mutex
	statuses = map[int]int{}
	for i := range eventRoom / size {
		posts.Go(func() {
			status := postEvents(t, s, fmt.Sprint(i), body)
			mu.Lock()
			defer mu.Unlock()
			statuses[status]++
		})
		<-events.entered
	}
	f(s)
	close(events.leave)
	posts.Wait()
	return statuses
}

func postEvents(t *testing.T, s *Server, key, body string) int {
	t.Helper()
	return ask(t, s, http.MethodPost, "/v1/events", strings.NewReader(body), "Content-Type", "application/json", "Idempotency-Key", key).Code
}

func TestTooMuchWaiting(t *testing.T) {
	var s *Server
	statuses := crowded(t, func(full *Server) {
		s = full
		w := ask(t, s, http.MethodPost, "/v1/events", strings.NewReader(`{"calls":[]}`), "Content-Type", "application/json", "Idempotency-Key", "more")
		if w.Code != http.StatusTooManyRequests || w.Header().Get("Retry-After") != "1" {
			t.Errorf("one too many gave %d, again after %q", w.Code, w.Header().Get("Retry-After"))
		}
	})
	if statuses[http.StatusOK] != eventRoom/maxEventBytes || len(statuses) != 1 {
		t.Errorf("what was waiting ended with %v", statuses)
	}
	// All of the room is there again: as much can wait as before.
	s.options.Events.(*fakeEvents).entered = nil
	if status := postEvents(t, s, "later", strings.Repeat(" ", maxEventBytes)); status != http.StatusOK {
		t.Errorf("afterwards: %d", status)
	}
}

func TestEventsAsTheyCome(t *testing.T) {
	events := &fakeEvents{}
	s := serving(t, func(o *Options) { o.Events = events })
	const body = "{\"visit\":\n"
	w := ask(t, s, http.MethodPost, "/v1/events", strings.NewReader(body), "Content-Type", "application/x-ndjson", "Idempotency-Key", "k 1")
	if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("Idempotent-Replayed") != "false" {
		t.Errorf("%d %v", w.Code, w.Header())
	}
	if len(events.got) != 1 || events.got[0].Key != "k 1" || !events.got[0].Lines || string(events.got[0].Body) != body {
		t.Errorf("got %+v", events.got)
	}
	if r := decode[EventReceipt](t, w); r.Rows != 2 || r.Rejects[0].Reason != "time is empty" {
		t.Errorf("%+v", r)
	}
	w = ask(t, s, http.MethodPost, "/v1/events", strings.NewReader(`{}`), "Content-Type", "application/json")
	if p := decode[Problem](t, w); w.Code != http.StatusBadRequest || !strings.Contains(p.Detail, "Idempotency-Key: is missing") {
		t.Errorf("without a key: %d %+v", w.Code, p)
	}
	if len(events.got) != 1 {
		t.Error("a batch without a key came through")
	}
}

// A batch that waits for its turn is answered however long that takes, and the
// connection does not end meanwhile; only its coming has a deadline.
func TestEventsAreAnsweredLate(t *testing.T) {
	s := serving(t, func(o *Options) { o.Events = &fakeEvents{} })
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	coming := ""
	body := io.MultiReader(strings.NewReader(`{"calls":`), iotest.DataErrReader(readerFunc(func(p []byte) (int, error) {
		coming = w.moves
		return copy(p, "[]}"), io.EOF
	})))
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/events", body)
	r.Host = "localhost"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", "late")
	s.Handler().ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d: %s", w.Code, w.Body)
	}
	if coming != "write never, " || w.moves != "write never, read never, " {
		t.Errorf("while the batch came the deadlines were moved so: %s; in all: %s", coming, w.moves)
	}
}

// readerFunc is a reader of one method.
type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }
