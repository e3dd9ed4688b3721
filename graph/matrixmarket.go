package graph

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// matrix is what the head of a MatrixMarket file says: R. F. Boisvert, R. Pozo,
// K. A. Remington, The Matrix Market exchange formats (NISTIR 5935, 1996).
type matrix struct {
	rows, cols, entries int64
	// symmetric says that each entry below the diagonal stands for two.
	symmetric bool
}

var matrixBanner = []byte("%%MatrixMarket")

func isMatrixMarket(text []byte) bool {
	return len(text) >= len(matrixBanner) && bytes.EqualFold(text[:len(matrixBanner)], matrixBanner)
}

const matrixKinds = "kith reads MatrixMarket files of the form matrix coordinate, real, integer or pattern, general or symmetric"

// inspectMatrix reads the head of a MatrixMarket file: the banner, comments and
// the line of sizes. Below them it is an edge list with numbers for ids.
func inspectMatrix(name string, text []byte, opt EdgeOptions) (*layout, *matrix, error) {
	l := &layout{delimiter: ' ', second: '\t', width: 3, from: 0, to: 1, weight: 2}
	m := &matrix{}
	fault := func(format string, args ...any) (*layout, *matrix, error) {
		return nil, nil, &DataError{File: name, Line: int64(max(l.firstLine, 1)), Reason: fmt.Sprintf(format, args...)}
	}
	if opt.From != "" || opt.To != "" || opt.Weight != "" {
		return fault("is a MatrixMarket file, whose columns are fixed; leave the names of columns out")
	}
	for {
		line, _, found := bytes.Cut(text[l.skip:], []byte("\n"))
		if !found {
			return fault("has no line of sizes, rows columns entries, below its comments")
		}
		l.skip += len(line) + 1
		l.firstLine++
		fields := strings.Fields(string(line))
		if l.firstLine == 1 {
			if len(fields) != 5 || !strings.EqualFold(fields[1], "matrix") {
				return fault("has a banner of %d words; %s", len(fields), matrixKinds)
			}
			if !strings.EqualFold(fields[2], "coordinate") {
				return fault("is in the form %q; %s", fields[2], matrixKinds)
			}
			switch kind := strings.ToLower(fields[3]); kind {
			case "real", "integer", "double":
			case "pattern":
				l.width, l.weight = 2, -1
			default:
				return fault("has %q entries; %s", kind, matrixKinds)
			}
			switch shape := strings.ToLower(fields[4]); shape {
			case "general":
			case "symmetric":
				m.symmetric = true
			default:
				return fault("is %q; %s", shape, matrixKinds)
			}
			continue
		}
		if len(fields) == 0 || strings.HasPrefix(fields[0], "%") {
			continue
		}
		if len(fields) != 3 {
			return fault("has %d numbers where the sizes should be: rows columns entries", len(fields))
		}
		for i, x := range []*int64{&m.rows, &m.cols, &m.entries} {
			n, err := strconv.ParseInt(fields[i], 10, 64)
			if err != nil || n < 0 {
				return fault("has the size %q; a size is a whole number that is not negative", fields[i])
			}
			*x = n
		}
		break
	}
	if opt.Unweighted {
		l.weight = -1
	}
	switch {
	case max(m.rows, m.cols) >= smallNumbers:
		return fault("has %d rows and %d columns; the most that kith numbers are %d", m.rows, m.cols, smallNumbers-1)
	case opt.TwoSides && m.symmetric:
		return fault("is a symmetric matrix, whose rows and columns are the same vertices, and here they should be of two kinds, such as customers and products")
	case !opt.TwoSides && m.rows != m.cols:
		return fault("is a matrix of %d rows and %d columns, which are two kinds of vertices; such a file can be projected, but it is no graph of one kind", m.rows, m.cols)
	}
	return l, m, nil
}

// see makes known all vertices, also those without an entry.
func (m *matrix) see(from, to *idSide) {
	for v := uint32(1); int64(v) <= m.rows; v++ {
		from.see(v)
	}
	for v := uint32(1); from != to && int64(v) <= m.cols; v++ {
		to.see(v)
	}
}

// check looks for the first entry of a block that lies outside the matrix.
func (m *matrix) check(b block, l *layout, c arcColumns) *fault {
	for i, u := range c.from {
		v := c.to[i]
		inside := u >= 1 && int64(u) <= m.rows && v >= 1 && int64(v) <= m.cols
		if inside && (!m.symmetric || u >= v) {
			continue
		}
		f := &fault{column: -1, reason: fmt.Sprintf("names an entry outside the %d rows and %d columns of the matrix, which are numbered from 1", m.rows, m.cols)}
		if inside {
			f.reason = fmt.Sprintf("has an entry above the diagonal, row %d column %d; a symmetric matrix is written below it only", u, v)
		}
		text := b.text
		if b.number == 0 {
			text = text[l.skip:]
		}
		for row := -1; row < i; f.line++ {
			line, rest, _ := bytes.Cut(text, []byte("\n"))
			if len(bytes.TrimSpace(line)) > 0 {
				row++
			}
			text = rest
		}
		return f
	}
	return nil
}
