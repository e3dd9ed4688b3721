package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"strings"
)

// rejectRows keeps the rejected rows with their lines, columns and reasons.
func (l *loading) rejectRows(ctx context.Context, conn *sql.Conn) error {
	r := &l.receipt
	if r.Rejected == 0 {
		return nil
	}
	l.bad = &rejects{dir: l.o.RejectsDir, file: r.File, id: r.ID, conn: conn, hidden: l.plan.hashes() || l.plan.sealed, forgotten: l.forgotten}
	p := &problems{conn: conn, l: l}
	var err error
	if l.src.parquet {
		err = l.rejectParquet(ctx, p)
	} else {
		err = l.rejectText(ctx, p)
	}
	if err != nil {
		return err
	}
	if l.bad.count != r.Rejected {
		return l.src.fail(0, "%d rows are to be rejected, but %d were found again, so nothing was loaded; if the file is being written to, wait until it is complete", r.Rejected, l.bad.count)
	}
	if err := l.bad.finish(); err != nil {
		return err
	}
	r.Reasons = l.bad.list()
	r.RejectsFile = l.bad.path()
	return nil
}

// rejectText reads the file once more and picks out the rows with problems by
// their number.
func (l *loading) rejectText(ctx context.Context, p *problems) error {
	f, err := os.Open(l.src.file)
	if err != nil {
		return fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer f.Close()
	sc, text, err := l.src.rows(f)
	if err != nil {
		return err
	}
	defer text.Close()
	if err := p.next(ctx); err != nil {
		return err
	}
	above := l.src.above()
	var ord int64
	for n := 0; sc.next(); n++ {
		if n&0xffff == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		rec := &sc.rec
		switch {
		case above > 0:
			above--
		case rec.fault != "":
			if err := l.bad.add(rec.line, rec.place, rec.fault, rec.raw); err != nil {
				return err
			}
		default:
			if p.ord == ord {
				if !p.sees(l.src.d, rec) {
					return l.src.fail(rec.line, "two ways of reading it find different rows here, so nothing was loaded; if the file is being written to, wait until it is complete")
				}
				if err := l.bad.add(rec.line, p.column, p.reason, rec.raw); err != nil {
					return err
				}
				if err := p.next(ctx); err != nil {
					return err
				}
			}
			ord++
		}
	}
	if sc.err != nil {
		return l.src.readError(sc.line, sc.err)
	}
	return nil
}

// rejectParquet takes the rows with problems from the file as JSON; their line
// is their number from 1.
func (l *loading) rejectParquet(ctx context.Context, p *problems) error {
	if _, err := run(ctx, p.conn, "rejected_rows.sql", struct {
		Source  string
		Longest int
		Base    int64
	}{l.stage.Shown(), longestReject, l.base}); err != nil {
		return fmt.Errorf("read the rejected rows of %s: %w", l.src.path, err)
	}
	for {
		if err := p.next(ctx); err != nil {
			return err
		}
		if p.ord < 0 {
			return nil
		}
		if err := l.bad.add(p.ord+1, p.column, p.reason, []byte(p.text)); err != nil {
			return err
		}
	}
}

// problems walks over the staged rows with problems in the order of the file.
type problems struct {
	conn *sql.Conn
	l    *loading
	// The present one; ord is -1 at the end.
	ord                           int64
	column, reason, witness, text string

	batch []problem
	last  int64
	begun bool
}

type problem struct {
	ord                    int64
	problem, witness, text string
}

// sees says whether the text of a row agrees with what DuckDB read. An empty
// witness says nothing.
func (p *problems) sees(d dialect, rec *record) bool {
	first := p.l.plan.kind.Fields()[0].Name
	if _, one := p.l.plan.fields["subscriber"]; one { // caller and callee may have changed places
		return true
	}
	if _, guests := p.l.plan.fields["guest"]; guests { // who may stand for the customer
		return true
	}
	b, ok := p.l.plan.fields[first]
	if !ok || b.column < 0 || p.l.src.inFolder(b.column) || p.witness == "" || len(p.l.plan.changes[first]) > 0 {
		return true
	}
	text := ""
	if d.json != notJSON {
		if b.column < len(rec.fields) {
			text = string(rec.fields[b.column])
		}
	} else {
		fields := d.split(rec.raw)
		if b.column >= len(fields) {
			return false
		}
		text = fields[b.column]
	}
	return strings.Trim(text, " \t") == strings.Trim(p.witness, " \t")
}

func (p *problems) next(ctx context.Context) error {
	if !p.begun {
		p.begun, p.last = true, -1
	}
	if len(p.batch) == 0 {
		if err := p.load(ctx); err != nil {
			return fmt.Errorf("read the rejected rows: %w", err)
		}
		if len(p.batch) == 0 {
			p.ord = -1
			return nil
		}
	}
	next := p.batch[0]
	p.batch = p.batch[1:]
	p.ord, p.witness, p.text = next.ord, next.witness, next.text
	field, reason, _ := strings.Cut(next.problem, "|")
	p.reason = reason
	p.column = p.l.plan.columnOf(field)
	return nil
}

func (p *problems) load(ctx context.Context) (err error) {
	if p.l.spotless() {
		return nil
	}
	witness := p.l.plan.kind.Fields()[0].Name
	if p.l.numbered {
		witness = "witness"
	}
	data := struct {
		Parquet bool
		Witness string
		Base    int64
		Batch   int
	}{p.l.src.parquet, witness, p.l.base, 50_000}
	p.batch = nil
	return eachOf(ctx, p.conn, "problem_rows.sql", data, []any{p.last}, func(rows *sql.Rows) error {
		var b problem
		err := rows.Scan(&b.ord, &b.problem, &b.witness, &b.text)
		p.batch = append(p.batch, b)
		p.last = b.ord
		return err
	})
}
