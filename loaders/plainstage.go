package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"time"

	"github.com/apache/arrow-go/v18/parquet"

	"kith/graph/duckstore"
)

// plainQuery is what the queries on plain calls are filled in with.
type plainQuery struct {
	// File has the rows, IDs the ids by their local numbers, of which there
	// are Locals, and Prints the fingerprints that rows share.
	File, IDs, Prints string
	Locals            int
	// Shift says that no id was known, so that First plus the local number is
	// the number of each.
	Shift bool
	First int64
	Fresh bool // the store has no ids at all
	Timed bool
	// Odd says that some rows are not plain.
	Odd bool
	// Odd lengths mark rows that are not plain; the others have the code, with
	// its bit Unanswered, in their lowest Bits.
	OddLength        int64
	Bits, Unanswered int
	Base             int64 // the rowid of the first row of staged
	Import           int
}

// withdrawPlain takes the ordinary way after all, where the store has something
// by which plain rows may be rejected.
func (l *loading) withdrawPlain(ctx context.Context, conn *sql.Conn) error {
	if l.plain == nil {
		return nil
	}
	knows, err := duckstore.ForgottenIn(ctx, conn)
	if err != nil {
		return fmt.Errorf("look for people who asked to be forgotten: %w", err)
	}
	if knows == nil && (!l.plan.sealed || l.plan.hashes()) {
		return nil
	}
	l.plain = nil
	if !l.src.parquet && (l.v.dirty || l.pattern) {
		return l.copyClean(ctx)
	}
	return nil
}

// stagePlain numbers the ids of a file whose plain rows have been read, and stages
// these if some row may have a problem or a twin.
func (l *loading) stagePlain(ctx context.Context, conn *sql.Conn) error {
	p := l.plain
	q := &p.query
	*q = plainQuery{File: literal(p.file), Timed: p.rows.timed, Odd: p.odd > 0, Locals: p.rows.ids.Len(),
		OddLength: oddLength, Bits: codeBits, Unanswered: unansweredIf, Import: l.receipt.ID}
	if err := l.writeIDs(ctx); err != nil {
		return err
	}
	if q.Odd {
		if err := l.stageOdd(ctx, conn); err != nil {
			return err
		}
	}
	if err := l.numberPlain(ctx, conn); err != nil {
		return err
	}
	if err := l.findTwins(ctx, conn); err != nil {
		return err
	}
	overlap, err := l.overlapsStore(ctx, conn)
	if err != nil {
		return err
	}
	l.numbered = true
	if p.spotless = !q.Odd && !p.twins && !overlap; p.spotless {
		return nil
	}
	if _, err := run(ctx, conn, "plain_staged.sql", q); err != nil {
		return fmt.Errorf("stage %s: %w", l.src.path, err)
	}
	var rows int64
	if rows, l.base, err = stagedRows(ctx, conn); err != nil {
		return fmt.Errorf("stage %s: %w", l.src.path, err)
	}
	q.Base = l.base
	if rows != l.v.rows || rows != p.rows.rows {
		return fmt.Errorf("stage %s: %d rows were staged of %d, so nothing was loaded", l.src.path, rows, l.v.rows)
	}
	if q.Odd {
		if err := l.placeOdd(ctx, conn); err != nil {
			return fmt.Errorf("stage %s: %w", l.src.path, err)
		}
	}
	return l.markTwins(ctx, conn)
}

// placeOdd fills in the rows that are not plain and have nothing wrong with them.
func (l *loading) placeOdd(ctx context.Context, conn *sql.Conn) error {
	var right int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FILTER (problem IS NULL), count(*) FILTER (coalesce(problem, 'aside') = 'aside') FROM odd").Scan(&l.plain.good, &right); err != nil {
		return err
	}
	if right == 0 {
		return nil
	}
	placed, err := run(ctx, conn, "plain_odd.sql", l.plain.query)
	if err == nil && placed != right {
		err = fmt.Errorf("%d rows of %d found their place, so nothing was loaded", placed, right)
	}
	return err
}

// writeIDs writes the ids by their local numbers to a passing file, hashed if they
// are to be.
func (l *loading) writeIDs(ctx context.Context) error {
	hashed := hashes(l.plan.changes["caller"])
	file, name, err := l.passing(duckstore.Column{Name: "id", Type: duckstore.Text})
	if err != nil {
		return err
	}
	defer file.Close()
	var ids []parquet.ByteArray
	for n, id := range l.plain.rows.ids.All() {
		if n&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if hashed {
			id = []byte(l.plan.salt.hash(string(id)))
		}
		if ids = append(ids, id); len(ids) == duckstore.GroupRows {
			if err := file.Group(ids); err != nil {
				return err
			}
			ids = ids[:0]
		}
	}
	l.plain.query.IDs = literal(name)
	if len(ids) > 0 {
		if err := file.Group(ids); err != nil {
			return err
		}
	}
	return file.Finish()
}

