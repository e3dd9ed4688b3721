package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// peakBytes is the most memory that this process has had resident, in bytes, as
// the kernel counted it.
func peakBytes() int64 { return fieldBytes("/proc/self/status", "VmHWM:") }

// residentBytes is the memory that this process has resident now, in bytes.
func residentBytes() int64 { return fieldBytes("/proc/self/status", "VmRSS:") }

// freeBytes is the memory that this process may still take, in bytes: what the
// system has left, and its control group where it has a limit; 0 when unknown.
func freeBytes() int64 {
	free := fieldBytes("/proc/meminfo", "MemAvailable:")
	limit, used := groupBytes("memory.max"), groupBytes("memory.current")
	if limit > 0 {
		// Pages of files that nobody has used lately are given back at need.
		used -= groupStat("inactive_file ")
	}
	if limit > 0 && (free == 0 || limit-used < free) {
		return max(limit-used, 1)
	}
	return free
}

// groupBytes is a number that the control group of this process keeps, 0 when it
// has none.
func groupBytes(name string) int64 {
	n, _ := strconv.ParseInt(strings.TrimSpace(groupFile(name)), 10, 64)
	return n
}

// groupStat is a line "name number" of the group's memory.stat.
func groupStat(name string) int64 {
	for line := range strings.Lines(groupFile("memory.stat")) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			n, _ := strconv.ParseInt(strings.TrimSpace(rest), 10, 64)
			return n
		}
	}
	return 0
}

func groupFile(name string) string {
	own, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return ""
	}
	_, path, found := strings.Cut(strings.TrimSpace(string(own)), "0::")
	if !found {
		return ""
	}
	for _, dir := range []string{filepath.Join("/sys/fs/cgroup", path), "/sys/fs/cgroup"} {
		if text, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return string(text)
		}
	}
	return ""
}

// fieldBytes is a line "Name: 123 kB" of a file of the kernel, in bytes.
func fieldBytes(path, name string) int64 {
	f, err := os.Open(path)
	if err != nil {
		return 0
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), name); ok {
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
			return kb << 10
		}
	}
	return 0
}
