package neo4jstore

import (
	"slices"
	"sync"
)

// queue hands notes to workers. With buckets it keeps those apart that would get
// in each other's way: no two notes that share a bucket are out at the same time,
// and ties wait for the nodes that came before them.
type queue struct {
	mu      sync.Mutex
	changed *sync.Cond
	waiting []note
	room    int   // how many may wait
	buckets int   // 0 hands over in order
	busy    []int // how many notes that are out have a bucket
	nodes   []int // places of the notes of nodes that are not finished
	count   int
	closed  bool
	stopped bool
}

// allBuckets is the block of a note that shares a bucket with all others.
const allBuckets = -1

func newQueue(room, buckets int) *queue {
	q := &queue{room: room, buckets: buckets, busy: make([]int, buckets)}
	q.changed = sync.NewCond(&q.mu)
	return q
}

// push adds a note, once there is room. It returns false when the queue was
// stopped.
func (q *queue) push(n note) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) >= q.room && !q.stopped {
		q.changed.Wait()
	}
	n.at = q.count
	q.count++
	q.waiting = append(q.waiting, n)
	if n.round == 0 {
		q.nodes = append(q.nodes, n.at)
	}
	q.changed.Broadcast()
	return !q.stopped
}

// pull takes a note out, waiting for one that nothing is in the way of. It
// returns false at the end.
func (q *queue) pull() (note, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for !q.stopped {
		for i, n := range q.waiting {
			if q.free(n) {
				q.waiting = slices.Delete(q.waiting, i, i+1)
				q.count1(n, 1)
				q.changed.Broadcast()
				return n, true
			}
		}
		if q.closed && len(q.waiting) == 0 {
			break
		}
		q.changed.Wait()
	}
	return note{}, false
}

// free tells whether a note may go out now.
func (q *queue) free(n note) bool {
	if q.buckets == 0 {
		return true
	}
	if n.round > 0 && len(q.nodes) > 0 && q.nodes[0] < n.at {
		return false
	}
	for _, b := range q.bucketsOf(n) {
		if q.busy[b] > 0 {
			return false
		}
	}
	return true
}

// finished says that a note has been dealt with.
func (q *queue) finished(n note) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.count1(n, -1)
	q.nodes = slices.DeleteFunc(q.nodes, func(at int) bool { return at == n.at })
	q.changed.Broadcast()
}

func (q *queue) count1(n note, by int) {
	if q.buckets == 0 {
		return
	}
	for _, b := range q.bucketsOf(n) {
		q.busy[b] += by
	}
}

// bucketsOf are the buckets of a note: one for nodes, up to two for ties.
func (q *queue) bucketsOf(n note) []int {
	switch {
	case n.block == allBuckets:
		all := make([]int, q.buckets)
		for b := range all {
			all[b] = b
		}
		return all
	case n.round == 0:
		return []int{n.block}
	}
	a, b := n.block/q.buckets, n.block%q.buckets
	if a == b {
		return []int{a}
	}
	return []int{a, b}
}

// close says that no more notes will come.
func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.changed.Broadcast()
}

// stop leaves what waits undone.
func (q *queue) stop() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.stopped = true
	q.changed.Broadcast()
}
