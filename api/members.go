package api

import (
	"cmp"
	"context"
	"slices"
)

// ListCommunityMembers serves GET /v1/communities/{id}/members.
func (h *handlers) ListCommunityMembers(ctx context.Context, r ListCommunityMembersRequestObject) (ListCommunityMembersResponseObject, error) {
	s := snapshotOf(ctx)
	p, err := s.place(r.ID)
	if err != nil {
		return nil, err
	}
	items, next, err := s.members(p, r.Params.Cursor, limitOr(r.Params.Limit, pageSize))
	if err != nil {
		return nil, err
	}
	return ListCommunityMembers200JSONResponse{Items: items, NextCursor: next, Result: s.Run.ID}, nil
}

// members is a page of a community's members by falling risk, ties by customer.
// Time O(members) for the pages at the front, O(members · log members) deeper in.
func (s *snapshot) members(p place, cursor string, limit int) ([]Member, *string, error) {
	l := &s.Levels[p.level]
	all := l.MembersOf(p.community)
	from, to, next, err := listOf(s.Run.ID, "members", l.IDs.At(p.community)).page(cursor, limit, len(all))
	if err != nil {
		return nil, nil, err
	}
	order := foremost(all, to, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(s.Risk[b], s.Risk[a]), cmp.Compare(a, b))
	})
	items := make([]Member, 0, to-from)
	for _, u := range order[from:to] {
		items = append(items, Member{
			Customer: s.Customers.At(u), Role: Role(s.Role[u].String()), Core: s.Core[u], Gone: s.Gone[u],
			Risk: s.Risk[u], Susceptibility: s.Susceptibility[u],
			Authority: s.Authority[u], Dissemination: s.Dissemination[u], Spend: s.Spend[u],
		})
	}
	return items, next, nil
}

// fewForemost is up to how many foremost ones it is faster to insert each among
// them than to sort all.
const fewForemost = 1024

// foremost gives the first n of a list in order, and leaves the list alone.
func foremost(all []uint32, n int, compare func(a, b uint32) int) []uint32 {
	if n > fewForemost {
		order := slices.Clone(all)
		slices.SortFunc(order, compare)
		return order[:n]
	}
	top := make([]uint32, 0, n+1)
	for _, u := range all {
		if len(top) == n && (n == 0 || compare(top[n-1], u) <= 0) {
			continue
		}
		at, _ := slices.BinarySearchFunc(top, u, compare)
		top = slices.Insert(top, at, u)
		top = top[:min(len(top), n)]
	}
	return top
}
