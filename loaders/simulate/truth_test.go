package simulate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// The tests below look at one operator from different sides. The bounds are far
// from what is measured, which stands beside them.

func drawCalls(op *operator) (days [][]call) {
	w := &caller{op: op, lengths: durations()}
	var h sheet
	for d := range op.o.Days {
		h.reset(&op.o, 0, d, callDirt)
		w.slice(&h, d, 0, 1)
		days = append(days, slices.Clone(w.sorted))
	}
	return days
}

func TestDegreesAreHeavyTailed(t *testing.T) {
	op := simulated(Options{Customers: 5000, Days: 1})
	var degrees []int
	for u := range op.o.Customers {
		degrees = append(degrees, int(op.ties.first[u+1]-op.ties.first[u]))
	}
	slices.Sort(degrees)
	median, most := degrees[len(degrees)/2], degrees[len(degrees)-1]
	if median < 5 || median > 15 {
		t.Errorf("the median customer has %d contacts", median)
	}
	if most < 4*median { // measured: 7 times
		t.Errorf("the best connected customer has %d contacts, the median one %d", most, median)
	}
	var sizes []int
	for c := range len(op.first) - 1 {
		sizes = append(sizes, int(op.first[c+1]-op.first[c]))
	}
	slices.Sort(sizes)
	if sizes[0] < smallest || sizes[len(sizes)-1] > largest+1 || sizes[len(sizes)-1] < 4*sizes[len(sizes)/2] {
		t.Errorf("communities have %d to %d members, the median one %d", sizes[0], sizes[len(sizes)-1], sizes[len(sizes)/2])
	}
}

func TestTiesAreMutual(t *testing.T) {
	op := simulated(Options{Customers: 1000, Days: 1})
	strong, between, triangles, wedges := 0, 0, 0, 0
	for u := range uint32(op.o.Customers) {
		row := op.ties.who[op.ties.first[u]:op.ties.first[u+1]]
		for i, v := range row {
			at := op.ties.first[u] + uint64(i)
			if i > 0 && row[i-1] >= v {
				t.Fatalf("the contacts of %d do not ascend", u)
			}
			back, ok := slices.BinarySearch(op.ties.who[op.ties.first[v]:op.ties.first[v+1]], u)
			if !ok || op.ties.strong[op.ties.first[v]+uint64(back)] != op.ties.strong[at] || u == v {
				t.Fatalf("the tie of %d and %d is not mutual", u, v)
			}
			if op.ties.strong[at] {
				strong++
			} else if between++; op.community[u] == op.community[v] {
				t.Fatalf("the weak tie of %d and %d lies within a community", u, v)
			}
			for _, w := range row[:i] {
				wedges++
				if _, ok := slices.BinarySearch(op.ties.who[op.ties.first[v]:op.ties.first[v+1]], w); ok {
					triangles++
				}
			}
		}
	}
	if share := float64(between) / float64(strong+between); share < .1 || share > .35 { // measured: .21
		t.Errorf("%.2f of the ties are weak", share)
	}
	if closed := float64(triangles) / float64(wedges); closed < .12 { // measured: .18
		t.Errorf("%.2f of the contacts of a customer know each other", closed)
	}
}

func TestLeadersAreCalledAndDisseminatorsCall(t *testing.T) {
	op := simulated(Options{Customers: 3000, Days: 30, Churn: -1})
	callers := make([]map[uint32]bool, op.o.Customers)
	made, got := make([]int, op.o.Customers), make([]int, op.o.Customers)
	for _, day := range drawCalls(op) {
		for _, c := range day {
			made[c.from]++
			got[c.to]++
			if op.community[c.from] == op.community[c.to] {
				if callers[c.to] == nil {
					callers[c.to] = map[uint32]bool{}
				}
				callers[c.to][c.from] = true
			}
		}
	}
	var first, all, leaderGot, leaderMade, otherGot, otherMade int
	for c := range len(op.first) - 1 {
		l, d := op.leader[c], op.disseminator[c]
		first += len(callers[l])
		leaderGot, leaderMade = leaderGot+got[l], leaderMade+made[l]
		otherGot, otherMade = otherGot+got[d], otherMade+made[d]
		if op.community[l] != uint32(c) || op.community[d] != uint32(c) || l == d {
			t.Fatalf("community %d is led by %d and %d", c, l, d)
		}
	}
	for u := range op.o.Customers {
		all += len(callers[u])
	}
	mean, leaders := float64(all)/float64(op.o.Customers), float64(first)/float64(len(op.leader))
	if leaders < 1.6*mean { // measured: 2.3 times
		t.Errorf("leaders have %.1f callers, customers %.1f", leaders, mean)
	}
	if leaderGot < leaderMade*3/2 { // measured: 2.1 times
		t.Errorf("leaders got %d calls and made %d", leaderGot, leaderMade)
	}
	if otherMade < otherGot*5/4 { // measured: 1.7 times
		t.Errorf("disseminators made %d calls and got %d", otherMade, otherGot)
	}
}

