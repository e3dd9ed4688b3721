// Package influence finds who matters in a network: PageRank over the whole of
// it, the leaders, disseminators and roles within its communities, and plain
// degree figures.
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
// Kernels that look along arcs and against them need the transposed graph.
// They make it themselves when it isn't handed in, which takes a second copy of
// the arcs; a caller of several should make it once.
package influence
