package api

import (
	"net/http"
	"net/url"
	"strconv"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"pgregory.net/rapid"
)

// TestQuickCheckAgreesWithTheSchema: the bounds that are looked at first let
// through nothing that the schema of the contract refuses, and refuse nothing
// that it lets through.
func TestQuickCheckAgreesWithTheSchema(t *testing.T) {
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	checked := make(map[*openapi3.Schema]bool)
	for id, o := range operations(doc) {
		for _, p := range append(o.path, o.query...) {
			if checked[p.schema] {
				continue
			}
			checked[p.schema] = true
			rapid.Check(t, func(t *rapid.T) {
				var text string
				var value any
				if p.integer {
					n := rapid.OneOf(rapid.Int64Range(-2, 1200), rapid.Int64()).Draw(t, "n")
					text, value = strconv.FormatInt(n, 10), float64(n)
				} else {
					text = rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z_-]{0,40}`), rapid.StringN(1020, 1030, -1)).Draw(t, "text")
					value = text
				}
				want := p.schema.VisitJSON(value) == nil
				if got := len(p.check(nil, text)) == 0; got != want {
					t.Fatalf("%s %s: %q passes: %v, by the schema: %v", id, p.name, text, got, want)
				}
			})
		}
	}
	if len(checked) < 10 {
		t.Errorf("only %d kinds of parameters were checked", len(checked))
	}
}

func TestParameterOfNeverSkipsAKeyword(t *testing.T) {
	for name, schema := range map[string]*openapi3.Schema{
		"enum":    {Type: &openapi3.Types{"string"}, Enum: []any{"a"}},
		"pattern": {Type: &openapi3.Types{"string"}, Pattern: "^a$"},
		"format":  {Type: &openapi3.Types{"string"}, Format: "date"},
	} {
		if parameterOf("x", schema).plain {
			t.Errorf("a schema with %s counts as plain", name)
		}
	}
}

// FuzzQuery sends any query and any id: the answer is one of those that the
// contract knows, and never a fault of the server.
func FuzzQuery(f *testing.F) {
	s := serving(f, nil)
	for _, seed := range []string{"limit=5", "limit=5&cursor=abc", "limit=%zz", "a;b=c", "&&==&", "placement=home&limit=1"} {
		f.Add("c00012", seed)
	}
	f.Add("%2e%2e", "")
	f.Add("a/b?c#d", "limit=1")
	f.Fuzz(func(t *testing.T, id, query string) {
		for _, path := range []string{"/v1/customers/" + url.PathEscape(id) + "/recommendations", "/v1/communities", "/customers/" + url.PathEscape(id), "/"} {
			r := &http.Request{Method: http.MethodGet, URL: &url.URL{Path: mustUnescape(path), RawPath: path, RawQuery: query}, Host: "localhost", Header: http.Header{}}
			w := newRecorder()
			s.Handler().ServeHTTP(w, r.WithContext(t.Context()))
			switch w.Code {
			case http.StatusOK, http.StatusBadRequest, http.StatusNotFound, http.StatusGone:
			default:
				t.Errorf("%s?%s gave %d: %s", path, query, w.Code, w.Body)
			}
		}
	})
}
