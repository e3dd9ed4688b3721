package graph_test

import (
	"testing"

	"kith/graph"
)

func TestCounted(t *testing.T) {
	for want, got := range map[string]string{
		"1 row":            graph.Counted(1, "row"),
		"0 rows":           graph.Counted(0, "row"),
		"2,345,678 ties":   graph.Counted(int64(2345678), "tie"),
		"1 person":         graph.Counted(1, "person"),
		"2 people":         graph.Counted(2, "person"),
		"1 community":      graph.Counted(uint32(1), "community"),
		"12 communities":   graph.Counted(12, "community"),
		"3 days":           graph.Counted(3, "day"),
		"4 vertices":       graph.Counted(4, "vertex"),
		"5 returned lines": graph.Counted(5, "returned line"),
		"1 has":            "1 " + graph.Agree(1, "has", "have"),
		"0 have":           "0 " + graph.Agree(0, "has", "have"),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
