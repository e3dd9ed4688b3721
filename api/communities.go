package api

import (
	"context"
	"fmt"
	"math"
	"strconv"

	"kith/api/analysis"
	"kith/community/recommend"
)

// ListCommunities serves GET /v1/communities.
func (h *handlers) ListCommunities(ctx context.Context, r ListCommunitiesRequestObject) (ListCommunitiesResponseObject, error) {
	s := snapshotOf(ctx)
	items, next, err := s.listCommunities(r.Params.Sort, r.Params.Level, r.Params.Cursor, limitOr(r.Params.Limit, pageSize))
	if err != nil {
		return nil, err
	}
	return ListCommunities200JSONResponse{Items: items, NextCursor: next, Result: s.Run.ID}, nil
}

// listCommunities is a page of the communities of a level in the order asked for.
func (s *snapshot) listCommunities(sort CommunitySort, level int, cursor string, limit int) ([]Community, *string, error) {
	if level >= len(s.Levels) {
		return nil, nil, badRequest(ParameterError{"level", fmt.Sprintf("this result has levels 0 to %d", len(s.Levels)-1)})
	}
	if sort == "" {
		sort = CommunitySortRisk
	}
	order := s.orders[level][sort]
	from, to, next, err := listOf(s.Run.ID, "communities", string(sort), strconv.Itoa(level)).page(cursor, limit, len(order))
	if err != nil {
		return nil, nil, err
	}
	items := make([]Community, 0, to-from)
	for _, c := range order[from:to] {
		items = append(items, s.community(place{level, c}))
	}
	return items, next, nil
}

// community is one community as it stands in a list.
func (s *snapshot) community(p place) Community {
	l, c := &s.Levels[p.level], p.community
	found := Community{
		ID: l.IDs.At(c), Level: p.level, Size: int(l.Size[c]),
		Density: finite(l.Density[c]), CoreFraction: finite(l.CoreFraction[c]),
		Risk: finite(l.Risk[c]), ExpectedLoss: finite(l.ExpectedLoss[c]),
		Leader:       s.lead(l.Leader[c], l.LeaderConfidence[c]),
		Disseminator: s.lead(l.Disseminator[c], l.DisseminatorConfidence[c]),
	}
	if p.level+1 < len(s.Levels) {
		found.Parent = s.Levels[p.level+1].IDs.At(l.Parent[c])
	}
	return found
}

// lead names a leader; the zero value, which is left out, where there is none.
func (s *snapshot) lead(u uint32, confidence float64) Lead {
	if u == analysis.None {
		return Lead{}
	}
	return Lead{Customer: s.Customers.At(u), Confidence: finite(confidence), Gone: s.Gone[u]}
}

// finite is f, or the nearest that JSON has a number for.
func finite(f float64) float64 {
	if math.IsNaN(f) {
		return 0
	}
	return max(-math.MaxFloat64, min(f, math.MaxFloat64))
}

// GetCommunity serves GET /v1/communities/{id}.
func (h *handlers) GetCommunity(ctx context.Context, r GetCommunityRequestObject) (GetCommunityResponseObject, error) {
	s := snapshotOf(ctx)
	p, err := s.place(r.ID)
	if err != nil {
		return nil, err
	}
	return GetCommunity200JSONResponse(s.detail(p)), nil
}

// detail is one community with what its list leaves out.
func (s *snapshot) detail(p place) CommunityDetail {
	c := s.community(p)
	d := CommunityDetail{
		ID: c.ID, Level: c.Level, Parent: c.Parent, Size: c.Size, Density: c.Density, CoreFraction: c.CoreFraction,
		Risk: c.Risk, ExpectedLoss: c.ExpectedLoss, Leader: c.Leader, Disseminator: c.Disseminator,
		BaseRisk: s.Run.BaseRisk, Currency: s.Run.Currency, Roles: map[string]int{}, Result: s.Run.ID,
	}
	for _, u := range s.Levels[p.level].MembersOf(p.community) {
		d.Roles[s.Role[u].String()]++
		if s.Gone[u] {
			d.Gone++
		}
	}
	return d
}

// ListPopularProducts serves GET /v1/communities/{id}/popular.
func (h *handlers) ListPopularProducts(ctx context.Context, r ListPopularProductsRequestObject) (ListPopularProductsResponseObject, error) {
	s := snapshotOf(ctx)
	p, err := s.place(r.ID)
	if err != nil {
		return nil, err
	}
	by := recommend.ByScore
	if r.Params.Sort == PopularSortLift {
		by = recommend.ByLift
	}
	l := listOf(s.Run.ID, "popular", r.ID, string(r.Params.Sort))
	return s.items(l, r.Params.Cursor, limitOr(r.Params.Limit, pageSize), "this community", func(dst []recommend.Item, offset, limit int) []recommend.Item {
		return s.Recommend.Popular(dst, p.level, p.community, by, offset, limit)
	})
}
