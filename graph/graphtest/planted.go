package graphtest

import (
	"math"
	"math/rand/v2"
	"slices"

	"kith/graph"
)

// PlantedOptions describe a benchmark graph with planted communities. Left at
// zero, they are those of A. Lancichinetti, S. Fortunato,
// doi:10.1103/PhysRevE.80.056117, with big communities.
type PlantedOptions struct {
	Vertices int
	// MeanDegree is 20 and MaxDegree 50 when zero; degrees follow a power
	// law between a least degree that gives the mean, and MaxDegree.
	MeanDegree float64
	MaxDegree  int
	// DegreeExponent is 2 when zero: as many vertices have a degree k as
	// k^-2.
	DegreeExponent float64
	// Mixing is the share μ of a vertex's ties that leave its community.
	Mixing float64
	// Community sizes follow a power law of exponent SizeExponent (1 when
	// zero) between MinCommunity (20 when zero) and MaxCommunity (100 when
	// zero).
	MinCommunity, MaxCommunity int
	SizeExponent               float64
	// WeightMixing, when above zero, makes the graph weighted: it is the
	// share μw of a vertex's weight that leaves its community. A tie's
	// weight grows with the square root of the product of the two degrees
	// and varies by up to half either way.
	WeightMixing float64
	Seed         uint64
}

// PlantedGraph is a benchmark graph as an edge list, each tie once.
type PlantedGraph struct {
	Vertices  int
	From, To  []uint32
	Weights   []float32 // nil when the graph has none
	Community []uint32  // the planted community of each vertex
}

// Graph builds the undirected graph.
func (p *PlantedGraph) Graph() *graph.Graph {
	return must(graph.BuildOptions{Rows: uint32(p.Vertices), Undirected: true}, p.From, p.To, p.Weights)
}

// Planted draws an LFR benchmark graph (A. Lancichinetti, S. Fortunato,
// F. Radicchi, doi:10.1103/PhysRevE.78.046110): power laws of degree and of
// community size, and the same mixing for each vertex. Each community, and the ties between them,
// is a random pairing of free ends; a pair that would be a loop, a repetition or,
// between communities, inside one, is exchanged with another pair at random, and
// given up after some tries, so a degree can fall short by one or two. Vertices
// are numbered at random. O(n·degree²) time at worst.
func Planted(o PlantedOptions) *PlantedGraph {
	if o.MeanDegree == 0 {
		o.MeanDegree = 20
	}
	if o.MaxDegree == 0 {
		o.MaxDegree = 50
	}
	if o.MinCommunity == 0 {
		o.MinCommunity = 20
	}
	if o.MaxCommunity == 0 {
		o.MaxCommunity = 100
	}
	if o.DegreeExponent == 0 {
		o.DegreeExponent = 2
	}
	if o.SizeExponent == 0 {
		o.SizeExponent = 1
	}
	o.MaxCommunity = min(o.MaxCommunity, o.Vertices)
	o.MinCommunity = min(o.MinCommunity, o.MaxCommunity)
	r := rand.New(rand.NewPCG(o.Seed, 0x504c414e))
	degrees := drawDegrees(r, o)
	inside := make([]int, o.Vertices)
	for v, d := range degrees {
		inside[v] = roundAtRandom(r, float64(d)*(1-o.Mixing))
	}
	p := &PlantedGraph{Vertices: o.Vertices}
	var members [][]uint32
	p.Community, members = settle(r, drawSizes(r, o), inside)

	w := wiring{r: r, near: make([][]uint32, o.Vertices)}
	for _, m := range members {
		var ends []uint32
		for _, v := range m {
			inside[v] = min(inside[v], len(m)-1)
			for range inside[v] {
				ends = append(ends, v)
			}
		}
		w.pair(ends, func(u, v uint32) bool { return u != v })
	}
	var ends []uint32
	for v, d := range degrees {
		for range d - inside[v] {
			ends = append(ends, uint32(v))
		}
	}
	w.pair(ends, func(u, v uint32) bool { return p.Community[u] != p.Community[v] })
	p.From, p.To = w.from, w.to
	if o.WeightMixing > 0 {
		p.weigh(r, o)
	}
	return p
}

// weigh draws the weights. A tie inside weighs (1-μw)/(1-μ) on average and one
// between communities μw/μ, so that shares of weight come out as asked.
func (p *PlantedGraph) weigh(r *rand.Rand, o PlantedOptions) {
	degree := make([]float64, p.Vertices)
	for i := range p.From {
		degree[p.From[i]]++
		degree[p.To[i]]++
	}
	p.Weights = make([]float32, len(p.From))
	for i, u := range p.From {
		v := p.To[i]
		w := math.Sqrt(degree[u]*degree[v]) / o.MeanDegree * (.5 + r.Float64())
		if p.Community[u] == p.Community[v] {
			w *= (1 - o.WeightMixing) / (1 - o.Mixing)
		} else {
			w *= o.WeightMixing / max(o.Mixing, 1e-9)
		}
		p.Weights[i] = float32(w)
	}
}