// stageOdd has calls.sql judge the rows that are not plain.
func (l *loading) stageOdd(ctx context.Context, conn *sql.Conn) error {
	odd := l.stage
	if l.src.parquet {
		source, err := render("plain_rest.sql", struct {
			Source, File string
			OddLength    int64
		}{literal(l.stage.file), l.plain.query.File, oddLength})
		if err != nil {
			return err
		}
		odd.table = source
	} else {
		odd.file, odd.clean = l.plain.oddFile, true
	}
	if _, err := run(ctx, conn, "calls.sql", odd); err != nil {
		return l.readFailed(err)
	}
	if _, err := run(ctx, conn, "plain_aside.sql", nil); err != nil {
		return fmt.Errorf("stage %s: %w", l.src.path, err)
	}
	var rows int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM odd").Scan(&rows); err != nil {
		return fmt.Errorf("stage %s: %w", l.src.path, err)
	}
	if rows != l.plain.odd {
		return l.src.fail(0, "two ways of reading it find %d and %d rows, so nothing was loaded; if the file is being written to, wait until it is complete", l.plain.odd, rows)
	}
	return nil
}

// numberPlain gives every id its number.
func (l *loading) numberPlain(ctx context.Context, conn *sql.Conn) error {
	q := &l.plain.query
	if err := conn.QueryRowContext(ctx, "SELECT NOT EXISTS (FROM events.ids)").Scan(&q.Fresh); err != nil {
		return fmt.Errorf("number the ids: %w", err)
	}
	if _, err := run(ctx, conn, "plain_ends.sql", q); err != nil {
		return fmt.Errorf("number the ids: %w", err)
	}
	var known int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FILTER (known), coalesce(min(n), 0) FROM ends").Scan(&known, &q.First); err != nil {
		return fmt.Errorf("number the ids: %w", err)
	}
	q.Shift = known == 0
	if _, err := run(ctx, conn, "plain_ids.sql", q); err != nil {
		return fmt.Errorf("store the ids: %w", err)
	}
	return nil
}

// overlapsStore says whether the store has calls of the time of the plain rows.
func (l *loading) overlapsStore(ctx context.Context, conn *sql.Conn) (there bool, err error) {
	span := "e.time IS NULL"
	if l.plain.rows.timed {
		span = betweenMicros(l.plain.rows.first, l.plain.rows.last)
	}
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM events.call_rows AS e WHERE "+span+")").Scan(&there); err != nil {
		return false, fmt.Errorf("look for calls of the same time: %w", err)
	}
	if !there && l.plain.rows.timed {
		return nearSides(ctx, conn, l.plain.rows.first, l.plain.rows.last)
	}
	return there, nil
}

// findTwins makes the table of rows that share their fingerprint with another, and
// finds out whether any two of them are the same.
func (l *loading) findTwins(ctx context.Context, conn *sql.Conn) error {
	shared := l.plain.rows.prints.shared()
	if len(shared) == 0 {
		return nil
	}
	file, name, err := l.passing(duckstore.Column{Name: "print", Type: duckstore.Uint32})
	if err != nil {
		return err
	}
	defer file.Close()
	for prints := range slices.Chunk(shared, duckstore.GroupRows) {
		values := make([]int32, len(prints))
		for i, print := range prints {
			values[i] = int32(print)
		}
		if err := file.Group(values); err != nil {
			return err
		}
	}
	if err := file.Finish(); err != nil {
		return err
	}
	l.plain.query.Prints = literal(name)
	if _, err := run(ctx, conn, "plain_twins.sql", l.plain.query); err != nil {
		return fmt.Errorf("find duplicates: %w", err)
	}
	if err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM twins").Scan(&l.plain.twins); err != nil {
		return fmt.Errorf("find duplicates: %w", err)
	}
	return nil
}

// markTwins marks the rows that are the same as an earlier one, unless there are
// good rows that are not plain, whose fingerprints are not known.
func (l *loading) markTwins(ctx context.Context, conn *sql.Conn) error {
	if l.plain.good > 0 {
		return nil
	}
	l.plain.paired = true
	if !l.plain.twins {
		return nil
	}
	if _, err := run(ctx, conn, "plain_repeats.sql", l.plain.query); err != nil {
		return fmt.Errorf("find duplicates: %w", err)
	}
	return nil
}

// passing makes a passing file, which the caller closes.
func (l *loading) passing(columns ...duckstore.Column) (*duckstore.ColumnFile, string, error) {
	f, err := l.temp()
	if err != nil {
		return nil, "", err
	}
	file, err := duckstore.NewColumnFile(f, columns...)
	return file, f.Name(), err
}

// storePlain stores a file none of whose rows has a problem or a twin.
func (l *loading) storePlain(ctx context.Context, conn *sql.Conn) (err error) {
	rows, r := l.plain.rows, &l.receipt
	stored, err := run(ctx, conn, "plain_insert.sql", l.plain.query)
	if err == nil && (stored != rows.good || stored != l.v.rows) {
		err = fmt.Errorf("%d rows of %d went in, so nothing was loaded", stored, l.v.rows)
	}
	if err != nil {
		return fmt.Errorf("store the rows: %w", err)
	}
	l.drop(l.plain.file)
	l.report(3)
	r.Rows, r.Accepted = l.v.rows+l.v.faulty, rows.good
	r.Rejected = l.v.faulty
	if rows.timed && rows.good > 0 {
		r.First, r.Last = time.UnixMicro(rows.first).UTC(), time.UnixMicro(rows.last).UTC()
	}
	if r.NewCustomers, err = run(ctx, conn, "plain_known.sql", r.ID); err != nil {
		return fmt.Errorf("look for new ids: %w", err)
	}
	return nil
}
