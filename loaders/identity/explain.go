package identity

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"text/tabwriter"
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
	// Override is what somebody decided of just these two: together, apart,
	// or nothing.
	Override string
	// Path leads from A to B over records that are linked with each other,
	// so that its weakest link is as strong as can be. It is nil when they
	// are of different people.
	Path []Step
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

// Step is a link on a path.
type Step struct {
	From, To string
	// Weight is in bits, +Inf where an override put the two together.
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
	pair := Pair{e.A, e.B}
	switch {
	case hasPair(r.Overrides.Together, pair):
		e.Override = "together"
	case hasPair(r.Overrides.Apart, pair):
		e.Override = "apart"
	}
	if e.SamePerson {
		e.Path = r.path(p, q)
	}
	return e
}

func hasPair(pairs []Pair, p Pair) bool {
	return slices.ContainsFunc(pairs, func(o Pair) bool { return o.ordered() == p })
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

// path is the way between two records of a cluster whose weakest step is the
// strongest (the widest path; among equals, by record numbers), by Dijkstra's
// method over the few records of a person.
func (r *Result) path(from, to uint32) []Step {
	members := r.MembersOf(r.Of[from])
	place := func(rec uint32) int {
		i, _ := slices.BinarySearch(members, rec)
		return i
	}
	weight := make([]float64, len(members)*len(members))
	for i := range weight {
		weight[i] = math.Inf(-1)
	}
	set := func(a, b uint32, w float64) {
		i, j := place(a), place(b)
		weight[i*len(members)+j], weight[j*len(members)+i] = w, w
	}
	for _, i := range r.LinksWithin(r.Of[from]) {
		if r.Fates[i] == Merged {
			set(r.Links.A[i], r.Links.B[i], r.Links.Weight[i])
		}
	}
	for _, p := range numbered(r.IDs, r.Overrides.Together) {
		if r.Of[p[0]] == r.Of[from] && r.Of[p[1]] == r.Of[from] {
			set(p[0], p[1], math.Inf(1))
		}
	}
	width := make([]float64, len(members))
	before := make([]int, len(members))
	done := make([]bool, len(members))
	for i := range width {
		width[i], before[i] = math.Inf(-1), -1
	}
	width[place(from)] = math.Inf(1)
	for {
		at := -1
		for i := range members {
			if !done[i] && !math.IsInf(width[i], -1) && (at < 0 || width[i] > width[at]) {
				at = i
			}
		}
		if at < 0 || members[at] == to {
			break
		}
		done[at] = true
		for i := range members {
			if w := min(width[at], weight[at*len(members)+i]); !done[i] && w > width[i] {
				width[i], before[i] = w, at
			}
		}
	}
	var steps []Step
	for i := place(to); before[i] >= 0; i = before[i] {
		steps = append(steps, Step{r.IDs.At(members[before[i]]), r.IDs.At(members[i]), weight[before[i]*len(members)+i]})
	}
	slices.Reverse(steps)
	return steps
}

// LinksWithin are the places of the links between records of a cluster,
// ascending.
func (r *Result) LinksWithin(cluster uint32) []int {
	var out []int
	for _, a := range r.MembersOf(cluster) {
		from, _ := slices.BinarySearch(r.Links.A, a)
		for i := from; i < len(r.Links.A) && r.Links.A[i] == a; i++ {
			if r.Of[r.Links.B[i]] == cluster {
				out = append(out, i)
			}
		}
	}
	return out
}

// Reviews are the places of the links between different people, the strongest
// first: what a person should look at, be it too weak to merge by or cut.
func (r *Result) Reviews() []int {
	var out []int
	for i := range r.Links.A {
		if r.Of[r.Links.A[i]] != r.Of[r.Links.B[i]] {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(i, j int) int {
		switch v, w := r.Links.Weight[i], r.Links.Weight[j]; {
		case v > w:
			return -1
		case v < w:
			return 1
		}
		return 0
	})
	return out
}

// String lays the evidence out as a table for people, bits to two digits.
func (e *Evidence) String() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\t%s\t%s\t\tbits\n", e.A, e.B)
	fmt.Fprintf(w, "any two records\t\t\t\t%+.2f\n", e.Prior)
	for _, f := range e.Fields {
		level := f.Level.String()
		if f.Level == Exact && f.Count > 2 {
			level = fmt.Sprintf("exact, %d have it", f.Count)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%+.2f\n", f.Field, f.A, f.B, level, f.Weight)
	}
	if e.Double != "" {
		fmt.Fprintf(w, "may be %s\t\t\t\t%+.2f\n", DoubleInWords(e.Double), -e.Doubled)
	}
	fmt.Fprintf(w, "together\t\t\t%.1f %% sure\t%+.2f\n", 100*e.Probability, e.Weight)
	_ = w.Flush() // into memory
	return b.String()
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
