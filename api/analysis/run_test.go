package analysis

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/community"
	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

func TestAnalyzeKarate(t *testing.T) {
	h := karate(t)
	r := analyze(t, h, Options{Seed: 1})
	// The best partition has modularity 0.4198 (Brandes et al. 2008).
	if q := r.Run.Quality["modularity"]; q < .41 || q > .4199 {
		t.Errorf("modularity %v", q)
	}
	if h.window != (graph.Window{To: day(90)}) {
		t.Errorf("the window was %v", h.window)
	}
	if r.Run.AsOf != day(90) || r.Run.Window.From != day(1) {
		t.Errorf("as of %v from %v", r.Run.AsOf, r.Run.Window.From)
	}
	if diff := cmp.Diff([]Input{{"calls", "a.csv", "01", 1}, {"calls", "c.csv", "03", 1}, {"purchases", "b.csv", "02", 2}}, r.Run.Inputs); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	// Mr. Hi (0) and the officer (33) lead; no other member has more friends.
	leading := 0
	for u, role := range r.Role {
		if role == influence.Leading {
			leading++
		}
		if (u == 0 || u == 33) && role != influence.Leading {
			t.Errorf("member %d is %v", u, role)
		}
	}
	if leading != r.Levels[0].Count() {
		t.Errorf("%d leaders of %d communities", leading, r.Levels[0].Count())
	}
	if !r.Gone[5] || r.Risk[5] != 0 {
		t.Errorf("the member who left has gone=%v and risk %v", r.Gone[5], r.Risk[5])
	}
	if r.Risk[16] <= r.Risk[15] {
		t.Errorf("member 16, a friend of the one who left, has risk %v; member 15, who is far, %v", r.Risk[16], r.Risk[15])
	}
}

func TestEveryRiskAddsUp(t *testing.T) {
	r := analyze(t, karate(t), Options{})
	told := 0
	for u := range r.Risk {
		sum := r.RiskOwn[u] + r.RiskOther[u]
		for i := r.RiskOffsets[u]; i < r.RiskOffsets[u+1]; i++ {
			sum += r.RiskPart[i]
			told++
		}
		if math.Abs(sum-r.Risk[u]) > 1e-9 {
			t.Errorf("customer %d: parts add up to %v, risk is %v", u, sum, r.Risk[u])
		}
	}
	if told == 0 {
		t.Error("no receipt names anybody who left")
	}
}

func TestCommunityFiguresByHand(t *testing.T) {
	r := analyze(t, karate(t), Options{})
	var sum float64
	here := 0.
	for u := range r.Risk {
		if !r.Gone[u] {
			sum += r.Risk[u]
			here++
		}
	}
	base := sum / here
	for c := range r.Levels[0].Count() {
		risk, loss, n := 0., 0., 0.
		for _, u := range r.Levels[0].MembersOf(uint32(c)) {
			if !r.Gone[u] {
				risk += r.Risk[u]
				loss += r.Risk[u] * r.Spend[u]
				n++
			}
		}
		if want := (risk + 10*base) / (n + 10); math.Abs(r.Levels[0].Risk[c]-want) > 1e-12 {
			t.Errorf("risk of community %d is %v, by hand %v", c, r.Levels[0].Risk[c], want)
		}
		if math.Abs(r.Levels[0].ExpectedLoss[c]-loss) > 1e-9 {
			t.Errorf("expected loss of community %d is %v, by hand %v", c, r.Levels[0].ExpectedLoss[c], loss)
		}
	}
}

