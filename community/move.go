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
	largestWindow   = 1024
	smallestWindow  = 64
	proposalBlock   = 64 // vertices per part of a parallel step
	blocksPerWindow = largestWindow / proposalBlock
	orderRun        = 16 // most neighbouring vertices that are visited together
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

// A search that goes over a large, sparse graph again is hasty in the first move:
// it visits no more than three times as many vertices as there are. To go on until
// nobody can gain grows some communities so large that later iterations do not take
// them apart; friendships of a music service (mean degree 6) end .003 of modularity
// lower then. Being quicker, it takes three iterations for two, of which the last is
// worth another .001. On graphs with more ties haste makes no difference, or a loss
// of .0002 where they are well mixed (ours).
const (
	hastyVisits   = 3
	hastyVertices = 1 << 13
	hastyDegree   = 16
)

// On a large level a move ends early, too, when as many looks at ties as there are
// arcs in half of it have gained less than a hundredth of all that it has gained
// so far. What is left is mostly hubs that look at all their ties again because
// somebody has moved, and stay: on R-MAT graphs that would be a sixth of all looks,
// for .0002 of modularity or less, where seeds move it by .0003 (ours). A
// move that has gained nothing so far never ends early, so an iteration that moves
// nothing still proves that nobody can gain.
const (
	largeLevel = 1 << 20 // arcs
	leastShare = 1. / 100
)

// move brings the vertices of lv, in random order, each to the community that
// gains most, visits again those whose neighbour has moved, and ends when
// nobody can gain, or sooner, see above. It says how many moves it made.
func (s *search) move(ctx context.Context, lv *level, random stream) (int, error) {
	s.takeStock(lv)
	s.line(lv, random)
	size := windowOf(s.waiting)
	moves, visits, renumber := 0, 0, lv.n
	looked, gained := s.looks(), 0.0
	s.gain = 0
	for now := uint32(1); s.waiting > 0; now++ {
		if now%256 == 0 {
			if err := ctx.Err(); err != nil {
				return moves, err
			}
		}
		window := s.nextWindow(size)
		if len(window) <= proposalBlock {
			s.propose(&s.scratch[0], lv, window, s.proposals)
		} else {
			s.crew.each(blocks(len(window), proposalBlock), func(worker, part int) {
				from, to := part*proposalBlock, min((part+1)*proposalBlock, len(window))
				s.propose(&s.scratch[worker], lv, window[from:to], s.proposals[from:to])
			})
		}
		moved := s.commit(lv, window, now)
		moves += len(moved)
		s.callNeighbours(lv, moved)
		visits += len(window)
		if s.hasty && visits > hastyVisits*lv.n {
			s.drop()
			break
		}
		if looks := s.looks(); s.part == nil && len(lv.targets) >= s.large && looks-looked >= int64(len(lv.targets)/2) {
			if s.gain-gained < leastShare*gained {
				s.drop()
				break
			}
			looked, gained = looks, s.gain
		}
		if visits >= renumber && s.part == nil {
			s.renumber(lv.n)
			renumber = 4 * visits
		}
	}
	return moves, nil
}

// looks is how many times the search has looked at a tie so far.
func (s *search) looks() (n int64) {
	for w := range s.scratch {
		n += s.scratch[w].work.Arcs
	}
	return n
}

// takeStock sums up the communities.
func (s *search) takeStock(lv *level) {
	n := lv.n
	clear(s.total[:n])
	clear(s.size[:n])
	clear(s.lost[:n])
	clear(s.gained[:n])
	for v, c := range s.comm[:n] {
		s.total[c] += lv.mass[v]
		s.size[c]++
	}
	if s.flow != nil {
		s.flow.takeStock(s, lv)
	}
	s.vacant = 0
}

// line queues every vertex that has ties, as others cannot gain; in an update, on
// the given graph, only those of its frontier. The order is random by runs of
// neighbouring vertices, whose ties lie side by side in memory (ours); it finds as
// good communities as an order random by vertex.
func (s *search) line(lv *level, random stream) {
	n := lv.n
	s.ring, s.head, s.waiting = n, 0, 0
	if s.part != nil && s.depth == 0 {
		clear(s.queued[:n])
		for _, v := range s.part.frontier {
			if lv.offsets[v] < lv.offsets[v+1] {
				s.push(v)
			}
		}
		random.shuffle(s.queue[:s.waiting])
		return
	}
	run := orderRun
	if s.base.n <= 8*orderRun {
		run = 1 // or there would be few orders to choose from
	}
	runs := s.other[:blocks(n, run)]
	for i := range runs {
		runs[i] = uint32(i)
	}
	random.shuffle(runs)
	for _, i := range runs {
		for v := int(i) * run; v < min((int(i)+1)*run, n); v++ {
			// Who has no ties here counts as queued, so that nobody calls it.
			s.queued[v] = true
			if lv.offsets[v] < lv.offsets[v+1] {
				s.queue[s.waiting] = uint32(v)
				s.waiting++
			}
		}
	}
}

