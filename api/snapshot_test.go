package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"testing"

	"kith/api/analysis"
	"kith/graph"
)

func TestETag(t *testing.T) {
	s := serving(t, nil)
	const target = "/v1/customers/c00012"
	first := get(t, s, target)
	etag := first.Header().Get("ETag")
	if !strings.HasPrefix(etag, `"r1-`) || first.Header().Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("headers %v", first.Header())
	}
	for _, c := range []struct {
		name, target, match string
		status              int
	}{
		{"the same", target, etag, 304},
		{"weakened on the way", target, "W/" + etag, 304},
		{"one of several", target, `"x", ` + etag, 304},
		{"another", target, `"r0-00000000"`, 200},
		{"any", target, `*`, 200},
		{"of a list", "/v1/communities", etag, 304},
		{"on what is not there", "/v1/customers/nobody", etag, 404},
		{"on a bad request", "/v1/communities?limit=0", etag, 400},
		{"on what no result answers", "/v1/runs", etag, 200},
		{"a page", "/communities/c0-1", "W/" + etag, 304},
	} {
		w := get(t, s, c.target, "If-None-Match", c.match)
		if w.Code != c.status {
			t.Errorf("%s: %d, want %d", c.name, w.Code, c.status)
		}
		if w.Code == 304 && (w.Body.Len() > 0 || !strings.Contains(w.Header().Get("ETag"), etag)) {
			t.Errorf("%s: 304 with %d bytes and %v", c.name, w.Body.Len(), w.Header())
		}
	}
	if err := s.Publish(t.Context(), small(t, "r2")); err != nil {
		t.Fatal(err)
	}
	if w := get(t, s, target, "If-None-Match", etag); w.Code != 200 || w.Header().Get("ETag") == etag {
		t.Errorf("after a new result: %d %s", w.Code, w.Header().Get("ETag"))
	}
	other := serving(t, func(o *Options) { o.Version = "v1" })
	if get(t, other, target).Header().Get("ETag") == etag {
		t.Error("another version of the program answers with the same validator")
	}
}

func TestHeadIsGetWithoutBody(t *testing.T) {
	s := serving(t, nil)
	g, h := get(t, s, "/v1/communities/c0-1"), ask(t, s, http.MethodHead, "/v1/communities/c0-1", nil)
	if h.Code != g.Code || h.Header().Get("ETag") != g.Header().Get("ETag") {
		t.Errorf("HEAD gave %d %v, GET %d %v", h.Code, h.Header(), g.Code, g.Header())
	}
}

func TestPublishRefusesWrongShapes(t *testing.T) {
	s := serving(t, nil)
	for name, spoil := range map[string]func(*analysis.Result){
		"no id":               func(r *analysis.Result) { r.Run.ID = "" },
		"no levels":           func(r *analysis.Result) { r.Levels = nil },
		"short column":        func(r *analysis.Result) { r.Risk = r.Risk[1:] },
		"beyond customers":    func(r *analysis.Result) { r.RiskFrom[0] = 30 },
		"beyond communities":  func(r *analysis.Result) { r.Levels[0].Of[3] = 5 },
		"no index":            func(r *analysis.Result) { r.Recommend = nil },
		"no purchases":        func(r *analysis.Result) { r.Bought = nil },
		"size":                func(r *analysis.Result) { r.Levels[1].Size[0]++ },
		"one id for two":      func(r *analysis.Result) { r.Levels[1].IDs = graph.NamesOf([]string{"c0-0", "c1-1"}) },
		"parent at the top":   func(r *analysis.Result) { r.Levels[1].Parent = []uint32{0, 0} },
		"offsets not rising":  func(r *analysis.Result) { r.MembershipOffsets[1] = 9 },
		"weights not of arcs": func(r *analysis.Result) { r.Calls.Weights = r.Calls.Weights[1:] },
	} {
		t.Run(name, func(t *testing.T) {
			bad := small(t, "r2")
			spoil(bad)
			if err := s.Publish(t.Context(), bad); err == nil {
				t.Error("it was published")
			}
			if w := get(t, s, "/v1/customers/c00012"); w.Code != 200 || !strings.Contains(w.Body.String(), `"result":"r1"`) {
				t.Errorf("the result before is not served any more: %d %s", w.Code, w.Body)
			}
		})
	}
	r := small(t, "r1")
	if err := r.Check(); err != nil {
		t.Errorf("the unspoilt one: %v", err)
	}
}

