package loaders

import (
	"context"
	"errors"
	"fmt"
	"time"

	"kith/graph/duckstore"
)

// PostedSince lists the purchases and visits that were posted since a time, the
// last limit of each, for who starts and was not told of them. There may be some
// from earlier on the day of that time.
func PostedSince(ctx context.Context, st *duckstore.Store, since time.Time, limit int) (list []Happened, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("read the events that were posted since %s: %w", since.Format(time.RFC3339), err)
		}
	}()
	query, err := render("posted_since.sql", streamSource)
	if err != nil {
		return nil, err
	}
	rows, err := st.DB().QueryContext(ctx, query, since.UTC(), limit)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var h Happened
		var ord int64
		if err := rows.Scan(&h.Kind, &ord, &h.Customer, &h.Session, &h.Product, &h.Returned); err != nil {
			return nil, err
		}
		list = append(list, h)
	}
	return list, rows.Err()
}
