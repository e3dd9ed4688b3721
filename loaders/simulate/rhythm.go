package simulate

import "math"

// Activity by hour of the day, relative, on working days and at the weekend, and
// by day of the week from Sunday on, for each kind of community.
var (
	byHour = [kinds][2][24]float64{
		mixed: {
			{1, .6, .4, .3, .3, .6, 2, 4, 5, 5, 5, 6, 7, 6, 5, 5, 6, 8, 10, 10, 9, 6, 3, 2},
			{2, 1, .7, .5, .4, .4, 1, 2, 3, 5, 7, 8, 8, 7, 6, 6, 6, 7, 8, 8, 8, 6, 4, 3},
		},
		business: {
			{.3, .2, .1, .1, .2, .6, 2, 6, 10, 12, 12, 11, 8, 10, 11, 11, 10, 8, 5, 3, 2, 1.5, 1, .5},
			{1, .5, .3, .2, .2, .3, 1, 2, 3, 5, 6, 6, 6, 5, 5, 5, 5, 6, 6, 6, 5, 4, 3, 2},
		},
		young: {
			{4, 2, 1, .6, .4, .4, 1, 3, 3, 3, 4, 4, 6, 5, 5, 6, 7, 8, 9, 10, 11, 11, 9, 7},
			{7, 5, 3, 2, 1, .5, .5, 1, 1.5, 2, 4, 5, 6, 7, 7, 7, 7, 8, 8, 9, 10, 10, 10, 9},
		},
	}
	byWeekday = [kinds][7]float64{
		mixed:    {.95, .98, .97, .98, 1.02, 1.12, 1.05},
		business: {.35, 1.2, 1.22, 1.2, 1.18, 1.1, .45},
		young:    {1.05, .88, .9, .92, .98, 1.15, 1.2},
	}
)

// rhythm is one kind's activity in one slice [from, to) of a day, in seconds.
type rhythm struct {
	from, to int
	// weight is the share of a usual day's activity that falls in the slice.
	weight float64
	// upTo[h] is the share of the day's activity before hour h; low and high
	// that before from and to.
	upTo      [25]float64
	low, high float64
	// start[i] is the hour in which the share reaches i/64.
	start [65]uint8
}

// rhythmOf prepares the drawing of times; weekday is 0 on Sunday.
func rhythmOf(k kind, weekday, from, to int) rhythm {
	r := rhythm{from: from, to: to}
	free := 0
	if weekday == 0 || weekday == 6 {
		free = 1
	}
	var sum, week float64
	for h, x := range byHour[k][free] {
		sum += x
		r.upTo[h+1] = sum
	}
	for _, x := range byWeekday[k] {
		week += x
	}
	for h := range r.upTo {
		r.upTo[h] /= sum
	}
	h := 0
	for i := range r.start {
		for h < 23 && r.upTo[h+1] <= float64(i)/64 {
			h++
		}
		r.start[i] = uint8(h)
	}
	r.low, r.high = r.before(from), r.before(to)
	r.weight = byWeekday[k][weekday] * 7 / week * (r.high - r.low)
	return r
}

// before is the share of the day's activity before a second of the day.
func (r *rhythm) before(second int) float64 {
	if second >= 86400 {
		return 1
	}
	h := second / 3600
	return r.upTo[h] + (r.upTo[h+1]-r.upTo[h])*float64(second%3600)/3600
}

// second draws a second of the slice.
func (r *rhythm) second(share float64) int {
	x := r.low + share*(r.high-r.low)
	h := int(r.start[int(x*64)])
	for h < 23 && r.upTo[h+1] <= x {
		h++
	}
	t := h*3600 + int(3600*(x-r.upTo[h])/(r.upTo[h+1]-r.upTo[h]))
	return min(max(t, r.from), r.to-1)
}

// durations are the quantiles of how long calls last, in seconds: log-normal
// with median 75 s, from 1 s to two hours.
func durations() *[4096]uint16 {
	var table [4096]uint16
	for i := range table {
		d := 75 * math.Exp(1.05*quantile((float64(i)+.5)/4096))
		table[i] = uint16(min(max(math.Round(d), 1), 7200))
	}
	return &table
}
