package api

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"kith/graph"
)

// fakePrivacy remembers whom it was asked to remove.
type fakePrivacy struct {
	err error
	ids []string
	dry bool
	// ended is why the context had ended by then.
	ended error
}

func (p *fakePrivacy) Forget(ctx context.Context, ids []string, dry bool) (Forgotten, error) {
	p.ids, p.dry, p.ended = ids, dry, ctx.Err()
	return Forgotten{
		DryRun: dry, Names: len(ids), Tables: []ForgottenRows{{Table: "events.calls", Removed: 3}},
		Proof: ForgetProof{Clean: true, Found: []ForgetTrace{}, Notes: []string{}},
	}, p.err
}

// fakeHistories knows the same of everybody.
type fakeHistories struct{ err error }

func (h fakeHistories) History(_ context.Context, id string, p graph.Period) (History, error) {
	if h.err != nil {
		return History{}, h.err
	}
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	recency, score := 12.0, .75
	return History{
		Customer: id, Records: []string{id, "second"}, Missing: []string{"visits"},
		Master:       []MasterValue{{Name: "name", Value: json.RawMessage(`"Ann <b>"`), Record: "second", File: "crm.csv", Import: 2, Others: 1}},
		Purchases:    PurchaseHistory{Lines: 3, Amount: 15, First: at, Last: at, RecencyDays: &recency, Products: []Favour{{ID: "p1", Name: "Tea", Times: 2, Amount: 10}}, Latest: []PurchaseLine{{At: at, Product: "p1", Name: "Tea", Quantity: 1, Amount: 5}}},
		Calls:        CallHistory{Out: CallSide{Calls: 1234, Minutes: 5}, Partners: 7, First: at, Last: at, Top: []CallPartner{{Customer: "c00003", Contacts: 9, Minutes: 3, Last: at}}},
		Contacts:     ContactHistory{Contacts: 1, Latest: []CampaignContact{{At: at, Campaign: "spring", Channel: "mail"}}},
		Satisfaction: SatisfactionHistory{Surveys: 1, Score: &score, Latest: []Opinion{{At: at, Kind: "survey", Topic: "hotline", Score: &score, Comment: "slow"}}},
		Imports:      []SourceImport{{ID: 2, Kind: "customers", File: "crm.csv", Rows: 1}},
	}, nil
}

func TestForgetCustomer(t *testing.T) {
	p := &fakePrivacy{}
	s := serving(t, func(o *Options) { o.Privacy, o.Result = p, nil })
	w := ask(t, s, http.MethodDelete, "/v1/customers/%2B44%207?also=ann@example.com,%20%2B45,&dry_run=true", nil)
	if w.Code != http.StatusOK || !p.dry || !slices.Equal(p.ids, []string{"+44 7", "ann@example.com", "+45"}) {
		t.Fatalf("%d, asked for %q: %s", w.Code, p.ids, w.Body)
	}
	if w.Header().Get("Cache-Control") != "no-store" {
		t.Error("the answer may be kept")
	}
	for _, way := range []string{"", "?dry_run=false"} {
		if ask(t, s, http.MethodDelete, "/v1/customers/c1"+way, nil); p.dry {
			t.Errorf("it is only counted with %q", way)
		}
		p.dry = true
	}
	// What has begun goes on when the client has gone away.
	ctx, leave := context.WithCancel(t.Context())
	leave()
	r := httptest.NewRequestWithContext(ctx, http.MethodDelete, "/v1/customers/c2", nil)
	r.Host = "localhost:8080"
	s.Handler().ServeHTTP(httptest.NewRecorder(), r)
	if !slices.Equal(p.ids, []string{"c2"}) || p.ended != nil {
		t.Errorf("when the client is away, %q are removed, %v", p.ids, p.ended)
	}
	p.err = ErrRunning
	if w := ask(t, s, http.MethodDelete, "/v1/customers/c1", nil); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "ask again") {
		t.Errorf("while an analysis runs: %d %s", w.Code, w.Body)
	}
}

