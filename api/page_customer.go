package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"kith/graph"
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
	// Asked is the id that was asked for where it is another of the person's.
	Asked string
	// etag is the validator of a page that tells more than the Result.
	etag string
}

func (p customerPage) etagOf() string { return p.etag }

type receiptRow struct {
	Label, Customer string
	Part            float64
	Bar             bar
}

type attribute struct {
	Name, Value, From string
	Others            int // values of other records of the person
}

// textOf is a JSON value as a person writes it.
func textOf(v json.RawMessage) string {
	var text string
	if json.Unmarshal(v, &text) != nil {
		return string(v)
	}
	return text
}

func (s *Server) customerPage(snapshot *snapshot, c echo.Context) (string, any, error) {
	id, err := pathID(c)
	if err != nil {
		return "", nil, err
	}
	period := graph.Period{From: c.QueryParam("from"), To: c.QueryParam("to"), AsOf: c.QueryParam("as_of")}
	about, err := snapshot.customerAt(c.Request().Context(), id, period, s.options.Histories)
	if err != nil {
		return "", nil, err
	}
	data := customerPage{frame: s.frame("Customer "+about.ID, snapshot), About: about, Receipt: about.RiskReceipt, Ties: about.Ties, Items: about.Recommendations}
	if id != about.ID {
		data.Asked = id
	}
	data.Path = slices.Clone(data.About.Communities)
	slices.Reverse(data.Path)
	data.Parts = receiptRows(&data.Receipt)
	if len(about.History.Master) == 0 {
		data.Attributes = attributesOf(data.About.Attributes)
	}
	for _, v := range about.History.Master {
		a := attribute{Name: v.Name, Value: textOf(v.Value), From: v.File, Others: v.Others}
		if v.Record != about.ID {
			a.From += ", as " + v.Record
		}
		data.Attributes = append(data.Attributes, a)
	}
	if about.History.Customer != "" {
		if data.etag, err = etagWith(snapshot.etag, about.History); err != nil {
			return "", nil, err
		}
	}
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
		list = append(list, attribute{Name: name, Value: textOf(value)})
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
