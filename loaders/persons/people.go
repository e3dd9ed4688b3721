package persons

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"kith/graph/duckstore"
)

// Person has several records.
type Person struct {
	ID      string   `json:"id"`
	Records []string `json:"records"`
}

// List lists the people with several records by id, at most limit of those
// behind the id after.
func List(ctx context.Context, st *duckstore.Store, after string, limit int) ([]Person, error) {
	list := []Person{}
	err := each(ctx, st.DB(), query("list", nil), []any{after, limit}, func(rows *sql.Rows) error {
		var p Person
		var records string
		if err := rows.Scan(&p.ID, &records); err != nil {
			return err
		}
		list = append(list, p)
		return json.Unmarshal([]byte(records), &list[len(list)-1].Records)
	})
	if err != nil {
		return nil, fmt.Errorf("list the people: %w", err)
	}
	return list, nil
}

// Attribute is a value that a record of a person has. Those of an attribute
// stand together; Place 1 is what stands for the person, by the rules of
// Options.Survive.
type Attribute struct {
	Name   string          `json:"name"`
	Place  int             `json:"place"`
	Value  json.RawMessage `json:"value"`
	Record string          `json:"record"`
	Import int64           `json:"import"`
	// Source is the name of the file, empty when unknown; Seen, when the
	// record says that it was right, zero when it does not.
	Source string    `json:"source"`
	Seen   time.Time `json:"seen,omitzero"`
}

// Attributes is all that is known of a customer, by name and place, with where
// each value came from. id may be that of any of its records.
func Attributes(ctx context.Context, st *duckstore.Store, id string) ([]Attribute, error) {
	list := []Attribute{}
	err := each(ctx, st.DB(), query("attributes_of", nil), []any{id}, func(rows *sql.Rows) error {
		var a Attribute
		var value string
		var seen int64
		if err := rows.Scan(&a.Name, &a.Place, &value, &a.Record, &a.Import, &a.Source, &seen); err != nil {
			return err
		}
		a.Value = json.RawMessage(value)
		if seen != 0 {
			a.Seen = time.UnixMicro(seen).UTC()
		}
		list = append(list, a)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read what is known of %s: %w", id, err)
	}
	return list, nil
}

// Alike counts the customers that share an e-mail address, a telephone number or
// an id with somebody else, as far as who is who is known: a sign that it is worth
// resolving them.
func Alike(ctx context.Context, st *duckstore.Store) (int, error) {
	o, err := readOptions(ctx, st.DB())
	if err != nil {
		return 0, err
	}
	how, err := o.guess(ctx, st.DB(), o.Dates == "mdy")
	if err != nil {
		return 0, err
	}
	var attributes []string
	for _, f := range how.fields {
		if f.Holds == "email" || f.Holds == "phone" || f.Holds == "id" {
			attributes = append(attributes, f.Attributes...)
		}
	}
	if len(attributes) == 0 {
		return 0, nil
	}
	var n int
	if err := st.DB().QueryRowContext(ctx, query("alike", pointers(attributes))).Scan(&n); err != nil {
		return 0, fmt.Errorf("look for customers that are alike: %w", err)
	}
	return n, nil
}
