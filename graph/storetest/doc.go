// Package storetest is the conformance suite of graph.Store: a test that any
// store passes by handing over a function that opens an empty one.
//
//	func TestConformance(t *testing.T) {
//		storetest.Run(t, openEmpty, storetest.Options{Reopen: reopen, Ties: ties})
//	}
//
// What goes in are small networks and findings, hostile ids, sources that fail
// and contexts that end; what the suite looks at comes out of the interface,
// compared with a network that it builds on its own. Options has hooks for what
// the interface does not show. OnSmallDisk is for what writes to a disk that may be
// full, a store or not.
//
// # Caveats
//
// Without a hook the tests that need it are not in the suite; a store gives all
// that it can. Times are tested to the microsecond, as no store has to keep finer
// ones. A Deviation is not a way to skip a test: the store must then refuse what
// it cannot keep, by an error, and keep its former state.
package storetest
