//go:build !linux

package main

import "runtime"

// peakBytes is the memory that this process has asked of its system, in bytes.
func peakBytes() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.Sys)
}

// residentBytes is the memory that this process has asked of its system so far.
func residentBytes() int64 { return peakBytes() }

// freeBytes is not known here.
func freeBytes() int64 { return 0 }
