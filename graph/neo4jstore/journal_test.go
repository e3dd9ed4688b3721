package neo4jstore

import (
	"fmt"
	"testing"
)

// Whatever the number of workers, every two buckets meet, and no bucket takes
// part in two blocks of a round.
func TestBlocksOfARoundShareNoBucket(t *testing.T) {
	for workers := 1; workers <= 8; workers++ {
		j := &journal{buckets: 2 * workers}
		blocks := map[int]map[int]bool{} // by round, the buckets in it
		met := map[int]place{}
		for a := range j.buckets {
			for b := range j.buckets {
				at := j.meeting(a, b)
				if back := j.meeting(b, a); back != at {
					t.Fatalf("%d workers: %d meets %d at %v, %d meets %d at %v", workers, a, b, at, b, a, back)
				}
				if at.round == 0 {
					t.Fatalf("%d workers: %d and %d meet in the round of the nodes", workers, a, b)
				}
				if b < a {
					continue
				}
				if other, taken := met[at.block]; taken {
					t.Fatalf("%d workers: block %v stands for two pairs: %v", workers, at, other)
				}
				met[at.block] = at
				in := blocks[at.round]
				if in == nil {
					in = map[int]bool{}
					blocks[at.round] = in
				}
				if in[a] || in[b] {
					t.Errorf("%d workers: round %d has %d or %d twice", workers, at.round, a, b)
				}
				in[a], in[b] = true, true
			}
		}
		// A round keeps all workers busy.
		if rounds := len(blocks); rounds != j.buckets {
			t.Errorf("%d workers need %d rounds, want %d", workers, rounds, j.buckets)
		}
	}
}

func TestBucketsAreOfEqualSize(t *testing.T) {
	j := &journal{buckets: 4}
	var size [4]int
	for i := range 10_000 {
		size[j.bucket(fmt.Sprintf("+4915%07d", i))]++
	}
	for b, n := range size {
		if n < 2000 || n > 3000 {
			t.Errorf("bucket %d has %d of 10,000 ids", b, n)
		}
	}
}
