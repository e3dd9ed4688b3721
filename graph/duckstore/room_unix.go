//go:build darwin || linux

package duckstore

import "syscall"

// roomOn is how many bytes of a folder's disk are free and how many it has.
func roomOn(dir string) (free, size uint64, known bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0, false
	}
	block := uint64(s.Bsize) //nolint:gosec // sizes of blocks are positive; their type differs by system
	return s.Bavail * block, s.Blocks * block, true
}
