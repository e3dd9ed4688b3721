package duckstore

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

// fileHeaders is what stands before the first block of a DuckDB file.
const fileHeaders = 3 * 4096

// trim cuts off what a change that failed or was killed has left behind the last
// block in use. DuckDB would write over it some day, but meanwhile it takes the
// room: after a disk has filled up not even the log could grow.
func (s *Store) trim(ctx context.Context, db *sql.DB) error {
	end, err := endOfBlocks(ctx, db)
	if err != nil {
		return err
	}
	info, err := os.Stat(s.path(fileName))
	if err != nil {
		return fmt.Errorf("open data folder %s: %w", s.dir, err)
	}
	if info.Size() <= end {
		return nil
	}
	// Only what the file's own header knows of is sure to be all: so bring it
	// up to date with the log first. Where that fails, as it may on a full
	// disk, the rest stays.
	if _, err := db.ExecContext(ctx, "CHECKPOINT"); err != nil {
		return ctx.Err()
	}
	if end, err = endOfBlocks(ctx, db); err != nil {
		return err
	}
	if info, err = os.Stat(s.path(fileName)); err != nil || info.Size() <= end {
		return err
	}
	if err := os.Truncate(s.path(fileName), end); err != nil {
		return fmt.Errorf("open data folder %s: %w", s.dir, err)
	}
	return nil
}

// endOfBlocks is the size of the file up to the last block in use.
func endOfBlocks(ctx context.Context, db *sql.DB) (int64, error) {
	var size, blocks int64
	err := db.QueryRowContext(ctx, query("blocks")).Scan(&size, &blocks)
	return fileHeaders + size*blocks, err
}
