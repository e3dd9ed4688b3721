// Package influence finds who matters in a network: over the whole of it by
// PageRank, HITS, eigenvector and Katz centrality, betweenness, closeness and core
// numbers, triangles, and plain degree figures; from chosen vertices, or from many
// sets of them at once, by personal PageRank and the flow of heat; within its
// communities the leaders, disseminators and roles.
//
// What goes in is an immutable graph.Graph of dense vertices, and for the
// figures by community a slice that names each vertex's community. What comes
// out are columns of numbers, one per vertex or one per community. Nothing here
// does I/O, and the same input gives the same bits for any number of threads.
//
// # Caveats
//
// Ranks say who is called by those who are called. They don't say who causes
// what: a person may be central because the neighbourhood is busy.
//
// Kernels of undirected networks (KCore, CountTriangles) refuse directed ones;
// graph.Symmetric makes one of them. The exact forms of Betweenness and Closeness
// take time in proportion to vertices times arcs; both can be sampled.
//
// Kernels that look along arcs and against them need the transposed graph.
// They make it themselves when it isn't handed in, which takes a second copy of
// the arcs; a caller of several should make it once.
package influence
