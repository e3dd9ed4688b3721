package main

import (
	"context"
	"fmt"
	"os/user"
	"slices"
	"strings"
	"text/tabwriter"

	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/persons"
)

type identityCmd struct {
	Resolve identityResolveCmd `cmd:"" help:"Find which customers are one person. Nothing is lost: split takes a merge back."`
	List    identityListCmd    `cmd:"" help:"List the people with several records."`
	Show    identityShowCmd    `cmd:"" help:"Show what is known of a customer, and from which record and file each value comes."`
	Explain identityExplainCmd `cmd:"" help:"Tell why two records are, or are not, one person, in bits of evidence."`
	Review  identityReviewCmd  `cmd:"" help:"List the pairs that are too much alike to be left alone and too little to be merged."`
	Merge   identityMergeCmd   `cmd:"" help:"Make one person of records, whatever the evidence says, now and in later resolutions."`
	Split   identitySplitCmd   `cmd:"" help:"Take records out of a person, or keep two people apart, now and in later resolutions."`
}

// identityFlags are those of every verb.
type identityFlags struct {
	Data string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	JSON bool   `name:"json" help:"Report as JSON."`
}

// with opens the folder for f.
func (f identityFlags) with(ctx context.Context, do func(*duckstore.Store) error) (err error) {
	st, err := duckstore.Open(ctx, f.Data, duckstore.Options{})
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	return do(st)
}

// resolveFlags say how customers are resolved. Left out they are as last time.
type resolveFlags struct {
	Map     string   `name:"map" help:"Which attribute holds what, such as given=first_name,surname=last_name,phone=mobile+landline,birth=; one of given, surname, name, birth, phone, email, street, postcode, city, id, code, category, text, seen, held_from, held_to. Guessed by names and content when left out; an empty one leaves a field out." placeholder:"FIELD=ATTRIBUTE,..."`
	Region  string   `help:"Country of telephone numbers without a country code, as two letters, such as GB." placeholder:"CC"`
	Birth   string   `name:"birth-dates" help:"Order of day and month in birth dates like 03/04/1971: dmy or mdy." enum:"dmy,mdy," default:"" placeholder:"ORDER"`
	Least   float64  `name:"least" help:"Probability from which a pair is merged; 0.9 at first." placeholder:"P"`
	Review  float64  `name:"review" help:"Probability from which a pair is listed for review; 0.5 at first." placeholder:"P"`
	Survive string   `help:"Which value stands for a person where records differ: frequent, newest, longest, complete (of the fullest record) or trusted, by attribute; * is all others. At first newest for telephone, e-mail and address, and frequent for the rest." placeholder:"ATTRIBUTE=RULE,..."`
	Trust   []string `help:"Files in order of trust, for the rule trusted." placeholder:"FILE"`
	Afresh  bool     `help:"Forget the flags of the last time."`
}

func (f resolveFlags) options() (persons.Options, error) {
	o := persons.Options{Region: f.Region, Dates: f.Birth, Merge: f.Least, Review: f.Review, Afresh: f.Afresh}
	if f.Map != "" {
		m, err := loaders.ParseMap(f.Map)
		if err != nil {
			return o, fmt.Errorf("%w: %w", errUsage, err)
		}
		o.Map = m
	}
	if f.Survive != "" {
		m, err := loaders.ParseMap(f.Survive)
		if err != nil {
			return o, fmt.Errorf("%w: %w", errUsage, err)
		}
		o.Survive = map[string]persons.Survival{}
		for attribute, rule := range m {
			s := persons.Survival{Rule: rule}
			if rule == "trusted" {
				s.Sources = f.Trust
			}
			if attribute == "*" {
				attribute = ""
			}
			o.Survive[attribute] = s
		}
	}
	return o, nil
}

type identityResolveCmd struct {
	identityFlags
	resolveFlags `embed:""`
	Threads      int `help:"Threads to use; 0 is all cores. The answer is the same." default:"0"`
}

// Run resolves the customers.
func (cmd *identityResolveCmd) Run(ctx context.Context, c *console) error {
	o, err := cmd.options()
	if err != nil {
		return err
	}
	o.Threads = cmd.Threads
	return cmd.with(ctx, func(st *duckstore.Store) error {
		report, err := resolve(ctx, c, st, o, cmd.JSON)
		if err != nil || !cmd.JSON {
			return err
		}
		return c.json(report)
	})
}

// resolve resolves customers and says what came of it unless a program listens.
func resolve(ctx context.Context, c *console, st *duckstore.Store, o persons.Options, quiet bool) (*persons.Report, error) {
	progress, finish := newProgress(c.err, quiet)
	o.Progress = progress
	report, err := persons.Resolve(ctx, st, o)
	finish()
	if err != nil || quiet {
		return report, err
	}
	t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(t, "field\tof\tknown")
	for _, f := range report.Fields {
		by := f.Guessed
		if by == "" {
			by = "as you said"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", f.Holds, strings.Join(f.Attributes, ", "), by)
	}
	// The console is the last to know of its own faults.
	_ = t.Flush()
	if len(report.Ignored) > 0 {
		c.printf("Not compared: %s. Say with --map what they hold if they tell people apart.\n", strings.Join(report.Ignored, ", "))
	}
	c.printf("\n%s\nResolved in %.1f s. The next kith analyze takes it up.\n", report.Sentence(), report.Seconds)
	return report, nil
}

type identityListCmd struct {
	identityFlags
	After string `help:"Begin behind this id." placeholder:"ID"`
	Limit int    `help:"List so many." default:"100"`
}

// Run lists people.
func (cmd *identityListCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(st *duckstore.Store) error {
		list, err := persons.List(ctx, st, cmd.After, cmd.Limit)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return c.json(list)
		}
		if len(list) == 0 {
			c.printf("Nobody has several records, as far as is known; kith identity resolve looks for them.\n")
			return nil
		}
		t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "person\trecords")
		for _, p := range list {
			fmt.Fprintf(t, "%s\t%s\n", p.ID, strings.Join(p.Records, ", "))
		}
		_ = t.Flush()
		if len(list) == cmd.Limit {
			c.printf("More may follow: --after %s\n", list[len(list)-1].ID)
		}
		return nil
	})
}

