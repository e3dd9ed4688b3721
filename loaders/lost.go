package loaders

import (
	"context"
	"database/sql"
	"fmt"

	"kith/graph"
)

// warnLost warns where customers or products that were known before had values in
// columns that this file does not have: the newest row of an id is all that counts, so
// a list of prices takes the names of a catalogue away.
func (l *loading) warnLost(ctx context.Context, conn *sql.Conn) error {
	if l.replaced == 0 {
		return nil
	}
	var name string
	data := struct {
		Import int
		Known  string
		Absent []string
	}{Import: l.receipt.ID}
	switch l.plan.kind {
	case Customers:
		name = "lost_attributes.sql"
		var known []string
		for _, a := range l.plan.attributes {
			known = append(known, a.name)
		}
		data.Known = list(known)
	case Products:
		name = "lost_fields.sql"
		for _, f := range []string{"name", "category", "price", "available_from", "available_to"} {
			_, stock := l.plan.fields["in_stock"]
			if _, there := l.plan.fields[f]; !there && (f != "available_to" || !stock) {
				data.Absent = append(data.Absent, f)
			}
		}
		if len(data.Absent) == 0 {
			return nil
		}
	default:
		return nil
	}
	query, err := render(name, data)
	if err != nil {
		return err
	}
	var n int64
	var lost sql.NullString
	if err := conn.QueryRowContext(ctx, query).Scan(&n, &lost); err != nil {
		return fmt.Errorf("look for values that are lost: %w", err)
	}
	if n > 0 {
		thing := string(l.plan.kind[:len(l.plan.kind)-1])
		l.receipt.Warnings = append(l.receipt.Warnings, Warning{
			Warning: graph.Agree(n, thing+" that was known before loses", thing+"s that were known before lose") +
				" what this file has no column for (" + lost.String + "), as the newest row counts; load a file that has all columns",
			Count: n,
		})
	}
	return nil
}
