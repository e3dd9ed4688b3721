package neo4jstore

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"unicode/utf8"

	"kith/graph"
)

// maxID is the length of the longest id, in bytes, that an index of Neo4j takes
// with room to spare.
const maxID = 8000

// maxText is the length of the longest other text, in bytes. A row must fit into
// the memory of a transaction, even where an operator has made that small, as a
// change that counts has to be made.
const maxText = 256 << 10

// Sync makes the stored network that of src. It reads what is stored, so that
// only what differs is written: a network that has not changed costs no more
// than to read it. Nodes that src has no more are removed with all that ties them
// to others, if kith has put them there; those at which somebody has fixed a weight, or
// which others have given labels, properties or relationships, stay for that alone. A source that yields a node or a tie twice is refused, as is
// one that graph's Check methods find a fault with, and one with an id of more than
// 8,000 bytes or another text of more than 256 kB.
func (s *Store) Sync(ctx context.Context, src graph.Source, p graph.Progress) error {
	if err := s.sync(ctx, src, &reporter{p: p}); err != nil {
		return fmt.Errorf("store the network in Neo4j: %w", err)
	}
	return nil
}

// The logs of Sync: of changes that are noted down, and of a load into an empty
// graph, which are made at once.
const (
	syncLog = "sync"
	loadLog = "load"
)

func (s *Store) sync(ctx context.Context, src graph.Source, r *reporter) error {
	w, err := s.lock(ctx, r)
	if err != nil {
		return err
	}
	log, err := s.difference(w, src, r)
	if err == nil && log != "" {
		err = w.commit(log, func(ctx context.Context, tx neo4jTx) error {
			return run(ctx, tx, query("sync_commit"), map[string]any{"log": log})
		})
	}
	err = w.why(err)
	w.release()
	if err != nil || log == "" {
		return err
	}
	return s.finish(ctx, log, r)
}

// difference compares src with what is stored and notes down what has to be
// changed; an empty graph it loads at once. It returns the log that is to count,
// or nothing where nothing has changed.
func (s *Store) difference(w *writer, src graph.Source, r *reporter) (string, error) {
	ctx := w.ctx
	customers, products, err := s.nodes(ctx, true, r)
	if err == nil {
		customers.former, err = s.former(ctx, "Customer")
	}
	if err == nil {
		products.former, err = s.former(ctx, "Product")
	}
	if err != nil {
		return "", explain(ctx, err)
	}
	d := &differ{
		s: s, r: r, customers: customers, products: products, seed: maphash.MakeSeed(),
		knownCustomers: customers.dict.Len(), knownProducts: products.dict.Len(),
	}
	d.seenCustomers, d.fixedCustomers = make([]bool, d.knownCustomers), make([]bool, d.knownCustomers)
	d.seenProducts, d.fixedProducts = make([]bool, d.knownProducts), make([]bool, d.knownProducts)
	log := newLog(syncLog)
	if w.loading || d.knownCustomers == 0 && d.knownProducts == 0 {
		log = newLog(loadLog)
		if err := s.exec(ctx, query("load_begin"), nil); err != nil {
			return "", err
		}
		if d.journal, err = s.newDirect(ctx, log, func(int64) {}); err != nil {
			return "", err
		}
		d.doing = "loading"
	} else {
		d.doing = "comparing"
		d.journal = s.newJournal(ctx, log)
	}
	err = d.journal.close(d.compare(d.journal.ctx, src))
	if err == nil {
		err = context.Cause(ctx)
	}
	if d.journal.rows == 0 && !d.journal.direct {
		log = ""
	}
	return log, err
}

// differ compares a source with what is stored. Nodes that only the source has
// get the numbers after those that are stored.
type differ struct {
	s                             *Store
	r                             *reporter
	journal                       *journal
	customers, products           *nodes
	knownCustomers, knownProducts int
	// seenCustomers and seenProducts are those that the source has, fixedCustomers
	// and fixedProducts, of those that are stored, the ones at which a weight is fixed.
	seenCustomers, seenProducts   []bool
	fixedCustomers, fixedProducts []bool
	seed                          maphash.Seed
	doing                         string // what progress calls it
}

func (d *differ) compare(ctx context.Context, src graph.Source) error {
	if err := d.compareCustomers(ctx, src); err != nil {
		return err
	}
	if err := d.compareProducts(ctx, src); err != nil {
		return err
	}
	for _, k := range graph.Kinds {
		if err := d.compareTies(ctx, src, k); err != nil {
			return err
		}
	}
	return d.leave()
}

// often is how many rows are compared between looks at the context.
const often = 1 << 12