func roundAtRandom(r *rand.Rand, x float64) int {
	whole := math.Floor(x)
	if r.Float64() < x-whole {
		whole++
	}
	return int(whole)
}

// powerLaw is where the share u of the density x^-exponent on [low, high] lies
// below.
func powerLaw(u, low, high, exponent float64) float64 {
	switch exponent {
	case 1:
		return low * math.Pow(high/low, u)
	case 2:
		return 1 / (1/low - u*(1/low-1/high))
	default:
		a := 1 - exponent
		return math.Pow(math.Pow(low, a)+u*(math.Pow(high, a)-math.Pow(low, a)), 1/a)
	}
}

// powerMean is the mean of that density.
func powerMean(low, high, exponent float64) float64 {
	integral := func(a float64) float64 { // of x^(a-1)
		if a == 0 {
			return math.Log(high / low)
		}
		return (math.Pow(high, a) - math.Pow(low, a)) / a
	}
	return integral(2-exponent) / integral(1-exponent)
}

// drawDegrees draws from a power law on [low, MaxDegree] with low chosen for the
// mean.
func drawDegrees(r *rand.Rand, o PlantedOptions) []int {
	high := float64(o.MaxDegree)
	low, top := 1e-3, high*(1-1e-9)
	for range 100 {
		mid := (low + top) / 2
		if powerMean(mid, high, o.DegreeExponent) < o.MeanDegree {
			low = mid
		} else {
			top = mid
		}
	}
	degrees := make([]int, o.Vertices)
	for v := range degrees {
		degrees[v] = max(roundAtRandom(r, powerLaw(r.Float64(), low, high, o.DegreeExponent)), 1)
	}
	return degrees
}

// drawSizes draws community sizes from a power law until all vertices have a
// place; a rest too small for a community is spread over the others.
func drawSizes(r *rand.Rand, o PlantedOptions) []int {
	low, high := float64(o.MinCommunity), float64(o.MaxCommunity)+1
	var sizes []int
	left := o.Vertices
	for left >= o.MinCommunity && left > 0 {
		size := min(int(powerLaw(r.Float64(), low, high, o.SizeExponent)), left)
		sizes = append(sizes, size)
		left -= size
	}
	for i := 0; left > 0; i = (i + 1) % len(sizes) {
		sizes[i]++
		left--
	}
	return sizes
}

// settle gives each vertex a place in a community with room for its ties inside,
// as far as one is left; those with most ties choose first.
func settle(r *rand.Rand, sizes, inside []int) (of []uint32, members [][]uint32) {
	bySize := make([]int, len(sizes))
	for i := range bySize {
		bySize[i] = i
	}
	slices.SortStableFunc(bySize, func(a, b int) int { return sizes[b] - sizes[a] })
	order := r.Perm(len(inside))
	slices.SortStableFunc(order, func(a, b int) int { return inside[b] - inside[a] })
	of, members = make([]uint32, len(inside)), make([][]uint32, len(sizes))
	var places []uint32
	for _, v := range order {
		for len(bySize) > 0 && (len(places) == 0 || sizes[bySize[0]] > inside[v]) {
			for range sizes[bySize[0]] {
				places = append(places, uint32(bySize[0]))
			}
			bySize = bySize[1:]
		}
		k := r.IntN(len(places))
		of[v] = places[k]
		places[k] = places[len(places)-1]
		places = places[:len(places)-1]
		members[of[v]] = append(members[of[v]], uint32(v))
	}
	return of, members
}

// wiring ties free ends at random.
type wiring struct {
	r        *rand.Rand
	near     [][]uint32
	from, to []uint32
}

func (w *wiring) fits(u, v uint32, allowed func(u, v uint32) bool) bool {
	if len(w.near[u]) > len(w.near[v]) {
		u, v = v, u
	}
	return allowed(u, v) && !slices.Contains(w.near[u], v)
}

// pair ties ends[2i] to ends[2i+1] after a shuffle, exchanging an end with that
// of a later pair as long as the pair does not fit.
func (w *wiring) pair(ends []uint32, allowed func(u, v uint32) bool) {
	w.r.Shuffle(len(ends), func(i, j int) { ends[i], ends[j] = ends[j], ends[i] })
	for i := 0; i+1 < len(ends); i += 2 {
		for try := 0; try < 64 && !w.fits(ends[i], ends[i+1], allowed) && i+2 < len(ends); try++ {
			j := i + 2 + w.r.IntN(len(ends)-i-2)
			ends[i+1], ends[j] = ends[j], ends[i+1]
		}
		u, v := ends[i], ends[i+1]
		if !w.fits(u, v, allowed) {
			continue
		}
		w.near[u], w.near[v] = append(w.near[u], v), append(w.near[v], u)
		w.from, w.to = append(w.from, u), append(w.to, v)
	}
}
