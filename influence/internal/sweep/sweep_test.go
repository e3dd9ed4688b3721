package sweep

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

// offsetsOf gives the offsets of rows with these degrees.
func offsetsOf(degrees []uint64) []uint64 {
	off := make([]uint64, len(degrees)+1)
	for i, d := range degrees {
		off[i+1] = off[i] + d
	}
	return off
}

func TestByArcsCoversEveryRowOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		degrees := rapid.SliceOfN(rapid.Uint64Range(0, 3*blockWork), 1, 50).Draw(t, "degrees")
		c := ByArcs(offsetsOf(degrees))
		if c[0] != 0 || int(c[len(c)-1]) != len(degrees) {
			t.Fatalf("cut %v does not span %d rows", c, len(degrees))
		}
		for i := range c.Blocks() {
			if c[i] >= c[i+1] {
				t.Fatalf("block %d of %v is empty", i, c)
			}
		}
	})
}

func TestByArcsOfNothing(t *testing.T) {
	for _, off := range [][]uint64{nil, {0}} {
		c := ByArcs(off)
		c.Each(2, func(int, uint32, uint32) { t.Error("a block of no rows was visited") })
		if c.Blocks() != 0 {
			t.Errorf("ByArcs(%v) has %d blocks, want 0", off, c.Blocks())
		}
	}
}

func TestEachVisitsEveryPieceOnce(t *testing.T) {
	for _, threads := range []int{0, 1, 2, 3, 8} {
		seen := make([]int, 1000)
		own := make([]int, Workers(threads, len(seen)))
		Each(threads, len(seen), func(worker, i int) {
			seen[i]++
			own[worker]++
		})
		want := make([]int, len(seen))
		for i := range want {
			want[i] = 1
		}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Errorf("threads %d: visits (-want +got):\n%s", threads, diff)
		}
		total := 0
		for _, k := range own {
			total += k
		}
		if total != len(seen) {
			t.Errorf("threads %d: workers counted %d pieces, want %d", threads, total, len(seen))
		}
	}
}

func TestSumAndMax(t *testing.T) {
	if got := Sum([]float64{1, 2, 4}); got != 7 {
		t.Errorf("Sum = %v, want 7", got)
	}
	if got := Max([]float64{1, 4, 2}); got != 4 {
		t.Errorf("Max = %v, want 4", got)
	}
	if Sum(nil) != 0 || Max(nil) != 0 {
		t.Error("Sum or Max of nothing is not 0")
	}
}

func TestGather(t *testing.T) {
	x := []float64{1, 2, 4, 8, 16, 32, 64}
	for k, want := range []float64{0, 1, 3, 7, 15, 31, 63, 127} {
		at := []uint32{0, 1, 2, 3, 4, 5, 6}[:k]
		if got := Gather(x, at); got != want {
			t.Errorf("Gather of the first %d = %v, want %v", k, got, want)
		}
		w := []float32{2, 2, 2, 2, 2, 2, 2}[:k]
		if got := GatherWeighted(x, at, w); got != 2*want {
			t.Errorf("GatherWeighted of the first %d = %v, want %v", k, got, 2*want)
		}
	}
}

func TestStrengths(t *testing.T) {
	g := &graph.Graph{Offsets: []uint64{0, 2, 2, 3}, Targets: []uint32{0, 1, 2}, Cols: 3, Undirected: true}
	if diff := cmp.Diff([]float64{2, 0, 1}, Strengths(g, 0)); diff != "" {
		t.Errorf("without weights (-want +got):\n%s", diff)
	}
	g.Weights = []float32{.5, 2, 3}
	if diff := cmp.Diff([]float64{2.5, 0, 3}, Strengths(g, 0)); diff != "" {
		t.Errorf("with weights (-want +got):\n%s", diff)
	}
}

func TestInOrderCommitsInOrder(t *testing.T) {
	for _, threads := range []int{0, 1, 2, 3, 8} {
		const n = 500
		held := make([]int, Workers(threads, n))
		var order []int
		InOrder(threads, n, func(worker, i int) { held[worker] = i }, func(worker, i int) {
			if held[worker] != i {
				t.Errorf("threads %d: worker %d commits piece %d, but worked on %d", threads, worker, i, held[worker])
			}
			order = append(order, i)
		})
		for i, k := range order {
			if i != k {
				t.Fatalf("threads %d: piece %d was committed as number %d", threads, k, i)
			}
		}
		if len(order) != n {
			t.Errorf("threads %d: %d of %d pieces were committed", threads, len(order), n)
		}
	}
}
