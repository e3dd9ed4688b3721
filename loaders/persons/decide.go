package persons

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders/identity"
)

// Decision is what somebody decided of records.
type Decision struct {
	ID      int       `json:"id"`
	At      time.Time `json:"at"`
	By      string    `json:"by"`
	Why     string    `json:"why"`
	Action  string    `json:"action"` // merge or split
	Records []string  `json:"records"`
}

// Merge makes one person of those that the records belong to, whatever the
// evidence says, now and in later resolutions. The records may also be ids that
// are only in events. Split takes it back.
func Merge(ctx context.Context, st *duckstore.Store, d Decision) (*Report, error) {
	d.Action = "merge"
	return decide(ctx, st, d, (*identity.Clusters).Merge)
}

// Split takes the records, all of one person, out of it, now and in later
// resolutions; whether those taken out are one person among themselves is for the
// evidence to say. Records that are of as many people are kept apart. Merge takes
// it back.
func Split(ctx context.Context, st *duckstore.Store, d Decision) (*Report, error) {
	d.Action = "split"
	return decide(ctx, st, d, split)
}

func split(c *identity.Clusters, o identity.Overrides, ids ...string) (identity.Overrides, error) {
	people := map[uint32]bool{}
	for _, id := range ids {
		at, _ := c.IDs.Find(id) // which decide has looked up
		people[c.Of[at]] = true
	}
	if len(people) < 2 || len(people) < len(ids) {
		return c.Split(o, ids...)
	}
	for i, a := range ids {
		for _, b := range ids[:i] {
			o.Apart = append(o.Apart, identity.Pair{A: min(a, b), B: max(a, b)})
		}
	}
	return o, nil
}

