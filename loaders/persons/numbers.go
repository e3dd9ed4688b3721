package persons

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"kith/loaders/identity"
)

// held says that a record had a number, from and to in microseconds, open where
// not valid.
type held struct {
	number, record string
	from, to       sql.NullInt64
}

// holdings are who held which number, and the ids of events that are such
// numbers.
type holdings struct {
	rows []held
	ids  []spelling
}

type spelling struct{ id, number string }

// numbers gathers what customers and files of numbers say, and looks for the
// numbers among the ids of events that are no customers.
func (o *Options) numbers(ctx context.Context, db *sql.DB, known *knownRecords) (*holdings, error) {
	phones, err := identity.NewPhoneReader(o.Region)
	if err != nil {
		return nil, err
	}
	h := &holdings{}
	for i, id := range known.records.IDs {
		for _, column := range known.phones {
			if number, ok := phones.Read(column[i]); ok {
				h.rows = append(h.rows, held{number, id, known.from[i], known.to[i]})
			}
		}
	}
	if err := h.readFiles(ctx, db, phones); err != nil {
		return nil, fmt.Errorf("read who held which number: %w", err)
	}
	if len(h.rows) == 0 {
		return h, nil
	}
	slices.SortFunc(h.rows, compareHeld)
	h.rows = slices.Compact(h.rows)
	strangers, err := texts(ctx, db, query("strangers", nil))
	if err != nil {
		return nil, fmt.Errorf("look for telephone numbers in events: %w", err)
	}
	for _, id := range strangers {
		number := id // which may be hashed
		if read, ok := phones.Read(id); ok && strings.Trim(id, "+0123456789 ()./-") == "" {
			number = read
		}
		_, known := slices.BinarySearchFunc(h.rows, number, func(h held, number string) int {
			return compareHeld(held{number: h.number}, held{number: number})
		})
		if known {
			h.ids = append(h.ids, spelling{id, number})
		}
	}
	return h, nil
}

func (h *holdings) readFiles(ctx context.Context, db *sql.DB, phones *identity.PhoneReader) error {
	return each(ctx, db, query("numbers", nil), nil, func(rows *sql.Rows) error {
		var r held
		if err := rows.Scan(&r.number, &r.record, &r.from, &r.to); err != nil {
			return err
		}
		if number, ok := phones.Read(r.number); ok {
			r.number = number
		}
		h.rows = append(h.rows, r)
		return nil
	})
}
