package loaders

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"kith/graph"
	"kith/graph/duckstore"
)

// Options say what to load and how to read it.
type Options struct {
	// Kind is what the rows of all the files are. Empty: found out for each.
	Kind Kind
	// Files are paths of text files, plain or packed with gzip or zstd, and
	// of Parquet files; see Expand for folders and patterns. Stdin, "-", is
	// read from the field of that name.
	Files []string
	Stdin io.Reader
	// StdinName is what that is called in its receipt, and in guesses. Empty:
	// stdin.
	StdinName string
	// SQL is a query; the files are DuckDB databases then, and its rows are
	// loaded.
	SQL string
	// Map names columns that are not to be guessed.
	Map Map
	// Delimiter is one character or several, or tab, space or blanks (any run
	// of spaces and tabs). Empty: found out.
	Delimiter string
	// Encoding is the name of the encoding of text files, such as
	// windows-1252. Empty: UTF-8, or UTF-16 where the bytes leave no doubt.
	Encoding string
	// Header says whether the first row names the columns. Empty: found out.
	Header Header
	// Zone is the zone of times that have none themselves, such as
	// Europe/Berlin. Empty: UTC.
	Zone string
	// Dates is the order of day and month in dates such as 01/02/2011.
	// Empty: found out where a date in the file leaves no doubt.
	Dates DateOrder
	// Decimal is point or comma. Empty: found out.
	Decimal string
	// Changes are made to the texts of fields, in order, before they are read.
	Changes Changes
	// Units say in what numbers are counted that are not in the unit of their
	// field: seconds in minutes, hours or milliseconds, money in cents, times
	// in seconds, milliseconds or microseconds since 1970.
	Units map[string]string
	// HashIDs replaces every id of a person by its HMAC-SHA-256 with Salt, in
	// hex. The same id gives the same hash in all files, kinds and runs.
	HashIDs bool
	Salt    Salt
	// Types are those of attributes of customers: text, number, date, or
	// yes/no. Others are found out.
	Types map[string]string
	// NoOthers keeps columns of customers that are not mapped from becoming
	// attributes.
	NoOthers bool
	// MaxRejects is how many rows of a file may be rejected, as a number or a
	// share such as 1%. With more nothing of the file is stored. Empty: any
	// number but all.
	MaxRejects string
	// MapFile is the path of a map file, and NoMapFile for none. Empty: one
	// that lies beside the data. What the other options say counts before it.
	MapFile string
	// mapMark and mapNote say which map file was used.
	mapMark, mapNote string
	// zoneFault is what is said where the zone is the map file's, and nobody
	// knows it.
	zoneFault error
	// ordinary keeps plain rows from being read in Go, for comparing.
	ordinary bool
	// RefuseCustomers and RefuseProducts reject rows about customers and
	// products that no file of customers or products has described.
	RefuseCustomers, RefuseProducts bool
	// RejectsDir is where rejected rows are written to. Empty: the folder
	// rejects of the data folder.
	RejectsDir string
	// PassOver is told of files that have a header or a schema and no row, such as
	// the empty parts that programs leave in a folder. Nil: the first of them is an
	// error, as it is where no file has a row.
	PassOver func(Left)
	// Scratch is the folder where Explain keeps what passes. Empty: that of the
	// system.
	Scratch  string
	Progress graph.Progress
}

