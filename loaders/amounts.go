package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"kith/graph"
)

// oddAmounts notes returns, cancellations and discounts among purchases, and
// warns of amounts that are more than quantity times price.
func (l *loading) oddAmounts(ctx context.Context, conn *sql.Conn) ([]oddity, error) {
	if l.plan.kind == Products {
		return nil, l.noteStock(ctx, conn)
	}
	if l.plan.kind != Purchases {
		return nil, nil
	}
	if err := l.noteGuests(ctx, conn); err != nil {
		return nil, err
	}
	_, price := l.plan.fields["price"]
	_, amount := l.plan.fields["amount"]
	query, err := render("amounts.sql", price && amount)
	if err != nil {
		return nil, err
	}
	var returns, cancelled, cheap, dear int64
	var off string
	var first sql.NullInt64
	if err := conn.QueryRowContext(ctx, query).Scan(&returns, &cancelled, &cheap, &off, &dear, &first); err != nil {
		return nil, err
	}
	note := func(text string, args ...any) { l.plan.notes = append(l.plan.notes, sentence(text, args...)) }
	switch {
	case cancelled > 0:
		note("%s %s, %d of them %s, with a C before the number of the invoice", graph.Counted(returns, "line"), graph.Agree(returns, "is a return", "are returns"),
			cancelled, graph.Agree(cancelled, "a cancellation", "cancellations"))
	case returns > 0:
		note("%s %s", graph.Counted(returns, "line"), graph.Agree(returns, "is a return", "are returns"))
	}
	if cheap > 0 {
		note("%s %s less than quantity × price, by %s in all: discounts", graph.Counted(cheap, "line"), graph.Agree(cheap, "costs", "cost"), off)
	}
	if dear > 0 {
		return []oddity{{graph.Agree(dear, "amount is", "amounts are") + " more than quantity × price", dear, first.Int64 - l.base}}, nil
	}
	return nil, nil
}

// noteStock tells how many products of a catalogue cannot be had.
func (l *loading) noteStock(ctx context.Context, conn *sql.Conn) error {
	if _, ok := l.plan.fields["in_stock"]; !ok {
		return nil
	}
	var out int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM staged WHERE problem IS NULL AND available_to = TIMESTAMP '1970-01-01 00:00:00'").Scan(&out); err != nil {
		return err
	}
	if out > 0 {
		l.plan.notes = append(l.plan.notes, sentence("%s out of stock: lists leave %s out until a catalogue says otherwise", graph.Counted(out, "product")+" "+graph.Agree(out, "is", "are"), graph.Agree(out, "it", "them")))
	}
	return nil
}

// lineTotals says whether a column that is named as a price is the money of a line, as
// in the order reports of Amazon, which say of item-price that it is of all units.
func (p *plan) lineTotals(column int) bool {
	return p.kind == Purchases && p.src.columns[column] == "item-price" &&
		(slices.Contains(p.src.columns, "order-item-id") || slices.Contains(p.src.columns, "amazon-order-id"))
}

// takeTotal takes such a column for the amount, unless the mapping says what that is.
func (p *plan) takeTotal(column int, used map[int]bool, left map[string]bool) {
	if _, said := p.fields["amount"]; said || left["amount"] {
		return
	}
	p.fields["amount"], used[column] = binding{column: column}, true
	p.notes = append(p.notes, fmt.Sprintf("%q is the money of the whole line, as in all order reports of Amazon; if it is of one unit, say --map price=%[1]s", p.src.columns[column]))
}