// renumber moves the communities that are left to the front, so that what is
// known of them lies together. It changes nothing else.
func (s *search) renumber(n int) {
	number, k := s.lost[:n], uint32(0)
	for c, size := range s.size[:n] {
		if size > 0 {
			number[c] = k
			s.size[k], s.total[k] = size, s.total[c]
			if s.flow != nil {
				s.flow.exit[k], s.flow.code[k] = s.flow.exit[c], s.flow.code[c]
			}
			k++
		}
	}
	clear(s.size[k:n])
	clear(s.total[k:n])
	if s.flow != nil {
		clear(s.flow.exit[k:n])
		clear(s.flow.code[k:n])
	}
	s.eachVertex(n, func(from, to int) {
		relabel(s.comm[from:to], s.comm[from:to], number)
	})
	clear(number)
	s.vacant = 0
}

// push puts a vertex at the end of the queue.
func (s *search) push(v uint32) {
	s.queued[v] = true
	tail := s.head + s.waiting
	if tail >= s.ring {
		tail -= s.ring
	}
	s.queue[tail] = v
	s.waiting++
}

// drop empties the queue.
func (s *search) drop() {
	for s.waiting > 0 {
		s.nextWindow(len(s.window))
	}
}

// nextWindow takes up to size vertices from the queue.
func (s *search) nextWindow(size int) []uint32 {
	window := s.window[:min(size, s.waiting)]
	for i := range window {
		v := s.queue[s.head]
		s.queued[v] = false
		window[i] = v
		if s.head++; s.head == s.ring {
			s.head = 0
		}
	}
	s.waiting -= len(window)
	return window
}

// commit makes the proposed moves, one after the other, and lists the vertices
// that moved. It writes over the window.
func (s *search) commit(lv *level, window []uint32, now uint32) []uint32 {
	moved := window[:0]
	for i, v := range window {
		p := s.proposals[i]
		own := s.comm[v]
		if p.to == own {
			continue
		}
		if s.outdated(own, p.to, now) || !s.gains(lv, v, p) {
			s.propose(&s.scratch[0], lv, window[i:i+1], s.proposals[i:i+1])
			p = s.proposals[i]
			if p.to == own || !s.gains(lv, v, p) {
				continue
			}
		}
		if p.to == vacantTarget {
			p.to = s.vacancy(lv.n)
		}
		if s.flow != nil {
			s.flowMoves(lv, v, p)
		}
		if s.part != nil {
			s.part.changed[own], s.part.changed[p.to] = true, true
			s.part.work.Arcs += int64(lv.offsets[v+1] - lv.offsets[v]) // to call neighbours
		}
		m := lv.mass[v]
		s.total[own] -= m
		s.total[p.to] += m
		s.size[own]--
		s.size[p.to]++
		s.lost[own] = now
		s.gained[p.to] = now
		if s.size[own] == 0 {
			s.total[own] = 0 // exactly
		}
		s.comm[v] = p.to
		moved = append(moved, v)
	}
	return moved
}

// outdated says whether a vertex of one community that wants to go to another
// must look again. The map equation keeps account of the weights, so that for it
// they must be exact.
func (s *search) outdated(own, to, now uint32) bool {
	if s.gained[own] == now || to != vacantTarget && s.lost[to] == now {
		return true
	}
	return s.flow != nil && (s.lost[own] == now || to != vacantTarget && s.gained[to] == now)
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
			if s.flow != nil {
				c := s.flowChooser(w, lv, v)
				c.choose(s, lv, w.acc, labels)
				out[i] = c.proposal
				continue
			}
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
	if s.flow != nil {
		c := s.flowChooser(w, lv, v)
		each(func(labels []uint32, _ []float32) { c.choose(s, lv, w.acc, labels) })
		return c.proposal
	}
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
// rounding can feign, and counts that as gained.
func (s *search) gains(lv *level, v uint32, p proposal) bool {
	if s.flow != nil {
		return s.shortens(lv, v, p)
	}
	price := lv.rate * lv.mass[v]
	leave := float64(price * (s.total[s.comm[v]] - lv.mass[v]))
	join := 0.0
	if p.to != vacantTarget {
		join = float64(price * s.total[p.to])
	}
	gain := (p.aim - join) - (p.own - leave)
	if gain <= 1e-12*(p.aim+join+p.own+leave) {
		return false
	}
	s.gain += gain
	return true
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
func (s *search) callNeighbours(lv *level, moved []uint32) {
	if s.crew.size == 1 || len(moved) < 2*proposalBlock {
		for _, v := range moved {
			c := s.comm[v]
			for _, t := range lv.targets[lv.offsets[v]:lv.offsets[v+1]] {
				if !s.queued[t] && s.comm[t] != c {
					s.push(t)
				}
			}
		}
		return
	}
	parts := blocks(len(moved), proposalBlock)
	s.crew.each(parts, func(_, part int) {
		calls := s.calls[part][:0]
		for _, v := range moved[part*proposalBlock : min((part+1)*proposalBlock, len(moved))] {
			c := s.comm[v]
			for _, t := range lv.targets[lv.offsets[v]:lv.offsets[v+1]] {
				if !s.queued[t] && s.comm[t] != c {
					calls = append(calls, t)
				}
			}
		}
		s.calls[part] = calls
	})
	for _, calls := range s.calls[:parts] {
		for _, t := range calls {
			if !s.queued[t] {
				s.push(t)
			}
		}
	}
}
