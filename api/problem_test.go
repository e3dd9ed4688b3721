package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

func TestProblems(t *testing.T) {
	s := serving(t, func(o *Options) { o.Runner = &fakeRunner{err: errors.New("open /secret/place: no space left")} })
	empty := serving(t, func(o *Options) { o.Result, o.Runner, o.Imports = nil, nil, nil })
	for _, c := range []struct {
		name, method, target, body string
		server                     *Server
		status                     int
		kind, detail               string
		parameters                 []string
	}{
		{"unknown customer", "GET", "/v1/customers/no%2Fbody", "", s, 404, "not-found", `there is no customer "no/body" in result r1`, nil},
		{"unknown customer's items", "GET", "/v1/customers/nobody/recommendations", "", s, 404, "not-found", `there is no customer "nobody" in result r1`, nil},
		{"unknown product", "GET", "/v1/products/nothing/similar", "", s, 404, "not-found", `there is no product "nothing" in result r1`, nil},
		{"unknown community", "GET", "/v1/communities/c9-9/members", "", s, 404, "not-found", `there is no community "c9-9" in result r1`, nil},
		{"unknown run", "GET", "/v1/runs/r9", "", s, 404, "not-found", `this server knows no run "r9"`, nil},
		{"unknown import", "GET", "/v1/imports/99", "", s, 404, "not-found", `there is no import 99`, nil},
		{"unknown path", "GET", "/v1/customer", "", s, 404, "no-route", `there is nothing at this path; /docs lists what there is`, nil},
		{"method", "DELETE", "/v1/runs", "", s, 405, "method-not-allowed", "Method Not Allowed", nil},
		{"limit too high", "GET", "/v1/communities?limit=501", "", s, 400, "bad-request", `limit: number must be at most 500`, []string{"limit"}},
		{"limit no number", "GET", "/v1/communities?limit=ten", "", s, 400, "bad-request", `limit: is not a whole number`, []string{"limit"}},
		{"limit empty", "GET", "/v1/communities?limit=", "", s, 400, "bad-request", `limit: is not a whole number`, []string{"limit"}},
		{"limit twice", "GET", "/v1/communities?limit=1&limit=2", "", s, 400, "bad-request", `limit: is given more than once`, []string{"limit"}},
		{"limit beyond int64", "GET", "/v1/communities?limit=99999999999999999999", "", s, 400, "bad-request", `limit: is not a whole number`, []string{"limit"}},
		{"two at once", "GET", "/v1/communities?limit=0&level=-1", "", s, 400, "bad-request", ``, []string{"level", "limit"}},
		{"misspelt", "GET", "/v1/communities?sortt=risk&Limit=3", "", s, 400, "bad-request", `Limit: is not a parameter of this operation; sortt: is not a parameter of this operation`, []string{"Limit", "sortt"}},
		{"not well formed", "GET", "/v1/communities?limit=%zz", "", s, 400, "bad-request", ``, []string{"query"}},
		{"level too high", "GET", "/v1/communities?level=2", "", s, 400, "bad-request", `level: this result has levels 0 to 1`, []string{"level"}},
		{"sort", "GET", "/v1/communities?sort=Risk", "", s, 400, "bad-request", ``, []string{"sort"}},
		{"placement", "GET", "/v1/customers/c00012/recommendations?placement=A%20B", "", s, 400, "bad-request", ``, []string{"placement"}},
		{"cursor", "GET", "/v1/communities?cursor=AAAA", "", s, 400, "bad-request", `cursor: is not one that this list gave`, []string{"cursor"}},
		{"import id", "GET", "/v1/imports/one", "", s, 400, "bad-request", `id: is not a whole number`, []string{"id"}},
		{"long id", "GET", "/v1/customers/" + strings.Repeat("x", 1025), "", s, 400, "bad-request", `id: maximum string length is 1024`, []string{"id"}},
		{"no body", "POST", "/v1/sessions/recommendations", "", s, 400, "bad-request", `body: is missing`, []string{"body"}},
		{"not JSON", "POST", "/v1/sessions/recommendations", "{", s, 400, "bad-request", ``, []string{"body"}},
		{"body", "POST", "/v1/sessions/recommendations", `{"seen":["p0001",7],"limit":101}`, s, 400, "bad-request", ``, []string{"body.limit", "body.seen.1"}},
		{"unknown member", "POST", "/v1/sessions/recommendations", `{"seen":["p0001"],"limt":5}`, s, 400, "bad-request", `body: property "limt" is unsupported`, []string{"body"}},
		{"no result", "GET", "/v1/communities", "", empty, 503, "no-result", "no result has been published yet: run kith load and kith analyze on the data folder, or kith demo for a first look", nil},
		{"no folder to analyse", "POST", "/v1/runs", "", empty, 501, "no-data", "this server has no data folder and cannot analyse: start it with kith serve --data DIR", nil},
		{"no folder of imports", "GET", "/v1/imports", "", empty, 501, "no-data", "this server has no data folder and cannot list imports: start it with kith serve --data DIR", nil},
		{"fault of ours", "POST", "/v1/runs", "", s, 500, "internal", "this is a fault of the server; its log has the cause under the id of this answer", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ask(t, c.server, c.method, c.target, strings.NewReader(c.body), "Content-Type", "application/json")
			if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
				t.Fatalf("content type %q: %d %s", got, w.Code, w.Body)
			}
			p := decode[Problem](t, w)
			if w.Code != c.status || p.Status != c.status || p.Type != "urn:kith:problem:"+c.kind || p.Title == "" {
				t.Errorf("got %d %+v, want %d %s", w.Code, p, c.status, c.kind)
			}
			if c.detail != "" && p.Detail != c.detail {
				t.Errorf("detail %q, want %q", p.Detail, c.detail)
			}
			if p.ID == "" || p.ID != w.Header().Get("X-Request-Id") {
				t.Errorf("id %q, header %q", p.ID, w.Header().Get("X-Request-Id"))
			}
			var named []string
			for _, f := range p.Errors {
				named = append(named, f.Parameter)
				if f.Reason == "" {
					t.Errorf("no reason for %s", f.Parameter)
				}
			}
			sorted(named)
			if diff := cmp.Diff(c.parameters, named); diff != "" {
				t.Errorf("parameters at fault (-want +got):\n%s", diff)
			}
			if w.Header().Get("ETag") != "" || w.Header().Get("Cache-Control") != "no-store" {
				t.Errorf("a problem may be kept: %v", w.Header())
			}
		})
	}
}

