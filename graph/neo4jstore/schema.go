package neo4jstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Schema is what a database has in it. Counts of nodes and relationships are the
// server's own and exact; properties, and what relationships join, come from a
// sample.
type Schema struct {
	Nodes         int64           `json:"nodes"`
	Relationships int64           `json:"relationships"`
	Labels        []LabelInfo     `json:"labels"` // the most nodes first
	Types         []TypeInfo      `json:"types"`  // the most relationships first
	Own           OwnGraph        `json:"kith"`
	Constraints   []ConstraintRow `json:"constraints,omitempty"`
	// Left counts the labels and types that were not looked at, as there are
	// so many.
	LabelsLeft int `json:"labels_left,omitempty"`
	TypesLeft  int `json:"types_left,omitempty"`
}

// OwnGraph says what kith has in the database.
type OwnGraph struct {
	// Store says that the database has, or had, a graph of kith's own.
	Store bool `json:"store"`
	// WriteBacks are the labels of the runs that were written back to it.
	WriteBacks []string `json:"write_backs,omitempty"`
}

// LabelInfo describes the nodes of a label.
type LabelInfo struct {
	Name       string         `json:"name"`
	Nodes      int64          `json:"nodes"`
	Sampled    int64          `json:"sampled"`
	Properties []PropertyInfo `json:"properties"`
}

// TypeInfo describes the relationships of a type.
type TypeInfo struct {
	Name          string         `json:"name"`
	Relationships int64          `json:"relationships"`
	Sampled       int64          `json:"sampled"`
	Loops         int64          `json:"loops,omitempty"`
	Ends          []EndsInfo     `json:"ends"` // the most frequent first
	Properties    []PropertyInfo `json:"properties"`
}

// EndsInfo counts relationships of a sample from nodes with one label to nodes
// with another. A node with several labels counts for each.
type EndsInfo struct {
	From  string `json:"from"`
	To    string `json:"to"`
	Times int64  `json:"times"`
}

// PropertyInfo describes a property in a sample.
type PropertyInfo struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"` // as valueType of Cypher names them, without NOT NULL
	Present  int64    `json:"present"`
	Distinct int64    `json:"distinct"`
	// Least is the smallest number, where there are numbers.
	Least *float64 `json:"least,omitempty"`
	// Unique says that a constraint keeps each value once.
	Unique bool `json:"unique,omitempty"`
}

// ConstraintRow is a constraint that keeps something unique.
type ConstraintRow struct {
	Label    string `json:"label"`
	Property string `json:"property"`
}

// schemaSample is how many nodes of a label, and relationships of a type, are
// looked at, and schemaNames how many labels and types.
const (
	schemaSample = 1000
	schemaNames  = 200
)

// Schema looks at what the database has in it. Its cost does not depend on the
// size of the graph but on the number of labels and types, of which it looks at
// 200 each.
func (v *Visitor) Schema(ctx context.Context) (*Schema, error) {
	s, err := v.schema(ctx)
	if err != nil {
		return nil, fmt.Errorf("look at the schema in Neo4j: %w", err)
	}
	return s, nil
}

