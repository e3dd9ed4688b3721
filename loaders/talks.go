package loaders

import (
	"cmp"
	"slices"
)

// talk is a voice call of a person.
type talk struct {
	person, row uint32
	start, stop int64 // microseconds since 1970
}

// talks are the voice calls among the first rows of a file, each under both of its
// ends; overlaps.sql has the same of other files.
type talks struct{ list []talk }

// longestTalk is how many seconds a call may last to be one of talks.
const longestTalk = 1_000_000

// add notes what a row of a passing file says.
func (t *talks) add(row int64, caller, callee uint32, at int64, length uint32) {
	seconds := int64(length >> codeBits)
	if length&3 != 0 || seconds < 1 || seconds > longestTalk {
		return
	}
	stop := at + seconds*1_000_000
	t.list = append(t.list, talk{caller, uint32(row), at, stop}, talk{callee, uint32(row), at, stop})
}

// overlaps says how many rows begin while another call of the same person lasts,
// and which is the first of them.
func (t *talks) overlaps() (rows, first int64) {
	busy := map[uint32]bool{}
	for _, list := range t.byPerson() {
		slices.SortFunc(list, func(a, b talk) int {
			return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.stop, b.stop), cmp.Compare(a.row, b.row))
		})
		stop := list[0].stop
		for _, x := range list[1:] {
			if x.start < stop {
				if len(busy) == 0 || int64(x.row) < first {
					first = int64(x.row)
				}
				busy[x.row] = true
			}
			stop = max(stop, x.stop)
		}
	}
	return int64(len(busy)), first
}

// byPerson deals the calls out to their people, by a counting sort.
func (t *talks) byPerson() [][]talk {
	var people uint32
	for _, x := range t.list {
		people = max(people, x.person+1)
	}
	ends := make([]int, people)
	for _, x := range t.list {
		ends[x.person]++
	}
	sum := 0
	for person, n := range ends {
		ends[person] = sum
		sum += n
	}
	sorted := make([]talk, len(t.list))
	for _, x := range t.list {
		sorted[ends[x.person]] = x
		ends[x.person]++
	}
	var lists [][]talk
	from := 0
	for _, end := range ends {
		if end-from > 1 {
			lists = append(lists, sorted[from:end])
		}
		from = end
	}
	return lists
}