func TestLevelsAreNestedAndWithoutLoners(t *testing.T) {
	h := karate(t)
	// A customer without ties is in no community.
	h.net.Customers = graph.NamesOf(append(namesOf(h.net.Customers), "z"))
	h.net.Attributes = graph.NamesOf(make([]string, 35))
	for _, g := range []*graph.Graph{h.net.Calls, h.net.Bought, h.net.Viewed} {
		g.Offsets = append(g.Offsets, g.Offsets[len(g.Offsets)-1])
	}
	h.net.Calls.Cols = 35
	h.net.Spend = append(h.net.Spend, 0)
	r := analyze(t, h, Options{MaxCommunity: 6})
	if len(r.Levels) < 2 {
		t.Fatalf("%d levels", len(r.Levels))
	}
	for i, l := range r.Levels {
		if l.Of[34] != None {
			t.Errorf("level %d puts the loner into community %d", i, l.Of[34])
		}
		for c := range l.Count() {
			if l.Size[c] < 2 || int(l.Size[c]) != len(l.MembersOf(uint32(c))) {
				t.Errorf("community %s has size %d and %d members", l.IDs.At(uint32(c)), l.Size[c], len(l.MembersOf(uint32(c))))
			}
			for _, u := range l.MembersOf(uint32(c)) {
				if l.Of[u] != uint32(c) {
					t.Errorf("member %d of %d is listed in %d", u, l.Of[u], c)
				}
				if i+1 < len(r.Levels) && r.Levels[i+1].Of[u] != l.Parent[c] {
					t.Errorf("member %d of %s is not in its parent", u, l.IDs.At(uint32(c)))
				}
			}
		}
	}
	if r.MembershipOffsets[34] != r.MembershipOffsets[35] {
		t.Error("the loner has memberships")
	}
	for u := range 34 {
		var sum float64
		for i := r.MembershipOffsets[u]; i < r.MembershipOffsets[u+1]; i++ {
			sum += r.MembershipDegree[i]
		}
		if r.Levels[0].Of[u] != None && math.Abs(sum-1) > 1e-12 {
			t.Errorf("memberships of %d sum to %v", u, sum)
		}
	}
}

func namesOf(n *graph.Names) []string {
	var list []string
	for i := range n.Len() {
		list = append(list, n.At(uint32(i)))
	}
	return list
}

func TestWithoutCallsTiesComeFromPurchases(t *testing.T) {
	h := karate(t)
	n := h.net.Customers.Len()
	h.net.Calls = &graph.Graph{Offsets: make([]uint64, n+1), Cols: uint32(n)}
	r := analyze(t, h, Options{})
	var ties string
	for _, p := range r.Run.Parameters {
		if p.Name == "ties" {
			ties = p.Value
		}
	}
	if ties != "purchases" {
		t.Errorf("ties come from %q", ties)
	}
	// Everybody buys the third product, which ties nobody; the others tie
	// exactly the two followings.
	club := graphtest.Karate()
	factions := community.Partition{Of: make([]uint32, n), Count: 2}
	for u := range factions.Of {
		factions.Of[u] = club.Groups[u]
	}
	top := r.Levels[len(r.Levels)-1]
	nmi, err := community.NMI(factions, community.Partition{Of: top.Of, Count: top.Count()})
	if err != nil || nmi < .999 {
		t.Errorf("NMI with the two followings is %v (%v)", nmi, err)
	}
}

func TestProductsOffSaleAreNotRecommended(t *testing.T) {
	r := analyze(t, karate(t), Options{})
	for _, p := range r.Recommend.Everyone.Product {
		if p == 2 {
			t.Error("a product that was on sale until day 30 is recommended as of day 90")
		}
	}
	if len(r.Recommend.Everyone.Product) != 2 {
		t.Errorf("%d products are recommended to everyone", len(r.Recommend.Everyone.Product))
	}
}

func TestSameResultForAnyThreads(t *testing.T) {
	want := analyze(t, karate(t), Options{Seed: 3, Threads: 1}).Run.ID
	for _, threads := range []int{2, 3, 8} {
		if got := analyze(t, karate(t), Options{Seed: 3, Threads: threads}).Run.ID; got != want {
			t.Errorf("%d threads give %s, one gives %s", threads, got, want)
		}
	}
}

func TestNothingToAnalyse(t *testing.T) {
	empty := &graph.Graph{Offsets: []uint64{0}}
	h := &house{net: &graph.Network{Customers: graph.NamesOf(nil), Attributes: graph.NamesOf(nil), Products: graph.NamesOf(nil), Calls: empty, Bought: empty, Viewed: empty}}
	if _, err := Analyze(t.Context(), h, h, Options{}); !errors.Is(err, ErrEmpty) {
		t.Errorf("got %v", err)
	}
	if _, err := Analyze(t.Context(), h, h, Options{From: day(9), AsOf: day(9)}); err == nil {
		t.Error("an empty window was analysed")
	}
}

