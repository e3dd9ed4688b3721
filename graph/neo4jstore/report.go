package neo4jstore

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"kith/graph"
)

// Report says what a Visitor found while it read a mapped graph.
type Report struct {
	Customers NodeReport   `json:"customers"`
	Products  NodeReport   `json:"products"`
	Ties      []*TieReport `json:"ties"` // in the order of the map
	// NoDate are customers whose left date is none.
	NoDate int64 `json:"no_date,omitempty"`
}

// NodeReport counts mapped nodes: Nodes = those read + NoID + Duplicates.
type NodeReport struct {
	Labels []string `json:"labels"`
	ID     string   `json:"id"`
	Nodes  int64    `json:"nodes"`
	// NoID lack an id, or have one that is neither text nor whole number.
	// BadID shows the smallest such id, if there is one that is something.
	NoID  int64  `json:"no_id,omitempty"`
	BadID string `json:"bad_id,omitempty"`
	// Duplicates have an id that another node has; Twice are the first such
	// ids by the alphabet.
	Duplicates int64    `json:"duplicates,omitempty"`
	Twice      []string `json:"twice,omitempty"`
}

// TieReport counts the relationships of one type that touch a customer:
// Relationships = Ties + those of customers who are left out + Elsewhere + Loops
// + NoWeight + BadWeight.
type TieReport struct {
	Kind   string `json:"leads_to"` // customer or product
	Type   string `json:"type"`
	Then   string `json:"then,omitempty"` // the type of the second step
	Weight string `json:"weight,omitempty"`
	Amount string `json:"amount,omitempty"`

	Relationships int64 `json:"relationships"`
	Ties          int64 `json:"ties"`
	Elsewhere     int64 `json:"elsewhere,omitempty"` // lead to a node that is not mapped
	Loops         int64 `json:"loops,omitempty"`     // lead from a customer to itself
	NoWeight      int64 `json:"no_weight,omitempty"` // lack the property
	BadWeight     int64 `json:"bad_weight,omitempty"`
	NoAmount      int64 `json:"no_amount,omitempty"` // have an amount that is no number, taken for 0
	// Example is the first by the alphabet of those with a bad weight.
	Example string `json:"example,omitempty"`

	strangeTimes bool
}

// shownIDs is how many ids a report gives as examples.
const shownIDs = 3

func (n *NodeReport) lacks(fault string, _ int64) {
	n.NoID++
	if fault != "none" && (n.BadID == "" || fault < n.BadID) {
		n.BadID = fault
	}
}

func (n *NodeReport) twice(id string) {
	n.Duplicates++
	if i, there := slices.BinarySearch(n.Twice, id); !there && i < shownIDs {
		n.Twice = slices.Insert(n.Twice, i, strings.Clone(id))
		n.Twice = n.Twice[:min(len(n.Twice), shownIDs)]
	}
}

// weigh is the weight of a relationship, if it has one.
func (t *TieReport) weigh(v any, missing *float64, from, to string) (float64, bool) {
	if v == "" {
		if missing == nil {
			t.NoWeight++
			return 0, false
		}
		return *missing, true
	}
	w, ok := number(v)
	if !ok || !(w >= 0) {
		t.bad(v, from, to)
		return 0, false
	}
	return w, true
}

func (t *TieReport) bad(v any, from, to string) {
	t.BadWeight++
	if text := fmt.Sprintf("from %.60q to %.60q: %.60s", from, to, fmt.Sprint(v)); t.Example == "" || text < t.Example {
		t.Example = text
	}
}

// Problem is one thing that somebody should know about a mapped graph.
type Problem struct {
	// Grave says that the graph cannot be read like this.
	Grave bool   `json:"grave"`
	Text  string `json:"text"`
}

// Problems lists what is wrong, a sentence each with what to do, the grave ones
// first.
func (r *Report) Problems() []Problem {
	var list []Problem
	say := func(grave bool, format string, args ...any) {
		list = append(list, Problem{grave, fmt.Sprintf(format, args...)})
	}
	for _, n := range []struct {
		key string
		*NodeReport
	}{{"customers", &r.Customers}, {"products", &r.Products}} {
		n.problems(n.key, say)
	}
	for _, t := range r.Ties {
		t.problems(say)
	}
	if r.NoDate > 0 {
		say(false, "%s %s a left date that is no date and %s as still here; set it to a date or a time.", graph.Counted(r.NoDate, "customer"),
			graph.Agree(r.NoDate, "has", "have"), graph.Agree(r.NoDate, "counts", "count"))
	}
	slices.SortStableFunc(list, func(a, b Problem) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		}
		return 1
	})
	return list
}

