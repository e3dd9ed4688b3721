package neo4jstore

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"

	"golang.org/x/sync/errgroup"
)

// journal notes changes down in the database, as KithChange nodes under the name
// of a log, before any of them is made. Each node has a batch of changes.
//
// Batches are laid out so that workers keep out of each other's way when they
// make the changes, as a relationship locks the nodes at both its ends. Nodes are
// dealt to 2·workers buckets by a hash of their ids, ties to blocks by the two
// buckets of their ends. Blocks are made in rounds, as in a tournament in which
// every bucket meets every other once: no two blocks of a round share a bucket.
type journal struct {
	s       *Store
	log     string
	buckets int
	open    map[place]*batch
	rows    int64 // noted or waiting
	notes   int   // full batches so far
	full    chan note
	workers *errgroup.Group
	ctx     context.Context // ends when a worker fails
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
}

// maxBatchBytes bounds what a batch holds before it is compressed.
const maxBatchBytes = 4 << 20

// newLog is a name that no other log has.
func newLog(what string) string {
	b := make([]byte, 8)
	_, _ = rand.Read(b) // never fails
	return what + "-" + hex.EncodeToString(b)
}

func (s *Store) newJournal(ctx context.Context, log string) *journal {
	j := &journal{s: s, log: log, buckets: 2 * s.o.Workers, open: map[place]*batch{}, full: make(chan note)}
	j.workers, j.ctx = errgroup.WithContext(ctx)
	for range s.o.Workers {
		j.workers.Go(func() error {
			for n := range j.full {
				if err := j.put(n); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return j
}

// node notes a change of the node with an id, and tie one of a tie.
func (j *journal) node(c change, id string) error {
	return j.note(c, place{0, j.bucket(id)}, id, "")
}

func (j *journal) tie(c change, from, to string) error {
	return j.note(c, j.meeting(j.bucket(from), j.bucket(to)), from, to)
}

// bucket deals ids to buckets.
func (j *journal) bucket(id string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() % uint32(j.buckets))
}

// meeting is when two of an even number of buckets meet: in round-robin order by
// the circle method, after the nodes' round 0; buckets meet themselves at the end.
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
	delete(j.open, at)
	return j.send(at, b)
}

// send sorts a batch and hands it to a worker, waiting until one is free.
func (j *journal) send(at place, b *batch) error {
	slices.SortStableFunc(b.entries, func(x, y entry) int {
		return cmp.Or(cmp.Compare(x.step, y.step), cmp.Compare(x.from, y.from), cmp.Compare(x.to, y.to))
	})
	n := note{place: at, seq: fmt.Sprintf("%09d", j.notes)}
	for _, e := range b.entries {
		n.rows = append(n.rows, b.buf[e.lo:e.hi])
	}
	j.notes++
	select {
	case j.full <- n:
		return nil
	case <-j.ctx.Done():
		return context.Cause(j.ctx)
	}
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
		a, b := note{n.place, n.seq + "a", n.rows[:half]}, note{n.place, n.seq + "b", n.rows[half:]}
		if err = j.put(a); err == nil {
			err = j.put(b)
		}
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
	close(j.full)
	if err := j.workers.Wait(); err != nil {
		// It is why the others were told to stop.
		return err
	}
	return failed
}

func (j *journal) rest() error {
	places := make([]place, 0, len(j.open))
	for at := range j.open {
		places = append(places, at)
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.round, b.round), cmp.Compare(a.block, b.block))
	})
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
		return j.send(place{}, all)
	}
	for _, at := range places {
		if err := j.send(at, j.open[at]); err != nil {
			return err
		}
	}
	return nil
}
