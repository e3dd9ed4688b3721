package community

import "context"

// Moves run in windows, so that they can be prepared in parallel and still come
// out the same to the bit (ours). The next W vertices of the queue each look
// for their best community, in parallel, seeing the state at the start of the
// window. Then, one after the other in queue order, they go there: if the
// target has lost a member within the window, or the own community has gained
// one, or the gain at current masses is no longer positive, the vertex looks
// again at the current state. Otherwise the weights it saw can only have become
// better, so that every move raises the objective. W depends on the number of
// vertices alone, and small levels go one by one.

const (
	largestWindow  = 1024
	smallestWindow = 64
	proposalBlock  = 64 // vertices per part of a parallel step
)

func windowOf(n int) int {
	w := min(largestWindow, n/32)
	if w < smallestWindow {
		return 1
	}
	return w
}

// vacantTarget stands for any empty community.
const vacantTarget = ^uint32(0)

// proposal is where a vertex wants to go, with the weights of its ties to the
// own community and to that one.
type proposal struct {
	to       uint32
	own, aim float64
}

// move brings the vertices of lv, in random order, each to the community that
// gains most, visits again those whose neighbour has moved, and ends when
// nobody can gain. It says how many moves it made.
func (s *search) move(ctx context.Context, lv *level, random stream) (int, error) {
	n := lv.n
	comm, queue, queued := s.comm[:n], s.queue[:n], s.queued[:n]
	clear(s.total[:n])
	clear(s.size[:n])
	clear(s.lost[:n])
	clear(s.gained[:n])
	head, waiting := 0, 0
	for v, c := range comm {
		s.total[c] += lv.mass[v]
		s.size[c]++
		queued[v] = lv.offsets[v] < lv.offsets[v+1] // others cannot gain
		if queued[v] {
			queue[waiting] = uint32(v)
			waiting++
		}
	}
	s.vacant = 0
	random.shuffle(queue[:waiting])
	push := func(u uint32) {
		queued[u] = true
		tail := head + waiting
		if tail >= n {
			tail -= n
		}
		queue[tail] = u
		waiting++
	}

	size := windowOf(waiting)
	window := make([]uint32, 0, size)
	moved := make([]uint32, 0, size)
	proposals := make([]proposal, size)
	moves := 0
	for now := uint32(1); waiting > 0; now++ {
		if now%256 == 0 {
			if err := ctx.Err(); err != nil {
				return moves, err
			}
		}
		window, moved = window[:0], moved[:0]
		for len(window) < size && waiting > 0 {
			v := queue[head]
			queued[v] = false
			window = append(window, v)
			waiting--
			if head++; head == n {
				head = 0
			}
		}
		if size > 1 {
			s.crew.each(blocks(len(window), proposalBlock), func(worker, part int) {
				from, to := part*proposalBlock, min((part+1)*proposalBlock, len(window))
				s.propose(&s.scratch[worker], lv, window[from:to], proposals[from:to])
			})
		}
		for i, v := range window {
			if size == 1 {
				s.propose(&s.scratch[0], lv, window, proposals)
			}
			p := proposals[i]
			own := comm[v]
			if p.to == own {
				continue
			}
			if s.gained[own] == now || p.to != vacantTarget && s.lost[p.to] == now || !s.gains(lv, v, p) {
				s.propose(&s.scratch[0], lv, window[i:i+1], proposals[i:i+1])
				p = proposals[i]
				if p.to == own || !s.gains(lv, v, p) {
					continue
				}
			}
			if p.to == vacantTarget {
				p.to = s.vacancy(n)
			}
			m := lv.mass[v]
			s.total[own] -= m
			s.total[p.to] += m
			s.size[own]--
			s.size[p.to]++
			s.lost[own] = now
			s.gained[p.to] = now
			if s.size[own] == 0 {
				s.total[own] = 0
			}
			comm[v] = p.to
			moved = append(moved, v)
		}
		moves += len(moved)
		s.callNeighbours(lv, moved, push)
	}
	return moves, nil
}

// propose finds the best community in the present state for each of the
// vertices.
func (s *search) propose(w *scratch, lv *level, vs []uint32, out []proposal) {
	for len(vs) > 0 {
		n := w.open(lv, vs)
		w.fetch(lv, n, s.comm)
		at := 0
		for i, v := range vs[:n] {
			degree := int(w.to[i] - w.from[i])
			if degree > batchArcs {
				out[i] = s.proposeLarge(w, lv, v)
				continue
			}
			labels := w.labels[at : at+degree]
			at += degree
			if lv.loops {
				s.hideLoop(lv, v, 0, labels)
			}
			var ws []float32
			if lv.weights != nil {
				ws = lv.weights[w.from[i]:w.to[i]]
			}
			w.add(labels, ws)
			c := s.chooser(w, lv, v)
			c.choose(w.acc, s.total, labels)
			out[i] = c.proposal
		}
		vs, out = vs[n:], out[n:]
	}
}

