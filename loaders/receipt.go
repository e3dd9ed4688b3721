package loaders

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"kith/graph/duckstore"
)

// Receipt says what became of one file. Rows is always the sum of Accepted,
// Duplicates and Rejected.
type Receipt struct {
	ID   int       `json:"id"`
	At   time.Time `json:"at"` // when the load ended, UTC
	Kind Kind      `json:"kind"`
	File string    `json:"file"`
	// Hash is the SHA-256 of the file as it is on the disk, hex.
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
	// Mapping tells for each field its column, by name or by number from 1,
	// or in single quotes the text that all rows have. "(dates)" and
	// "(zone)" tell how times were read, "(encoding)" that of a text file
	// that is not UTF-8, and "(sql)" the query on a database.
	Mapping map[string]string `json:"mapping"`
	// Rows leaves out the header and blank lines.
	Rows     int64 `json:"rows"`
	Accepted int64 `json:"accepted"`
	// Duplicates are equal to an earlier row of this or another file.
	Duplicates int64 `json:"duplicates"`
	Rejected   int64 `json:"rejected"`
	// Repeats tell why rows are duplicates, the most frequent reason first.
	Repeats []Reason `json:"repeats"`
	// Reasons tell why rows were rejected, the most frequent first.
	Reasons []Reason `json:"reasons"`
	// First and Last are the span of the accepted events, UTC; zero where
	// there are none or they have no time.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
	// Seconds is how long the load took.
	Seconds float64 `json:"seconds"`
	// RowsPerSecond is how fast that was.
	RowsPerSecond float64 `json:"rows_per_second"`
	// NewCustomers and NewProducts are how many ids no earlier file named,
	// or -1 where that was not counted, as of posted events.
	NewCustomers int64 `json:"new_customers"`
	NewProducts  int64 `json:"new_products"`
	// Warnings are about rows that are odd, but not wrong.
	Warnings []Warning `json:"warnings"`
	// Notes are sentences for a person.
	Notes []string `json:"notes"`
	// Again says that the file had been loaded in the same way before, so
	// that nothing was done now: this is the receipt of then.
	Again bool `json:"again"`
	// Otherwise says what was read otherwise then, if anything.
	Otherwise string `json:"otherwise,omitempty"`
	// Undone is when the import was taken back; zero while it stands.
	Undone time.Time `json:"undone_at,omitzero"`
	// Lacks is how many rows it left out as duplicates of one that was taken
	// back since, -1 where that was not counted: loading the file again
	// brings them.
	Lacks int64 `json:"lacks,omitempty"`
	// RejectsFile is a CSV file with the rejected rows, empty when none were
	// or the file is gone.
	RejectsFile string `json:"rejects_file,omitempty"`
}

// Reason counts the rows that were rejected for one reason.
type Reason struct {
	Reason string `json:"reason"`
	Count  int64  `json:"count"`
}

// Warning counts rows that are odd, but not wrong, such as times in the future.
type Warning struct {
	Warning string `json:"warning"`
	Count   int64  `json:"count"`
	// Line is where the first of them is, 0 where that is not known.
	Line int64 `json:"line,omitempty"`
}

// Receipts lists the receipts of all imports, the oldest first.
func Receipts(ctx context.Context, st *duckstore.Store) ([]Receipt, error) {
	dir, err := dataDir(ctx, st.DB())
	if err != nil {
		return nil, err
	}
	return receipts(ctx, st.DB(), filepath.Join(dir, "rejects"), 0)
}

// dataDir is the folder of the store.
func dataDir(ctx context.Context, db querier) (string, error) {
	var path string
	err := db.QueryRowContext(ctx, "SELECT coalesce(path, '') FROM duckdb_databases() WHERE database_name = current_database()").Scan(&path)
	if err != nil {
		return "", fmt.Errorf("find the data folder: %w", err)
	}
	return filepath.Dir(path), nil
}