func TestOneCustomerAndNoTies(t *testing.T) {
	h := &house{net: &graph.Network{
		Customers: graph.NamesOf([]string{"a"}), Attributes: graph.NamesOf([]string{""}), Products: graph.NamesOf(nil),
		Calls:  &graph.Graph{Offsets: []uint64{0, 0}, Cols: 1},
		Bought: &graph.Graph{Offsets: []uint64{0, 0}}, Viewed: &graph.Graph{Offsets: []uint64{0, 0}}, Spend: []float64{0},
	}}
	r := analyze(t, h, Options{})
	if len(r.Levels) != 1 || r.Levels[0].Count() != 0 || r.Levels[0].Of[0] != None || r.Role[0] != influence.Isolate {
		t.Errorf("one customer gave %+v", r.Levels)
	}
}

func TestPublish(t *testing.T) {
	h := karate(t)
	dir := t.TempDir()
	first := analyze(t, h, Options{Seed: 1})
	if err := Publish(t.Context(), h, dir, first, nil); err != nil {
		t.Fatal(err)
	}
	second := analyze(t, h, Options{Seed: 2})
	h.fail = errors.New("the store is down")
	if err := Publish(t.Context(), h, dir, second, nil); !errors.Is(err, h.fail) {
		t.Errorf("got %v", err)
	}
	if run, err := h.Current(t.Context()); err != nil || run.ID != first.Run.ID {
		t.Errorf("after a failed publish %v is current (%v)", run.ID, err)
	}
	if _, err := Open(dir, first.Run.ID); err != nil {
		t.Errorf("the former result is gone: %v", err)
	}
	h.fail = nil
	if err := Publish(t.Context(), h, dir, second, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, first.Run.ID); !errors.Is(err, graph.ErrNoRun) {
		t.Errorf("the replaced result gave %v", err)
	}
	customers, members, preferences := 0, 0., 0
	for c := range h.published.Customers {
		if c.ID == "" || c.Community == "" || c.Role == "" {
			t.Fatalf("an incomplete finding: %+v", c)
		}
		customers++
	}
	for m := range h.published.Memberships {
		members += m.Degree
	}
	for p := range h.published.Preferences {
		if p.Support <= 0 || p.Support > 1 || p.LiftLow > p.Lift {
			t.Errorf("an impossible preference: %+v", p)
		}
		preferences++
	}
	if customers != 34 || math.Abs(members-34) > 1e-9 || preferences == 0 || len(h.published.Communities) != second.Levels[0].Count() {
		t.Errorf("published %d customers, memberships of %v, %d preferences, %d communities", customers, members, preferences, len(h.published.Communities))
	}
}

// Whoever is known by two ids is one customer, found by either, also after the
// result was written and read; without aliases the file is the same as ever.
func TestAliases(t *testing.T) {
	h := karate(t)
	plain := analyze(t, h, Options{}).Run.ID
	h.aliases = []graph.Alias{{ID: "m33", Customer: "m32", Always: true}, {ID: "+44", Customer: "m05"}, {ID: "who", Customer: "nobody"}}
	r := analyze(t, h, Options{})
	if r.Run.ID == plain {
		t.Error("the result does not tell who is who")
	}
	if r.Customers.Len() != 33 || r.Spend[32] != 32+33 {
		t.Errorf("%d customers, the last spent %v", r.Customers.Len(), r.Spend[32])
	}
	dir := t.TempDir()
	if err := Save(dir, r); err != nil {
		t.Fatal(err)
	}
	read, err := Open(dir, r.Run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []*Result{r, read} {
		for id, want := range map[string]string{"m33": "m32", "+44": "m05", "m05": "m05"} {
			if u, ok := r.Customer(id); !ok || r.Customers.At(u) != want {
				t.Errorf("%s leads to customer %d, %v; want %s", id, u, ok, want)
			}
		}
		if _, ok := r.Customer("who"); ok || r.Aliases.Len() != 2 {
			t.Errorf("an alias of nobody was kept: %d aliases", r.Aliases.Len())
		}
	}
	read.AliasOf[0] = 33
	if read.Check() == nil {
		t.Error("an alias of a customer that there is not was let through")
	}
	h.aliases = nil
	if again := analyze(t, h, Options{}).Run.ID; again != plain {
		t.Errorf("after the merge was taken back the result is %s, not %s", again, plain)
	}
}
