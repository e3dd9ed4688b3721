package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// crowdedUploads calls f with a server that has as many files on their way as it
// may.
func crowdedUploads(t *testing.T, f func(*Server)) {
	t.Helper()
	files := &fakeUploads{entered: make(chan struct{}), leave: make(chan struct{})}
	s := serving(t, func(o *Options) { o.Uploads = files })
	var sent sync.WaitGroup
	for range uploadsAtOnce {
		sent.Go(func() {
			if w := ask(t, s, http.MethodPost, "/v1/imports?file=a.csv", strings.NewReader("x")); w.Code != http.StatusCreated {
				t.Errorf("one of those that there is room for: %d", w.Code)
			}
		})
		<-files.entered
	}
	f(s)
	close(files.leave)
	sent.Wait()
	files.entered = nil
	if w := ask(t, s, http.MethodPost, "/v1/imports?file=a.csv", strings.NewReader("x")); w.Code != http.StatusCreated {
		t.Errorf("afterwards: %d", w.Code)
	}
}

func TestUpload(t *testing.T) {
	files := &fakeUploads{}
	s := serving(t, func(o *Options) { o.Uploads = files })
	const target = "/v1/imports?file=C%3A%5Cold%5Ccalls.csv&kind=calls&map=caller%3Dsrc&dates=dmy&max_rejects=1%25&unknown_customers=refuse"
	w := ask(t, s, http.MethodPost, target, strings.NewReader("src,dst\n1,2\n"), "Content-Type", "application/x-www-form-urlencoded")
	if w.Code != http.StatusCreated || w.Header().Get("Location") != "/v1/imports/7" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if got := decode[Import](t, w); got.ID != 7 || got.Rows != 10 {
		t.Errorf("%+v", got)
	}
	want := Upload{File: "calls.csv", Kind: ImportKindCalls, Map: "caller=src", Dates: ImportDatesDmy, MaxRejects: "1%", UnknownCustomers: ImportStrangersRefuse}
	if diff := cmp.Diff([]Upload{want}, files.got); diff != "" || files.read[0] != "src,dst\n1,2\n" {
		t.Errorf("read %q, and (-want +got):\n%s", files.read, diff)
	}
	files.again = true
	if w := ask(t, s, http.MethodPost, target, strings.NewReader("")); w.Code != http.StatusOK || w.Header().Get("Location") != "" {
		t.Errorf("again: %d %v", w.Code, w.Header())
	}
}

func TestUploadsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err    error
		query  string
		header []string
		body   io.Reader
		status int
		detail string
	}{
		"no name":      {query: "", status: 400, detail: "file"},
		"a folder":     {query: "file=a%2F..", status: 400, detail: "file: is not the name of a file"},
		"a line break": {query: "file=a%0Ab", status: 400, detail: "file: is not the name of a file"},
		"a form": {query: "file=a.csv", header: []string{"Content-Type", "multipart/form-data; boundary=x"}, status: 415,
			detail: "send the file itself as the body, as curl --data-binary @FILE does, and not as a form"},
		"the file": {query: "file=a.csv", err: UploadError{Reason: "a.csv line 3: it is cut off"}, status: 422, detail: "a.csv line 3: it is cut off"},
		"a word":   {query: "file=a.csv", err: UploadError{Parameter: true, Reason: "there is no time zone \"X\""}, status: 400, detail: "query: there is no time zone \"X\""},
		"the disk": {query: "file=a.csv", err: fmt.Errorf("store: %w", ErrDiskFull), status: 507,
			detail: "the disk of the data folder is full and nothing of the file was stored: free some space, then send the file again"},
		"too large": {query: "file=a.csv", body: strings.NewReader(strings.Repeat("x", 101)), status: 413, detail: "100 bytes at most"},
		// Without a length it shows only while it is read.
		"too large, and no length": {query: "file=a.csv", body: io.MultiReader(strings.NewReader(strings.Repeat("x", 101))), status: 413, detail: "100 bytes at most"},
		"broken off":               {query: "file=a.csv", body: io.MultiReader(strings.NewReader("a,b"), broken{}), status: 400, detail: "body: did not come whole"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serving(t, func(o *Options) { o.Uploads, o.UploadBytes = &fakeUploads{err: c.err}, 100 })
			for _, path := range []string{"/v1/imports?", "/v1/imports/explain?"} {
				w := ask(t, s, http.MethodPost, path+c.query, c.body, c.header...)
				p := decode[Problem](t, w)
				if w.Code != c.status || !strings.Contains(p.Detail, c.detail) || strings.Contains(p.Detail, "secret") {
					t.Errorf("%s: %d %q", path, w.Code, p.Detail)
				}
				if seeker, ok := c.body.(io.Seeker); ok {
					if _, err := seeker.Seek(0, io.SeekStart); err != nil {
						t.Fatal(err)
					}
				} else if c.body != nil {
					return // it can be read once only
				}
			}
		})
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("connection reset") }

