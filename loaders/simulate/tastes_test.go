package simulate

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/graph/community"
	"gonum.org/v1/gonum/graph/simple"
)

func TestTastesAreOfTheCommunity(t *testing.T) {
	op := simulated(Options{Customers: 3000, Days: 30, LinesPerCustomerDay: .5, Churn: -1})
	w := &buyer{op: op}
	var h sheet
	byCommunity := map[[2]uint32]float64{}
	total, inCommunity := map[uint32]float64{}, map[uint32]float64{}
	type line struct {
		customer, product uint32
		cents             uint32
		basket            uint64
	}
	sold := map[line]int16{}
	var lines, returns float64
	for d := range op.o.Days {
		h.reset(&op.o, 1, d, purchaseDirt)
		w.slice(&h, d, 0, 1)
		for _, l := range w.sorted {
			k := line{l.customer, l.product, l.cents, l.basket}
			if l.quantity < 0 {
				returns++
				if sold[k] != -l.quantity {
					t.Errorf("%+v comes back on day %d and was not bought so", l, d)
				}
				continue
			}
			sold[k] = l.quantity
			lines++
			c := op.community[l.customer]
			byCommunity[[2]uint32{c, l.product}]++
			total[l.product]++
			inCommunity[c]++
		}
	}
	if share := returns / lines; share < .005 || share > .03 {
		t.Errorf("%.4f of the lines come back", share)
	}
	// The chance that two lines are of the same product, of one community
	// against of all.
	var within, pairs, overall float64
	for _, n := range byCommunity {
		within += n * (n - 1)
	}
	for _, n := range inCommunity {
		pairs += n * (n - 1)
	}
	for _, n := range total {
		overall += n * (n - 1)
	}
	if ratio := within / pairs / (overall / (lines * (lines - 1))); ratio < 2 { // measured: 3.7
		t.Errorf("two lines of one community are the same product %.1f times as often as any two", ratio)
	}
}

// The communities can be found, but not without fault: gonum's Louvain method on
// the ties of the calls recovers most of them.
func TestCommunitiesCanBeFound(t *testing.T) {
	op := simulated(Options{Customers: 600, Days: 60, Churn: -1})
	weights := map[[2]uint32]float64{}
	for _, day := range drawCalls(op) {
		for _, c := range day {
			weights[[2]uint32{min(c.from, c.to), max(c.from, c.to)}]++
		}
	}
	g := simple.NewWeightedUndirectedGraph(0, 0)
	for u := range op.o.Customers {
		g.AddNode(simple.Node(u))
	}
	for k, w := range weights {
		g.SetWeightedEdge(g.NewWeightedEdge(simple.Node(k[0]), simple.Node(k[1]), w))
	}
	foundOf := make([]int, op.o.Customers)
	for c, members := range community.Modularize(g, 2, rand.NewPCG(1, 1)).Communities() {
		for _, u := range members {
			foundOf[u.ID()] = c
		}
	}
	planted := make([]int, op.o.Customers)
	for u, c := range op.community {
		planted[u] = int(c)
	}
	if nmi := nmi(planted, foundOf); nmi < .75 || nmi > .99 { // measured: about .9
		t.Errorf("the normalised mutual information with the planted communities is %.3f", nmi)
	}
}

// nmi is 2·I(a,b)/(H(a)+H(b)).
func nmi(a, b []int) float64 {
	n := float64(len(a))
	joint, inA, inB := map[[2]int]float64{}, map[int]float64{}, map[int]float64{}
	for i := range a {
		joint[[2]int{a[i], b[i]}]++
		inA[a[i]]++
		inB[b[i]]++
	}
	var shared, ha, hb float64
	for k, x := range joint {
		shared += x / n * math.Log(x*n/(inA[k[0]]*inB[k[1]]))
	}
	for _, x := range inA {
		ha -= x / n * math.Log(x/n)
	}
	for _, x := range inB {
		hb -= x / n * math.Log(x/n)
	}
	return 2 * shared / (ha + hb)
}
