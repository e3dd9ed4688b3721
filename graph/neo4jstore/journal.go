package neo4jstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"maps"
	"slices"

	"golang.org/x/sync/errgroup"
)

// journal takes changes and hands them to workers in batches. As a rule they note
// them down in the database, as KithChange nodes under the name of a log, before
// any of them is made; a direct journal makes them at once, where nobody sees them
// yet, and leaves a mark for each batch.
//
// Batches are laid out so that workers keep out of each other's way when they
// make the changes, as a relationship locks the nodes at both its ends. There are
// 2·workers buckets. Batches of nodes are dealt to them in turn, and ties go to
// blocks by the two buckets of their ends, which a hash of the ids tells. Blocks
// are made in rounds, as in a tournament in which every bucket meets every other
// once: no two blocks of a round share a bucket.
type journal struct {
	s       *Store
	log     string
	buckets int
	open    map[place]*batch
	rows    int64 // noted or waiting
	notes   int   // full batches so far
	filled  int   // full batches of nodes so far
	full    *queue
	workers *errgroup.Group
	// direct is whether changes are made at once. done is then told how many.
	direct bool
	done   func(rows int64)
	ctx    context.Context // ends when a worker fails
}

// place says when a batch is made: round by round, the blocks of a round at the
// same time.
type place struct{ round, block int }

// batch collects changes of one place.
type batch struct {
	entries []entry
	buf     []byte
}

// entry is an encoded change in the buffer of its batch, and what it is sorted by.
type entry struct {
	step     step
	from, to string
	lo, hi   int
}

// note is a batch on its way to the database.
type note struct {
	place
	seq  string
	rows [][]byte
	at   int // its place in the queue
}

// maxBatchBytes bounds what a batch holds before it is compressed.
const maxBatchBytes = 4 << 20

// codeTwice is what the server says about a node that a constraint allows once.
const codeTwice = "Neo.ClientError.Schema.ConstraintValidationFailed"

// newLog is a name that no other log has.
func newLog(what string) string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return what + "-" + hex.EncodeToString(b)
}

func (s *Store) newJournal(ctx context.Context, log string) *journal {
	j := &journal{s: s, log: log, buckets: 2 * s.o.Workers, open: map[place]*batch{}}
	j.start(ctx, newQueue(s.o.Workers, 0), j.put)
	return j
}

// newDirect is a journal that makes changes at once, for what nobody sees yet.
func (s *Store) newDirect(ctx context.Context, log string, done func(rows int64)) (*journal, error) {
	if err := s.exec(ctx, query("bucket_put"), map[string]any{"log": log, "count": 2 * s.o.Workers}); err != nil {
		return nil, err
	}
	j := &journal{s: s, log: log, buckets: 2 * s.o.Workers, open: map[place]*batch{}, direct: true, done: done}
	j.start(ctx, newQueue(j.buckets*(j.buckets+1)/2, j.buckets), j.apply)
	return j, nil
}

func (j *journal) start(ctx context.Context, full *queue, do func(note) error) {
	j.full = full
	j.workers, j.ctx = errgroup.WithContext(ctx)
	context.AfterFunc(j.ctx, full.stop)
	for range j.s.o.Workers {
		j.workers.Go(func() error {
			for {
				n, ok := full.pull()
				if !ok {
					return nil
				}
				if err := do(n); err != nil {
					return err
				}
				full.finished(n)
			}
		})
	}
}

// node notes a change of the node with an id, of which there is one in a journal.
// Nodes keep the order in which they come: an index on their ids grows faster at
// one end than all over.
func (j *journal) node(c change, id string) error {
	return j.note(c, place{0, j.filled % j.buckets}, id, "")
}

// tie notes a change of a tie.
func (j *journal) tie(c change, from, to string) error {
	return j.note(c, j.meeting(j.bucket(from), j.bucket(to)), from, to)
}

// last notes the removal of the node with an id, when all changes of ties have been
// made. One batch after the other, as nodes may have neighbours in common.
func (j *journal) last(c change, id string) error {
	return j.note(c, place{j.buckets + 1, allBuckets}, id, "")
}

// bucket deals ids to buckets.
func (j *journal) bucket(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() % uint32(j.buckets))
}

// meeting is when two of an even number of buckets meet: in round-robin order by
// the circle method, after the nodes' round 0; buckets meet themselves in round n.
func (j *journal) meeting(a, b int) place {
	n := j.buckets
	lo, hi := min(a, b), max(a, b)
	block := lo*n + hi
	switch {
	case lo == hi:
		return place{n, block}
	case hi == n-1:
		return place{1 + lo, block}
	}
	return place{1 + (lo+hi)*(n/2)%(n-1), block} // n/2 halves modulo n-1
}

