package api

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"kith/community/recommend"
	"kith/graph"
)

// TestAwkwardIDs: whatever an id is made of, its escaped form in the path finds
// the customer, and only that one.
func TestAwkwardIDs(t *testing.T) {
	s := serving(t, nil)
	for _, id := range awkward {
		for _, what := range []string{"", "/risk", "/recommendations", "/neighbours"} {
			w := get(t, s, "/v1/customers/"+url.PathEscape(id)+what)
			if w.Code != 200 {
				t.Errorf("%q%s: %d %s", id, what, w.Code, w.Body)
			}
		}
		if c := decode[Customer](t, get(t, s, "/v1/customers/"+url.PathEscape(id))); c.ID != id {
			t.Errorf("%q came back as %q", id, c.ID)
		}
	}
}

func TestCustomer(t *testing.T) {
	s := serving(t, nil)
	got := decode[Customer](t, get(t, s, "/v1/customers/c00016"))
	want := Customer{
		ID: "c00016", Attributes: []byte("{}"),
		Communities: []CommunityRef{{ID: "c0-2", Level: 0, Size: 6}, {ID: "c1-0", Level: 1, Size: 24}},
		Memberships: []Membership{{Community: "c0-2", Degree: .75}, {Community: "c0-3", Degree: .25}},
		Role:        RoleFollower, Risk: .15 + .04 + .01, Susceptibility: 2. / 7,
		Pagerank: 1. / 30, Authority: 1. / 6, Dissemination: 1. / 6,
		Value: Value{Spend: 20, Currency: "EUR"}, Counts: Counts{Called: 2, Callers: 2, Contacts: 26, Products: s.snapshot.Load().Bought.Degree(16)}, Result: "r1",
	}
	// The rest of the page says what other resources say.
	if len(got.Ties) != 3 || got.RiskReceipt.Own != .15 || len(got.Recommendations) == 0 || got.HistoryMissing == "" || got.Run.Window.To.IsZero() {
		t.Errorf("the page is %+v", got)
	}
	if k := got.Community; k.ID != "c0-2" || k.Size != 6 || k.Leader == "" || k.Name != "the community of "+k.Leader {
		t.Errorf("the community is %+v", k)
	}
	got.Ties, got.RiskReceipt, got.Recommendations, got.HistoryMissing = nil, RiskReceipt{}, nil, ""
	got.Community, got.Run = CustomerCommunity{}, CustomerRun{}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	if known := decode[Customer](t, get(t, s, "/v1/customers/c00017")); string(known.Attributes) != `{"plan":"prepaid","since":2019}` {
		t.Errorf("attributes %s", known.Attributes)
	}
}

// Whoever is known by further ids is found by each, in every resource, under the
// one id.
func TestCustomerByAlias(t *testing.T) {
	s := serving(t, func(o *Options) {
		o.Result.Aliases, o.Result.AliasOf = graph.NamesOf([]string{"+44 20", "crm/7"}), []uint32{16, 16}
	})
	for _, what := range []string{"", "/risk", "/recommendations", "/neighbours"} {
		want := get(t, s, "/v1/customers/c00016"+what).Body.String()
		for _, alias := range []string{"+44 20", "crm/7"} {
			if w := get(t, s, "/v1/customers/"+url.PathEscape(alias)+what); w.Code != 200 || what != "/recommendations" && what != "/neighbours" && w.Body.String() != want {
				t.Errorf("%s%s: %d %s; want %s", alias, what, w.Code, w.Body, want)
			}
		}
	}
	if w := get(t, s, "/v1/customers/crm%2F8"); w.Code != 404 {
		t.Errorf("an unknown id: %d %s", w.Code, w.Body)
	}
}

