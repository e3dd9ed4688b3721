package neo4jstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// ErrNoNodes says that a database is empty.
var ErrNoNodes = errors.New("the database holds no nodes")

// Visitor looks at a graph that is somebody else's, through a GraphMap. It makes
// no migration, no constraint and no node: its transactions are opened for
// reading, so that the server refuses any change. Only WriteBack and
// RemoveWriteBack write.
type Visitor struct {
	s      *Store // reads
	writer *Store
}

// Visit makes a Visitor without talking to the server. The arguments are those
// of Open.
func Visit(uri string, o Options) (*Visitor, error) {
	w, err := Connect(uri, o)
	if err != nil {
		return nil, err
	}
	r := &Store{driver: w.driver, o: w.o, login: w.login, writing: w.writing, access: neo4j.AccessModeRead}
	return &Visitor{s: r, writer: w}, nil
}

// Server asks the server what it is and which plugins it has.
func (v *Visitor) Server(ctx context.Context) (ServerInfo, error) { return v.s.Server(ctx) }

// Close ends all connections.
func (v *Visitor) Close() error {
	v.s.closed.Store(true)
	return v.writer.Close()
}

// CheckOwn tells whether a graph of kith's own in the database can be used, as
// Store.Check does.
func (v *Visitor) CheckOwn(ctx context.Context) error { return v.s.Check(ctx) }

// cypherName is a name as Cypher takes it. A backtick in it is doubled. Before Cypher
// looks at quotes it replaces \u0060 and its like, once, wherever they stand; so
// a backslash is written that way too.
func cypherName(name string) string {
	return "`" + strings.NewReplacer("`", "``", `\`, `\u005C`).Replace(name) + "`"
}

// vocabulary is what a database has names for.
type vocabulary struct {
	labels, types, keys []string
}

func (s *Store) vocabulary(ctx context.Context) (v vocabulary, err error) {
	for _, part := range []struct {
		text string
		into *[]string
	}{
		{"CALL db.labels() YIELD label RETURN label", &v.labels},
		{"CALL db.relationshipTypes() YIELD relationshipType RETURN relationshipType", &v.types},
		{"CALL db.propertyKeys() YIELD propertyKey RETURN propertyKey", &v.keys},
	} {
		err = s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
			*part.into = (*part.into)[:0]
			result, err := tx.Run(ctx, part.text, nil)
			if err != nil {
				return err
			}
			for result.Next(ctx) {
				name, _ := result.Record().Values[0].(string)
				*part.into = append(*part.into, name)
			}
			summary, err := result.Consume(ctx)
			if err != nil {
				return err
			}
			return checkVersion(summary.Server().Agent())
		})
		if err != nil {
			return v, err
		}
		slices.Sort(*part.into)
	}
	return v, nil
}

// missing lists what a map names that the database has no name for, as errors
// placed in the map.
func (m *GraphMap) missing(v vocabulary) (faults []error) {
	look := func(path, what, name string, known []string) {
		if name == "" || slices.Contains(known, name) {
			return
		}
		faults = append(faults, m.fault(path, "is %q, but %s", name, unknownName(what, name, known)))
	}
	key := func(path, name string) { look(path, "property", name, v.keys) }
	where := func(path string, list []Filter) {
		for i, f := range list {
			key(fmt.Sprintf("%s.where[%d].property", path, i), f.Property)
		}
	}
	labels := func(path string, list names) {
		for i, label := range list {
			at := path
			if len(list) > 1 {
				at = fmt.Sprintf("%s[%d]", path, i)
			}
			look(at, "label", label, v.labels)
		}
	}
	labels("$.customers.labels", m.Customers.Labels)
	key("$.customers.id", m.Customers.ID)
	key("$.customers.left", m.Customers.Left)
	for i, name := range m.Customers.Attributes {
		key(fmt.Sprintf("$.customers.attributes[%d]", i), name)
	}
	where("$.customers", m.Customers.Where)
	if p := m.Products; p != nil {
		labels("$.products.labels", p.Labels)
		for _, f := range []struct{ key, name string }{
			{"id", p.ID}, {"name", p.Name}, {"category", p.Category}, {"price", p.Price},
			{"available_from", p.AvailableFrom}, {"available_to", p.AvailableTo},
		} {
			key("$.products."+f.key, f.name)
		}
		where("$.products", p.Where)
	}
	for _, list := range m.ties() {
		for i, t := range list.maps {
			path := fmt.Sprintf("$.%s[%d]", list.key, i)
			look(path+".type", "relationship type", t.Type, v.types)
			if t.Then != nil {
				look(path+".then.type", "relationship type", t.Then.Type, v.types)
			}
			for _, f := range []struct{ key, name string }{
				{"weight", t.Weight}, {"amount", t.Amount}, {"first", t.First}, {"last", t.Last},
			} {
				key(path+"."+f.key, f.name)
			}
			where(path, t.Where)
		}
	}
	return faults
}

