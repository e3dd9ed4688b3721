package loaders

import (
	"context"
	"database/sql"
	"fmt"
)

// countNew notes the ids that no file has named before, and counts them.
func (l *loading) countNew(ctx context.Context, conn *sql.Conn, t target) error {
	for _, of := range []struct {
		what    string
		columns []string
		into    *int64
	}{{"customer", t.Customers, &l.receipt.NewCustomers}, {"product", t.Products, &l.receipt.NewProducts}} {
		if len(of.columns) == 0 {
			continue
		}
		query := "known.sql"
		var data any = struct {
			What    string
			Columns []string
			Import  int
		}{literal(of.what), of.columns, t.Import}
		switch {
		case l.plain != nil: // whose duplicates name nobody whom no good row names
			query, data = "plain_known.sql", t.Import
		case l.numbered:
			query = "known_ends.sql"
		}
		n, err := run(ctx, conn, query, data)
		if err != nil {
			return err
		}
		*of.into = n
		if l.numbered {
			more, err := run(ctx, conn, "known_usage.sql", t.Import)
			if err != nil {
				return err
			}
			*of.into += more
		}
	}
	return nil
}

// explainRepeats counts the duplicates by reason.
func (l *loading) explainRepeats(ctx context.Context, conn *sql.Conn) error {
	r := &l.receipt
	if r.Duplicates == 0 {
		return nil
	}
	if _, err := run(ctx, conn, "repeated.sql", r.ID); err != nil {
		return fmt.Errorf("note whose duplicates they are: %w", err)
	}
	err := eachOf(ctx, conn, "repeat_reasons.sql", nil, nil, func(rows *sql.Rows) error {
		var why Reason
		err := rows.Scan(&why.Reason, &why.Count)
		r.Repeats = append(r.Repeats, why)
		return err
	})
	if err != nil {
		return fmt.Errorf("count the duplicates: %w", err)
	}
	return nil
}
