// Package graphtest has graphs with known answers, for the tests and benchmarks
// of other packages: classics of the field typed in as facts, generators of
// benchmark graphs with planted communities, of R-MAT graphs and of small random
// graphs for rapid, and readers of the real data that lies beside the
// repository.
//
// A classic carries what has been published about it, each figure with its
// source:
//
//	karate := graphtest.Karate()
//	labels := detect(karate.Graph)
//	q := modularity(karate.Graph, labels) // at most karate.BestModularity
//
// All generators are pure functions of their options and seed.
//
// # Caveats
//
// Planted is the LFR benchmark by its definition, not by its program: degrees,
// community sizes and mixing have the same distributions, but a given seed does
// not give the graph that the authors' program would.
package graphtest
