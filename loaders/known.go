package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

// keepFormer is for how many days it is kept what customers and products were before
// an import.
const keepFormer = 30

// known is what customers and products are stored by: of each attribute or field, the
// newest import counts that has a column for it.
type known struct {
	target
	Fields []string // those of products
	Covers string   // what the import has columns for, as a list of SQL
	Place  int64    // where it stands among the imports
	Keep   int
}

func (t target) known() known {
	k := known{target: t, Covers: "CAST([] AS VARCHAR[])", Place: int64(t.Import), Keep: keepFormer}
	if t.Table == string(Products) {
		k.Fields = strings.Split(t.Content, ", ")
	}
	return k
}

// covers are the attributes of customers or fields of products that the file has
// columns for, in byte order.
func (p *plan) covers() []string {
	names := []string{}
	switch p.kind {
	case Customers:
		for _, a := range p.attributes {
			names = append(names, a.name)
		}
	case Products:
		for f := range p.fields {
			switch f {
			case "id":
			case "in_stock":
				names = append(names, "available_to")
			default:
				names = append(names, f)
			}
		}
	default:
		return nil
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// storeKnown marks the staged rows of customers or products that change nothing, and
// stores the others. It takes a pass over the table of the kind.
func (l *loading) storeKnown(ctx context.Context, conn *sql.Conn, t target) error {
	k := t.known()
	l.covers = l.plan.covers()
	k.Covers = "CAST(" + list(l.covers) + " AS VARCHAR[])"
	steps := []struct{ query, what string }{
		{"covering", "list the imports"},
		{"behind", "find what is newer"},
		{"unchanged", "find what is new"},
		{"former", "keep what is replaced"},
		{"carry", "find what earlier files say"},
		{"replace", "take out what is replaced"},
		{"upsert", "store the rows"},
		{"folded", "find what later files say"},
		{"fold_" + t.Table, "put together what files say"},
	}
	if l.place > 0 {
		k.Place = l.place
	}
	for _, s := range steps {
		if l.place == 0 && (s.query == "behind" || strings.HasPrefix(s.query, "fold")) {
			continue
		}
		n, err := run(ctx, conn, s.query+".sql", k)
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, err)
		}
		if s.query == "replace" {
			l.replaced = n
		}
	}
	if l.replaced > 0 {
		l.plan.notes = append(l.plan.notes, sentence("%s known before, with new values: %d", t.Table, l.replaced))
	}
	return dropFold(ctx, conn)
}

// dropFold drops the passing tables.
func dropFold(ctx context.Context, conn *sql.Conn) error {
	for _, table := range []string{"covering", "carry", "folded"} {
		if _, err := conn.ExecContext(ctx, "DROP TABLE IF EXISTS temp."+table); err != nil {
			return fmt.Errorf("drop what was put together: %w", err)
		}
	}
	return nil
}
