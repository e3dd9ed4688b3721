package persons

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders/identity"
)

// Options of Resolve. What is left empty is as in the last resolution, and at
// first as said here.
type Options struct {
	// Map says which attribute holds what, by one of Words; several are
	// joined by "+", and an empty text leaves a kind out that would be
	// guessed. At first all is guessed, by names and content.
	Map map[string]string `json:"map,omitempty"`
	// Region is that of telephone numbers without a country code, as two
	// letters, such as GB.
	Region string `json:"region,omitempty"`
	// Dates is dmy or mdy, for birth dates such as 02/03/1971; dmy at first.
	Dates string `json:"dates,omitempty"`
	// Merge is the probability from which a pair is one person, at first
	// 0.9; Review that from which it is kept for a person to look at, 0.5.
	Merge  float64 `json:"merge,omitempty"`
	Review float64 `json:"review,omitempty"`
	// Survive says by attribute which value stands for a person where records
	// differ; the attribute "" stands for all others.
	Survive map[string]Survival `json:"survive,omitempty"`

	// Afresh forgets the options of the last resolution.
	Afresh   bool           `json:"-"`
	Threads  int            `json:"-"`
	Progress graph.Progress `json:"-"`
}

// Survival is a rule by which one of several values stands for a person.
type Survival struct {
	// Rule is frequent (what most records have), newest, longest, complete
	// (of the record with the most attributes) or trusted. At first it is
	// newest for what people change (telephone, e-mail, address) and
	// frequent for the rest. Newest goes by the attribute that says when a
	// record was right, and then by the import; a file that was taken back and
	// loaded again counts as it did the first time.
	Rule string `json:"rule"`
	// Sources are names of files, with or without the ending, in order of
	// trust; for trusted.
	Sources []string `json:"sources,omitempty"`
}

// Report says what a resolution or a decision came to.
type Report struct {
	// Records were looked at; Merged of them are of People with several, so
	// that there are Customers in all.
	Records   int `json:"records"`
	People    int `json:"people"`
	Merged    int `json:"merged"`
	Customers int `json:"customers"`
	// Reviews are pairs for a person to look at.
	Reviews int `json:"reviews"`
	// Numbers are ids of events that are telephone numbers: Held ones stand
	// for their holders, at least at times; the others for themselves, as
	// nobody holds them alone.
	Held   int `json:"numbers_held"`
	Shared int `json:"numbers_shared"`
	// Fields were compared; Ignored attributes are no evidence.
	Fields  []Field  `json:"fields,omitempty"`
	Ignored []string `json:"ignored,omitempty"`
	Seconds float64  `json:"seconds,omitempty"`
}

// Resolve finds which customers are one person, and stores it in one transaction.
// Decisions made before hold.
func Resolve(ctx context.Context, st *duckstore.Store, o Options) (*Report, error) {
	began := time.Now()
	if err := o.remember(ctx, st.DB()); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	monthFirst := o.Dates == "mdy"
	o.Progress.Report("reading customers", 0, 0)
	how, err := o.read(ctx, st.DB(), monthFirst)
	if err != nil {
		return nil, err
	}
	known, err := readRecords(ctx, st.DB(), how)
	if err != nil {
		return nil, err
	}
	overrides, err := readOverrides(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	result, err := identity.Resolve(ctx, known.records, identity.Options{
		Region: o.Region, MonthFirst: monthFirst, Review: o.Review, Grouping: identity.Grouping{Merge: o.Merge},
		Overrides: overrides.pairs(), Threads: o.Threads, Progress: o.Progress,
	})
	if err != nil {
		return nil, err
	}
	held, err := o.numbers(ctx, st.DB(), known)
	if err != nil {
		return nil, err
	}
	former, err := readPersons(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	report := &Report{Fields: how.fields, Ignored: how.left}
	err = st.Update(ctx, func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, query("clear", nil)); err != nil {
			return err
		}
		w := writer{ctx: ctx, conn: conn, progress: o.Progress}
		w.resolution(result, &o, how, began)
		w.links(result)
		w.persons(result.Clusters, former, known)
		w.survival(how, o.Survive)
		w.numbers(held)
		return w.finish(report)
	})
	if err != nil {
		return nil, fmt.Errorf("store who is who: %w", err)
	}
	report.Seconds = time.Since(began).Seconds()
	return report, nil
}

