package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// sidesApart is how many seconds apart the two sides of a call may have recorded
// its begin: their switches have clocks of their own.
const sidesApart = 5

// settleSides finds the records that both sides made of a call, among the staged
// rows, which are numbered and of which none is stored, and the stored ones, and
// sees to it that one of them counts. A record that does not say whose it is
// counts as the caller's.
//
// What comes of it depends on nothing but the set of all records that were ever
// loaded: runs of records are judged as if all had been in one file, which takes
// that records left out are kept (events.call_twins). The rows that count for the
// receipt afterwards are as many as there are more calls in the store than before. Only where a
// row makes one run of two, there may be fewer calls by more than there are rows to be
// duplicates: lost says by how many.
func settleSides(ctx context.Context, conn *sql.Conn, t *target) (lost int64, err error) {
	var received, stored bool
	var first, last sql.NullTime
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(bool_or(received), false), min(time), max(time) FROM staged WHERE problem IS NULL").Scan(&received, &first, &last); err != nil {
		return 0, err
	}
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM events.call_rows WHERE received)").Scan(&stored); err != nil {
		return 0, err
	}
	if !first.Valid || !received && !stored {
		return 0, nil
	}
	if received {
		if _, err := run(ctx, conn, "sides_known.sql", nil); err != nil {
			return 0, err
		}
	}
	// Stored records within this time may be of one run with staged ones; where
	// a run goes on beyond it, it is looked at with more.
	for margin := time.Hour; ; margin *= 24 {
		_, err := run(ctx, conn, "sides.sql", struct{ Apart, From, To int64 }{
			sidesApart, first.Time.Add(-margin).UnixMicro(), last.Time.Add(margin).UnixMicro()})
		if err != nil {
			return 0, err
		}
		var cut bool
		if err := conn.QueryRowContext(ctx, "SELECT coalesce(bool_or(cut), false) FROM sided").Scan(&cut); err != nil {
			return 0, err
		}
		if !cut || margin >= maxMargin {
			break
		}
	}
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(sum(gone - fresh), 0)::BIGINT FROM sided WHERE head AND gone > fresh").Scan(&lost); err != nil {
		return 0, err
	}
	_, err = run(ctx, conn, "sides_settle.sql", t.Import)
	t.LeftOut = err == nil
	return lost, err
}

// guessSide takes the direction from the column with the kind where that says both,
// as MOC and SMS-MT do. Rows of data sessions have no other side to tell.
func (p *plan) guessSide(left map[string]bool) {
	_, one := p.fields["subscriber"]
	_, done := p.fields["direction"]
	kind, ok := p.fields["kind"]
	if p.kind != Calls || !one || done || !ok || kind.column < 0 || left["direction"] {
		return
	}
	told := false
	for _, v := range p.values("kind", kind.column) {
		side, word := directions.of(v), callKinds.of(v)
		if word != "" && word != "data" && side == "" {
			return
		}
		told = told || side != ""
	}
	if told {
		p.fields["direction"] = binding{column: kind.column}
	}
}

// maxMargin is 37 years, of which no run is.
const maxMargin = 24 * 24 * 24 * 24 * time.Hour

// nearSides says whether rows between two times, in microseconds, may be of one run with a
// record of the callee's side that counts: there is one, and some record, that counts or
// was left out, of the same time or close to it.
func nearSides(ctx context.Context, conn *sql.Conn, first, last int64) (near bool, err error) {
	const apart = sidesApart * 1_000_000
	err = conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM events.call_rows WHERE received) AND (EXISTS (SELECT 1 FROM events.call_rows AS e WHERE "+
		betweenMicros(first-apart, last+apart)+") OR EXISTS (SELECT 1 FROM events.call_twins AS e WHERE "+betweenMicros(first-apart, last+apart)+"))").Scan(&near)
	if err != nil {
		return false, fmt.Errorf("look for records of the other side: %w", err)
	}
	return near, nil
}
