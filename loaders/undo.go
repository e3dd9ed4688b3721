package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// ErrNoImport says that there is no import of a number.
var ErrNoImport = errors.New("there is no such import")

// UndoError says why an import cannot be taken back, and what to do instead.
type UndoError struct{ Reason string }

func (e *UndoError) Error() string { return e.Reason }

// Undone says what it takes to take an import back.
type Undone struct {
	// Import is the receipt.
	Import Receipt `json:"import"`
	DryRun bool    `json:"dry_run"`
	// Again says that it had been taken back before, so that nothing was done.
	Again  bool          `json:"again"`
	Tables []UndoneTable `json:"tables"`
	// Customers and Products are ids that nothing names any more.
	Customers int64 `json:"customers"`
	Products  int64 `json:"products"`
	// Lacking are the imports that left rows out because an import had them
	// that was taken back, this one or one before.
	Lacking []Lacking `json:"lacking"`
	// Resolved says that it had been found out with the import who is who.
	Resolved bool `json:"resolved"`
	// Posted says that it was no file but posted events.
	Posted bool `json:"posted"`
}

// UndoneTable says what becomes of a table of the store.
type UndoneTable struct {
	Table   string `json:"table"`
	Removed int64  `json:"removed"`
	// Restored rows are what customers or products were before, and lines of orders
	// that count again.
	Restored int64 `json:"restored,omitempty"`
}

// voidLines is the table of lines of orders that count for nothing.
const voidLines = "events.void_purchases"

// Lacking is an import that lacks rows.
type Lacking struct {
	Import int    `json:"import"`
	Kind   Kind   `json:"kind"`
	File   string `json:"file"`
	// Rows is how many, -1 where that was not counted.
	Rows int64 `json:"rows"`
	// Posted says that no file brings them, but to post them again.
	Posted bool `json:"posted,omitempty"`
}

// undoable is what a load notes so that it can be taken back: how many customers or
// products got other values, the import in whose place the file came again, or 0, and
// the attributes of customers or fields of products that the file has columns for.
type undoable struct {
	replaced, place int64
	covers          []string
}

// errDry rolls back what was only to be counted.
var errDry = errors.New("only counted")

