// Package sweep runs loops over the rows of a graph, or over a list of pieces
// of work, on several goroutines, so that the result does not depend on how
// many there are.
//
// A Cut divides rows into consecutive blocks of about equal work. The division
// depends on the graph alone; which goroutine takes which block is left to
// chance, so a body writes only to places that its rows or its block own, and
// what has to be added up is left in one place per block and added in the order
// of the blocks afterwards.
//
// # Caveats
//
// Two cuts of the same graph are equal, but a figure that was added up over
// blocks may differ in its last bits from one added up over rows.
package sweep
