package graph

import (
	"bytes"
	"fmt"
	"math"
	"strconv"

	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/schema"
)

// parquetGroup reads one row group, for one worker.
type parquetGroup struct {
	layout   *layout
	from, to *idSide
	fault    *parquetFault
	levels   [parquetBatch]int16
	digits   [20]byte
}

func (p *parquetGroup) read(g *file.RowGroupReader) (c arcColumns) {
	n := int(g.NumRows())
	codes := make([]uint32, 2*n)
	c.from, c.to = codes[:n:n], codes[n:]
	if p.column(g, p.layout.from, n, &parquetIDs{p, p.from, c.from}); p.fault != nil {
		return c
	}
	if p.column(g, p.layout.to, n, &parquetIDs{p, p.to, c.to}); p.fault != nil {
		return c
	}
	if p.layout.weight >= 0 {
		c.w = make([]float32, n)
		p.column(g, p.layout.weight, n, &parquetWeights{p, c.w, 1})
	}
	return c
}

// parquetSink takes decoded values from a row on and returns a reason when it
// refuses one, with its place among them.
type parquetSink interface {
	whole(row int, values []int64, unsigned bool) (int, string)
	text(row int, values []parquet.ByteArray) (int, string)
	real(row int, values []float64) (int, string)
	begin(c *schema.Column)
}

// column reads one column of n rows into a sink.
func (p *parquetGroup) column(g *file.RowGroupReader, column, n int, sink parquetSink) {
	chunk, err := g.Column(column)
	if err != nil {
		p.fault = &parquetFault{column: -1, reason: err.Error()}
		return
	}
	d := chunk.Descriptor()
	sink.begin(d)
	var read func(levels []int16, row int) (rows int64, values, at int, reason string, err error)
	switch r := chunk.(type) {
	case *file.Int64ColumnChunkReader:
		var values [parquetBatch]int64
		unsigned := d.ConvertedType() == schema.ConvertedTypes.Uint64
		read = func(levels []int16, row int) (rows int64, n, at int, reason string, err error) {
			if rows, n, err = r.ReadBatchInPage(int64(len(levels)), values[:], levels, nil); err == nil {
				at, reason = sink.whole(row, values[:n], unsigned)
			}
			return
		}
	case *file.Int32ColumnChunkReader:
		var short [parquetBatch]int32
		var values [parquetBatch]int64
		unsigned := d.ConvertedType() >= schema.ConvertedTypes.Uint8 && d.ConvertedType() <= schema.ConvertedTypes.Uint32
		read = func(levels []int16, row int) (rows int64, n, at int, reason string, err error) {
			if rows, n, err = r.ReadBatchInPage(int64(len(levels)), short[:], levels, nil); err == nil {
				for i, v := range short[:n] {
					if values[i] = int64(v); unsigned {
						values[i] = int64(uint32(v))
					}
				}
				at, reason = sink.whole(row, values[:n], false)
			}
			return
		}
	case *file.ByteArrayColumnChunkReader:
		var values [parquetBatch]parquet.ByteArray
		read = func(levels []int16, row int) (rows int64, n, at int, reason string, err error) {
			if rows, n, err = r.ReadBatchInPage(int64(len(levels)), values[:], levels, nil); err == nil {
				at, reason = sink.text(row, values[:n])
			}
			return
		}
	case *file.Float64ColumnChunkReader:
		var values [parquetBatch]float64
		read = func(levels []int16, row int) (rows int64, n, at int, reason string, err error) {
			if rows, n, err = r.ReadBatchInPage(int64(len(levels)), values[:], levels, nil); err == nil {
				at, reason = sink.real(row, values[:n])
			}
			return
		}
	case *file.Float32ColumnChunkReader:
		var short [parquetBatch]float32
		var values [parquetBatch]float64
		read = func(levels []int16, row int) (rows int64, n, at int, reason string, err error) {
			if rows, n, err = r.ReadBatchInPage(int64(len(levels)), short[:], levels, nil); err == nil {
				for i, v := range short[:n] {
					values[i] = float64(v)
				}
				at, reason = sink.real(row, values[:n])
			}
			return
		}
	}
	for row := 0; row < n; {
		levels := p.levels[:min(parquetBatch, n-row)]
		rows, values, at, reason, err := read(levels, row)
		switch {
		case err != nil:
			p.fault = &parquetFault{column: -1, reason: err.Error()}
		case rows == 0:
			p.fault = &parquetFault{column: -1, reason: "a column ends before its rows do"}
		case reason != "" && int64(values) == rows:
			p.fault = &parquetFault{row: int64(row + at), column: column, reason: reason}
		case int64(values) < rows: // whichever comes first, a null or a refused value
			null := 0
			for null < len(levels) && levels[null] == d.MaxDefinitionLevel() {
				null++
			}
			if reason == "" || null <= at {
				at, reason = null, "has no value"
			}
			p.fault = &parquetFault{row: int64(row + at), column: column, reason: reason}
		}
		if p.fault != nil {
			return
		}
		row += int(rows)
	}
}

