package graph

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// isMETIS tells by a file's name that it is of METIS: it ends in .graph or
// .metis, packed or not. The format has no mark of its own.
func isMETIS(name string) bool {
	name = strings.ToLower(filepath.Base(name))
	name = strings.TrimSuffix(strings.TrimSuffix(name, ".gz"), ".zst")
	ending := filepath.Ext(name)
	return ending == ".graph" || ending == ".metis"
}

const metisForm = "a METIS file has a first line of vertices, edges and format, and then a line of neighbours for each vertex (a file of another form must not end in .graph or .metis)"

// metisReader reads the graph files of METIS: G. Karypis, METIS 5.1.0 manual,
// section 4.1.1 (2013). It goes line by line, as a line's number is its vertex.
type metisReader struct {
	name string
	line int64 // in the file

	vertices, edges int64
	// skip is how many numbers stand before the neighbours of a line: its
	// size and its weights. Neighbours have a weight behind them if weighted.
	skip     int
	weighted bool

	vertex int64 // the one whose line was read last
	lines  []int64
	arcs   arcColumns
}

// readMETIS reads all of a text whose first block is given.
func readMETIS(ctx context.Context, text *textSource, first block, opt EdgeOptions) (*Edges, error) {
	r := &metisReader{name: text.name, vertices: -1}
	if opt.From != "" || opt.To != "" || opt.Weight != "" {
		return nil, r.fault("is a METIS file, which has no columns; leave the names of columns out")
	}
	if opt.TwoSides {
		return nil, r.fault("is a METIS file, whose vertices are all of one kind, and here they should be of two, such as customers and products")
	}
	for b := first; b.text != nil; {
		for rest := b.text; len(rest) > 0; {
			var line []byte
			line, rest, _ = bytes.Cut(rest, []byte("\n"))
			r.line++
			if err := r.take(line); err != nil {
				return nil, err
			}
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var err error
		if b, err = text.next(b.buffer); err != nil {
			return nil, err
		}
	}
	if r.vertices < 0 {
		return nil, r.fault("has no first line; " + metisForm)
	}
	if r.vertex < r.vertices {
		return nil, r.fault(fmt.Sprintf("ends after the lines of %d of its %d vertices; copy it again", r.vertex, r.vertices))
	}
	if n := int64(len(r.arcs.from)); n != 2*r.edges {
		return nil, r.fault(fmt.Sprintf("names %d neighbours, and its first line says %d edges, which would be %d", n, r.edges, 2*r.edges))
	}
	return r.finish(ctx, text.bytes, opt)
}

func (r *metisReader) fault(reason string) error {
	return &DataError{File: r.name, Line: r.line, Reason: reason}
}

// take reads one line.
func (r *metisReader) take(line []byte) error {
	line = bytes.TrimSpace(line)
	if len(line) > 0 && line[0] == '%' {
		return nil
	}
	if r.vertices < 0 {
		if len(line) == 0 {
			return nil
		}
		return r.head(strings.Fields(string(line)))
	}
	if r.vertex == r.vertices {
		if len(line) > 0 {
			return r.fault(fmt.Sprintf("is one line more than the %d vertices of the first line", r.vertices))
		}
		return nil
	}
	r.vertex++
	r.lines = append(r.lines, r.line)
	place := 0
	for len(line) > 0 {
		end := bytes.IndexAny(line, " \t")
		if end < 0 {
			end = len(line)
		}
		if err := r.number(line[:end], place); err != nil {
			return err
		}
		place++
		line = bytes.TrimLeft(line[end:], " \t")
	}
	if place < r.skip {
		return r.fault(fmt.Sprintf("has %d numbers; the format of the first line wants %d before the neighbours", place, r.skip))
	}
	if r.weighted && (place-r.skip)%2 != 0 {
		return r.fault("ends with a neighbour that has no weight, which the format of the first line wants")
	}
	return nil
}

// number takes what stands at a place of a vertex's line.
func (r *metisReader) number(text []byte, place int) error {
	v, err := strconv.ParseUint(string(text), 10, 32)
	if err != nil {
		return r.fault(fmt.Sprintf("has %q, which is not a whole number; %s", text[:min(len(text), 40)], metisForm))
	}
	if place < r.skip {
		return nil
	}
	if r.weighted && (place-r.skip)%2 == 1 {
		if v == 0 {
			return r.fault("has an edge of weight 0; METIS wants weights above 0")
		}
		r.arcs.w = append(r.arcs.w, float32(v))
		return nil
	}
	if v < 1 || int64(v) > r.vertices {
		return r.fault(fmt.Sprintf("names the neighbour %d; vertices are numbered from 1 to %d", v, r.vertices))
	}
	if int64(v) == r.vertex {
		return r.fault(fmt.Sprintf("names vertex %d as its own neighbour, which METIS does not allow", v))
	}
	r.arcs.from = append(r.arcs.from, uint32(r.vertex))
	r.arcs.to = append(r.arcs.to, uint32(v))
	return nil
}

// head reads the first line: vertices, edges, format, weights of a vertex.
func (r *metisReader) head(fields []string) error {
	var n [4]int64
	if len(fields) < 2 || len(fields) > 4 {
		return r.fault(fmt.Sprintf("has %d numbers; %s", len(fields), metisForm))
	}
	for i, f := range fields {
		x, err := strconv.ParseInt(f, 10, 64)
		if err != nil || x < 0 {
			return r.fault(fmt.Sprintf("has %q; %s", f, metisForm))
		}
		n[i] = x
	}
	format := ""
	if len(fields) > 2 {
		format = fields[2]
	}
	if len(format) > 3 || strings.Trim(format, "01") != "" {
		return r.fault(fmt.Sprintf("has the format %q; it is up to three digits of 0 and 1, for sizes, weights of vertices and weights of edges", format))
	}
	if n[0] >= smallNumbers {
		return r.fault(fmt.Sprintf("has %d vertices; the most that kith numbers are %d", n[0], smallNumbers-1))
	}
	format = strings.Repeat("0", 3-len(format)) + format
	if format[0] == '1' {
		r.skip++
	}
	if format[1] == '1' {
		r.skip++
		if len(fields) == 4 {
			r.skip += int(min(n[3], 1<<20)) - 1
		}
	}
	r.vertices, r.edges, r.weighted = n[0], n[1], format[2] == '1'
	return nil
}

// finish numbers the vertices and keeps each edge once, having seen that both
// its ends name it with the same weight.
func (r *metisReader) finish(ctx context.Context, length int64, opt EdgeOptions) (*Edges, error) {
	if opt.Unweighted {
		r.arcs.w = nil
	}
	both, built, err := build(ctx, BuildOptions{Rows: uint32(r.vertices) + 1, Threads: opt.Threads}, []arcColumns{r.arcs})
	if err != nil {
		return nil, err
	}
	if built.Merged > 0 {
		namedBy := make([]uint32, r.vertices+1)
		for i, v := range r.arcs.to {
			u := r.arcs.from[i]
			if namedBy[v] == u {
				r.line = r.lines[u-1]
				return nil, r.fault(fmt.Sprintf("names the neighbour %d twice", v))
			}
			namedBy[v] = u
		}
	}
	e := &Edges{Bytes: length, Undirected: true, From: "1", To: "2"}
	side := newIDSide()
	for v := uint32(1); int64(v) <= r.vertices; v++ {
		side.see(v)
	}
	numbers := numberIDs([]*idSide{side}, 1)
	e.Names, e.Columns = numbers.names, numbers.names
	once := arcColumns{from: r.arcs.from[:0], to: r.arcs.to[:0]}
	for u := uint32(1); int64(u) <= r.vertices; u++ {
		w := both.WeightsOf(u)
		for i, v := range both.Neighbours(u) {
			k, ok := both.find(v, u)
			if !ok || w != nil && both.Weights[k] != w[i] {
				r.line = r.lines[u-1]
				return nil, r.fault(fmt.Sprintf("names the neighbour %d, whose line %d does not name vertex %d with the same weight; METIS wants every edge at both its ends", v, r.lines[v-1], u))
			}
			if u < v {
				once.from, once.to = append(once.from, u), append(once.to, v)
				if w != nil {
					once.w = append(once.w, w[i])
				}
			}
		}
	}
	numbers.resolve(0, once.from)
	numbers.resolve(0, once.to)
	e.list, e.Rows = []arcColumns{once}, int64(len(once.from))
	if once.w != nil {
		e.Weight = "weight"
	}
	return e, nil
}