// What stands between whole and part of a number.
const (
	DecimalPoint = "point"
	DecimalComma = "comma"
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

// AllRejectedError says that a file was loaded without any of its rows. It is a
// graph.DataError.
type AllRejectedError struct{ Receipt Receipt }

// Reason says why without naming where the rows are.
func (e *AllRejectedError) Reason() string {
	if e.Receipt.Rows == 1 {
		return "its one row was rejected, because " + e.Receipt.Reasons[0].Reason
	}
	return sentence("all %d rows were rejected, most because %s", e.Receipt.Rows, e.Receipt.Reasons[0].Reason)
}

// Unwrap is the same as an error in data.
func (e *AllRejectedError) Unwrap() error {
	return &graph.DataError{File: e.Receipt.File, Reason: fmt.Sprintf(
		"%s; see %s, correct the mapping or the file, and load it again", e.Reason(), e.Receipt.RejectsFile)}
}

func (e *AllRejectedError) Error() string { return e.Unwrap().Error() }

// Check refuses options that mean nothing for any file, with an OptionError, as
// Load does. Files is not looked at.
func Check(ctx context.Context, st *duckstore.Store, o Options) error {
	o.Files = []string{""}
	return o.check(ctx, st.DB())
}

// OptionError says which option means nothing.
type OptionError struct{ Reason string }

func (e *OptionError) Error() string { return e.Reason }

// zoneSentence is said of a zone that nobody knows.
const zoneSentence = "there is no time zone %q: use a name such as Europe/Berlin"

// check refuses options that mean nothing.
func (o *Options) check(ctx context.Context, db querier) error {
	if err := o.checkWords(); err != nil {
		return &OptionError{err.Error()}
	}
	if o.Zone != "" {
		var known bool
		if err := db.QueryRowContext(ctx, "SELECT count(*) > 0 FROM pg_timezone_names() WHERE name = ?", o.Zone).Scan(&known); err != nil {
			return fmt.Errorf("look for the time zone %s: %w", o.Zone, err)
		}
		switch {
		case !known && o.zoneFault != nil:
			return o.zoneFault
		case !known:
			return &OptionError{fmt.Sprintf(zoneSentence, o.Zone)}
		}
	}
	return nil
}

// checkWords refuses words that no option has.
func (o *Options) checkWords() error {
	if o.Kind != "" {
		if _, err := KindOf(string(o.Kind)); err != nil {
			return err
		}
	}
	if len(o.Files) == 0 {
		return errors.New("there is no file to load: name one or more")
	}
	if o.Stdin == nil && slices.Contains(o.Files, Stdin) {
		return errors.New("there is no standard input to read")
	}
	if o.Delimiter != "" {
		if _, err := delimiter(o.Delimiter); err != nil {
			return err
		}
	}
	if o.Encoding != "" {
		if _, err := charsetOf(o.Encoding); err != nil {
			return err
		}
	}
	if !slices.Contains([]Header{HeaderGuessed, HeaderYes, HeaderNo}, o.Header) {
		return fmt.Errorf("the header option %q is not understood: use yes, no, or leave it out", o.Header)
	}
	if !slices.Contains([]DateOrder{DatesGuessed, DayFirst, MonthFirst}, o.Dates) {
		return fmt.Errorf("the order of dates %q is not understood: use dmy or mdy", o.Dates)
	}
	if !slices.Contains([]string{"", DecimalPoint, DecimalComma}, o.Decimal) {
		return fmt.Errorf("the decimal mark %q is not understood: use point or comma", o.Decimal)
	}
	if o.MaxRejects != "" {
		if _, err := mostRejects(o.MaxRejects, 0); err != nil {
			return err
		}
	}
	return nil
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
	// plain is set where most rows were read in Go.
	plain *plainCalls
	base  int64 // the rowid of the first staged row
	// numbered says that the ends of the staged calls are numbers.
	numbered bool
	temps    []string // files to take away again
	bad      *rejects
	// forgotten tells who asked to be forgotten; nil when nobody did.
	forgotten func(id string) bool
	receipt   Receipt
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
	if err := l.plan.checkSalt(); err != nil {
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
	file, plain, err := readable(src.file)
	if err != nil {
		return err
	}
	l.stage = stage{p: l.plan, file: file}
	if src.parquet {
		l.v = &survey{hash: src.hash}
		if !plain {
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
	clean := src.own() || !plain
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

// temp makes a file that goes away with the load, or, after a crash, when the
// store is opened next.
func (l *loading) temp() (*os.File, error) {
	dir := filepath.Join(l.dir, duckstore.PassingName)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for a passing copy: %w", err)
	}
	f, err := os.CreateTemp(dir, "load-*.csv")
	if err != nil {
		return nil, fmt.Errorf("make a passing copy: %w", err)
	}
	l.temps = append(l.temps, f.Name())
	return f, nil
}

// copyClean writes the rows that can be read to a file that DuckDB reads
// instead.
func (l *loading) copyClean(ctx context.Context) error {
	f, err := l.temp()
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	l.v, err = l.src.take(ctx, l.src.copyTo(w), l.o.Progress)
	if err == nil {
		err = w.Flush()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	l.stage.file, l.stage.clean = f.Name(), true
	return nil
}

// link gives a file whose name DuckDB would take for a pattern another name.
func (l *loading) link(file string) error {
	f, err := l.temp()
	if err != nil {
		return err
	}
	name := f.Name()
	if err := errors.Join(f.Close(), os.Remove(name), os.Symlink(file, name)); err != nil {
		return fmt.Errorf("give %s a name without special characters: %w", l.src.path, err)
	}
	l.stage.file = name
	return nil
}

// tidy takes passing files away.
func (l *loading) tidy() {
	if l.bad != nil {
		l.bad.discard()
	}
	for _, name := range l.temps {
		_ = os.Remove(name)
	}
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
	if err := l.resolveDates(ctx, conn); err != nil {
		return err
	}
	if err := l.typeAttributes(ctx, conn); err != nil {
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
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM events.imports").Scan(&r.ID); err != nil {
		return fmt.Errorf("number the import: %w", err)
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
	if err := l.warnOtherwise(ctx, conn, mapping); err != nil {
		return err
	}
	r.Mapping = l.plan.mapping()
	r.Notes = l.notes()
	r.At = time.Now().UTC().Truncate(time.Microsecond)
	r.Seconds = time.Since(l.began).Seconds()
	r.pace()
	if err := r.store(ctx, conn, mapping); err != nil {
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
	if l.v.blankLines > 0 && l.src.graph == noGraph {
		notes = append(notes, sentence("blank lines skipped: %d", l.v.blankLines))
	}
	if len(l.v.wild) > 0 {
		best, sentence := advise(l.v.wild)
		notes = append(notes, "some rows are not UTF-8 text; "+sentence+"; if the whole file is, pass --encoding "+best)
	}
	return notes
}
