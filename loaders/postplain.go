package loaders

import (
	"context"
	"crypto/md5" //nolint:gosec // it names content, as posted_sum.sql does
	"database/sql"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"kith/graph/duckstore"
)

// plainPost is a posted row that can be read without a question: whatever stands in
// it means the same to the query of its kind, which judges all rows of a group where one is
// not plain. That query alone takes as long as all else that a group does.
type plainPost struct {
	caller, callee string
	at             int64          // microseconds since 1970
	values         []driver.Value // of posted_staged.sql, of calls behind the ends and before the problem
	// content is what tells events apart, as JSON as posted_sum.sql writes it.
	content  string
	repeated bool // an earlier row of the group is the same
}

// plainPosts reads rows; ok is false where some are not plain, or where the store has
// something by which plain ones may be rejected.
func (g *group) plainPosts(kind Kind, rows []placed) (posts []plainPost, ok bool) {
	if g.s.o.ordinary || g.sealed || g.forgotten != nil {
		return nil, false
	}
	read := map[Kind]func(*postReader) plainPost{Calls: (*postReader).call, Purchases: (*postReader).purchase, Visits: (*postReader).visit}[kind]
	posts = make([]plainPost, 0, len(rows))
	seen := make(map[string]bool, len(rows))
	form := &plainForm{}
	for _, at := range rows {
		r := postReader{texts: at.row.texts, place: eventShapes[kind].place, form: form}
		p := read(&r)
		if r.odd {
			return nil, false
		}
		p.repeated = seen[p.content]
		seen[p.content] = true
		posts = append(posts, p)
	}
	return posts, true
}

// postReader reads one row; odd says that it is not plain.
type postReader struct {
	texts []*string
	place map[string]int
	form  *plainForm
	odd   bool
}

// text is a field, empty where it is not there; JSON writes it as it stands.
func (r *postReader) text(field string) string {
	t := r.texts[r.place[field]]
	if t == nil {
		return ""
	}
	for i := range len(*t) {
		if c := (*t)[i]; c < ' ' || c == '"' || c == '\\' || c == 0x7f {
			r.odd = true
		}
	}
	return *t
}

// id is a field with an id, which must be there unless another may stand in its place.
func (r *postReader) id(field string, must bool) string {
	text := r.text(field)
	if text == "" {
		r.odd = r.odd || must
	} else {
		r.odd = r.odd || missingText(text) || slices.Contains(nobodyTexts, text) || perhapsCut(text)
	}
	return text
}

// absent says that a field must not be there.
func (r *postReader) absent(field string) { r.odd = r.odd || r.texts[r.place[field]] != nil }

func (r *postReader) time() (at int64, value time.Time, shown string) {
	text := []byte(r.text("at"))
	at, ok := r.form.epochOf(text)
	if !ok {
		at, ok = isoOf(text)
	}
	r.odd = r.odd || !ok || at < firstTime || at >= endOfTimes
	value = time.UnixMicro(at).UTC()
	return at, value, value.Format("2006-01-02 15:04:05.999999")
}

func (r *postReader) call() plainPost {
	p := plainPost{caller: r.id("caller", true), callee: r.id("callee", true)}
	r.absent("bytes")
	at, when, shown := r.time()
	seconds, missed, ok := r.form.secondsOf([]byte(r.text("seconds")))
	code := r.form.codeOf([]byte(r.text("kind")), []byte(r.text("answered")), missed)
	r.odd = r.odd || !ok || code == unknownWord || code&3 == dataCode || p.caller == p.callee
	kind, answered := "voice", code&unansweredIf == 0
	if code&3 == kindCodes["message"] {
		kind = "message"
	}
	p.at = at
	p.values = []driver.Value{when, kind, seconds, answered, false}
	p.content = fmt.Sprintf(`{"caller":"%s","callee":"%s","kind":"%s","seconds":%d,"answered":%t,"time":"%s"}`, p.caller, p.callee, kind, seconds, answered, shown)
	return p
}

func (r *postReader) purchase() plainPost {
	customer, product, basket := r.id("customer", true), r.id("product", true), r.text("basket")
	at, when, shown := r.time()
	quantity, shownQuantity := r.decimal("quantity", 3, false)
	amount, shownAmount := r.decimal("amount", 4, quantity < 0)
	r.absent("price")
	r.odd = r.odd || quantity == 0
	return plainPost{
		at: at,
		values: []driver.Value{customer, product, when, basket, duckdb.Decimal{Width: 18, Scale: 3, Value: big.NewInt(quantity)},
			duckdb.Decimal{Width: 18, Scale: 4, Value: big.NewInt(amount)}},
		content: fmt.Sprintf(`{"customer":"%s","product":"%s","basket":"%s","quantity":%s,"amount":%s,"time":"%s"}`,
			customer, product, basket, shownQuantity, shownAmount, shown),
	}
}

func (r *postReader) visit() plainPost {
	customer, session := r.id("customer", false), r.id("session", false)
	product, page := r.id("product", false), r.id("page", false)
	at, when, shown := r.time()
	seconds, missed, ok := r.form.secondsOf([]byte(r.text("seconds")))
	r.odd = r.odd || !ok || missed || customer+session == "" || product+page == ""
	return plainPost{
		at:     at,
		values: []driver.Value{customer, session, product, page, when, seconds},
		content: fmt.Sprintf(`{"customer":"%s","product":"%s","page":"%s","session":"%s","seconds":%d,"time":"%s"}`,
			customer, product, page, session, seconds, shown),
	}
}

