package api

import (
	"context"

	"kith/community/recommend"
)

// GetProduct serves GET /v1/products/{id}.
func (h *handlers) GetProduct(ctx context.Context, r GetProductRequestObject) (GetProductResponseObject, error) {
	s := snapshotOf(ctx)
	p, err := s.product(r.ID)
	if err != nil {
		return nil, err
	}
	record := &s.Catalogue[p]
	product := GetProduct200JSONResponse{
		ID: r.ID, Name: record.Name, Category: record.Category,
		AvailableFrom: record.AvailableFrom.UTC(), AvailableTo: record.AvailableTo.UTC(),
		Buyers: int(s.Recommend.Buyers[p]), Result: s.Run.ID,
	}
	if record.Price >= 0 {
		product.Price = &record.Price
	}
	return product, nil
}

// ListSimilarProducts serves GET /v1/products/{id}/similar.
func (h *handlers) ListSimilarProducts(ctx context.Context, r ListSimilarProductsRequestObject) (ListSimilarProductsResponseObject, error) {
	s := snapshotOf(ctx)
	p, err := s.product(r.ID)
	if err != nil {
		return nil, err
	}
	l := listOf(s.Run.ID, "similar", r.ID)
	return s.items(l, r.Params.Cursor, limitOr(r.Params.Limit, pageSize), "", func(dst []recommend.Item, offset, limit int) []recommend.Item {
		return s.Recommend.SimilarTo(dst, []uint32{p}, recommend.Query{Customer: recommend.Unknown, Offset: offset, Limit: limit})
	})
}
