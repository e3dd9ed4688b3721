package loaders

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Files that were put behind each other, as cat and copy do it, have the header, and
// perhaps a byte order mark, again in the middle. Neither is data: a header would be
// a customer called "id", and a mark would be a part of the id behind it.

// faultHeading rejects a header that stands again.
const faultHeading = "the header again"

// mark is a byte order mark in UTF-8.
var mark = []byte("\ufeff")

// heading is the header of a file as its rows are read.
type heading struct {
	// above is how many rows come before the data; the last of them is the header.
	above int
	raw   []byte
	names []string
	sum   int
}

// unmarked takes the byte order mark off a row within the file. DuckDB would read it
// as text. A quote behind it begins a field then, and may have no end; a blank begins none.
func (r *record) unmarked(d dialect) {
	if !bytes.HasPrefix(r.raw, mark) {
		return
	}
	r.raw, r.odd = r.raw[len(mark):], true
	if r.fault != "" || d.json != notJSON {
		return
	}
	switch p := d.parse(r.raw, true); {
	case p.more || p.n != len(r.raw):
		r.fault = faultQuote
	case p.fault != "":
		r.fault = p.fault
	default:
		r.fault = d.count(p.fields)
	}
}

// judge says of a record whether it is the header again. One whose columns are in
// another order is an error, as all behind it would be read wrong.
func (h *heading) judge(r *record, d dialect) error {
	switch {
	case h.above > 0:
		if h.above--; h.above == 0 && r.fault == "" {
			if names := d.split(r.raw); strings.TrimSpace(strings.Join(names, "")) != "" { // blank cells name nothing
				h.raw, h.names, h.sum = bytes.Clone(r.raw), names, sumOf(r.raw)
			}
		}
	case len(r.raw) != len(h.raw) || len(h.raw) == 0 || r.fault != "":
	case bytes.Equal(r.raw, h.raw):
		r.fault = faultHeading
	case sumOf(r.raw) == h.sum:
		switch names := d.split(r.raw); {
		case slices.Equal(names, h.names): // with another blank beside a quote
			r.fault = faultHeading
		case slices.Equal(slices.Sorted(slices.Values(names)), slices.Sorted(slices.Values(h.names))):
			return &headingError{r.line}
		}
	}
	return nil
}

// sumOf is the same for two rows with the same fields, in whatever order.
func sumOf(raw []byte) int {
	sum := 0
	for _, c := range raw {
		if c != ' ' && c != '\t' && c != '"' {
			sum += int(c)
		}
	}
	return sum
}

// headingError says that the columns change places within the file.
type headingError struct{ line int64 }

func (e *headingError) Error() string {
	return fmt.Sprintf("line %d has the header again, with the columns in another order", e.line)
}
