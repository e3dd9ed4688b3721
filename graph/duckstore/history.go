package duckstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"kith/graph"
)

// History is what the events and the master data say of one person. A part that
// has nothing in the window is nil, or empty.
type History struct {
	// Customer is the person's id; Records are the ids under which the person
	// was loaded, where these are several.
	Customer string   `json:"customer"`
	Records  []string `json:"records,omitempty"`
	// Links are why these are one person's.
	Links []RecordLink `json:"links,omitempty"`
	From  NullTime     `json:"from,omitzero"`
	To    NullTime     `json:"to,omitzero"`

	Master       []Attribute       `json:"master,omitempty"`
	Purchases    *PurchaseHistory  `json:"purchases,omitempty"`
	Calls        *CallHistory      `json:"calls,omitempty"`
	Visits       *VisitHistory     `json:"visits,omitempty"`
	Contacts     *ContactHistory   `json:"contacts,omitempty"`
	Satisfaction *SatisfactionPart `json:"satisfaction,omitempty"`
	Departures   []NullTime        `json:"departures,omitempty"`
	// Imports are the files that say something of the person.
	Imports []SourceImport `json:"imports,omitempty"`
	// Missing are the kinds of events and data of which nothing was loaded
	// about anybody.
	Missing []string `json:"missing,omitempty"`
}

// NullTime is a time that may be missing, in UTC.
type NullTime struct{ time.Time }

// Scan reads a time of DuckDB.
func (t *NullTime) Scan(v any) error {
	var n sql.NullTime
	if err := n.Scan(v); err != nil {
		return err
	}
	t.Time = time.Time{}
	if n.Valid {
		t.Time = n.Time.UTC()
	}
	return nil
}

// Attribute is one value of master data with where it came from.
type Attribute struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
	// Record is the id under which it was loaded, File and Import from where.
	Record string `json:"record"`
	File   string `json:"file,omitempty"`
	Import int64  `json:"import"`
	// Others says how many records of the person have another value, which
	// does not stand for the person.
	Others int `json:"others,omitempty"`
}

// PurchaseHistory is what was bought.
type PurchaseHistory struct {
	// Lines are those of positive quantity, Returns the others.
	Lines   int64 `json:"lines"`
	Returns int64 `json:"returns,omitempty"`
	Baskets int64 `json:"baskets,omitempty"`
	// Cancelled are lines of orders that were cancelled, given back or not paid, and
	// are in no other figure.
	Cancelled int64 `json:"cancelled,omitempty"`
	// Amount is money, returns subtracted.
	Amount float64  `json:"amount"`
	First  NullTime `json:"first,omitzero"`
	Last   NullTime `json:"last,omitzero"`
	// RecencyDays is from the last purchase to the end of the window, which is
	// the last purchase of anybody where it is open; PerMonth is baskets, or lines
	// where there are none, in 30 days from the first purchase on.
	RecencyDays *float64   `json:"recency_days,omitempty"`
	PerMonth    *float64   `json:"per_month,omitempty"`
	Products    []Favour   `json:"products"`
	Categories  []Favour   `json:"categories,omitempty"`
	Latest      []Purchase `json:"latest"`
}

// Favour is how often something was bought or seen, and for how much.
type Favour struct {
	ID     string  `json:"id"`
	Name   string  `json:"name,omitempty"`
	Times  int64   `json:"times"`
	Amount float64 `json:"amount,omitempty"`
}

// Purchase is one line.
type Purchase struct {
	At       NullTime `json:"at,omitzero"`
	Product  string   `json:"product"`
	Name     string   `json:"name,omitempty"`
	Basket   string   `json:"basket,omitempty"`
	Quantity float64  `json:"quantity"`
	Amount   float64  `json:"amount"`
	Import   int64    `json:"import"`
}

// CallHistory is who was talked to.
type CallHistory struct {
	Out CallSide `json:"out"`
	In  CallSide `json:"in"`
	// Partners are people, in either direction.
	Partners int64    `json:"partners"`
	First    NullTime `json:"first,omitzero"`
	Last     NullTime `json:"last,omitzero"`
	Top      []Tie    `json:"top"`
	// Data is what was used without anybody at the other side.
	Data *DataUse `json:"data,omitempty"`
}

// CallSide is contacts in one direction.
type CallSide struct {
	Calls    int64   `json:"calls"` // talks, and calls that were missed
	Missed   int64   `json:"missed,omitempty"`
	Messages int64   `json:"messages,omitempty"`
	Minutes  float64 `json:"minutes"`
}

// DataUse is data sessions.
type DataUse struct {
	Sessions int64   `json:"sessions"`
	Minutes  float64 `json:"minutes"`
	// Bytes are in both directions, nil where no source says.
	Bytes *float64 `json:"bytes,omitempty"`
	First NullTime `json:"first,omitzero"`
	Last  NullTime `json:"last,omitzero"`
}

