package community

// scratch is one worker's memory.
//
// The kernels spend their time waiting for memory: a vertex taken at random has
// its ties, and the labels of its neighbours, anywhere. So vertices are taken
// in batches, and their offsets and the labels of their neighbours are fetched
// in loops without decisions, in which the processor has many loads under way
// at once. That alone halves the time of a run.
type scratch struct {
	// acc is a sum for each label, zero between uses. One more entry takes
	// what must not count.
	acc []float64
	// labels are those of the neighbours of a batch, one vertex after the
	// other, from and to the arcs of each.
	labels   []uint32
	from, to [batchSize]uint64
	arcs     uint64
	keys     []uint32
	sink     float32
	work     Work
}

const (
	// batchSize is the largest number of vertices in a batch.
	batchSize = 32
	// batchArcs is the largest number of arcs in a batch of more than one
	// vertex, and of labels held.
	batchArcs = 1 << 13
)

func newScratch(n int) scratch {
	return scratch{acc: make([]float64, n+1), labels: make([]uint32, batchArcs)}
}

// open looks up the arcs of as many of the vertices as make a batch, and says
// how many; w.arcs is the number of their arcs.
func (w *scratch) open(lv *level, vs []uint32) int {
	vs = vs[:min(len(vs), batchSize)]
	for i, v := range vs {
		w.from[i], w.to[i] = lv.offsets[v], lv.offsets[v+1]
	}
	w.arcs = 0
	for i := range vs {
		degree := w.to[i] - w.from[i]
		if w.arcs+degree > batchArcs && i > 0 {
			vs = vs[:i]
			break
		}
		w.arcs += degree
	}
	w.work.Vertices += int64(len(vs))
	w.work.Arcs += int64(w.arcs)
	return len(vs)
}

// fetch reads the labels of the neighbours of the first n vertices of the
// batch. Only the first batchArcs labels of a vertex of many ties are held.
func (w *scratch) fetch(lv *level, n int, label []uint32) {
	at := 0
	for i := range n {
		ts := lv.targets[w.from[i]:min(w.to[i], w.from[i]+batchArcs)]
		at += relabel(w.labels[at:], ts, label)
	}
	if lv.weights != nil {
		touched := float32(0)
		for i := range n {
			for k := w.from[i]; k < w.to[i]; k += 16 {
				touched += lv.weights[k]
			}
		}
		w.sink = touched
	}
}

// relabel writes the labels of the targets to out.
func relabel(out, ts, label []uint32) int {
	out = out[:len(ts)]
	for i, t := range ts {
		out[i] = label[t]
	}
	return len(ts)
}

// add sums the weights by label.
func (w *scratch) add(labels []uint32, ws []float32) {
	acc := w.acc
	if ws == nil {
		for _, c := range labels {
			acc[c]++
		}
		return
	}
	ws = ws[:len(labels)]
	for i, c := range labels {
		acc[c] += float64(ws[i])
	}
}
