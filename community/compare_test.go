package community

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func of(labels ...uint32) Partition {
	count := uint32(0)
	for _, l := range labels {
		count = max(count, l+1)
	}
	return Partition{Of: labels, Count: int(count)}
}

// NMI and ARI of the last case were calculated with python-igraph 1.0.0,
// compare_communities(a, b, "nmi" and "adjusted_rand"); the ARI .57 is that of
// the scikit-learn manual's example, 4/7.
func TestNMIAndARI(t *testing.T) {
	for _, c := range []struct {
		name     string
		a, b     Partition
		nmi, ari float64
	}{
		{"no vertices", of(), of(), 1, 1},
		{"one vertex", of(0), of(0), 1, 1},
		{"equal", of(0, 0, 1, 1), of(1, 1, 0, 0), 1, 1},
		{"all in one", of(0, 0, 0), of(0, 0, 0), 1, 1},
		{"all alone", of(0, 1, 2), of(2, 0, 1), 1, 1},
		{"one against alone", of(0, 0, 0, 0), of(0, 1, 2, 3), 0, 0},
		// H = ln 2 each and nothing shared; both agree on pairs as chance does.
		{"crossed", of(0, 0, 1, 1), of(0, 1, 0, 1), 0, -.5},
		// I = ln 2, H(a) = 1.5 ln 2, H(b) = ln 2.
		{"one split", of(0, 0, 1, 2), of(0, 0, 1, 1), 2 / 2.5, 4. / 7},
		{"ten vertices", of(0, 0, 0, 1, 1, 1, 2, 2, 2, 2), of(0, 0, 1, 1, 1, 1, 2, 2, 0, 2), .6180656462921542, .4318181818181815},
	} {
		nmi, err := NMI(c.a, c.b)
		if err != nil || math.Abs(nmi-c.nmi) > 1e-12 {
			t.Errorf("%s: NMI %v, %v; want %v", c.name, nmi, err, c.nmi)
		}
		ari, err := ARI(c.a, c.b)
		if err != nil || math.Abs(ari-c.ari) > 1e-12 {
			t.Errorf("%s: ARI %v, %v; want %v", c.name, ari, err, c.ari)
		}
	}
	if _, err := NMI(of(0), of(0, 0)); err == nil {
		t.Error("partitions of different graphs are compared")
	}
	if _, err := ARI(Partition{Of: []uint32{3}, Count: 1}, of(0)); err == nil {
		t.Error("a broken partition is compared")
	}
}

func TestComparisonLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 30).Draw(t, "n")
		draw := func(name string) Partition {
			return canonical(rapid.SliceOfN(rapid.Uint32Range(0, 6), n, n).Draw(t, name), 7)
		}
		a, b := draw("a"), draw("b")
		for name, compare := range map[string]func(a, b Partition) (float64, error){"NMI": NMI, "ARI": ARI} {
			x, err := compare(a, b)
			if err != nil {
				t.Fatal(err)
			}
			y, _ := compare(b, a)
			if math.Abs(x-y) > 1e-12 || x > 1+1e-12 || name == "NMI" && x < 0 {
				t.Fatalf("%s is %v one way and %v the other", name, x, y)
			}
			if self, _ := compare(a, a); math.Abs(self-1) > 1e-12 {
				t.Fatalf("%s with itself is %v", name, self)
			}
		}
		shared := uint32(0)
		overlaps, err := Jaccard(a, b)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range overlaps {
			shared += o.Shared
			if o.Jaccard <= 0 || o.Jaccard > 1 || i > 0 && o.Jaccard > overlaps[i-1].Jaccard {
				t.Fatalf("overlap %d is %+v", i, o)
			}
		}
		if int(shared) != n {
			t.Fatalf("overlaps share %d of %d vertices", shared, n)
		}
	})
}

// Community 0 of a is split by b in 2 and 1, community 1 kept but for one.
func TestJaccardAndMatch(t *testing.T) {
	a, b := of(0, 0, 0, 1, 1), of(0, 0, 1, 2, 2)
	want := []Overlap{{1, 2, 2, 1}, {0, 0, 2, 2. / 3}, {0, 1, 1, 1. / 3}}
	got, err := Jaccard(a, b)
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("Jaccard, %v (-want +got):\n%s", err, diff)
	}
	got, err = Match(a, b, 0)
	if diff := cmp.Diff(want[:2], got); diff != "" || err != nil {
		t.Errorf("Match, %v (-want +got):\n%s", err, diff)
	}
	got, err = Match(a, b, .9)
	if diff := cmp.Diff(want[:1], got); diff != "" || err != nil {
		t.Errorf("Match above 0.9, %v (-want +got):\n%s", err, diff)
	}
}
