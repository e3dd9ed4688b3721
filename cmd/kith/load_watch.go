package main

import (
	"context"
	"fmt"
	"log/slog"

	"kith/graph/duckstore"
	"kith/loaders"
)

// watch loads the files of a folder as they become complete, until ctx ends.
func (cmd *loadCmd) watch(ctx context.Context, c *console) (err error) {
	if len(cmd.Files) != 1 || cmd.Explain || cmd.SQL != "" {
		return fmt.Errorf("%w: --watch wants one folder, and neither --explain nor --sql", errUsage)
	}
	o, err := cmd.options()
	if err != nil {
		return err
	}
	folder, err := cmd.folderFlags.options()
	if err != nil {
		return err
	}
	folder.Create = true
	st, err := duckstore.Open(ctx, cmd.Data, folder)
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	fmt.Fprintf(c.err, "watching %s; Ctrl-C stops it\n", cmd.Files[0])
	return loaders.Watch(ctx, st, loaders.WatchOptions{
		Options: o, Dir: cmd.Files[0],
		Loaded: func(_ string, r loaders.Receipt) {
			if cmd.JSON {
				// The console is the last to know of its own faults.
				_ = c.json(r)
				return
			}
			printReceipts(c, []loaders.Receipt{r})
		},
		Failed: func(_ string, err error) {
			fmt.Fprintf(c.err, "kith: %v\n", err)
		},
	})
}

// watchFlags name a folder whose files a server loads.
type watchFlags struct {
	Watch   string `help:"Load the files of this folder as they become complete: the server has the data folder to itself." type:"existingdir" placeholder:"DIR"`
	WatchAs string `name:"as" help:"What the files of --watch hold: calls, purchases, customers, products, visits, contacts, satisfaction, churn or numbers; found out when left out." enum:"calls,purchases,customers,products,visits,contacts,satisfaction,churn,numbers," default:"" placeholder:"KIND"`
}

// watchFolder loads files for a server until ctx ends, and logs what it does.
func watchFolder(ctx context.Context, st *duckstore.Store, dir string, o loaders.Options, log *slog.Logger) {
	err := loaders.Watch(ctx, st, loaders.WatchOptions{
		Options: o, Dir: dir,
		Loaded: func(path string, r loaders.Receipt) {
			log.Info("file loaded", slog.String("file", path), slog.Int("import", r.ID), slog.Bool("again", r.Again),
				slog.Int64("accepted", r.Accepted), slog.Int64("duplicates", r.Duplicates), slog.Int64("rejected", r.Rejected))
		},
		Failed: func(path string, err error) {
			log.Warn("file not loaded", slog.String("file", path), slog.Any("error", err))
		},
	})
	if err != nil {
		log.Error("the folder is not watched any more", slog.String("folder", dir), slog.Any("error", err))
	}
}
