package community

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCanonicalNumbering(t *testing.T) {
	for _, c := range []struct {
		name         string
		labels, want []uint32
		count        int
	}{
		{"empty", nil, nil, 0},
		{"larger first", []uint32{4, 2, 2}, []uint32{1, 0, 0}, 2},
		{"of the same size, the one with the smaller first vertex", []uint32{3, 1, 3, 1, 0}, []uint32{0, 1, 0, 1, 2}, 3},
	} {
		if diff := cmp.Diff(Partition{Of: c.want, Count: c.count}, canonical(c.labels, 5)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		labels := rapid.SliceOf(rapid.Uint32Range(0, 20)).Draw(t, "labels")
		old := append([]uint32(nil), labels...)
		p := canonical(labels, 21)
		if err := p.Check(len(old)); err != nil {
			t.Fatal(err)
		}
		if !canonicallyNumbered(p) {
			t.Fatalf("%v is numbered %v", old, p.Of)
		}
		for u := range old {
			for v := range old {
				if (old[u] == old[v]) != (p.Of[u] == p.Of[v]) {
					t.Fatalf("%v became %v", old, p.Of)
				}
			}
		}
	})
}

func TestMembersSizesParents(t *testing.T) {
	fine := Partition{Of: []uint32{0, 1, 0, 2, 1}, Count: 3}
	coarse := Partition{Of: []uint32{0, 0, 0, 1, 0}, Count: 2}
	offsets, members := fine.Members()
	if diff := cmp.Diff([]uint64{0, 2, 4, 5}, offsets); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint32{0, 2, 1, 4, 3}, members); diff != "" {
		t.Errorf("members (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]uint32{2, 2, 1}, fine.Sizes()); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	h := Hierarchy{Levels: []Partition{fine, coarse}}
	if diff := cmp.Diff([]uint32{0, 0, 1}, h.Parents(0)); diff != "" {
		t.Errorf("parents (-want +got):\n%s", diff)
	}
}

func TestCheckPartition(t *testing.T) {
	for _, c := range []struct {
		name, want string
		p          Partition
		n          int
	}{
		{"fits", "", Partition{Of: []uint32{1, 0}, Count: 2}, 2},
		{"empty", "", Partition{}, 0},
		{"too short", "1 entries for 2 vertices", Partition{Of: []uint32{0}, Count: 1}, 2},
		{"out of range", "vertex 1 is in community 2 of a partition of 2", Partition{Of: []uint32{0, 2}, Count: 2}, 2},
		{"empty community", "community 1 of the partition is empty", Partition{Of: []uint32{0, 2}, Count: 3}, 2},
		{"negative count", "vertex 0 is in community 0", Partition{Of: []uint32{0}, Count: -1}, 1},
	} {
		err := c.p.Check(c.n)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q in it", c.name, err, c.want)
		}
	}
}
