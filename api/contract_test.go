package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"kith/graph"
)

func TestContractIsValid(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	if err := doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestAnswersKeepTheContract sends requests to every operation, good and bad,
// and holds each answer against openapi.yaml; every operation must be reached,
// and so must every status that it lists by number.
func TestAnswersKeepTheContract(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	full := serving(t, nil)
	empty := serving(t, func(o *Options) { o.Result, o.Runner, o.Imports, o.Events, o.Uploads = nil, nil, nil, nil, nil })
	busy := serving(t, func(o *Options) { o.Runner = &fakeRunner{err: fmt.Errorf("start: %w", ErrRunning)} })
	away := serving(t, func(o *Options) {
		fault := Fault{Code: "store-down", Detail: "Neo4j does not answer"}
		o.Runner, o.Health = &fakeRunner{err: fault}, lacking{fault}
	})
	broken := serving(t, func(o *Options) { o.Runner = &fakeRunner{err: errors.New("the disk is full")} })
	later := serving(t, func(o *Options) { o.Result = small(t, "r2") })
	noCalls := serving(t, func(o *Options) { o.Result.Calls = nil })

	const nobody, bad = "nobody", "x=1"
	customer := url.PathEscape(`<script>alert(1)</script>`)
	reached := make(map[string]map[int]bool)
	check := func(s *Server, method, target, body string, header ...string) {
		t.Helper()
		header = append([]string{"Content-Type", "application/json"}, header...)
		w := ask(t, s, method, target, strings.NewReader(body), header...)
		r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
		route := routeOfTarget(t, doc, method, target)
		if reached[route.Operation.OperationID] == nil {
			reached[route.Operation.OperationID] = make(map[int]bool)
		}
		reached[route.Operation.OperationID][w.Code] = true
		err := openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: &openapi3filter.RequestValidationInput{Request: r, Route: route},
			Status:                 w.Code, Header: w.Header(), Body: io.NopCloser(bytes.NewReader(w.Body.Bytes())),
			Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
		})
		if err != nil {
			t.Errorf("%s %s gave %d: %v\n%s", method, target, w.Code, err, w.Body)
		}
		if id := w.Header().Get("X-Request-Id"); id == "" {
			t.Errorf("%s %s has no request id", method, target)
		}
	}
	lists := []string{
		"/v1/customers/" + customer + "/recommendations", "/v1/customers/c00012/neighbours", "/v1/products/p0003/similar",
		"/v1/communities", "/v1/communities/c0-1/members", "/v1/communities/c1-0/popular", "/v1/imports", "/v1/imports/3/rejects",
	}
	for _, target := range append([]string{
		"/v1/customers/" + customer, "/v1/customers/c00012/risk", "/v1/products/p0000", "/v1/products/p0001",
		"/v1/communities/c0-1", "/v1/communities/c1-0", "/v1/communities/c0-4",
		"/v1/runs", "/v1/runs/r1", "/v1/imports/3",
	}, lists...) {
		for _, s := range []*Server{full, empty, later, noCalls} {
			check(s, "GET", target, "")
		}
		check(full, "GET", target+"?"+bad, "")
		if !strings.Contains(target, "/runs") && !strings.Contains(target, "/imports") {
			check(full, "GET", target, "", "If-None-Match", get(t, full, target).Header().Get("ETag"))
		}
		parts := strings.Split(target, "/")
		if len(parts) > 3 {
			parts[3] = nobody
			if parts[2] == "imports" {
				parts[3] = "999"
			}
			check(full, "GET", strings.Join(parts, "/"), "")
		}
	}
	for _, target := range lists {
		separator := "?"
		check(full, "GET", target+"?limit=0", "")
		check(full, "GET", target+"?limit=x&cursor=*", "")
		check(full, "GET", target+"?cursor=abc", "")
		w := get(t, full, target+separator+"limit=1")
		next := decode[struct {
			Items      []any   `json:"items"`
			NextCursor *string `json:"next_cursor"`
			Result     *string `json:"result"`
		}](t, w)
		if next.NextCursor == nil {
			t.Errorf("%s with limit=1 has no second page", target)
			continue
		}
		check(full, "GET", target+"?limit=1&cursor="+*next.NextCursor, "")
		check(later, "GET", target+"?limit=1&cursor="+*next.NextCursor, "")
	}
	check(full, "GET", "/v1/runs/%FF", "")
	check(full, "POST", "/v1/runs?from=soon", "")
	check(full, "POST", "/v1/runs?from=2026-01-01&as_of=2026-03-01", "")
	check(full, "GET", "/v1/runs/"+strings.Repeat("x", 1025), "")
	check(full, "GET", "/v1/communities?level=7&sort=size", "")
	check(full, "GET", "/v1/communities?level=1&sort=expected_loss", "")
	check(full, "GET", "/v1/communities?sort=nonsense", "")
	check(full, "GET", "/v1/communities/c0-1/popular?sort=lift", "")
	for _, s := range []*Server{full, empty, busy, away, broken} {
		check(s, "POST", "/v1/runs", "")
		check(s, "POST", "/v1/sessions/recommendations", `{"seen":["p0001","p0002","nothing"],"limit":5}`)
	}
	for _, body := range []string{``, `{`, `[]`, `{"seen":[]}`, `{"seen":["p0001"],"more":1}`, `{"seen":["p0001"],"limit":0}`, `{"seen":"p0001"}`} {
		check(full, "POST", "/v1/sessions/recommendations", body)
	}

	for _, s := range []*Server{
		full, empty,
		serving(t, func(o *Options) { o.Events = &fakeEvents{err: fmt.Errorf("post: %w", ErrKeyUsed)} }),
		serving(t, func(o *Options) { o.Events = &fakeEvents{err: fmt.Errorf("post: %w", ErrDiskFull)} }),
		serving(t, func(o *Options) { o.Events = &fakeEvents{err: BatchError{Reason: "is no JSON object"}} }),
		serving(t, func(o *Options) { o.Events = &fakeEvents{err: BatchError{TooMany: true, Reason: "has 10,001 rows"}} }),
		serving(t, func(o *Options) { o.Events = &fakeEvents{err: errors.New("the disk is broken")} }),
	} {
		check(s, "POST", "/v1/events", `{"calls":[]}`, "Idempotency-Key", "k1")
	}
	check(full, "POST", "/v1/events", `{"calls":[]}`)
	check(full, "POST", "/v1/events", `{"calls":[]}`, "Idempotency-Key", strings.Repeat("k", 201))
	check(full, "POST", "/v1/events", strings.Repeat(" ", maxEventBytes+1), "Idempotency-Key", "k1")
	plain := func(s *Server, kind string) {
		t.Helper()
		check(s, "POST", "/v1/events", `{"calls":[]}`, "Idempotency-Key", "k1", "Content-Type", kind)
	}
	plain(full, "text/plain")
	plain(full, "application/x-ndjson; charset=utf-8")
	crowded(t, func(s *Server) { plain(s, "application/json") })

	for _, s := range []*Server{
		full, empty,
		serving(t, func(o *Options) { o.Privacy = &fakePrivacy{} }),
		serving(t, func(o *Options) { o.Privacy = &fakePrivacy{err: ErrRunning} }),
		serving(t, func(o *Options) {
			o.Privacy = &fakePrivacy{err: Fault{Code: "store-down", Detail: "Neo4j does not answer"}}
		}),
	} {
		check(s, "DELETE", "/v1/customers/c00016?also=%2B44,ann@example.com&dry_run=false", "")
	}
	check(full, "DELETE", "/v1/customers/c00016?dry_run=perhaps", "")
	for _, err := range []error{nil, ErrUnknown, &graph.PeriodError{Time: "from", Reason: "is no time"}} {
		told := serving(t, func(o *Options) { o.Histories = fakeHistories{err} })
		check(told, "GET", "/v1/customers/c00016?from=90d&to=2026-03-01&as_of=2026-03-02T00:00:00Z", "")
	}

	for _, err := range []error{nil, ErrUnknown, ErrRunning, KeptError{"what they were is not kept"}, errors.New("the disk is broken")} {
		check(serving(t, func(o *Options) { o.Uploads = &fakeUploads{err: err} }), "DELETE", "/v1/imports/3?dry_run=true", "")
	}
	check(empty, "DELETE", "/v1/imports/3", "")
	check(full, "DELETE", "/v1/imports/x", "")
	const upload, explain = "/v1/imports?file=a.csv", "/v1/imports/explain?file=a.csv"
	for _, target := range []string{upload, explain} {
		for _, err := range []error{nil, UploadError{Reason: "a.csv line 2: it is cut off"}, ErrDiskFull, errors.New("the disk is broken")} {
			check(serving(t, func(o *Options) { o.Uploads = &fakeUploads{err: err} }), "POST", target, "caller,callee\n")
		}
		check(serving(t, func(o *Options) { o.Uploads = &fakeUploads{again: true} }), "POST", target, "caller,callee\n")
		check(serving(t, func(o *Options) { o.UploadBytes = 3 }), "POST", target, "caller,callee\n")
		check(empty, "POST", target, "caller,callee\n")
		check(full, "POST", target+"&kind=nonsense", "")
		check(full, "POST", target, "--x", "Content-Type", "multipart/form-data; boundary=x")
		crowdedUploads(t, func(s *Server) { check(s, "POST", target, "caller,callee\n") })
	}

	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			for status := range o.Responses.Map() {
				var code int
				if _, err := fmt.Sscan(status, &code); err == nil && !reached[o.OperationID][code] {
					t.Errorf("%s %s never gave %d, only %v", method, path, code, slices.Sorted(maps.Keys(reached[o.OperationID])))
				}
			}
		}
	}
}

// routeOfTarget finds the operation of a request by the form of its path: only
// the third segment is ever a parameter.
func routeOfTarget(t *testing.T, doc *openapi3.T, method, target string) *routers.Route {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	if parts := strings.Split(path, "/"); len(parts) > 3 && parts[2] != "sessions" && parts[3] != "explain" {
		parts[3] = "{id}"
		path = strings.Join(parts, "/")
	}
	item := doc.Paths.Value(path)
	if item == nil || item.GetOperation(method) == nil {
		t.Fatalf("the contract has no %s %s", method, path)
	}
	return &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: item.GetOperation(method)}
}

func TestBodyTooLarge(t *testing.T) {
	s := serving(t, nil)
	body := `{"seen":["` + strings.Repeat("x", maxBody) + `"]}`
	w := ask(t, s, http.MethodPost, "/v1/sessions/recommendations", strings.NewReader(body), "Content-Type", "application/json")
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("a body over the limit gave %d: %s", w.Code, w.Body)
	}
}