func TestRhythm(t *testing.T) {
	op := simulated(Options{Customers: 2000, Days: 28, Churn: -1})
	var night, all, unanswered, messages int
	byDay := [kinds][7]int{}
	for d, day := range drawCalls(op) {
		for i, c := range day {
			if i > 0 && c.at < day[i-1].at {
				t.Fatalf("day %d: call %d is before the one before", d, i)
			}
			all++
			if c.at < 6*3600 {
				night++
			}
			switch c.kind {
			case message:
				messages++
			case missed:
				unanswered++
			}
			if (c.seconds > 0) != (c.kind == answered) {
				t.Fatalf("%+v lasts %d seconds", c, c.seconds)
			}
			byDay[op.kinds[op.community[c.from]]][op.day(d).Weekday()]++
		}
	}
	if share := float64(night) / float64(all); share < .01 || share > .1 { // uniform: .25
		t.Errorf("%.3f of the calls are at night", share)
	}
	if share := float64(unanswered) / float64(all-messages); share < .05 || share > .2 {
		t.Errorf("%.3f of the calls are missed", share)
	}
	if share := float64(messages) / float64(all); share < .2 || share > .7 {
		t.Errorf("%.3f are messages", share)
	}
	if b := byDay[business]; float64(b[time.Sunday]) > .6*float64(b[time.Tuesday]) {
		t.Errorf("business customers make %d calls on Sundays and %d on Tuesdays", b[time.Sunday], b[time.Tuesday])
	}
	if y := byDay[young]; y[time.Saturday] < y[time.Tuesday] {
		t.Errorf("the young make %d calls on Saturdays and %d on Tuesdays", y[time.Saturday], y[time.Tuesday])
	}
}

// excess is how many customers leave within 30 days after a contact, and how many
// standard deviations that is above what it is when the times of leaving are
// shuffled among all customers.
func excess(op *operator) (observed int, deviations float64) {
	after := func(gone []int32) (n int) {
		for u, at := range gone {
			if at == stays {
				continue
			}
			for i := op.ties.first[u]; i < op.ties.first[u+1]; i++ {
				if before := at - gone[op.ties.who[i]]; before > 0 && before <= 30*86400 {
					n++
					break
				}
			}
		}
		return n
	}
	observed = after(op.gone)
	r := rand.New(rand.NewPCG(1, 2))
	shuffled := slices.Clone(op.gone)
	var sum, squares float64
	const rounds = 30
	for range rounds {
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		x := float64(after(shuffled))
		sum, squares = sum+x, squares+x*x
	}
	mean := sum / rounds
	return observed, (float64(observed) - mean) / math.Sqrt(squares/rounds-mean*mean)
}

