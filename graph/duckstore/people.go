package duckstore

import (
	"context"
	"database/sql"
	"fmt"
)

// RefreshHolders brings whom each id stands for up to date with who is who:
// identity.holders with identity.records, identity.numbers and identity.spellings.
// It is for those who change these tables, in the same Update.
func RefreshHolders(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, query("holders")); err != nil {
		return fmt.Errorf("work out who holds which id: %w", err)
	}
	return nil
}