func (v *Visitor) schema(ctx context.Context) (*Schema, error) {
	words, err := v.s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	s := &Schema{}
	if s.Nodes, err = v.s.count(ctx, "MATCH (n) RETURN count(n)"); err != nil {
		return nil, err
	}
	if s.Relationships, err = v.s.count(ctx, "MATCH ()-[r]->() RETURN count(r)"); err != nil {
		return nil, err
	}
	for _, name := range words.labels {
		n, err := v.s.count(ctx, "MATCH (n:"+cypherName(name)+") RETURN count(n)")
		if err != nil {
			return nil, err
		}
		switch {
		case name == "KithState" && n > 0:
			s.Own.Store = true
		case strings.HasSuffix(name, "WriteLock") && n > 0:
			s.Own.WriteBacks = append(s.Own.WriteBacks, strings.TrimSuffix(name, "WriteLock")+"Run")
		}
		if n > 0 { // a name outlives its nodes
			s.Labels = append(s.Labels, LabelInfo{Name: name, Nodes: n})
		}
	}
	slices.SortStableFunc(s.Labels, func(a, b LabelInfo) int { return cmp.Compare(b.Nodes, a.Nodes) })
	s.LabelsLeft = max(len(s.Labels)-schemaNames, 0)
	s.Labels = s.Labels[:min(len(s.Labels), schemaNames)]
	for _, name := range words.types {
		n, err := v.s.count(ctx, "MATCH ()-[r:"+cypherName(name)+"]->() RETURN count(r)")
		if err != nil {
			return nil, err
		}
		if n > 0 {
			s.Types = append(s.Types, TypeInfo{Name: name, Relationships: n})
		}
	}
	slices.SortStableFunc(s.Types, func(a, b TypeInfo) int { return cmp.Compare(b.Relationships, a.Relationships) })
	s.TypesLeft = max(len(s.Types)-schemaNames, 0)
	s.Types = s.Types[:min(len(s.Types), schemaNames)]
	if err := v.constraints(ctx, s); err != nil {
		return nil, err
	}
	for i := range s.Labels {
		l := &s.Labels[i]
		if l.Sampled, l.Properties, err = v.sample(ctx, "schema_nodes", ":LABEL", l.Name); err != nil {
			return nil, err
		}
		for j := range l.Properties {
			l.Properties[j].Unique = slices.Contains(s.Constraints, ConstraintRow{l.Name, l.Properties[j].Name})
		}
	}
	for i := range s.Types {
		t := &s.Types[i]
		if t.Sampled, t.Properties, err = v.sample(ctx, "schema_types", ":TYPE", t.Name); err != nil {
			return nil, err
		}
		if err := v.ends(ctx, t); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// count is the answer to a query for a number.
func (s *Store) count(ctx context.Context, text string) (int64, error) {
	records, err := s.rows(ctx, text, nil)
	if err != nil {
		return 0, err
	}
	n, _ := records[0].Values[0].(int64)
	return n, nil
}

// constraints lists what is kept unique, by single properties of nodes.
func (v *Visitor) constraints(ctx context.Context, s *Schema) error {
	records, err := v.s.rows(ctx, "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties WHERE type IN ['UNIQUENESS', 'NODE_KEY', 'NODE_PROPERTY_UNIQUENESS'] RETURN labelsOrTypes, properties", nil)
	if err != nil {
		if optional(err) {
			return nil
		}
		return err
	}
	for _, record := range records {
		labels, properties := list(record, 0), list(record, 1)
		if len(labels) == 1 && len(properties) == 1 {
			label, _ := labels[0].(string)
			property, _ := properties[0].(string)
			s.Constraints = append(s.Constraints, ConstraintRow{label, property})
		}
	}
	slices.SortFunc(s.Constraints, func(a, b ConstraintRow) int {
		return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Property, b.Property))
	})
	return nil
}

// sample looks at the properties of a label or type.
func (v *Visitor) sample(ctx context.Context, name, placeholder, of string) (sampled int64, list []PropertyInfo, err error) {
	records, err := v.s.rows(ctx, strings.ReplaceAll(query(name), placeholder, ":"+cypherName(of)), map[string]any{"sample": schemaSample})
	for _, record := range records {
		r := row(record.AsMap())
		p := PropertyInfo{Name: r.text("key")}
		sampled, _ = r["sampled"].(int64)
		p.Present, _ = r["present"].(int64)
		p.Distinct, _ = r["distinct"].(int64)
		if least, ok := number(r["least"]); ok {
			p.Least = &least
		}
		for _, t := range r.list("types") {
			text, _ := t.(string)
			p.Types = append(p.Types, strings.TrimSuffix(text, " NOT NULL"))
		}
		slices.Sort(p.Types)
		list = append(list, p)
	}
	return sampled, list, err
}

// ends looks at what the relationships of a type join.
func (v *Visitor) ends(ctx context.Context, t *TypeInfo) error {
	records, err := v.s.rows(ctx, strings.ReplaceAll(query("schema_ends"), ":TYPE", ":"+cypherName(t.Name)), map[string]any{"sample": schemaSample})
	if err != nil {
		return err
	}
	type pair struct{ from, to string }
	times := map[pair]int64{}
	t.Sampled = 0
	for _, record := range records {
		r := row(record.AsMap())
		n, _ := r["times"].(int64)
		loops, _ := r["loops"].(int64)
		t.Sampled += n
		t.Loops += loops
		for _, from := range orNone(r.list("from")) {
			for _, to := range orNone(r.list("to")) {
				times[pair{from, to}] += n
			}
		}
	}
	for p, n := range times {
		t.Ends = append(t.Ends, EndsInfo{p.from, p.to, n})
	}
	slices.SortFunc(t.Ends, func(a, b EndsInfo) int {
		return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return nil
}

// orNone are labels as texts, one empty text where there is none.
func orNone(labels []any) []string {
	if len(labels) == 0 {
		return []string{""}
	}
	list := make([]string, len(labels))
	for i, l := range labels {
		list[i], _ = l.(string)
	}
	return list
}

// joins is the share of a type's sampled relationships that lead from one label
// to another.
func (t *TypeInfo) joins(from, to string) float64 {
	for _, e := range t.Ends {
		if e.From == from && e.To == to {
			return float64(e.Times) / float64(max(t.Sampled, 1))
		}
	}
	return 0
}
