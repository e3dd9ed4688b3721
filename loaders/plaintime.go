package loaders

import "time"

// The times that are accepted, in microseconds since 1970; see problems.sql.
var (
	firstTime  = time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
	endOfTimes = time.Date(2201, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
)

// isoOf reads 2011-12-01, 2011-12-01 08:26, 2011-12-01 08:26:00 and such with a
// fraction, a T between and a Z behind, as microseconds since 1970 in UTC.
func isoOf(b []byte) (int64, bool) {
	if len(b) < 10 || b[4] != '-' || b[7] != '-' {
		return 0, false
	}
	year, okYear := number64(b[:4], 4)
	month, okMonth := number64(b[5:7], 2)
	day, okDay := number64(b[8:10], 2)
	if !okYear || !okMonth || !okDay {
		return 0, false
	}
	date := time.Date(int(year), time.Month(month), int(day), 0, 0, 0, 0, time.UTC)
	if date.Month() != time.Month(month) || date.Day() != int(day) { // 30 February
		return 0, false
	}
	micros := date.UnixMicro()
	if len(b) == 10 {
		return micros, true
	}
	b = b[10:]
	if b[0] != ' ' && b[0] != 'T' || len(b) < 6 || b[3] != ':' {
		return 0, false
	}
	hour, okHour := number64(b[1:3], 2)
	minute, okMinute := number64(b[4:6], 2)
	if !okHour || !okMinute || hour > 23 || minute > 59 {
		return 0, false
	}
	micros += (hour*60 + minute) * 60_000_000
	if len(b) == 6 {
		return micros, true
	}
	second, ok := int64(0), len(b) >= 9 && b[6] == ':'
	if ok {
		second, ok = number64(b[7:9], 2)
	}
	if !ok || second > 59 {
		return 0, false
	}
	micros += second * 1_000_000
	b = b[9:]
	if len(b) > 1 && b[0] == '.' {
		unit := int64(100_000)
		for b = b[1:]; len(b) > 0 && b[0] != 'Z'; b = b[1:] {
			d := b[0] - '0'
			if d > 9 || unit == 0 {
				return 0, false
			}
			micros += int64(d) * unit
			unit /= 10
		}
		if unit == 100_000 {
			return 0, false
		}
	}
	return micros, len(b) == 0 || len(b) == 1 && b[0] == 'Z'
}
