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
		fmt.Printf("%d: risk %.6f = own %.6f", v, risk, r.Own[v])
		for i := r.Offsets[v]; i < r.Offsets[v+1]; i++ {
			fmt.Printf(" + %.6f from %d", r.Parts[i], r.Seeds[i])
		}
		fmt.Printf(" + rest %.6f\n", r.Rest[v])
	}
	// Output:
	// 0: risk 0.000000 = own 0.000000 + rest 0.000000
	// 1: risk 0.184474 = own 0.043922 + 0.140552 from 0 + rest 0.000000
	// 2: risk 0.091653 = own 0.050918 + 0.040735 from 0 + rest 0.000000
	// 3: risk 0.051105 = own 0.051105 + rest 0.000000
	// 4: risk 0.072768 = own 0.072768 + rest 0.000000
}
