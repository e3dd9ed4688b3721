// Package graph holds what every other package of kith stands on: names and
// their dense numbers, the records of a social network, the immutable
// compressed sparse row (CSR) graph that kernels read, the one-mode projection
// of a customer-product graph, and the Store interface behind which the network
// is kept.
//
// Files, events and stores go in with text ids; what comes out has dense uint32
// vertices, numbered by the byte order of their ids. The same set of ids
// therefore gets the same numbers whatever the order of the rows, and the
// results of kernels can be compared bit by bit between runs and stores.
//
// From a file to a graph and back to names:
//
//	edges, err := graph.ReadEdges(ctx, "calls.csv.gz", graph.EdgeOptions{})
//	calls, report, err := edges.Build(ctx, graph.BuildOptions{})
//	ties, err := calls.Symmetric(ctx, graph.MergeSum, 0)
//	for _, x := range ties.Strongest(0) {
//		fmt.Println(edges.Names.At(0), edges.Names.At(x.Vertex), x.Weight)
//	}
//
// From purchases to customers who buy alike, ready for community detection:
//
//	bought, _, err := edges.Build(ctx, graph.BuildOptions{}) // read with TwoSides
//	near, report, err := graph.Project(ctx, bought, graph.ProjectOptions{K: 20})
//	alike, err := near.Symmetric(ctx, graph.MergeMax, 0)
//
// # Caveats
//
// A Graph is shared by all kernels and must not be written to once built.
// Weights are float32: sums are taken in float64 (but for projection, whose
// similarities are good to five digits), an input weight above 3.4e38 is refused
// and one that needs more than 24 bits is rounded.
package graph
