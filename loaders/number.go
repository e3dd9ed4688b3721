package loaders

import (
	"context"
	"database/sql"
	"fmt"
)

// numberEnds replaces the ends of the staged calls, which are texts, by the
// numbers that stand for them in events.ids, and gives new ids a number. Only good
// rows count: those with a problem get none, and keep the text of the caller as
// a witness. It says what the rowid of the first row is now.
func numberEnds(ctx context.Context, conn *sql.Conn) (base int64, err error) {
	if _, err := run(ctx, conn, "ends.sql", nil); err != nil {
		return 0, fmt.Errorf("number the ids: %w", err)
	}
	if _, err := run(ctx, conn, "numbered.sql", nil); err != nil {
		return 0, fmt.Errorf("number the ends of calls: %w", err)
	}
	_, base, err = stagedRows(ctx, conn)
	return base, err
}
