package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// recommended are the ids on a page, and its cursor.
func recommended(t *testing.T, s *Server, target string) (ids []string, next, etag string) {
	t.Helper()
	w := get(t, s, target)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", target, w.Code, w.Body)
	}
	page := decode[RecommendationList](t, w)
	for _, it := range page.Items {
		ids = append(ids, it.Product.ID)
	}
	if page.NextCursor != nil {
		next = *page.NextCursor
	}
	return ids, next, w.Header().Get("ETag")
}

func without(list []string, gone ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return slices.Contains(gone, id) })
}

func bought(customer, product string) Happened {
	return Happened{Customer: customer, Product: product, Bought: true, At: time.Now()}
}

func TestBoughtIsNotRecommended(t *testing.T) {
	s := serving(t, nil)
	const target = "/v1/customers/c00012/recommendations"
	whole, _, before := recommended(t, s, target+"?limit=100")
	if len(whole) < 8 {
		t.Fatalf("%d items are too few", len(whole))
	}
	two, next, _ := recommended(t, s, target+"?limit=2")

	// One of the page that was shown, and one of the pages to come.
	s.Happened([]Happened{bought("c00012", whole[0]), bought("c00012", "nothing we know"), bought("nobody", whole[1])})
	s.Happened([]Happened{bought("c00012", whole[5])})
	now, _, after := recommended(t, s, target+"?limit=100")
	if d := cmp.Diff(without(whole, whole[0], whole[5]), now); d != "" {
		t.Errorf("after buying:\n%s", d)
	}
	if after == before {
		t.Error("the list has changed, its ETag has not")
	}
	if w := get(t, s, target+"?limit=100", "If-None-Match", before); w.Code != http.StatusOK {
		t.Errorf("the former ETag: %d", w.Code)
	}
	if w := get(t, s, target+"?limit=100", "If-None-Match", after); w.Code != http.StatusNotModified {
		t.Errorf("the ETag: %d", w.Code)
	}
	if _, _, etag := recommended(t, s, "/v1/customers/c00013/recommendations?limit=100"); etag != before {
		t.Errorf("somebody else's list has the ETag %s", etag)
	}
	// The list that had begun goes on where it was, without what was bought.
	list := two
	for next != "" {
		var page []string
		page, next, _ = recommended(t, s, target+"?limit=2&cursor="+next)
		list = append(list, page...)
	}
	if d := cmp.Diff(without(whole, whole[5]), list); d != "" {
		t.Errorf("the list that had begun:\n%s", d)
	}
	// A list that begins now has the same pages for any limit.
	for _, limit := range []int{1, 2, 3, 7} {
		var joined []string
		for _, item := range walk(t, s, target, limit) {
			var it Recommendation
			if err := json.Unmarshal([]byte(item), &it); err != nil {
				t.Fatal(err)
			}
			joined = append(joined, it.Product.ID)
		}
		if d := cmp.Diff(now, joined); d != "" {
			t.Errorf("by %d:\n%s", limit, d)
		}
	}
	// A cursor of more purchases than there are is one of another time.
	s2 := serving(t, nil)
	_, next, _ = recommended(t, s, target+"?limit=2")
	if w := get(t, s2, target+"?limit=2&cursor="+next); w.Code != http.StatusGone {
		t.Errorf("the cursor of a server that knows more: %d", w.Code)
	}
	if body := get(t, s, "/customers/c00012", "Accept", "text/html").Body.String(); !strings.Contains(body, whole[1]) || strings.Contains(body, `"`+whole[0]+`"`) {
		t.Error("the page recommends what was bought")
	}
}