func TestPublishStopsWithItsContext(t *testing.T) {
	s := serving(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Publish(ctx, made(t, "r2", 3000, 30, 10)); err == nil {
		t.Error("a cancelled Publish published")
	}
}

// TestSwapUnderReaders publishes two results in turn under readers: each answer
// is of one of them as a whole.
func TestSwapUnderReaders(t *testing.T) {
	results := []*analysis.Result{small(t, "r1"), made(t, "r2", 60, 6, 12)}
	s := serving(t, func(o *Options) { o.Result = results[0] })
	answers := make(map[string]map[string]string) // target → result → body
	targets := []string{"/v1/communities?limit=500", "/v1/customers/c00012", "/v1/customers/c00012/recommendations", "/v1/communities/c1-0/members", "/"}
	for _, r := range results {
		if err := s.Publish(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		for _, target := range targets {
			if answers[target] == nil {
				answers[target] = make(map[string]string)
			}
			w := get(t, s, target)
			answers[target][strings.TrimPrefix(w.Header().Get("ETag"), "W/")] = w.Body.String()
		}
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := range 40 {
			if err := s.Publish(t.Context(), results[i%2]); err != nil {
				t.Error(err)
			}
		}
		close(done)
	})
	for range 3 {
		wg.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
				}
				target := targets[i%len(targets)]
				w := get(t, s, target)
				want, known := answers[target][strings.TrimPrefix(w.Header().Get("ETag"), "W/")]
				if !known || w.Body.String() != want {
					t.Errorf("%s: an answer of neither result: %d %s", target, w.Code, w.Header().Get("ETag"))
					return
				}
			}
		})
	}
	wg.Wait()
	if len(answers[targets[0]]) != 2 {
		t.Fatalf("the results have %d validators", len(answers[targets[0]]))
	}
}

func TestOrdersOfCommunities(t *testing.T) {
	s := serving(t, nil)
	figure := map[string]func(Community) float64{
		"risk": func(c Community) float64 { return c.Risk }, "size": func(c Community) float64 { return float64(c.Size) },
		"expected_loss": func(c Community) float64 { return c.ExpectedLoss }, "density": func(c Community) float64 { return c.Density },
	}
	for sort, of := range figure {
		list := decode[CommunityList](t, get(t, s, "/v1/communities?limit=500&sort="+sort))
		if len(list.Items) != 5 {
			t.Errorf("by %s: %d communities", sort, len(list.Items))
		}
		for i := 1; i < len(list.Items); i++ {
			if of(list.Items[i-1]) < of(list.Items[i]) {
				t.Errorf("by %s: %v stands before %v", sort, list.Items[i-1], list.Items[i])
			}
		}
	}
	byDefault, byRisk := get(t, s, "/v1/communities").Body.String(), get(t, s, "/v1/communities?sort=risk").Body.String()
	if byDefault != byRisk {
		t.Error("risk is not the order of no order")
	}
}

func TestCommunityDetail(t *testing.T) {
	s := serving(t, nil)
	d := decode[CommunityDetail](t, get(t, s, "/v1/communities/c0-1"))
	sum := 0
	for _, n := range d.Roles {
		sum += n
	}
	if sum != d.Size || d.Gone != 1 || d.Parent != "c1-0" || d.Leader.Customer != "c00007" && d.Leader.Customer == "" {
		t.Errorf("detail %+v", d)
	}
	none := get(t, s, "/v1/communities/c0-4").Body.Bytes()
	var members map[string]any
	if err := json.Unmarshal(none, &members); err != nil {
		t.Fatal(err)
	}
	if _, has := members["leader"]; has {
		t.Errorf("a community without a leader names one: %s", none)
	}
}
