package loaders

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// What stands where a data session has nobody at the other side: the name of an
// access point. Ours: one of a few words, an address of four numbers, a name of the
// internet, or any word where the customer is a number.
const (
	pointWords   = `internet|wap|web|mms|ims|gprs|xcap`
	accessPoint  = `(?i)` + pointWords + `|([0-9]{1,3}\.){3}[0-9]{1,3}|[a-z0-9_-]+(\.[a-z0-9_-]+)*\.(gprs|com|net|org|mobi|info)`
	pointBeside  = `[^@]*[A-Za-z][^@]*`
	numberBeside = `\+?[0-9]{5,}`
)

// maybeAccessPoint says whether a callee may be an access point: none is that is a
// number, nor most words beside one.
func maybeAccessPoint(caller, callee []byte) bool {
	switch {
	case bytes.IndexByte(callee, '.') >= 0:
		return true
	case !bytes.ContainsFunc(callee, func(r rune) bool { return r > '9' }):
		return false
	}
	return caller[0] <= '9' || strings.Contains("|"+pointWords+"|", "|"+strings.ToLower(string(callee))+"|")
}

// AccessPoint says of the texts of a customer and of the other side that the latter
// is an access point.
func (s stage) AccessPoint(customer, other string) string {
	return fmt.Sprintf("coalesce(regexp_full_match(%[2]s, %[3]s) OR regexp_full_match(%[1]s, %[4]s) AND regexp_full_match(%[2]s, %[5]s), false)",
		customer, other, literal(accessPoint), literal(numberBeside), literal(pointBeside))
}

// storeUsage stores the data sessions among the staged calls, marks those that
// are there already, and says how many were stored. They have a customer and
// nobody at the other side, so they are no calls.
func storeUsage(ctx context.Context, conn *sql.Conn, importID int) (stored int64, err error) {
	if n, err := countAside(ctx, conn); err != nil || n == 0 {
		return 0, err
	}
	if _, err := run(ctx, conn, "usage.sql", importID); err != nil {
		return 0, err
	}
	return countAside(ctx, conn)
}

// storeAside stores the good rows of a file that are none of its kind, if they are
// of any use, and counts them in a note.
func (l *loading) storeAside(ctx context.Context, conn *sql.Conn) error {
	var n int64
	var err error
	what := "data sessions with nobody at the other side, kept as the customer's own use: %d"
	switch l.plan.kind {
	case Calls:
		n, err = storeUsage(ctx, conn, l.receipt.ID)
	case Churn:
		what = "customers who are still here, and so no departures: %d"
		if !l.stage.Has("left") && !l.stage.Has("active") {
			what = "customers without a date of leaving, who count as still here: %d"
		}
		n, err = countAside(ctx, conn)
	case Purchases:
		if n, err = countAside(ctx, conn); err == nil && n > 0 {
			l.plan.notes = append(l.plan.notes, noteVoid(n))
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("store what stands aside: %w", err)
	}
	if n > 0 {
		l.plan.notes = append(l.plan.notes, sentence(what, n))
	}
	return nil
}

func countAside(ctx context.Context, conn *sql.Conn) (n int64, err error) {
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM staged WHERE problem = 'aside'").Scan(&n)
	return n, err
}