func TestContagion(t *testing.T) {
	o := Options{Customers: 20_000, Days: 90, Seed: 5}
	off := simulated(o)
	o.Contagion = true
	on := simulated(o)
	if n, z := excess(on); z < 5 { // measured: 9.3; 7 to 10 with other seeds
		t.Errorf("with contagion %d leave after a contact, %.1f deviations above chance", n, z)
	}
	if n, z := excess(off); z > 3 || z < -3 { // measured: -0.4
		t.Errorf("without contagion %d leave after a contact, %.1f deviations from chance", n, z)
	}
	// The share who leave is the same: about 3 % in 30 days.
	a, b := len(on.leavers()), len(off.leavers())
	if want := 20_000 * (1 - math.Exp(-.09)); math.Abs(float64(a)-want) > 200 || math.Abs(float64(b)-want) > 200 {
		t.Errorf("%d leave with and %d without contagion, expected %.0f", a, b, want)
	}
	infected := 0
	for u, v := range on.infector {
		if off.infector[u] != none {
			t.Fatalf("customer %d was drawn along without contagion", u)
		}
		if v == none {
			continue
		}
		infected++
		if on.gone[v]/86400 >= on.gone[u]/86400 {
			t.Errorf("customer %d was drawn along by %d, who left later", u, v)
		}
		row := on.ties.who[on.ties.first[u]:on.ties.first[u+1]]
		if _, ok := slices.BinarySearch(row, v); !ok {
			t.Errorf("customer %d was drawn along by a stranger", u)
		}
	}
	if infected < 50 || infected > a/2 {
		t.Errorf("%d of %d were drawn along", infected, a)
	}
}

// One contact who left two days ago raises the hazard by the strength, decayed by
// two days; the exposure is in the truth.
func TestExposureByHand(t *testing.T) {
	o := Options{Customers: 3, Days: 1, Seed: 1, Contagion: true}.withDefaults()
	op := found(o)
	op.leader[0] = 2
	op.ties = rows(3, []edge{{0, 1, 1, 1, true}, {0, 2, 1, 1, true}})
	for _, c := range []struct {
		u, v   uint32
		strong bool
		want   float64
	}{{0, 1, true, 1}, {0, 1, false, weakPull}, {0, 2, true, leaderPull}, {2, 0, true, 1}} {
		if got := op.pull(c.u, c.v, c.strong); got != c.want {
			t.Errorf("the pull of %d on %d is %v, want %v", c.v, c.u, got, c.want)
		}
	}
	// The leader left a day before day 3, the other two days before: 2·e^(-1/30)
	// against e^(-2/30).
	op.gone = []int32{stays, 86400, 2*86400 + 5}
	share := math.Exp(-2./30) / (math.Exp(-2./30) + 2*math.Exp(-1./30))
	if op.blame(0, 3, share-1e-9) != 1 || op.blame(0, 3, share+1e-9) != 2 || op.blame(0, 2, .999) != 1 {
		t.Error("the wrong contact is blamed")
	}
}

func TestTheGoneAreSilent(t *testing.T) {
	op := simulated(Options{Customers: 1500, Days: 40, Churn: .4, Contagion: true, LinesPerCustomerDay: .5})
	var early, late int // calls in the fourth week before leaving and in the last one
	for d, day := range drawCalls(op) {
		for _, c := range day {
			at := int32(d*86400) + int32(c.at)
			if at >= op.gone[c.from] || at >= op.gone[c.to] {
				t.Fatalf("%+v on day %d is after one of the two left", c, d)
			}
			if gone := op.gone[c.from]; gone != stays && gone > 28*86400 {
				switch left := (gone - at) / 86400; {
				case left < 7:
					late++
				case left >= 21 && left < 28:
					early++
				}
			}
		}
	}
	if late*10 > early*7 { // measured: half as many
		t.Errorf("those who leave make %d calls in the fourth week before and %d in the last", early, late)
	}
	w := &buyer{op: op}
	var h sheet
	bought := 0
	for d := range op.o.Days {
		h.reset(&op.o, 1, d, purchaseDirt)
		w.slice(&h, d, 0, 1)
		for _, l := range w.sorted {
			bought++
			if int32(d*86400)+int32(l.at) >= op.gone[l.customer] {
				t.Fatalf("%+v on day %d is after the customer left", l, d)
			}
		}
	}
	if bought == 0 {
		t.Error("nobody bought anything")
	}
	u := op.leavers()[len(op.leavers())-1]
	day := int(op.gone[u] / 86400)
	if op.vigour(u, day-fadeDays) != 1 || op.vigour(u, day) != fadeTo || op.vigour(u, day+1) != 0 {
		t.Error("activity does not fade as told")
	}
}
