package neo4jstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"kith/graph"
)

// The logs of Publish: what is written beside the former findings before the run
// becomes current, and what replaces them afterwards.
const (
	besideLog  = "beside"
	publishLog = "publish"
)

// ErrLoading says that the graph's first load broke off, so that there is nothing
// yet that findings could be about.
var ErrLoading = errors.New("the first load of the graph did not come to its end: load it again")

// batchRows is how many nodes that have lost their relationships are removed at
// a time.
const batchRows = 10_000

// Publish writes communities, memberships and preferences beside those of the
// former run, makes them current in one transaction, then brings the properties
// of customers up to date and removes what is left of the former run. Customers
// and products that the graph lacks are made, but not for aliases.
func (s *Store) Publish(ctx context.Context, f *graph.Findings, p graph.Progress) error {
	if err := s.publish(ctx, f, &reporter{p: p}); err != nil {
		return fmt.Errorf("store the findings of run %s in Neo4j: %w", f.Run.ID, err)
	}
	return nil
}

func (s *Store) publish(ctx context.Context, f *graph.Findings, r *reporter) error {
	properties, err := runProperties(f.Run)
	if err != nil {
		return err
	}
	w, err := s.lock(ctx, r)
	if err != nil {
		return err
	}
	if w.loading {
		w.release()
		return ErrLoading
	}
	log := newLog(publishLog)
	err = s.noteFindings(w.ctx, log, f, r)
	if err == nil {
		r.begin("making the run current", 0)
		err = w.commit(log, func(ctx context.Context, tx neo4jTx) error {
			for _, text := range []string{query("publish_retire"), query("publish_promote")} {
				if err := run(ctx, tx, text, nil); err != nil {
					return err
				}
			}
			return run(ctx, tx, query("publish_run"), map[string]any{"id": f.Run.ID, "properties": properties, "log": log})
		})
	}
	err = w.why(err)
	w.release()
	if err != nil {
		return err
	}
	return s.finish(ctx, log, r)
}

// noteFindings writes what can stand beside the former findings, and notes down
// under log what replaces them.
func (s *Store) noteFindings(ctx context.Context, log string, f *graph.Findings, r *reporter) error {
	communities := make(map[string]bool, len(f.Communities))
	for _, c := range f.Communities {
		communities[c.ID] = true
	}
	beside := newLog(besideLog)
	err := s.writeBeside(ctx, beside, func(ctx context.Context, j *journal) error {
		r.begin("writing communities", int64(len(f.Communities)))
		for _, c := range f.Communities {
			if err := errors.Join(checkText("community", c.ID, c.ID, c.Parent, c.Leader, c.Disseminator),
				j.node(change{putCommunity, communityRow(f.Run.ID, c)}, c.ID)); err != nil {
				return err
			}
		}
		r.begin("writing memberships", 0)
		err := each(ctx, r, f.Memberships, func(m graph.Membership) error {
			if !communities[m.Community] {
				return fmt.Errorf("customer %.100q is a member of community %.100q, which the run did not find", m.Customer, m.Community)
			}
			return errors.Join(checkCustomer(m.Customer), j.tie(change{putMembership, membershipRow(m)}, m.Community, m.Customer))
		})
		if err != nil {
			return err
		}
		r.begin("writing preferences", 0)
		return each(ctx, r, f.Preferences, func(p graph.Preference) error {
			if !communities[p.Community] {
				return fmt.Errorf("community %.100q, which the run did not find, prefers a product", p.Community)
			}
			return errors.Join(graph.Product{ID: p.Product}.Check(), checkText("product", p.Product),
				j.tie(change{putPreference, preferenceRow(p)}, p.Community, p.Product))
		})
	})
	if err != nil {
		return err
	}
	err = s.noteAll(ctx, log, func(ctx context.Context, j *journal) error {
		r.begin("noting customers", 0)
		aliases := aliasesOf(f)
		err := each(ctx, r, f.Customers, func(c graph.CustomerFinding) error {
			return errors.Join(checkCustomer(c.ID), checkText("customer", c.ID, c.Community, c.Role),
				j.node(change{putFinding, append(findingRow(c), aliases[c.ID])}, c.ID))
		})
		if err != nil {
			return err
		}
		return each(ctx, r, slices.Values(f.Aliases), func(a graph.Alias) error {
			return errors.Join(checkCustomer(a.ID), checkCustomer(a.Customer), j.node(change{putMerged, []any{a.ID, a.Customer}}, a.ID))
		})
	})
	if err != nil {
		return err
	}
	return s.dropMarks(ctx, beside)
}

// aliasesOf lists the further ids of each customer.
func aliasesOf(f *graph.Findings) map[string]any {
	lists := map[string]any{}
	for _, a := range f.Aliases {
		list, _ := lists[a.Customer].([]any)
		lists[a.Customer] = append(list, a.ID)
	}
	return lists
}

