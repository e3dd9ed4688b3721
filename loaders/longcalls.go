package loaders

import (
	"context"
	"database/sql"

	"kith/graph"
)

// daySeconds is how long a call may last without a warning: networks cut calls off
// within a day, so longer ones are lengths in another unit, or clocks that were set.
const daySeconds = 86_400

// longCalls counts the voice calls of a passing file that last longer than a day.
type longCalls struct{ calls, first int64 }

// add notes the row of a call with this length and code.
func (c *longCalls) add(row int64, length uint32) {
	if length>>codeBits <= daySeconds || length&3 != 0 {
		return
	}
	if c.calls == 0 {
		c.first = row
	}
	c.calls++
}

// oddLengths warns of calls that last longer than a day.
func (l *loading) oddLengths(ctx context.Context, conn *sql.Conn) ([]oddity, error) {
	if _, ok := l.plan.fields["seconds"]; l.plan.kind != Calls || !ok {
		return nil, nil
	}
	var long longCalls
	if l.spotless() {
		long = l.plain.rows.long
	} else {
		query, err := render("long_calls.sql", struct{ Seconds int64 }{daySeconds})
		if err != nil {
			return nil, err
		}
		var first sql.NullInt64
		if err := conn.QueryRowContext(ctx, query).Scan(&long.calls, &first); err != nil {
			return nil, err
		}
		long.first = first.Int64 - l.base
	}
	if long.calls == 0 {
		return nil, nil
	}
	text := graph.Agree(long.calls, "voice call lasts", "voice calls last") + " longer than a day"
	if _, said := l.plan.units["seconds"]; !said && float64(long.calls) > fewRows*float64(l.receipt.Accepted) {
		text += "; if lengths are counted in milliseconds, take the import back and say --unit seconds=milliseconds"
	}
	return []oddity{{text, long.calls, long.first}}, nil
}
