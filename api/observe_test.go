package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestLogHasNoPersonalData(t *testing.T) {
	logger, log := logged()
	s := serving(t, func(o *Options) { o.Logger = logger })
	for _, target := range []string{
		"/v1/customers/c00012", "/v1/customers/c00012/recommendations?placement=home", "/v1/customers/unknown-person", "/customers/c00012",
		"/customers?id=c00012", "/secret-path/c00012", "/v1/customers/c00012?c00012=c00012",
	} {
		get(t, s, target, "User-Agent", "c00012", "Referer", "http://localhost/customers/c00012")
	}
	text := log.String()
	for _, private := range []string{"c00012", "unknown-person", "secret-path", "192.0.2.1"} {
		if strings.Contains(text, private) {
			t.Errorf("the log has %q:\n%s", private, text)
		}
	}
	for _, want := range []string{`"route":"/v1/customers/:id/recommendations","status":200`, `"route":"/v1/customers/:id","status":404`, `"route":"other","status":404`} {
		if !strings.Contains(text, want) {
			t.Errorf("the log lacks %s:\n%s", want, text)
		}
	}
	if metrics := get(t, s, "/metrics").Body.String(); strings.Contains(metrics, "c00012") || strings.Contains(metrics, "secret-path") {
		t.Error("the metrics have what clients sent")
	}
}

func TestRequestID(t *testing.T) {
	s := serving(t, nil)
	for sent, kept := range map[string]bool{
		"abc-123_X.y": true, "": false, "two words": false, "new\nline": false, strings.Repeat("x", 65): false, `"}`: false,
	} {
		got := get(t, s, "/healthz", "X-Request-Id", sent).Header().Get("X-Request-Id")
		if (got == sent) != kept || got == "" {
			t.Errorf("X-Request-Id %q came back as %q", sent, got)
		}
	}
}

func TestMetrics(t *testing.T) {
	empty := serving(t, func(o *Options) { o.Result = nil })
	if text := get(t, empty, "/metrics").Body.String(); strings.Contains(text, "kith_result_info") {
		t.Error("the metrics describe a result that is not there")
	}
	s := serving(t, nil)
	get(t, s, "/v1/communities")
	get(t, s, "/v1/communities?limit=0")
	ask(t, s, "BREW", "/nowhere", nil)
	for i := range maxPlacements + 5 {
		get(t, s, fmt.Sprintf("/v1/customers/c00012/recommendations?placement=p%d", i))
	}
	text := get(t, s, "/metrics").Body.String()
	for _, want := range []string{
		`kith_result_info{result="r1"} 1`, `kith_customers{state="present"} 25`, `kith_customers{state="gone"} 5`,
		`kith_communities{level="0"} 5`, `kith_communities{level="1"} 2`, `kith_products 12`, `kith_result_as_of_seconds 1.7723232e+09`,
		`kith_http_requests_total{method="GET",route="/v1/communities",status="200"} 1`,
		`kith_http_requests_total{method="GET",route="/v1/communities",status="400"} 1`,
		`kith_http_requests_total{method="other",route="other",status="404"} 1`,
		`kith_http_request_seconds_count{route="/v1/communities"} 2`,
		`kith_recommendation_lists_total{placement="p0"} 1`, `kith_recommendation_lists_total{placement="other"} 5`,
		`kith_result_age_seconds `,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
}

type lacking []Fault

func (l lacking) Faults() []Fault { return l }

func TestProbes(t *testing.T) {
	since := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	down := lacking{{Code: "store-down", Detail: "Neo4j does not answer", Since: since}}
	for _, c := range []struct {
		name   string
		change func(*Options)
		status int
		want   readiness
		header string
	}{
		{"ready", nil, 200, readiness{"ready", "r1", []Fault{}}, ""},
		{"no result", func(o *Options) { o.Result = nil }, 503, readiness{"not ready", "", []Fault{{Code: "no-result", Detail: noResultDetail}}}, ""},
		{"no store", func(o *Options) { o.Health = down }, 200, readiness{"degraded", "r1", down}, "store-down"},
		{
			"two faults", func(o *Options) { o.Health = lacking{{Code: "z"}, {Code: "a"}, {Code: "z"}} }, 200,
			readiness{"degraded", "r1", []Fault{{Code: "z"}, {Code: "a"}, {Code: "z"}}}, "a, z",
		},
		{
			"neither", func(o *Options) { o.Result, o.Health = nil, down }, 503,
			readiness{"not ready", "", []Fault{{Code: "no-result", Detail: noResultDetail}, down[0]}}, "store-down",
		},
	} {
		s := serving(t, c.change)
		w := get(t, s, "/readyz")
		if w.Code != c.status || w.Header().Get("Cache-Control") != "no-store" {
			t.Errorf("%s: /readyz gave %d %v %s", c.name, w.Code, w.Header(), w.Body)
		}
		if diff := cmp.Diff(c.want, decode[readiness](t, w)); diff != "" {
			t.Errorf("%s: /readyz:\n%s", c.name, diff)
		}
		metrics := get(t, s, "/metrics").Body.String()
		for code := range strings.SplitSeq(c.header, ", ") {
			if strings.Contains(metrics, "kith_degraded{") != (code != "") || !strings.Contains(metrics, code) {
				t.Errorf("%s: the metrics tell other faults than %q", c.name, c.header)
			}
		}
		h := get(t, s, "/healthz")
		if h.Code != http.StatusOK || !strings.Contains(h.Body.String(), `"version":"v0"`) {
			t.Errorf("%s: /healthz gave %d %s", c.name, h.Code, h.Body)
		}
		// Every answer says what the server has to do without: of the API,
		// a page, an error and one without a body.
		etag := get(t, s, "/v1/communities").Header().Get("Etag")
		for _, target := range []string{"/readyz", "/healthz", "/v1/communities", "/", "/v1/customers/nobody", "/nowhere", "/metrics"} {
			w := get(t, s, target, "If-None-Match", etag)
			if got := w.Header().Get("Kith-Degraded"); got != c.header {
				t.Errorf("%s: %s came with Kith-Degraded: %q, want %q", c.name, target, got, c.header)
			}
		}
	}
}

func TestDegradedServerAnswersTheSame(t *testing.T) {
	whole, without := serving(t, nil), serving(t, func(o *Options) {
		o.Health = lacking{{Code: "store-down", Detail: "Neo4j does not answer"}}
		o.Runner = &fakeRunner{err: fmt.Errorf("start: %w", Fault{Code: "store-down", Detail: "Neo4j does not answer: start it"})}
	})
	for _, target := range []string{"/v1/communities", "/v1/customers/c00012", "/v1/customers/c00012/recommendations", "/v1/runs", "/v1/imports"} {
		a, b := get(t, whole, target), get(t, without, target)
		if a.Code != 200 || b.Code != 200 || a.Body.String() != b.Body.String() || a.Header().Get("Etag") != b.Header().Get("Etag") {
			t.Errorf("%s: %d %s\nwithout the store: %d %s", target, a.Code, a.Body, b.Code, b.Body)
		}
	}
	w := ask(t, without, http.MethodPost, "/v1/runs", nil)
	p := decode[Problem](t, w)
	if w.Code != http.StatusServiceUnavailable || p.Type != "urn:kith:problem:store-down" || p.Detail != "Neo4j does not answer: start it" ||
		w.Header().Get("Content-Type") != "application/problem+json" || w.Header().Get("Retry-After") == "" {
		t.Errorf("POST /v1/runs without the store: %d %v %s", w.Code, w.Header(), w.Body)
	}
}
