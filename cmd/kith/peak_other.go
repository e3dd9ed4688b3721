//go:build !linux

package main

import "runtime"

// peakBytes is the memory that this process has asked of its system, in bytes.
func peakBytes() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}
