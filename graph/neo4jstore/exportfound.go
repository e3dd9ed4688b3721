package neo4jstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"kith/graph"
)

// maxLayouts bounds the number of tables for customers.
const maxLayouts = 64

// attributes is what the simple attributes of all customers need for columns. As
// a column has one type, customers are dealt to as many tables as there are
// combinations of types of the attributes that have more than one.
type attributes struct {
	kinds  map[string]uint8 // bits of the types that an attribute has
	names  []string         // in byte order
	mixed  []string
	tables map[string]*table
}

// typeNames are the types that a simple attribute can have, in the order of bits.
var typeNames = [...]string{":string", ":long", ":double", ":boolean"}

func typeOf(v any) int {
	switch v.(type) {
	case int64:
		return 1
	case float64:
		return 2
	case bool:
		return 3
	}
	return 0
}

// survey looks through the attributes of all customers, and through the lists of
// the findings for a character that no item has.
func (e *export) survey(ctx context.Context) (*attributes, error) {
	e.r.begin("reading attributes", 0)
	a := &attributes{kinds: map[string]uint8{}, tables: map[string]*table{}}
	var n int64
	for c, err := range e.Source.Customers(ctx) {
		if err == nil {
			err = e.count(ctx, &n)
		}
		if err != nil {
			return nil, err
		}
		for name, v := range simpleAttributes(c.Attributes) {
			a.kinds[name] |= 1 << typeOf(v)
		}
	}
	a.names = slices.Sorted(maps.Keys(a.kinds))
	for _, name := range a.names {
		if bits := a.kinds[name]; bits&(bits-1) != 0 {
			a.mixed = append(a.mixed, name)
		}
	}
	return a, e.separate(ctx)
}

// separators are what may stand between the items of a list, and how the tool
// wants to be told.
var separators = []struct{ text, name string }{
	{";", ";"}, {"|", "|"}, {"\t", "TAB"}, {"\x1f", "U+001F"}, {"\x1e", "U+001E"}, {"\ue000", "U+E000"}, {"\ue001", "U+E001"},
}

func (e *export) separate(ctx context.Context) error {
	if e.Findings == nil || e.Findings.Customers == nil {
		return nil
	}
	found := make([]bool, len(separators))
	var n int64
	for c := range e.Findings.Customers {
		for _, part := range c.RiskParts {
			for i, s := range separators {
				found[i] = found[i] || strings.Contains(part.From, s.text)
			}
		}
		if err := e.count(ctx, &n); err != nil {
			return err
		}
	}
	for _, a := range e.Findings.Aliases {
		for i, s := range separators {
			found[i] = found[i] || strings.Contains(a.ID, s.text)
		}
	}
	i := slices.Index(found, false)
	if i < 0 {
		return errors.New("the ids of customers hold every character that could separate them in a list")
	}
	e.arrays = separators[i].text
	return nil
}

// table is the one for a customer with these attributes.
func (a *attributes) table(e *export, simple map[string]any) (*table, error) {
	key := make([]byte, len(a.mixed))
	for i, name := range a.mixed {
		key[i] = '-'
		if v, ok := simple[name]; ok {
			key[i] = '0' + byte(typeOf(v))
		}
	}
	if t := a.tables[string(key)]; t != nil {
		return t, nil
	}
	if len(a.tables) == maxLayouts {
		return nil, fmt.Errorf("the attributes %s are of different types in more than %d combinations: let each have one type", strings.Join(a.mixed, ", "), maxLayouts)
	}
	header := []string{"id:ID(Customer)", "kith:boolean", "attributes"}
	for _, name := range a.names {
		kind := slices.Index([]uint8{1, 2, 4, 8}, a.kinds[name])
		if i := slices.Index(a.mixed, name); i >= 0 {
			kind = max(int(key[i])-'0', 0)
		}
		header = append(header, name+typeNames[kind])
	}
	if e.Findings != nil {
		header = append(header, findingHeader...)
	}
	name := "customers"
	if len(a.tables) > 0 {
		name = fmt.Sprintf("customers-%d", len(a.tables)+1)
	}
	t := e.table("--nodes=Customer", name, header...)
	a.tables[string(key)] = t
	return t, nil
}

// findingHeader are the columns of findingRow, behind the run.
var findingHeader = []string{
	"run", "community", "role", "core:boolean", "pagerank:double", "authority:double", "dissemination:double",
	"susceptibility:double", "churn_risk:double", "own_value:double",
	"gone:boolean", "risk_own:double", "risk_other:double", "risk_from:string[]", "risk_parts:double[]", "aliases:string[]",
}

