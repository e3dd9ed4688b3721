package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestReplacingIsNotQuadratic looks how DuckDB finds out which rows of a catalogue
// that comes anew change something: not by comparing each row with each, which
// took minutes for 92,000 products.
func TestReplacingIsNotQuadratic(t *testing.T) {
	st, _ := newStore(t)
	path := filepath.Join(t.TempDir(), "products.csv")
	var rows strings.Builder
	rows.WriteString("id,name,price\n")
	for i := range 3000 {
		fmt.Fprintf(&rows, "p%d,thing,%d\n", i, i)
	}
	if err := os.WriteFile(path, []byte(rows.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	mustLoad(t, st, Options{Kind: Products, Files: []string{path}})
	err := st.Update(t.Context(), func(ctx context.Context, conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "CREATE TEMP TABLE staged AS SELECT * EXCLUDE (import_id, carried), NULL::VARCHAR AS problem FROM events.products"); err != nil {
			return err
		}
		if _, err := run(ctx, conn, "covering.sql", Products.stored().known()); err != nil {
			return err
		}
		text, err := render("unchanged.sql", Products.stored().known())
		if err != nil {
			return err
		}
		var name, plan string
		if err := conn.QueryRowContext(ctx, "EXPLAIN "+text).Scan(&name, &plan); err != nil {
			return err
		}
		if strings.Contains(plan, "NL_JOIN") || strings.Contains(plan, "NESTED_LOOP") || !strings.Contains(plan, "HASH_JOIN") {
			t.Errorf("what is new is found so:\n%s", plan)
		}
		_, err = conn.ExecContext(ctx, "DROP TABLE temp.staged")
		return errors.Join(err, dropFold(ctx, conn))
	})
	if err != nil {
		t.Fatal(err)
	}
}