// What people did since the result is forgotten with them.
func TestForgetDropsWhatHappened(t *testing.T) {
	s := serving(t, nil)
	product := s.snapshot.Load().Products.At(0)
	s.Happened([]Happened{
		{Customer: "c00001", Product: product, Bought: true}, {Session: "s1", Product: product}, {Customer: "c00002", Product: product, Bought: true},
	})
	s.Forget(func(id string) bool { return id == "c00001" || id == "s1" })
	if len(s.arrivals.log) != 1 || s.arrivals.log[0].Customer != "c00002" {
		t.Errorf("remembered: %+v", s.arrivals.log)
	}
	now := s.snapshot.Load()
	if u, _ := now.Customer("c00001"); now.recent.Load().of(u) != none || now.recent.Load().visitor(visitor{true, "s1"}) != none {
		t.Error("a trail is left")
	}
}

// heldHistories says that every number is a person's.
type heldHistories struct {
	fakeHistories
	person string
}

func (h heldHistories) History(ctx context.Context, _ string, p graph.Period) (History, error) {
	return h.fakeHistories.History(ctx, h.person, p)
}

// A page is one person's: where the id is a number that somebody holds, and that has a
// standing of its own for a time when nobody did, all of the page is the holder's.
func TestCustomerPageOfNumber(t *testing.T) {
	h := serving(t, func(o *Options) { o.Histories = heldHistories{person: "c00016"} })
	own := decode[Customer](t, get(t, h, "/v1/customers/c00016"))
	number := own.Ties[0].Customer
	c := decode[Customer](t, get(t, h, "/v1/customers/"+number))
	if c.ID != "c00016" || c.History.Customer != "c00016" || c.Pagerank != own.Pagerank || len(c.Ties) != len(own.Ties) {
		t.Errorf("the page is of %s, its history of %s, its ties are %v", c.ID, c.History.Customer, c.Ties)
	}
	if page := get(t, h, "/customers/"+number).Body.String(); !strings.Contains(page, "Customer c00016") {
		t.Error("the page for people is of somebody else")
	}
	// Somebody who was found out to be one person since has the standing of the result.
	h = serving(t, func(o *Options) { o.Histories = heldHistories{person: "merged"} })
	if c := decode[Customer](t, get(t, h, "/v1/customers/"+number)); c.ID != number || c.History.Customer != "merged" {
		t.Errorf("the page is of %s, its history of %s", c.ID, c.History.Customer)
	}
}

// A history is part of the page, and of its validator.
func TestCustomerHistory(t *testing.T) {
	with, without := serving(t, func(o *Options) { o.Histories = fakeHistories{} }), serving(t, nil)
	a, b := get(t, with, "/v1/customers/c00016"), get(t, without, "/v1/customers/c00016")
	if c := decode[Customer](t, a); c.History.Purchases.Lines != 3 || c.HistoryMissing != "" {
		t.Errorf("the history is %+v, %s", c.History, c.HistoryMissing)
	}
	if a.Header().Get("Etag") == b.Header().Get("Etag") {
		t.Error("one validator stands for two answers")
	}
	if w := get(t, with, "/v1/customers/c00016", "If-None-Match", a.Header().Get("Etag")); w.Code != http.StatusNotModified {
		t.Errorf("asked again: %d", w.Code)
	}
	if c := decode[Customer](t, b); !strings.Contains(c.HistoryMissing, "no data folder") {
		t.Errorf("without a data folder: %q", c.HistoryMissing)
	}
	late := serving(t, func(o *Options) { o.Histories = fakeHistories{} })
	if w := get(t, late, "/v1/customers/newcomer"); w.Code != http.StatusNotFound || !strings.Contains(w.Body.String(), "run an analysis") {
		t.Errorf("somebody who came since: %d %s", w.Code, w.Body)
	}
	page := get(t, with, "/customers/c00016").Body.String()
	for _, part := range []string{"Ann &lt;b&gt;", "crm.csv", "as second", "1,234", "Tea", "spring", "hotline", "slow", "Not loaded", "visits"} {
		if !strings.Contains(page, part) {
			t.Errorf("the page lacks %q", part)
		}
	}
}