// unknownName says that there is no such thing, and which there are.
func unknownName(what, name string, known []string) string {
	plural := map[string]string{"label": "labels", "relationship type": "relationship types", "property": "properties"}[what]
	if len(known) == 0 {
		return fmt.Sprintf("the graph has no %s", plural)
	}
	if near := nearest(name, known); near != "" {
		return fmt.Sprintf("the graph has no such %s: did you mean %q?", what, near)
	}
	shown := known[:min(len(known), 8)]
	list := make([]string, len(shown))
	for i, k := range shown {
		list[i] = fmt.Sprintf("%q", k)
	}
	text := strings.Join(list, ", ")
	if len(known) > len(shown) {
		text += fmt.Sprintf(" and %d others", len(known)-len(shown))
	}
	return fmt.Sprintf("the graph has no such %s: it has %s", what, text)
}

// nearest is the known name that differs in case only, or in at most two letters
// and not in more than half of them; empty where there is none.
func nearest(name string, known []string) string {
	best, least := "", min((len([]rune(name))+2)/2, 3)
	for _, k := range known {
		if strings.EqualFold(k, name) {
			return k
		}
		if d := graph.EditDistance(name, k); d < least {
			best, least = k, d
		}
	}
	return best
}

// Validate lists what a map names that the database does not have, as errors
// placed in the map. An empty database is ErrNoNodes.
func (v *Visitor) Validate(ctx context.Context, m *GraphMap) ([]error, error) {
	faults, err := v.faults(ctx, m)
	if err != nil {
		return nil, fmt.Errorf("look at the names in Neo4j: %w", err)
	}
	return faults, nil
}

func (v *Visitor) faults(ctx context.Context, m *GraphMap) ([]error, error) {
	words, err := v.s.vocabulary(ctx)
	if err != nil {
		return nil, err
	}
	faults := m.missing(words)
	if len(faults) == 0 {
		return nil, nil
	}
	empty, err := v.s.empty(ctx)
	if err == nil && empty {
		err = ErrNoNodes
	}
	return faults, err
}

// validate refuses a map that names what the database does not have.
func (v *Visitor) validate(ctx context.Context, m *GraphMap) error {
	faults, err := v.faults(ctx, m)
	if err != nil {
		return err
	}
	return first(faults)
}

// first is the first of some errors, and says that there are others.
func first(faults []error) error {
	switch n := len(faults); n {
	case 0:
		return nil
	case 1:
		return faults[0]
	case 2:
		return fmt.Errorf("%w (and one more: kith doctor --graph-map lists both)", faults[0])
	default:
		return fmt.Errorf("%w (and %d others: kith doctor --graph-map lists all)", faults[0], n-1)
	}
}

func (s *Store) empty(ctx context.Context) (bool, error) {
	records, err := s.rows(ctx, "MATCH (n) RETURN count(n) AS n", nil)
	if err != nil {
		return false, err
	}
	return records[0].Values[0] == int64(0), nil
}

// condition is the Cypher for filters on properties, and what stands for their
// values. A value that reads as a time is compared as text and as each kind of
// time, as comparisons of different kinds are null in Cypher.
func condition(of func(property string) string, where []Filter, params map[string]any) string {
	var text strings.Builder
	for _, f := range where {
		property := of(f.Property)
		compare := func(operator string, value any) {
			text.WriteString(" AND (")
			for i, v := range alternatives(value) {
				if i > 0 {
					text.WriteString(" OR ")
				}
				name := fmt.Sprintf("f%d", len(params))
				params[name] = v
				text.WriteString(property + " " + operator + " $" + name)
			}
			text.WriteString(")")
		}
		switch {
		case f.Equals != nil:
			compare("=", f.Equals)
		case f.In != nil:
			var list []any
			for _, v := range f.In {
				list = append(list, alternatives(v)...)
			}
			name := fmt.Sprintf("f%d", len(params))
			params[name] = list
			text.WriteString(" AND " + property + " IN $" + name)
		case f.Exists != nil && *f.Exists:
			text.WriteString(" AND " + property + " IS NOT NULL")
		case f.Exists != nil:
			text.WriteString(" AND " + property + " IS NULL")
		}
		if f.From != nil {
			compare(">=", f.From)
		}
		if f.To != nil {
			compare("<", f.To)
		}
	}
	return text.String()
}

// alternatives are the values of Cypher that a value in a map can stand for.
func alternatives(v any) []any {
	switch v := v.(type) {
	case uint64:
		return []any{int64(v)}
	case string:
		t, ok := parseTime(v)
		if !ok {
			return []any{v}
		}
		return []any{v, neo4j.DateOf(t), neo4j.LocalDateTimeOf(t), t.In(zoneUTC)}
	}
	return []any{v}
}

// anyLabel is the Cypher for a node that has one of the labels.
func anyLabel(variable string, labels names) string {
	list := make([]string, len(labels))
	for i, label := range labels {
		list[i] = variable + ":" + cypherName(label)
	}
	return "(" + strings.Join(list, " OR ") + ")"
}

// kindText names what a kind of ties leads to.
func kindText(k graph.Kind) string {
	if k == graph.Called {
		return "customer"
	}
	return "product"
}
