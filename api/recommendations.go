package api

import (
	"context"
	"net/http"
	"strconv"
	"sync"

	"kith/community/recommend"
)

// GetCustomerRecommendations serves GET /v1/customers/{id}/recommendations.
func (h *handlers) GetCustomerRecommendations(ctx context.Context, r GetCustomerRecommendationsRequestObject) (GetCustomerRecommendationsResponseObject, error) {
	s := snapshotOf(ctx)
	u, err := s.customer(r.ID)
	if err != nil {
		return nil, err
	}
	if r.Params.Placement != "" {
		h.metrics.placement(r.Params.Placement)
	}
	l := listOf(s.Run.ID, "recommendations", r.ID)
	return s.items(l, r.Params.Cursor, limitOr(r.Params.Limit, 10), "your community", func(dst []recommend.Item, offset, limit int) []recommend.Item {
		return s.Recommend.For(dst, recommend.Query{Customer: u, Owned: s.Bought.Neighbours(u), Offset: offset, Limit: limit})
	})
}

// itemsPage is the answer of each list of recommendations: JSON that is written
// as it is. Writing gives the memory back, so an answer is written once.
type itemsPage struct {
	items []recommend.Item
	body  []byte
}

var itemsPages = sync.Pool{New: func() any { return new(itemsPage) }}

// items renders a page of a list of which query gives any part. own is what a
// person calls the community at hand.
func (s *snapshot) items(l list, cursor string, limit int, own string, query func(dst []recommend.Item, offset, limit int) []recommend.Item) (*itemsPage, error) {
	offset, err := l.offset(cursor)
	if err != nil {
		return nil, err
	}
	page := itemsPages.Get().(*itemsPage)
	page.items = query(page.items[:0], offset, limit+1)
	more := len(page.items) > limit
	shown := page.items[:min(limit, len(page.items))]

	b := s.appendItems(append(page.body[:0], `{"items":[`...), shown, own)
	b = append(b, `],"next_cursor":`...)
	if more {
		b = append(b, '"')
		b = l.appendCursor(b, offset+limit)
		b = append(b, '"')
	} else {
		b = append(b, `null`...)
	}
	b = appendQuoted(append(b, `,"result":`...), s.Run.ID)
	page.body = append(b, '}', '\n')
	return page, nil
}

// appendItems appends Recommendations with commas between.
func (s *snapshot) appendItems(b []byte, items []recommend.Item, own string) []byte {
	for i := range items {
		it := &items[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"product":`...)
		b = append(b, s.products.At(it.Product)...)
		b = appendFixed(append(b, `,"score":`...), float64(it.Score), 6)
		b = append(b, `,"source":"`...)
		b = append(b, it.Source.String()...)
		b = append(b, `","reason":"`...)
		b = s.appendReason(b, it, own)
		b = append(b, `","evidence":{"supporters":`...)
		b = strconv.AppendUint(b, uint64(it.Supporters), 10)
		b = strconv.AppendUint(append(b, `,"community_size":`...), uint64(it.CommunitySize), 10)
		if it.Community != recommend.None {
			b = append(b, `,"community":`...)
			b = append(b, s.communities[it.Level].At(it.Community)...)
		}
		b = appendFixed(append(b, `,"lift":`...), float64(it.Lift), 3)
		b = appendFixed(append(b, `,"lift_low":`...), float64(it.LiftLow), 3)
		if it.Seen != recommend.None {
			b = appendFixed(append(b, `,"llr":`...), float64(it.LLR), 3)
			b = appendQuoted(append(b, `,"product":`...), s.Products.At(it.Seen))
		}
		b = append(b, '}')
		if it.Fallback != recommend.NoFallback {
			b = append(b, `,"fallback":"`...)
			b = append(b, it.Fallback.String()...)
			b = append(b, '"')
		}
		b = append(b, '}')
	}
	return b
}

// noticeable is the lift from which a reason mentions it (ours).
const noticeable = 1.1

// appendReason appends a sentence for a person, as the inside of a JSON string.
func (s *snapshot) appendReason(b []byte, it *recommend.Item, own string) []byte {
	b = strconv.AppendUint(b, uint64(it.Supporters), 10)
	switch {
	case it.Seen != recommend.None:
		b = append(b, ` of the `...)
		b = strconv.AppendUint(b, uint64(it.CommunitySize), 10)
		b = append(b, ` buyers of `...)
		b = append(b, s.productNames.At(it.Seen)...)
		return append(b, ` bought it too`...)
	case it.Community == recommend.None:
		b = append(b, ` of all `...)
		b = strconv.AppendUint(b, uint64(it.CommunitySize), 10)
		return append(b, ` customers bought it`...)
	}
	b = append(b, ` of `...)
	b = strconv.AppendUint(b, uint64(it.CommunitySize), 10)
	b = append(b, ` in `...)
	if it.Fallback == recommend.ParentCommunity {
		own = "the wider community"
	}
	b = append(b, own...)
	b = append(b, ` bought it`...)
	if it.Lift >= noticeable {
		b = append(b, `, `...)
		b = appendFixed(b, float64(it.Lift), 1)
		b = append(b, ` times the usual share`...)
	}
	return b
}

func (page *itemsPage) write(w http.ResponseWriter) error {
	header := w.Header()
	header["Content-Type"] = jsonType
	header["Content-Length"] = []string{strconv.Itoa(len(page.body))}
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(page.body)
	itemsPages.Put(page)
	return err
}

var jsonType = []string{"application/json"}

// VisitGetCustomerRecommendationsResponse writes the page.
func (page *itemsPage) VisitGetCustomerRecommendationsResponse(w http.ResponseWriter) error {
	return page.write(w)
}

// VisitListSimilarProductsResponse writes the page.
func (page *itemsPage) VisitListSimilarProductsResponse(w http.ResponseWriter) error {
	return page.write(w)
}

// VisitListPopularProductsResponse writes the page.
func (page *itemsPage) VisitListPopularProductsResponse(w http.ResponseWriter) error {
	return page.write(w)
}