// Tie is contact with one other person.
type Tie struct {
	Customer string   `json:"customer"`
	Contacts int64    `json:"contacts"`
	Minutes  float64  `json:"minutes"`
	Last     NullTime `json:"last,omitzero"`
}

// VisitHistory is what was looked at, in sessions of the person too.
type VisitHistory struct {
	Visits   int64    `json:"visits"`
	Sessions int64    `json:"sessions,omitempty"`
	Minutes  float64  `json:"minutes"`
	First    NullTime `json:"first,omitzero"`
	Last     NullTime `json:"last,omitzero"`
	Top      []Favour `json:"top"`
}

// ContactHistory is how campaigns touched the person.
type ContactHistory struct {
	Contacts  int64     `json:"contacts"`
	Responded int64     `json:"responded"`
	Converted int64     `json:"converted"`
	Revenue   float64   `json:"revenue,omitempty"`
	Last      NullTime  `json:"last,omitzero"`
	Latest    []Contact `json:"latest"`
}

// Contact is one touch.
type Contact struct {
	At        NullTime `json:"at,omitzero"`
	Campaign  string   `json:"campaign,omitempty"`
	Arm       string   `json:"arm,omitempty"`
	Channel   string   `json:"channel,omitempty"`
	Outcome   string   `json:"outcome,omitempty"`
	Responded *bool    `json:"responded,omitempty"`
	Converted *bool    `json:"converted,omitempty"`
}

// SatisfactionPart is how content the person says to be.
type SatisfactionPart struct {
	Surveys    int64 `json:"surveys"`
	Complaints int64 `json:"complaints"`
	Praise     int64 `json:"praise"`
	// Score is the mean of the scores of known scales, 0 the lowest, 1 the
	// highest.
	Score  *float64  `json:"score,omitempty"`
	Last   NullTime  `json:"last,omitzero"`
	Latest []Opinion `json:"latest"`
}

// Opinion is one answer, complaint or praise.
type Opinion struct {
	At      NullTime `json:"at,omitzero"`
	Kind    string   `json:"kind"`
	Topic   string   `json:"topic,omitempty"`
	Score   *float64 `json:"score,omitempty"`
	Lowest  *float64 `json:"lowest,omitempty"`
	Highest *float64 `json:"highest,omitempty"`
	Comment string   `json:"comment,omitempty"`
}

// RecordLink is what makes one person of two records: that they look alike, with
// a probability, or that somebody says so.
type RecordLink struct {
	A           string   `json:"a"`
	B           string   `json:"b"`
	Probability *float64 `json:"probability,omitempty"`
	By          string   `json:"by,omitempty"`
	Why         string   `json:"why,omitempty"`
}

// SourceImport is a file that says something of the person.
type SourceImport struct {
	ID   int64  `json:"id"`
	Kind string `json:"kind"`
	File string `json:"file"`
	Rows int64  `json:"rows"`
}

// ErrNobody says that no table has anything of a customer.
var ErrNobody = errors.New("nothing is known of this customer")

// History gathers what is known of a customer, by any of the ids that the person
// has, in a window. Events without a time are in every window, and master data
// has none. It returns ErrNobody where nothing is known at all. Each table is
// read once: time O(rows of the tables).
func (s *Store) History(ctx context.Context, id string, w graph.Window) (*History, error) {
	h := &History{From: NullTime{w.From}, To: NullTime{w.To}}
	var err error
	if h.Customer, h.Records, err = s.personOf(ctx, id, w); err == nil {
		err = s.history(ctx, h, w)
	}
	if err != nil {
		return nil, fmt.Errorf("read what is known of a customer: %w", err)
	}
	if len(h.Imports) == 0 && len(h.Master) == 0 {
		return nil, ErrNobody
	}
	return h, nil
}

// personOf finds the person that an id stands for, and the person's records.
func (s *Store) personOf(ctx context.Context, id string, w graph.Window) (person string, records []string, err error) {
	_, to := bounds(w)
	if err := s.one(ctx, "history_person", []any{id, to}, &person); err != nil {
		return "", nil, err
	}
	err = s.rows(ctx, func(rows *sql.Rows) error {
		var r string
		err := rows.Scan(&r)
		records = append(records, r)
		return err
	}, "history_records", person)
	return person, records, err
}

func (s *Store) history(ctx context.Context, h *History, w graph.Window) error {
	from, to := bounds(w)
	in := []any{h.Customer, from, to}
	return errors.Join(
		listRows(ctx, s, &h.Master, "history_master", []any{h.Customer}, func(rows *sql.Rows, a *Attribute) error {
			var value string
			err := rows.Scan(&a.Name, &value, &a.Record, &a.File, &a.Import, &a.Others)
			a.Value = json.RawMessage(value)
			return err
		}),
		listRows(ctx, s, &h.Links, "history_links", []any{h.Customer}, func(rows *sql.Rows, l *RecordLink) error {
			return rows.Scan(&l.A, &l.B, &l.Probability, &l.By, &l.Why)
		}),
		s.purchases(ctx, h, in), s.calls(ctx, h, in), s.visits(ctx, h, in), s.contacts(ctx, h, in), s.satisfaction(ctx, h, in),
		listRows(ctx, s, &h.Departures, "history_departures", in, func(rows *sql.Rows, t *NullTime) error { return rows.Scan(t) }),
		listRows(ctx, s, &h.Imports, "history_imports", in, func(rows *sql.Rows, i *SourceImport) error {
			return rows.Scan(&i.ID, &i.Kind, &i.File, &i.Rows)
		}),
		listRows(ctx, s, &h.Missing, "history_missing", nil, func(rows *sql.Rows, kind *string) error { return rows.Scan(kind) }),
	)
}

