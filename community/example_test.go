package community_test

import (
	"context"
	"fmt"

	"kith/community"
	"kith/graph/graphtest"
)

// The communities of Zachary's karate club.
func ExampleLeiden() {
	karate := graphtest.Karate()
	h, err := community.Leiden(context.Background(), karate.Graph, community.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	q, err := community.Modularity(karate.Graph, h.Top(), 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d communities of %v members, modularity %.4f\n", h.Top().Count, h.Top().Sizes(), q)
	// Output: 4 communities of [12 11 6 5] members, modularity 0.4198
}
