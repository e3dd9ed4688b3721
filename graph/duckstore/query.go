package duckstore

import (
	"database/sql/driver"
	"embed"
	"math"
	"time"

	"kith/graph"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// query is the text of queries/name.sql.
func query(name string) string {
	text, err := queryFiles.ReadFile("queries/" + name + ".sql")
	if err != nil {
		panic(err) // the name is a constant of this package
	}
	return string(text)
}

// The earliest and the latest time that DuckDB can make, in microseconds.
const (
	earliest = -9223372022400000000
	latest   = math.MaxInt64 - 1
)

// bounds are those of a window in microseconds, the unit of DuckDB's times.
func bounds(w graph.Window) (from, to int64) {
	from, to = earliest, latest
	if !w.From.IsZero() {
		from = ceilMicro(w.From)
	}
	if !w.To.IsZero() {
		to = ceilMicro(w.To)
	}
	return from, to
}

// ceilMicro rounds up to the next microsecond: events have no finer times, so
// that this leaves [from, to) as it is.
func ceilMicro(t time.Time) int64 {
	us := t.UnixMicro()
	if t.Nanosecond()%1000 != 0 {
		us++
	}
	return us
}

// orNull is a time for DuckDB; the zero time is NULL.
func orNull(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}
