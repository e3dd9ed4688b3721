package loaders

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"kith/graph/duckstore"
)

// streamSource is what receipts of posted events name as their file, before the day.
const streamSource = "POST /v1/events"

// group is what shares a transaction.
type group struct {
	s        *Stream
	postings []*posting
	now      time.Time
	// fresh are the postings that have not been stored before, each key once;
	// again those that come while the first of their key is being stored.
	fresh, again []*posting
	happened     []Happened
	// forgotten tells who asked to be forgotten; nil when nobody did.
	forgotten func(id string) bool
	// sealed says that the ids of people in the store are hashed.
	sealed bool
}

// placed is a row with the batch that it belongs to.
type placed struct {
	p   *posting
	row *postedRow
}

// findKeys answers what was stored before.
func (g *group) findKeys(ctx context.Context, conn *sql.Conn) error {
	find, err := conn.PrepareContext(ctx, "SELECT hash, receipt FROM events.posts WHERE key = ?")
	if err != nil {
		return err
	}
	defer find.Close()
	first := map[string]*posting{}
	for _, p := range g.postings {
		p.receipt, p.replayed, p.err = Posted{Rejects: []PostedReject{}, Imports: []int64{}}, false, nil
		if earlier, ok := first[p.key]; ok {
			if p.hash != earlier.hash {
				p.err = ErrKeyUsed
			} else {
				g.again = append(g.again, p)
			}
			continue
		}
		var hash, receipt string
		switch err := find.QueryRowContext(ctx, p.key).Scan(&hash, &receipt); {
		case errors.Is(err, sql.ErrNoRows):
			first[p.key] = p
			g.fresh = append(g.fresh, p)
		case err != nil:
			return err
		case hash != p.hash:
			p.err = ErrKeyUsed
		default:
			p.replayed = true
			if err := json.Unmarshal([]byte(receipt), &p.receipt); err != nil {
				return fmt.Errorf("read the receipt of an earlier batch: %w", err)
			}
		}
	}
	return nil
}

// storeKeys stores the answers, and throws old ones away now and then.
func (g *group) storeKeys(ctx context.Context, conn *sql.Conn) error {
	if len(g.fresh) > 0 {
		err := duckstore.Append(ctx, conn, "", "events", "posts", len(g.fresh), func(i int) ([]driver.Value, error) {
			p := g.fresh[i]
			receipt, err := json.Marshal(p.receipt)
			return []driver.Value{p.key, p.hash, g.now, string(receipt)}, err
		})
		if err != nil {
			return err
		}
	}
	for _, p := range g.again {
		i := slices.IndexFunc(g.fresh, func(f *posting) bool { return f.key == p.key })
		p.receipt, p.replayed = g.fresh[i].receipt, true
	}
	if g.now.Sub(g.s.pruned) > time.Hour {
		if _, err := conn.ExecContext(ctx, "DELETE FROM events.posts WHERE posted_at < ?", g.now.Add(-keepKeys)); err != nil {
			return err
		}
		g.s.pruned = g.now
	}
	return nil
}

