package graph

import (
	"errors"
	"fmt"
	"strings"
)

// Errors of opening a store.
var (
	// ErrLocked says that another process has the data folder open.
	ErrLocked = errors.New("the data folder is in use by another kith process")
	// ErrNewer says that the store was written by a newer version of kith.
	ErrNewer = errors.New("the data was written by a newer version of kith")
	// ErrNoStore says that there is no store at the given place.
	ErrNoStore = errors.New("there is no kith data here")
)

// Errors of reading a store.
var (
	// ErrNoRun says that no analysis run has been published yet.
	ErrNoRun = errors.New("no analysis run has been published yet")
)

// DataError is a fault in somebody's data, placed as exactly as it is known.
type DataError struct {
	File   string
	Line   int64  // 1 is the first line; 0 when the fault has no line
	Column string // name of the column, or its position; empty when none
	Reason string // what is wrong and what to do, in one clause
}

// Error reads "file line N, column C: reason".
func (e *DataError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, " line %d", e.Line)
	}
	if e.Column != "" {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "column %s", e.Column)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Reason)
	return b.String()
}
