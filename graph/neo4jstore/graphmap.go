package neo4jstore

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"kith/graph"
)

// GraphMap says what stands for what in a graph that is somebody else's: which
// nodes are customers and products, and which relationships tie them. Its names
// may hold any characters; they are quoted wherever they go into a query, and
// values go as parameters.
type GraphMap struct {
	Customers CustomerMap `yaml:"customers"`
	Products  *ProductMap `yaml:"products"`
	Calls     []TieMap    `yaml:"calls"`
	Purchases []TieMap    `yaml:"purchases"`
	Views     []TieMap    `yaml:"views"`

	file string
	tree *ast.File
}

// CustomerMap says which nodes are customers.
type CustomerMap struct {
	// Labels are those of customers; one of them is enough.
	Labels names `yaml:"labels"`
	// ID is the property by which a customer is known: a text or a whole
	// number that no other customer has.
	ID string `yaml:"id"`
	// Left is the property that says when a customer left, as a date, a time,
	// or true where that is all that is known.
	Left string `yaml:"left"`
	// Attributes are the properties to take along.
	Attributes names    `yaml:"attributes"`
	Where      []Filter `yaml:"where"`
}

// ProductMap says which nodes are products. All but Labels and ID may be empty.
type ProductMap struct {
	Labels        names    `yaml:"labels"`
	ID            string   `yaml:"id"`
	Name          string   `yaml:"name"`
	Category      string   `yaml:"category"`
	Price         string   `yaml:"price"`
	AvailableFrom string   `yaml:"available_from"`
	AvailableTo   string   `yaml:"available_to"`
	Where         []Filter `yaml:"where"`
}

// TieMap makes ties of the relationships of one type. Several relationships
// between the same two nodes, of one type or of several, add up.
type TieMap struct {
	Type string `yaml:"type"`
	// Direction is where a tie leads: out, the default, along the
	// relationship, in against it, and both where the relationship has no
	// direction that means anything.
	Direction string `yaml:"direction"`
	// Then is a second step, where a node stands between, such as an order
	// between a customer and a product. Each path is a tie, and a property is
	// that of the second relationship, else of the node between, else of the
	// first. Directions are as seen from the customer.
	Then *Step `yaml:"then"`
	// Weight is the property that says how strong the tie is: a number of
	// calls, minutes, a score. Without it each relationship weighs 1.
	Weight string `yaml:"weight"`
	// Default is the weight of a relationship that lacks the property; without
	// it such a relationship is left out and counted.
	Default *float64 `yaml:"default"`
	// Factor multiplies the weights, so that types can be summed that are not
	// measured alike; 0 means 1.
	Factor float64 `yaml:"factor"`
	// Amount is the property with the money that a purchase cost.
	Amount string `yaml:"amount"`
	// First and Last are the properties with the times of the first and the
	// last event; both may be the same.
	First string   `yaml:"first"`
	Last  string   `yaml:"last"`
	Where []Filter `yaml:"where"`
}

// Step is the second of two steps.
type Step struct {
	Type      string `yaml:"type"`
	Direction string `yaml:"direction"`
}

// Filter keeps what has a property of a certain value. All filters of a list must
// hold.
type Filter struct {
	Property string `yaml:"property"`
	Equals   any    `yaml:"equals"`
	In       []any  `yaml:"in"`
	// From and To bound the value, half open.
	From   any   `yaml:"from"`
	To     any   `yaml:"to"`
	Exists *bool `yaml:"exists"`
}

// names is a list of which a single one may be written without brackets.
type names []string

// UnmarshalYAML takes a text or a list of texts.
func (n *names) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*n = names{one}
		return nil
	}
	return unmarshal((*[]string)(n))
}

// The directions of a TieMap.
const (
	outwards = "out"
	inwards  = "in"
	bothWays = "both"
)

// ReadMap reads a map from a file.
func ReadMap(file string) (*GraphMap, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read the graph map: %w", err)
	}
	return ParseMap(file, text)
}

// ParseMap reads a map from a YAML text. A key that it does not know is an error,
// as is a map that lacks something; both are a graph.DataError of the file.
func ParseMap(file string, text []byte) (*GraphMap, error) {
	m := &GraphMap{file: file}
	var err error
	if m.tree, err = parser.ParseBytes(text, 0); err != nil {
		return nil, m.misread(err)
	}
	if len(m.tree.Docs) == 0 || m.tree.Docs[0].Body == nil {
		return nil, &graph.DataError{File: file, Line: 1, Reason: "is empty: say which nodes are customers, or let kith doctor --guess write a map"}
	}
	if len(m.tree.Docs) > 1 {
		return nil, &graph.DataError{File: file, Reason: "has several documents: leave one"}
	}
	if err := yaml.UnmarshalWithOptions(text, m, yaml.Strict()); err != nil {
		return nil, m.misread(err)
	}
	if err := m.check(); err != nil {
		return nil, err
	}
	return m, nil
}

// misread places an error of the YAML library.
func (m *GraphMap) misread(err error) error {
	var known yaml.Error
	if !errors.As(err, &known) {
		return &graph.DataError{File: m.file, Reason: err.Error()}
	}
	fault := &graph.DataError{File: m.file, Reason: known.GetMessage()}
	if token := known.GetToken(); token != nil && token.Position != nil {
		fault.Line, fault.Column = int64(token.Position.Line), strconv.Itoa(token.Position.Column)
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		fault.Reason += ": correct it or take it out"
	}
	return fault
}

