package api

import (
	"context"
	"net/http"
	"slices"

	"kith/community/recommend"
)

// RecommendForSession serves POST /v1/sessions/recommendations.
func (h *handlers) RecommendForSession(ctx context.Context, r RecommendForSessionRequestObject) (RecommendForSessionResponseObject, error) {
	s := snapshotOf(ctx)
	given, unknown := s.seen(r.Body.Seen)
	visited, owned := s.visited(r.Body.Session, r.Body.Customer)
	// What the request names was seen last, and the last counts most.
	seen := slices.DeleteFunc(visited, func(p uint32) bool { return slices.Contains(given, p) })
	slices.Reverse(seen)
	seen = append(given, seen...)
	seen = seen[:min(len(seen), maxSeen)]
	items := s.Recommend.SimilarTo(nil, seen, recommend.Query{Customer: recommend.Unknown, Owned: owned, Limit: limitOr(r.Body.Limit, 10)})
	b := s.appendItems([]byte(`{"items":[`), items, "")
	b = append(b, `],"unknown":[`...)
	for i, id := range unknown {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendQuoted(b, id)
	}
	b = appendQuoted(append(b, `],"result":`...), s.Run.ID)
	return sessionPage{&itemsPage{body: append(b, '}', '\n')}}, nil
}

// seen finds the products of a session, the latest first and each once, and
// lists the ids that no product has.
func (s *snapshot) seen(ids []string) (seen []uint32, unknown []string) {
	for _, id := range slices.Backward(ids) {
		p, ok := s.Products.Find(id)
		switch {
		case !ok && !slices.Contains(unknown, id):
			unknown = append(unknown, id)
		case ok && !slices.Contains(seen, p):
			seen = append(seen, p)
		}
	}
	slices.Reverse(unknown)
	return seen, unknown
}

// visited are the products that a session and a customer were seen to visit since
// the Result, the latest last, and those that the customer has, ascending.
func (s *snapshot) visited(session, customer string) (visited, owned []uint32) {
	r := s.recent.Load()
	trails := []*trail{none, none}
	if customer != "" {
		if u, ok := s.Customer(customer); ok {
			trails[0] = r.of(u)
			owned = s.owned(u, trails[0].bought)
		} else {
			trails[0] = r.visitor(visitor{false, customer})
			owned = slices.Sorted(slices.Values(trails[0].bought))
		}
	}
	if session != "" {
		trails[1] = r.visitor(visitor{true, session})
	}
	for _, t := range trails {
		for _, p := range t.seen {
			visited = append(slices.DeleteFunc(visited, func(q uint32) bool { return q == p }), p)
		}
	}
	return visited, owned
}

type sessionPage struct{ *itemsPage }

// VisitRecommendForSessionResponse writes the page.
func (p sessionPage) VisitRecommendForSessionResponse(w http.ResponseWriter) error {
	return p.write(w)
}
