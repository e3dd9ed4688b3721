package loaders

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"kith/graph/duckstore"
)

// Errors of posting a batch.
var (
	// ErrKeyUsed says that the key belongs to another batch.
	ErrKeyUsed = errors.New("the key belongs to another batch")
	// ErrStreamClosed says that the stream takes no more.
	ErrStreamClosed = errors.New("no more events are taken: the server is stopping")
)

// How much shares one transaction at most. More does not make a row cheaper, and
// lets the first batch wait longer for its answer.
const (
	groupBatches = 256
	groupRows    = 50_000
)

// keepKeys is how long the key of a batch is remembered.
const keepKeys = 7 * 24 * time.Hour

// Posted says what became of a batch: Rows is the sum of Accepted, Duplicates and
// Rejected.
type Posted struct {
	Rows       int `json:"rows"`
	Accepted   int `json:"accepted"`
	Duplicates int `json:"duplicates"`
	Rejected   int `json:"rejected"`
	// Rejects has the first of the rejected rows.
	Rejects []PostedReject `json:"rejects"`
	// Imports are the ids of the receipts that the rows count in.
	Imports []int64 `json:"imports"`
}

// PostedReject is a row that was not taken.
type PostedReject struct {
	Kind Kind `json:"kind"`
	// Index is the row's place in its list, or its line in the body, from 0.
	Index int `json:"index"`
	// Field is empty when the whole row is at fault.
	Field  string `json:"field,omitempty"`
	Reason string `json:"reason"`
}

// Happened is a row that has been stored.
type Happened struct {
	Kind Kind
	// Customer is empty for a visit of somebody unknown, Session for one that
	// has none, Product for one of a mere page.
	Customer, Session, Product string
	// Returned says that a purchase was taken back.
	Returned bool
}

// StreamOptions are the settings of a Stream. The zero value works.
type StreamOptions struct {
	// Committed is told of purchases and visits when they are on the disk and
	// before Post returns, from one goroutine, in the order of storing.
	Committed func([]Happened)
	// Rejects is how many rejected rows a receipt lists; 0 means 100. The
	// store keeps all.
	Rejects int
	// Now tells the time of day; nil means time.Now.
	Now func() time.Time

	ordinary bool // no row is taken for plain
}

// Stream takes in batches of events as they happen. Batches that come while
// others are being stored share the next transaction, so that the cost of bringing
// one to the disk is borne by all that wait for it. A batch is there whole or not
// at all. Its methods may be called by any number of goroutines.
type Stream struct {
	st    *duckstore.Store
	o     StreamOptions
	queue chan *posting

	mu     sync.RWMutex // held for reading while something is put into the queue
	closed bool
	ended  chan struct{}
	// room says whether there is any on the disk.
	room func() error
	// pruned is when old keys were last thrown away.
	pruned time.Time
}

// NewStream begins to take in events for a store, until Close, which comes before
// that of the store.
func NewStream(st *duckstore.Store, o StreamOptions) *Stream {
	if o.Rejects == 0 {
		o.Rejects = 100
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Committed == nil {
		o.Committed = func([]Happened) {}
	}
	s := &Stream{st: st, o: o, queue: make(chan *posting, groupBatches), ended: make(chan struct{}), room: st.Room}
	go s.work()
	return s
}

// Post stores a batch and returns once it is on the disk. The same batch under the
// same key gets the receipt of before, replayed. When ctx ends first the batch may
// be stored or not: post it again to know. A batch that cannot be read is a
// BatchError, one whose key belongs to another ErrKeyUsed; when the disk is full
// the error is duckstore.ErrFull and nothing was stored.
func (s *Stream) Post(ctx context.Context, b Batch) (r Posted, replayed bool, err error) {
	p, err := readBatch(b)
	if err != nil {
		return Posted{}, false, err
	}
	if err := s.enqueue(ctx, p); err != nil {
		return Posted{}, false, err
	}
	return p.wait(ctx)
}

func (p *posting) wait(ctx context.Context) (r Posted, replayed bool, err error) {
	select {
	case <-p.done:
		return p.receipt, p.replayed, p.err
	case <-ctx.Done():
		return Posted{}, false, ctx.Err()
	}
}

func (s *Stream) enqueue(ctx context.Context, p *posting) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return ErrStreamClosed
	}
	select {
	case s.queue <- p:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close takes no more, stores what is waiting, and returns when that is done.
func (s *Stream) Close() {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.queue)
	}
	s.mu.Unlock()
	<-s.ended
}

// work stores group after group.
func (s *Stream) work() {
	defer close(s.ended)
	for first := range s.queue {
		g := &group{s: s, postings: []*posting{first}}
		rows := first.total
	fill:
		for len(g.postings) < groupBatches && rows < groupRows {
			select {
			case p, open := <-s.queue:
				if !open {
					break fill
				}
				g.postings = append(g.postings, p)
				rows += p.total
			default:
				break fill
			}
		}
		g.settle()
	}
}

// settle stores a group and answers its batches.
func (g *group) settle() {
	// A client that goes away does not take the others with it.
	ctx := context.Background()
	err := g.commit(ctx)
	if errors.Is(err, duckstore.ErrStopped) {
		// Somebody filled the disk, now or before. What fails again now fails
		// for a reason of its own.
		again, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		if reopened := g.s.st.Reopen(again); reopened != nil {
			err = errors.Join(err, reopened)
		} else {
			err = g.commit(ctx)
		}
	}
	if err == nil {
		g.s.o.Committed(g.happened)
	}
	for _, p := range g.postings {
		if err != nil {
			p.receipt, p.replayed, p.err = Posted{}, false, fmt.Errorf("store the events: %w", err)
		}
		close(p.done)
	}
}

// commit stores a group, where there is room for it.
func (g *group) commit(ctx context.Context) error {
	if err := g.s.room(); err != nil {
		return err
	}
	return g.s.st.UpdateEvents(ctx, g.store)
}

// store is the transaction of a group.
func (g *group) store(ctx context.Context, conn *sql.Conn) error {
	g.fresh, g.again, g.happened = nil, nil, nil
	g.now = g.s.o.Now().UTC().Truncate(time.Microsecond)
	if err := g.findKeys(ctx, conn); err != nil {
		return fmt.Errorf("look for the keys: %w", err)
	}
	var err error
	if g.sealed, err = sealed(ctx, conn); err != nil {
		return err
	}
	if g.forgotten, err = duckstore.ForgottenIn(ctx, conn); err != nil {
		return fmt.Errorf("look for people who asked to be forgotten: %w", err)
	}
	for _, kind := range Streamed {
		if err := g.storeKind(ctx, conn, kind); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	if err := g.storeKeys(ctx, conn); err != nil {
		return fmt.Errorf("store the keys: %w", err)
	}
	return nil
}
