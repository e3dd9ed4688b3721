package duckstore

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// TestStreamTypes reads every type that a stream knows, long texts and NULL.
func TestStreamTypes(t *testing.T) {
	s := openNew(t)
	const rows = 5000 // several chunks
	n := 0
	err := s.whole(t.Context(), func(r *stream) error {
		return r.run(`SELECT range::UBIGINT, -range, range::FLOAT / 2, range::DOUBLE / 4, repeat('é' || chr(0), (range % 9)::INTEGER),
				CASE WHEN range % 3 = 0 THEN NULL ELSE make_timestamp($1::BIGINT + range) END
			FROM range($2::BIGINT) ORDER BY range`, []any{int64(1_700_000_000_000_000), int64(rows)},
			func(c chunk) error {
				u, i, f, d, text, at := c.uint64s(0), c.int64s(1), c.float32s(2), c.float64s(3), c.texts(4), c.times(5)
				for k := range c.rows {
					if u[k] != uint64(n) || i[k] != int64(-n) || f[k] != float32(n)/2 || d[k] != float64(n)/4 {
						t.Fatalf("row %d: %d %d %v %v", n, u[k], i[k], f[k], d[k])
					}
					if want := strings.Repeat("é\x00", n%9); text[k].String() != want || text[k].view() != want {
						t.Fatalf("row %d: %q, want %q", n, text[k].String(), want)
					}
					want := time.UnixMicro(1_700_000_000_000_000 + int64(n)).UTC()
					if n%3 == 0 {
						want = time.Time{}
					}
					if !at.at(k).Equal(want) {
						t.Fatalf("row %d: %v, want %v", n, at.at(k), want)
					}
					n++
				}
				return nil
			})
	})
	if err != nil || n != rows {
		t.Errorf("%d rows, %v", n, err)
	}
}

func TestStreamErrors(t *testing.T) {
	s := openNew(t)
	read := func(ctx context.Context, text string, args ...any) (rows int, err error) {
		err = s.whole(ctx, func(r *stream) error {
			return r.run(text, args, func(c chunk) error {
				rows += c.rows
				return nil
			})
		})
		return rows, err
	}
	if _, err := read(t.Context(), `SELECT nothing`); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a query of an unknown column: %v", err)
	}
	// An error in the middle must not look like the end.
	rows, err := read(t.Context(), `SELECT CASE WHEN range = 400000 THEN error('broke off') ELSE 1 END FROM range(500000)`)
	if rows == 0 || rows >= 500000 || err == nil || !strings.Contains(err.Error(), "broke off") {
		t.Errorf("%d rows and then %v", rows, err)
	}
	// A context ends a query that would take long before its first row.
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = read(ctx, `SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 7`)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a query beyond its time: %v", err)
	}
	// Later queries are not touched by it.
	if rows, err := read(t.Context(), `SELECT 1`); rows != 1 || err != nil {
		t.Errorf("%d rows, %v", rows, err)
	}
	func() {
		defer func() {
			if r := recover(); r == nil {
				t.Error("a column was read as another type")
			}
		}()
		_ = s.whole(t.Context(), func(r *stream) error {
			return r.run(`SELECT 1::INTEGER`, nil, func(c chunk) error {
				c.int64s(0)
				return nil
			})
		})
	}()
	if rows, err := read(t.Context(), `SELECT 1`); rows != 1 || err != nil {
		t.Errorf("after a panic: %d rows, %v", rows, err)
	}
}
