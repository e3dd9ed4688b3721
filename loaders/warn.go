package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"kith/graph"
)

// What a receipt warns of. All of it is about rows that are stored.
const (
	// manyRows is how many rows a file must have before the order of its times
	// and single times far from the others mean something.
	manyRows = 100
	// fewRows is the largest share of rows that can be odd ones out.
	fewRows = 0.01
	// farDays is how many days without any row part odd times from the others.
	farDays = 366
	// mostTalks is how many rows are looked at for calls that overlap.
	mostTalks = 200_000
)

// oddity is a warning whose line is not known yet.
type oddity struct {
	text  string
	count int64
	ord   int64 // the row, counted from 0 among those that can be read
}

// warn looks at the staged rows for what is odd. The rows are looked at a few
// times by columns, never compared with each other.
func (l *loading) warn(ctx context.Context, conn *sql.Conn) error {
	var all []oddity
	for _, look := range []func(context.Context, *sql.Conn) ([]oddity, error){l.oddDays, l.oddOrder, l.overlaps, l.oddLengths, l.oddAmounts, l.oddUnknown} {
		found, err := look(ctx, conn)
		if err != nil {
			return fmt.Errorf("look for what is odd: %w", err)
		}
		all = append(all, found...)
	}
	lines, err := l.linesOf(ctx, all)
	if err != nil {
		return err
	}
	for _, o := range all {
		l.receipt.Warnings = append(l.receipt.Warnings, Warning{o.text, o.count, lines[o.ord]})
	}
	return nil
}

// warnOtherwise warns of a file that was loaded before and read in another way, such
// as in another zone: rows that came out otherwise count a second time. Those of
// customers and products replace the former ones.
func (l *loading) warnOtherwise(ctx context.Context, conn *sql.Conn, mapping string) error {
	if l.receipt.Accepted == 0 || l.plan.kind == Customers || l.plan.kind == Products || l.src.query != "" {
		return nil
	}
	query, err := render("otherwise.sql", nil)
	if err != nil {
		return err
	}
	var id sql.NullInt64
	if err := conn.QueryRowContext(ctx, query, string(l.plan.kind), l.v.hash, mapping).Scan(&id); err != nil {
		return fmt.Errorf("look for the file read in another way: %w", err)
	}
	if id.Valid {
		n := l.receipt.Accepted
		l.receipt.Warnings = append(l.receipt.Warnings, Warning{
			Warning: graph.Agree(n, "row comes", "rows come") + fmt.Sprintf(" of a file that import %d has read in another way: its rows count, too; to be rid of them, take that import back with kith load --undo %d", id.Int64, id.Int64),
			Count:   n,
		})
	}
	return nil
}

// warnUnseen warns of new ids that look like others and are not the same, as they begin
// or end with a no-break space or the like.
func (l *loading) warnUnseen(ctx context.Context, conn *sql.Conn) error {
	query, err := render("unseen.sql", l.receipt.ID)
	if err != nil {
		return err
	}
	var ids int64
	var customers, products bool
	if err := conn.QueryRowContext(ctx, query).Scan(&ids, &customers, &products); err != nil {
		return fmt.Errorf("look for ids with blanks that nobody sees: %w", err)
	}
	if ids == 0 {
		return nil
	}
	var steps []string
	for _, f := range l.plan.kind.Fields() {
		b, bound := l.plan.fields[f.Name]
		if !bound || b.column < 0 || f.sort != idField || slices.Contains([]string{"session", "page", "number"}, f.Name) {
			continue
		}
		if product := f.Name == "product" || l.plan.kind == Products; product && products || !product && customers {
			steps = append(steps, f.Name+"=trim")
		}
	}
	l.receipt.Warnings = append(l.receipt.Warnings, Warning{
		Warning: graph.Agree(ids, "id begins or ends", "ids begin or end") + " with a blank or a mark that nobody sees, such as a no-break space, and so " + graph.Agree(ids, "is another id", "are other ids") +
			" than without; to take it off, take this import back and load the file with --change " + strings.Join(steps, ","),
		Count: ids,
	})
	return nil
}

// day is how many rows a day has, and the first of them.
type day struct {
	day         time.Time
	rows, first int64
}

// oddDays warns of times before 1990, after today, and far from all others.
func (l *loading) oddDays(ctx context.Context, conn *sql.Conn) ([]oddity, error) {
	if !l.plan.kind.timed() {
		return nil, nil
	}
	if _, ok := l.plan.fields["at"]; !ok {
		return nil, nil
	}
	if l.spotless() {
		return oddDays(l.plain.rows.dayList(), time.Now().UTC(), l.ownClock()), nil
	}
	var days []day
	err := eachOf(ctx, conn, "days.sql", nil, nil, func(rows *sql.Rows) error {
		var d day
		err := rows.Scan(&d.day, &d.rows, &d.first)
		d.first -= l.base
		days = append(days, d)
		return err
	})
	if err != nil {
		return nil, err
	}
	return oddDays(days, time.Now().UTC(), l.ownClock()), nil
}

// ownClock says that the times seem to count from a start of their own, such as
// the begin of a study.
func (l *loading) ownClock() bool {
	s, ok := l.plan.styles["at"]
	return ok && s.form == epochTime && !l.receipt.Last.IsZero() && l.receipt.Last.Year() < 1973
}

