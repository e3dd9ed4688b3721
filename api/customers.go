package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"kith/api/analysis"
	"kith/community/recommend"
	"kith/graph"
)

// Histories tells what the events and the master data say of customers.
type Histories interface {
	// History gathers what is known of a customer in a period. It returns
	// ErrUnknown where that is nothing, and a graph.PeriodError where the
	// period means nothing.
	History(ctx context.Context, id string, p graph.Period) (History, error)
}

// How much of the lists of a result is on a customer's page.
const (
	tiesShown  = 12
	itemsShown = 8
)

// GetCustomer serves GET /v1/customers/{id}.
func (h *handlers) GetCustomer(ctx context.Context, r GetCustomerRequestObject) (GetCustomerResponseObject, error) {
	s := snapshotOf(ctx)
	p := graph.Period{From: r.Params.From, To: r.Params.To, AsOf: r.Params.AsOf}
	c, err := s.customerAt(ctx, r.ID, p, h.histories)
	if err != nil {
		return nil, err
	}
	return GetCustomer200JSONResponse(c), nil
}

// Describe is what GET /v1/customers/{id} answers for a Result, for programs
// that do not serve. Histories may be nil.
func Describe(ctx context.Context, r *analysis.Result, id string, p graph.Period, histories Histories) (Customer, error) {
	s, err := newSnapshot(ctx, r, "")
	if err != nil {
		return Customer{}, err
	}
	c, err := s.customerAt(ctx, id, p, histories)
	var problem *problemError
	if errors.As(err, &problem) && problem.status == http.StatusNotFound {
		err = fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return c, err
}

// customerAt is all that there is to say about a customer: of whom the history tells,
// and so the standing does, too. A number that somebody holds may be a customer of its
// own in the result, for a time in which nobody held it.
func (s *snapshot) customerAt(ctx context.Context, id string, p graph.Period, histories Histories) (Customer, error) {
	history, missing, err := historyOf(ctx, id, p, histories)
	if err != nil {
		return Customer{}, err
	}
	u, whose := s.Customer(history.Customer)
	if !whose {
		u, err = s.customer(id)
	}
	if err != nil {
		if n := history.Purchases.Cancelled; n > 0 && history.Purchases.Lines+history.Purchases.Returns == 0 {
			err = notFound("result %s does not have the customer %q: %s, and where something else was loaded since, run an analysis", s.Run.ID, id, CancelledLines(n))
		} else if history.Customer != "" {
			err = notFound("result %s does not have the customer %q, of whom something was loaded since: run an analysis", s.Run.ID, id)
		}
		return Customer{}, err
	}
	c := s.about(u)
	c.History, c.HistoryMissing = history, missing
	c.RiskReceipt = s.receipt(u)
	ties := s.ties(u)
	c.Ties = s.neighbours(ties[:min(tiesShown, len(ties))])
	items := s.Recommend.For(nil, recommend.Query{Customer: u, Owned: s.owned(u, s.recent.Load().of(u).bought), Limit: itemsShown})
	if c.Recommendations, err = s.recommendations(items, "the customer's community"); err != nil {
		return Customer{}, err
	}
	c.Community = s.customerCommunity(u)
	c.Run = CustomerRun{
		At: s.Run.At.UTC(), AsOf: s.Run.AsOf.UTC(), Window: Window{From: s.Run.Window.From.UTC(), To: s.Run.Window.To.UTC()},
		Version: s.Run.Version, Inputs: len(s.Run.Inputs),
	}
	return c, nil
}

// CancelledLines says how many lines count for nothing.
func CancelledLines(n int64) string {
	return graph.Counted(n, "line") + " of cancelled orders " + graph.Agree(n, "counts", "count") + " for nothing"
}

// historyOf asks for a history, or says why there is none.
func historyOf(ctx context.Context, id string, p graph.Period, histories Histories) (h History, missing string, err error) {
	if histories == nil {
		return h, "this server has no data folder, so what was loaded about the customer is not known here", nil
	}
	h, err = histories.History(ctx, id, p)
	var wrong *graph.PeriodError
	switch {
	case errors.As(err, &wrong):
		return h, "", badRequest(ParameterError{wrong.Time, wrong.Reason})
	case errors.Is(err, ErrUnknown):
		return h, "the data folder has nothing about this customer: the result comes from another one, or from a graph that was there before", nil
	}
	return h, "", err
}

// customerCommunity is the community of level 0 of a customer, zero for none.
func (s *snapshot) customerCommunity(u uint32) CustomerCommunity {
	l := &s.Levels[0]
	c := l.Of[u]
	if c == analysis.None {
		return CustomerCommunity{}
	}
	k := CustomerCommunity{ID: l.IDs.At(c), Size: int(l.Size[c]), Risk: l.Risk[c]}
	for _, v := range l.MembersOf(c) {
		if s.Gone[v] {
			k.Gone++
		}
	}
	if v := l.Leader[c]; v != analysis.None {
		k.Leader = s.Customers.At(v)
		k.Name = "the community of " + k.Leader
	}
	if v := l.Disseminator[c]; v != analysis.None {
		k.Disseminator = s.Customers.At(v)
	}
	return k
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