// parquetIDs turns values into codes.
type parquetIDs struct {
	group *parquetGroup
	side  *idSide
	codes []uint32
}

func (s *parquetIDs) begin(*schema.Column) {}

func (s *parquetIDs) whole(row int, values []int64, unsigned bool) (int, string) {
	for i, v := range values {
		switch {
		case v >= 0 && v < smallNumbers:
			s.side.see(uint32(v))
			s.codes[row+i] = uint32(v)
		case unsigned:
			s.codes[row+i] = textCode | s.side.dict.Add(strconv.AppendUint(s.group.digits[:0], uint64(v), 10))
		default:
			s.codes[row+i] = textCode | s.side.dict.Add(strconv.AppendInt(s.group.digits[:0], v, 10))
		}
	}
	return 0, ""
}

func (s *parquetIDs) text(row int, values []parquet.ByteArray) (int, string) {
	for i, id := range values {
		id := bytes.Trim(id, " ")
		if len(id) == 0 {
			return i, "has an empty text; a tie needs an id at both ends"
		}
		if v, ok := smallNumber(id); ok {
			s.side.see(v)
			s.codes[row+i] = v
			continue
		}
		s.side.ids.Add(id)
		s.side.places = append(s.side.places, uint32(row+i))
		if s.side.ids.Len() == batch {
			s.side.flush(s.codes)
		}
	}
	// The last ones do not fill a batch.
	s.side.flush(s.codes)
	return 0, ""
}

func (s *parquetIDs) real(int, []float64) (int, string) { return 0, "is not an id" }

// parquetWeights turns values into weights.
type parquetWeights struct {
	group *parquetGroup
	w     []float32
	// unit is what a whole number counts: 0.01 where a decimal has two places.
	unit float64
}

func (s *parquetWeights) begin(c *schema.Column) {
	if d, ok := c.LogicalType().(schema.DecimalLogicalType); ok {
		s.unit = math.Pow10(int(d.Scale()))
	}
}

func (s *parquetWeights) whole(row int, values []int64, unsigned bool) (int, string) {
	for i, v := range values {
		w := float64(v)
		if unsigned {
			w = float64(uint64(v))
		}
		if w < 0 {
			return i, fmt.Sprintf("has %d; a weight must be a number that is not negative", v)
		}
		s.w[row+i] = float32(w / s.unit)
	}
	return 0, ""
}

func (s *parquetWeights) real(row int, values []float64) (int, string) {
	for i, w := range values {
		switch {
		case !(w >= 0):
			return i, fmt.Sprintf("has %v; a weight must be a number that is not negative", w)
		case w > math.MaxFloat32:
			return i, fmt.Sprintf("has %v; a weight must not exceed 3.4e38", w)
		}
		s.w[row+i] = float32(w)
	}
	return 0, ""
}

func (s *parquetWeights) text(int, []parquet.ByteArray) (int, string) { return 0, "is not a number" }