func (d *differ) compareCustomers(ctx context.Context, src graph.Source) error {
	d.r.begin(d.doing+" customers", 0)
	count := 0
	for c, err := range src.Customers(ctx) {
		if err == nil {
			err = cmp.Or(c.Check(), checkText("customer", c.ID, c.Attributes))
		}
		if err != nil {
			return err
		}
		i, _ := d.customers.add(c.ID)
		if !see(&d.seenCustomers, i) {
			return fmt.Errorf("the source has the customer %.100q twice: each must stand in it once", c.ID)
		}
		stored := ""
		if int(i) < d.knownCustomers {
			if stored = d.customers.attributes.At(i); stored == c.Attributes && d.customers.whose[i] != kept {
				stored, c.ID = "", "" // nothing to do
			}
		}
		if c.ID != "" {
			row := []any{c.ID, customerProperties(stored, c.Attributes)}
			if err := d.journal.node(change{d.put(putCustomer, c.ID), row}, c.ID); err != nil {
				return err
			}
		}
		if count++; count%often == 0 {
			d.r.add(often)
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
	}
	d.r.add(int64(count % often))
	return nil
}

func (d *differ) compareProducts(ctx context.Context, src graph.Source) error {
	d.r.begin(d.doing+" products", 0)
	count := 0
	for p, err := range src.Products(ctx) {
		if err == nil {
			err = cmp.Or(p.Check(), checkText("product", p.ID, p.Name, p.Category))
		}
		if err != nil {
			return err
		}
		i, _ := d.products.add(p.ID)
		if !see(&d.seenProducts, i) {
			return fmt.Errorf("the source has the product %.100q twice: each must stand in it once", p.ID)
		}
		p = asStored(p)
		if int(i) >= d.knownProducts || d.products.catalogue[i] != p || d.products.whose[i] == kept {
			if err := d.journal.node(change{d.put(putProduct, p.ID), productRow(p)}, p.ID); err != nil {
				return err
			}
		}
		if count++; count%often == 0 {
			d.r.add(often)
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
	}
	d.r.add(int64(count % often))
	return nil
}

// put is the step that adds or updates the node with an id, also where it has left.
func (d *differ) put(what step, id string) step {
	switch {
	case what == putCustomer && d.customers.former[id]:
		return returnCustomer
	case what == putProduct && d.products.former[id]:
		return returnProduct
	}
	return what
}

// see notes that the source has a node, and tells whether that is news.
func see(seen *[]bool, i uint32) bool {
	for int(i) >= len(*seen) {
		*seen = append(*seen, false)
	}
	news := !(*seen)[i]
	(*seen)[i] = true
	return news
}

// asStored is a product as it comes back from the database.
func asStored(p graph.Product) graph.Product {
	if p.Price < 0 {
		p.Price = -1
	}
	p.AvailableFrom, p.AvailableTo = timeOf(p.AvailableFrom), timeOf(p.AvailableTo)
	return p
}

func productRow(p graph.Product) []any {
	var price any
	if p.Price >= 0 {
		price = p.Price
	}
	return []any{p.ID, textOrNil(p.Name), textOrNil(p.Category), price, timeOrNil(p.AvailableFrom), timeOrNil(p.AvailableTo)}
}

// textOrNil leaves an empty text out of the graph.
func textOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// checkText holds texts to what the database can keep: the id, which is indexed,
// first.
func checkText(what, id string, more ...string) error {
	if len(id) > maxID {
		return fmt.Errorf("the %s id %.100q… has %d bytes, and Neo4j takes %d: shorten it", what, id, len(id), maxID)
	}
	for _, s := range more {
		if len(s) > maxText {
			return fmt.Errorf("the %s %.100q has a text of %d bytes, and Neo4j is given %d at most: leave it out", what, id, len(s), maxText)
		}
		if !utf8.ValidString(s) {
			return fmt.Errorf("the %s %.100q has a text that is not UTF-8, %.100q: convert the data to UTF-8", what, id, s)
		}
	}
	return nil
}

// leave takes out the nodes that the source has no more.
func (d *differ) leave() error {
	for i, seen := range d.seenCustomers[:d.knownCustomers] {
		if seen {
			continue
		}
		row := []any{d.customers.ids.At(uint32(i)), customerProperties(d.customers.attributes.At(uint32(i)), "")}
		if err := d.leaves(d.customers.whose[i], d.fixedCustomers[i], keepCustomer, dropCustomer, row); err != nil {
			return err
		}
	}
	bare := map[string]any{"name": nil, "category": nil, "price": nil, "available_from": nil, "available_to": nil}
	for i, seen := range d.seenProducts[:d.knownProducts] {
		if seen {
			continue
		}
		row := []any{d.products.ids.At(uint32(i)), bare}
		if err := d.leaves(d.products.whose[i], d.fixedProducts[i], keepProduct, dropProduct, row); err != nil {
			return err
		}
	}
	return nil
}

// leaves keeps or takes out a node that the source has no more; others' it leaves alone.
// row has its id, and what kith has said of it as properties to be removed.
func (d *differ) leaves(w whose, fixed bool, keep, drop step, row []any) error {
	id, _ := row[0].(string)
	switch {
	case w != others && !fixed:
		return d.journal.last(change{drop, row}, id)
	case w == ours:
		return d.journal.node(change{keep, row}, id)
	}
	return nil
}