func TestAttributesThatAreNoJSON(t *testing.T) {
	s := serving(t, func(o *Options) {
		list := make([]string, 30)
		list[16] = `{"broken`
		o.Result.Attributes = graph.NamesOf(list)
	})
	if got := decode[Customer](t, get(t, s, "/v1/customers/c00016")); string(got.Attributes) != "{}" {
		t.Errorf("attributes %s", got.Attributes)
	}
	if w := get(t, s, "/customers/c00016"); w.Code != 200 {
		t.Errorf("its page: %d", w.Code)
	}
}

// TestReceiptsAddUp holds for every customer: the terms sum to the risk.
func TestReceiptsAddUp(t *testing.T) {
	r := small(t, "r1")
	s := serving(t, func(o *Options) { o.Result = r })
	for u := range uint32(r.Customers.Len()) {
		got := decode[RiskReceipt](t, get(t, s, "/v1/customers/"+url.PathEscape(r.Customers.At(u))+"/risk"))
		sum := got.Own + got.Other
		for _, p := range got.Parts {
			sum += p.Part
		}
		if math.Abs(sum-got.Risk) > 1e-9 || got.Gone && got.Risk != 0 || got.BaseRisk != .1 {
			t.Errorf("%q: the terms sum to %g: %+v", r.Customers.At(u), sum, got)
		}
	}
}

// TestNeighbours is worked by hand: in a community of six, a customer calls the
// next two, with weight 1 + (u+v) mod 5. The third, 14, calls 15 (5) and 16 (1),
// and is called by 12 (2) and 13 (3).
func TestNeighbours(t *testing.T) {
	s := serving(t, nil)
	got := decode[NeighbourList](t, get(t, s, "/v1/customers/c00014/neighbours"))
	var ties []string
	for _, n := range got.Items {
		ties = append(ties, fmt.Sprintf("%s %g %g %g %t %s", n.Customer, n.WeightOut, n.WeightIn, n.Weight, n.Gone, n.Community))
	}
	want := []string{"c00015 5 0 5 false c0-2", "c00013 0 3 3 false c0-2", "c00012 0 2 2 true c0-2", "c00016 1 0 1 false c0-2"}
	if diff := cmp.Diff(want, ties); diff != "" {
		t.Errorf("neighbours (-want +got):\n%s", diff)
	}
}

// TestNeighboursMirror holds for every tie: what goes out at one end comes in at
// the other.
func TestNeighboursMirror(t *testing.T) {
	s := serving(t, func(o *Options) {
		// Both directions, a call to oneself and a graph without weights.
		g := &graph.Graph{Cols: 30, Offsets: []uint64{0, 3, 4}, Targets: []uint32{0, 1, 5, 0}}
		for len(g.Offsets) < 31 {
			g.Offsets = append(g.Offsets, 4)
		}
		o.Result.Calls = g
	})
	snap := s.snapshot.Load()
	count := 0
	for u := range uint32(30) {
		for _, t1 := range snap.ties(u) {
			count++
			back := snap.ties(t1.to)
			if !slices.Contains(back, tie{u, t1.in, t1.out}) {
				t.Errorf("%d has %+v, but %d has %+v", u, t1, t1.to, back)
			}
		}
	}
	if want := []tie{{1, 1, 1}, {5, 1, 0}}; count != 4 || !slices.Equal(snap.ties(0), want) {
		t.Errorf("%d ends of ties, of 0: %+v", count, snap.ties(0))
	}
}

func TestProduct(t *testing.T) {
	s := serving(t, nil)
	bought := 0
	r := s.snapshot.Load()
	for _, p := range r.Bought.Targets {
		if p == 4 {
			bought++
		}
	}
	price := 1.
	want := Product{ID: "p0004", Name: "Product <4>", Category: "plans", Price: &price, Buyers: bought, Result: "r1"}
	if diff := cmp.Diff(want, decode[Product](t, get(t, s, "/v1/products/p0004"))); diff != "" {
		t.Errorf("product (-want +got):\n%s", diff)
	}
	bare := get(t, s, "/v1/products/p0000").Body.String()
	if strings.Contains(bare, "price") || strings.Contains(bare, "name") || strings.Contains(bare, "available_to") || !strings.Contains(bare, `"available_from":"2026-01-01T00:00:00Z"`) {
		t.Errorf("a product without price and name: %s", bare)
	}
}

