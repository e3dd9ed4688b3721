package duckstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/graph"
)

// Import is the receipt of one file taken in.
type Import struct {
	ID int64
	At time.Time // when the load ended, UTC
	// Kind is what the file holds: calls, purchases, customers, products,
	// visits, contacts, satisfaction, churn or numbers.
	Kind string
	File string // as the user named it
	Hash string // sha256 of its bytes, hex
	// Mapping is a JSON object from a field to the column or literal that it
	// was taken from.
	Mapping json.RawMessage
	Bytes   int64
	// Rows = Accepted + Duplicates + Rejected.
	Rows, Accepted, Duplicates, Rejected int64
	// First and Last are the times of the first and last accepted event;
	// zero where there is none.
	First, Last time.Time
	Seconds     float64 // how long the load took
	Notes       []string
	// Repeats says why rows counted as duplicates, Warnings what a person
	// should look at.
	Repeats  []Repeat
	Warnings []Warning
	// NewCustomers and NewProducts are how many ids no earlier file named;
	// -1 when that was not counted.
	NewCustomers, NewProducts int64
	// Undone is when the import was taken back; zero while it stands.
	Undone time.Time
	// Lacks is how many rows it left out as duplicates of one that was taken
	// back since; -1 when that was not counted.
	Lacks int64
}

// Repeat counts the duplicates of one sort.
type Repeat struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Warning counts rows that are odd, but not wrong.
type Warning struct {
	Warning string `json:"warning"`
	Count   int64  `json:"count"`
	Line    int64  `json:"line,omitempty"` // the first of them
}

// Reject is one row that an import did not take.
type Reject struct {
	Line   int64  // 1 is the first line of the file
	Column string // empty when the whole row is at fault
	Reason string
	Row    string // the row's text
}

// Counts says how much the event store holds, over all time.
type Counts struct {
	Imports int64 `json:"imports"`
	Rejects int64 `json:"rejects"`
	// Calls are all contacts: talks, missed calls and messages. SelfCalls
	// are those of a customer to itself, which make no tie; Untimed those
	// without a time.
	Calls     int64 `json:"calls"`
	Messages  int64 `json:"messages"`
	Missed    int64 `json:"missed"`
	SelfCalls int64 `json:"self_calls"`
	Untimed   int64 `json:"untimed"`
	// Usage are data sessions that have no other side.
	Usage int64 `json:"usage"`
	// Purchases are all lines, Returns those of negative quantity.
	Purchases int64 `json:"purchases"`
	Returns   int64 `json:"returns"`
	// Visits are all visits, Anonymous those that no customer is known for.
	// SharedSessions stand beside several customers, and belong to none.
	Visits         int64 `json:"visits"`
	Anonymous      int64 `json:"anonymous"`
	SharedSessions int64 `json:"shared_sessions"`
	// Contacts are touches of campaigns, Responses those that were
	// responded to. Satisfaction has surveys, praise and Complaints.
	Contacts     int64 `json:"contacts"`
	Responses    int64 `json:"responses"`
	Satisfaction int64 `json:"satisfaction"`
	Complaints   int64 `json:"complaints"`
	Departures   int64 `json:"departures"`
	// Customers and Products are those that an import described.
	Customers int64 `json:"customers"`
	Products  int64 `json:"products"`
}

// Span is the smallest window that holds every event that has a time. It is the
// zero Window when there is none.
func (s *Store) Span(ctx context.Context) (graph.Window, error) {
	var first, last sql.NullTime
	if err := s.one(ctx, "span", nil, &first, &last); err != nil {
		return graph.Window{}, fmt.Errorf("read the span of the events: %w", err)
	}
	if !first.Valid {
		return graph.Window{}, nil
	}
	return graph.Window{From: first.Time.UTC(), To: last.Time.UTC().Add(time.Microsecond)}, nil
}

// Departures lists who left within the window, by time and then id, each
// departure once. A customer who came back and left again stands twice. Like the
// ties of Source, departures are the persons': see schema people.
func (s *Store) Departures(ctx context.Context, w graph.Window) ([]graph.Departure, error) {
	from, to := bounds(w)
	var list []graph.Departure
	err := s.whole(ctx, func(r *stream) error {
		return r.run(query("departures"), []any{from, to}, func(c chunk) error {
			who, when := c.texts(0), c.times(1)
			for i := range c.rows {
				list = append(list, graph.Departure{Customer: who[i].String(), At: when.at(i)})
			}
			return nil
		})
	})
	if err != nil {
		return nil, fmt.Errorf("read the departures: %w", err)
	}
	return list, nil
}

// Aliases lists the ids that stand for another customer at the end of a window,
// in byte order, each once: the records of people who have several, and the
// telephone numbers of those who held them then.
func (s *Store) Aliases(ctx context.Context, w graph.Window) ([]graph.Alias, error) {
	_, to := bounds(w)
	var list []graph.Alias
	err := s.rows(ctx, func(rows *sql.Rows) error {
		var a graph.Alias
		err := rows.Scan(&a.ID, &a.Customer, &a.Always)
		list = append(list, a)
		return err
	}, "aliases", to)
	if err != nil {
		return nil, fmt.Errorf("read who is who: %w", err)
	}
	return list, nil
}

