package loaders

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"kith/graph/duckstore"
)

// Explanation says how a file would be loaded. It is about the first rows of it.
type Explanation struct {
	File string `json:"file"`
	// Kind is what the file is taken for.
	Kind KindGuess `json:"kind"`
	// Written says how the file is written, such as encoding and delimiter.
	Written []Trait `json:"written"`
	// MapFile is the map file that was used.
	MapFile string `json:"map_file,omitempty"`
	// Fields say where each field comes from, Columns what becomes of each
	// column.
	Fields  []Guess      `json:"fields"`
	Columns []ColumnLook `json:"columns"`
	// Looked is how many rows were looked at, and All whether those are all.
	Looked int  `json:"looked"`
	All    bool `json:"all"`
	// Stored are the first rows as they would be stored, under the names in
	// Header.
	Header []string   `json:"header"`
	Stored [][]string `json:"stored"`
	// Rejected is how many of the rows would be rejected, for Reasons; Rejects
	// are the first of them.
	Rejected int64    `json:"rejected"`
	Reasons  []Reason `json:"reasons"`
	Rejects  []Reject `json:"rejects"`
	Notes    []string `json:"notes"`
	// Problem is why the file cannot be loaded in this way.
	Problem string `json:"problem,omitempty"`

	o    *Options
	plan *plan
}

// Trait is one thing about how a file is written.
type Trait struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// ColumnLook is a column, what its values look like, and what becomes of it.
type ColumnLook struct {
	Name    string `json:"name"`
	Looks   string `json:"looks"`
	Example string `json:"example"`
	// Becomes is a field, an attribute with its type, or empty.
	Becomes string `json:"becomes"`
}

// Reject is a row that would be rejected.
type Reject struct {
	Line   int64  `json:"line"`
	Column string `json:"column,omitempty"`
	Reason string `json:"reason"`
	Row    string `json:"row"`
}

// How much of a file an explanation shows.
const (
	shownRows    = 5
	shownRejects = 10
)