func (n *NodeReport) problems(key string, say func(bool, string, ...any)) {
	if n.Labels == nil {
		return // not mapped
	}
	labels := make([]string, len(n.Labels))
	for i, label := range n.Labels {
		labels[i] = shownName(label)
	}
	what := strings.Join(labels, " or ") + " node"
	switch {
	case n.Nodes == 0:
		say(key == "customers", "No %s matches the map under %s: correct the labels or the filters.", what, key)
	case n.NoID == n.Nodes:
		say(true, "None of the %s has a usable %q: name under %s the property that has the id.", graph.Counted(n.Nodes, what), n.ID, key)
	case n.NoID > 0 && n.BadID != "":
		say(false, "%s of %d %s a usable %q, such as %s: left out; give each a text or a whole number.", graph.Counted(n.NoID, what), n.Nodes, graph.Agree(n.NoID, "lacks", "lack"), n.ID, n.BadID)
	case n.NoID > 0:
		say(false, "%s of %d %s %q: left out; give each an id.", graph.Counted(n.NoID, what), n.Nodes, graph.Agree(n.NoID, "lacks", "lack"), n.ID)
	}
	if n.Duplicates > 0 {
		ids := make([]string, len(n.Twice))
		for i, id := range n.Twice {
			ids[i] = fmt.Sprintf("%.60q", id)
		}
		say(true, "%s of %d %s a %q that another one has, such as %s: merge them, or name under %s a property that tells them apart.",
			graph.Counted(n.Duplicates, what), n.Nodes, graph.Agree(n.Duplicates, "has", "have"), n.ID, strings.Join(ids, ", "), key)
	}
}

func (t *TieReport) problems(say func(bool, string, ...any)) {
	what := shownName(t.Type) + " relationship"
	if t.Then != "" {
		what = shownName(t.Type) + "-" + shownName(t.Then) + " path"
	}
	if t.Relationships == 0 {
		say(false, "No customer has a %s: correct the type or the direction, or take it out of the map.", what)
		return
	}
	if t.Elsewhere > 0 {
		say(false, "%s of %d %s from a customer to a node that is no %s: left out; map that node's label too if they should count.",
			graph.Counted(t.Elsewhere, what), t.Relationships, graph.Agree(t.Elsewhere, "leads", "lead"), t.Kind)
	}
	if t.Loops > 0 {
		say(false, "%s %s from a customer to itself: left out.", graph.Counted(t.Loops, what), graph.Agree(t.Loops, "leads", "lead"))
	}
	if t.NoWeight > 0 {
		say(false, "%s of %d %s %q: left out; set it, or say under default what they weigh.", graph.Counted(t.NoWeight, what), t.Relationships, graph.Agree(t.NoWeight, "lacks", "lack"), t.Weight)
	}
	if t.BadWeight > 0 {
		say(false, "%s of %d %s a %q that is no number of 0 or more, such as the one %s: left out; correct it, or choose another property.",
			graph.Counted(t.BadWeight, what), t.Relationships, graph.Agree(t.BadWeight, "has", "have"), t.Weight, t.Example)
	}
	if t.NoAmount > 0 {
		say(false, "%s of %d %s an %q that is no number: it counts as 0; correct it.", graph.Counted(t.NoAmount, what), t.Relationships, graph.Agree(t.NoAmount, "has", "have"), t.Amount)
	}
	if t.strangeTimes {
		say(false, "Some %ss have first or last times that are none: they do not widen the window; set them to a date or a time.", what)
	}
}

// shownName is a name as it is, or quoted where a line of text would not survive
// it.
func shownName(name string) string {
	for _, r := range name {
		if !unicode.IsPrint(r) {
			return strconv.Quote(name)
		}
	}
	return name
}

// refuse is an error if the graph cannot be read through the map.
func (r *Report) refuse(m *GraphMap) error {
	var faults []error
	for _, p := range r.Problems() {
		if p.Grave && r.Customers.Nodes > 0 {
			faults = append(faults, &graph.DataError{File: m.file, Reason: p.Text})
		}
	}
	return first(faults)
}
