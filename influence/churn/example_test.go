package churn_test

import (
	"context"
	"fmt"

	"kith/graph"
	"kith/influence/churn"
)

// A chain of calls 0 → 1 → 2 → 3 → 4, of which the first has left.
func ExampleRisk() {
	ctx := context.Background()
	g, _, err := graph.BuildArcs(ctx, graph.BuildOptions{Rows: 5}, []graph.Arc{
		{From: 0, To: 1, Weight: 1}, {From: 1, To: 2, Weight: 1}, {From: 2, To: 3, Weight: 1}, {From: 3, To: 4, Weight: 1},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := churn.Risk(ctx, g, []uint32{0}, churn.RiskOptions{Base: 0.1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for v, risk := range r.Risk {
		fmt.Printf("%d: risk %.4f = own %.4f", v, risk, r.Own[v])
		for i := r.Offsets[v]; i < r.Offsets[v+1]; i++ {
			fmt.Printf(" + %.4f from %d", r.Parts[i], r.Seeds[i])
		}
		fmt.Printf(" + rest %.4f\n", r.Rest[v])
	}
	// Output:
	// 0: risk 0.0000 = own 0.0000 + rest 0.0000
	// 1: risk 0.1845 = own 0.0439 + 0.1406 from 0 + rest 0.0000
	// 2: risk 0.0917 = own 0.0509 + 0.0407 from 0 + rest 0.0000
	// 3: risk 0.0511 = own 0.0511 + rest 0.0000
	// 4: risk 0.0728 = own 0.0728 + rest 0.0000
}