// Publish forgets what the run has seen and keeps what came after it began.
func TestPublishKeepsWhatIsNewer(t *testing.T) {
	s := serving(t, nil)
	const target = "/v1/customers/c00012/recommendations?limit=100"
	whole, _, _ := recommended(t, s, target)
	began := time.Now()
	old, late := bought("c00012", whole[0]), bought("c00012", whole[1])
	old.At, late.At = began.Add(-time.Second), began.Add(time.Second)
	s.Happened([]Happened{old, late})
	r := small(t, "r2")
	r.Run.Started = began
	if err := s.Publish(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	now, _, _ := recommended(t, s, target)
	if d := cmp.Diff(without(whole, whole[1]), now); d != "" {
		t.Error(d)
	}
}

func TestVisitsCountForSessions(t *testing.T) {
	s := serving(t, nil)
	post := func(body string) (ids []string) {
		t.Helper()
		w := ask(t, s, http.MethodPost, "/v1/sessions/recommendations", strings.NewReader(body), "Content-Type", "application/json")
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", body, w.Code, w.Body)
		}
		for _, it := range decode[SessionRecommendations](t, w).Items {
			ids = append(ids, it.Product.ID)
		}
		return ids
	}
	popular := post(`{"session":"s1"}`)
	s.Happened([]Happened{{Session: "s1", Product: "p0003"}, {Session: "s1", Product: "p0001"}, {Customer: "new", Session: "s1", Product: "p0003"}, {Session: "s2", Product: "p0009"}})
	want := post(`{"seen":["p0001","p0003"]}`)
	if d := cmp.Diff(want, post(`{"session":"s1"}`)); d != "" {
		t.Errorf("by its visits:\n%s", d)
	}
	if d := cmp.Diff(want, post(`{"session":"s1","seen":["p0003"]}`)); d != "" {
		t.Errorf("visits and what the request says:\n%s", d)
	}
	if slices.Contains(post(`{"session":"s1"}`), "p0003") || slices.Equal(want, popular) {
		t.Errorf("got %v, everyone %v", want, popular)
	}
	// A customer whom the result does not know.
	if w := get(t, s, "/v1/customers/stranger/recommendations"); w.Code != http.StatusNotFound {
		t.Errorf("somebody unknown: %d", w.Code)
	}
	first, _, etag := recommended(t, s, "/v1/customers/new/recommendations")
	if d := cmp.Diff(post(`{"seen":["p0003"]}`), first); d != "" {
		t.Errorf("a newcomer:\n%s", d)
	}
	s.Happened([]Happened{bought("new", first[0])})
	now, _, later := recommended(t, s, "/v1/customers/new/recommendations")
	if slices.Contains(now, first[0]) || etag == later {
		t.Errorf("after the first purchase: %v, %s", now, later)
	}
	if slices.Contains(post(`{"customer":"new","seen":["p0001"]}`), first[0]) {
		t.Error("the session gets what the customer has")
	}
}

// What is remembered stays within its bounds, and is the latest.
func TestRecentIsBounded(t *testing.T) {
	s := serving(t, nil)
	snapshot := s.snapshot.Load()
	var many []Happened
	for i := range MaxArrivals - 1 {
		many = append(many, Happened{Session: fmt.Sprint(i % 1000), Product: "p0001"})
	}
	s.Happened(many)
	s.Happened([]Happened{{Session: "last", Product: "p0002"}, {Session: "last", Product: "p0003"}})
	if n := len(s.arrivals.log); n != MaxArrivals/2 {
		t.Errorf("%d events are remembered", n)
	}
	if seen := snapshot.recent.Load().visitor(visitor{true, "last"}).seen; len(seen) != 2 {
		t.Errorf("the last session has seen %v", seen)
	}
	trail := none
	for p := range uint32(2 * maxBought) {
		trail = trail.with(p, true).with(p, false)
	}
	if len(trail.bought) != maxBought || len(trail.seen) != maxSeen || trail.seen[maxSeen-1] != 2*maxBought-1 {
		t.Errorf("a trail of %d and %d", len(trail.bought), len(trail.seen))
	}
}

// Readers see whole trails while events come in and results are swapped.
func TestRecentUnderReaders(t *testing.T) {
	s := serving(t, nil)
	products := s.snapshot.Load().Products
	ended := make(chan struct{})
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-ended:
					return
				default:
				}
				w := get(t, s, "/v1/customers/c00012/recommendations?limit=3")
				if w.Code != http.StatusOK {
					t.Errorf("%d %s", w.Code, w.Body)
					return
				}
			}
		})
	}
	for i := range 40 {
		s.Happened([]Happened{bought("c00012", products.At(uint32(i%products.Len())))})
		if i%10 == 9 {
			if err := s.Publish(t.Context(), small(t, fmt.Sprint("r", i))); err != nil {
				t.Error(err)
			}
		}
	}
	close(ended)
	readers.Wait()
	if n := len(s.snapshot.Load().recent.Load().of(mustCustomer(t, s, "c00012")).bought); n == 0 {
		t.Error("nothing is remembered")
	}
}

func mustCustomer(t *testing.T, s *Server, id string) uint32 {
	t.Helper()
	u, ok := s.snapshot.Load().Customer(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return u
}