// TestRecommendationsAreTheIndex: the list as it is written by hand says what the
// index says, item by item, and owns nothing that the customer has.
func TestRecommendationsAreTheIndex(t *testing.T) {
	r := small(t, "r1")
	s := serving(t, func(o *Options) { o.Result = r })
	sources := make(map[string]bool)
	for u := range uint32(r.Customers.Len()) {
		owned := r.Bought.Neighbours(u)
		want := r.Recommend.For(nil, recommend.Query{Customer: u, Owned: owned, Limit: 100})
		got := decode[RecommendationList](t, get(t, s, "/v1/customers/"+url.PathEscape(r.Customers.At(u))+"/recommendations?limit=100"))
		if len(got.Items) != len(want) {
			t.Fatalf("customer %d: %d items instead of %d", u, len(got.Items), len(want))
		}
		for i, it := range want {
			g := got.Items[i]
			sources[string(g.Source)+"/"+string(g.Fallback)] = true
			if g.Product.ID != r.Products.At(it.Product) || slices.Contains(owned, it.Product) ||
				math.Abs(g.Score-float64(it.Score)) > 5e-7 || math.Abs(g.Evidence.Lift-float64(it.Lift)) > 5e-4 ||
				g.Evidence.Supporters != int(it.Supporters) || g.Evidence.CommunitySize != int(it.CommunitySize) ||
				string(g.Source) != it.Source.String() || string(g.Fallback) != it.Fallback.String() ||
				!strings.HasPrefix(g.Reason, fmt.Sprintf("%d of ", it.Supporters)) {
				t.Errorf("customer %d, item %d: %+v for %+v", u, i, g, it)
			}
		}
	}
	for _, want := range []string{"community-popular/", "community-popular/parent community", "popular/everyone"} {
		if !sources[want] {
			t.Errorf("no item came from %s, only %v", want, sources)
		}
	}
}

func TestReasons(t *testing.T) {
	s := serving(t, nil).snapshot.Load()
	none := recommend.None
	for want, it := range map[string]recommend.Item{
		"12 of 38 in your community bought it, 3.1 times the usual share":     {Supporters: 12, CommunitySize: 38, Lift: 3.1, Seen: none},
		"12 of 38 in your community bought it":                                {Supporters: 12, CommunitySize: 38, Lift: 1, Seen: none},
		"40 of 400 in the wider community bought it, 2 times the usual share": {Supporters: 40, CommunitySize: 400, Lift: 2.04, Seen: none, Level: 1, Fallback: recommend.ParentCommunity},
		"214 of all 20000 customers bought it":                                {Supporters: 214, CommunitySize: 20000, Lift: 1, Seen: none, Community: none, Fallback: recommend.Everyone},
		`8 of the 21 buyers of Product \u003c3\u003e bought it too`:           {Supporters: 8, CommunitySize: 21, Lift: 4, Seen: 3, Community: none},
		`8 of the 21 buyers of p0000 bought it too`:                           {Supporters: 8, CommunitySize: 21, Lift: 4, Seen: 0, Community: none},
	} {
		if got := string(s.appendReason(nil, &it, "your community")); got != want {
			t.Errorf("reason %q, want %q", got, want)
		}
	}
}

