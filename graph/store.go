package graph

import (
	"context"
	"iter"
	"time"
)

// Store keeps the network and what runs found about it. The embedded store is
// graph/duckstore, the one for production graph/neo4jstore; both pass
// graph/storetest.
//
// A Store is safe for use by several goroutines. Sync and Publish are
// all-or-nothing for readers: whoever reads meanwhile sees the state before or
// the state after, and so does whoever opens the store after a crash.
type Store interface {
	// Sync makes the stored nodes and ties those of the source: new ones are
	// added, changed ones updated, those that the source lacks removed, so that
	// what was synced before makes no difference. A weight that an analyst
	// fixed by hand survives and wins over the source's, also where the source
	// has no such tie or lacks its ends, of which then nothing else is known; 0
	// says that there is no tie. A node or tie that its Check method finds a fault
	// with, or that the source yields twice, is an error.
	Sync(ctx context.Context, src Source, p Progress) error
	// Read returns the whole stored network in canonical numbering.
	Read(ctx context.Context, p Progress) (*Network, error)
	// Publish stores what a run found beside the former run, makes it
	// current, and removes the former one.
	Publish(ctx context.Context, f *Findings, p Progress) error
	// Current returns the run whose findings are current, or ErrNoRun.
	Current(ctx context.Context) (Run, error)
	Close() error
}

// Source yields a network's nodes and ties, each once, in any order. The first
// error ends a sequence. Ties may name nodes that Customers and Products do not
// yield; a Store creates those without attributes.
type Source interface {
	Customers(ctx context.Context) iter.Seq2[Customer, error]
	Products(ctx context.Context) iter.Seq2[Product, error]
	Ties(ctx context.Context, k Kind) iter.Seq2[Tie, error]
}

// Network is a stored network in memory. Customer u has the name
// Customers.At(u), the attributes Attributes.At(u) and the rows u of Calls,
// Bought and Viewed; product p has the name Products.At(p) and the record
// Catalogue[p].
type Network struct {
	Customers  *Names
	Attributes *Names // JSON objects, in customer order, not sorted
	Products   *Names
	Catalogue  []Product
	Calls      *Graph // directed, customers × customers
	Bought     *Graph // customers × products
	Viewed     *Graph // customers × products
	// Spend is the money each customer spent in the window, in the currency
	// of the house.
	Spend []float64
	// Fixed are all weights that were fixed by hand, each once, in any order. Calls,
	// Bought and Viewed have them; those of 0 may be about nodes that are not here.
	Fixed []Fixed
}

// Run names one analysis run.
type Run struct {
	// ID is the version of the run's Result: equal input gives an equal ID.
	ID string
	// At is when the run ended, AsOf the end of its window of events.
	At, AsOf time.Time
	Seed     uint64
	// Version is the version of kith that ran.
	Version string
	// Quality has named figures, such as modularity.
	Quality map[string]float64
}

// Findings is what one run found, in the terms of the graph. The sequences may
// be ranged over more than once and yield the same each time.
type Findings struct {
	Run         Run
	Communities []CommunityFinding
	Customers   iter.Seq[CustomerFinding]
	Memberships iter.Seq[Membership]
	// Preferences are the products that are popular in a community.
	Preferences iter.Seq[Preference]
	// Aliases are further ids by which customers are known, in byte order. A
	// Store in which people look customers up says so of them.
	Aliases []Alias
}

// CommunityFinding describes one community.
type CommunityFinding struct {
	ID     string
	Parent string // enclosing community, empty at the top
	Level  int    // 0 is the finest
	Size   int
	// Density is arcs/(n(n-1)) on the call graph within the community.
	Density float64
	// Risk is the mean churn risk of the members, shrunk to the base rate;
	// ExpectedLoss is risk times spend, summed, in the currency of the house.
	Risk, ExpectedLoss float64
	// Leader and Disseminator are customer ids, empty where there is none.
	Leader, Disseminator string
}

// CustomerFinding has one customer's figures.
type CustomerFinding struct {
	ID, Community, Role                 string
	PageRank, Authority, Dissemination  float64
	Susceptibility, ChurnRisk, OwnValue float64
	Core                                bool
	// Gone says that the customer has left; then nothing is scored.
	Gone bool
	// RiskOwn, the parts by people who left, and RiskOther sum to ChurnRisk.
	RiskOwn, RiskOther float64
	RiskParts          []RiskPart
}

// RiskPart is what the departure of From adds to a customer's churn risk.
type RiskPart struct {
	From string
	Part float64
}

// Membership ties a customer to a community of level 0, with a degree in 0..1.
type Membership struct {
	Customer, Community string
	Degree              float64
	Core, Leader        bool
}

// Preference says that a community buys a product more than others do.
type Preference struct {
	Community, Product     string
	Supporters             int
	Support, Lift, LiftLow float64
}
