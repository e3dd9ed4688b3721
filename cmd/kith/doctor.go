package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"kith/graph"
	"kith/graph/neo4jstore"
)

type doctorCmd struct {
	Data string `help:"Data folder to look at." type:"path" placeholder:"DIR"`
	storeFlags
	Guess           string `help:"Write a map of the graph in the Neo4j server to this file, guessed from its schema; - prints it." placeholder:"FILE"`
	GraphMap        string `help:"Check this map against the graph in the Neo4j server." placeholder:"FILE" type:"path"`
	RemoveWriteBack bool   `help:"Take away all that analyze --write-back has put into the graph."`
	Prefix          string `help:"What the names that --write-back wrote begin with." default:"kith_"`
	JSON            bool   `name:"json" help:"Report as JSON."`
}

// checkup is what doctor reports to programs.
type checkup struct {
	Data     *folderReport          `json:"data,omitempty"`
	Server   *neo4jstore.ServerInfo `json:"server,omitempty"`
	Schema   *neo4jstore.Schema     `json:"schema,omitempty"`
	Read     *neo4jstore.Report     `json:"read,omitempty"`
	Removed  bool                   `json:"removed,omitempty"`
	Guess    string                 `json:"guess,omitempty"`
	Problems []neo4jstore.Problem   `json:"problems"`
}

func (u *checkup) say(grave bool, format string, args ...any) {
	u.Problems = append(u.Problems, neo4jstore.Problem{Grave: grave, Text: fmt.Sprintf(format, args...)})
}

// errUnwell ends doctor when something has to be put right first.
var errUnwell = &graph.DataError{Reason: "see what is wrong above and put it right"}

// Run looks, says what it finds, and changes nothing unless told to.
func (cmd *doctorCmd) Run(ctx context.Context, c *console) error {
	if err := cmd.check(); err != nil {
		return err
	}
	u := &checkup{Problems: []neo4jstore.Problem{}}
	if cmd.Data != "" {
		if err := cmd.lookAtFolder(ctx, u); err != nil {
			return err
		}
	}
	if cmd.Store != "" {
		if err := cmd.lookAtServer(ctx, c, u); err != nil {
			return err
		}
	}
	if cmd.JSON {
		if err := c.json(u); err != nil {
			return err
		}
	} else {
		cmd.print(c, u)
	}
	for _, p := range u.Problems {
		if p.Grave {
			return errUnwell
		}
	}
	return nil
}

// check refuses flags that do not go together.
func (cmd *doctorCmd) check() error {
	ways := 0
	for _, given := range []bool{cmd.Guess != "", cmd.GraphMap != "", cmd.RemoveWriteBack} {
		if given {
			ways++
		}
	}
	switch {
	case cmd.Data == "" && cmd.Store == "":
		return fmt.Errorf("%w: name a data folder by --data or a Neo4j server by --store", errUsage)
	case ways > 0 && cmd.Store == "":
		return fmt.Errorf("%w: --guess, --graph-map and --remove-write-back need --store", errUsage)
	case ways > 1:
		return fmt.Errorf("%w: give one of --guess, --graph-map and --remove-write-back at a time", errUsage)
	}
	return nil
}

func (cmd *doctorCmd) lookAtServer(ctx context.Context, c *console, u *checkup) (err error) {
	o := cmd.options()
	if cmd.StoreTimeout == 0 {
		o.RetryFor = 3 * time.Second // somebody is waiting to be told
	}
	v, err := neo4jstore.Visit(cmd.Store, o)
	if err != nil {
		return err
	}
	defer closeInto(v, &err)
	info, err := v.Server(ctx)
	if err != nil {
		return err
	}
	u.Server = &info
	if info.Access == "read-only" {
		u.say(false, "The database is read-only: results cannot be written to it.")
	}
	progress, finish := newProgress(c.err, cmd.JSON)
	defer finish()
	switch {
	case cmd.RemoveWriteBack:
		if err := v.RemoveWriteBack(ctx, cmd.Prefix, progress); err != nil {
			return err
		}
		u.Removed = true
		return nil
	case cmd.GraphMap != "":
		return cmd.checkMap(ctx, v, u, progress)
	}
	if u.Schema, err = v.Schema(ctx); err != nil {
		return err
	}
	if u.Schema.Own.Store {
		if err := v.CheckOwn(ctx); err != nil {
			u.say(true, "The graph of kith's own that is there cannot be used: %v.", err)
		}
	}
	if u.Schema.Nodes == 0 {
		u.say(false, "The database is empty: kith analyze --data DIR --store %s fills it from a data folder.", shownURI(cmd.Store))
	}
	if cmd.Guess == "" {
		return nil
	}
	text, err := u.Schema.Guess()
	if err != nil {
		return err
	}
	if cmd.Guess != "-" {
		return writeNew(cmd.Guess, text)
	}
	u.Guess = text
	return nil
}

// shownURI is an address without the user and password that may stand in it.
func shownURI(uri string) string {
	u, err := url.Parse(uri)
	if err != nil {
		return "URI"
	}
	u.User = nil
	return u.String()
}