// Undo takes an import back, in one transaction: its rows and its rejects go, what
// customers and products were before stands again, calls of which it had one side's
// records are told from those of the other side, and ids that nothing else names are
// unknown again. Its receipt stays, with the time at which it was taken back, and the
// same file may be loaded again. When dry it only counts. To take back what was taken
// back before changes nothing. The database file keeps what went until
// duckstore.Store.Rewrite.
//
// Rows that later imports left out as duplicates are nowhere then: Lacking names
// those imports, and to load their files again brings these rows and no others.
// Results and who is who are as they were until the next analysis and the next
// resolution, but for customers whom nothing names any more.
//
// The error is ErrNoImport or an UndoError where it cannot be done. It takes a few
// passes over the tables of the kind.
func Undo(ctx context.Context, st *duckstore.Store, id int, dry bool) (*Undone, error) {
	dir, err := dataDir(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	u := &undoing{rejects: filepath.Join(dir, "rejects"), Undone: Undone{DryRun: dry, Tables: []UndoneTable{}, Lacking: []Lacking{}}}
	err = st.Update(ctx, func(ctx context.Context, conn *sql.Conn) error { return u.undo(ctx, conn, id) })
	if err != nil && !errors.Is(err, errDry) {
		if kept := (*UndoError)(nil); errors.As(err, &kept) || errors.Is(err, ErrNoImport) {
			return nil, err
		}
		return nil, errors.Join(fmt.Errorf("take import %d back: %w", id, err), u.keepRejects())
	}
	if dry {
		return &u.Undone, nil
	}
	if err := u.dropRejects(); err != nil {
		return nil, fmt.Errorf("import %d is taken back, but not the file of its rejects: %w", id, err)
	}
	return &u.Undone, nil
}

// undoing is an import that is being taken back.
type undoing struct {
	Undone
	rejects string // the folder
	aside   string // where the file of rejects is until the commit, if anywhere
}

// undo is the transaction.
func (u *undoing) undo(ctx context.Context, conn *sql.Conn, id int) error {
	if err := settle(ctx, conn, u.rejects); err != nil {
		return err
	}
	list, err := receipts(ctx, conn, u.rejects, id)
	if err != nil {
		return err
	}
	if len(list) == 0 || id < 1 {
		return fmt.Errorf("%w: %d", ErrNoImport, id)
	}
	u.Import = list[0]
	u.Posted = strings.HasPrefix(u.Import.File, streamSource+" ") && len(u.Import.Mapping) == 0
	if u.Again = !u.Import.Undone.IsZero(); u.Again {
		return u.lacking(ctx, conn)
	}
	if err := u.possible(ctx, conn); err != nil {
		return err
	}
	if err := u.takeRows(ctx, conn); err != nil {
		return err
	}
	if err := u.takeNames(ctx, conn); err != nil {
		return err
	}
	if _, err := run(ctx, conn, "undo_posts.sql", id); err != nil {
		return fmt.Errorf("forget the keys of posts: %w", err)
	}
	query, err := render("undo_receipt.sql", nil)
	if err != nil {
		return err
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	if _, err := conn.ExecContext(ctx, query, now, id); err != nil {
		return fmt.Errorf("note it in the receipt: %w", err)
	}
	if err := u.lacking(ctx, conn); err != nil {
		return err
	}
	if u.DryRun {
		return errDry
	}
	u.Import.Undone = now
	counts := map[string]int64{}
	for _, t := range u.Tables {
		counts[t.Table] = t.Removed
	}
	if err := duckstore.NoteRemoval(ctx, conn, "undo", counts); err != nil {
		return err
	}
	return u.putRejectsAside()
}

// possible refuses what cannot be done right.
func (u *undoing) possible(ctx context.Context, conn *sql.Conn) error {
	var replaced sql.NullInt64
	if err := conn.QueryRowContext(ctx, "SELECT replaced FROM events.imports WHERE id = ?", u.Import.ID).Scan(&replaced); err != nil {
		return fmt.Errorf("read the receipt: %w", err)
	}
	if !replaced.Valid {
		return &UndoError{fmt.Sprintf("import %d gave known %s other values, and what these were before is not kept any more (it is for %d days, and by an older kith it was not): "+
			"load a file that has the right values, which take the place of these", u.Import.ID, u.Import.Kind, keepFormer)}
	}
	err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM identity.resolution WHERE resolved_at > ?)", u.Import.At).Scan(&u.Resolved)
	if err != nil {
		return fmt.Errorf("look whether it is known who is who: %w", err)
	}
	u.Resolved = u.Resolved && u.Import.Kind != Products
	return nil
}

// takeRows takes the rows out of the tables of the kind.
func (u *undoing) takeRows(ctx context.Context, conn *sql.Conn) error {
	t := u.Import.Kind.stored()
	t.Import = u.Import.ID
	if !t.Timed {
		if _, err := run(ctx, conn, "undo_folded.sql", t.known()); err != nil {
			return fmt.Errorf("list what it has said: %w", err)
		}
	}
	tables := []string{t.Table, "rejects"}
	if u.Import.Kind == Calls {
		tables = []string{"packed_calls", "call_twins", "usage", "rejects"}
		if _, err := run(ctx, conn, "undo_sides.sql", t.Import); err != nil {
			return fmt.Errorf("look for records of both sides: %w", err)
		}
	}
	said := orderWords{Import: t.Import, Turn: int64(t.Import)}
	if u.Import.Kind == Purchases {
		tables = []string{t.Table, "void_purchases", "order_states", "rejects"}
		if err := said.touch(ctx, conn); err != nil {
			return err
		}
	}
	for _, name := range tables {
		t.Table = name
		n, err := run(ctx, conn, "undo_rows.sql", t)
		if err != nil {
			return fmt.Errorf("take the rows out of events.%s: %w", name, err)
		}
		if n == 0 {
			continue
		}
		if name == "packed_calls" {
			name = "calls"
		}
		u.Tables = append(u.Tables, UndoneTable{Table: "events." + name, Removed: n})
	}
	switch u.Import.Kind {
	case Purchases:
		return u.reinstate(ctx, conn, said)
	case Calls:
		if _, err := run(ctx, conn, "undo_judge.sql", struct{ Apart int }{sidesApart}); err != nil {
			return fmt.Errorf("judge the records of both sides: %w", err)
		}
	case Customers, Products:
		t.Table = string(u.Import.Kind)
		return u.restore(ctx, conn, t)
	}
	return nil
}

// reinstate has the lines of orders count again that it alone said are void.
func (u *undoing) reinstate(ctx context.Context, conn *sql.Conn, said orderWords) error {
	_, back, err := said.settle(ctx, conn)
	if err != nil || back == 0 {
		return err
	}
	i := slices.IndexFunc(u.Tables, func(t UndoneTable) bool { return t.Table == voidLines })
	if i < 0 {
		i = len(u.Tables)
		u.Tables = append(u.Tables, UndoneTable{Table: voidLines})
	}
	u.Tables[i].Removed += back
	u.Tables[i].Restored = back
	return nil
}

// restore puts back what customers or products were.
func (u *undoing) restore(ctx context.Context, conn *sql.Conn, t target) error {
	former := "events.former_" + t.Table
	replaced, err := run(ctx, conn, "undo_former.sql", t)
	var restored int64
	if err == nil {
		restored, err = run(ctx, conn, "undo_restore.sql", t)
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, "DELETE FROM "+former+" WHERE replaced_by = ?", t.Import)
	}
	if err == nil {
		_, err = run(ctx, conn, "fold_"+t.Table+".sql", t.known())
	}
	if err == nil {
		err = dropFold(ctx, conn)
	}
	if err != nil {
		return fmt.Errorf("put back what %s were: %w", t.Table, err)
	}
	if restored > 0 { // so that there were rows of the import in their place
		u.Tables[0].Restored = restored
	}
	if replaced > 0 {
		u.Tables = append(u.Tables, UndoneTable{Table: former, Removed: replaced})
	}
	return nil
}

