package persons

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"kith/graph/duckstore"
	"kith/loaders/identity"
)

// Evidence is why two records are, or are not, taken for one person's. Prior, the
// bits of the fields and -Doubled add up to Weight, in bits; the probability is
// 2^weight/(1+2^weight).
type Evidence struct {
	A      string          `json:"a"`
	B      string          `json:"b"`
	Prior  float64         `json:"prior"`
	Fields []FieldEvidence `json:"fields"`
	// Doubled is what is taken off because the two may be different people
	// who look alike, and Double in which way.
	Doubled     float64 `json:"doubled,omitempty"`
	Double      string  `json:"double,omitempty"`
	Weight      float64 `json:"weight"`
	Probability float64 `json:"probability"`
	// Fate is what became of the link by the last resolution or decision;
	// empty where the two are too little alike for one.
	Fate       string `json:"fate,omitempty"`
	SamePerson bool   `json:"same_person"`
	// PersonA and PersonB are the customers that the records are now.
	PersonA string `json:"person_a"`
	PersonB string `json:"person_b"`
	// Decisions are those of people that name just these two, or follow for
	// them.
	Decisions []Decision `json:"decisions,omitempty"`
}

// FieldEvidence is what one field says.
type FieldEvidence struct {
	Field string  `json:"field"`
	A     string  `json:"a"`
	B     string  `json:"b"`
	Level string  `json:"level"`
	Bits  float64 `json:"bits"`
}

// ErrNothing says that there are no customers, or that they were not resolved yet.
var ErrNothing = errors.New("there is nothing to work on yet")

