package graph

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Period is a window of time as people write it. Each of the three may be empty.
//
// From and To bound the window, [From, To). AsOf is the time from which one looks
// back: nothing from it on is seen, and it stands for To where that is empty. A
// time is a date (2026-03-01, the beginning of that day), RFC 3339
// (2026-03-01T12:30:00+01:00), the same without a zone, or how long before AsOf:
// 90d, 12h, 2w. Where AsOf is empty, that counts from the end of the data. The
// zone is UTC where none is named.
type Period struct{ From, To, AsOf string }

// PeriodError says what is wrong with a period, and which of its times it is
// about: from, to or as_of.
type PeriodError struct{ Time, Reason string }

func (e *PeriodError) Error() string { return e.Reason }

// Window is the period as a window. end, which is asked only where a time counts
// from it, is the end of the data.
func (p Period) Window(end func() (time.Time, error)) (Window, error) {
	var w Window
	asOf, err := moment("as_of", p.AsOf, end)
	if err != nil {
		return w, err
	}
	back := end
	if !asOf.IsZero() {
		back = func() (time.Time, error) { return asOf, nil }
	}
	if w.From, err = moment("from", p.From, back); err != nil {
		return w, err
	}
	if w.To, err = moment("to", p.To, back); err != nil {
		return w, err
	}
	show := func(t time.Time) string { return t.Format(time.RFC3339) }
	if !asOf.IsZero() {
		if w.To.After(asOf) {
			return w, &PeriodError{"to", fmt.Sprintf("the window would end at %s, after the time %s as of which one looks: choose an earlier end, or leave one of the two out", show(w.To), show(asOf))}
		}
		if w.To.IsZero() {
			w.To = asOf
		}
	}
	if !w.From.IsZero() && !w.To.IsZero() && !w.From.Before(w.To) {
		return w, &PeriodError{"from", fmt.Sprintf("the window from %s to %s is empty: it must begin before it ends", show(w.From), show(w.To))}
	}
	return w, nil
}

// moment reads one time of a period; the zero time where the text is empty.
func moment(name, text string, end func() (time.Time, error)) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), nil
		}
	}
	span, err := ParseSpan(text)
	if err != nil {
		return time.Time{}, &PeriodError{name, fmt.Sprintf("%.40q is no time: write a date such as 2026-03-01, RFC 3339 such as 2026-03-01T12:30:00Z, or how long ago, such as 90d, 12h or 2w", text)}
	}
	t, err := end()
	if err != nil {
		return t, err
	}
	if t.IsZero() {
		return t, &PeriodError{name, fmt.Sprintf("%q counts back from the end of the data, and there are no events with a time: give a date", text)}
	}
	return t.Add(-span).UTC(), nil
}

// ParseSpan reads how long something takes: a whole number of hours, days or
// weeks, such as 12h, 400d or 2w, above 0.
func ParseSpan(text string) (time.Duration, error) {
	units := map[string]time.Duration{"h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	digits := strings.TrimRight(text, "hdw")
	unit, ok := units[text[len(digits):]]
	n, err := strconv.ParseUint(digits, 10, 32)
	if !ok || err != nil || n == 0 || n > uint64((1<<63-1)/unit) {
		return 0, fmt.Errorf("%.40q is no span of time: write a number of hours, days or weeks, such as 12h, 400d or 2w", text)
	}
	return time.Duration(n) * unit, nil
}