// takeNames makes ids unknown that nothing else names.
func (u *undoing) takeNames(ctx context.Context, conn *sql.Conn) error {
	if _, err := run(ctx, conn, "undo_known.sql", u.Import.ID); err != nil {
		return fmt.Errorf("look who else names the ids: %w", err)
	}
	err := conn.QueryRowContext(ctx, "SELECT count(*) FILTER (what = 'customer'), count(*) FILTER (what = 'product') FROM unnamed").Scan(&u.Customers, &u.Products)
	if err != nil {
		return fmt.Errorf("count the ids that go: %w", err)
	}
	if u.Customers > 0 {
		if _, err := run(ctx, conn, "undo_people.sql", nil); err != nil {
			return fmt.Errorf("take them out of people: %w", err)
		}
		if err := duckstore.RefreshHolders(ctx, conn); err != nil {
			return err
		}
	}
	if _, err := run(ctx, conn, "undo_nodes.sql", nil); err != nil {
		return fmt.Errorf("take them out of the graph: %w", err)
	}
	if _, err := conn.ExecContext(ctx, "DROP TABLE unnamed"); err != nil {
		return fmt.Errorf("drop the ids that go: %w", err)
	}
	if u.Import.Kind == Calls {
		return duckstore.DropUnnamed(ctx, conn)
	}
	return nil
}

// lacking lists the imports that lack rows.
func (u *undoing) lacking(ctx context.Context, conn *sql.Conn) error {
	err := eachOf(ctx, conn, "undo_lacking.sql", nil, []any{u.Import.ID}, func(rows *sql.Rows) error {
		var l Lacking
		err := rows.Scan(&l.Import, &l.Kind, &l.File, &l.Rows, &l.Posted)
		u.Lacking = append(u.Lacking, l)
		return err
	})
	if err != nil {
		return fmt.Errorf("look for imports that lack rows: %w", err)
	}
	return nil
}

// putRejectsAside gives the file of rejects the name of one that is not committed, so
// that whoever is killed leaves it for the next load to settle.
func (u *undoing) putRejectsAside() error {
	if u.Import.RejectsFile == "" {
		return nil
	}
	if err := os.Rename(u.Import.RejectsFile, u.Import.RejectsFile+tempEnding); err != nil {
		return fmt.Errorf("take the file of rejects away: %w", err)
	}
	u.aside = u.Import.RejectsFile + tempEnding
	return nil
}

// keepRejects gives the file its name again.
func (u *undoing) keepRejects() error {
	if u.aside == "" {
		return nil
	}
	return os.Rename(u.aside, strings.TrimSuffix(u.aside, tempEnding))
}

// dropRejects removes the file.
func (u *undoing) dropRejects() error {
	u.Import.RejectsFile = ""
	if u.aside == "" {
		return nil
	}
	return os.Remove(u.aside)
}

// Sentence says what an import lacks, and what to do, without naming it.
func (l Lacking) Sentence() string {
	rows, as, them := graph.Counted(l.Rows, "row"), graph.Agree(l.Rows, "as a duplicate", "as duplicates"), graph.Agree(l.Rows, "it", "them")
	if l.Rows < 0 {
		rows, as, them = "perhaps some rows", "as duplicates", "them"
	}
	again := "load the file again to have " + them
	if l.Posted {
		again = "post " + them + " again to have " + them
	}
	return fmt.Sprintf("left out %s %s of an import that was taken back: %s", rows, as, again)
}
