package graph

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// Small tiles give what one tile gives: the tile size of the package is too
// large for a test to cut a row in two.
func TestTilesHaveNoSay(t *testing.T) {
	ctx := context.Background()
	r := rand.New(rand.NewPCG(9, 0))
	var from, to []uint32
	var w []float32
	for range 4000 {
		x := r.Float64()
		from, to, w = append(from, r.Uint32N(300)), append(to, uint32(x*x*40)), append(w, float32(1+r.IntN(4)))
	}
	for _, weights := range [][]float32{nil, w} {
		merge := MergeSum
		if weights == nil {
			merge = MergeOnce
		}
		g, _, err := Build(ctx, BuildOptions{Rows: 300, Cols: 40, Merge: merge}, from, to, weights)
		if err != nil {
			t.Fatal(err)
		}
		for _, weighting := range []Weighting{CosineIDF, Jaccard, Overlap, Count} {
			t.Run(fmt.Sprintf("weights=%t weighting=%d", weights != nil, weighting), func(t *testing.T) {
				opt := ProjectOptions{K: 7, Weighting: weighting, Threads: 2}
				want, _, err := Project(ctx, g, opt)
				if err != nil {
					t.Fatal(err)
				}
				for _, shift := range []uint{2, 4, 5, 8} {
					p, err := newProjection(ctx, g, opt)
					if err != nil {
						t.Fatal(err)
					}
					p.setTiles(shift)
					if err := p.run(ctx); err != nil {
						t.Fatal(err)
					}
					got, err := p.top.graph(ctx, 1)
					if err != nil {
						t.Fatal(err)
					}
					if !slices.Equal(want.Offsets, got.Offsets) || !slices.Equal(want.Targets, got.Targets) || !slices.Equal(want.Weights, got.Weights) {
						t.Errorf("tiles of %d vertices changed the neighbours", 1<<shift)
					}
				}
			})
		}
	}
}

func TestTileBits(t *testing.T) {
	for n, want := range map[int]uint{0: 15, 1 << 15: 15, 1<<20 - 1: 15, 1 << 20: 16, 40_000_000: 21} {
		if got := tileBits(n); got != want || n>>got >= mostTiles {
			t.Errorf("%d vertices: tiles of 2^%d", n, got)
		}
	}
}
