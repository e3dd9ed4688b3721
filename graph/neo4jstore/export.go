package neo4jstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"kith/graph"
)

// Bulk is what Export writes.
type Bulk struct {
	// Source is the network. It yields customers in the byte order of their
	// ids, twice the same.
	Source graph.Source
	// Fixed are the weights that were fixed by hand, as ties of that weight;
	// nil is none.
	Fixed func(context.Context, graph.Kind) iter.Seq2[graph.Tie, error]
	// Findings are those of the current run, with customers in the byte order
	// of their ids; nil where there is no run.
	Findings *graph.Findings
}

// Exported says what Export has written.
type Exported struct {
	Nodes         int64    `json:"nodes"`
	Relationships int64    `json:"relationships"`
	Bytes         int64    `json:"bytes"`
	Files         []string `json:"files"`
}

// Export writes a network, and what a run found about it, as files for
// "neo4j-admin database import full", with a script import.sh that has the
// command. A Store that is opened on the imported database finds what it would
// have written itself. The folder must not exist or be empty; it appears when it
// is complete. Equal input gives equal bytes.
//
// Rows are streamed: it holds the ids of all nodes, and the weights fixed by hand.
func Export(ctx context.Context, dir string, b Bulk, p graph.Progress) (*Exported, error) {
	done, err := exportTo(ctx, dir, b, 5_000_000, &reporter{p: p})
	if err != nil {
		return nil, fmt.Errorf("export for neo4j-admin: %w", err)
	}
	return done, nil
}

func exportTo(ctx context.Context, dir string, b Bulk, partRows int64, r *reporter) (_ *Exported, err error) {
	dir = filepath.Clean(dir)
	if entries, err := os.ReadDir(dir); err == nil && len(entries) > 0 {
		return nil, fmt.Errorf("the folder %s is not empty: name another, or remove what is in it", dir)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return nil, err
	}
	half, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".writing-*")
	if err != nil {
		return nil, err
	}
	e := &export{
		Bulk: b, r: r, dir: half, partRows: partRows, customers: graph.NewDict(0), products: graph.NewDict(0),
		communities: map[string]bool{}, arrays: ";", put: true,
	}
	defer func() {
		if err != nil {
			for _, t := range e.tables {
				_ = t.close()
			}
			err = errors.Join(err, os.RemoveAll(half))
		}
	}()
	if err := e.all(ctx); err != nil {
		return nil, err
	}
	done, err := e.done()
	if err != nil {
		return nil, err
	}
	// It is there and empty, or somebody has put something in meanwhile.
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return done, os.Rename(half, dir)
}

// export is the state of one Export.
type export struct {
	Bulk
	r        *reporter
	dir      string
	partRows int64

	tables []*table
	// multiline is whether any field has a line break, which the tool wants to
	// know beforehand.
	multiline bool
	// arrays is what stands between the items of a list: no item has it.
	arrays string

	customers, products       *graph.Dict
	communities               map[string]bool
	aliases                   map[string]any
	strangers, strangeProduct *table
	ties                      [len(graph.Kinds)]*table
	fixed                     [len(graph.Kinds)][]fixedTie
	// put says that kith puts a node there that is named by a tie; nil leaves that
	// out of one that only a weight fixed by hand names.
	put any
}

// fixedTie is a weight fixed by hand. used says that it stands with its tie.
type fixedTie struct {
	from, to string
	weight   float64
	used     bool
}

func (e *export) table(flag, name string, header ...string) *table {
	t := &table{e: e, flag: flag, name: name, header: header}
	e.tables = append(e.tables, t)
	return t
}

// write writes a small file whole.
func (e *export) write(name, text string, mode os.FileMode) error {
	return os.WriteFile(filepath.Join(e.dir, name), []byte(text), mode)
}

func (e *export) all(ctx context.Context) error {
	steps := []func(context.Context) error{e.writeCustomers, e.writeProducts, e.readFixed}
	for _, k := range graph.Kinds {
		steps = append(steps, func(ctx context.Context) error { return e.writeTies(ctx, k) })
	}
	if e.Findings != nil {
		steps = append(steps, e.writeCommunities, e.writeMemberships, e.writePreferences)
	}
	for _, step := range append(steps, e.writeFixed, e.writeState) {
		if err := step(ctx); err != nil {
			return err
		}
	}
	for _, t := range e.tables {
		if err := t.finish(); err != nil {
			return err
		}
	}
	e.tables = slices.DeleteFunc(e.tables, func(t *table) bool { return t.rows == 0 })
	return e.writeScripts()
}

// count reports each so many rows, and looks whether to go on.
func (e *export) count(ctx context.Context, n *int64) error {
	if *n++; *n%often == 0 {
		e.r.add(often)
		return context.Cause(ctx)
	}
	return nil
}