// receipts reads one receipt, or all of them when id is 0.
func receipts(ctx context.Context, db querier, rejectsDir string, id int) (all []Receipt, err error) {
	place := map[int]int{}
	err = eachOf(ctx, db, "receipts.sql", nil, []any{id, id}, func(rows *sql.Rows) error {
		var r Receipt
		var mapping, notes, repeats, warnings string
		var customers, products sql.NullInt64
		var first, last, undone sql.NullTime
		if err := rows.Scan(&r.ID, &r.At, &r.Kind, &r.File, &r.Hash, &r.Bytes, &mapping, &r.Rows, &r.Accepted,
			&r.Duplicates, &r.Rejected, &first, &last, &r.Seconds, &notes, &repeats, &warnings, &customers, &products, &undone, &r.Lacks); err != nil {
			return err
		}
		if err := errors.Join(json.Unmarshal([]byte(mapping), &r.Mapping), json.Unmarshal([]byte(notes), &r.Notes),
			json.Unmarshal([]byte(repeats), &r.Repeats), json.Unmarshal([]byte(warnings), &r.Warnings)); err != nil {
			return fmt.Errorf("number %d: %w", r.ID, err)
		}
		r.NewCustomers, r.NewProducts = counted(customers), counted(products)
		r.pace()
		r.At, r.First, r.Last, r.Undone, r.Reasons = r.At.UTC(), utc(first), utc(last), utc(undone), []Reason{}
		if r.Rejected > 0 {
			path := filepath.Join(rejectsDir, rejectsName(r.ID, r.File))
			if _, err := os.Stat(path); err == nil {
				r.RejectsFile = path
			}
		}
		place[r.ID] = len(all)
		all = append(all, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the receipts: %w", err)
	}
	return all, addReasons(ctx, db, all, place, id)
}

// counted is a number, or -1 where nobody counted.
func counted(n sql.NullInt64) int64 {
	if n.Valid {
		return n.Int64
	}
	return -1
}

// pace finds how fast the load was.
func (r *Receipt) pace() {
	if r.Seconds > 0 {
		r.RowsPerSecond = math.Round(float64(r.Rows) / r.Seconds)
	}
}

func addReasons(ctx context.Context, db querier, all []Receipt, place map[int]int, id int) error {
	err := eachOf(ctx, db, "reasons.sql", nil, []any{id, id}, func(rows *sql.Rows) error {
		var of int
		var r Reason
		err := rows.Scan(&of, &r.Reason, &r.Count)
		if i, ok := place[of]; ok {
			all[i].Reasons = append(all[i].Reasons, r)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("read the rejects: %w", err)
	}
	return nil
}

// store writes the receipt within the transaction of its load, with what has to be
// known to take the import back.
func (r *Receipt) store(ctx context.Context, conn *sql.Conn, mapping string, u undoable) error {
	query, err := render("receipt.sql", nil)
	if err != nil {
		return err
	}
	notes, err := json.Marshal(r.Notes)
	repeats, repeatsErr := json.Marshal(r.Repeats)
	warnings, warningsErr := json.Marshal(r.Warnings)
	covers, coversErr := json.Marshal(u.covers) // null for events
	if err := errors.Join(err, repeatsErr, warningsErr, coversErr); err != nil {
		return err
	}
	nullable := func(t time.Time) sql.NullTime { return sql.NullTime{Time: t, Valid: !t.IsZero()} }
	_, err = conn.ExecContext(ctx, query, r.ID, r.At, string(r.Kind), r.File, r.Hash, r.Bytes, mapping, r.Rows, r.Accepted, r.Duplicates,
		r.Rejected, nullable(r.First), nullable(r.Last), r.Seconds, string(notes), string(repeats), string(warnings),
		sql.NullInt64{Int64: r.NewCustomers, Valid: r.NewCustomers >= 0}, sql.NullInt64{Int64: r.NewProducts, Valid: r.NewProducts >= 0},
		u.replaced, sql.NullInt64{Int64: u.place, Valid: u.place > 0}, string(covers))
	if err != nil {
		return fmt.Errorf("store the receipt: %w", err)
	}
	return nil
}

// rejectsName is the name of the file with the rejects of an import.
func rejectsName(id int, file string) string {
	base := filepath.Base(file)
	for {
		ext := filepath.Ext(base)
		if low := strings.ToLower(ext); len(base) > len(ext) && (slices.Contains(packings, low) || slices.Contains(endings, low)) {
			base = strings.TrimSuffix(base, ext)
			continue
		}
		return fmt.Sprintf("%d-%s.csv", id, base)
	}
}

// lastImport is the largest number of an import: a call has thirty bits for it, see
// events.packed_call.
const lastImport = 1<<30 - 1

// nextImport is the number of the import that begins.
func nextImport(ctx context.Context, conn *sql.Conn) (id int, err error) {
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(id), 0) + 1 FROM events.imports").Scan(&id); err != nil {
		return 0, fmt.Errorf("number the import: %w", err)
	}
	if id > lastImport {
		return 0, fmt.Errorf("the data folder has had %d imports, and calls can name no further one: load into a new folder", lastImport)
	}
	return id, nil
}
