//go:build !unix

package graph

import (
	"io"
	"os"
)

// mapFile reads a whole file into memory that is aligned as a map would be.
func mapFile(f *os.File, size int) ([]byte, func() error, error) {
	data := bytesIn(make([]uint64, (size+7)/8))[:size]
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, nil, err
	}
	return data, func() error { return nil }, nil
}