func TestSession(t *testing.T) {
	s := serving(t, nil)
	body := `{"seen":["p0003","nothing","p0005","p0003","else","nothing"],"limit":4}`
	got := decode[SessionRecommendations](t, ask(t, s, "POST", "/v1/sessions/recommendations", strings.NewReader(body), "Content-Type", "application/json"))
	if len(got.Items) != 4 || got.Result != "r1" {
		t.Errorf("%d items of %s", len(got.Items), got.Result)
	}
	for _, it := range got.Items {
		if it.Product.ID == "p0003" || it.Product.ID == "p0005" {
			t.Errorf("%s has been seen", it.Product.ID)
		}
	}
	if diff := cmp.Diff([]string{"else", "nothing"}, got.Unknown); diff != "" {
		t.Errorf("unknown (-want +got):\n%s", diff)
	}
	if got.Items[0].Source != RecommendationSourceSimilar || got.Items[0].Evidence.Product == "" {
		t.Errorf("first item %+v", got.Items[0])
	}
	none := decode[SessionRecommendations](t, ask(t, s, "POST", "/v1/sessions/recommendations", strings.NewReader(`{"seen":["nothing"]}`), "Content-Type", "application/json"))
	if len(none.Items) == 0 || none.Items[0].Source != RecommendationSourcePopular || none.Items[0].Fallback != RecommendationFallbackEveryone {
		t.Errorf("a session of nothing known: %+v", none)
	}
}

func TestRuns(t *testing.T) {
	at := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	runner := &fakeRunner{}
	s := serving(t, func(o *Options) { o.Runner = runner })
	list := decode[RunList](t, get(t, s, "/v1/runs"))
	if len(list.Items) != 1 || list.Items[0].ID != "r1" || list.Result != "r1" || list.Items[0].Customers != 30 || list.Items[0].Quality["modularity"] != .5 {
		t.Errorf("before any run of its own: %+v", list)
	}
	runner.runs = []Run{
		{ID: "run-3", Status: RunStatusRunning, Stage: "communities", Done: 3, Total: 10, StartedAt: at.Add(2 * time.Hour)},
		{ID: "run-2", Status: RunStatusFailed, Error: "there are no ties", StartedAt: at.Add(time.Hour), EndedAt: at.Add(time.Hour)},
		{ID: "run-1", Status: RunStatusPublished, Result: "r1", StartedAt: at, EndedAt: at.Add(time.Minute)},
	}
	list = decode[RunList](t, get(t, s, "/v1/runs"))
	var ids []string
	for _, run := range list.Items {
		ids = append(ids, run.ID+" "+string(run.Status))
	}
	if diff := cmp.Diff([]string{"run-3 running", "run-2 failed", "run-1 published"}, ids); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	one := decode[Run](t, get(t, s, "/v1/runs/run-1"))
	if one.Customers != 30 || one.StartedAt != at || one.Parameters["resolution"] != "1" || len(one.Inputs) != 1 || one.Result != "r1" {
		t.Errorf("a run of its own with a result: %+v", one)
	}
	if byResult := decode[Run](t, get(t, s, "/v1/runs/r1")); byResult.ID != "r1" || byResult.Seed != 7 {
		t.Errorf("the run by its result: %+v", byResult)
	}
	w := ask(t, s, "POST", "/v1/runs", nil)
	if w.Code != 202 || w.Header().Get("Location") != "/v1/runs/run-1" || decode[Run](t, w).Status != RunStatusRunning {
		t.Errorf("POST: %d %v", w.Code, w.Header())
	}
}

func TestImports(t *testing.T) {
	s := serving(t, nil)
	list := decode[ImportList](t, get(t, s, "/v1/imports?limit=2"))
	if len(list.Items) != 2 || list.Items[0].ID != 45 || list.Items[1].ID != 44 || list.NextCursor == nil {
		t.Fatalf("imports %+v", list)
	}
	// A receipt that is added meanwhile does not shift the pages.
	s.options.Imports = nil
	more := serving(t, func(o *Options) { o.Imports = fakeImports{n: 46} })
	next := decode[ImportList](t, get(t, more, "/v1/imports?limit=2&cursor="+*list.NextCursor))
	if len(next.Items) != 2 || next.Items[0].ID != 43 {
		t.Errorf("the next page %+v", next)
	}
	one := decode[Import](t, get(t, s, "/v1/imports/3"))
	if diff := cmp.Diff([]RejectCount{{Reason: "the date does not exist", Rows: 2}}, one.RejectedByReason); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}
