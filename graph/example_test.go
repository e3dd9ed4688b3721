package graph_test

import (
	"context"
	"fmt"
	"strings"

	"kith/graph"
)

func ExampleReadEdgesFrom() {
	ctx := context.Background()
	file := strings.NewReader("caller,callee,start,seconds\nann,bob,1700000000,61\nbob,ann,1700000900,5\nann,bob,1700003600,320\ncid,bob,1700007200,40\n")
	edges, err := graph.ReadEdgesFrom(ctx, "calls.csv", file, graph.EdgeOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	calls, report, err := edges.Build(ctx, graph.BuildOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(edges.Rows, "rows,", calls.Rows(), "people,", calls.Edges(), "ties,", report.Merged, "merged")
	ties, err := calls.Symmetric(ctx, graph.MergeSum, 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	bob, _ := edges.Names.Find("bob")
	for _, x := range ties.Strongest(bob) {
		fmt.Println("bob", edges.Names.At(x.Vertex), x.Weight)
	}
	// Output:
	// 4 rows, 3 people, 3 ties, 1 merged
	// bob ann 3
	// bob cid 1
}

func ExampleProject() {
	ctx := context.Background()
	file := strings.NewReader("customer,product\nann,tea\nann,milk\nann,bread\nbob,tea\nbob,milk\ncid,bread\ndee,rice\n")
	edges, err := graph.ReadEdgesFrom(ctx, "baskets.csv", file, graph.EdgeOptions{TwoSides: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	bought, _, err := edges.Build(ctx, graph.BuildOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	near, _, err := graph.Project(ctx, bought, graph.ProjectOptions{K: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for u := range uint32(near.Rows()) {
		for _, x := range near.Strongest(u) {
			fmt.Printf("%s %s %.2f\n", edges.Names.At(u), edges.Names.At(x.Vertex), x.Weight)
		}
	}
	// Output:
	// ann bob 0.82
	// ann cid 0.58
	// bob ann 0.82
	// cid ann 0.58
}
