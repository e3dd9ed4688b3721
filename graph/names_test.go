package graph_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

func listNames(n *graph.Names) []string {
	list := make([]string, n.Len())
	for i := range list {
		list[i] = n.At(uint32(i))
	}
	return list
}

func TestNames(t *testing.T) {
	list := []string{"", "\x00", "a", "a\x00", "a,b", "zürich", "☎️ 112"}
	names := graph.NamesOf(list)
	if diff := cmp.Diff(list, listNames(names)); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for i, name := range list {
		if got, ok := names.Find(name); !ok || got != uint32(i) {
			t.Errorf("Find(%q) = %d, %t; want %d", name, got, ok, i)
		}
	}
	for _, absent := range []string{"b", "a\x00\x00", "~", "\xff"} {
		if got, ok := names.Find(absent); ok {
			t.Errorf("Find(%q) found %d", absent, got)
		}
	}
	if again := graph.NamesFrom(names.Raw()); !cmp.Equal(list, listNames(again)) {
		t.Errorf("through Raw: %q", listNames(again))
	}
	var none *graph.Names
	if none.Len() != 0 {
		t.Errorf("a nil list has %d names", none.Len())
	}
}

func TestNamesFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := graph.NewDict(0)
		present := map[string]bool{}
		for _, s := range rapid.SliceOf(rapid.StringN(0, 4, 8)).Draw(t, "ids") {
			d.AddString(s)
			present[s] = true
		}
		names, _ := d.Canonical()
		name := rapid.StringN(0, 4, 8).Draw(t, "name")
		i, ok := names.Find(name)
		if ok != present[name] || (ok && names.At(i) != name) {
			t.Fatalf("Find(%q) = %d, %t", name, i, ok)
		}
	})
}

func TestDataError(t *testing.T) {
	for want, e := range map[string]*graph.DataError{
		"calls.csv line 812, column weight: is not a number": {File: "calls.csv", Line: 812, Column: "weight", Reason: "is not a number"},
		"calls.csv, column weight: is missing":               {File: "calls.csv", Column: "weight", Reason: "is missing"},
		"calls.csv line 3: has no end":                       {File: "calls.csv", Line: 3, Reason: "has no end"},
		"column weight: is NaN":                              {Column: "weight", Reason: "is NaN"},
		"is empty":                                           {Reason: "is empty"},
	} {
		if got := e.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestKind(t *testing.T) {
	var got []string
	for _, k := range graph.Kinds {
		got = append(got, k.String())
	}
	if diff := cmp.Diff([]string{"CALLED", "BOUGHT", "VIEWED"}, got); diff != "" {
		t.Errorf("kinds (-want +got):\n%s", diff)
	}
}

func TestProgress(t *testing.T) {
	graph.Progress(nil).Report("reading", 1, 2) // a nil Progress is silent
	var got []any
	p := graph.Progress(func(stage string, done, total int64) { got = append(got, stage, done, total) })
	p.Report("reading", 1, 2)
	if diff := cmp.Diff([]any{"reading", int64(1), int64(2)}, got); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
}
