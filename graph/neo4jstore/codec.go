package neo4jstore

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// change is one row of a query that changes the graph: which step makes it, and
// what it takes.
type change struct {
	step step
	row  []any
}

// The tags before each value of an encoded change.
const (
	tagNil = iota
	tagFalse
	tagTrue
	tagInt
	tagFloat
	tagText
	tagTime
	tagList
	tagMap
)

// encode appends a change to b: its step, and its row as tagged values. Values
// are what a query parameter can be: nil, bool, int64, float64, string, time.Time,
// []any and map[string]any.
func encode(b []byte, c change) []byte {
	b = append(b, byte(c.step))
	return encodeValue(b, c.row)
}

func encodeValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, tagNil)
	case bool:
		if v {
			return append(b, tagTrue)
		}
		return append(b, tagFalse)
	case int64:
		return binary.AppendVarint(append(b, tagInt), v)
	case float64:
		return binary.LittleEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v))
	case string:
		return encodeText(append(b, tagText), v)
	case time.Time:
		return binary.AppendVarint(append(b, tagTime), v.UnixMicro())
	case []any:
		b = binary.AppendUvarint(append(b, tagList), uint64(len(v)))
		for _, x := range v {
			b = encodeValue(b, x)
		}
		return b
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		b = binary.AppendUvarint(append(b, tagMap), uint64(len(v)))
		for _, k := range keys {
			b = encodeValue(encodeText(b, k), v[k])
		}
		return b
	}
	panic(fmt.Sprintf("neo4jstore: a change holds a %T", v))
}

func encodeText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// errDamaged says that a payload is not what this package wrote.
var errDamaged = errors.New("a KithChange node is damaged: delete all of them and run the analysis anew")

// decoder reads what encode wrote.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) next() (change, bool) {
	if len(d.b) == 0 || d.bad {
		return change{}, false
	}
	c := change{step: step(d.byte())}
	row, ok := d.value().([]any)
	d.bad = d.bad || !ok || c.step >= stepCount
	c.row = row
	return c, !d.bad
}

func (d *decoder) value() any {
	switch d.byte() {
	case tagNil:
		return nil
	case tagFalse:
		return false
	case tagTrue:
		return true
	case tagInt:
		return d.int()
	case tagFloat:
		if b := d.take(8); b != nil {
			return math.Float64frombits(binary.LittleEndian.Uint64(b))
		}
	case tagText:
		return d.text()
	case tagTime:
		return time.UnixMicro(d.int()).In(zoneUTC)
	case tagList:
		n := d.length()
		list := make([]any, 0, n)
		for range n {
			list = append(list, d.value())
		}
		return list
	case tagMap:
		n := d.length()
		m := make(map[string]any, n)
		for range n {
			k := d.text()
			m[k] = d.value()
		}
		return m
	default:
		d.bad = true
	}
	return nil
}

func (d *decoder) text() string { return string(d.take(d.length())) }

func (d *decoder) byte() byte {
	if b := d.take(1); b != nil {
		return b[0]
	}
	return 0xff
}

func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.bad = true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) int() int64 {
	x, n := binary.Varint(d.b)
	if n <= 0 {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return x
}

// length reads the length of something that takes a byte an item at least.
func (d *decoder) length() int {
	x, n := binary.Uvarint(d.b)
	if n <= 0 || x > uint64(len(d.b)-n) {
		d.bad = true
		return 0
	}
	d.b = d.b[n:]
	return int(x)
}

// pack compresses encoded changes for the database, unpack is the other way.
func pack(b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestSpeed)
	if err == nil {
		_, err = w.Write(b)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // neither a buffer nor a known level fails
	}
	return out.Bytes()
}

func unpack(b []byte) ([]change, error) {
	raw, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		return nil, errDamaged
	}
	return decode(raw)
}

// decode is the other way of encode, for any number of changes.
func decode(raw []byte) ([]change, error) {
	d := &decoder{b: raw}
	var list []change
	for c, ok := d.next(); ok; c, ok = d.next() {
		list = append(list, c)
	}
	if d.bad {
		return nil, errDamaged
	}
	return list, nil
}
