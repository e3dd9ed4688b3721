package community

import (
	"context"

	"kith/graph"
)

// PropagationOptions of LabelPropagation. The zero value works.
type PropagationOptions struct {
	// Sweeps is the largest number of times that all vertices are visited.
	// 0 means 100.
	Sweeps int
	// Seed picks the order of visits and decides ties.
	Seed uint64
	// Threads is the number of goroutines; 0 means GOMAXPROCS. It never
	// changes the answer.
	Threads  int
	Progress graph.Progress
}

// LabelPropagation finds communities by a vote: each vertex starts with a label
// of its own and, in random order, takes the label that has the most tie weight
// among its neighbours; it keeps its own when no other has more, and otherwise a
// hash of label, vertex, sweep and seed decides between equals. It ends when a whole
// sweep changes nothing. (Raghavan, Albert, Kumara 2007,
// doi:10.1103/PhysRevE.76.036106.) A label's vertices can come apart, so that
// the connected pieces of each label are the communities (ours).
//
// It is the quickest of all and has no objective: on graphs without clear
// communities one label may take everything. Vertices vote in windows, within
// which they do not see each other's changes, so the answer is the same for any
// number of threads. Time O(arcs) per sweep, memory 8 bytes a vertex and thread
// and 25 bytes a vertex. Isolated vertices keep their labels; odd input is
// treated as Leiden does.
func LabelPropagation(ctx context.Context, g *graph.Graph, o PropagationOptions) (Partition, error) {
	s, err := newSearch(ctx, g, Options{Seed: o.Seed, Threads: o.Threads})
	if err != nil {
		return Partition{}, err
	}
	defer s.crew.dismiss()
	sweeps := o.Sweeps
	if sweeps <= 0 {
		sweeps = 100
	}
	lv := &s.base
	order := s.queue
	for v := range order {
		order[v] = uint32(v)
	}
	random := streamOf(s.seed, 3)
	size := max(1, min(largestWindow, lv.n/32))
	next := make([]uint32, size)
	for sweep := range sweeps {
		o.Progress.Report("propagating labels", int64(sweep), int64(sweeps))
		if err := ctx.Err(); err != nil {
			return Partition{}, err
		}
		random.shuffle(order)
		salt := random.next()
		changed := false
		for at := 0; at < len(order); at += size {
			window := order[at:min(at+size, len(order))]
			s.crew.each(blocks(len(window), proposalBlock), func(worker, part int) {
				from, to := part*proposalBlock, min((part+1)*proposalBlock, len(window))
				for i := from; i < to; i++ {
					next[i] = s.vote(&s.scratch[worker], window[i], salt)
				}
			})
			for i, v := range window {
				changed = changed || s.comm[v] != next[i]
				s.comm[v] = next[i]
			}
		}
		if !changed {
			break
		}
	}
	return canonical(pieces(lv, s.comm), lv.n), nil
}

// vote is the label that v takes.
func (s *search) vote(w *scratch, v uint32, salt uint64) uint32 {
	lv, label := &s.base, s.comm
	ts, ws := lv.arcs(v)
	for i, t := range ts {
		if t == v {
			continue
		}
		if ws == nil {
			w.acc[label[t]]++
		} else {
			w.acc[label[t]] += float64(ws[i])
		}
	}
	best, most := label[v], w.acc[label[v]]
	w.acc[best] = 0
	own := true
	salt += uint64(v) << 32
	for _, t := range ts {
		l := label[t]
		a := w.acc[l]
		w.acc[l] = 0
		if a > most || a == most && !own && lot(l, salt) < lot(best, salt) {
			best, most, own = l, a, false
		}
	}
	return best
}

// lot is what decides between labels with as many votes.
func lot(label uint32, salt uint64) uint64 {
	s := stream(uint64(label) ^ salt)
	return s.next()
}