// Imports lists the receipts of all imports in the order of loading.
func (s *Store) Imports(ctx context.Context) ([]Import, error) {
	list, err := s.imports(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("read the imports: %w", err)
	}
	return list, nil
}

// Import is the receipt with the given number. The error is sql.ErrNoRows when
// there is none.
func (s *Store) Import(ctx context.Context, id int64) (Import, error) {
	list, err := s.imports(ctx, id)
	if err == nil && len(list) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return Import{}, fmt.Errorf("read import %d: %w", id, err)
	}
	return list[0], nil
}

func (s *Store) imports(ctx context.Context, id any) ([]Import, error) {
	var list []Import
	err := s.rows(ctx, func(rows *sql.Rows) error {
		var m Import
		var first, last, undone sql.NullTime
		var mapping, notes, repeats, warnings string
		var customers, products sql.NullInt64
		err := rows.Scan(&m.ID, &m.At, &m.Kind, &m.File, &m.Hash, &m.Bytes, &mapping,
			&m.Rows, &m.Accepted, &m.Duplicates, &m.Rejected, &first, &last, &m.Seconds, &notes,
			&repeats, &warnings, &customers, &products, &undone, &m.Lacks)
		if err != nil {
			return err
		}
		m.At, m.Mapping = m.At.UTC(), json.RawMessage(mapping)
		if first.Valid {
			m.First, m.Last = first.Time.UTC(), last.Time.UTC()
		}
		if undone.Valid {
			m.Undone = undone.Time.UTC()
		}
		if err := json.Unmarshal([]byte(notes), &m.Notes); err != nil {
			return fmt.Errorf("events.imports, notes of import %d: %w", m.ID, err)
		}
		if err := errors.Join(json.Unmarshal([]byte(repeats), &m.Repeats), json.Unmarshal([]byte(warnings), &m.Warnings)); err != nil {
			return fmt.Errorf("events.imports, import %d: %w", m.ID, err)
		}
		m.NewCustomers, m.NewProducts = counted(customers), counted(products)
		list = append(list, m)
		return nil
	}, "imports", id)
	return list, err
}

// counted is a number, or -1 where nobody counted.
func counted(n sql.NullInt64) int64 {
	if n.Valid {
		return n.Int64
	}
	return -1
}

// Rejects lists some limit rejects of an import by line, beginning behind the
// line after; 0 begins with the first. The list may be longer than limit, as it
// has all rejects of its last line: go on behind that.
func (s *Store) Rejects(ctx context.Context, importID int64, limit int, after int64) ([]Reject, error) {
	var list []Reject
	err := s.rows(ctx, func(rows *sql.Rows) error {
		var r Reject
		err := rows.Scan(&r.Line, &r.Column, &r.Reason, &r.Row)
		list = append(list, r)
		return err
	}, "rejects", importID, after, limit)
	if err != nil {
		return nil, fmt.Errorf("read the rejects of import %d: %w", importID, err)
	}
	return list, nil
}

// Counts counts what the event store holds.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	var c Counts
	err := s.one(ctx, "counts", nil, &c.Imports, &c.Rejects,
		&c.Calls, &c.Messages, &c.Missed, &c.SelfCalls, &c.Untimed, &c.Usage,
		&c.Purchases, &c.Returns, &c.Visits, &c.Anonymous, &c.SharedSessions, &c.Contacts, &c.Responses, &c.Satisfaction, &c.Complaints, &c.Departures, &c.Customers, &c.Products)
	if err != nil {
		return Counts{}, fmt.Errorf("count the events: %w", err)
	}
	return c, nil
}

// Fingerprint names the accepted input of a window: 64 hexadecimal digits that
// are equal when the same files were loaded with the same mappings, in whatever
// order, and the window has the same bounds.
func (s *Store) Fingerprint(ctx context.Context, w graph.Window) (string, error) {
	from, to := bounds(w)
	sum := sha256.New()
	fmt.Fprintf(sum, "kith input 1\n%d %d\n", from, to)
	err := s.rows(ctx, func(rows *sql.Rows) error {
		var line string
		if err := rows.Scan(&line); err != nil {
			return err
		}
		fmt.Fprintf(sum, "%q\n", line)
		return nil
	}, "fingerprint", from, to)
	if err != nil {
		return "", fmt.Errorf("name the input: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// one runs a query of one row.
func (s *Store) one(ctx context.Context, name string, args []any, into ...any) error {
	return s.rows(ctx, func(rows *sql.Rows) error { return rows.Scan(into...) }, name, args...)
}

// rows runs a query of few rows, which database/sql can scan.
func (s *Store) rows(ctx context.Context, f func(*sql.Rows) error, name string, args ...any) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	rows, err := s.db.QueryContext(ctx, query(name), args...)
	if err != nil {
		return s.explain(ctx, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return s.explain(ctx, rows.Err())
}
