// Command leiden finds the communities of an edge list and prints one line of
// JSON with the seconds that it took, so that scripts can set it beside peers. It
// also writes the benchmark graphs.
//
// The file is whatever graph.ReadEdges reads; its ties are taken as undirected:
//
//	go run ./graph/bench/leiden -threads 2 -seed 7 calls.csv
//	go run ./graph/bench/leiden -generate planted-0.3 -vertices 100000 planted.csv
//
// The line names the seconds on the wall and on the processors, the highest memory
// in bytes, the number of communities, the modularity and code length that were
// reached, and a hash of the communities, which is one for any number of threads.
// graph/bench/peers/leiden_peers.py runs it beside other programs.
//
// # Caveats
//
// The peak is that of the process, so with -repeat only the first line tells the
// memory of one run. It needs a Unix.
package main