func decide(ctx context.Context, st *duckstore.Store, d Decision,
	change func(*identity.Clusters, identity.Overrides, ...string) (identity.Overrides, error),
) (*Report, error) {
	began := time.Now()
	ids, err := texts(ctx, st.DB(), query("ids", nil), d.Records)
	if err != nil {
		return nil, fmt.Errorf("list the records: %w", err)
	}
	for _, id := range d.Records {
		if _, ok := slices.BinarySearch(ids, id); !ok {
			return nil, fmt.Errorf("there is no record %q: it is neither a customer that was loaded nor in any event", id)
		}
	}
	names := graph.NamesOf(ids)
	links, err := readLinks(ctx, st.DB(), names)
	if err != nil {
		return nil, err
	}
	o, err := readOptions(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	before, err := readOverrides(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	grouping := identity.Grouping{Merge: o.Merge}
	clusters, err := identity.Group(ctx, names, links, before.pairs(), grouping)
	if err != nil {
		return nil, err
	}
	after, err := change(clusters, before.pairs(), d.Records...)
	if err != nil {
		return nil, err
	}
	if clusters, err = identity.Group(ctx, names, links, after, grouping); err != nil {
		return nil, err
	}
	former, err := readPersons(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	seen, err := readSeen(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	report := &Report{}
	err = st.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		w := writer{ctx: ctx, conn: conn}
		if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM identity.decisions").Scan(&d.ID); err != nil {
			return err
		}
		d.At = began.UTC().Truncate(time.Microsecond)
		w.append("decisions", 1, func(int) []driver.Value {
			return []driver.Value{int32(d.ID), d.At, d.By, d.Why, d.Action, slices.Clone(d.Records)}
		})
		w.overrides(before, after, d.ID)
		w.exec("DELETE FROM identity.records")
		w.persons(clusters, former, seen)
		w.fates(links, names, clusters.Fates)
		return w.finish(report)
	})
	if err != nil {
		return nil, fmt.Errorf("store the decision: %w", err)
	}
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}

// decided are the overrides with the decision that each came from.
type decided struct {
	together, apart map[identity.Pair]int
}

// pairs are the overrides.
func (d *decided) pairs() identity.Overrides {
	var o identity.Overrides
	for p := range d.together {
		o.Together = append(o.Together, p)
	}
	for p := range d.apart {
		o.Apart = append(o.Apart, p)
	}
	return o // whose order does not matter
}

func readOverrides(ctx context.Context, db *sql.DB) (*decided, error) {
	d := &decided{map[identity.Pair]int{}, map[identity.Pair]int{}}
	err := each(ctx, db, "SELECT a, b, apart, decision FROM identity.overrides", nil, func(rows *sql.Rows) error {
		var p identity.Pair
		var apart bool
		var decision int
		err := rows.Scan(&p.A, &p.B, &apart, &decision)
		if apart {
			d.apart[p] = decision
		} else {
			d.together[p] = decision
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was decided: %w", err)
	}
	return d, nil
}

// overrides stores what follows from decisions; what is new follows from the last.
func (w *writer) overrides(before *decided, after identity.Overrides, decision int) {
	w.exec("DELETE FROM identity.overrides")
	for _, list := range []struct {
		pairs []identity.Pair
		from  map[identity.Pair]int
		apart bool
	}{{after.Together, before.together, false}, {after.Apart, before.apart, true}} {
		w.append("overrides", len(list.pairs), func(i int) []driver.Value {
			p := list.pairs[i]
			from, old := list.from[p]
			if !old {
				from = decision
			}
			return []driver.Value{p.A, p.B, list.apart, int32(from)}
		})
	}
}

// readLinks has the links by numbers of records.
func readLinks(ctx context.Context, db *sql.DB, names *graph.Names) (*identity.Links, error) {
	l := &identity.Links{}
	err := each(ctx, db, "SELECT a, b, weight FROM identity.links ORDER BY a, b", nil, func(rows *sql.Rows) error {
		var a, b string
		var weight float64
		if err := rows.Scan(&a, &b, &weight); err != nil {
			return err
		}
		p, ok := names.Find(a)
		q, ok2 := names.Find(b)
		if ok && ok2 { // a record may be gone
			l.A, l.B, l.Weight = append(l.A, p), append(l.B, q), append(l.Weight, weight)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the links between records: %w", err)
	}
	return l, nil
}

// fates notes what became of links.
func (w *writer) fates(l *identity.Links, names *graph.Names, fates []identity.Fate) {
	w.exec("CREATE OR REPLACE TEMP TABLE fates (a VARCHAR, b VARCHAR, fate VARCHAR)")
	w.appendTo("temp", "main", "fates", l.Len(), func(i int) []driver.Value {
		return []driver.Value{names.At(l.A[i]), names.At(l.B[i]), fates[i].String()}
	})
	w.exec("UPDATE identity.links AS l SET fate = f.fate FROM temp.fates AS f WHERE f.a = l.a AND f.b = l.b AND f.fate <> l.fate")
	w.exec("DROP TABLE temp.fates")
}

// readPersons has the person of each record of people with several.
func readPersons(ctx context.Context, db *sql.DB) (map[string]string, error) {
	former := map[string]string{}
	err := each(ctx, db, "SELECT record, person FROM identity.records", nil, func(rows *sql.Rows) error {
		var record, person string
		err := rows.Scan(&record, &person)
		former[record] = person
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read who is who: %w", err)
	}
	return former, nil
}

func readOptions(ctx context.Context, db *sql.DB) (*Options, error) {
	o := &Options{}
	return o, o.remember(ctx, db)
}

// readSeen has when each record was right.
func readSeen(ctx context.Context, db *sql.DB) (*knownRecords, error) {
	how, err := stored(ctx, db)
	if err != nil || how.seen == "" {
		return &knownRecords{}, err
	}
	return readRecords(ctx, db, &reading{seen: how.seen})
}

// each hands the rows of a query over.
func each(ctx context.Context, db *sql.DB, text string, args []any, f func(*sql.Rows) error) error {
	rows, err := db.QueryContext(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
