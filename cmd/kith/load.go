package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
)

type loadCmd struct {
	Data string `help:"Data folder; it is made when there is none." type:"path" placeholder:"DIR"`
	As   string `help:"What the files hold: calls, purchases, customers, products, visits, contacts, satisfaction, churn or numbers; found out when left out." enum:"calls,purchases,customers,products,visits,contacts,satisfaction,churn,numbers," default:"" placeholder:"KIND"`
	writtenFlags
	mappingFlags
	folderFlags
	explainFlags
	Resolve  bool     `help:"Find out afterwards which customers are one person, as kith identity resolve did last."`
	Watch    bool     `help:"Load the files of the folder FILE as they become complete, and go on until stopped."`
	Receipts bool     `help:"List what was loaded so far, or show the one receipt whose number follows."`
	Undo     int      `help:"Take the import of this number back; --receipts lists them. It says what goes, and does it with --yes." env:"-" placeholder:"NUMBER"`
	Yes      bool     `help:"With --undo: do it."`
	JSON     bool     `name:"json" help:"Report as JSON."`
	found    bool     // files stand in the place of folders or patterns
	SQL      string   `name:"sql" help:"The rows to load are those of this query; each FILE is a DuckDB database." placeholder:"SELECT"`
	Files    []string `arg:"" optional:"" help:"CSV, JSON Lines (plain, gz, zst) or Parquet files, folders of them, patterns such as 'calls-*.csv.gz', or - for the standard input." placeholder:"FILE"`
}

// Run loads the files, one transaction each.
func (cmd *loadCmd) Run(ctx context.Context, c *console) (err error) {
	if cmd.Data == "" && !cmd.Explain {
		return fmt.Errorf("%w: missing flags: --data=DIR", errUsage)
	}
	if cmd.Undo != 0 {
		return cmd.undo(ctx, c)
	}
	only, err := cmd.only()
	if err != nil {
		return err
	}
	if cmd.Watch {
		return cmd.watch(ctx, c)
	}
	if !cmd.Receipts {
		if err := cmd.expand(c); err != nil {
			return err
		}
	}
	if cmd.Explain || cmd.WriteMap != "" {
		return cmd.explain(ctx, c)
	}
	folder, err := cmd.folderFlags.options()
	if err != nil {
		return err
	}
	folder.Create = !cmd.Receipts
	st, err := duckstore.Open(ctx, cmd.Data, folder)
	if errors.Is(err, graph.ErrLocked) && !cmd.Receipts {
		return fmt.Errorf("%w; a kith serve loads files itself when it is started with --watch FOLDER", err)
	}
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	var receipts []loaders.Receipt
	if cmd.Receipts {
		receipts, err = loaders.Receipts(ctx, st)
		if err == nil && only > 0 {
			receipts, err = pick(receipts, only)
		}
	} else {
		receipts, err = cmd.load(ctx, c, st)
	}
	if err == nil && !cmd.Receipts {
		err = cmd.people(ctx, c, st, receipts)
	}
	if cmd.JSON {
		if receipts == nil {
			receipts = []loaders.Receipt{}
		}
		if jsonErr := c.json(receipts); err == nil {
			err = jsonErr
		}
		return err
	}
	switch {
	case only > 0:
		printReceipt(c, receipts)
	case cmd.Receipts && len(receipts) == 0 && err == nil:
		c.printf("Nothing was loaded yet.\n")
	default:
		printReceipts(c, receipts)
	}
	return err
}

// only is the number of the one receipt that is wanted, or 0.
func (cmd *loadCmd) only() (int, error) {
	switch {
	case !cmd.Receipts && len(cmd.Files) == 0:
		return 0, fmt.Errorf("%w: name the files to load, or ask for --receipts", errUsage)
	case !cmd.Receipts || len(cmd.Files) == 0:
		return 0, nil
	}
	id, err := strconv.Atoi(cmd.Files[0])
	if err != nil || id < 1 || len(cmd.Files) > 1 {
		return 0, fmt.Errorf("%w: --receipts lists what was loaded before, or shows the receipt whose number follows; leave it out to load files", errUsage)
	}
	return id, nil
}

// pick takes one receipt out.
func pick(all []loaders.Receipt, id int) ([]loaders.Receipt, error) {
	for _, r := range all {
		if r.ID == id {
			return []loaders.Receipt{r}, nil
		}
	}
	return nil, fmt.Errorf("%w: there is no import %d; kith load --receipts lists them", errUsage, id)
}

// options are those that the flags say.
func (cmd *loadCmd) options() (loaders.Options, error) {
	o := loaders.Options{
		Kind: loaders.Kind(cmd.As), Files: cmd.Files, Stdin: os.Stdin, SQL: cmd.SQL,
	}
	cmd.write(&o)
	return o, cmd.put(&o)
}

func (cmd *loadCmd) load(ctx context.Context, c *console, st *duckstore.Store) ([]loaders.Receipt, error) {
	o, err := cmd.options()
	if err != nil {
		return nil, err
	}
	progress, finish := newProgress(c.err, cmd.JSON)
	defer finish()
	o.Progress = progress
	if cmd.found {
		o.PassOver = func(l loaders.Left) { fmt.Fprintf(c.err, "left out (%s): %s\n", l.Reason, l.Path) }
	}
	return loaders.Load(ctx, st, o)
}

// expand puts files in the place of folders and patterns, and tells on the side
// what it leaves out.
func (cmd *loadCmd) expand(c *console) error {
	files, left, err := loaders.Expand(cmd.Files)
	if err != nil {
		return err
	}
	if slices.Contains(files, loaders.Stdin) && isTerminal(os.Stdin) {
		return fmt.Errorf("%w: - stands for the standard input, and nothing is piped into it", errUsage)
	}
	cmd.found = !slices.Equal(cmd.Files, files)
	cmd.Files = files
	const most = 5
	reasons := map[string][]string{}
	for _, l := range left {
		reasons[l.Reason] = append(reasons[l.Reason], l.Path)
	}
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		names := reasons[reason]
		more := ""
		if len(names) > most {
			more = fmt.Sprintf(" and %d more", len(names)-most)
			names = names[:most]
		}
		fmt.Fprintf(c.err, "left out (%s): %s%s\n", reason, strings.Join(names, ", "), more)
	}
	return nil
}

// auto is the empty choice, by which loaders find out themselves.
func auto(choice string) string {
	if choice == "auto" {
		return ""
	}
	return choice
}

// closeInto closes and keeps the first error.
func closeInto(closer interface{ Close() error }, err *error) {
	if closeErr := closer.Close(); *err == nil {
		*err = closeErr
	}
}
