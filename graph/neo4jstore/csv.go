package neo4jstore

import (
	"compress/gzip"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// table is a group of files for "neo4j-admin database import": a header, and rows
// in compressed parts. Every text is quoted, a quote within it doubled; a field
// without anything in it is a property that is not there.
type table struct {
	e *export
	// flag is the option that names the table, such as --nodes=Customer.
	flag, name string
	header     []string
	parts      int
	rows       int64

	row  []byte
	file *os.File
	zip  *gzip.Writer
}

// end ends a row.
func (t *table) end() error {
	if t.zip == nil || t.rows%t.e.partRows == 0 && t.rows > 0 {
		if err := t.begin(); err != nil {
			return err
		}
	}
	t.row[len(t.row)-1] = '\n' // in the place of the last comma
	_, err := t.zip.Write(t.row)
	t.row = t.row[:0]
	t.rows++
	return err
}

// begin begins the next part.
func (t *table) begin() error {
	if err := t.close(); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(t.e.dir, t.part(t.parts)), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	t.parts++
	t.file = f
	t.zip, err = gzip.NewWriterLevel(f, gzip.BestSpeed)
	return err
}

func (t *table) part(i int) string { return fmt.Sprintf("%s-%03d.csv.gz", t.name, i) }

// close ends the part that is being written.
func (t *table) close() error {
	if t.file == nil {
		return nil
	}
	err := errors.Join(t.zip.Close(), t.file.Sync(), t.file.Close())
	t.zip, t.file = nil, nil
	return err
}

// finish ends the table and writes its header. One without rows has no files.
func (t *table) finish() error {
	if err := t.close(); err != nil || t.rows == 0 {
		return err
	}
	return t.e.write(t.name+"-header.csv", strings.Join(t.header, ",")+"\n", 0o600)
}

// files is the value of the option that names the table.
func (t *table) files() string {
	list := []string{t.name + "-header.csv"}
	for i := range t.parts {
		list = append(list, t.part(i))
	}
	return t.flag + "=" + strings.Join(list, ",")
}

func (t *table) null() { t.row = append(t.row, ',') }

func (t *table) text(s string) {
	t.row = append(t.row, '"')
	for i := range len(s) {
		switch s[i] {
		case '"':
			t.row = append(t.row, '"')
		case '\n', '\r':
			t.e.multiline = true
		}
		t.row = append(t.row, s[i])
	}
	t.row = append(t.row, '"', ',')
}

func (t *table) int(x int64) { t.row = append(strconv.AppendInt(t.row, x, 10), ',') }

func (t *table) float(x float64) { t.row = append(appendFloat(t.row, x), ',') }

// appendFloat writes the shortest text that gives the same number again, as Java
// reads it.
func appendFloat(b []byte, x float64) []byte {
	if math.IsInf(x, 0) {
		return append(b, strings.Replace(strconv.FormatFloat(x, 'g', -1, 64), "Inf", "Infinity", 1)...)
	}
	return strconv.AppendFloat(b, x, 'g', -1, 64)
}

func (t *table) bool(x bool) { t.row = append(strconv.AppendBool(t.row, x), ',') }

func (t *table) time(x time.Time) {
	x = x.UTC()
	if year := x.Year(); year > 9999 {
		t.row = append(t.row, '+') // as Java wants it
	} else if year < 0 {
		t.row = append(t.row, '-')
		x = x.AddDate(-2*year, 0, 0)
	}
	t.row = append(x.AppendFormat(t.row, "2006-01-02T15:04:05.999999Z"), ',')
}

// value writes what a query's parameter can be, and nothing for nil.
func (t *table) value(v any) {
	switch v := v.(type) {
	case nil:
		t.null()
	case string:
		t.text(v)
	case int64:
		t.int(v)
	case float64:
		t.float(v)
	case bool:
		t.bool(v)
	case time.Time:
		t.time(v)
	case []any: // texts or numbers
		texts := false
		var b []byte
		for i, x := range v {
			if i > 0 {
				b = append(b, t.e.arrays...)
			}
			switch x := x.(type) {
			case string:
				texts = true
				b = append(b, x...)
			case float64:
				b = appendFloat(b, x)
			}
		}
		if texts {
			t.text(string(b))
		} else {
			t.row = append(append(t.row, b...), ',')
		}
	default:
		panic(fmt.Sprintf("neo4jstore: a field holds a %T", v))
	}
}
