package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
	"kith/loaders/persons"
)

// undo takes an import back, or says what would go.
func (cmd *loadCmd) undo(ctx context.Context, c *console) (err error) {
	switch {
	case cmd.Undo < 1:
		return fmt.Errorf("%w: --undo takes the number of an import; kith load --receipts lists them", errUsage)
	case len(cmd.Files) > 0 || cmd.Receipts || cmd.Watch || cmd.Explain:
		return fmt.Errorf("%w: --undo %d takes that import back and loads nothing: leave files, --receipts, --watch and --explain out", errUsage, cmd.Undo)
	}
	folder, err := cmd.folderFlags.options()
	if err != nil {
		return err
	}
	st, err := duckstore.Open(ctx, cmd.Data, folder)
	if errors.Is(err, graph.ErrLocked) {
		return fmt.Errorf("%w; a kith serve takes imports back itself: DELETE /v1/imports/%d", err, cmd.Undo)
	}
	if err != nil {
		return err
	}
	defer closeInto(st, &err)
	done, err := undoImport(ctx, st, cmd.Undo, !cmd.Yes)
	if err != nil {
		return undoError(err, cmd.Undo)
	}
	resolved := ""
	if cmd.Yes && cmd.Resolve {
		progress, finish := newProgress(c.err, cmd.JSON)
		defer finish()
		report, err := persons.Resolve(ctx, st, persons.Options{Progress: progress})
		if err != nil {
			return fmt.Errorf("import %d is taken back, but who is who is not known: %w", cmd.Undo, err)
		}
		resolved, done.Resolved = report.Sentence(), false
	}
	if cmd.JSON {
		return c.json(done)
	}
	printUndone(c, done)
	if resolved != "" {
		c.printf("%s.\n", strings.TrimSuffix(resolved, "."))
	}
	return nil
}

// undoImport takes an import back and writes the database anew, so that nothing of it
// stands in free blocks. Who was killed in between does the latter by the same again.
func undoImport(ctx context.Context, st *duckstore.Store, id int, dry bool) (*loaders.Undone, error) {
	done, err := loaders.Undo(ctx, st, id, dry)
	if err == nil && !dry {
		err = st.Rewrite(ctx)
	}
	return done, err
}

// undoError says why an import was not taken back.
func undoError(err error, id int) error {
	var kept *loaders.UndoError
	switch {
	case errors.Is(err, loaders.ErrNoImport):
		return fmt.Errorf("%w: there is no import %d; kith load --receipts lists them", errUsage, id)
	case errors.As(err, &kept):
		return fmt.Errorf("nothing was changed: %w", err)
	}
	return err
}

func printUndone(c *console, u *loaders.Undone) {
	r := &u.Import
	switch {
	case u.Again:
		c.printf("Import %d, %s from %s, was taken back on %s; nothing changed.\n", r.ID, r.Kind, r.File, date(r.Undone))
	case u.DryRun:
		c.printf("Would take back import %d, %s from %s:\n", r.ID, r.Kind, r.File)
	default:
		c.printf("Took back import %d, %s from %s:\n", r.ID, r.Kind, r.File)
	}
	for _, t := range u.Tables {
		c.printf("  %s: %s", t.Table, graph.Counted(t.Removed, "row"))
		switch {
		case t.Restored > 0 && u.Import.Kind == loaders.Purchases:
			c.printf("; %s of them %s again, as the orders are not cancelled any more", thousands(t.Restored), graph.Agree(t.Restored, "counts", "count"))
		case t.Restored > 0:
			c.printf("; %s of them %s again what stood there before", thousands(t.Restored), graph.Agree(t.Restored, "is", "are"))
		}
		c.printf("\n")
	}
	if len(u.Tables) == 0 && !u.Again {
		c.printf("  nothing: no table has rows of it\n")
	}
	for _, of := range []struct {
		n    int64
		what string
	}{{u.Customers, "customer"}, {u.Products, "product"}} {
		if of.n > 0 {
			c.printf("  %s that nothing else names\n", graph.Counted(of.n, of.what))
		}
	}
	for _, l := range u.Lacking {
		c.printf("%s (import %d) %s.\n", l.File, l.Import, l.Sentence())
	}
	if u.DryRun && !u.Again {
		c.printf("Nothing was changed; --yes does it.\n")
		return
	}
	if u.Again {
		return
	}
	if u.Resolved {
		c.printf("Who is who was found out with it, and stands until the next kith identity resolve.\n")
	}
	c.printf("The result stays as it is until the next kith analyze.\n")
	if u.Posted {
		c.printf("Who posts these events again, also under the same keys, brings them back.\n")
	} else {
		c.printf("The file counts as one that was never loaded: take it out of folders that are loaded or watched, or correct it there.\n")
	}
}
