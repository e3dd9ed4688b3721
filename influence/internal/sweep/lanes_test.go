package sweep

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Lane l of vertex v holds (v+1)·2^l, so every lane's sum is known.
func TestGatherLanes(t *testing.T) {
	x := make([]Lane, 9)
	for v := range x {
		for l := range x[v] {
			x[v][l] = float64((v + 1) << l)
		}
	}
	for k := range 10 {
		at, w := []uint32{}, []float32{}
		var want, weighted Lane
		for v := range k {
			at, w = append(at, uint32(v)), append(w, float32(v)+.5)
			for l := range want {
				want[l] += x[v][l]
				weighted[l] += x[v][l] * (float64(v) + .5)
			}
		}
		got := Lane{7}
		GatherLanes(&got, x, at)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("the first %d (-want +got):\n%s", k, diff)
		}
		GatherLanesWeighted(&got, x, at, w)
		if diff := cmp.Diff(weighted, got); diff != "" {
			t.Errorf("the first %d with weights (-want +got):\n%s", k, diff)
		}
	}
	if diff := cmp.Diff(Lane{3, 6, 12, 24, 48, 96, 192, 384}, SumLanes(x[:2])); diff != "" {
		t.Errorf("SumLanes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(x[8], MaxLanes(x)); diff != "" {
		t.Errorf("MaxLanes (-want +got):\n%s", diff)
	}
}
