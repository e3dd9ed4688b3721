package neo4jstore

import "time"

// zoneUTC is UTC under the name by which the driver sends an offset instead of
// a zone that the server would have to look up for each value.
var zoneUTC = time.FixedZone("Offset", 0)

// timeOrNil is a time as the database keeps it, to the microsecond, and nil for
// the zero time.
func timeOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Truncate(time.Microsecond).In(zoneUTC)
}

// timeOf is the other way; what is no time is the zero time.
func timeOf(v any) time.Time {
	t, ok := v.(time.Time)
	if !ok || t.IsZero() {
		return time.Time{}
	}
	return t.Truncate(time.Microsecond).UTC()
}
