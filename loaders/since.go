package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"kith/graph/duckstore"
)

// PostedSince lists the purchases and visits that were posted since a time, the
// last limit of each, for who starts and was not told of them. There may be some
// from earlier on the day of that time.
func PostedSince(ctx context.Context, st *duckstore.Store, since time.Time, limit int) (list []Happened, err error) {
	err = eachOf(ctx, st.DB(), "posted_since.sql", streamSource, []any{since.UTC(), limit}, func(rows *sql.Rows) error {
		var h Happened
		var ord int64
		err := rows.Scan(&h.Kind, &ord, &h.Customer, &h.Session, &h.Product, &h.Returned)
		list = append(list, h)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the events that were posted since %s: %w", since.Format(time.RFC3339), err)
	}
	return list, nil
}