// Explain tells why two records are, or are not, one person. A link has the
// evidence on which it was decided; other pairs are weighed now, by the model of
// the last resolution, which takes as long as to read the customers.
func Explain(ctx context.Context, st *duckstore.Store, a, b string) (*Evidence, error) {
	if a == b {
		return nil, fmt.Errorf("%q was to be compared with itself: name two records", a)
	}
	if a > b {
		a, b = b, a
	}
	how, err := stored(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	found, err := readEvidence(ctx, st.DB(), how, a, b, 1)
	if err != nil {
		return nil, err
	}
	var e *Evidence
	if len(found) > 0 {
		e = &found[0]
	} else if e, err = weigh(ctx, st.DB(), how, a, b); err != nil {
		return nil, err
	}
	e.Decisions, err = decisionsOf(ctx, st.DB(), a, b)
	return e, err
}

// Reviews lists pairs of different people that are alike enough for somebody to
// look at, the strongest first, without those that were decided.
func Reviews(ctx context.Context, st *duckstore.Store, limit int) ([]Evidence, error) {
	how, err := stored(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	return readEvidence(ctx, st.DB(), how, "", "", limit)
}

func readEvidence(ctx context.Context, db *sql.DB, how *reading, a, b string, limit int) ([]Evidence, error) {
	list := []Evidence{}
	err := each(ctx, db, query("links", nil), []any{a, b, limit}, func(rows *sql.Rows) error {
		var e Evidence
		var levels, bits, of, with string
		if err := rows.Scan(&e.A, &e.B, &e.Prior, &levels, &bits, &e.Doubled, &e.Double, &e.Weight, &e.Probability, &e.Fate, &e.PersonA, &e.PersonB, &of, &with); err != nil {
			return err
		}
		var level []string
		var bit []float64
		if err := errors.Join(json.Unmarshal([]byte(levels), &level), json.Unmarshal([]byte(bits), &bit)); err != nil {
			return err
		}
		if len(level) != len(how.fields) || len(bit) != len(how.fields) {
			return fmt.Errorf("the link of %q and %q has %d levels of %d fields", e.A, e.B, len(level), len(how.fields))
		}
		for i := range how.fields {
			f := &how.fields[i]
			e.Fields = append(e.Fields, FieldEvidence{Field: f.Name, A: f.of(of), B: f.of(with), Level: level[i], Bits: bit[i]})
		}
		e.SamePerson = e.PersonA == e.PersonB
		list = append(list, e)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the evidence: %w", err)
	}
	return list, nil
}

// of are the values of a field in the attributes of a customer.
func (f *Field) of(attributes string) string {
	var all map[string]any
	d := json.NewDecoder(strings.NewReader(attributes))
	d.UseNumber() // as it stands there
	if d.Decode(&all) != nil {
		return "" // nothing is known of it any more
	}
	var values []string
	for _, a := range f.Attributes {
		if v, ok := all[a]; ok && fmt.Sprint(v) != "" {
			values = append(values, fmt.Sprint(v))
		}
	}
	return strings.Join(values, " | ")
}

// weigh compares two records now.
func weigh(ctx context.Context, db *sql.DB, how *reading, a, b string) (*Evidence, error) {
	models, err := texts(ctx, db, "SELECT model FROM identity.resolution")
	if err != nil {
		return nil, err
	}
	if len(models) == 0 {
		return nil, fmt.Errorf("%w: run kith identity resolve first", ErrNothing)
	}
	model := &identity.Model{}
	if err := json.Unmarshal([]byte(models[0]), model); err != nil {
		return nil, fmt.Errorf("read the model of the last resolution: %w", err)
	}
	o, err := readOptions(ctx, db)
	if err != nil {
		return nil, err
	}
	known, err := readRecords(ctx, db, how)
	if err != nil {
		return nil, err
	}
	for _, id := range []string{a, b} {
		if _, ok := slices.BinarySearch(known.records.IDs, id); !ok {
			return nil, fmt.Errorf("there is no customer %q among those that were loaded", id)
		}
	}
	w, err := identity.Compare(ctx, known.records, model, identity.Options{Region: o.Region, MonthFirst: o.Dates == "mdy"}, a, b)
	if err != nil {
		return nil, err
	}
	e := &Evidence{A: a, B: b, Prior: w.Prior, Doubled: w.Doubled, Double: w.Double, Weight: w.Weight, Probability: w.Probability}
	for _, f := range w.Fields {
		e.Fields = append(e.Fields, FieldEvidence{Field: f.Field, A: f.A, B: f.B, Level: f.Level.String(), Bits: f.Weight})
	}
	persons, err := readPersons(ctx, db)
	if err != nil {
		return nil, err
	}
	e.PersonA, e.PersonB = a, b
	if p := persons[a]; p != "" {
		e.PersonA = p
	}
	if p := persons[b]; p != "" {
		e.PersonB = p
	}
	e.SamePerson = e.PersonA == e.PersonB
	return e, nil
}

// decisionsOf lists the decisions that name or bind both records, in order.
func decisionsOf(ctx context.Context, db *sql.DB, a, b string) ([]Decision, error) {
	list, err := Decisions(ctx, db)
	if err != nil {
		return nil, err
	}
	bound := map[int]bool{}
	err = each(ctx, db, "SELECT decision FROM identity.overrides WHERE a = $1 AND b = $2", []any{a, b}, func(rows *sql.Rows) error {
		var id int
		err := rows.Scan(&id)
		bound[id] = true
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read what was decided: %w", err)
	}
	return slices.DeleteFunc(list, func(d Decision) bool {
		both := slices.Contains(d.Records, a) && slices.Contains(d.Records, b)
		return !bound[d.ID] && !both
	}), nil
}

// Decisions lists all that people decided, in order.
func Decisions(ctx context.Context, db *sql.DB) ([]Decision, error) {
	list := []Decision{}
	err := each(ctx, db, "SELECT id, decided_at, decided_by, why, action, to_json(records)::VARCHAR FROM identity.decisions ORDER BY id", nil, func(rows *sql.Rows) error {
		var d Decision
		var records string
		if err := rows.Scan(&d.ID, &d.At, &d.By, &d.Why, &d.Action, &records); err != nil {
			return err
		}
		d.At = d.At.UTC()
		list = append(list, d)
		return json.Unmarshal([]byte(records), &list[len(list)-1].Records)
	})
	if err != nil {
		return nil, fmt.Errorf("read what was decided: %w", err)
	}
	return list, nil
}

// String lays the evidence out as a table for people, bits to two digits.
func (e *Evidence) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t%s\t%s\t\tbits\n", e.A, e.B)
	fmt.Fprintf(w, "any two records\t\t\t\t%+.2f\n", e.Prior)
	for _, f := range e.Fields {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%+.2f\n", f.Field, f.A, f.B, f.Level, f.Bits)
	}
	if e.Double != "" {
		fmt.Fprintf(w, "may be %s\t\t\t\t%+.2f\n", identity.DoubleInWords(e.Double), -e.Doubled)
	}
	fmt.Fprintf(w, "together\t\t\t%s sure\t%+.2f\n", Share(e.Probability), e.Weight)
	_ = w.Flush() // into memory
	return b.String()
}

// Share is a probability in per cent, never 100 where it is less.
func Share(p float64) string {
	switch {
	case p > .9995:
		return "over 99.9 %"
	case p < .0005:
		return "under 0.1 %"
	}
	return fmt.Sprintf("%.1f %%", 100*p)
}
