package loaders

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Programs keep whole numbers as floating ones where some are missing (pandas), or where
// they are too long for others (DuckDB with HUGEINT). In a column of Parquet that is of
// such a type an id 1 reads as 1.0, which is nobody in any other file, so it is taken as
// 1. That holds as far as the type tells every whole number from the next; ids beyond
// stay as they print.

// wholeFloats is the last whole number up to which a floating type of DuckDB has them all.
var wholeFloats = map[string]float64{"FLOAT": 1 << 24, "DOUBLE": 1 << 53}

// identifies says whether a field is an id, for which other files must have an equal
// text. The numbers of orders are, too.
func (f Field) identifies() bool { return f.sort == idField || f.Name == "basket" }

// floatIDs is the last whole number that is written without .0 in a column that a field
// is read from; 0 where none is.
func (p *plan) floatIDs(field string, column int) float64 {
	f, ok := p.kind.field(field)
	if !ok || !f.identifies() || column >= len(p.src.types) {
		return 0
	}
	return wholeFloats[p.src.types[column]]
}

// wholeID is what a text of the sample is as an id.
func wholeID(text string, last float64) string {
	whole, ok := strings.CutSuffix(text, ".0")
	if x, err := strconv.ParseFloat(whole, 64); !ok || err != nil || math.Abs(x) > last {
		return text
	}
	return whole
}

// id is the text of a column for a field.
func (s stage) id(field string, column int) string {
	text, last := s.column(column), s.p.floatIDs(field, column)
	if last == 0 {
		return text
	}
	x := s.p.src.exprs[column]
	return fmt.Sprintf("CASE WHEN abs(%[1]s) <= %.0[2]f AND %[1]s = trunc(%[1]s) THEN CAST(CAST(%[1]s AS BIGINT) AS VARCHAR) ELSE %[3]s END", x, last, text)
}
