package churn

import (
	"fmt"
	"math"
	"time"
)

// Windows lay out the time round a cut-off: what is known stands in
// [At-Feature, At), nothing is looked at in [At, At+Gap), and who left shows in
// [At+Gap, At+Gap+Label). The gap is what it takes to act on a list.
type Windows struct {
	At time.Time
	// Feature is the span in which a customer must be active; 0 means 21 days.
	Feature time.Duration
	// Gap is 0 unless given.
	Gap time.Duration
	// Label is how long silence must last to count as departure; 0 means 21
	// days.
	Label time.Duration
	// Active is the least number of events in the feature window; 0 means 3.
	Active int
}

const day = 24 * time.Hour

func (w Windows) withDefaults() (Windows, error) {
	if w.Feature == 0 {
		w.Feature = 21 * day
	}
	if w.Label == 0 {
		w.Label = 21 * day
	}
	if w.Active == 0 {
		w.Active = 3
	}
	for _, span := range []struct {
		name string
		d    time.Duration
	}{{"feature window", w.Feature}, {"label window", w.Label}, {"gap", w.Gap}} {
		if span.d < 0 || span.d%time.Second != 0 {
			return w, fmt.Errorf("silence: the %s is %v; it must be a whole number of seconds, 0 or more", span.name, span.d)
		}
	}
	if w.Active < 0 {
		return w, fmt.Errorf("silence: at least %d events are asked for; it must be 1 or more", w.Active)
	}
	return w, nil
}

// Cohort is who can be scored at a cut-off, and what became of them.
type Cohort struct {
	// Members are ascending. The columns below stand beside them.
	Members []uint32
	// Left says that nothing happened in the label window. It must not be
	// used but to learn from and to judge by.
	Left []bool
	// Events counts a member's events in the feature window, Recency the
	// days from the last of them to the cut-off.
	Events  []uint32
	Recency []float64
	// Gone are those who had left by the cut-off, ascending: active in their
	// time, and silent for the label's length before it.
	Gone []uint32
}

// Silence finds departures in the times of events, for a house that doesn't
// record them: a customer has left when it was active and then silent. Event i
// is of vertex who[i], below n, at Unix second at[i]; the order of events has
// no influence.
//
// A member has at least Active events in the feature window, and has left when
// it has none in the label window. One is gone (ours) who has at least Active
// events before At-Label, and none in [At-Label, At); the gone are no members
// even where the feature window is the longer and would have them. Customers
// with fewer events are neither. Only events before the cut-off have influence
// on anything but Left.
//
// O(n + events) time, 20 bytes of memory per vertex.
func Silence(n int, who []uint32, at []int64, w Windows) (*Cohort, error) {
	w, err := w.withDefaults()
	if err != nil {
		return nil, err
	}
	if len(who) != len(at) {
		return nil, fmt.Errorf("silence: %d events have a customer, but %d a time", len(who), len(at))
	}
	t0 := w.At.Unix()
	feature, gap, label := seconds(w.Feature), seconds(w.Gap), seconds(w.Label)
	last := make([]int64, n) // last event before the cut-off
	for v := range last {
		last[v] = math.MinInt64
	}
	recent, early := make([]uint32, n), make([]uint32, n)
	stayed := make([]bool, n)
	for i, v := range who {
		if int(v) >= n {
			return nil, fmt.Errorf("silence: event %d is of vertex %d, but there are only %d", i, v, n)
		}
		t := at[i]
		if t >= t0 {
			stayed[v] = stayed[v] || (t >= t0+gap && t < t0+gap+label)
			continue
		}
		last[v] = max(last[v], t)
		if t >= t0-feature {
			recent[v]++
		}
		if t < t0-label {
			early[v]++
		}
	}
	c := &Cohort{}
	for v := range uint32(n) {
		switch {
		case last[v] < t0-label && int(early[v]) >= w.Active:
			c.Gone = append(c.Gone, v)
		case int(recent[v]) >= w.Active:
			c.Members = append(c.Members, v)
			c.Left = append(c.Left, !stayed[v])
			c.Events = append(c.Events, recent[v])
			c.Recency = append(c.Recency, float64(t0-last[v])/seconds64)
		}
	}
	return c, nil
}

const seconds64 = float64(day / time.Second)

func seconds(d time.Duration) int64 { return int64(d / time.Second) }
