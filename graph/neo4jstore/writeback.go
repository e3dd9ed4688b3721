package neo4jstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// ErrNoWriteBack says that there is nothing to remove.
var ErrNoWriteBack = fmt.Errorf("nothing has been written back: %w", graph.ErrNoRun)

// WriteBackOptions say how results go onto a mapped graph.
type WriteBackOptions struct {
	// Prefix begins each property, and in other spellings each label, type
	// and constraint; empty means kith_.
	Prefix string
	// NoChurn leaves out what is not known where nobody is known to have left:
	// churn_risk and all that comes of it.
	NoChurn bool
}

// WriteBackReport counts what was written.
type WriteBackReport struct {
	Customers   int64 `json:"customers"`
	Communities int64 `json:"communities"`
	Memberships int64 `json:"memberships"`
	Preferences int64 `json:"preferences"`
	// Gone are customers who were read and are no longer in the database.
	Gone int64 `json:"gone,omitempty"`
}

// WriteBack puts what a run found onto the mapped graph: properties with the
// prefix on customers, communities as nodes of their own, memberships and
// preferences. With the prefix kith_ these are
//
//	(a customer {kith_run, kith_community, kith_role, kith_core, kith_pagerank, kith_authority, kith_dissemination, kith_own_value,
//	    kith_susceptibility, kith_churn_risk, kith_gone, kith_risk_own, kith_risk_other, kith_risk_from, kith_risk_parts})
//	(a customer)-[:KITH_MEMBER_OF {degree, core, leader}]->(:KithCommunity {id, run, parent, level, size, density, risk, expected_loss, leader, disseminator})
//	(:KithCommunity)-[:KITH_PREFERS {supporters, support, lift, lift_low}]->(a product)
//	(:KithRun {id, at, as_of, seed, version, quality, …})
//
// Communities, memberships and preferences are written beside those of the
// former run and become current in one transaction; then the properties of
// customers are brought up to date, a batch to a transaction. While that lasts,
// or after it broke off, KithRun.filling is true, and kith_run says which run a
// customer's properties come from. The same again brings it to its end.
//
// Nothing that is not kith's own is changed, and RemoveWriteBack takes all of it
// away. Nodes are found by the server's numbers, and by their ids to be sure, so
// no index is needed. Time O(n + memberships), a batch in memory.
func (v *Visitor) WriteBack(ctx context.Context, m *GraphMap, r *Reading, f *graph.Findings, o WriteBackOptions, p graph.Progress) (WriteBackReport, error) {
	b := &writeBack{s: v.writer, r: &reporter{p: p}, m: m, reading: r, found: f, o: o}
	err := b.write(ctx)
	if err != nil {
		return WriteBackReport{}, fmt.Errorf("write run %s back to the graph: %w", f.Run.ID, err)
	}
	return b.report, nil
}

// RemoveWriteBack takes away all that write-backs with a prefix have put into a
// graph. It returns ErrNoWriteBack where there is nothing.
func (v *Visitor) RemoveWriteBack(ctx context.Context, prefix string, p graph.Progress) error {
	b := &writeBack{s: v.writer, r: &reporter{p: p}, o: WriteBackOptions{Prefix: prefix}}
	if err := b.remove(ctx); err != nil {
		return fmt.Errorf("remove what was written back: %w", err)
	}
	return nil
}

// writeBack is a write-back, or its removal, under way.
type writeBack struct {
	s       *Store
	r       *reporter
	m       *GraphMap
	reading *Reading
	found   *graph.Findings
	o       WriteBackOptions
	n       backNames
	report  WriteBackReport
	// turn keeps others out as long as it is open.
	session neo4j.SessionWithContext
	turn    neo4jTx
}