// oddDays judges the days of a file, which are in order.
func oddDays(days []day, now time.Time, ownClock bool) (found []oddity) {
	sum := func(text string, part []day) {
		if len(part) == 0 {
			return
		}
		o := oddity{ord: part[0].first}
		for _, d := range part {
			o.count += d.rows
			o.ord = min(o.ord, d.first)
		}
		o.text = graph.Agree(o.count, "time ", "times ") + text
		found = append(found, o)
	}
	if ownClock {
		return nil
	}
	begin := time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	early := slices.IndexFunc(days, func(d day) bool { return !d.day.Before(begin) })
	if early < 0 {
		early = len(days)
	}
	sum("before 1990", days[:early])
	days = days[early:]
	late := slices.IndexFunc(days, func(d day) bool { return d.day.After(now.AddDate(0, 0, 1)) })
	if late < 0 {
		late = len(days)
	}
	future := days[late:]
	days = days[:late]
	var all int64
	for _, d := range days {
		all += d.rows
	}
	if all >= manyRows {
		oddEnds(days, all, sum)
	}
	sum("in the future", future)
	return found
}

// oddEnds parts the few days at either end that are far from the others.
func oddEnds(days []day, all int64, sum func(string, []day)) {
	far := func(a, b day) bool { return b.day.Sub(a.day) > farDays*24*time.Hour }
	var n int64
	cut := 0
	for i := 0; i+1 < len(days) && float64(n+days[i].rows) <= fewRows*float64(all); i++ {
		n += days[i].rows
		if far(days[i], days[i+1]) {
			cut = i + 1
		}
	}
	n = 0
	end := len(days)
	for i := len(days) - 1; i > cut && float64(n+days[i].rows) <= fewRows*float64(all); i-- {
		n += days[i].rows
		if far(days[i-1], days[i]) {
			end = i
		}
	}
	sum("more than a year before all others", days[:cut])
	sum("more than a year after all others", days[end:])
}

// oddOrder warns of times that go back by more than a day in a file that is in
// order of time otherwise.
func (l *loading) oddOrder(ctx context.Context, conn *sql.Conn) ([]oddity, error) {
	if _, ok := l.plan.fields["at"]; !ok || !l.plan.kind.timed() || l.receipt.Accepted < manyRows {
		return nil, nil
	}
	back, far, first, err := l.backwards(ctx, conn)
	if err != nil {
		return nil, err
	}
	if far == 0 || float64(back) > fewRows*float64(l.receipt.Accepted) {
		return nil, nil
	}
	return []oddity{{graph.Agree(far, "time goes", "times go") + " back by more than a day, though the file is in order of time otherwise", far, first}}, nil
}

// backwards counts how often the time goes back, how often by more than a day, and
// finds the first such row.
func (l *loading) backwards(ctx context.Context, conn *sql.Conn) (back, far, first int64, err error) {
	if l.spotless() {
		rows := l.plain.rows
		return rows.back, rows.far, rows.farFirst, nil
	}
	query, err := render("backwards.sql", nil)
	if err != nil {
		return 0, 0, 0, err
	}
	var at sql.NullInt64
	err = conn.QueryRowContext(ctx, query).Scan(&back, &far, &at)
	return back, far, at.Int64 - l.base, err
}

// overlaps warns of people who talk twice at once.
func (l *loading) overlaps(ctx context.Context, conn *sql.Conn) ([]oddity, error) {
	at, timed := l.plan.fields["at"]
	if _, ok := l.plan.fields["seconds"]; l.plan.kind != Calls || !ok || !timed {
		return nil, nil
	}
	if at.column < 0 || at.clock == 0 && l.plan.dateColumn(at.column) { // all of a day are at once
		return nil, nil
	}
	n, first, err := l.overlapping(ctx, conn)
	if err != nil || n == 0 {
		return nil, err
	}
	text := graph.Agree(n, "voice call begins", "voice calls begin") + " while another of the same person in this file lasts"
	if l.v.rows > mostTalks {
		text += sentence(" (the first %d rows were looked at)", int64(mostTalks))
	}
	return []oddity{{text, n, first}}, nil
}

// overlapping counts the rows that begin while another call of the same person
// lasts, and finds the first.
func (l *loading) overlapping(ctx context.Context, conn *sql.Conn) (rows, first int64, err error) {
	if l.spotless() {
		rows, first = l.plain.rows.overlaps()
		return rows, first, nil
	}
	query, err := render("overlaps.sql", struct{ Base, Most, Longest int64 }{l.base, mostTalks, longestTalk})
	if err != nil {
		return 0, 0, err
	}
	var at sql.NullInt64
	err = conn.QueryRowContext(ctx, query).Scan(&rows, &at)
	return rows, at.Int64 - l.base, err
}

// oddUnknown warns of products, and of customers other than of calls, that no
// file has described, where there is such a file at all.
func (l *loading) oddUnknown(ctx context.Context, conn *sql.Conn) (found []oddity, err error) {
	customers, products := l.plan.unknowns()
	if l.plan.kind == Calls {
		customers = unknown{} // the other side of a call may be anybody
	}
	for _, u := range []unknown{customers, products} {
		if len(u.Columns) == 0 {
			continue
		}
		described, err := l.described(ctx, conn, u.Table)
		if err != nil {
			return nil, err
		}
		if !described {
			continue
		}
		query, err := render("unknown.sql", struct{ Column, Table string }{u.Columns[0], u.Table})
		if err != nil {
			return nil, err
		}
		var rows, ids int64
		var first sql.NullInt64
		if err := conn.QueryRowContext(ctx, query).Scan(&rows, &ids, &first); err != nil {
			return nil, err
		}
		if rows == 0 {
			continue
		}
		text := fmt.Sprintf("%s customers whom no file of customers describes (%s)", graph.Agree(rows, "row names", "rows name"), graph.Counted(ids, "customer"))
		if u.Table == "products" {
			text = fmt.Sprintf("%s products that were not in the catalogue (%s, now added)", graph.Agree(rows, "row names", "rows name"), graph.Counted(ids, "product"))
		}
		found = append(found, oddity{text, rows, first.Int64 - l.base})
	}
	return found, nil
}
