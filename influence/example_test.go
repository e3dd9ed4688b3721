package influence_test

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/graph/graphtest"
	"kith/influence"
)

// Three colleagues call one person, who calls one of them back.
func ExampleLeaders() {
	ctx := context.Background()
	g, _, err := graph.BuildArcs(ctx, graph.BuildOptions{Rows: 4}, []graph.Arc{
		{From: 1, To: 0, Weight: 5}, {From: 2, To: 0, Weight: 2}, {From: 3, To: 0, Weight: 1}, {From: 0, To: 3, Weight: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	of := []uint32{0, 0, 0, 0} // all in community 0 of 1
	s, err := influence.Leaders(ctx, g, of, 1, influence.LeaderOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	leader := s.ByAuthority[0]
	fmt.Printf("vertex %d leads with %.3f, %.1f times the least\n", leader.Vertex, leader.Max, leader.Confidence)
	// Output: vertex 0 leads with 0.480, 12.8 times the least
}

// The kite of D. Krackhardt: Heather ties two people to the rest.
func ExampleBetweenness() {
	kite := graphtest.Kite()
	b, err := influence.Betweenness(context.Background(), kite.Graph, influence.BetweennessOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	h := kite.Vertex("Heather")
	fmt.Printf("Heather is between %.0f of %.0f pairs\n", b.Score[h], b.Pairs)
	// Output: Heather is between 14 of 36 pairs
}
