package loaders

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"kith/graph"
)

// unknown is one sort of ids that may be refused.
type unknown struct {
	Table, Reason string
	Columns       []string
}

// unknowns are those of the kind: of customers and of products. A catalogue
// itself makes its ids known, and pages that stand for products are in none.
func (p *plan) unknowns() (customers, products unknown) {
	t := p.kind.stored()
	if p.kind == Customers || p.kind == Products {
		return
	}
	customers = unknown{"customers", "no file of customers has the customer", t.Customers}
	if p.kind == Calls {
		customers.Reason = "no file of customers has either side"
	}
	if page, ok := p.fields["page"]; !ok || page != p.fields["product"] {
		products = unknown{"products", "no file of products has the product", t.Products}
	}
	return customers, products
}

// refuseUnknown rejects rows about somebody or something that nobody has
// described, if that is wanted.
func (l *loading) refuseUnknown(ctx context.Context, conn *sql.Conn) error {
	customers, products := l.plan.unknowns()
	for _, u := range []struct {
		unknown
		wanted bool
	}{{customers, l.o.RefuseCustomers}, {products, l.o.RefuseProducts}} {
		if !u.wanted || len(u.Columns) == 0 {
			continue
		}
		described, err := l.described(ctx, conn, u.Table)
		if err != nil {
			return err
		}
		if !described {
			return l.src.fail(0, "unknown %[1]s are to be refused, but no %[1]s are loaded yet, so every row would be; load a file of them first, with --as %[1]s", u.Table)
		}
		if _, err := run(ctx, conn, "refuse.sql", u.unknown); err != nil {
			return fmt.Errorf("refuse unknown %s: %w", u.Table, err)
		}
	}
	return nil
}

// described says whether there is a file of customers or products.
func (l *loading) described(ctx context.Context, conn *sql.Conn, table string) (there bool, err error) {
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM events."+table+")").Scan(&there); err != nil {
		return false, fmt.Errorf("look for %s: %w", table, err)
	}
	return there, nil
}

// checkRejects refuses a file of which too large a share is rejected. Its
// rejects are written to a file nevertheless.
func (l *loading) checkRejects(ctx context.Context, conn *sql.Conn) error {
	if l.o.MaxRejects == "" {
		return nil
	}
	rows, bad := l.v.rows, int64(0)
	if !l.spotless() {
		if err := conn.QueryRowContext(ctx, "SELECT count(*), count(*) FILTER (problem <> 'aside' AND NOT starts_with(problem, 'duplicate')) FROM staged").Scan(&rows, &bad); err != nil {
			return fmt.Errorf("count the rejected rows: %w", err)
		}
	}
	r := &l.receipt
	rows, bad = rows+l.v.faulty, bad+l.v.faulty
	most, err := mostRejects(l.o.MaxRejects, rows)
	if err != nil || bad <= most {
		return err
	}
	r.Rows, r.Rejected = rows, bad
	if err := l.rejectRows(ctx, conn); err != nil {
		return err
	}
	_, name, _ := strings.Cut(filepath.Base(l.bad.path()), "-")
	path := filepath.Join(l.o.RejectsDir, "refused-"+name)
	if err := os.Rename(l.bad.path()+tempEnding, path); err != nil {
		return fmt.Errorf("keep the rejects of %s: %w", l.src.path, err)
	}
	top := r.Reasons[:min(3, len(r.Reasons))]
	var why []string
	for _, reason := range top {
		why = append(why, sentence("%d because %s", reason.Count, reason.Reason))
	}
	if more := len(r.Reasons) - len(top); more > 0 {
		why = append(why, "and "+graph.Counted(more, "further reason"))
	}
	return l.src.fail(0, "%s of %s (%s) would be rejected, and at most %s may be, so nothing of it was stored: %s; see %s, correct the mapping or the file, and load it again",
		sentence("%d", bad), graph.Counted(rows, "row"), percent(float64(bad)/float64(rows)), l.o.MaxRejects, strings.Join(why, ", "), path)
}

// percent writes a share for a person.
func percent(share float64) string {
	return strconv.FormatFloat(100*share, 'g', 3, 64) + " %"
}
