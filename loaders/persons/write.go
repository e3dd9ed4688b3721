package persons

import (
	"cmp"
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders/identity"
)

// writer stores what was found, within a transaction. Every method does nothing
// once err is set.
type writer struct {
	ctx      context.Context
	conn     *sql.Conn
	progress graph.Progress
	err      error
}

// finish brings up to date what follows from who is who, and counts it.
func (w *writer) finish(report *Report) error {
	if w.err == nil {
		w.err = duckstore.RefreshHolders(w.ctx, w.conn)
	}
	if w.err == nil {
		w.err = report.count(w.ctx, w.conn)
	}
	return w.err
}

func (w *writer) exec(text string, args ...any) {
	if w.err == nil {
		_, w.err = w.conn.ExecContext(w.ctx, text, args...)
	}
}

// append copies n rows to a table of schema identity.
func (w *writer) append(table string, n int, row func(i int) []driver.Value) {
	w.appendTo("", "identity", table, n, row)
}

func (w *writer) appendTo(catalog, schema, table string, n int, row func(i int) []driver.Value) {
	if w.err != nil || n == 0 {
		return
	}
	w.err = duckstore.Append(w.ctx, w.conn, catalog, schema, table, n, func(i int) ([]driver.Value, error) {
		if i&0xfff == 0 {
			w.progress.Report("storing "+table, int64(i), int64(n))
		}
		return row(i), nil
	})
}

func (w *writer) json(v any) string {
	text, err := json.Marshal(v)
	if w.err == nil {
		w.err = err
	}
	return string(text)
}

// resolution notes how the records were resolved.
func (w *writer) resolution(r *identity.Result, o *Options, how *reading, at time.Time) {
	w.exec("INSERT INTO identity.resolution VALUES (?, ?, ?, ?, ?, ?)", at.UTC(), int64(r.IDs.Len()), w.json(how.all()), w.json(o), w.json(r.Model), w.json(r.Rules))
}

func (w *writer) links(r *identity.Result) {
	w.append("links", r.Links.Len(), func(i int) []driver.Value {
		e := r.Evidence(i)
		levels, bits := make([]string, len(e.Fields)), make([]float64, len(e.Fields))
		for f := range e.Fields {
			levels[f], bits[f] = e.Fields[f].Level.String(), e.Fields[f].Weight
			if n := e.Fields[f].Count; e.Fields[f].Level == identity.Exact && n > 2 {
				levels[f] = fmt.Sprintf("exact, %d have it", n)
			}
		}
		return []driver.Value{e.A, e.B, e.Prior, levels, bits, e.Doubled, e.Double, e.Weight, e.Probability, r.Fates[i].String()}
	})
}

// persons stores the records of people with several.
func (w *writer) persons(c *identity.Clusters, former map[string]string, known *knownRecords) {
	type row struct {
		record, person string
		seen           driver.Value
	}
	stood := map[string]int{} // records of each former person
	for _, p := range former {
		stood[p]++
	}
	var rows []row
	for k := range uint32(c.Len()) {
		members := c.MembersOf(k)
		if len(members) < 2 {
			continue
		}
		person := nameOf(c, members, former, stood)
		for _, m := range members {
			r := row{record: c.IDs.At(m), person: person}
			if at := known.seen(r.record); at != 0 {
				r.seen = time.UnixMicro(at).UTC()
			}
			rows = append(rows, r)
		}
	}
	w.append("records", len(rows), func(i int) []driver.Value {
		return []driver.Value{rows[i].record, rows[i].person, rows[i].seen}
	})
}

// nameOf is the id that a person is known by: that of the former person among the
// members who had most of them, or else the first.
func nameOf(c *identity.Clusters, members []uint32, former map[string]string, stood map[string]int) string {
	had := map[string]int{}
	for _, m := range members {
		if p := former[c.IDs.At(m)]; p != "" && stood[p] > 1 {
			had[p]++
		}
	}
	best, most := c.IDs.At(members[0]), 0
	for _, m := range members { // in byte order
		if id := c.IDs.At(m); had[id] > most {
			best, most = id, had[id]
		}
	}
	return best
}

// seen is when a record was right, in microseconds, 0 when unknown.
func (k *knownRecords) seen(id string) int64 {
	if at, ok := slices.BinarySearch(k.records.IDs, id); ok {
		return k.right[at]
	}
	return 0
}

// survival stores by attribute which value stands for a person.
func (w *writer) survival(how *reading, said map[string]Survival) {
	rules := map[string]Survival{}
	for _, f := range how.fields {
		switch f.kind {
		case identity.Phone, identity.Email, identity.Street, identity.Postcode, identity.City, identity.Code:
			for _, a := range f.Attributes {
				rules[a] = Survival{Rule: "newest"}
			}
		}
	}
	if _, all := said[""]; all {
		clear(rules)
	}
	maps.Copy(rules, said)
	names := slices.Sorted(maps.Keys(rules))
	w.append("survival", len(names), func(i int) []driver.Value {
		s := rules[names[i]]
		return []driver.Value{names[i], s.Rule, append([]string{}, s.Sources...)}
	})
}

// numbers stores who held which number when.
func (w *writer) numbers(held *holdings) {
	w.exec("CREATE OR REPLACE TEMP TABLE held (number VARCHAR, record VARCHAR, from_at TIMESTAMP, to_at TIMESTAMP)")
	w.appendTo("temp", "main", "held", len(held.rows), func(i int) []driver.Value {
		h := held.rows[i]
		return []driver.Value{h.number, h.record, moment(h.from), moment(h.to)}
	})
	w.exec("INSERT INTO identity.numbers SELECT number, record, coalesce(from_at, '-infinity'), coalesce(to_at, 'infinity') FROM temp.held")
	w.exec("DROP TABLE temp.held")
	w.append("spellings", len(held.ids), func(i int) []driver.Value {
		return []driver.Value{held.ids[i].id, held.ids[i].number}
	})
}

// moment is a time for DuckDB, or NULL.
func moment(at sql.NullInt64) driver.Value {
	if !at.Valid {
		return nil
	}
	return time.UnixMicro(at.Int64).UTC()
}

func compareHeld(a, b held) int {
	return cmp.Or(cmp.Compare(a.number, b.number), cmp.Compare(a.record, b.record), cmp.Compare(a.from.Int64, b.from.Int64), cmp.Compare(a.to.Int64, b.to.Int64))
}
