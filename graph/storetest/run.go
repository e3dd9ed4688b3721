package storetest

import (
	"testing"

	"kith/graph"
)

// Deviation is something that a store cannot keep and therefore refuses.
type Deviation int

const (
	// NoNUL says that ids with the byte 0 are refused.
	NoNUL Deviation = iota + 1
	// NoLongIDs says that ids of 10,000 bytes are refused.
	NoLongIDs
)

// Options are what the suite can know of a store beyond the interface.
type Options struct {
	Deviations []Deviation
	// Reopen closes a store and opens what it kept.
	Reopen func(t *testing.T, s graph.Store) graph.Store
	// Correct fixes the weight of a tie by hand in the way of this store, as
	// an analyst would. Both ends are in the store. 0 says that there is no
	// such tie.
	Correct func(t *testing.T, s graph.Store, k graph.Kind, from, to string, weight float64)
	// Ties lists the stored ties of a kind with all their fields, in any order.
	Ties func(t *testing.T, s graph.Store, k graph.Kind) []graph.Tie
	// Found lists the stored findings, in any order.
	Found func(t *testing.T, s graph.Store) Found
}

// Found is what a store kept of graph.Findings, apart from the run.
type Found struct {
	Communities []graph.CommunityFinding
	Customers   []graph.CustomerFinding
	Memberships []graph.Membership
	Preferences []graph.Preference
}

// Run tests a store. open returns a new and empty one that is closed when t
// ends, unless the suite has closed it by then.
func Run(t *testing.T, open func(t *testing.T) graph.Store, o Options) {
	s := suite{open, o}
	for _, test := range []struct {
		name string
		run  func(*testing.T)
		need bool
	}{
		{"empty store", s.empty, true},
		{"empty source", s.emptySource, true},
		{"one customer", s.oneCustomer, true},
		{"round trip", s.roundTrip, true},
		{"fields of ties", s.tieFields, o.Ties != nil},
		{"sync twice", s.syncTwice, true},
		{"sync updates", s.syncUpdates, true},
		{"sync removes", s.syncRemoves, true},
		{"nodes from ties", s.nodesFromTies, true},
		{"loops and both directions", s.loops, true},
		{"canonical numbering", s.canonical, true},
		{"more than a batch", s.many, true},
		{"odd ids", s.oddIDs, true},
		{"long and NUL ids", s.limits, true},
		{"bad sources", s.badSources, true},
		{"failing sources", s.failingSources, true},
		{"ended contexts", s.endedContexts, true},
		{"corrections", s.corrections, o.Correct != nil},
		{"corrections outlive", s.correctionsOutlive, o.Correct != nil && o.Reopen != nil},
		{"corrections of what has left", s.correctionsOfLeft, o.Correct != nil},
		{"corrections of merged records", s.correctionsOfMerged, o.Correct != nil},
		{"publish", s.publish, true},
		{"publish replaces", s.publishReplaces, true},
		{"failing publish", s.failingPublish, true},
		{"reopen", s.reopen, o.Reopen != nil},
		{"readers during sync", s.readersDuringSync, true},
		{"readers during publish", s.readersDuringPublish, true},
		{"several writers", s.severalWriters, true},
		{"closed", s.closed, true},
	} {
		if test.need {
			t.Run(test.name, test.run)
		}
	}
}

type suite struct {
	open func(t *testing.T) graph.Store
	o    Options
}

func (s suite) deviates(d Deviation) bool {
	for _, has := range s.o.Deviations {
		if has == d {
			return true
		}
	}
	return false
}
