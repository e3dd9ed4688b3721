package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"kith/community/recommend"
)

type customerPage struct {
	frame
	About      Customer
	Path       []CommunityRef
	Receipt    RiskReceipt
	Parts      []receiptRow
	Ties       []Neighbour
	Items      []Recommendation
	Attributes []attribute
}

type receiptRow struct {
	Label, Customer string
	Part            float64
	Bar             bar
}

type attribute struct{ Name, Value string }

func (s *Server) customerPage(snapshot *snapshot, c echo.Context) (string, any, error) {
	id, err := pathID(c)
	if err != nil {
		return "", nil, err
	}
	u, err := snapshot.customer(id)
	if err != nil {
		return "", nil, err
	}
	data := customerPage{frame: s.frame("Customer "+id, snapshot), About: snapshot.about(u), Receipt: snapshot.receipt(u)}
	data.Path = slices.Clone(data.About.Communities)
	slices.Reverse(data.Path)
	data.Parts = receiptRows(&data.Receipt)
	ties := snapshot.ties(u)
	data.Ties = snapshot.neighbours(ties[:min(12, len(ties))])
	items := snapshot.Recommend.For(nil, recommend.Query{Customer: u, Owned: snapshot.owned(u, snapshot.recent.Load().of(u).bought), Limit: 8})
	if data.Items, err = snapshot.recommendations(items, "the customer's community"); err != nil {
		return "", nil, err
	}
	data.Attributes = attributesOf(data.About.Attributes)
	return "customer", data, nil
}

// receiptRows are the terms of a risk: the own part, the ties, the rest.
func receiptRows(r *RiskReceipt) []receiptRow {
	rows := []receiptRow{{Label: "Without departures near", Part: r.Own}}
	for _, p := range r.Parts {
		rows = append(rows, receiptRow{Customer: p.Customer, Part: p.Part})
	}
	if r.Other != 0 {
		rows = append(rows, receiptRow{Label: "Others who left", Part: r.Other})
	}
	largest := 0.0
	for _, row := range rows {
		largest = max(largest, row.Part)
	}
	for i := range rows {
		rows[i].Bar = barOf(rows[i].Part, largest, i > 0)
	}
	return rows
}

// attributesOf lists the members of a JSON object by name.
func attributesOf(object json.RawMessage) []attribute {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) != nil {
		return nil
	}
	var list []attribute
	for name, value := range members {
		var text string
		if json.Unmarshal(value, &text) != nil {
			text = string(value)
		}
		list = append(list, attribute{name, text})
	}
	slices.SortFunc(list, func(a, b attribute) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// findCustomer takes the search field to the customer's page.
func findCustomer(c echo.Context) error {
	id := strings.TrimSpace(c.QueryParam("id"))
	if id == "" {
		return c.Redirect(http.StatusSeeOther, "/")
	}
	return c.Redirect(http.StatusSeeOther, "/customers/"+url.PathEscape(id))
}
