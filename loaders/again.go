package loaders

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"strings"
)

// again looks whether the same file was loaded in the same way before, and takes its
// receipt then. Where the newest word counts, of customers, products and states of
// orders, a file of the same bytes under another name is another one (events.title).
// Events are loaded before, too, where all that is otherwise is what kith has found out
// by itself since: further columns, or times of day beside dates. Rows that come again
// with more to them would stand twice. Of any other way of reading the file
// warnOtherwise tells.
func (l *loading) again(ctx context.Context, conn *sql.Conn, mapping string) (bool, error) {
	query, err := render("again.sql", nil)
	if err != nil {
		return false, err
	}
	var id sql.NullInt64
	if err := conn.QueryRowContext(ctx, query, string(l.o.Kind), l.v.hash, l.src.path, mapping).Scan(&id); err != nil {
		return false, fmt.Errorf("look for an earlier import: %w", err)
	}
	if id.Valid {
		return true, l.takeReceipt(ctx, conn, id.Int64, "")
	}
	if !l.plan.kind.timed() || l.plan.kind == Purchases { // the newest word of an id or an order counts
		if err := l.findPlace(ctx, conn, mapping); err != nil || !l.plan.kind.timed() {
			return false, err
		}
	}
	earlier, err := l.otherwise(ctx, conn)
	if err != nil {
		return false, err
	}
	for _, e := range earlier {
		if since, ok := l.plan.foundSince(e.mapping); ok {
			return true, l.takeReceipt(ctx, conn, e.id, fmt.Sprintf(
				"%s was not read then; to have it, take that import back (kith load --undo %d) and load the file again", strings.Join(since, ", "), e.id))
		}
	}
	return false, nil
}

// findPlace finds the import in whose place customers, products or orders come again: the
// file was taken back, or is to bring what it left out because of one that was. What
// files behind that place say is newer.
func (l *loading) findPlace(ctx context.Context, conn *sql.Conn, mapping string) error {
	query, err := render("place.sql", nil)
	if err != nil {
		return err
	}
	var place sql.NullInt64
	if err := conn.QueryRowContext(ctx, query, string(l.o.Kind), l.v.hash, l.src.path, mapping).Scan(&place); err != nil {
		return fmt.Errorf("look for an import that was taken back: %w", err)
	}
	l.place = place.Int64
	return nil
}

func (l *loading) takeReceipt(ctx context.Context, conn *sql.Conn, id int64, otherwise string) error {
	earlier, err := receipts(ctx, conn, l.o.RejectsDir, int(id))
	if err != nil {
		return err
	}
	l.receipt = earlier[0]
	l.receipt.Again, l.receipt.Otherwise = true, otherwise
	return nil
}

// earlierImport is one of the same file.
type earlierImport struct {
	id      int64
	mapping map[string]string
}

// otherwise are the imports of the same file that have rows, in whatever way they
// were read.
func (l *loading) otherwise(ctx context.Context, conn *sql.Conn) (list []earlierImport, err error) {
	query := "SELECT id, CAST(mapping AS VARCHAR) FROM events.imports WHERE kind = ? AND hash = ? AND accepted > 0 AND undone_at IS NULL ORDER BY id"
	err = eachRow(ctx, conn, query, []any{string(l.o.Kind), l.v.hash}, func(rows *sql.Rows) error {
		var e earlierImport
		var text string
		if err := rows.Scan(&e.id, &text); err != nil {
			return err
		}
		err := json.Unmarshal([]byte(text), &e.mapping)
		list = append(list, e)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for an earlier import: %w", err)
	}
	return list, nil
}

// foundSince are the fields, each with its columns, that the plan has by a guess and an
// earlier mapping has not; ok is false where anything else is otherwise.
func (p *plan) foundSince(earlier map[string]string) (since []string, ok bool) {
	now := p.mapping()
	for _, f := range p.kind.Fields() {
		b, bound := p.fields[f.Name]
		was, known := earlier[f.Name]
		if !bound || p.asked[f.Name] || was == now[f.Name] || b.column < 0 || known && (b.clock == 0 || was != p.where(binding{column: b.column})) {
			continue
		}
		since = append(since, f.Name+"="+now[f.Name])
		if now[f.Name] = was; !known {
			delete(now, f.Name)
			delete(now, "("+f.Name+")")
		}
	}
	now["(map file)"] = earlier["(map file)"]
	if _, named := earlier["(map file)"]; !named {
		delete(now, "(map file)")
	}
	return since, len(since) > 0 && maps.Equal(now, earlier)
}
