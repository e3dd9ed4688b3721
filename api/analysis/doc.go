// Package analysis runs the whole of kith over a store once and keeps what was
// found.
//
// Analyze takes a graph.Store and the events behind it and gives a Result:
// communities, places, churn risk and recommendations in flat columns, with the
// inputs, settings and quality of the run. Publish makes a Result current; Open
// reads it back. A Result is immutable, so that any number of readers share it
// without a lock, and is named by a hash of its content.
//
// # Caveats
//
// A file of results is little-endian and is read and written on little-endian
// machines only. A run holds the network, all columns and, while it looks for
// communities, about as much again.
package analysis