// remember fills options up with those of the last resolution.
func (o *Options) remember(ctx context.Context, db *sql.DB) error {
	last, err := texts(ctx, db, "SELECT options FROM identity.resolution")
	if err != nil || len(last) == 0 || o.Afresh {
		return err
	}
	var former Options
	if err := json.Unmarshal([]byte(last[0]), &former); err != nil {
		return fmt.Errorf("read the options of the last resolution: %w", err)
	}
	if o.Map == nil {
		o.Map = former.Map
	}
	if o.Survive == nil {
		o.Survive = former.Survive
	}
	if o.Region == "" {
		o.Region = former.Region
	}
	if o.Dates == "" {
		o.Dates = former.Dates
	}
	if o.Merge == 0 {
		o.Merge = former.Merge
	}
	if o.Review == 0 {
		o.Review = former.Review
	}
	return nil
}

func (o *Options) check() error {
	if o.Dates != "" && o.Dates != "dmy" && o.Dates != "mdy" {
		return fmt.Errorf("the order of dates %q is not understood: use dmy or mdy", o.Dates)
	}
	for attribute, s := range o.Survive {
		switch s.Rule {
		case "frequent", "newest", "longest", "complete":
		case "trusted":
			if len(s.Sources) == 0 {
				return fmt.Errorf("the value of %q is to be from a trusted source: name files in order of trust", attribute)
			}
		default:
			return fmt.Errorf("there is no rule %q by which a value survives: use frequent, newest, longest, complete or trusted", s.Rule)
		}
	}
	return nil
}

// knownRecords are the customers, when they were known to be right (0 where that
// is unknown), and when their numbers were theirs.
type knownRecords struct {
	records  identity.Records
	right    []int64         // microseconds, by record
	from, to []sql.NullInt64 // microseconds, by record
	phones   [][]string      // columns
}

func readRecords(ctx context.Context, db *sql.DB, how *reading) (*knownRecords, error) {
	var attributes []string
	for _, f := range how.fields {
		attributes = append(attributes, f.Attributes...)
	}
	text := query("records", struct {
		Attributes               []string
		Pointers, Seen, From, To string
	}{attributes, pointers(attributes), value(how.seen), value(how.from), value(how.to)})
	k := &knownRecords{}
	columns := make([][]string, len(attributes))
	values := make([]string, len(attributes))
	var id string
	var seen, from, to sql.NullInt64
	into := []any{&id, &seen, &from, &to}
	for i := range values {
		into = append(into, &values[i])
	}
	err := each(ctx, db, text, nil, func(rows *sql.Rows) error {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		k.records.IDs = append(k.records.IDs, id)
		k.right = append(k.right, seen.Int64)
		k.from, k.to = append(k.from, from), append(k.to, to)
		for i, v := range values {
			columns[i] = append(columns[i], v)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the customers: %w", err)
	}
	if len(k.records.IDs) == 0 {
		return nil, fmt.Errorf("%w: load customers with kith load --as customers first", ErrNothing)
	}
	for _, f := range how.fields {
		field := identity.Field{Name: f.Name, Kind: f.kind, Columns: spliced(columns[:len(f.Attributes)])}
		columns = columns[len(f.Attributes):]
		if f.kind == identity.Phone {
			k.phones = append(k.phones, field.Columns...)
		}
		k.records.Fields = append(k.records.Fields, field)
	}
	return k, nil
}

// count fills in what is stored now.
func (r *Report) count(ctx context.Context, conn *sql.Conn) error {
	err := conn.QueryRowContext(ctx, query("report", nil)).Scan(&r.Records, &r.People, &r.Merged, &r.Reviews, &r.Held, &r.Shared)
	r.Customers = r.Records - r.Merged + r.People
	return err
}

// Sentence says it in words.
func (r *Report) Sentence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s: %s %s %s", graph.Counted(r.Records, "record"), graph.Agree(r.Records, "is", "are"), graph.Counted(r.Customers, "customer"),
		graph.Counted(r.People, "person"), graph.Agree(r.People, "has", "have"), graph.Counted(r.Merged, "record"))
	if r.Reviews > 0 {
		fmt.Fprintf(&b, "; %s %s for you to review", graph.Counted(r.Reviews, "pair"), graph.Agree(r.Reviews, "is", "are"))
	}
	if r.Held > 0 {
		fmt.Fprintf(&b, "; %s %s", graph.Counted(r.Held, "number"), graph.Agree(r.Held, "stands for its holder", "stand for their holders"))
	}
	if r.Shared > 0 {
		fmt.Fprintf(&b, "; %s %s", graph.Counted(r.Shared, "number"), graph.Agree(r.Shared, "is shared and stands for itself", "are shared and stand for themselves"))
	}
	return b.String() + "."
}
