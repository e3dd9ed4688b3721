package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"kith/graph"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fakeRunner is a Runner that says what the test tells it to.
type fakeRunner struct {
	runs []Run
	err  error
}

func (f *fakeRunner) Start(_ context.Context, p graph.Period) (Run, error) {
	if _, err := p.Window(func() (time.Time, error) { return time.Time{}, nil }); err != nil {
		return Run{}, err
	}
	if f.err != nil {
		return Run{}, f.err
	}
	return Run{ID: "run-1", Status: RunStatusRunning, StartedAt: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}, nil
}

func (f *fakeRunner) Runs(context.Context) ([]Run, error) { return f.runs, nil }

// fakeImports has the receipts 1 to n.
type fakeImports struct{ n int64 }

func (f fakeImports) receipt(id int64) Import {
	return Import{
		ID: id, Kind: "calls", File: fmt.Sprintf("calls-%d.csv", id), Hash: "9b1e", At: time.Date(2026, 3, 1, 1, 0, int(id), 0, time.UTC),
		Bytes: 1000, Rows: 10, Accepted: 7, Duplicates: 1, Rejected: 2, Seconds: .5,
	}
}

func (f fakeImports) List(_ context.Context, before int64, limit int) ([]Import, error) {
	var list []Import
	for id := min(f.n, before-1); id >= 1 && len(list) < limit; id-- {
		list = append(list, f.receipt(id))
	}
	return list, nil
}

func (f fakeImports) Get(_ context.Context, id int64) (Import, error) {
	if id > f.n {
		return Import{}, fmt.Errorf("import %d: %w", id, ErrUnknown)
	}
	found := f.receipt(id)
	found.RejectedByReason = []RejectCount{{Reason: "the date does not exist", Rows: 2}}
	found.Mapping = map[string]string{"caller": "src"}
	return found, nil
}

// Rejects are two of line 2, and one of each line behind it up to 46.
func (f fakeImports) Rejects(_ context.Context, id, after int64, limit int) ([]ImportReject, error) {
	if id > f.n {
		return nil, ErrUnknown
	}
	var list []ImportReject
	for line := max(after+1, 2); line <= 46 && len(list) < limit; line++ {
		reject := ImportReject{Line: line, Column: "at", Reason: "the date does not exist", Row: "a,b,2026-02-30"}
		list = append(list, reject)
		if line == 2 {
			list = append(list, reject)
		}
	}
	return list, nil
}

// fakeUploads reads files, and answers with what the test says.
type fakeUploads struct {
	err   error
	again bool
	got   []Upload
	read  []string
	// What was to be taken back last.
	undone int64
	dry    bool
	// Where set, Load tells entered that it is there, and waits for leave.
	entered, leave chan struct{}
}

func (f *fakeUploads) take(o Upload, file io.Reader) error {
	text, err := io.ReadAll(file)
	if f.entered != nil {
		f.entered <- struct{}{}
		<-f.leave
		return err
	}
	f.got, f.read = append(f.got, o), append(f.read, string(text))
	if err != nil {
		return fmt.Errorf("keep it in /secret/place: %w", err)
	}
	return f.err
}

func (f *fakeUploads) Load(_ context.Context, o Upload, file io.Reader) (Import, bool, error) {
	err := f.take(o, file)
	return fakeImports{}.receipt(7), f.again, err
}

func (f *fakeUploads) Undo(_ context.Context, id int64, dry bool) (ImportUndone, error) {
	f.undone, f.dry = id, dry
	return ImportUndone{
		Import: id, Kind: "calls", File: "calls.csv", DryRun: dry, Again: f.again, UndoneAt: time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC),
		Tables: []UndoneRows{{Table: "events.customers", Removed: 3, Restored: 2}}, Lacking: []LackingImport{{Import: 9, Kind: "calls", File: "c.csv", Rows: -1, Posted: true}},
	}, f.err
}

func (f *fakeUploads) Explain(_ context.Context, o Upload, file io.Reader) (ImportExplanation, error) {
	err := f.take(o, file)
	return ImportExplanation{
		File: o.File, Written: []ImportTrait{{Name: "delimiter", Value: ","}}, Fields: []ImportField{}, Columns: []ImportColumn{},
		Header: []string{"caller"}, Stored: [][]string{{"a"}}, Reasons: []RejectCount{}, Rejects: []ImportReject{}, Notes: []string{},
	}, err
}

// fakeEvents takes every batch, or answers with an error.
type fakeEvents struct {
	err error
	got []EventPost
	// Where set, Post tells entered that it is there, and waits for leave.
	entered, leave chan struct{}
}

func (f *fakeEvents) Post(_ context.Context, b EventPost) (EventReceipt, bool, error) {
	if f.entered != nil {
		f.entered <- struct{}{}
		<-f.leave
	} else {
		f.got = append(f.got, b)
	}
	if f.err != nil {
		return EventReceipt{}, false, f.err
	}
	return EventReceipt{Rows: 2, Accepted: 1, Rejected: 1, Rejects: []EventReject{{List: "calls", Field: "at", Reason: "time is empty"}}, Imports: []int64{7}}, false, nil
}

// serving is a server of the small Result with everything attached.
func serving(t testing.TB, change func(*Options)) *Server {
	t.Helper()
	o := Options{
		Result: small(t, "r1"), Runner: &fakeRunner{}, Imports: fakeImports{n: 45}, Events: &fakeEvents{}, Uploads: &fakeUploads{}, Version: "v0",
	}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ask sends one request to the handler.
func ask(t testing.TB, s *Server, method, target string, body io.Reader, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, body)
	r.Host = "localhost:8080"
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

func get(t testing.TB, s *Server, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(t, s, http.MethodGet, target, nil, header...)
}

// decode reads a JSON answer strictly.
func decode[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("answer %d does not decode: %v", w.Code, err)
	}
	return v
}

// logged is a logger into a string.
func logged() (*slog.Logger, *strings.Builder) {
	var b strings.Builder
	return slog.New(slog.NewJSONHandler(&b, nil)), &b
}

func newRecorder() *httptest.ResponseRecorder { return httptest.NewRecorder() }

func mustUnescape(path string) string {
	text, err := url.PathUnescape(path)
	if err != nil {
		panic(err)
	}
	return text
}
