package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"testing"
	"time"

	"kith/graph"
)

// found is graph.Findings as lists.
type found struct {
	Run         graph.Run
	Communities []graph.CommunityFinding
	customers   []graph.CustomerFinding
	memberships []graph.Membership
	preferences []graph.Preference
}

func (f found) findings() *graph.Findings {
	return &graph.Findings{
		Run: f.Run, Communities: f.Communities,
		Customers: slices.Values(f.customers), Memberships: slices.Values(f.memberships), Preferences: slices.Values(f.preferences),
	}
}

// findings are those of a run over the network small, and differ by id.
func findings(id string) found {
	at := time.Date(2026, 4, 1, 2, 3, 4, 567891000, time.UTC).Add(time.Duration(len(id)) * time.Second)
	x := float64(len(id)) / 3
	return found{
		Run: graph.Run{
			ID: id, At: at, AsOf: at.Add(-time.Hour), Seed: math.MaxUint64 - uint64(len(id)), Version: "v1.2.3-" + id,
			Quality: map[string]float64{"modularity": x, "tiny": 1e-300, "negative": -0.1, "none": 0, "a \"name\"": 1},
		},
		Communities: []graph.CommunityFinding{
			{ID: "1-" + id, Parent: "0", Level: 0, Size: 3, Density: 1.0 / 3, Risk: x, ExpectedLoss: 12.5, Leader: "ann", Disseminator: "bob"},
			{ID: "0", Level: 1, Size: 4, Density: 0.25, Risk: 0.1},
		},
		customers: []graph.CustomerFinding{
			{ID: "ann", Community: "1-" + id, Role: "leader", PageRank: x / 7, Authority: 0.1, Dissemination: 0.2,
				Susceptibility: 0.3, ChurnRisk: 0.4, OwnValue: 0.7, Core: true},
			{ID: "bob", Community: "1-" + id, Role: "follower", ChurnRisk: 1, RiskOwn: 0.25, RiskOther: 0.125,
				RiskParts: []graph.RiskPart{{From: "dora", Part: 0.375}, {From: "carl", Part: x / 4}}},
			{ID: "dora", Gone: true},
		},
		memberships: []graph.Membership{
			{Customer: "ann", Community: "1-" + id, Degree: 1, Core: true, Leader: true},
			{Customer: "bob", Community: "1-" + id, Degree: 0.3},
			{Customer: "bob", Community: "0", Degree: 0.7, Core: true},
		},
		preferences: []graph.Preference{
			{Community: "1-" + id, Product: "tea", Supporters: 5, Support: 0.5, Lift: 2.5, LiftLow: 1.25},
		},
	}
}

// mustPublish stores findings and looks at what became of them.
func (s suite) mustPublish(t *testing.T, store graph.Store, f found) {
	t.Helper()
	if err := store.Publish(t.Context(), f.findings(), nil); err != nil {
		t.Fatalf("Publish: %v", err)
	}
	s.mustHaveFound(t, store, f)
}

// mustHaveFound compares the stored findings, by the hook where there is one.
func (s suite) mustHaveFound(t *testing.T, store graph.Store, want found) {
	t.Helper()
	run, err := store.Current(t.Context())
	if err != nil {
		t.Fatalf("Current: %v", err)
	}
	if d := diff(want.Run, run); d != "" {
		t.Fatalf("the current run differs (-want +got):\n%s", d)
	}
	if s.o.Found == nil {
		return
	}
	got := s.o.Found(t, store)
	if d := diff(sorted(Found{want.Communities, want.customers, want.memberships, want.preferences}), sorted(got)); d != "" {
		t.Fatalf("the findings differ (-want +got):\n%s", d)
	}
}

func sorted(f Found) Found {
	f = Found{slices.Clone(f.Communities), slices.Clone(f.Customers), slices.Clone(f.Memberships), slices.Clone(f.Preferences)}
	slices.SortFunc(f.Communities, func(a, b graph.CommunityFinding) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Customers, func(a, b graph.CustomerFinding) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(f.Memberships, func(a, b graph.Membership) int {
		return cmp.Or(cmp.Compare(a.Customer, b.Customer), cmp.Compare(a.Community, b.Community))
	})
	slices.SortFunc(f.Preferences, func(a, b graph.Preference) int {
		return cmp.Or(cmp.Compare(a.Community, b.Community), cmp.Compare(a.Product, b.Product))
	})
	return f
}

func (s suite) publish(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	stages := 0
	f := findings("run-1")
	if err := store.Publish(t.Context(), f.findings(), func(string, int64, int64) { stages++ }); err != nil {
		t.Fatal(err)
	}
	if stages == 0 {
		t.Error("Publish reported no progress")
	}
	s.mustHaveFound(t, store, f)
	mustHold(t, store, expected(small())) // findings are not part of the network
}

// publishReplaces sees nothing of a former run left, also where the new one
// found less.
func (s suite) publishReplaces(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	s.mustPublish(t, store, findings("first"))
	s.mustPublish(t, store, findings("second one"))
	s.mustPublish(t, store, findings("second one")) // the same again

	bare := found{Run: graph.Run{ID: "bare", At: findings("x").Run.At}}
	if err := store.Publish(t.Context(), &graph.Findings{Run: bare.Run}, nil); err != nil { // sequences may be nil
		t.Fatal(err)
	}
	s.mustHaveFound(t, store, bare)

	// A Sync leaves the findings alone.
	s.mustPublish(t, store, findings("third"))
	mustSync(t, store, small())
	s.mustHaveFound(t, store, findings("third"))
}

func (s suite) failingPublish(t *testing.T) {
	store := s.open(t)
	mustSync(t, store, small())
	before := findings("before")
	s.mustPublish(t, store, before)

	t.Run("no id", func(t *testing.T) {
		f := findings("")
		if store.Publish(t.Context(), f.findings(), nil) == nil {
			t.Error("a run without an id was stored")
		}
		s.mustHaveFound(t, store, before)
	})
	t.Run("quality is no number", func(t *testing.T) {
		f := findings("nan")
		f.Run.Quality["modularity"] = math.NaN()
		if store.Publish(t.Context(), f.findings(), nil) == nil {
			t.Error("a quality of NaN was stored")
		}
		s.mustHaveFound(t, store, before)
	})
	for _, name := range []string{"customers", "memberships", "preferences"} {
		t.Run("ended in "+name, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			f := findings("after").findings()
			switch name {
			case "customers":
				f.Customers = ending(f.Customers, cancel)
			case "memberships":
				f.Memberships = ending(f.Memberships, cancel)
			case "preferences":
				f.Preferences = ending(f.Preferences, cancel)
			}
			if err := store.Publish(ctx, f, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("%v, want context.Canceled", err)
			}
			s.mustHaveFound(t, store, before)
		})
	}
	s.mustPublish(t, store, findings(fmt.Sprint("after", " all")))
}

// ending ends a context when the first item has been taken.
func ending[T any](items iter.Seq[T], end func()) iter.Seq[T] {
	return func(yield func(T) bool) {
		for item := range items {
			if !yield(item) {
				return
			}
			end()
		}
	}
}