// storeKind stores the rows of one kind.
func (g *group) storeKind(ctx context.Context, conn *sql.Conn, kind Kind) error {
	var all, sound []placed
	for _, p := range g.fresh {
		for i := range p.rows[kind] {
			row := &p.rows[kind][i]
			all = append(all, placed{p, row})
			if row.reason == "" {
				sound = append(sound, placed{p, row})
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	r, err := g.receipt(ctx, conn, kind)
	if err != nil {
		return fmt.Errorf("open the receipt: %w", err)
	}
	if len(sound) > 0 {
		if err := g.storeRows(ctx, conn, kind, r, sound); err != nil {
			return err
		}
	}
	var rejected [][]driver.Value
	for _, at := range all {
		r.Rows++
		r.Bytes += int64(len(at.row.raw))
		posted := &at.p.receipt
		posted.Rows++
		switch {
		case at.row.duplicate:
			r.Duplicates++
			posted.Duplicates++
		case at.row.reason != "":
			r.Rejected++
			posted.Rejected++
			if len(posted.Rejects) < g.s.o.Rejects {
				posted.Rejects = append(posted.Rejects, PostedReject{kind, at.row.index, at.row.field, at.row.reason})
			}
			text := excerpt(at.row.raw)
			if g.sealed || at.row.reason == faultForgotten || g.forgotten != nil && names(text, g.forgotten) {
				text = ""
			}
			rejected = append(rejected, []driver.Value{int32(r.ID), r.Rows, at.row.field, at.row.reason, text})
		default:
			r.Accepted++
			posted.Accepted++
			g.happen(kind, at.row)
		}
		if !slices.Contains(posted.Imports, int64(r.ID)) {
			posted.Imports = append(posted.Imports, int64(r.ID))
		}
	}
	err = duckstore.Append(ctx, conn, "", "events", "rejects", len(rejected), func(i int) ([]driver.Value, error) { return rejected[i], nil })
	if err != nil {
		return fmt.Errorf("store the rejects: %w", err)
	}
	r.Seconds += g.s.o.Now().Sub(g.now).Seconds()
	return r.change(ctx, conn)
}

// storeRows stores the good ones of the rows of a kind and marks the others.
func (g *group) storeRows(ctx context.Context, conn *sql.Conn, kind Kind, r *Receipt, rows []placed) error {
	if posts, ok := g.plainPosts(kind, rows); ok {
		return g.storePlain(ctx, conn, kind, r, rows, posts)
	}
	src := &source{path: streamSource, parquet: true}
	p := &plan{kind: kind, src: src, fields: map[string]binding{}, styles: map[string]timeStyle{}, zone: "UTC", sealed: g.sealed}
	for i, f := range kind.eventFields() {
		src.columns = append(src.columns, f.Name)
		src.types = append(src.types, "VARCHAR")
		src.exprs = append(src.exprs, ident(f.Name))
		p.fields[f.Name] = binding{column: i}
		if f.sort == timeField {
			p.styles[f.Name] = timeStyle{form: epochTime}
		}
	}
	t := kind.stored()
	t.Import = r.ID
	if _, err := run(ctx, conn, "posted.sql", src.exprs); err != nil {
		return err
	}
	err := duckstore.Append(ctx, conn, "temp", "main", "posted", len(rows), func(i int) ([]driver.Value, error) {
		values := make([]driver.Value, len(src.columns))
		for j, text := range rows[i].row.texts {
			if text != nil {
				values[j] = *text
			}
		}
		return values, nil
	})
	if err != nil {
		return fmt.Errorf("stage the rows: %w", err)
	}
	if _, err := run(ctx, conn, string(kind)+".sql", stage{p: p, table: "temp.posted"}); err != nil {
		return fmt.Errorf("stage the rows: %w", err)
	}
	if err := markForgotten(ctx, conn, kind, g.forgotten); err != nil {
		return err
	}
	if kind == Calls {
		if _, err := numberEnds(ctx, conn); err != nil {
			return err
		}
	}
	if err := markRepeats(ctx, conn, t, false); err != nil {
		return fmt.Errorf("find duplicates: %w", err)
	}
	if kind == Calls {
		if _, err := settleSides(ctx, conn, &t); err != nil {
			return fmt.Errorf("find calls that both sides recorded: %w", err)
		}
		if _, err := storeUsage(ctx, conn, t.Import); err != nil {
			return fmt.Errorf("store data sessions: %w", err)
		}
	}
	if err := markProblems(ctx, conn, rows); err != nil {
		return fmt.Errorf("read what is wrong: %w", err)
	}
	if slices.ContainsFunc(rows, func(at placed) bool { return at.row.duplicate }) {
		if _, err := run(ctx, conn, "repeated.sql", r.ID); err != nil {
			return fmt.Errorf("note whose duplicates they are: %w", err)
		}
	}
	if _, err := run(ctx, conn, "insert.sql", t); err != nil {
		return fmt.Errorf("store the rows: %w", err)
	}
	if err := r.sum(ctx, conn, t); err != nil {
		return fmt.Errorf("sum up the rows: %w", err)
	}
	for _, table := range []string{"posted", "staged", "suspects", "ends"} {
		if _, err := conn.ExecContext(ctx, "DROP TABLE IF EXISTS temp."+table); err != nil {
			return fmt.Errorf("drop what was staged: %w", err)
		}
	}
	return nil
}

// markProblems reads from the staged rows which are not to be stored, and why.
func markProblems(ctx context.Context, conn *sql.Conn, rows []placed) error {
	query := "SELECT rowid - (SELECT min(rowid) FROM staged), problem FROM staged WHERE problem <> 'aside'"
	return eachRow(ctx, conn, query, nil, func(list *sql.Rows) error {
		var ord int
		var problem string
		if err := list.Scan(&ord, &problem); err != nil {
			return err
		}
		row := rows[ord].row
		if strings.HasPrefix(problem, "duplicate|") {
			row.duplicate = true
			return nil
		}
		row.field, row.reason, _ = strings.Cut(problem, "|")
		return nil
	})
}

// happen notes a stored row down for whoever is told.
func (g *group) happen(kind Kind, row *postedRow) {
	if kind == Calls {
		return
	}
	h := Happened{Kind: kind}
	for i, f := range kind.eventFields() {
		if row.texts[i] == nil {
			continue
		}
		switch f.Name {
		case "customer":
			h.Customer = *row.texts[i]
		case "session":
			h.Session = *row.texts[i]
		case "product":
			h.Product = *row.texts[i]
		case "quantity":
			h.Returned = strings.HasPrefix(*row.texts[i], "-")
		}
	}
	g.happened = append(g.happened, h)
}

// receipt is the receipt of this kind and day, which each group adds to: one for
// each batch would in the end be as many as there are events.
func (g *group) receipt(ctx context.Context, conn *sql.Conn, kind Kind) (*Receipt, error) {
	query, err := render("receipt_open.sql", nil)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Kind: kind, File: streamSource + " " + g.now.Format(time.DateOnly), At: g.now, Hash: strings.Repeat("0", 64), Notes: []string{},
		Repeats: []Reason{}, Warnings: []Warning{}, NewCustomers: -1, NewProducts: -1}
	var first, last sql.NullTime
	err = conn.QueryRowContext(ctx, query, string(kind), r.File).Scan(&r.ID, &r.Hash, &r.Bytes, &r.Rows, &r.Accepted, &r.Duplicates, &r.Rejected,
		&first, &last, &r.Seconds)
	r.First, r.Last = utc(first), utc(last)
	if !errors.Is(err, sql.ErrNoRows) {
		return r, err
	}
	if r.ID, err = nextImport(ctx, conn); err != nil {
		return nil, err
	}
	return r, r.store(ctx, conn, "{}", undoable{})
}

// sum adds the good ones of the staged rows to the span and the hash of a receipt.
// The hash is a sum over the hashes of rows, so that it is the same in whatever
// batches and order they come.
func (r *Receipt) sum(ctx context.Context, conn *sql.Conn, t target) error {
	query, err := render("posted_sum.sql", t)
	if err != nil {
		return err
	}
	var first, last sql.NullTime
	var halves [2]string
	if err := conn.QueryRowContext(ctx, query).Scan(&first, &last, &halves[0], &halves[1]); err != nil {
		return err
	}
	return r.add(first, last, halves)
}

// add adds a span and the sums of two halves of hashes.
func (r *Receipt) add(first, last sql.NullTime, halves [2]string) error {
	if first.Valid && (r.First.IsZero() || first.Time.Before(r.First)) {
		r.First = utc(first)
	}
	if last.Valid && last.Time.After(r.Last) {
		r.Last = utc(last)
	}
	var sums [2]big.Int
	for i := range sums {
		before, ok := new(big.Int).SetString(r.Hash[32*i:32*i+32], 16)
		more, also := new(big.Int).SetString(halves[i], 10)
		if !ok || !also {
			return fmt.Errorf("the hash %s of receipt %d is damaged", r.Hash, r.ID)
		}
		sums[i].Mod(sums[i].Add(before, more), new(big.Int).Lsh(big.NewInt(1), 128))
	}
	r.Hash = fmt.Sprintf("%032x%032x", &sums[0], &sums[1])
	return nil
}

// change stores a receipt that has been added to.
func (r *Receipt) change(ctx context.Context, conn *sql.Conn) error {
	query, err := render("receipt_change.sql", nil)
	if err != nil {
		return err
	}
	nullable := func(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
	_, err = conn.ExecContext(ctx, query, r.At, r.Hash, r.Bytes, r.Rows, r.Accepted, r.Duplicates, r.Rejected,
		nullable(r.First), nullable(r.Last), r.Seconds, r.ID)
	if err != nil {
		return fmt.Errorf("store the receipt: %w", err)
	}
	return nil
}
