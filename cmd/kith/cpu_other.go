//go:build !unix

package main

// cpuSeconds is 0, as this system does not tell a process's own processor time.
func cpuSeconds() float64 { return 0 }