func (e *export) writeProducts(ctx context.Context) error {
	e.r.begin("writing products", 0)
	t := e.table("--nodes=Product", "products",
		"id:ID(Product)", "kith:boolean", "name", "category", "price:double", "available_from:datetime", "available_to:datetime")
	var n int64
	for p, err := range e.Source.Products(ctx) {
		if err == nil {
			err = cmp.Or(p.Check(), checkText("product", p.ID, p.Name, p.Category))
		}
		if err != nil {
			return err
		}
		if knows(e.products, p.ID) {
			return fmt.Errorf("the source has the product %.100q twice: each must stand in it once", p.ID)
		}
		t.text(p.ID)
		t.bool(true)
		for _, v := range productRow(asStored(p))[1:] {
			t.value(v)
		}
		if err := cmp.Or(t.end(), e.count(ctx, &n)); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// customer sees that there is a customer of that id, and product a product.
func (e *export) customer(id string) error {
	if knows(e.customers, id) {
		return nil
	}
	if err := checkCustomer(id); err != nil {
		return err
	}
	if e.strangers == nil {
		e.strangers = e.table("--nodes=Customer", "customers-of-ties", "id:ID(Customer)", "kith:boolean")
	}
	e.strangers.text(id)
	e.strangers.value(e.put)
	return e.strangers.end()
}

func (e *export) product(id string) error {
	if knows(e.products, id) {
		return nil
	}
	if err := cmp.Or(graph.Product{ID: id}.Check(), checkText("product", id)); err != nil {
		return err
	}
	if e.strangeProduct == nil {
		e.strangeProduct = e.table("--nodes=Product", "products-of-ties", "id:ID(Product)", "kith:boolean")
	}
	e.strangeProduct.text(id)
	e.strangeProduct.value(e.put)
	return e.strangeProduct.end()
}

func (e *export) target(k graph.Kind, id string) error {
	if k == graph.Called {
		return e.customer(id)
	}
	return e.product(id)
}

// readFixed reads the weights fixed by hand.
func (e *export) readFixed(ctx context.Context) error {
	if e.Fixed == nil {
		return nil
	}
	for _, k := range graph.Kinds {
		for f, err := range e.Fixed(ctx, k) {
			if err != nil {
				return err
			}
			e.fixed[k] = append(e.fixed[k], fixedTie{from: f.From, to: f.To, weight: f.Weight})
		}
		slices.SortFunc(e.fixed[k], func(a, b fixedTie) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to)) })
	}
	return nil
}

func (e *export) writeTies(ctx context.Context, k graph.Kind) error {
	e.r.begin("writing "+k.String()+" ties", 0)
	header := []string{":START_ID(Customer)", ":END_ID(" + targetLabel(k) + ")"}
	for _, figure := range figures[k] {
		header = append(header, figure+figureTypes[figure])
	}
	fixed := e.fixed[k]
	if len(fixed) > 0 {
		header = append(header, "fixed_weight:double")
	}
	e.ties[k] = e.table("--relationships="+k.String(), strings.ToLower(k.String()), header...)
	t := e.ties[k]
	var n int64
	for tie, err := range e.Source.Ties(ctx, k) {
		if err == nil {
			err = cmp.Or(tie.Check(k), checkText("customer", tie.From), checkText(targetLabel(k), tie.To), e.customer(tie.From), e.target(k, tie.To))
		}
		if err != nil {
			return err
		}
		t.text(tie.From)
		t.text(tie.To)
		t.figures(k, tie)
		if len(fixed) > 0 {
			at, there := slices.BinarySearchFunc(fixed, tie, func(f fixedTie, t graph.Tie) int {
				return cmp.Or(cmp.Compare(f.from, t.From), cmp.Compare(f.to, t.To))
			})
			if there {
				fixed[at].used = true
				t.float(fixed[at].weight)
			} else {
				t.null()
			}
		}
		if err := cmp.Or(t.end(), e.count(ctx, &n)); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// writeFixed writes the weights fixed by hand for which the source has no tie.
// It comes last, when all nodes are known. One above 0 makes its ends part of the
// network; one of 0 between nodes that nobody else knows says nothing.
func (e *export) writeFixed(ctx context.Context) error {
	e.put = nil
	for _, k := range graph.Kinds {
		for _, f := range e.fixed[k] {
			if f.weight == 0 {
				continue
			}
			if err := cmp.Or(e.customer(f.from), e.target(k, f.to)); err != nil {
				return err
			}
		}
	}
	for _, k := range graph.Kinds {
		target := e.products
		if k == graph.Called {
			target = e.customers
		}
		for _, f := range e.fixed[k] {
			if f.used || !knows(e.customers, f.from) || !knows(target, f.to) {
				continue
			}
			t := e.ties[k]
			t.text(f.from)
			t.text(f.to)
			for range figures[k] {
				t.null()
			}
			t.float(f.weight)
			if err := t.end(); err != nil {
				return err
			}
		}
	}
	return context.Cause(ctx)
}

// knows tells whether d had an id, which it has from now on.
func knows(d *graph.Dict, id string) bool {
	before := d.Len()
	return int(d.AddString(id)) < before
}

// figures writes what rowOf gives, without a value of its own for each field.
func (t *table) figures(k graph.Kind, tie graph.Tie) {
	t.float(tie.Weight)
	t.int(tie.Count)
	switch k {
	case graph.Called:
		t.int(tie.Messages)
		t.int(tie.Seconds)
	case graph.Bought:
		t.float(tie.Quantity)
		t.float(tie.Amount)
	case graph.Viewed:
		t.int(tie.Seconds)
	}
	t.value(timeOrNil(tie.First))
	t.value(timeOrNil(tie.Last))
}

// figureTypes are the types of the properties of ties.
var figureTypes = map[string]string{
	"weight": ":double", "calls": ":long", "messages": ":long", "seconds": ":long", "times": ":long", "quantity": ":double",
	"amount": ":double", "views": ":long", "dwell_s": ":long", "first": ":datetime", "last": ":datetime",
}