// writeNew writes a file that is not there yet.
func writeNew(path, text string) (err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%w: %s is there already; name another file, or - to print the map", errUsage, path)
	}
	if err != nil {
		return fmt.Errorf("write the graph map: %w", err)
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// checkMap compares a map with the graph.
func (cmd *doctorCmd) checkMap(ctx context.Context, v *neo4jstore.Visitor, u *checkup, p graph.Progress) error {
	m, err := neo4jstore.ReadMap(cmd.GraphMap)
	if err != nil {
		return err
	}
	faults, err := v.Validate(ctx, m)
	if err != nil {
		return err
	}
	for _, fault := range faults {
		u.say(true, "%v", fault)
	}
	if len(faults) > 0 {
		return nil
	}
	if u.Read, err = v.Inspect(ctx, m, p); err != nil {
		return err
	}
	u.Problems = append(u.Problems, u.Read.Problems()...)
	return nil
}

func (cmd *doctorCmd) print(c *console, u *checkup) {
	if u.Guess != "" {
		c.printf("%s", u.Guess) // alone, so that it can be redirected
		return
	}
	if f := u.Data; f != nil {
		c.printf("Data folder %s: %s, %s", f.Dir, graph.Counted(f.Imports, "import"), graph.Counted(f.Accepted, "row"))
		switch {
		case f.Result == "":
			c.printf(".\n")
		case f.Mapped:
			c.printf(", result %s of a mapped graph.\n", f.Result)
		default:
			c.printf(", result %s.\n", f.Result)
		}
		printHolds(c, f.Holds)
		printPeople(c, f.People)
	}
	if u.Server != nil {
		printServer(c, u.Server)
	}
	if u.Schema != nil {
		printSchema(c, u.Schema)
	}
	if r := u.Read; r != nil {
		c.printf("\nThe map gives %s and %s", graph.Counted(r.Customers.Nodes-r.Customers.NoID-r.Customers.Duplicates, "customer"),
			graph.Counted(r.Products.Nodes-r.Products.NoID-r.Products.Duplicates, "product"))
		for _, t := range r.Ties {
			through := t.Type
			if t.Then != "" {
				through += " and " + t.Then
			}
			c.printf(", %s by %s", graph.Counted(t.Ties, "tie"), plainText(through))
		}
		c.printf(".\n")
	}
	if u.Removed {
		c.printf("\nAll that was written back with the prefix %s is gone.\n", cmd.Prefix)
	}
	if cmd.Guess != "" {
		c.printf("\nA map was written to %s: read it, correct it, then\n  kith doctor --store %s --graph-map %s\n", cmd.Guess, shownURI(cmd.Store), cmd.Guess)
	}
	if len(u.Problems) == 0 {
		c.printf("\nNothing is wrong.\n")
		return
	}
	c.printf("\n")
	for _, p := range u.Problems {
		mark := "note"
		if p.Grave {
			mark = "WRONG"
		}
		c.printf("%-6s %s\n", mark, plainText(p.Text))
	}
}

func printServer(c *console, i *neo4jstore.ServerInfo) {
	c.printf("Neo4j %s, %s edition, at %s; database %s", i.Version, i.Edition, i.Address, i.Database)
	if i.Access != "" {
		c.printf(", %s", i.Access)
	}
	c.printf("\n  user %s", i.User)
	if len(i.Roles) > 0 {
		c.printf(" with the roles %s", strings.Join(i.Roles, ", "))
	}
	for _, plugin := range []struct{ name, version string }{{"Graph Data Science", i.GDS}, {"APOC", i.APOC}} {
		if plugin.version == "" {
			plugin.version = "not there"
		}
		c.printf("; %s %s", plugin.name, plugin.version)
	}
	c.printf("\n")
}

// shownNames is how many labels and types doctor prints.
const shownNames = 20

func printSchema(c *console, s *neo4jstore.Schema) {
	c.printf("\n%s, %s\n", graph.Counted(s.Nodes, "node"), graph.Counted(s.Relationships, "relationship"))
	if s.Own.Store {
		c.printf("The database has a graph of kith's own.\n")
	}
	for _, run := range s.Own.WriteBacks {
		c.printf("Results were written back to it; see (:%s).\n", run)
	}
	t := tabwriter.NewWriter(c.out, 2, 8, 2, ' ', 0)
	for i, l := range s.Labels[:min(len(s.Labels), shownNames)] {
		if i == 0 {
			fmt.Fprintf(t, "\nlabel\tnodes\tproperties\n")
		}
		fmt.Fprintf(t, "%s\t%s\t%s\n", plainText(l.Name), thousands(l.Nodes), properties(l.Properties))
	}
	for i, r := range s.Types[:min(len(s.Types), shownNames)] {
		if i == 0 {
			fmt.Fprintf(t, "\ntype\trelationships\tbetween\tproperties\n")
		}
		ends := ""
		if len(r.Ends) > 0 {
			ends = fmt.Sprintf("(%s)→(%s)", plainText(r.Ends[0].From), plainText(r.Ends[0].To))
			if len(r.Ends) > 1 {
				ends += fmt.Sprintf(" and %s", graph.Counted(len(r.Ends)-1, "other"))
			}
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", plainText(r.Name), thousands(r.Relationships), ends, properties(r.Properties))
	}
	// The console is the last to know of its own faults.
	_ = t.Flush()
	if left := len(s.Labels) + s.LabelsLeft + len(s.Types) + s.TypesLeft - min(len(s.Labels), shownNames) - min(len(s.Types), shownNames); left > 0 {
		c.printf("… and %s with fewer; --json has %s.\n", graph.Agree(left, "1 label or type", thousands(left)+" labels and types"), graph.Agree(left, "it", "them"))
	}
}

// plainText is a name on one line, as a terminal can be trusted with it.
func plainText(name string) string {
	for _, r := range name {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return fmt.Sprintf("%q", name)
		}
	}
	return name
}

func properties(list []neo4jstore.PropertyInfo) string {
	const most = 8
	var names []string
	for _, p := range list[:min(len(list), most)] {
		names = append(names, plainText(p.Name))
	}
	text := strings.Join(names, ", ")
	if len(list) > most {
		text += fmt.Sprintf(" and %d others", len(list)-most)
	}
	return text
}
