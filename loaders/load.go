package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// Load reads files into the event store, each in one transaction: its rows, its
// receipt and its rejects are there together or not at all. It stops at the
// first file that fails, and returns the receipts of those before it, which
// stay loaded. A file of which every row was rejected leaves its receipt and
// its rejects and is an error too.
func Load(ctx context.Context, st *duckstore.Store, o Options) ([]Receipt, error) {
	if err := o.check(ctx, st.DB()); err != nil {
		return nil, err
	}
	dir, err := dataDir(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	if o.RejectsDir == "" {
		o.RejectsDir = filepath.Join(dir, "rejects")
	}
	var done []Receipt
	var passed []Left
	for _, path := range o.inOrder(ctx, st, dir) {
		l := &loading{o: &o, st: st, dir: dir, began: time.Now()}
		err := l.load(ctx, path)
		if l.src.notText(err) {
			l = l.anew(&o)
			err = l.load(ctx, path)
		}
		l.tidy()
		if none := (*noRowsError)(nil); errors.As(err, &none) && o.PassOver != nil {
			passed = append(passed, Left{path, "it has no rows"})
			o.PassOver(passed[len(passed)-1])
			continue
		}
		if err != nil {
			return done, l.explain(err)
		}
		done = append(done, l.receipt)
		if r := l.receipt; r.Rejected > 0 && r.Rejected == r.Rows && r.Reasons[0] != (Reason{faultForgotten, r.Rows}) {
			return done, &AllRejectedError{r}
		}
	}
	if len(done) == 0 && len(passed) > 0 {
		return nil, &graph.DataError{File: passed[0].Path, Reason: "no file has rows, this one as little as the others; check what wrote them"}
	}
	return done, nil
}

// noRowsError says that a file could have rows and has none.
type noRowsError struct{ err error }

func (e *noRowsError) Error() string { return e.err.Error() }
func (e *noRowsError) Unwrap() error { return e.err }

// Check refuses options that mean nothing for any file, with an OptionError, as
// Load does. Files is not looked at.
func Check(ctx context.Context, st *duckstore.Store, o Options) error {
	o.Files = []string{""}
	return o.check(ctx, st.DB())
}

// loading is the load of one file.
type loading struct {
	o     *Options
	st    *duckstore.Store
	dir   string
	began time.Time

	src   *source
	plan  *plan
	v     *survey
	stage stage
	// pattern says that DuckDB would take the name of the file for one.
	pattern bool
	// plain is set where most rows were read in Go.
	plain *plainCalls
	base  int64 // the rowid of the first staged row
	// numbered says that the ends of the staged calls are numbers.
	numbered bool
	temps    []string       // files to take away again
	leaving  sync.WaitGroup // those that are being taken away
	// bytewise says that some text of a Parquet file is not UTF-8; spooled is where
	// the file lies, if it came by the standard input.
	bytewise bool
	spooled  string
	bad      *rejects
	// forgotten tells who asked to be forgotten; nil when nobody did.
	forgotten func(id string) bool
	receipt   Receipt
	undoable
	// kindNote says what the file was taken for.
	kindNote string
}

func (l *loading) load(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var err error
	if l.o, err = l.o.forFile(path); err != nil {
		return err
	}
	if err := l.o.check(ctx, l.st.DB()); err != nil {
		return err
	}
	if err := l.look(ctx, path); err != nil {
		return err
	}
	src := l.src
	if err := l.settleKind(src); err != nil {
		return err
	}
	if l.plan, err = makePlan(src, l.o); err != nil {
		return err
	}
	if err := l.plan.check(); err != nil {
		return err
	}
	if l.kindNote != "" {
		l.plan.notes = append([]string{l.kindNote}, l.plan.notes...)
	}
	if err := l.prepare(ctx); err != nil {
		return err
	}
	l.receipt = Receipt{Kind: l.o.Kind, File: src.path, Hash: l.v.hash, Bytes: src.bytes, Reasons: []Reason{}, Repeats: []Reason{}, Warnings: []Warning{}}
	if err := l.st.Update(ctx, l.update); err != nil {
		return err
	}
	if l.bad == nil || l.bad.count == 0 {
		return nil
	}
	err = l.bad.publish()
	l.bad = nil
	if err != nil {
		return fmt.Errorf("%s is loaded, but its rejects are only in the store: %w", path, err)
	}
	return nil
}

// prepare surveys the file and sees to it that DuckDB can read it.
func (l *loading) prepare(ctx context.Context) error {
	src := l.src
	file, plain, err := readable(src.data())
	if err != nil {
		return err
	}
	l.stage, l.pattern = stage{p: l.plan, file: file}, !plain
	if src.parquet {
		l.v = &survey{hash: src.hash}
		if l.pattern {
			if err := l.link(file); err != nil {
				return err
			}
		}
	}
	ok, err := l.readPlain(ctx)
	if err == nil && src.parquet && l.v.hash == "" {
		l.v.hash, err = hashFile(ctx, src.file, src.bytes, l.o.Progress)
	}
	if ok || err != nil || src.parquet {
		l.stage.v = l.v
		return err
	}
	clean := src.own() || l.pattern
	if !clean {
		if l.v, err = src.take(ctx, nil, l.o.Progress); err != nil {
			return err
		}
		clean = l.v.dirty
	}
	if clean {
		if err := l.copyClean(ctx); err != nil {
			return err
		}
	}
	l.stage.v = l.v
	return nil
}

// explain puts what failed into a sentence with the file.
func (l *loading) explain(err error) error {
	var data *graph.DataError
	if errors.As(err, &data) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("the disk of %s is full: nothing of this file was stored; free some space and load it again (%w)", l.dir, err)
	}
	return err
}

