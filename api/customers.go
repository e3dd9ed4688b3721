package api

import (
	"context"
	"encoding/json"

	"kith/api/analysis"
)

// GetCustomer serves GET /v1/customers/{id}.
func (h *handlers) GetCustomer(ctx context.Context, r GetCustomerRequestObject) (GetCustomerResponseObject, error) {
	s := snapshotOf(ctx)
	u, err := s.customer(r.ID)
	if err != nil {
		return nil, err
	}
	return GetCustomer200JSONResponse(s.about(u)), nil
}

// GetCustomerRisk serves GET /v1/customers/{id}/risk.
func (h *handlers) GetCustomerRisk(ctx context.Context, r GetCustomerRiskRequestObject) (GetCustomerRiskResponseObject, error) {
	s := snapshotOf(ctx)
	u, err := s.customer(r.ID)
	if err != nil {
		return nil, err
	}
	return GetCustomerRisk200JSONResponse(s.receipt(u)), nil
}

// about is all that is known of a customer.
func (s *snapshot) about(u uint32) Customer {
	c := Customer{
		ID: s.Customers.At(u), Attributes: json.RawMessage("{}"),
		Communities: []CommunityRef{}, Memberships: []Membership{},
		Role: Role(s.Role[u].String()), Core: s.Core[u], Gone: s.Gone[u],
		Risk: s.Risk[u], Susceptibility: s.Susceptibility[u],
		Pagerank: s.PageRank[u], Authority: s.Authority[u], Dissemination: s.Dissemination[u],
		Value: Value{Spend: s.Spend[u], Currency: s.Run.Currency},
		Counts: Counts{
			Called: int(s.OutDegree[u]), Callers: int(s.InDegree[u]),
			Contacts: int64(s.Contacts[u]), Products: s.Bought.Degree(u),
		},
		Result: s.Run.ID,
	}
	if a := s.Attributes.At(u); a != "" && json.Valid([]byte(a)) {
		c.Attributes = json.RawMessage(a)
	}
	for i := range s.Levels {
		l := &s.Levels[i]
		if of := l.Of[u]; of != analysis.None {
			c.Communities = append(c.Communities, CommunityRef{ID: l.IDs.At(of), Level: i, Size: int(l.Size[of])})
		}
	}
	for m := s.MembershipOffsets[u]; m < s.MembershipOffsets[u+1]; m++ {
		c.Memberships = append(c.Memberships, Membership{
			Community: s.Levels[0].IDs.At(s.MembershipCommunity[m]), Degree: s.MembershipDegree[m],
		})
	}
	return c
}

// receipt is a customer's risk and what it is made of.
func (s *snapshot) receipt(u uint32) RiskReceipt {
	r := RiskReceipt{
		Customer: s.Customers.At(u), Gone: s.Gone[u], Risk: s.Risk[u], BaseRisk: s.Run.BaseRisk,
		Own: s.RiskOwn[u], Parts: []RiskPart{}, Other: s.RiskOther[u], Result: s.Run.ID,
	}
	for i := s.RiskOffsets[u]; i < s.RiskOffsets[u+1]; i++ {
		r.Parts = append(r.Parts, RiskPart{Customer: s.Customers.At(s.RiskFrom[i]), Part: s.RiskPart[i]})
	}
	return r
}
