package neo4jstore

import "kith/graph"

// step is a query that makes changes, many rows at a time. The steps of a batch
// are made by their turns: nodes before the ties between them, old ties out of
// the way before new ones come, nodes that leave last. Notes in a database have the
// numbers, so that new steps come at the end.
type step uint8

const (
	putCustomer step = iota
	putProduct
	tieSteps // here begin those of ties, four for each kind
)

// What can happen to a tie, added to tieSteps + 4*kind.
const (
	mendTie step = iota
	dropTie
	setTie
	addTie
)

const (
	putCommunity step = tieSteps + 4*step(len(graph.Kinds)) + iota
	putMembership
	putPreference
	putFinding
	putMerged
	keepCustomer
	keepProduct
	dropCustomer
	dropProduct
	returnCustomer
	returnProduct
	stepCount
)

// turn is when a step is made: in the order of the numbers, but for nodes that come
// back.
func (s step) turn() int {
	if s == returnCustomer || s == returnProduct {
		return int(s) - int(stepCount)
	}
	return int(s)
}

// tieStep is the step for a kind of ties.
func tieStep(k graph.Kind, what step) step { return tieSteps + 4*step(k) + what }

// isTie tells whether the step is about ties of the network.
func (s step) isTie() bool { return s >= tieSteps && s < putCommunity }

// grouped tells whether rows of the step are [from, to, …] and are handed to the
// query by from, as [from, [[to, …], …]], so that it looks from up once.
func (s step) grouped() bool { return s.isTie() || s == putMembership || s == putPreference }

// named says which nodes of the graph rows of the step name without making them:
// their label, and the place of their id in a row. The step's query counts the rows
// whose node is there, as to look for a node is quicker than to see to it.
func (s step) named() (label string, place int, ok bool) {
	switch s {
	case putMembership:
		return "Customer", 1, true
	case putPreference:
		return "Product", 1, true
	case putFinding:
		return "Customer", 0, true
	}
	return "", 0, false
}

// text is the query of the step.
func (s step) text() string {
	if s.isTie() {
		k := graph.Kind((s - tieSteps) / 4)
		return tieQuery([...]string{"tie_mend", "tie_drop", "tie_set", "tie_add"}[(s-tieSteps)%4], k)
	}
	switch s {
	case putCustomer:
		return query("customer_put")
	case putProduct:
		return query("product_put")
	case putCommunity:
		return query("community_put")
	case putMembership:
		return query("membership_put")
	case putPreference:
		return query("preference_put")
	case putMerged:
		return query("merged_put")
	case keepCustomer:
		return labelQuery("node_keep", "Customer")
	case keepProduct:
		return labelQuery("node_keep", "Product")
	case dropCustomer:
		return labelQuery("node_drop", "Customer")
	case dropProduct:
		return labelQuery("node_drop", "Product")
	case returnCustomer:
		return query("customer_return")
	case returnProduct:
		return query("product_return")
	}
	return query("finding_put")
}

// params are rows of one step as its query takes them.
func (s step) params(rows [][]any) map[string]any {
	list := make([]any, 0, len(rows))
	if !s.grouped() {
		for _, row := range rows {
			list = append(list, row)
		}
		return map[string]any{"rows": list}
	}
	var from any
	var ties []any
	for _, row := range rows {
		if row[0] != from {
			if ties != nil {
				list = append(list, []any{from, ties})
			}
			from, ties = row[0], nil
		}
		ties = append(ties, row[1:])
	}
	if ties != nil {
		list = append(list, []any{from, ties})
	}
	return map[string]any{"rows": list}
}