type identityShowCmd struct {
	identityFlags
	ID string `arg:"" help:"Customer, by the id of any record." placeholder:"ID"`
}

// Run shows attributes with their sources.
func (cmd *identityShowCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(st *duckstore.Store) error {
		list, err := persons.Attributes(ctx, st, cmd.ID)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return c.json(list)
		}
		if len(list) == 0 {
			c.printf("No customer that was loaded has the id %s, or it has no attributes.\n", cmd.ID)
			return nil
		}
		t := tabwriter.NewWriter(c.out, 0, 8, 2, ' ', 0)
		fmt.Fprintln(t, "attribute\tvalue\t\trecord\timport\tfile")
		for _, a := range list {
			stands := ""
			if a.Place == 1 {
				stands = "stands"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%d\t%s\n", a.Name, plainValue(a.Value), stands, a.Record, a.Import, a.Source)
		}
		return t.Flush()
	})
}

type identityExplainCmd struct {
	identityFlags
	A string `arg:"" name:"record" help:"A record." placeholder:"A"`
	B string `arg:"" name:"other-record" help:"Another record." placeholder:"B"`
}

// Run prints the evidence.
func (cmd *identityExplainCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(st *duckstore.Store) error {
		e, err := persons.Explain(ctx, st, cmd.A, cmd.B)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return c.json(e)
		}
		c.printf("%s\n%s\n", e, verdict(e))
		return nil
	})
}

// verdict says what the evidence came to.
func verdict(e *persons.Evidence) string {
	var b strings.Builder
	switch {
	case e.SamePerson:
		fmt.Fprintf(&b, "They are one person, known as %s", e.PersonA)
	default:
		fmt.Fprintf(&b, "They are two people, %s and %s", e.PersonA, e.PersonB)
	}
	if e.Fate != "" {
		fmt.Fprintf(&b, "; the link is %s", e.Fate)
	}
	b.WriteString(".")
	for _, d := range e.Decisions {
		fmt.Fprintf(&b, "\nDecision %d: %s by %s on %s", d.ID, d.Action, d.By, date(d.At))
		if d.Why != "" {
			fmt.Fprintf(&b, ": %s", d.Why)
		}
	}
	return b.String()
}

type identityReviewCmd struct {
	identityFlags
	Limit int `help:"List so many." default:"20"`
}

// Run lists pairs to look at.
func (cmd *identityReviewCmd) Run(ctx context.Context, c *console) error {
	return cmd.with(ctx, func(st *duckstore.Store) error {
		list, err := persons.Reviews(ctx, st, cmd.Limit)
		if err != nil {
			return err
		}
		if cmd.JSON {
			return c.json(list)
		}
		if len(list) == 0 {
			c.printf("There is no pair to review.\n")
			return nil
		}
		for i := range list {
			c.printf("%s\n", &list[i])
		}
		c.printf("kith identity merge %s %s makes one person of the first, kith identity split %s %s keeps them apart for good.\n", list[0].A, list[0].B, list[0].A, list[0].B)
		return nil
	})
}

// decisionFlags are those of merge and split.
type decisionFlags struct {
	identityFlags
	By      string   `help:"Who decides; the user when left out." placeholder:"NAME"`
	Why     string   `help:"The reason, for those who come later." placeholder:"TEXT"`
	Records []string `arg:"" help:"Records." placeholder:"ID"`
}

func (f *decisionFlags) decide(ctx context.Context, c *console,
	do func(context.Context, *duckstore.Store, persons.Decision) (*persons.Report, error),
) error {
	d := persons.Decision{By: f.By, Why: f.Why, Records: f.Records}
	if d.By == "" {
		d.By = "unknown"
		if u, err := user.Current(); err == nil {
			d.By = u.Username
		}
	}
	return f.with(ctx, func(st *duckstore.Store) error {
		report, err := do(ctx, st, d)
		if err != nil {
			return err
		}
		if f.JSON {
			return c.json(report)
		}
		c.printf("%s\n", report.Sentence())
		return nil
	})
}

type identityMergeCmd struct{ decisionFlags }

// Run merges.
func (cmd *identityMergeCmd) Run(ctx context.Context, c *console) error {
	if named := slices.Compact(slices.Sorted(slices.Values(cmd.Records))); len(named) < 2 {
		return fmt.Errorf("%w: merge makes one person of two records or more, and only %q was named: name the other", errUsage, named[0])
	}
	return cmd.decide(ctx, c, persons.Merge)
}

type identitySplitCmd struct{ decisionFlags }

// Run splits.
func (cmd *identitySplitCmd) Run(ctx context.Context, c *console) error {
	return cmd.decide(ctx, c, persons.Split)
}
