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
	seen, unknown := s.seen(r.Body.Seen)
	items := s.Recommend.SimilarTo(nil, seen, recommend.Query{Customer: recommend.Unknown, Limit: limitOr(r.Body.Limit, 10)})
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

type sessionPage struct{ *itemsPage }

// VisitRecommendForSessionResponse writes the page.
func (p sessionPage) VisitRecommendForSessionResponse(w http.ResponseWriter) error {
	return p.write(w)
}