// TestFaultIsLoggedUnderItsID: what is kept from the client stands in the log,
// under the id that the client has.
func TestFaultIsLoggedUnderItsID(t *testing.T) {
	for name, runner := range map[string]Runner{
		"error": &fakeRunner{err: errors.New("no space left")},
		"panic": panicking{},
	} {
		t.Run(name, func(t *testing.T) {
			logger, log := logged()
			s := serving(t, func(o *Options) { o.Runner, o.Logger = runner, logger })
			w := ask(t, s, "POST", "/v1/runs", nil)
			p := decode[Problem](t, w)
			if w.Code != 500 || strings.Contains(p.Detail, "space") {
				t.Errorf("got %d %+v", w.Code, p)
			}
			found := false
			for line := range strings.Lines(log.String()) {
				var entry struct{ Msg, ID, Error string }
				if err := json.Unmarshal([]byte(line), &entry); err != nil {
					t.Fatal(err)
				}
				found = found || entry.Msg == "request failed" && entry.ID == p.ID && strings.Contains(entry.Error, "no space left")
			}
			if !found {
				t.Errorf("no cause under id %s in the log:\n%s", p.ID, log)
			}
		})
	}
}

type panicking struct{}

func (panicking) Start(context.Context, graph.Period) (Run, error) { panic("no space left") }
func (panicking) Runs(context.Context) ([]Run, error)              { return nil, nil }

func TestProblemAsPage(t *testing.T) {
	s := serving(t, nil)
	const browser = "text/html,application/xhtml+xml"
	for target, want := range map[string]string{
		"/customers/%3Cb%3E": "text/html; charset=utf-8", "/nowhere": "text/html; charset=utf-8",
		"/v1/customers/nobody": "application/problem+json", "/v1/nowhere": "application/problem+json",
	} {
		w := get(t, s, target, "Accept", browser)
		if w.Code != http.StatusNotFound || w.Header().Get("Content-Type") != want {
			t.Errorf("%s in a browser: %d %s", target, w.Code, w.Header().Get("Content-Type"))
		}
		if strings.Contains(w.Body.String(), "<b>\"") {
			t.Errorf("%s is not escaped:\n%s", target, w.Body)
		}
	}
	if w := get(t, s, "/customers/nobody"); w.Header().Get("Content-Type") != "application/problem+json" {
		t.Errorf("a page that a program asks for: %s", w.Header().Get("Content-Type"))
	}
}
