package identity

import (
	"context"
	"fmt"
	"math"
	"strings"
)

// Evidence is why two records are, or are not, taken for one person's. Prior,
// the weights of the fields and -Doubled add up to Weight.
type Evidence struct {
	// A and B are the ids of the records, in byte order.
	A, B string
	// Prior is the weight of any two records.
	Prior  float64
	Fields []FieldEvidence
	// Doubled is the weight that is taken off because the two may be different
	// people who look alike, and Double the likeliest way in which they do;
	// empty when nothing speaks for it.
	Doubled float64
	Double  string
	// Weight is in bits, Probability what it comes to.
	Weight, Probability float64
	// SamePerson says whether they are in one cluster, and Linked what became
	// of the link between them, if their weight was enough for one.
	SamePerson bool
	Linked     bool
	Fate       Fate
}

// FieldEvidence is what one field says.
type FieldEvidence struct {
	Field string
	Kind  Kind
	// A and B are the values as they were written; those of several columns
	// are joined by " | ".
	A, B  string
	Level Level
	// M and U are the chances of the level for one person and for two. For an
	// exact agreement U is that of the value; Count records have it.
	M, U  float64
	Count int
	// Weight is log2(M/U), 0 when a value is missing.
	Weight float64
}

// Explain weighs two records and tells how. They need not have been compared
// before.
func (r *Result) Explain(a, b string) (*Evidence, error) {
	p, ok := r.IDs.Find(a)
	if !ok {
		return nil, fmt.Errorf("identity: there is no record %q", a)
	}
	q, ok := r.IDs.Find(b)
	if !ok {
		return nil, fmt.Errorf("identity: there is no record %q", b)
	}
	if p == q {
		return nil, fmt.Errorf("identity: %q was to be compared with itself; name two records", a)
	}
	return r.explain(min(p, q), max(p, q)), nil
}

// Compare weighs two of the records by a model that was learned from records with
// the same fields, and tells how, as Result.Explain does where there is a Result.
func Compare(ctx context.Context, r Records, m *Model, opt Options, a, b string) (*Evidence, error) {
	phones, err := NewPhoneReader(opt.Region)
	if err != nil {
		return nil, err
	}
	x, err := newTable(ctx, r, text{phones, opt.MonthFirst}, opt.Threads)
	if err != nil {
		return nil, err
	}
	if err := m.fits(x); err != nil {
		return nil, err
	}
	links := &Links{}
	alone, err := Group(ctx, x.ids, links, Overrides{}, Grouping{})
	if err != nil {
		return nil, err
	}
	return (&Result{Clusters: alone, Links: links, Model: m, records: r, table: x}).Explain(a, b)
}

// Evidence explains a link.
func (r *Result) Evidence(link int) *Evidence {
	return r.explain(r.Links.A[link], r.Links.B[link])
}

func (r *Result) explain(p, q uint32) *Evidence {
	x := r.table
	e := &Evidence{A: r.IDs.At(p), B: r.IDs.At(q), Prior: r.Model.Prior()}
	at := make([]Level, len(x.columns))
	parts := make([]float64, len(x.columns))
	x.levelsOf(p, q, at)
	e.Weight, e.Doubled = x.weigh(r.Model, p, q, at, parts)
	e.Probability = Probability(e.Weight)
	for f := range x.columns {
		c := &x.columns[f]
		fe := FieldEvidence{Field: c.Name, Kind: c.Kind, A: r.written(f, p), B: r.written(f, q), Level: at[f], Weight: parts[f]}
		if at[f] != Missing {
			if at[f] == Exact {
				fe.Count = int(c.count[c.shared(x.of(p), x.of(q))])
			}
			fe.M, fe.U = r.Model.Fields[f].M[at[f]], r.Model.Fields[f].chance(at[f], fe.Count, c.known)
		}
		e.Fields = append(e.Fields, fe)
	}
	if e.Doubled > .01 {
		e.Double = r.likeliest(p, q, at)
	}
	e.SamePerson = r.Of[p] == r.Of[q]
	var link int
	if link, e.Linked = r.Links.Find(p, q); e.Linked {
		e.Fate = r.Fates[link]
	}
	return e
}

// written are the values of a record as they came.
func (r *Result) written(f int, record uint32) string {
	row := r.table.row[record]
	var values []string
	for _, column := range r.records.Fields[f].Columns {
		if v := strings.TrimSpace(column[row]); v != "" {
			values = append(values, v)
		}
	}
	return strings.Join(values, " | ")
}

// likeliest is the double that explains most of a pair.
func (r *Result) likeliest(p, q uint32, at []Level) string {
	x := r.table
	best, name := math.Inf(-1), ""
	for d := range r.Model.Doubles {
		double := &r.Model.Doubles[d]
		w := math.Log2(double.Share)
		for f := range x.columns {
			c := &x.columns[f]
			count := 0
			if at[f] == Exact {
				count = int(c.count[c.shared(x.of(p), x.of(q))])
			}
			w += double.weight(&r.Model.Fields[f], f, at[f], count, c.known)
		}
		if w > best {
			best, name = w, double.Name
		}
	}
	return name
}

// DoubleInWords says in which way two people may look alike.
func DoubleInWords(name string) string {
	switch name {
	case Household:
		return "two of one household"
	case Namesakes:
		return "two of one name"
	}
	return name
}