// fault is an error about the value at a path such as $.calls[0].type.
func (m *GraphMap) fault(path, reason string, args ...any) error {
	e := &graph.DataError{File: m.file, Reason: strings.TrimPrefix(path, "$.") + " " + fmt.Sprintf(reason, args...)}
	for at := path; at != "$" && at != ""; at = at[:max(strings.LastIndexAny(at, ".["), 0)] {
		p, err := yaml.PathString(at)
		if err != nil {
			continue
		}
		node, err := p.FilterFile(m.tree)
		if err == nil && node != nil && node.GetToken() != nil {
			e.Line, e.Column = int64(node.GetToken().Position.Line), strconv.Itoa(node.GetToken().Position.Column)
			break
		}
	}
	return e
}

// check says what a map lacks.
func (m *GraphMap) check() error {
	if err := m.checkNodes("$.customers", m.Customers.Labels, m.Customers.ID, m.Customers.Where); err != nil {
		return err
	}
	for i, name := range m.Customers.Attributes {
		if name == "" || slices.Contains(m.Customers.Attributes[:i], name) {
			return m.fault(fmt.Sprintf("$.customers.attributes[%d]", i), "is empty or there twice: name each property once")
		}
	}
	if m.Products != nil {
		if err := m.checkNodes("$.products", m.Products.Labels, m.Products.ID, m.Products.Where); err != nil {
			return err
		}
	}
	ties := 0
	for _, list := range m.ties() {
		if len(list.maps) > 0 && list.kind != graph.Called && m.Products == nil {
			return m.fault("$."+list.key, "lead to products, but the map has none: say under products which nodes they are")
		}
		for i, t := range list.maps {
			if err := m.checkTie(fmt.Sprintf("$.%s[%d]", list.key, i), list.kind, t); err != nil {
				return err
			}
			ties++
		}
	}
	if ties == 0 {
		return m.fault("$.customers", "have no ties: say under calls or purchases which relationship types tie them")
	}
	return nil
}

func (m *GraphMap) checkNodes(path string, labels names, id string, where []Filter) error {
	if len(labels) == 0 || slices.Contains(labels, "") {
		return m.fault(path, "lack labels: name the label of these nodes, or a list of which one is enough")
	}
	if id == "" {
		return m.fault(path, "lack id: name the property by which each is known. The server's own numbers will not do, as they are given to other nodes after a delete")
	}
	return m.checkFilters(path, where)
}

func (m *GraphMap) checkTie(path string, k graph.Kind, t TieMap) error {
	switch {
	case t.Type == "":
		return m.fault(path, "lacks type: name the relationship type")
	case !isDirection(t.Direction):
		return m.fault(path+".direction", "is %q: use out, in or both", t.Direction)
	case t.Then != nil && t.Then.Type == "":
		return m.fault(path+".then", "lacks type: name the relationship type of the second step")
	case t.Then != nil && !isDirection(t.Then.Direction):
		return m.fault(path+".then.direction", "is %q: use out, in or both", t.Then.Direction)
	case t.Factor < 0 || math.IsNaN(t.Factor) || math.IsInf(t.Factor, 0):
		return m.fault(path+".factor", "is %v: use a number above 0", t.Factor)
	case t.Default != nil && (!(*t.Default >= 0) || math.IsInf(*t.Default, 0)):
		return m.fault(path+".default", "is %v: use a number of 0 or more", *t.Default)
	case t.Default != nil && t.Weight == "":
		return m.fault(path+".default", "stands in for a weight, but no weight is named: without one each relationship weighs 1")
	case t.Amount != "" && k != graph.Bought:
		return m.fault(path+".amount", "is for purchases only: take it out")
	}
	return m.checkFilters(path, t.Where)
}

func isDirection(d string) bool {
	return slices.Contains([]string{"", outwards, inwards, bothWays}, d)
}

func (m *GraphMap) checkFilters(path string, where []Filter) error {
	for i, f := range where {
		at := fmt.Sprintf("%s.where[%d]", path, i)
		kinds := 0
		for _, given := range []bool{f.Equals != nil, f.In != nil, f.From != nil || f.To != nil, f.Exists != nil} {
			if given {
				kinds++
			}
		}
		switch {
		case f.Property == "":
			return m.fault(at, "lacks property: name the one to look at")
		case kinds != 1:
			return m.fault(at, "needs one of equals, in, exists, or from and to")
		}
		for _, v := range append(slices.Clone(f.In), f.Equals, f.From, f.To) {
			switch v.(type) {
			case nil, string, bool, int64, uint64, float64:
			default:
				return m.fault(at, "has the value %v: use texts, numbers, true or false", v)
			}
		}
	}
	return nil
}

// mappedTies are the maps of one kind of ties, under their key in the file.
type mappedTies struct {
	key  string
	kind graph.Kind
	maps []TieMap
}

func (m *GraphMap) ties() [len(graph.Kinds)]mappedTies {
	return [...]mappedTies{{"calls", graph.Called, m.Calls}, {"purchases", graph.Bought, m.Purchases}, {"views", graph.Viewed, m.Views}}
}
