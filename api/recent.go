package api

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// Happened is an event that has been stored since the Result was made.
type Happened struct {
	// Customer is empty for a visit of somebody unknown, Session where there
	// is none.
	Customer, Session, Product string
	// Bought tells a purchase from a visit.
	Bought bool
	// At is when it was stored.
	At time.Time
}

// Bounds of what is remembered beside the Result; the store has all of it, and the
// next run sees it.
const (
	// MaxArrivals is how many events are remembered.
	MaxArrivals = 1 << 20
	// maxBought is how many purchases of one customer lists take into account.
	maxBought = 1000
	// maxSeen is how many products of one visitor do.
	maxSeen = 50
)

// arrivals are the events since the Result, in the order of storing.
type arrivals struct {
	mu  sync.Mutex
	log []Happened
}

// recent is what the events since a Result say about customers and sessions. It
// is written by one goroutine at a time and read without a lock.
type recent struct {
	// customers has one trail for each customer of the Result, nil for most;
	// others has those of sessions and of customers whom the Result does not
	// know, by visitor.
	customers []atomic.Pointer[trail]
	others    sync.Map
}

// trail is what somebody has done since the Result; it never changes. The numbers
// are products of the Result.
type trail struct {
	// bought has each product once, in the order of buying, without those that
	// the Result knows to be bought: a list is told by how many of them it
	// leaves out.
	bought []uint32
	// seen has the last products seen, each once, the latest last.
	seen []uint32
}

// visitor is the key of a trail that is no customer's of the Result.
type visitor struct {
	session bool
	id      string
}

// none is the trail of who has done nothing.
var none = new(trail)

func newRecent(customers int) *recent {
	return &recent{customers: make([]atomic.Pointer[trail], customers)}
}

// Happened takes account of events that have been stored, given in the order of
// storing: what was bought is not recommended any more, and what was seen counts
// for sessions. It may be called while requests are answered.
func (s *Server) Happened(events []Happened) {
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	s.arrivals.log = append(s.arrivals.log, events...)
	now := s.snapshot.Load()
	if len(s.arrivals.log) > MaxArrivals {
		s.arrivals.log = slices.Clone(s.arrivals.log[len(s.arrivals.log)-MaxArrivals/2:])
		if now != nil {
			now.follow(s.arrivals.log)
		}
		return
	}
	if now != nil {
		now.recent.Load().add(now, events)
	}
}

// since keeps the events that a run that began at a time cannot have seen.
func (a *arrivals) since(began time.Time) []Happened {
	a.log = slices.DeleteFunc(a.log, func(h Happened) bool { return h.At.Before(began) })
	return a.log
}

// Forget drops what people did since the Result, who asked to be forgotten: gone
// tells their ids and those of their sessions.
func (s *Server) Forget(gone func(id string) bool) {
	s.arrivals.mu.Lock()
	defer s.arrivals.mu.Unlock()
	s.arrivals.log = slices.DeleteFunc(s.arrivals.log, func(h Happened) bool {
		return h.Customer != "" && gone(h.Customer) || h.Session != "" && gone(h.Session)
	})
	if now := s.snapshot.Load(); now != nil {
		now.follow(s.arrivals.log)
	}
}

// follow makes events all that has happened since the Result.
func (s *snapshot) follow(events []Happened) {
	r := newRecent(s.Customers.Len())
	r.add(s, events)
	s.recent.Store(r)
}

// add takes account of events. One goroutine at a time may do so.
func (r *recent) add(s *snapshot, events []Happened) {
	for i := range events {
		h := &events[i]
		p, ok := s.Products.Find(h.Product)
		if !ok {
			continue
		}
		if h.Customer != "" {
			if u, ok := s.Customer(h.Customer); ok {
				now := r.of(u)
				if !h.Bought || !s.owns(u, p) {
					r.customers[u].Store(now.with(p, h.Bought))
				}
			} else {
				r.extend(visitor{false, h.Customer}, p, h.Bought)
			}
		}
		if h.Session != "" {
			r.extend(visitor{true, h.Session}, p, h.Bought)
		}
	}
}

func (r *recent) extend(v visitor, p uint32, bought bool) {
	r.others.Store(v, r.visitor(v).with(p, bought))
}

// of is the trail of a customer of the Result.
func (r *recent) of(u uint32) *trail {
	if t := r.customers[u].Load(); t != nil {
		return t
	}
	return none
}

// visitor is the trail of a session, or of a customer whom the Result does not
// know.
func (r *recent) visitor(v visitor) *trail {
	if t, ok := r.others.Load(v); ok {
		return t.(*trail)
	}
	return none
}

// with is the trail with one event more.
func (t *trail) with(p uint32, bought bool) *trail {
	next := *t
	if bought {
		if len(t.bought) < maxBought && !slices.Contains(t.bought, p) {
			// Who reads an older trail sees only the part that it had.
			next.bought = append(t.bought, p)
		}
		return &next
	}
	next.seen = slices.DeleteFunc(slices.Clone(t.seen), func(q uint32) bool { return q == p })
	if len(next.seen) == maxSeen {
		next.seen = next.seen[1:]
	}
	next.seen = append(next.seen, p)
	return &next
}

// owns says whether the Result knows that a customer bought a product.
func (s *snapshot) owns(u, p uint32) bool {
	_, found := slices.BinarySearch(s.Bought.Neighbours(u), p)
	return found
}

// owned are the products that a customer has, ascending: those of the Result, and
// those bought since.
func (s *snapshot) owned(u uint32, since []uint32) []uint32 {
	all := s.Bought.Neighbours(u)
	if len(since) == 0 {
		return all
	}
	all = append(slices.Clone(all), since...)
	slices.Sort(all)
	return all
}

// etagWith is the validator of a list that depends on a trail, empty where that of
// the Result does.
func (s *snapshot) etagWith(t *trail) string {
	if len(t.bought) == 0 {
		return ""
	}
	return s.etag[:len(s.etag)-1] + "-" + strconv.Itoa(len(t.bought)) + `"`
}
