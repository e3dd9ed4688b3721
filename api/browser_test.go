package api

import (
	"archive/zip"
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kith/deploy/neo4j"
)

// Neo4j Browser comes from another origin and has no key; what it fetches is open
// to it, and nothing else is.
func TestFilesForNeo4jBrowser(t *testing.T) {
	s := serving(t, func(o *Options) { o.Key = "secret" })
	favourites, err := neo4j.Favourites()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{"style.grass": "text/plain", "guide.html": "text/html", "favourites.zip": "application/zip"}
	for _, f := range favourites {
		kinds["favourites/"+f.Name+".cypher"] = "text/plain"
	}
	for name, kind := range kinds {
		w := get(t, s, "/browser/"+name, "Origin", "http://localhost:7474")
		h := w.Header()
		if w.Code != http.StatusOK || w.Body.Len() == 0 || !strings.HasPrefix(h.Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %d bytes of %s", name, w.Code, w.Body.Len(), h.Get("Content-Type"))
		}
		for header, want := range map[string]string{
			"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin",
			"X-Content-Type-Options": "nosniff", "Access-Control-Allow-Credentials": "", "Set-Cookie": "",
		} {
			if got := h.Get(header); got != want {
				t.Errorf("%s has %s %q, want %q", name, header, got, want)
			}
		}
		// Neo4j Browser asks with headers of its own.
		w = ask(t, s, http.MethodOptions, "/browser/"+name, nil, "Origin", "https://browser.example",
			"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "cache-control,pragma,sentry-trace", "Access-Control-Request-Private-Network", "true")
		if w.Code != http.StatusNoContent || w.Header().Get("Access-Control-Allow-Origin") != "*" ||
			w.Header().Get("Access-Control-Allow-Headers") != "*" ||
			!strings.Contains(w.Header().Get("Access-Control-Allow-Methods"), "GET") ||
			w.Header().Get("Access-Control-Allow-Private-Network") != "true" {
			t.Errorf("the preflight of %s: %d %v", name, w.Code, w.Header())
		}
	}
	for _, target := range []string{"/", "/v1/communities", "/metrics", "/openapi.yaml", "/docs", "/browserx"} {
		w := get(t, s, target, "Origin", "http://localhost:7474")
		if w.Code != http.StatusUnauthorized || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s without a key: %d %v", target, w.Code, w.Header())
		}
		if w := get(t, s, target, "Origin", "http://localhost:7474", "Authorization", "Bearer secret"); w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s is shared with other origins", target)
		}
	}
	for _, target := range []string{"/browser/../v1/communities", "/browser%2F..%2Fv1/communities", "/browser/nothing", "/browser/favourites/../style.grass", "/browser/favourites/"} {
		if w := get(t, s, target); w.Code != http.StatusNotFound {
			t.Errorf("%s: %d", target, w.Code)
		}
	}
}

// No operation of the contract lies where no key is asked for.
func TestContractIsNotOpen(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	for path := range doc.Paths.Map() {
		if open(path) != (path == "/healthz" || path == "/readyz") {
			t.Errorf("%s can be had without a key: %t", path, open(path))
		}
	}
}

func TestGuideNamesItsOwnServer(t *testing.T) {
	s := serving(t, func(o *Options) { o.Key = "secret" })
	for host, base := range map[string]string{
		"kith.example:8443": "http://kith.example:8443/browser/", "[::1]:8080": "http://[::1]:8080/browser/",
		`x"><script>`: neo4j.Home, "": neo4j.Home,
	} {
		for _, target := range []string{"/browser/guide.html", "/browser/"} {
			r := mustRequest(t, target)
			r.Host = host
			w := serve(s, r)
			if body := w.Body.String(); w.Code != http.StatusOK || !strings.Contains(body, base+"style.grass") || strings.Contains(body, "<script>") {
				t.Errorf("%s for host %q: %d without %s", target, host, w.Code, base)
			}
		}
	}
	r := mustRequest(t, "/browser/guide.html")
	r.Host = "kith.example"
	r.Header.Set("X-Forwarded-Proto", "https")
	if body := serve(s, r).Body.String(); !strings.Contains(body, "https://kith.example/browser/style.grass") {
		t.Error("behind a proxy with TLS the guide names another address")
	}
	if w := get(t, s, "/browser"); w.Code != http.StatusPermanentRedirect || w.Header().Get("Location") != "/browser/" {
		t.Errorf("/browser: %d %v", w.Code, w.Header())
	}
}

func TestPageListsFavourites(t *testing.T) {
	s := serving(t, func(o *Options) { o.Result = nil })
	page := get(t, s, "/browser/").Body.String()
	body := get(t, s, "/browser/favourites.zip").Body.Bytes()
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatal(err)
	}
	favourites, err := neo4j.Favourites()
	if err != nil {
		t.Fatal(err)
	}
	if len(z.File) != len(favourites) || len(favourites) < 10 {
		t.Fatalf("%d files in the archive, %d favourites", len(z.File), len(favourites))
	}
	for i, f := range favourites {
		if z.File[i].Name != f.Name+".cypher" || z.File[i].UncompressedSize64 != uint64(len(f.Text)) {
			t.Errorf("%s is not %s", z.File[i].Name, f.Name)
		}
		if !strings.Contains(page, `href="/browser/favourites/`+f.Name+`.cypher"`) {
			t.Errorf("the page doesn't list %s", f.Name)
		}
		if got := get(t, s, "/browser/favourites/"+f.Name+".cypher").Body.String(); got != string(f.Text) {
			t.Errorf("%s is sent as %q", f.Name, got)
		}
	}
}

func mustRequest(t *testing.T, target string) *http.Request {
	t.Helper()
	return httptest.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
}

func serve(s *Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}
