package duckstore

import (
	"context"
	"database/sql"
	"fmt"
	"os"
)

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
	// DuckDB counts the blocks that the log names from the moment that it has
	// read the log, so that none of them is behind the end.
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