// decimal reads a number with so many digits behind the point at most, and shows it
// with as many. It is taken off where it is less.
func (r *postReader) decimal(field string, scale int, less bool) (v int64, shown string) {
	whole, fraction, point := strings.Cut(r.text(field), ".")
	digits, minus := strings.CutPrefix(whole, "-")
	if !point {
		fraction = "0"
	}
	w, ok := number64([]byte(digits), 9)
	f, ok2 := number64([]byte(fraction), scale)
	if !ok || !ok2 {
		r.odd = true
		return 0, ""
	}
	unit := int64(math.Pow10(scale))
	v = w*unit + f*int64(math.Pow10(scale-len(fraction)))
	shown = fmt.Sprintf("%d.%0*d", v/unit, scale, v%unit)
	if v > 0 && (minus || less) {
		return -v, "-" + shown
	}
	return v, shown
}

// storePlain stores rows that are plain, and marks those that are stored already.
func (g *group) storePlain(ctx context.Context, conn *sql.Conn, kind Kind, r *Receipt, rows []placed, posts []plainPost) error {
	t := kind.stored()
	t.Import = r.ID
	var numbers map[string]uint32
	if kind == Calls {
		var err error
		if numbers, err = numberPosted(ctx, conn, posts); err != nil {
			return fmt.Errorf("number the ends of calls: %w", err)
		}
	}
	if _, err := run(ctx, conn, "posted_staged.sql", t); err != nil {
		return err
	}
	first, last := posts[0].at, posts[0].at
	err := duckstore.Append(ctx, conn, "temp", "main", "staged", len(posts), func(i int) ([]driver.Value, error) {
		p := &posts[i]
		first, last = min(first, p.at), max(last, p.at)
		values := p.values
		if kind == Calls {
			values = append([]driver.Value{numbers[p.caller], numbers[p.callee]}, values...)
		}
		if p.repeated {
			rows[i].row.duplicate = true
			return append(values, "duplicate|the same as an earlier row of the file"), nil
		}
		return append(values, nil), nil
	})
	if err != nil {
		return fmt.Errorf("stage the rows: %w", err)
	}
	known, err := markStored(ctx, conn, t, first, last)
	if err != nil {
		return fmt.Errorf("find duplicates: %w", err)
	}
	if kind == Calls {
		near, err := nearSides(ctx, conn, first, last)
		if err != nil {
			return err
		}
		if known = known || near; near {
			if _, err := settleSides(ctx, conn, &t); err != nil {
				return fmt.Errorf("find calls that both sides recorded: %w", err)
			}
		}
	}
	if known {
		if err := markProblems(ctx, conn, rows); err != nil {
			return fmt.Errorf("read what is known: %w", err)
		}
		if _, err := run(ctx, conn, "repeated.sql", r.ID); err != nil {
			return fmt.Errorf("note whose duplicates they are: %w", err)
		}
	}
	if _, err := run(ctx, conn, "insert.sql", t); err != nil {
		return fmt.Errorf("store the rows: %w", err)
	}
	if err := r.sumPlain(rows, posts); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "DROP TABLE temp.staged"); err != nil {
		return fmt.Errorf("drop what was staged: %w", err)
	}
	return nil
}

// numberPosted gives the ids of calls their numbers, and stores those that had none.
func numberPosted(ctx context.Context, conn *sql.Conn, posts []plainPost) (numbers map[string]uint32, err error) {
	var ids []string
	seen := map[string]bool{}
	for _, p := range posts {
		for _, id := range []string{p.caller, p.callee} {
			if !seen[id] {
				seen[id] = true
				ids = append(ids, id)
			}
		}
	}
	if _, err := conn.ExecContext(ctx, "CREATE TEMP TABLE named (id VARCHAR)"); err != nil {
		return nil, err
	}
	if err := duckstore.Append(ctx, conn, "temp", "main", "named", len(ids), func(i int) ([]driver.Value, error) { return []driver.Value{ids[i]}, nil }); err != nil {
		return nil, err
	}
	numbers = make(map[string]uint32, len(ids))
	err = eachRow(ctx, conn, "SELECT id, n FROM events.ids SEMI JOIN named USING (id)", nil, func(rows *sql.Rows) error {
		var id string
		var n uint32
		err := rows.Scan(&id, &n)
		numbers[id] = n
		return err
	})
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "DROP TABLE temp.named"); err != nil {
		return nil, err
	}
	fresh := slices.DeleteFunc(ids, func(id string) bool { _, known := numbers[id]; return known })
	if len(fresh) == 0 {
		return numbers, nil
	}
	var next int64
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(n) + 1, 0) FROM events.ids").Scan(&next); err != nil {
		return nil, err
	}
	if next+int64(len(fresh)) > math.MaxUint32 {
		return nil, fmt.Errorf("there are %d ids already, and calls can name %d", next, int64(math.MaxUint32))
	}
	return numbers, duckstore.Append(ctx, conn, "", "events", "ids", len(fresh), func(i int) ([]driver.Value, error) {
		n := uint32(next) + uint32(i)
		numbers[fresh[i]] = n
		return []driver.Value{n, fresh[i]}, nil
	})
}

// sumPlain is sum for rows that are plain.
func (r *Receipt) sumPlain(rows []placed, posts []plainPost) error {
	var first, last sql.NullTime
	var sums [2]big.Int
	for i, p := range posts {
		if rows[i].row.duplicate {
			continue
		}
		at := time.UnixMicro(p.at).UTC()
		if !first.Valid || at.Before(first.Time) {
			first = sql.NullTime{Time: at, Valid: true}
		}
		if !last.Valid || at.After(last.Time) {
			last = sql.NullTime{Time: at, Valid: true}
		}
		content := md5.Sum([]byte(p.content)) //nolint:gosec // as above
		for half := range sums {
			sums[half].Add(&sums[half], new(big.Int).SetUint64(binary.LittleEndian.Uint64(content[8*half:])))
		}
	}
	return r.add(first, last, [2]string{sums[0].String(), sums[1].String()})
}
