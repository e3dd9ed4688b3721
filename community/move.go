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
	for v, c := range comm {
		s.total[c] += lv.mass[v]
		s.size[c]++
		queue[v] = uint32(v)
		queued[v] = true
	}
	s.vacant = 0
	random.shuffle(queue)
	head, waiting := 0, n
	push := func(u uint32) {
		queued[u] = true
		tail := head + waiting
		if tail >= n {
			tail -= n
		}
		queue[tail] = u
		waiting++
	}

	size := windowOf(n)
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
				for i := from; i < to; i++ {
					proposals[i] = s.propose(&s.scratch[worker], lv, window[i])
				}
			})
		}
		for i, v := range window {
			if size == 1 {
				proposals[i] = s.propose(&s.scratch[0], lv, v)
			}
			p := proposals[i]
			own := comm[v]
			if p.to == own {
				continue
			}
			if s.gained[own] == now || p.to != vacantTarget && s.lost[p.to] == now || !s.gains(lv, v, p) {
				p = s.propose(&s.scratch[0], lv, v)
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

// propose finds the best community for v in the present state.
func (s *search) propose(w *scratch, lv *level, v uint32) proposal {
	w.gather(lv, v, s.comm)
	own := s.comm[v]
	price := lv.rate * lv.mass[v]
	stay := w.acc[own]
	best := proposal{to: own, own: stay, aim: stay}
	bestGain := stay - float64(price*(s.total[own]-lv.mass[v]))
	if s.size[own] == 1 {
		bestGain = 0
	}
	if bestGain < 0 {
		best, bestGain = proposal{to: vacantTarget, own: stay}, 0
	}
	for _, c := range w.keys {
		if c == own {
			continue
		}
		a := w.acc[c]
		if gain := a - float64(price*s.total[c]); gain > bestGain {
			best.to, best.aim, bestGain = c, a, gain
		}
	}
	w.clear()
	return best
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