func (b *writeBack) write(ctx context.Context) (err error) {
	if b.n, err = namesFor(b.o.Prefix); err != nil {
		return err
	}
	properties, err := runProperties(b.found.Run)
	if err != nil {
		return err
	}
	if err := b.free(ctx); err != nil {
		return err
	}
	for _, c := range []struct{ name, label, property string }{
		{b.n.oneRun, b.n.run, "slot"}, {b.n.oneLock, b.n.lock, "slot"}, {b.n.oneNext, b.n.next, "id"}, {b.n.oneCurrent, b.n.community, "id"},
	} {
		// All of these are plain names.
		if err := b.s.auto(ctx, fmt.Sprintf("CREATE CONSTRAINT %s IF NOT EXISTS FOR (n:%s) REQUIRE n.%s IS UNIQUE", c.name, c.label, c.property), nil); err != nil {
			return err
		}
	}
	if err := b.takeTurn(ctx); err != nil {
		return err
	}
	defer b.endTurn(ctx)
	labels := make([]any, 0, len(b.m.Customers.Labels))
	for _, label := range b.m.Customers.Labels {
		labels = append(labels, label)
	}
	if err := b.s.exec(ctx, b.n.query("back_begin", ""), map[string]any{"labels": labels}); err != nil {
		return err
	}
	if err := b.clearCommunities(ctx, b.n.next, b.n.former); err != nil {
		return err
	}
	if err := b.beside(ctx); err != nil {
		return err
	}
	b.r.begin("making the run current", 0)
	if err := b.stillMine(ctx); err != nil {
		return err
	}
	if err := b.swap(ctx, properties); err != nil {
		return err
	}
	if err := b.fill(ctx); err != nil {
		return err
	}
	b.r.begin("removing the former run", 0)
	if err := b.clearCustomers(ctx, b.found.Run.ID); err != nil {
		return err
	}
	if err := b.clearCommunities(ctx, b.n.former); err != nil {
		return err
	}
	return b.s.exec(ctx, "MATCH (r:"+b.n.run+" {slot: 1}) REMOVE r.filling", nil)
}

// free refuses to write where somebody else uses the names.
func (b *writeBack) free(ctx context.Context) error {
	records, err := b.s.rows(ctx, b.n.query("back_taken", ""), nil)
	if err != nil {
		return err
	}
	ours, _ := records[0].Values[0].(bool)
	taken, _ := records[0].Values[1].(bool)
	if ours {
		return nil
	}
	what := "nodes labelled " + b.n.community
	if !taken {
		var tests []string
		for _, name := range foundNames {
			tests = append(tests, "n."+b.n.prefix+name+" IS NOT NULL")
		}
		what = "properties that begin with " + b.n.prefix
		records, err := b.s.rows(ctx, "MATCH (n) WHERE "+anyLabel("n", b.m.Customers.Labels)+" AND ("+strings.Join(tests, " OR ")+") RETURN 1 LIMIT 1", nil)
		if err != nil {
			return err
		}
		taken = len(records) > 0
	}
	if taken {
		return fmt.Errorf("the graph has %s that kith did not write: choose another prefix", what)
	}
	return nil
}

// takeTurn waits until no other write-back is under way. The lock is the server's
// on a node, and ends with the connection.
func (b *writeBack) takeTurn(ctx context.Context) error {
	b.r.begin("waiting for another write-back", 0)
	if err := b.s.exec(ctx, "MERGE (:"+b.n.lock+" {slot: 1})", nil); err != nil {
		return err
	}
	b.session = b.s.session(ctx)
	tx, err := b.session.BeginTransaction(ctx)
	if err == nil {
		b.turn = tx
		err = run(ctx, tx, "MATCH (l:"+b.n.lock+" {slot: 1}) SET l.since = datetime()", nil)
	}
	if err != nil {
		b.endTurn(ctx)
		return explain(ctx, err)
	}
	return nil
}

func (b *writeBack) endTurn(ctx context.Context) { closeQuietly(ctx, b.session) }

// stillMine sees that the lock has not been lost with its connection.
func (b *writeBack) stillMine(ctx context.Context) error {
	if err := run(ctx, b.turn, "RETURN 1", nil); err != nil {
		return fmt.Errorf("the right to write was lost: %w", explain(ctx, err))
	}
	return nil
}

