package churn_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"kith/influence/churn"
)

// On day 100, with windows of 10 days, a gap of 1 and a label of 5: features
// are days 90..99, the gap is day 100, the label days 101..105, and who has
// been silent since before day 95 is gone.
func silenceOf(days map[uint32][]float64) (who []uint32, at []int64) {
	for v := range uint32(20) {
		for _, d := range days[v] {
			who, at = append(who, v), append(at, int64(d*86400))
		}
	}
	return who, at
}

func TestSilenceByHand(t *testing.T) {
	who, at := silenceOf(map[uint32][]float64{
		0: {96, 97, 98, 103},    // stayed
		1: {90, 97, 99.5, 100},  // was active in the gap only: left
		2: {96, 97, 98, 106},    // came back too late: left
		3: {96, 97},             // too few events
		4: {80, 85, 88},         // gone before the feature window
		5: {91, 92, 93},         // in the feature window, but silent since: gone
		6: {80, 85},             // too few events to have been active
		7: {101, 102, 103},      // not there yet
		8: {89.9, 95, 99, 105},  // one event is too early for the window
		9: {90, 95, 99, 105.99}, // the last moment of the label
	})
	w := churn.Windows{At: time.Unix(100*86400, 0), Feature: 10 * 24 * time.Hour, Gap: 24 * time.Hour, Label: 5 * 24 * time.Hour}
	want := &churn.Cohort{
		Members: []uint32{0, 1, 2, 9},
		Left:    []bool{false, true, true, false},
		Events:  []uint32{3, 3, 3, 3},
		Recency: []float64{2, .5, 2, 1},
		Gone:    []uint32{4, 5},
	}
	got, err := churn.Silence(11, who, at, w)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("cohort (-want +got):\n%s", diff)
	}

	slices.Reverse(who)
	slices.Reverse(at)
	if got, err = churn.Silence(11, who, at, w); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the order of events counts (-want +got):\n%s", diff)
	}
}

func TestSilenceDoesNotSeeTheFuture(t *testing.T) {
	who, at := silenceOf(map[uint32][]float64{0: {96, 97, 98, 103}, 1: {80, 85, 88, 104}, 2: {96, 97, 98}, 3: {101, 102, 104}})
	w := churn.Windows{At: time.Unix(100*86400, 0), Feature: 10 * 24 * time.Hour, Label: 5 * 24 * time.Hour}
	whole, err := churn.Silence(4, who, at, w)
	if err != nil {
		t.Fatal(err)
	}
	var pastWho []uint32
	var pastAt []int64
	for i, x := range at {
		if x < w.At.Unix() {
			pastWho, pastAt = append(pastWho, who[i]), append(pastAt, x)
		}
	}
	past, err := churn.Silence(4, pastWho, pastAt, w)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, past, cmpopts.IgnoreFields(churn.Cohort{}, "Left")); diff != "" {
		t.Errorf("later events change what is known (-with +without):\n%s", diff)
	}
	if cmp.Equal(whole.Left, past.Left) {
		t.Error("labels don't depend on later events, so the test says nothing")
	}
}

func TestSilenceOfNothing(t *testing.T) {
	got, err := churn.Silence(3, nil, nil, churn.Windows{At: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&churn.Cohort{}, got); diff != "" {
		t.Errorf("cohort of no events (-want +got):\n%s", diff)
	}
}

func TestSilenceRefuses(t *testing.T) {
	for want, call := range map[string]func() error{
		"1 events have a customer, but 0 a time": func() error { _, err := churn.Silence(1, []uint32{0}, nil, churn.Windows{}); return err },
		"of vertex 5, but there are only 2":      func() error { _, err := churn.Silence(2, []uint32{5}, []int64{0}, churn.Windows{}); return err },
		"the gap is -1s":                         func() error { _, err := churn.Silence(2, nil, nil, churn.Windows{Gap: -time.Second}); return err },
		"the label window is 1ms":                func() error { _, err := churn.Silence(2, nil, nil, churn.Windows{Label: time.Millisecond}); return err },
		"at least -1 events":                     func() error { _, err := churn.Silence(2, nil, nil, churn.Windows{Active: -1}); return err },
	} {
		if err := call(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want one that says %q", err, want)
		}
	}
}

func BenchmarkSilence(b *testing.B) {
	const n, events = 100_000, 2_000_000
	who, at := make([]uint32, events), make([]int64, events)
	for i := range who {
		who[i], at[i] = uint32(i*7919%n), int64(i*104729%(90*86400))
	}
	for b.Loop() {
		if _, err := churn.Silence(n, who, at, churn.Windows{At: time.Unix(60*86400, 0)}); err != nil {
			b.Fatal(err)
		}
	}
}
