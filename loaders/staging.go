package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// run fills in a query and runs it, and says how many rows it changed.
func run(ctx context.Context, conn *sql.Conn, name string, data any) (int64, error) {
	query, err := render(name, data)
	if err != nil {
		return 0, err
	}
	result, err := conn.ExecContext(ctx, query)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// stageRows reads the file into the temporary table staged.
func (l *loading) stageRows(ctx context.Context, conn *sql.Conn) error {
	l.report(0)
	if l.plain != nil {
		return l.stagePlain(ctx, conn)
	}
	if _, err := run(ctx, conn, string(l.plan.kind)+".sql", l.stage); err != nil {
		return l.readFailed(err)
	}
	rows, first, err := stagedRows(ctx, conn)
	if err != nil {
		return fmt.Errorf("stage %s: %w", l.src.path, err)
	}
	if err := l.rejectWild(ctx, conn, first); err != nil {
		return err
	}
	if err := l.findScale(ctx, conn); err != nil {
		return err
	}
	if err := l.markVoid(ctx, conn); err != nil {
		return err
	}
	if err := l.rejectForgotten(ctx, conn); err != nil {
		return err
	}
	l.base = first
	if l.src.parquet {
		l.v.rows = rows
	} else if rows != l.v.rows {
		return l.src.fail(0, "two ways of reading it find %d and %d rows, so nothing was loaded; if the file is being written to, wait until it is complete", l.v.rows, rows)
	}
	l.report(1)
	return nil
}

// stagedRows counts the staged rows and says what the rowid of the first is.
func stagedRows(ctx context.Context, conn *sql.Conn) (rows, base int64, err error) {
	var last int64
	if err := conn.QueryRowContext(ctx, "SELECT count(*), coalesce(min(rowid), 0), coalesce(max(rowid), -1) FROM staged").Scan(&rows, &base, &last); err != nil {
		return 0, 0, fmt.Errorf("count what was staged: %w", err)
	}
	if last-base+1 != rows {
		return 0, 0, fmt.Errorf("DuckDB numbered %d rows from %d to %d, so their lines are not known and nothing was loaded", rows, base, last)
	}
	return rows, base, nil
}

// readFailed explains what DuckDB says while it reads the file.
func (l *loading) readFailed(err error) error {
	var said *duckdb.Error
	if l.src.parquet && !l.src.notText(err) && errors.As(err, &said) && (said.Type == duckdb.ErrorTypeInvalidInput || said.Type == duckdb.ErrorTypeInvalid) {
		return l.src.parquetFault(err)
	}
	return fmt.Errorf("read %s: %w", l.src.path, err)
}

// target says how a kind is stored.
type target struct {
	Table, Columns string
	// Keys are the columns that make an event, all but its time and those
	// that may be NULL, which are Nullable, of which Telling ones seldom
	// agree by chance; Content is what may change of something with an id.
	Keys     []string
	Nullable []string
	Telling  string
	Content  string
	// Further columns are stored, but do not tell events apart.
	Further string
	Import  int
	Span    string
	Timed   bool
	// LeftOut says that temp.left_out has rows which the receipt counts and which
	// are no calls, as they are stored as the other side's records.
	LeftOut bool
	// Customers and Products are the columns with their ids.
	Customers, Products []string
}

func (k Kind) stored() target {
	t := target{Table: string(k), Timed: k.timed(), Customers: []string{"customer"}}
	switch k {
	case Calls:
		t.Table = "call_rows"
		t.Customers = []string{"caller", "callee"}
		t.Keys = []string{"caller", "callee", "kind", "seconds", "answered"}
		t.Telling = "caller, callee, time"
	case Purchases:
		t.Products = []string{"product"}
		t.Keys = []string{"customer", "product", "basket", "quantity", "amount"}
		t.Telling = "customer, product, time, basket"
	case Visits:
		t.Products = []string{"product"}
		t.Keys = []string{"customer", "product", "page", "session", "seconds"}
		t.Telling = "customer, product, page, session, time"
	case Contacts:
		t.Keys = []string{"customer", "campaign", "arm", "channel", "outcome"}
		t.Nullable = []string{"responded", "converted", "revenue"}
		t.Telling = "customer, time, campaign, arm"
	case Satisfaction:
		t.Keys = []string{"customer", "kind", "topic", "comment"}
		t.Nullable = []string{"score"}
		t.Telling = "customer, time, topic, score"
		t.Further = ", lowest, highest"
	case Churn:
		t.Keys = []string{"customer"}
		t.Telling = "customer, time"
	case Numbers:
		t.Keys = []string{"number", "customer"}
		t.Nullable = []string{"to_at"}
		t.Telling = "number, customer, time, to_at"
	case Customers:
		t.Customers = []string{"id"}
		t.Content = "attributes"
	case Products:
		t.Customers, t.Products = nil, []string{"id"}
		t.Content = "name, category, price, available_from, available_to"
	}
	if t.Timed {
		t.Columns = strings.Join(append(t.Keys, t.Nullable...), ", ") + ", time"
	} else {
		t.Columns = "id, " + t.Content
	}
	if k == Calls { // a record of each side are two records, though not two calls
		t.Keys = append(t.Keys, "received")
	}
	return t
}

// Seen is where the stored events are, whether they count or not.
func (t target) Seen() string {
	if t.Table == string(Purchases) {
		return "purchase_lines"
	}
	return t.Table
}

// storeRows marks duplicates among the staged rows and stores the others.
func (l *loading) storeRows(ctx context.Context, conn *sql.Conn) error {
	t := l.plan.kind.stored()
	t.Import = l.receipt.ID
	if l.spotless() {
		return l.storePlain(ctx, conn)
	}
	if l.plan.kind == Calls && !l.numbered {
		var err error
		if l.base, err = numberEnds(ctx, conn); err != nil {
			return err
		}
		l.numbered = true
	}
	if t.Timed {
		if err := markRepeats(ctx, conn, t, l.plain != nil && l.plain.paired); err != nil {
			return fmt.Errorf("find duplicates: %w", err)
		}
		if l.plan.kind == Calls {
			lost, err := settleSides(ctx, conn, &t)
			if err != nil {
				return fmt.Errorf("find calls that both sides recorded: %w", err)
			}
			if lost > 0 {
				l.plan.notes = append(l.plan.notes, sentence("calls stored before that count no more, as rows of this file show them to be the other side's records: %d", lost))
			}
		}
	} else {
		if err := l.storeKnown(ctx, conn, t); err != nil {
			return err
		}
	}
	if err := l.storeAside(ctx, conn); err != nil {
		return err
	}
	if err := l.sayOrders(ctx, conn); err != nil {
		return err
	}
	l.report(2)
	if t.Timed {
		if _, err := run(ctx, conn, "insert.sql", t); err != nil {
			return fmt.Errorf("store the rows: %w", err)
		}
	}
	if err := l.settleOrders(ctx, conn); err != nil {
		return err
	}
	l.report(3)
	query, err := render("totals.sql", t)
	if err != nil {
		return err
	}
	r := &l.receipt
	var first, last sql.NullTime
	if err := conn.QueryRowContext(ctx, query).Scan(&r.Rows, &r.Accepted, &r.Duplicates, &first, &last); err != nil {
		return fmt.Errorf("count the rows: %w", err)
	}
	r.First, r.Last = utc(first), utc(last)
	r.Rejected = l.v.faulty + r.Rows - r.Accepted - r.Duplicates
	r.Rows += l.v.faulty
	if err := l.explainRepeats(ctx, conn); err != nil {
		return err
	}
	if err := l.countNew(ctx, conn, t); err != nil {
		return fmt.Errorf("look for new ids: %w", err)
	}
	return nil
}

// markRepeats marks events that are in the file or in the store already. paired
// says that those in the file are marked.
func markRepeats(ctx context.Context, conn *sql.Conn, t target, paired bool) error {
	if !paired {
		if _, err := run(ctx, conn, "suspects.sql", t); err != nil {
			return err
		}
		var suspects int64
		if err := conn.QueryRowContext(ctx, "SELECT count(*) FROM suspects").Scan(&suspects); err != nil {
			return err
		}
		if suspects > 0 {
			if _, err := run(ctx, conn, "repeats.sql", t); err != nil {
				return err
			}
		}
	}
	// Only events of the same span can be the same.
	var first, last sql.NullTime
	if err := conn.QueryRowContext(ctx, "SELECT min(time), max(time) FROM staged WHERE problem IS NULL").Scan(&first, &last); err != nil {
		return err
	}
	if first.Valid {
		_, err := markStored(ctx, conn, t, first.Time.UnixMicro(), last.Time.UnixMicro())
		return err
	}
	t.Span = "e.time IS NULL"
	_, err := markWithin(ctx, conn, t)
	return err
}

// markStored marks staged events that are in the store already, all being between two
// times, and says whether there are events in the store that may be.
func markStored(ctx context.Context, conn *sql.Conn, t target, first, last int64) (maybe bool, err error) {
	t.Keys = append(slices.Clone(t.Keys), "time")
	t.Span = betweenMicros(first, last)
	return markWithin(ctx, conn, t)
}

func markWithin(ctx context.Context, conn *sql.Conn, t target) (maybe bool, err error) {
	query := "SELECT EXISTS (SELECT 1 FROM events." + t.Seen() + " AS e WHERE " + t.Span + ")"
	if err := conn.QueryRowContext(ctx, query).Scan(&maybe); err != nil || !maybe {
		return false, err
	}
	_, err = run(ctx, conn, "stored.sql", t)
	return true, err
}

// betweenMicros is the condition that an event e is between two times.
func betweenMicros(first, last int64) string {
	return fmt.Sprintf("e.time BETWEEN make_timestamp(%d) AND make_timestamp(%d)", first, last)
}