// Explain says for each file how Load would read it, from its first rows, and
// stores nothing. When a file cannot be loaded its explanation has the Problem,
// and what is known nevertheless; an error is about what is no file that can be
// looked at.
func Explain(ctx context.Context, o Options) (out []*Explanation, err error) {
	dir, err := os.MkdirTemp(o.Scratch, "kith-explain-*")
	if err != nil {
		return nil, fmt.Errorf("make a passing folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	// A store for the moment, so that the same queries say what becomes of a
	// row that say it when it is loaded.
	st, err := duckstore.Open(ctx, dir, duckstore.Options{Create: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	if err := o.check(ctx, st.DB()); err != nil {
		return nil, err
	}
	for _, path := range o.Files {
		l := &loading{o: &o, st: st, dir: dir}
		e, err := l.explainFile(ctx, path)
		if l.src.notText(err) {
			l = l.anew(&o)
			e, err = l.explainFile(ctx, path)
		}
		l.tidy()
		if err != nil {
			return out, l.explain(err)
		}
		out = append(out, e)
	}
	return out, nil
}

func (l *loading) explainFile(ctx context.Context, path string) (e *Explanation, err error) {
	if l.o, err = l.o.forFile(path); err != nil {
		return nil, err
	}
	if err := l.o.check(ctx, l.st.DB()); err != nil {
		return nil, err
	}
	if err := l.look(ctx, path); err != nil {
		return nil, err
	}
	e = &Explanation{File: l.src.path, o: l.o, MapFile: l.o.mapMark, Looked: len(l.src.sample),
		Fields: []Guess{}, Stored: [][]string{}, Reasons: []Reason{}, Rejects: []Reject{}, Notes: []string{}}
	if e.Kind = (KindGuess{Kind: l.o.Kind, Confidence: 1, Word: wordFor(1), Reason: "you said so"}); l.o.Kind == "" {
		e.Kind = guessKind(l.src, l.o)
	} else if l.o.mapMark != "" {
		e.Kind.Reason = "you or the map file said so"
	}
	err = l.settleKind(l.src)
	if err == nil {
		l.plan, err = makePlan(l.src, l.o)
	}
	if err == nil {
		err = l.plan.check()
	}
	if err == nil {
		e.plan = l.plan
		err = l.st.Update(ctx, func(ctx context.Context, conn *sql.Conn) error { return l.tryRows(ctx, conn, e) })
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if l.src.notText(err) {
		return nil, err
	}
	if err != nil {
		e.Problem = l.explain(err).Error()
	}
	e.Written = l.traits()
	e.Columns = l.columnLooks()
	if l.plan != nil {
		e.Fields = l.plan.guesses()
		e.Notes = append(e.Notes, l.plan.notes...)
		if note := l.src.titleNote(l.plan.hashes()); note != "" {
			e.Notes = append(e.Notes, note)
		}
	}
	return e, nil
}

// tryRows stages the first rows and tells what becomes of them.
func (l *loading) tryRows(ctx context.Context, conn *sql.Conn, e *Explanation) (err error) {
	defer func() { // the next file has a table of the same name
		_, dropErr := conn.ExecContext(ctx, "DROP TABLE IF EXISTS temp.staged")
		if err == nil {
			err = dropErr
		}
	}()
	if l.plan.hashes() {
		back, err := l.plan.salt.lend(ctx, conn)
		if err != nil {
			return err
		}
		defer func() { _ = back() }()
	}
	var rows []Reject // of each good row its line and text, and those at fault
	var faults []Reject
	l.v = &survey{}
	l.stage = stage{p: l.plan, file: l.src.file, v: l.v}
	if l.src.parquet {
		file, plain, err := readable(l.src.data())
		if err != nil {
			return err
		}
		if l.stage.file = file; !plain {
			if err := l.link(file); err != nil {
				return err
			}
		}
		l.stage.most = sampleRows
		e.All = len(l.src.sample) < sampleRows
	} else if rows, faults, err = l.copyFirst(ctx, e); err != nil {
		return err
	}
	if err := l.askRows(ctx, conn); err != nil {
		return err
	}
	if err := l.stageRows(ctx, conn); err != nil {
		return err
	}
	if l.plan.kind == Churn || l.plan.kind == Purchases {
		if err := l.storeAside(ctx, conn); err != nil { // which only counts them
			return err
		}
	}
	if err := l.readStaged(ctx, conn, e); err != nil {
		return fmt.Errorf("look at the first rows: %w", err)
	}
	return l.findRejects(ctx, conn, e, rows, faults)
}

// copyFirst writes the first rows that can be read to a file for DuckDB.
func (l *loading) copyFirst(ctx context.Context, e *Explanation) (rows, faults []Reject, err error) {
	to, err := l.temp()
	if err != nil {
		return nil, nil, err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	from, err := os.Open(l.src.file)
	if err != nil {
		return nil, nil, fmt.Errorf("open %s: %w", l.src.path, err)
	}
	defer from.Close()
	sc, text, err := l.src.rows(from)
	if err != nil {
		return nil, nil, err
	}
	defer text.Close()
	w := bufio.NewWriter(to)
	above := l.src.above()
	more := sc.next()
	for ; more && len(rows)+len(faults) < sampleRows; more = sc.next() {
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
		r := &sc.rec
		if above > 0 {
			above--
			continue
		}
		row := Reject{Line: r.line, Row: excerpt(r.raw)}
		if r.fault != "" {
			row.Column, row.Reason = r.place, r.fault
			faults = append(faults, row)
			continue
		}
		rows = append(rows, row)
		if err := l.src.writeRow(w, r); err != nil {
			return nil, nil, err
		}
	}
	if sc.err != nil {
		return nil, nil, l.src.readError(sc.line, sc.err)
	}
	e.All, e.Looked = !more, len(rows)+len(faults)
	l.stage.file, l.stage.clean = to.Name(), true
	l.stage.v = &survey{rows: int64(len(rows)), blanks: true, multiline: true, quotes: true}
	l.v = l.stage.v
	return rows, faults, w.Flush()
}

// readStaged reads the first good rows.
func (l *loading) readStaged(ctx context.Context, conn *sql.Conn, e *Explanation) (err error) {
	query, err := render("first_rows.sql", struct {
		Columns string
		Rows    int
		Aside   bool
	}{l.plan.kind.stored().Columns, shownRows, l.plan.kind == Calls})
	if err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	if e.Header, err = rows.Columns(); err != nil {
		return err
	}
	for rows.Next() {
		row := make([]sql.NullString, len(e.Header))
		to := make([]any, len(row))
		for i := range row {
			to[i] = &row[i]
		}
		if err := rows.Scan(to...); err != nil {
			return err
		}
		texts := make([]string, len(row))
		for i, v := range row {
			texts[i] = v.String
		}
		e.Stored = append(e.Stored, texts)
	}
	return rows.Err()
}

// findRejects gathers the rows that would be rejected, in the order of the file.
func (l *loading) findRejects(ctx context.Context, conn *sql.Conn, e *Explanation, good, faults []Reject) error {
	all := faults
	err := eachOf(ctx, conn, "first_problems.sql", struct{ Base int64 }{l.base}, nil, func(rows *sql.Rows) error {
		var ord int64
		var problem string
		if err := rows.Scan(&ord, &problem); err != nil {
			return err
		}
		r := Reject{Line: ord + 1}
		if int(ord) < len(good) {
			r = good[ord]
		} else if l.src.parquet && int(ord) < len(l.src.sample) {
			r.Row = l.src.sampleJSON(int(ord))
		}
		field, reason, _ := strings.Cut(problem, "|")
		r.Column, r.Reason = l.plan.columnOf(field), reason
		all = append(all, r)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what is wrong: %w", err)
	}
	slices.SortStableFunc(all, func(a, b Reject) int { return int(a.Line - b.Line) })
	count := rejects{reasons: map[string]int64{}}
	for i, r := range all {
		count.reasons[r.Reason]++
		if i < shownRejects {
			if l.plan.hashes() {
				r.Row = hiddenRow
			}
			e.Rejects = append(e.Rejects, r)
		}
	}
	e.Rejected, e.Reasons = int64(len(all)), count.list()
	return nil
}

// columnOf is the column that a field comes from, or the field. A time from two
// columns has its time of day from the second.
func (p *plan) columnOf(field string) string {
	if of, ok := strings.CutSuffix(field, " clock"); ok && p.fields[of].clock > 0 {
		return p.src.columns[p.fields[of].clock-1]
	}
	if b, ok := p.fields[field]; ok && b.column >= 0 {
		return p.src.columns[b.column]
	}
	return field
}
