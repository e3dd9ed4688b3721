package loaders

import (
	"context"
	"database/sql"
	"strings"

	"kith/graph"
)

// buysByID says whether customers of a file of purchases are known by a column that
// has no e-mail addresses, so that such a column tells who a guest is.
func (p *plan) buysByID() bool {
	b, ok := p.fields["customer"]
	return ok && b.column >= 0 && !mostlyThere(p.src.values(b.column), isMail)
}

// isMail says whether a text may be an e-mail address.
func isMail(v string) bool { return strings.Count(v, "@") == 1 }

// Buyer is the text of the customer, or, of an order by a guest, the e-mail address.
func (s stage) Buyer() string {
	x := s.Text("customer")
	if !s.Has("guest") {
		return x
	}
	return "CASE WHEN " + s.IsGuest() + " THEN " + s.Text("guest") + " ELSE " + x + " END"
}

// IsGuest says that an order names no customer.
func (s stage) IsGuest() string {
	if !s.Has("guest") {
		return "false"
	}
	return "(" + isOneOf(s.Text("customer"), s.p.missingTexts("customer")) + ")"
}

// noteGuests tells how many lines are of guests.
func (l *loading) noteGuests(ctx context.Context, conn *sql.Conn) error {
	if !l.stage.Has("guest") {
		return nil
	}
	var lines int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM staged WHERE problem IS NULL AND guest").Scan(&lines); err != nil {
		return err
	}
	if lines > 0 {
		l.plan.notes = append(l.plan.notes, sentence("%s of guests, who are no customers of the shop and are known here by their e-mail addresses", graph.Counted(lines, "line")+" "+graph.Agree(lines, "is", "are")))
	}
	return nil
}
