package identity_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/loaders/identity"
)

// one is a person of four records, put together by hand.
func one(t *testing.T) *identity.Result {
	t.Helper()
	r := identity.Records{
		IDs:    []string{"shop-9", "crm-1", "crm-2", "web-3"},
		Source: []string{"shop", "crm", "crm", "web"},
		Seen:   []int64{40, 10, 20, 30},
		Fields: []identity.Field{
			field("name", identity.FullName, []string{"MARIA LOPEZ", "María López", "Maria Lopes", ""}),
			field("born", identity.BirthDate, []string{"", "1980-02-01", "1 Feb 1980", "1980-02-02"}),
			field("phone", identity.Phone, []string{"07700 900003", "07700 900001", "+44 7700 900001", "07700 900002"}, []string{"", "", "020 7946 0958", "07700900002"}),
			field("city", identity.City, []string{"", "", "", ""}),
		}}
	x, err := identity.Resolve(t.Context(), r, identity.Options{Region: "GB", Overrides: identity.Overrides{Together: []identity.Pair{{A: "shop-9", B: "crm-1"}, {A: "crm-1", B: "crm-2"}, {A: "crm-1", B: "web-3"}}}})
	if err != nil {
		t.Fatal(err)
	}
	if x.Len() != 1 || x.ID(0) != "crm-1" {
		t.Fatalf("%d people, the first %q", x.Len(), x.ID(0))
	}
	return x
}

func TestSurvivors(t *testing.T) {
	r := one(t)
	got, err := r.Survivors(0)
	if err != nil {
		t.Fatal(err)
	}
	want := []identity.Survivor{
		{Field: "name", Kind: identity.FullName, Rule: identity.MostFrequent, Values: []identity.Variant{
			{Value: "MARIA LOPEZ", Normal: "lopez maria", Records: []string{"crm-1", "shop-9"}, Sources: []string{"crm", "shop"}, First: 10, Last: 40},
			{Value: "Maria Lopes", Normal: "lopes maria", Records: []string{"crm-2"}, Sources: []string{"crm"}, First: 20, Last: 20}}},
		{Field: "born", Kind: identity.BirthDate, Rule: identity.MostFrequent, Values: []identity.Variant{
			{Value: "1 Feb 1980", Normal: "19800201", Records: []string{"crm-1", "crm-2"}, Sources: []string{"crm"}, First: 10, Last: 20},
			{Value: "1980-02-02", Normal: "19800202", Records: []string{"web-3"}, Sources: []string{"web"}, First: 30, Last: 30}}},
		{Field: "phone", Kind: identity.Phone, Rule: identity.Newest, Values: []identity.Variant{
			{Value: "07700 900003", Normal: "+447700900003", Records: []string{"shop-9"}, Sources: []string{"shop"}, First: 40, Last: 40},
			{Value: "07700 900002", Normal: "+447700900002", Records: []string{"web-3"}, Sources: []string{"web"}, First: 30, Last: 30},
			{Value: "+44 7700 900001", Normal: "+447700900001", Records: []string{"crm-1", "crm-2"}, Sources: []string{"crm"}, First: 10, Last: 20},
			{Value: "020 7946 0958", Normal: "+442079460958", Records: []string{"crm-2"}, Sources: []string{"crm"}, First: 20, Last: 20}}},
		{Field: "city", Kind: identity.City, Rule: identity.Newest},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("survivors (-want +got):\n%s", diff)
	}
}

func TestSurvivalRules(t *testing.T) {
	r := one(t)
	for _, c := range []struct {
		rule identity.SurvivalRule
		want string
	}{
		{identity.SurvivalRule{Field: "name", Rule: identity.Newest}, "MARIA LOPEZ"},
		{identity.SurvivalRule{Field: "name", Rule: identity.Longest}, "MARIA LOPEZ"},
		{identity.SurvivalRule{Field: "born", Rule: identity.Newest}, "1980-02-02"},
		{identity.SurvivalRule{Field: "born", Rule: identity.Trusted, Sources: []string{"web", "crm"}}, "1980-02-02"},
		{identity.SurvivalRule{Field: "phone", Rule: identity.MostFrequent}, "+44 7700 900001"},
		{identity.SurvivalRule{Field: "phone", Rule: identity.Trusted, Sources: []string{"crm"}}, "+44 7700 900001"},
		{identity.SurvivalRule{Field: "phone", Rule: identity.Trusted}, "+44 7700 900001"},
	} {
		got, err := r.Survivors(0, c.rule)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			if s.Field == c.rule.Field && (s.Values[0].Value != c.want || s.Rule != c.rule.Rule) {
				t.Errorf("%s by %s is %q; want %q", s.Field, s.Rule, s.Values[0].Value, c.want)
			}
		}
	}
	if _, err := r.Survivors(0, identity.SurvivalRule{Field: "zip"}); err == nil {
		t.Error("a rule for a field that there is not was accepted")
	}
}

// The person went from the first mobile to the second and the third; the landline
// was there beside the first. Her partner has the landline too.
func TestHoldingsAndSwaps(t *testing.T) {
	r := one(t)
	want := []identity.Holding{
		{Value: "+442079460958", Records: []string{"crm-2"}, First: 20, Last: 20},
		{Value: "+447700900001", Records: []string{"crm-1", "crm-2"}, First: 10, Last: 20},
		{Value: "+447700900002", Records: []string{"web-3"}, First: 30, Last: 30},
		{Value: "+447700900003", Records: []string{"shop-9"}, First: 40, Last: 40},
	}
	holdings := r.Holdings(identity.Phone)
	if diff := cmp.Diff(want, holdings); diff != "" {
		t.Errorf("holdings (-want +got):\n%s", diff)
	}
	if shared := identity.Shared(holdings); shared != nil {
		t.Errorf("shared: %v", shared)
	}
	holdings = append([]identity.Holding{holdings[0], {Value: "+442079460958", Person: 1, Records: []string{"x"}, First: 5, Last: 90}}, holdings[1:]...)
	if diff := cmp.Diff([][]identity.Holding{holdings[:2]}, identity.Shared(holdings)); diff != "" {
		t.Errorf("shared (-want +got):\n%s", diff)
	}
	swaps := []identity.Swap{
		{From: "+447700900001", To: "+447700900002", Last: 20, First: 30},
		{From: "+447700900002", To: "+447700900003", Last: 30, First: 40},
	}
	if diff := cmp.Diff(swaps, identity.Swaps(holdings)); diff != "" {
		t.Errorf("swaps (-want +got):\n%s", diff)
	}
	side := []identity.Holding{{Value: "1", First: 1, Last: 9}, {Value: "2", First: 3, Last: 4}, {Value: "3", First: 5, Last: 6}, {Value: "4", First: 10, Last: 11}, {Value: "5"}, {Value: "6", Person: 2, First: 1, Last: 1}}
	if diff := cmp.Diff([]identity.Swap{{From: "1", To: "4", Last: 9, First: 10}}, identity.Swaps(side)); diff != "" {
		t.Errorf("numbers side by side (-want +got):\n%s", diff)
	}
}
