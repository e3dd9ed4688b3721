package influence_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/influence"
)

func TestRankWithin(t *testing.T) {
	got, err := influence.RankWithin([]float64{1, 3, 3, math.NaN(), 5, 2}, []uint32{0, 0, 0, 0, 1, 1}, 3)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]uint32{3, 1, 2, 4, 1, 2}, got); diff != "" {
		t.Errorf("ranks (-want +got):\n%s", diff)
	}
	if _, err := influence.RankWithin([]float64{1}, []uint32{0, 0}, 1); err == nil {
		t.Error("no error for one score of two vertices")
	}
	if _, err := influence.RankWithin([]float64{1}, []uint32{1}, 1); err == nil {
		t.Error("no error for a community beyond the count")
	}
}
