package neo4jstore

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

// Somebody who is forgotten stands in no property of the graph, also not of
// others, who keep all else.
func TestForget(t *testing.T) {
	const someone = "+49151777001"
	server := opened(t)
	s := openEmpty(t, server, Options{})
	if err := s.Sync(t.Context(), crowd{40, 0}, nil); err != nil {
		t.Fatal(err)
	}
	server.Run(`MATCH (a:Customer {id: 'c3'}) SET a.id = $id, a.name = 'Ann'
		WITH a MATCH (b:Customer {id: 'c4'})
		SET b.attributes = '{"age":40,"partner":"' + $id + '"}', b.partner = $id, b.age = 40, b.risk_own = 0.1, b.risk_from = ['c9', $id], b.risk_parts = [0.25, 0.5], b.churn_risk = 0.85,
			b.aliases = [$id, 'c4 too']
		CREATE (:KithFormerCustomer {id: $id}), (:KithFormerCustomer {id: 'left'}), (:KithFormerCustomer {id: 'stays'}), 
			(:Community {id: 'c0-1', leader: $id, disseminator: 'c4'}), (:Community {id: 'c0-2', leader: 'c4', disseminator: $id})`,
		map[string]any{"id": someone})
	before, err := s.Search(t.Context(), []string{someone})
	if err != nil {
		t.Fatal(err)
	}
	want := []Found{{"Community.disseminator", 1}, {"Community.leader", 1}, {"Customer.aliases", 1}, {"Customer.attributes", 1}, {"Customer.id", 1}, {"Customer.partner", 1}, {"Customer.risk_from", 1}, {"KithFormerCustomer.id", 1}}
	if diff := cmp.Diff(want, before); diff != "" {
		t.Errorf("found before (-want +got):\n%s", diff)
	}
	former, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	// c7 is only known by a mark, and so is one who has left the data.
	n, err := s.Forget(t.Context(), []string{someone}, func(id string) bool { return id == "c7" || id == "left" })
	if err != nil || n != 4 {
		t.Fatalf("%d customers were removed: %v", n, err)
	}
	if after, err := s.Search(t.Context(), []string{someone, "c7", "left"}); err != nil || len(after) > 0 {
		t.Errorf("still found: %v, %v", after, err)
	}
	if got := number1(server, `MATCH (b:Customer {id: 'c4'})
		WHERE b.aliases = ['c4 too'] AND b.attributes = '{"age":40}' AND b.age = 40 AND b.risk_from = ['c9'] AND b.risk_parts = [0.25] AND b.risk_other = 0.5 RETURN count(b)`); got != 1 {
		t.Error("what was known of somebody else is another thing now")
	}
	if got := number1(server, "MATCH (k:Community) WHERE coalesce(k.leader, k.disseminator) = 'c4' RETURN count(k)"); got != 2 {
		t.Errorf("%d communities have somebody else for a leader or a disseminator", got)
	}
	if got := number1(server, "MATCH (f:KithFormerCustomer) WHERE f.id = 'stays' RETURN count(f)"); got != 1 {
		t.Error("somebody else who has left the data is gone")
	}
	network, err := s.Read(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if network.Customers.Len() != former.Customers.Len()-2 || network.Calls.Arcs() >= former.Calls.Arcs() {
		t.Errorf("%d customers and %d calls are left of %d and %d", network.Customers.Len(), network.Calls.Arcs(), former.Customers.Len(), former.Calls.Arcs())
	}
	if n, err = s.Forget(t.Context(), []string{someone}, nil); err != nil || n != 0 {
		t.Errorf("the second time %d were removed: %v", n, err)
	}
	if err := s.Publish(t.Context(), &graph.Findings{Run: graph.Run{ID: "r"}, Customers: slices.Values([]graph.CustomerFinding{{ID: "c4"}})}, nil); err != nil {
		t.Errorf("nothing can be published afterwards: %v", err)
	}
}