// beside writes what does not count yet.
func (b *writeBack) beside(ctx context.Context) (err error) {
	b.r.begin("writing communities", int64(len(b.found.Communities)))
	b.report.Communities, err = b.batches(ctx, b.n.query("back_community", ""), func(yield func([]any) bool) {
		for _, c := range b.found.Communities {
			p := map[string]any{"run": b.found.Run.ID, "parent": textOrNil(c.Parent), "level": int64(c.Level), "size": int64(c.Size),
				"density": c.Density, "leader": textOrNil(c.Leader), "disseminator": textOrNil(c.Disseminator)}
			if !b.o.NoChurn {
				p["risk"], p["expected_loss"] = c.Risk, c.ExpectedLoss
			}
			if !yield([]any{c.ID, p}) {
				return
			}
		}
	}, 1)
	if err != nil {
		return err
	}
	b.r.begin("writing memberships", 0)
	b.report.Memberships, err = b.batches(ctx, b.n.query("back_member", b.m.Customers.ID), func(yield func([]any) bool) {
		for m := range b.found.Memberships {
			u, ok := b.reading.Network.Customers.Find(m.Customer)
			if ok && !yield([]any{b.reading.customers[u], m.Customer, m.Community, map[string]any{"degree": m.Degree, "core": m.Core, "leader": m.Leader}}) {
				return
			}
		}
	}, 1) // two would lock each other's communities
	if err != nil || b.m.Products == nil {
		return err
	}
	b.r.begin("writing preferences", 0)
	b.report.Preferences, err = b.batches(ctx, b.n.query("back_prefer", b.m.Products.ID), func(yield func([]any) bool) {
		for p := range b.found.Preferences {
			i, ok := b.reading.Network.Products.Find(p.Product)
			if ok && !yield([]any{b.reading.products[i], p.Product, p.Community,
				map[string]any{"supporters": int64(p.Supporters), "support": p.Support, "lift": p.Lift, "lift_low": p.LiftLow}}) {
				return
			}
		}
	}, 1)
	return err
}

// swap makes current what was written beside.
func (b *writeBack) swap(ctx context.Context, properties map[string]any) error {
	return b.s.do(ctx, func(ctx context.Context, tx neo4jTx) error {
		// Once more after a lost answer finds nothing beside, and must not retire what is current.
		for _, text := range []string{
			fmt.Sprintf("MATCH (k:%s) WHERE k.run <> $run OR EXISTS { MATCH (:%s) } REMOVE k:%s SET k:%s", b.n.community, b.n.next, b.n.community, b.n.former),
			fmt.Sprintf("MATCH (k:%s) REMOVE k:%s SET k:%s", b.n.next, b.n.next, b.n.community),
			b.n.query("back_current", ""),
		} {
			if err := run(ctx, tx, text, map[string]any{"run": b.found.Run.ID, "properties": properties}); err != nil {
				return err
			}
		}
		return nil
	})
}

// clearCommunities removes all nodes of some labels of ours.
func (b *writeBack) clearCommunities(ctx context.Context, labels ...string) error {
	for _, label := range labels {
		if err := b.s.clear(ctx, label); err != nil {
			return err
		}
	}
	return nil
}

// clearCustomers removes the properties that are not of the run to keep.
func (b *writeBack) clearCustomers(ctx context.Context, keep string) error {
	records, err := b.s.rows(ctx, "MATCH (r:"+b.n.run+" {slot: 1}) RETURN r.labels", nil)
	if err != nil || len(records) == 0 {
		return err
	}
	var properties []string
	for _, name := range foundNames {
		properties = append(properties, "n."+b.n.prefix+name)
	}
	for _, label := range list(records[0], 0) {
		name, _ := label.(string)
		text := strings.NewReplacer(":LABEL", ":"+cypherName(name), "RUNPROPERTY", b.n.prefix+"run",
			"PROPERTIES", strings.Join(properties, ", ")).Replace(query("back_clear"))
		if err := b.s.auto(ctx, text, map[string]any{"keep": keep}); err != nil {
			return err
		}
	}
	return nil
}

func (b *writeBack) remove(ctx context.Context) (err error) {
	if b.n, err = namesFor(b.o.Prefix); err != nil {
		return err
	}
	records, err := b.s.rows(ctx, b.n.query("back_taken", ""), nil)
	if err != nil {
		return err
	}
	if records[0].Values[0] != true {
		return fmt.Errorf("%w with the prefix %s", ErrNoWriteBack, b.n.prefix)
	}
	if err := b.takeTurn(ctx); err != nil {
		return err
	}
	defer b.endTurn(ctx)
	b.r.begin("removing what was written back", 0)
	if err := b.clearCustomers(ctx, ""); err != nil { // no run has an empty id
		return err
	}
	if err := b.clearCommunities(ctx, b.n.next, b.n.former, b.n.community, b.n.run); err != nil {
		return err
	}
	if err := run(ctx, b.turn, "MATCH (l:"+b.n.lock+") DELETE l", nil); err != nil {
		return explain(ctx, err)
	}
	if err := b.turn.Commit(ctx); err != nil {
		return explain(ctx, err)
	}
	for _, name := range []string{b.n.oneRun, b.n.oneLock, b.n.oneNext, b.n.oneCurrent} {
		if err := b.s.auto(ctx, "DROP CONSTRAINT "+name+" IF EXISTS", nil); err != nil {
			return err
		}
	}
	return nil
}