func (j *journal) note(c change, at place, from, to string) error {
	b := j.open[at]
	if b == nil {
		b = &batch{}
		j.open[at] = b
	}
	lo := len(b.buf)
	b.buf = encode(b.buf, c)
	b.entries = append(b.entries, entry{c.step, from, to, lo, len(b.buf)})
	j.rows++
	if len(b.entries) < j.s.o.BatchSize && len(b.buf) < maxBatchBytes {
		return nil
	}
	if j.direct && at.round > 0 {
		// Nodes are there before the ties between them, and those that leave go after
		// them.
		before := 1
		if at.round > j.buckets {
			before = at.round
		}
		if err := j.sendBefore(before); err != nil {
			return err
		}
	}
	delete(j.open, at)
	if at.round == 0 {
		j.filled++
	}
	return j.send(at, b)
}

// sendBefore hands over the batches of earlier rounds that are not full.
func (j *journal) sendBefore(round int) error {
	for _, at := range j.places() {
		if b := j.open[at]; at.round < round {
			delete(j.open, at)
			if err := j.send(at, b); err != nil {
				return err
			}
		}
	}
	return nil
}

// places are those that have something waiting, in order.
func (j *journal) places() []place {
	return slices.SortedFunc(maps.Keys(j.open), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(a.block, b.block))
	})
}

// send sorts a batch and hands it to a worker, waiting until one is free.
func (j *journal) send(at place, b *batch) error {
	slices.SortStableFunc(b.entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.step.turn(), y.step.turn()), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	n := note{place: at, seq: fmt.Sprintf("%09d", j.notes)}
	for _, e := range b.entries {
		n.rows = append(n.rows, b.buf[e.lo:e.hi])
	}
	j.notes++
	if !j.full.push(n) {
		return context.Cause(j.ctx)
	}
	return nil
}

// put stores a note. One that does not fit into a transaction is cut in two.
func (j *journal) put(n note) error {
	var raw []byte
	for _, row := range n.rows {
		raw = append(raw, row...)
	}
	err := j.s.exec(j.ctx, query("change_put"), map[string]any{
		"log": j.log, "seq": n.seq, "round": n.round, "block": n.block, "rows": len(n.rows), "payload": pack(raw),
	})
	if half := len(n.rows) / 2; errors.Is(err, ErrMemory) && half > 0 {
		a, b := note{n.place, n.seq + "a", n.rows[:half], 0}, note{n.place, n.seq + "b", n.rows[half:], 0}
		if err = j.put(a); err == nil {
			err = j.put(b)
		}
	}
	return err
}

// apply makes the changes of a note and leaves a mark in the same transaction, by
// which another try, after the answer to a commit was lost, sees that they have
// been made. One that does not fit into a transaction is cut in two.
func (j *journal) apply(n note) error {
	var raw []byte
	for _, row := range n.rows {
		raw = append(raw, row...)
	}
	changes, err := decode(raw)
	if err != nil {
		return err
	}
	err = j.s.change(j.ctx, func(ctx context.Context, tx neo4jTx) error {
		if err := j.mark(ctx, tx, n); err != nil {
			return err
		}
		return makeAll(ctx, tx, changes)
	})
	if errors.Is(err, errMade) {
		err = nil
	}
	if half := len(n.rows) / 2; errors.Is(err, ErrMemory) && half > 0 {
		a, b := note{n.place, n.seq + "a", n.rows[:half], 0}, note{n.place, n.seq + "b", n.rows[half:], 0}
		if err = j.apply(a); err == nil {
			err = j.apply(b)
		}
		return err
	}
	if errors.Is(err, ErrMemory) {
		return tooLarge(err)
	}
	if err == nil {
		j.done(int64(len(n.rows)))
	}
	return err
}

// mark leaves the mark of a note, or returns errMade where there is one.
func (j *journal) mark(ctx context.Context, tx neo4jTx, n note) error {
	result, err := tx.Run(ctx, query("mark_put"), map[string]any{"log": j.log, "seq": n.seq, "buckets": j.full.bucketsOf(n)})
	if err != nil {
		return err
	}
	found, err := result.Collect(ctx)
	if e := serverError(err); e != nil && e.Code == codeTwice {
		return errMade
	}
	if err == nil && len(found) == 0 {
		return errors.New("another process has taken over what this one was writing")
	}
	return err
}

// close notes what is left and waits for the workers. A few changes go into one
// batch, as there is nothing to be gained from several workers. It must be called
// once, with an error if the changes are not to be made after all.
func (j *journal) close(failed error) error {
	if failed == nil {
		failed = j.rest()
	}
	if failed != nil {
		j.full.stop()
	}
	j.full.close()
	if err := j.workers.Wait(); err != nil {
		// It is why the others were told to stop.
		return err
	}
	return failed
}

func (j *journal) rest() error {
	places := j.places()
	if j.notes == 0 && j.rows <= int64(j.s.o.BatchSize) && j.rows > 0 {
		all := &batch{}
		for _, at := range places {
			b := j.open[at]
			for _, e := range b.entries {
				e.lo, e.hi = e.lo+len(all.buf), e.hi+len(all.buf)
				all.entries = append(all.entries, e)
			}
			all.buf = append(all.buf, b.buf...)
		}
		return j.send(place{0, allBuckets}, all)
	}
	for _, at := range places {
		if err := j.send(at, j.open[at]); err != nil {
			return err
		}
	}
	return nil
}