// writeCustomers writes customers with what the run found about them. Both come
// in the order of ids, so that one is read beside the other.
func (e *export) writeCustomers(ctx context.Context) error {
	a, err := e.survey(ctx)
	if err != nil {
		return err
	}
	e.r.begin("writing customers", 0)
	if e.Findings != nil {
		e.aliases = aliasesOf(e.Findings)
	}
	found := func() (graph.CustomerFinding, bool) { return graph.CustomerFinding{}, false }
	if e.Findings != nil && e.Findings.Customers != nil {
		next, stop := iter.Pull(e.Findings.Customers)
		defer stop()
		found = next
	}
	finding, more := found()
	last := ""
	advance := func() error {
		before := finding.ID
		if finding, more = found(); more && finding.ID <= before {
			return fmt.Errorf("what was found about customer %.100q does not stand in the order of ids", finding.ID)
		}
		return nil
	}
	var n int64
	for c, err := range e.Source.Customers(ctx) {
		if err == nil {
			err = cmp.Or(c.Check(), checkText("customer", c.ID, c.Attributes))
		}
		if err == nil && c.ID <= last {
			err = fmt.Errorf("the source has the customer %.100q twice, or not in the order of ids", c.ID)
		}
		if err != nil {
			return err
		}
		last = c.ID
		for more && finding.ID < c.ID { // the network lacks them
			if err := cmp.Or(e.writeCustomer(a, graph.Customer{ID: finding.ID}, &finding), advance()); err != nil {
				return err
			}
		}
		if more && finding.ID == c.ID {
			err = cmp.Or(e.writeCustomer(a, c, &finding), advance())
		} else {
			err = e.writeCustomer(a, c, nil)
		}
		if err := cmp.Or(err, e.count(ctx, &n)); err != nil {
			return err
		}
	}
	for more {
		if err := cmp.Or(e.writeCustomer(a, graph.Customer{ID: finding.ID}, &finding), advance()); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

func (e *export) writeCustomer(a *attributes, c graph.Customer, f *graph.CustomerFinding) error {
	if err := checkCustomer(c.ID); err != nil {
		return err
	}
	simple := simpleAttributes(c.Attributes)
	t, err := a.table(e, simple)
	if err != nil {
		return err
	}
	e.customers.AddString(c.ID)
	t.text(c.ID)
	t.bool(true)
	t.value(textOrNil(c.Attributes))
	for _, name := range a.names {
		t.value(simple[name])
	}
	switch {
	case f != nil:
		if err := checkText("customer", f.ID, f.Community, f.Role); err != nil {
			return err
		}
		t.text(e.Findings.Run.ID)
		for _, v := range append(findingRow(*f)[1:], e.aliases[c.ID]) {
			t.value(v)
		}
	case e.Findings != nil:
		for range findingHeader {
			t.null()
		}
	}
	return t.end()
}

func (e *export) writeCommunities(ctx context.Context) error {
	t := e.table("--nodes=Community", "communities", "id:ID(Community)", "run", "parent", "level:long", "size:long",
		"density:double", "risk:double", "expected_loss:double", "leader", "disseminator")
	for _, c := range e.Findings.Communities {
		if e.communities[c.ID] {
			return fmt.Errorf("the run has the community %.100q twice", c.ID)
		}
		e.communities[c.ID] = true
		if err := checkText("community", c.ID, c.ID, c.Parent, c.Leader, c.Disseminator); err != nil {
			return err
		}
		for _, v := range communityRow(e.Findings.Run.ID, c) {
			t.value(v)
		}
		if err := t.end(); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

func (e *export) writeMemberships(ctx context.Context) error {
	e.r.begin("writing memberships", 0)
	t := e.table("--relationships=MEMBER_OF", "member_of", ":END_ID(Community)", ":START_ID(Customer)", "degree:double", "core:boolean", "leader:boolean")
	return each(ctx, e.r, e.Findings.Memberships, func(m graph.Membership) error {
		if !e.communities[m.Community] {
			return fmt.Errorf("customer %.100q is a member of community %.100q, which the run did not find", m.Customer, m.Community)
		}
		for _, v := range membershipRow(m) {
			t.value(v)
		}
		return cmp.Or(e.customer(m.Customer), t.end())
	})
}

func (e *export) writePreferences(ctx context.Context) error {
	e.r.begin("writing preferences", 0)
	t := e.table("--relationships=PREFERS", "prefers", ":START_ID(Community)", ":END_ID(Product)",
		"supporters:long", "support:double", "lift:double", "lift_low:double")
	return each(ctx, e.r, e.Findings.Preferences, func(p graph.Preference) error {
		if !e.communities[p.Community] {
			return fmt.Errorf("community %.100q, which the run did not find, prefers a product", p.Community)
		}
		for _, v := range preferenceRow(p) {
			t.value(v)
		}
		return cmp.Or(e.product(p.Product), t.end())
	})
}

// writeState writes the run and which one is current.
func (e *export) writeState(context.Context) error {
	state := e.table("--nodes=KithState", "state", ":ID(KithState)", "id:long", "generation:long", "own:boolean", "run")
	state.int(1)
	state.int(1)
	state.int(1)
	state.bool(true) // nodes say whether kith has put them there
	if e.Findings == nil {
		state.null()
		return state.end()
	}
	state.text(e.Findings.Run.ID)
	p, err := runProperties(e.Findings.Run)
	if err != nil {
		return err
	}
	header := []string{"id:ID(Run)", "at:datetime", "as_of:datetime", "seed", "version", "quality"}
	names := slices.Clone(runNames)
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if !slices.Contains(runNames, name) {
			names = append(names, name)
			header = append(header, name+":double")
		}
	}
	t := e.table("--nodes=Run", "run", header...)
	for _, name := range names {
		t.value(p[name])
	}
	return cmp.Or(state.end(), t.end())
}
