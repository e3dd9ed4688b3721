package neo4jstore

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
)

// idOf is an id as text, or what is wrong with it.
func idOf(v any) (id, fault string) {
	switch v := v.(type) {
	case nil:
		return "", "none"
	case string:
		id = v
	case int64:
		id = strconv.FormatInt(v, 10)
	default:
		return "", fmt.Sprintf("%.60s, which is neither a text nor a whole number", fmt.Sprint(v))
	}
	if id == "" {
		return "", "an empty text"
	}
	if err := (graph.Customer{ID: id}).Check(); err != nil {
		return "", fmt.Sprintf("%.60q, which cannot be kept", id)
	}
	return id, ""
}

// object is a JSON object of the properties that are there.
func object(keys [][]byte, values []any) string {
	var b bytes.Buffer
	for i, v := range values {
		text, ok := plainJSON(v)
		if !ok {
			continue
		}
		b.WriteByte("{,"[min(b.Len(), 1)])
		b.Write(keys[i])
		b.WriteByte(':')
		b.Write(text)
	}
	if b.Len() == 0 {
		return ""
	}
	b.WriteByte('}')
	return b.String()
}

// plainJSON is a value of a property in JSON: texts, numbers, truth values, times
// and lists of these. Points, durations and the like have none.
func plainJSON(v any) ([]byte, bool) {
	switch x := v.(type) {
	case nil:
		return nil, false
	case string, bool, int64:
	case float64:
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, false
		}
	case neo4j.Date:
		v = x.Time().Format(time.DateOnly)
	case neo4j.LocalDateTime:
		v = x.Time().Format("2006-01-02T15:04:05.999999")
	case time.Time:
		v = x.UTC().Format(time.RFC3339Nano)
	case []any:
		list := make([]json.RawMessage, 0, len(x))
		for _, item := range x {
			if text, ok := plainJSON(item); ok {
				list = append(list, text)
			}
		}
		v = list
	default:
		return nil, false
	}
	text, err := json.Marshal(v)
	return text, err == nil
}

// textOf is a property as a text: a list becomes its items with commas.
func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	case []any:
		list := make([]string, len(v))
		for i, item := range v {
			list[i] = textOf(item)
		}
		return strings.Join(list, ", ")
	}
	return ""
}

// momentOf is the time that a property holds, whichever way: as a time, a date,
// a text, or seconds or milliseconds since 1970.
func momentOf(v any) (time.Time, bool) {
	switch v := v.(type) {
	case time.Time:
		return v.UTC(), true
	case neo4j.Date:
		return v.Time().UTC(), true
	case neo4j.LocalDateTime:
		return inUTC(v.Time()), true
	case string:
		return parseTime(v)
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1e15 {
			return momentOf(int64(v))
		}
	case int64:
		switch {
		case v <= 0:
		case v < 1e11: // the year 5138 in seconds, 1973 in milliseconds
			return time.Unix(v, 0).UTC(), true
		case v < 1e14:
			return time.UnixMilli(v).UTC(), true
		}
	}
	return time.Time{}, false
}

// inUTC takes the clock of a time for that of UTC.
func inUTC(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func parseTime(text string) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