// writeBeside makes changes at once that nobody sees.
func (s *Store) writeBeside(ctx context.Context, log string, work func(context.Context, *journal) error) error {
	j, err := s.newDirect(ctx, log, func(int64) {})
	if err != nil {
		return err
	}
	if err := j.close(work(j.ctx, j)); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// noteAll notes changes down under a log and waits until they stand in the
// database.
func (s *Store) noteAll(ctx context.Context, log string, work func(context.Context, *journal) error) error {
	j := s.newJournal(ctx, log)
	if err := j.close(work(j.ctx, j)); err != nil {
		return err
	}
	return context.Cause(ctx)
}

// each ranges over findings, which may be nil, and looks at the context now and
// then.
func each[T any](ctx context.Context, r *reporter, items iter.Seq[T], do func(T) error) error {
	if items == nil {
		return nil
	}
	count := 0
	for item := range items {
		if err := do(item); err != nil {
			return err
		}
		if count++; count%often == 0 {
			r.add(often)
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
	}
	r.add(int64(count % often))
	return context.Cause(ctx)
}

// The rows of findings, as the queries of their steps take them.

func communityRow(run string, c graph.CommunityFinding) []any {
	return []any{c.ID, run, textOrNil(c.Parent), int64(c.Level), int64(c.Size), c.Density, c.Risk, c.ExpectedLoss,
		textOrNil(c.Leader), textOrNil(c.Disseminator)}
}

func membershipRow(m graph.Membership) []any {
	return []any{m.Community, m.Customer, m.Degree, m.Core, m.Leader}
}

func preferenceRow(p graph.Preference) []any {
	return []any{p.Community, p.Product, int64(p.Supporters), p.Support, p.Lift, p.LiftLow}
}

func findingRow(c graph.CustomerFinding) []any {
	return append([]any{c.ID, textOrNil(c.Community), textOrNil(c.Role), c.Core, c.PageRank, c.Authority, c.Dissemination,
		c.Susceptibility, c.ChurnRisk, c.OwnValue}, receipt(c)...)
}

// receipt is where a customer's risk comes from, as the last values of a row: gone,
// risk_own, risk_other, risk_from, risk_parts. What there is none of is nil.
func receipt(c graph.CustomerFinding) []any {
	row := []any{nil, c.RiskOwn, nil, nil, nil}
	if c.Gone {
		row[0] = true
	}
	if c.RiskOther != 0 {
		row[2] = c.RiskOther
	}
	if len(c.RiskParts) > 0 {
		from, parts := make([]any, len(c.RiskParts)), make([]any, len(c.RiskParts))
		for i, p := range c.RiskParts {
			from[i], parts[i] = p.From, p.Part
		}
		row[3], row[4] = from, parts
	}
	return row
}

func checkCustomer(id string) error {
	if err := (graph.Customer{ID: id}).Check(); err != nil {
		return err
	}
	return checkText("customer", id)
}

// runNames are the properties of a Run that are not figures of its quality.
var runNames = []string{"id", "at", "as_of", "seed", "version", "quality"}

// runProperties are those of a Run node. The seed is a text, as it may exceed the
// integers of Neo4j.
func runProperties(r graph.Run) (map[string]any, error) {
	if r.ID == "" {
		return nil, errors.New("a run needs an id")
	}
	if err := checkText("run", r.ID, r.ID, r.Version); err != nil {
		return nil, err
	}
	quality, err := json.Marshal(r.Quality)
	if err != nil {
		return nil, fmt.Errorf("the figures of quality: %w", err)
	}
	p := map[string]any{}
	for name, figure := range r.Quality {
		if plainName.MatchString(name) && !slices.Contains(runNames, name) {
			p[name] = figure
		}
	}
	p["id"], p["at"], p["as_of"] = r.ID, timeOrNil(r.At), timeOrNil(r.AsOf)
	p["seed"], p["version"], p["quality"] = strconv.FormatUint(r.Seed, 10), r.Version, string(quality)
	return p, nil
}

// tidy removes what a former run has left.
func (s *Store) tidy(ctx context.Context, r *reporter) error {
	r.begin("removing the former run", 0)
	if err := s.clear(ctx, "KithFormerCommunity"); err != nil {
		return err
	}
	return s.auto(ctx, query("finding_clear"), nil)
}

// clear removes all nodes of a label.
func (s *Store) clear(ctx context.Context, label string) error {
	if err := s.auto(ctx, labelQuery("clear_ties", label), nil); err != nil {
		return err
	}
	return s.auto(ctx, labelQuery("clear_nodes", label), map[string]any{"batch": batchRows})
}

// Current returns the run whose findings are current.
func (s *Store) Current(ctx context.Context) (graph.Run, error) {
	r, err := s.current(ctx)
	if err != nil {
		return graph.Run{}, fmt.Errorf("read the current run from Neo4j: %w", err)
	}
	return r, nil
}

func (s *Store) current(ctx context.Context) (graph.Run, error) {
	for try := 0; ; try++ {
		records, err := s.rows(ctx, query("current"), nil)
		if err != nil {
			return graph.Run{}, err
		}
		v := records[0].AsMap()
		if v["run"] == nil {
			return graph.Run{}, graph.ErrNoRun
		}
		run, err := runOf(v)
		if err == nil || try == 20 {
			return run, err
		}
		// Another run may have become current while the server looked.
		select {
		case <-ctx.Done():
			return graph.Run{}, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// runOf is the run of a Run node, all of whose properties must be there.
func runOf(v map[string]any) (graph.Run, error) {
	r := graph.Run{At: timeOf(v["at"]), AsOf: timeOf(v["as_of"])}
	var ok [4]bool
	var seed, quality string
	r.ID, ok[0] = v["id"].(string)
	r.Version, ok[1] = v["version"].(string)
	seed, ok[2] = v["seed"].(string)
	quality, ok[3] = v["quality"].(string)
	var err, err2 error
	r.Seed, err = strconv.ParseUint(seed, 10, 64)
	err2 = json.Unmarshal([]byte(quality), &r.Quality)
	if ok != [4]bool{true, true, true, true} || err != nil || err2 != nil {
		return graph.Run{}, fmt.Errorf("the node of run %v was changed by hand: analyse anew", v["run"])
	}
	return r, nil
}
