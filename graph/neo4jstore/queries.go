package neo4jstore

import (
	"embed"
	"strings"

	"kith/graph"
)

//go:embed queries/*.cypher
var queryFiles embed.FS

// query is the text of queries/NAME.cypher.
func query(name string) string {
	text, err := queryFiles.ReadFile("queries/" + name + ".cypher")
	if err != nil {
		panic(err) // a name that is not in the folder is a programmer's error
	}
	return string(text)
}

// figures are the properties that a tie of each kind has for the fields of
// graph.Tie, weight first, in the order of rowOf.
var figures = [len(graph.Kinds)][]string{
	graph.Called: {"weight", "calls", "messages", "seconds", "first", "last"},
	graph.Bought: {"weight", "times", "quantity", "amount", "first", "last"},
	graph.Viewed: {"weight", "views", "dwell_s", "first", "last"},
}

// rowOf is a tie as the queries tie_add and tie_set take it, behind its end.
func rowOf(k graph.Kind, t graph.Tie) []any {
	first, last := timeOrNil(t.First), timeOrNil(t.Last)
	switch k {
	case graph.Called:
		return []any{t.Weight, t.Count, t.Messages, t.Seconds, first, last}
	case graph.Bought:
		return []any{t.Weight, t.Count, t.Quantity, t.Amount, first, last}
	}
	return []any{t.Weight, t.Count, t.Seconds, first, last}
}

// tieQuery is the query of that name for ties of a kind. Cypher has no parameter
// for a type or a label; all that is put in stands in this file.
func tieQuery(name string, k graph.Kind) string {
	var put, columns []string
	for i, figure := range figures[k] {
		put = append(put, figure+": r["+string(rune('1'+i))+"]")
		columns = append(columns, "collect(coalesce(r."+figure+", false)) AS "+figure)
	}
	return strings.NewReplacer(
		":TIE", ":"+k.String(),
		":TARGET", ":"+targetLabel(k),
		"FIGURES", strings.Join(put, ", "),
		"COLUMNS", strings.Join(columns, ",\n        "),
	).Replace(query(name))
}

// targetLabel is the label of the nodes that ties of a kind lead to.
func targetLabel(k graph.Kind) string {
	if k == graph.Called {
		return "Customer"
	}
	return "Product"
}

// labelQuery is the query of that name for a label that stands in this package.
func labelQuery(name, label string) string { return labelled(query(name), label) }

// labelled puts a label into a query, that of nodes that have left, and the properties
// that nodes have of kith.
func labelled(text, label string) string {
	own := takenNames
	if label == "Product" {
		own = productNames
	}
	var nothing []string
	for _, name := range own {
		if name != "id" {
			nothing = append(nothing, name+": null")
		}
	}
	return strings.NewReplacer(
		":LABEL", ":"+label, ":FORMER", ":KithFormer"+label,
		"OWN", "['"+strings.Join(own, "', '")+"']", "NOTHING", "{"+strings.Join(nothing, ", ")+"}",
	).Replace(text)
}
