//go:build !darwin && !linux

package duckstore

// folderLock is empty where flock is missing: DuckDB's own lock on the database
// file has to do, and says less clearly who holds it.
type folderLock struct{}

func lockFolder(string, bool) (*folderLock, error) { return &folderLock{}, nil }

func (*folderLock) release() error { return nil }