// listRows appends the rows of a query to a list.
func listRows[T any](ctx context.Context, s *Store, list *[]T, name string, args []any, scan func(*sql.Rows, *T) error) error {
	return s.rows(ctx, func(rows *sql.Rows) error {
		var item T
		err := scan(rows, &item)
		*list = append(*list, item)
		return err
	}, name, args...)
}

func scanFavour(rows *sql.Rows, f *Favour) error {
	return rows.Scan(&f.ID, &f.Name, &f.Times, &f.Amount)
}

func (s *Store) purchases(ctx context.Context, h *History, in []any) error {
	p := &PurchaseHistory{Products: []Favour{}, Latest: []Purchase{}}
	err := s.one(ctx, "history_purchases", in, &p.Lines, &p.Returns, &p.Baskets, &p.Amount, &p.First, &p.Last, &p.RecencyDays, &p.PerMonth)
	if err == nil {
		err = s.one(ctx, "history_cancelled", in, &p.Cancelled)
	}
	if err != nil || p.Lines+p.Returns+p.Cancelled == 0 {
		return err
	}
	h.Purchases = p
	return errors.Join(
		listRows(ctx, s, &p.Products, "history_products", in, scanFavour),
		listRows(ctx, s, &p.Categories, "history_categories", in, scanFavour),
		listRows(ctx, s, &p.Latest, "history_lines", in, func(rows *sql.Rows, l *Purchase) error {
			return rows.Scan(&l.At, &l.Product, &l.Name, &l.Basket, &l.Quantity, &l.Amount, &l.Import)
		}))
}

func (s *Store) calls(ctx context.Context, h *History, in []any) error {
	c, d := &CallHistory{Top: []Tie{}}, &DataUse{}
	err := s.one(ctx, "history_calls", in, &c.Out.Calls, &c.Out.Missed, &c.Out.Messages, &c.Out.Minutes,
		&c.In.Calls, &c.In.Missed, &c.In.Messages, &c.In.Minutes, &c.Partners, &c.First, &c.Last)
	if err == nil {
		err = s.one(ctx, "history_usage", in, &d.Sessions, &d.Minutes, &d.Bytes, &d.First, &d.Last)
	}
	if d.Sessions > 0 {
		c.Data = d
	}
	if err != nil || c.Out.Calls+c.In.Calls+c.Out.Messages+c.In.Messages+d.Sessions == 0 {
		return err
	}
	h.Calls = c
	return listRows(ctx, s, &c.Top, "history_ties", in, func(rows *sql.Rows, t *Tie) error {
		return rows.Scan(&t.Customer, &t.Contacts, &t.Minutes, &t.Last)
	})
}

func (s *Store) visits(ctx context.Context, h *History, in []any) error {
	v := &VisitHistory{}
	err := s.one(ctx, "history_visits", in, &v.Visits, &v.Sessions, &v.Minutes, &v.First, &v.Last)
	if err != nil || v.Visits == 0 {
		return err
	}
	h.Visits = v
	return listRows(ctx, s, &v.Top, "history_seen", in, scanFavour)
}

func (s *Store) contacts(ctx context.Context, h *History, in []any) error {
	c := &ContactHistory{}
	err := s.one(ctx, "history_contacts", in, &c.Contacts, &c.Responded, &c.Converted, &c.Revenue, &c.Last)
	if err != nil || c.Contacts == 0 {
		return err
	}
	h.Contacts = c
	return listRows(ctx, s, &c.Latest, "history_touches", in, func(rows *sql.Rows, t *Contact) error {
		return rows.Scan(&t.At, &t.Campaign, &t.Arm, &t.Channel, &t.Outcome, &t.Responded, &t.Converted)
	})
}

func (s *Store) satisfaction(ctx context.Context, h *History, in []any) error {
	p := &SatisfactionPart{}
	err := s.one(ctx, "history_satisfaction", in, &p.Surveys, &p.Complaints, &p.Praise, &p.Score, &p.Last)
	if err != nil || p.Surveys+p.Complaints+p.Praise == 0 {
		return err
	}
	h.Satisfaction = p
	return listRows(ctx, s, &p.Latest, "history_opinions", in, func(rows *sql.Rows, o *Opinion) error {
		return rows.Scan(&o.At, &o.Kind, &o.Topic, &o.Score, &o.Lowest, &o.Highest, &o.Comment)
	})
}
