// Command rmat writes an R-MAT graph as an edge list: lines of u,v, of which some are
// loops and some stand more than once, as the Graph500 benchmark has it.
//
//	go run ./graph/bench/rmat -scale 18 rmat-18.csv
//
// # Caveats
//
// All of the graph is held in memory before it is written.
package main