// proposeLarge is propose for a vertex whose labels are too many to hold.
func (s *search) proposeLarge(w *scratch, lv *level, v uint32) proposal {
	ts, ws := lv.arcs(v)
	each := func(use func(labels []uint32, ws []float32)) {
		for at := 0; at < len(ts); at += batchArcs {
			to := min(at+batchArcs, len(ts))
			labels := w.labels[:relabel(w.labels, ts[at:to], s.comm)]
			if lv.loops {
				s.hideLoop(lv, v, at, labels)
			}
			if ws == nil {
				use(labels, nil)
			} else {
				use(labels, ws[at:to])
			}
		}
	}
	each(w.add)
	c := s.chooser(w, lv, v)
	each(func(labels []uint32, _ []float32) { c.choose(w.acc, s.total, labels) })
	return c.proposal
}

// hideLoop gives the loop of v, if it is among the labels of v's ties from the
// given one on, the label after the last community. That one has an infinite
// price, so that nobody goes there.
func (s *search) hideLoop(lv *level, v uint32, from int, labels []uint32) {
	ts, _ := lv.arcs(v)
	if i, found := find(ts, v); found && i >= from && i < from+len(labels) {
		labels[i-from] = uint32(s.base.n)
	}
}

// chooser finds the community that a vertex gains most by joining.
type chooser struct {
	proposal
	gain, price float64
}

// chooser starts from staying, or from leaving for an empty community if that
// gains.
func (s *search) chooser(w *scratch, lv *level, v uint32) chooser {
	own := s.comm[v]
	stay := w.acc[own]
	w.acc[own] = 0
	c := chooser{proposal{to: own, own: stay, aim: stay}, 0, lv.rate * lv.mass[v]}
	if s.size[own] > 1 {
		c.gain = stay - float64(c.price*(s.total[own]-lv.mass[v]))
		if c.gain < 0 {
			c.to, c.aim, c.gain = vacantTarget, 0, 0
		}
	}
	return c
}

// choose looks at the communities with the labels and makes their sums zero. A
// label may come several times: from the second on its sum is zero, and as the
// gain to beat is never negative it is not chosen; nor is the own community,
// whose sum is zero from the start.
func (c *chooser) choose(acc, total []float64, labels []uint32) {
	to, aim, best, price := c.to, c.aim, c.gain, c.price
	for _, l := range labels {
		a := acc[l]
		acc[l] = 0
		if gain := a - float64(price*total[l]); gain > best {
			to, aim, best = l, a, gain
		}
	}
	c.to, c.aim, c.gain = to, aim, best
}

// gains says whether p raises the objective in the present state by more than
// rounding can feign.
func (s *search) gains(lv *level, v uint32, p proposal) bool {
	price := lv.rate * lv.mass[v]
	leave := float64(price * (s.total[s.comm[v]] - lv.mass[v]))
	join := 0.0
	if p.to != vacantTarget {
		join = float64(price * s.total[p.to])
	}
	return (p.aim-join)-(p.own-leave) > 1e-12*(p.aim+join+p.own+leave)
}

// vacancy finds an empty community. There is one whenever a vertex shares its
// own.
func (s *search) vacancy(n int) uint32 {
	for s.size[s.vacant] != 0 {
		if s.vacant++; int(s.vacant) == n {
			s.vacant = 0
		}
	}
	return s.vacant
}

// callNeighbours queues the neighbours of the moved vertices that are outside
// their new communities, in the order of the moves and ties.
func (s *search) callNeighbours(lv *level, moved []uint32, push func(uint32)) {
	if s.crew.size == 1 || len(moved) < 2*proposalBlock {
		for _, v := range moved {
			ts, _ := lv.arcs(v)
			c := s.comm[v]
			for _, t := range ts {
				if !s.queued[t] && s.comm[t] != c {
					push(t)
				}
			}
		}
		return
	}
	parts := blocks(len(moved), proposalBlock)
	calls := make([][]uint32, parts)
	s.crew.each(parts, func(_, part int) {
		var call []uint32
		for _, v := range moved[part*proposalBlock : min((part+1)*proposalBlock, len(moved))] {
			ts, _ := lv.arcs(v)
			c := s.comm[v]
			for _, t := range ts {
				if !s.queued[t] && s.comm[t] != c {
					call = append(call, t)
				}
			}
		}
		calls[part] = call
	})
	for _, call := range calls {
		for _, t := range call {
			if !s.queued[t] {
				push(t)
			}
		}
	}
}
