package api

import (
	"cmp"
	"context"
	"slices"

	"kith/graph"
)

// ListCustomerNeighbours serves GET /v1/customers/{id}/neighbours.
func (h *handlers) ListCustomerNeighbours(ctx context.Context, r ListCustomerNeighboursRequestObject) (ListCustomerNeighboursResponseObject, error) {
	s := snapshotOf(ctx)
	u, err := s.customer(r.ID)
	if err != nil {
		return nil, err
	}
	ties := s.ties(u)
	from, to, next, err := listOf(s.Run.ID, "neighbours", r.ID).page(r.Params.Cursor, limitOr(r.Params.Limit, pageSize), len(ties))
	if err != nil {
		return nil, err
	}
	return ListCustomerNeighbours200JSONResponse{Items: s.neighbours(ties[from:to]), NextCursor: next, Result: s.Run.ID}, nil
}

// tie is what stands between a customer and another one.
type tie struct {
	to      uint32
	out, in float64
}

// ties merges the customer's calls out and in, the strongest first, ties by
// customer. A call to oneself is no tie.
func (s *snapshot) ties(u uint32) []tie {
	if s.Calls == nil {
		return nil
	}
	var ties []tie
	out, in := arcsOf(s.Calls, u), arcsOf(s.callers, u)
	for len(out.to) > 0 || len(in.to) > 0 {
		var t tie
		switch {
		case len(in.to) == 0 || len(out.to) > 0 && out.to[0] < in.to[0]:
			t.to, t.out = out.next()
		case len(out.to) == 0 || in.to[0] < out.to[0]:
			t.to, t.in = in.next()
		default:
			t.to, t.out = out.next()
			_, t.in = in.next()
		}
		if t.to != u {
			ties = append(ties, t)
		}
	}
	slices.SortFunc(ties, func(a, b tie) int {
		return cmp.Or(cmp.Compare(b.out+b.in, a.out+a.in), cmp.Compare(a.to, b.to))
	})
	return ties
}

// arcs is a row of a graph that is being read.
type arcs struct {
	to      []uint32
	weights []float32
}

func arcsOf(g *graph.Graph, u uint32) arcs { return arcs{g.Neighbours(u), g.WeightsOf(u)} }

func (a *arcs) next() (to uint32, weight float64) {
	to, weight = a.to[0], 1
	a.to = a.to[1:]
	if a.weights != nil {
		weight = float64(a.weights[0])
		a.weights = a.weights[1:]
	}
	return to, weight
}

func (s *snapshot) neighbours(ties []tie) []Neighbour {
	items := make([]Neighbour, 0, len(ties))
	for _, t := range ties {
		items = append(items, Neighbour{
			Customer: s.Customers.At(t.to), Weight: t.out + t.in, WeightOut: t.out, WeightIn: t.in,
			Community: s.communityID(t.to), Role: Role(s.Role[t.to].String()), Risk: s.Risk[t.to], Gone: s.Gone[t.to],
		})
	}
	return items
}
