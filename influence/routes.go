package influence

import (
	"fmt"
	"math"

	"kith/graph"
)

// sameWay is how much two sums of lengths may differ, as a part of them, to be
// taken as equal: more than what rounding does.
const sameWay = 1e-10

// mostRoutes is the largest number of shortest paths between two vertices that
// is counted.
const mostRoutes = 1e300

// routes counts the shortest paths from one vertex after another for one worker,
// where arcs differ in length.
type routes struct {
	trip
	in     *graph.Graph
	passed []float64
	// count is the number of shortest paths to a vertex, and once a vertex
	// has been accounted for, what it passes on to each: (1+δ)/count.
	count []float64
}

func newRoutes(out, in *graph.Graph, length Length) *routes {
	n := out.Rows()
	return &routes{trip: newTrip(out, length), in: in, passed: make([]float64, n), count: make([]float64, n)}
}

func (r *routes) through() []float64 { return r.passed }

// from counts the shortest paths from s and accounts for them.
func (r *routes) from(s uint32) error {
	r.begin(s)
	for {
		v, ok := r.next()
		if !ok {
			break
		}
		c := r.arrivals(v)
		if v == s {
			c = 1
		}
		if c > mostRoutes {
			r.end()
			return fmt.Errorf("there are more than %g shortest paths from vertex %d to vertex %d; make every arc 1 long instead", mostRoutes, s, v)
		}
		r.count[v] = c
	}
	for i := len(r.order) - 1; i > 0; i-- {
		v := r.order[i]
		depend := r.count[v] * r.departures(v)
		r.passed[v] += depend
		r.count[v] = (1 + depend) / r.count[v]
	}
	r.end()
	return nil
}

// arrivals adds up the counts of those from which a shortest path comes to v.
func (r *routes) arrivals(v uint32) float64 {
	sum, weights := 0.0, r.in.WeightsOf(v)
	limit := r.far[v] * (1 + sameWay)
	for i, u := range r.in.Neighbours(v) {
		if r.place[u] < r.place[v] && r.far[u]+r.length(weights[i]) <= limit {
			sum += r.count[u]
		}
	}
	return sum
}

// departures adds up the shares of those to which a shortest path goes on from v.
func (r *routes) departures(v uint32) float64 {
	sum, weights := 0.0, r.out.WeightsOf(v)
	for i, w := range r.out.Neighbours(v) {
		if r.place[w] > r.place[v] && r.far[v]+r.length(weights[i]) <= r.far[w]*(1+sameWay) {
			sum += r.count[w]
		}
	}
	return sum
}

// trip visits vertices by rising distance from one of them.
type trip struct {
	out     *graph.Graph
	inverse bool
	far     []float64 // distance, +Inf where no way has been found
	place   []uint32  // in order; None where the trip has not come yet
	order   []uint32
	queue   []stop // a heap of four branches; a vertex may stand in it twice
}

// stop is a vertex that can be reached and how far it is that way.
type stop struct {
	far float64
	at  uint32
}

func newTrip(out *graph.Graph, length Length) trip {
	n := out.Rows()
	t := trip{out: out, inverse: length == LengthInverse, far: make([]float64, n), place: make([]uint32, n)}
	for v := range t.far {
		t.far[v], t.place[v] = math.Inf(1), None
	}
	return t
}

// length is the length of an arc of this weight.
func (t *trip) length(w float32) float64 {
	if t.inverse {
		return 1 / float64(w)
	}
	return float64(w)
}

func (t *trip) begin(s uint32) {
	t.order, t.queue = t.order[:0], append(t.queue[:0], stop{0, s})
	t.far[s] = 0
}

// next goes to the nearest vertex that it has not been to.
func (t *trip) next() (v uint32, ok bool) {
	for len(t.queue) > 0 {
		v = t.pop()
		if t.place[v] != None {
			continue
		}
		t.place[v] = uint32(len(t.order))
		t.order = append(t.order, v)
		weights := t.out.WeightsOf(v)
		for i, w := range t.out.Neighbours(v) {
			far := t.far[v] + t.length(weights[i])
			if far < t.far[w]*(1-sameWay) && t.place[w] == None {
				t.far[w] = far
				t.push(stop{far, w})
			}
		}
		return v, true
	}
	return 0, false
}

// end forgets the trip.
func (t *trip) end() {
	for _, v := range t.order {
		t.far[v], t.place[v] = math.Inf(1), None
	}
	for _, s := range t.queue {
		t.far[s.at] = math.Inf(1)
	}
}

func (t *trip) push(s stop) {
	q := append(t.queue, s)
	i := len(q) - 1
	for i > 0 {
		up := (i - 1) / 4
		if q[up].far <= s.far {
			break
		}
		q[i] = q[up]
		i = up
	}
	q[i] = s
	t.queue = q
}

func (t *trip) pop() uint32 {
	q := t.queue
	first, last := q[0].at, q[len(q)-1]
	q = q[:len(q)-1]
	t.queue = q
	for i := 0; len(q) > 0; {
		best, far := i, last.far
		for k := 4*i + 1; k < min(4*i+5, len(q)); k++ {
			if q[k].far < far {
				best, far = k, q[k].far
			}
		}
		if best == i {
			q[i] = last
			break
		}
		q[i] = q[best]
		i = best
	}
	return first
}
