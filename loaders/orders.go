package loaders

import (
	"context"
	"database/sql"
	"fmt"

	"kith/graph"
)

// sayOrders keeps what the file says became of lines of orders: that they are void, or
// that lines which were void before are sold after all.
func (l *loading) sayOrders(ctx context.Context, conn *sql.Conn) error {
	if l.plan.kind != Purchases || !l.stage.Column("status") || !l.stage.Column("basket") {
		return nil
	}
	if _, err := run(ctx, conn, "order_states.sql", l.receipt.ID); err != nil {
		return fmt.Errorf("keep what became of orders: %w", err)
	}
	return nil
}

// settleOrders sees to it that no stored line of an order counts that is void since, and
// says of how many lines that is new.
func (l *loading) settleOrders(ctx context.Context, conn *sql.Conn) error {
	if l.plan.kind != Purchases {
		return nil
	}
	w := orderWords{Import: l.receipt.ID, Turn: int64(l.receipt.ID)}
	if l.place > 0 {
		w.Turn = l.place
	}
	if err := w.touch(ctx, conn); err != nil {
		return err
	}
	void, back, err := w.settle(ctx, conn)
	if err != nil {
		return err
	}
	if void > 0 {
		l.plan.notes = append(l.plan.notes, fmt.Sprintf("%s %s no more, as %s cancelled, given back or not paid",
			graph.Counted(void, "stored line"), graph.Agree(void, "counts", "count"), graph.Agree(void, "its order was", "their orders were")))
	}
	if back > 0 {
		l.plan.notes = append(l.plan.notes, fmt.Sprintf("%s %s again, as %s not cancelled any more",
			graph.Counted(back, "stored line"), graph.Agree(back, "counts", "count"), graph.Agree(back, "its order is", "their orders are")))
	}
	return nil
}

// orderWords is what an import says of lines of orders; Turn is the import in whose
// place it came, or itself.
type orderWords struct {
	Import int
	Turn   int64
}

// touch lists the lines of orders of which it says something or that it brought, as far
// as any import says something of them, and all of these where it came in the place of another.
func (w orderWords) touch(ctx context.Context, conn *sql.Conn) error {
	if _, err := run(ctx, conn, "order_touched.sql", w); err != nil {
		return fmt.Errorf("look of which orders it says something: %w", err)
	}
	return nil
}

// settle moves the touched lines to where they belong, and counts those that are void
// now and those that count again.
func (w orderWords) settle(ctx context.Context, conn *sql.Conn) (void, back int64, err error) {
	var any bool
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (FROM temp.touched)").Scan(&any)
	if err == nil && any {
		_, err = run(ctx, conn, "order_verdicts.sql", w)
		if err == nil {
			void, err = moveLines(ctx, conn, "purchases", "void_purchases")
		}
		if err == nil {
			back, err = moveLines(ctx, conn, "void_purchases", "purchases")
		}
	}
	if err == nil {
		_, err = run(ctx, conn, "order_drop.sql", nil)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("find the lines of orders that are void: %w", err)
	}
	return void, back, nil
}

func moveLines(ctx context.Context, conn *sql.Conn, from, to string) (int64, error) {
	return run(ctx, conn, "order_lines.sql", struct{ From, To, Columns string }{from, to, Purchases.stored().Columns})
}
