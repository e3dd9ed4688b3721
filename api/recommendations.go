package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"kith/community/recommend"
)

// GetCustomerRecommendations serves GET /v1/customers/{id}/recommendations.
func (h *handlers) GetCustomerRecommendations(ctx context.Context, r GetCustomerRecommendationsRequestObject) (GetCustomerRecommendationsResponseObject, error) {
	s := snapshotOf(ctx)
	if r.Params.Placement != "" {
		h.metrics.placement(r.Params.Placement)
	}
	limit := limitOr(r.Params.Limit, 10)
	u, known := s.Customer(r.ID)
	if !known {
		return s.forNewcomer(r.ID, r.Params.Cursor, limit)
	}
	t := s.recent.Load().of(u)
	l := listOf(s.Run.ID, "recommendations", r.ID)
	// The list leaves out what had been bought when its first page was given, so
	// that pages join; what was bought since is taken out of the page.
	position, err := l.offset(r.Params.Cursor)
	if err != nil {
		return nil, err
	}
	if r.Params.Cursor == "" {
		position = len(t.bought) << boughtShift
	}
	n := position >> boughtShift
	if n > len(t.bought) {
		return nil, staleCursor(s.Run.ID)
	}
	owned := s.owned(u, t.bought[:n])
	page := s.page(l, position, limit, "your community", t.bought[n:], func(dst []recommend.Item, position, limit int) []recommend.Item {
		return s.Recommend.For(dst, recommend.Query{Customer: u, Owned: owned, Offset: position & (1<<boughtShift - 1), Limit: limit})
	})
	page.etag = s.etagWith(t)
	return page, nil
}

// boughtShift is where in the position of a cursor the number of purchases since
// the Result begins; beneath it is the offset.
const boughtShift = 21

// forNewcomer serves a customer who came after the Result was made: what goes with
// the products that were seen or bought since.
func (s *snapshot) forNewcomer(id, cursor string, limit int) (*itemsPage, error) {
	t := s.recent.Load().visitor(visitor{false, id})
	if t == none {
		_, err := s.customer(id)
		return nil, err
	}
	seen := slices.Concat(t.bought, t.seen)
	seen = seen[max(0, len(seen)-maxSeen):]
	owned := slices.Sorted(slices.Values(t.bought))
	version := s.Run.ID + fmt.Sprint(t.bought, t.seen)
	page, err := s.items(listOf(version, "recommendations", id), cursor, limit, "", func(dst []recommend.Item, offset, limit int) []recommend.Item {
		return s.Recommend.SimilarTo(dst, seen, recommend.Query{Customer: recommend.Unknown, Owned: owned, Offset: offset, Limit: limit})
	})
	if err == nil {
		page.etag = fmt.Sprintf("%s-%x\"", s.etag[:len(s.etag)-1], fnv1a(fnvStart, version))
	}
	return page, err
}

// itemsPage is the answer of each list of recommendations: JSON that is written
// as it is. Writing gives the memory back, so an answer is written once.
type itemsPage struct {
	items []recommend.Item
	body  []byte
	// etag is empty where that of the Result will do.
	etag string
}

func (page *itemsPage) etagOf() string { return page.etag }

var itemsPages = sync.Pool{New: func() any { return new(itemsPage) }}

// items renders a page of a list of which query gives any part. own is what a
// person calls the community at hand.
func (s *snapshot) items(l list, cursor string, limit int, own string, query func(dst []recommend.Item, offset, limit int) []recommend.Item) (*itemsPage, error) {
	offset, err := l.offset(cursor)
	if err != nil {
		return nil, err
	}
	return s.page(l, offset, limit, own, nil, query), nil
}

// page renders the part of a list from a position, without the products hidden.
func (s *snapshot) page(l list, offset, limit int, own string, hidden []uint32, query func(dst []recommend.Item, offset, limit int) []recommend.Item) *itemsPage {
	page := itemsPages.Get().(*itemsPage)
	page.etag = ""
	page.items = query(page.items[:0], offset, limit+1)
	more := len(page.items) > limit
	shown := page.items[:min(limit, len(page.items))]
	if len(hidden) > 0 {
		shown = slices.DeleteFunc(shown, func(it recommend.Item) bool { return slices.Contains(hidden, it.Product) })
	}

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
	return page
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