// TestUploadNeedsTheKey: what is true of other changes is true of files.
func TestUploadNeedsTheKey(t *testing.T) {
	files := &fakeUploads{}
	s := serving(t, func(o *Options) { o.Uploads, o.Key = files, "k" })
	for _, path := range []string{"/v1/imports?file=a.csv", "/v1/imports/explain?file=a.csv"} {
		if w := ask(t, s, http.MethodPost, path, strings.NewReader("x")); w.Code != http.StatusUnauthorized {
			t.Errorf("without the key: %d", w.Code)
		}
		if w := ask(t, s, http.MethodPost, path, strings.NewReader("x"), "Authorization", "Bearer k", "Sec-Fetch-Site", "cross-site"); w.Code != http.StatusForbidden {
			t.Errorf("from another site: %d", w.Code)
		}
	}
	if len(files.got) > 0 {
		t.Error("the file came through")
	}
}

// TestPatientBody: a file may take as long as it comes along, and its loading as
// long as it needs, with the client still watched.
func TestPatientBody(t *testing.T) {
	w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/imports?file=a.csv", strings.NewReader("a,b\n"))
	r.Host = "localhost"
	serving(t, nil).Handler().ServeHTTP(w, r)
	if w.Code != http.StatusCreated || !strings.HasPrefix(w.moves, "write never, read never, read soon") || !strings.HasSuffix(w.moves, "read never, ") {
		t.Errorf("%d: the deadlines were moved so: %s", w.Code, w.moves)
	}
}

// deadlines remembers what becomes of the deadlines of a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	moves string
}

func (d *deadlines) move(what string, t time.Time) error {
	when := "soon"
	if t.IsZero() {
		when = "never"
	}
	d.moves += what + " " + when + ", "
	return nil
}

func (d *deadlines) SetReadDeadline(t time.Time) error  { return d.move("read", t) }
func (d *deadlines) SetWriteDeadline(t time.Time) error { return d.move("write", t) }

// TestRejectsByLine goes through the rejected rows of an import page by page.
func TestRejectsByLine(t *testing.T) {
	s := serving(t, nil)
	var lines []int64
	target := "/v1/imports/3/rejects?limit=1"
	for pages := 0; ; pages++ {
		list := decode[RejectList](t, get(t, s, target))
		for _, reject := range list.Items {
			lines = append(lines, reject.Line)
		}
		if list.NextCursor == nil {
			if pages != 44 {
				t.Errorf("%d pages follow the first", pages)
			}
			break
		}
		target = "/v1/imports/3/rejects?limit=1&cursor=" + *list.NextCursor
	}
	if len(lines) != 46 || lines[0] != 2 || lines[1] != 2 || lines[2] != 3 || lines[45] != 46 {
		t.Errorf("the lines are %v", lines)
	}
	if w := get(t, s, strings.Replace(target, "/3/", "/4/", 1)); w.Code != http.StatusBadRequest {
		t.Errorf("a cursor of another import: %d", w.Code)
	}
}

func TestUndoImport(t *testing.T) {
	f := &fakeUploads{}
	s := serving(t, func(o *Options) { o.Uploads, o.Result = f, nil })
	if w := ask(t, s, http.MethodDelete, "/v1/imports/3?dry_run=true", nil); w.Code != http.StatusOK || f.undone != 3 || !f.dry {
		t.Errorf("%d, asked for %d: %s", w.Code, f.undone, w.Body)
	}
	if ask(t, s, http.MethodDelete, "/v1/imports/4", nil); f.undone != 4 || f.dry {
		t.Error("it is only counted by default")
	}
	for err, status := range map[error]int{ErrUnknown: http.StatusNotFound, ErrRunning: http.StatusConflict, KeptError{"it is not kept"}: http.StatusConflict} {
		f.err = err
		if w := ask(t, s, http.MethodDelete, "/v1/imports/4", nil); w.Code != status {
			t.Errorf("%v: %d, want %d: %s", err, w.Code, status, w.Body)
		}
	}
}