// update is what happens within the transaction.
func (l *loading) update(ctx context.Context, conn *sql.Conn) (err error) {
	if l.plan.hashes() {
		if err := l.plan.salt.sameSalt(ctx, conn, l.src.path); err != nil {
			return err
		}
		back, lendErr := l.plan.salt.lend(ctx, conn)
		if lendErr != nil {
			return lendErr
		}
		defer func() {
			// A transaction that failed takes no more commands.
			if backErr := back(); err == nil {
				err = backErr
			}
		}()
	}
	if l.plan.sealed, err = sealed(ctx, conn); err != nil {
		return err
	}
	if err := settle(ctx, conn, l.o.RejectsDir); err != nil {
		return err
	}
	if err := l.askRows(ctx, conn); err != nil {
		return err
	}
	mapping, err := l.plan.mappingJSON()
	if err != nil {
		return err
	}
	r := &l.receipt
	if again, err := l.again(ctx, conn, mapping); again || err != nil {
		return err
	}
	if r.ID, err = nextImport(ctx, conn); err != nil {
		return err
	}
	if err := l.withdrawPlain(ctx, conn); err != nil {
		return err
	}
	if err := l.stageRows(ctx, conn); err != nil {
		return err
	}
	if err := l.refuseUnknown(ctx, conn); err != nil {
		return err
	}
	if err := l.checkRejects(ctx, conn); err != nil {
		return err
	}
	if err := l.storeRows(ctx, conn); err != nil {
		return err
	}
	if err := l.rejectRows(ctx, conn); err != nil {
		return err
	}
	if err := l.warn(ctx, conn); err != nil {
		return err
	}
	if err := l.warnUnseen(ctx, conn); err != nil {
		return err
	}
	if err := l.warnOtherwise(ctx, conn, mapping); err != nil {
		return err
	}
	r.Mapping = l.plan.mapping()
	r.Notes = l.notes()
	r.At = time.Now().UTC().Truncate(time.Microsecond)
	r.Seconds = time.Since(l.began).Seconds()
	r.pace()
	if err := r.store(ctx, conn, mapping, l.undoable); err != nil {
		return err
	}
	for _, table := range []string{"staged", "suspects", "twins", "rejected", "ends", "odd"} {
		if _, err := conn.ExecContext(ctx, "DROP TABLE IF EXISTS temp."+table); err != nil {
			return fmt.Errorf("drop what was staged: %w", err)
		}
	}
	l.report(4)
	return nil
}

// report tells the progress within the transaction, in quarters.
func (l *loading) report(quarters int64) {
	rows := max(l.v.rows, 1)
	l.o.Progress.Report("storing "+l.src.path, rows*quarters/4, rows)
}

// askRows settles what only all rows can tell.
func (l *loading) askRows(ctx context.Context, conn *sql.Conn) error {
	if err := l.resolveDates(ctx, conn); err != nil {
		return err
	}
	if err := l.findWords(ctx, conn); err != nil {
		return err
	}
	return l.typeAttributes(ctx, conn)
}

// resolveDates finds out which of day and month comes first where times are
// written so and the options don't say.
func (l *loading) resolveDates(ctx context.Context, conn *sql.Conn) error {
	for _, f := range l.plan.kind.Fields() {
		style, ok := l.plan.styles[f.Name]
		if !ok || style.form != slashTime || style.order != DatesGuessed {
			continue
		}
		text := l.stage.Text(f.Name)
		order, both, err := style.orderOf(ctx, conn, l.stage.Source(), text)
		if err != nil {
			return fmt.Errorf("read the dates of %s: %w", l.src.path, err)
		}
		if style.dotted() { // where the month can only be first, some hand was in it
			both, order = both || order == MonthFirst, DayFirst
		}
		if both {
			return l.src.fail(0, "some dates for %s have the day first and some the month; say with --dates dmy or --dates mdy which are right, and the others are rejected", f.Name)
		}
		if order == DatesGuessed {
			return l.src.fail(0, "the dates for %s can be read with the day or with the month first; say which with --dates dmy or --dates mdy", f.Name)
		}
		style.order = order
		l.plan.styles[f.Name] = style
	}
	return nil
}

// notes are the sentences of the receipt.
func (l *loading) notes() []string {
	notes := append([]string{}, l.plan.notes...)
	if note := l.src.titleNote(l.plan.hashes() || l.plan.sealed); note != "" {
		notes = append(notes, note)
	}
	if l.ownClock() {
		notes = append(notes, "the times seem to count from a start of their own; they stand as seconds from 1970-01-01")
	}
	if c := l.src.charset; c.enc != nil && c.bom == 0 && l.o.Encoding == "" {
		notes = append(notes, "the file is read as "+c.name+" because of its NUL bytes; pass --encoding if it is something else")
	}
	if l.v.blankLines > 0 && l.src.weblog {
		notes = append(notes, sentence("lines of the log that were left out, as nobody saw a page by them (images, scripts, failures, robots and the like): %d", l.v.blankLines))
	} else if l.v.blankLines > 0 && l.src.graph == noGraph {
		notes = append(notes, sentence("blank lines skipped: %d", l.v.blankLines))
	}
	if len(l.v.wild) > 0 {
		best, sentence := advise(l.v.wild)
		notes = append(notes, "some rows are not UTF-8 text; "+sentence+"; if the whole file is, pass --encoding "+best)
	}
	return notes
}
