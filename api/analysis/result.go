package analysis

import (
	"time"

	"kith/community/recommend"
	"kith/graph"
	"kith/influence"
)

// None stands in a column of vertices or communities for "there is none".
const None = ^uint32(0)

// Result is all that one analysis run found, in flat columns: immutable once
// published, and read by any number of goroutines without a lock.
//
// A column "per customer" has Customers.Len() entries and is indexed by the
// customer's number, and so on. CSR columns follow graph.Graph: the entries of
// row i are [offsets[i], offsets[i+1]).
type Result struct {
	Run Run

	// Customers and Products are the ids in ascending byte order. Attributes
	// has one JSON object per customer, empty where the house knows nothing.
	Customers, Attributes, Products *graph.Names
	// Catalogue has one record per product.
	Catalogue []graph.Product

	// Aliases are further ids of customers, in ascending byte order: records
	// that were found to be one person's, and telephone numbers. AliasOf is
	// the customer of each. No alias is among Customers.
	// Both are nil when there are none.
	Aliases *graph.Names
	AliasOf []uint32

	// Levels are the communities, the finest first; each level joins the
	// communities of the one before.
	Levels []Level

	// The memberships of customer u in communities of Levels[0] are
	// MembershipCommunity and MembershipDegree[MembershipOffsets[u]:
	// MembershipOffsets[u+1]], the highest degree first, ties by community.
	// Degrees are in 0..1 and sum to 1.
	MembershipOffsets   []uint64
	MembershipCommunity []uint32
	MembershipDegree    []float64

	// Per customer: place in the network. Authority and Dissemination are
	// shares within the customer's community, PageRank over the whole.
	Role                               []Role
	Core                               []bool
	PageRank, Authority, Dissemination []float64
	// Per customer: distinct people called, distinct callers, and the weight
	// of these ties, which is half-hours with contact; all counted on who buys
	// alike where the house has no calls, with no contacts then.
	OutDegree, InDegree []uint32
	Contacts            []uint64

	// Per customer: churn. Gone customers left before Run.AsOf; they are not
	// scored and their Risk is 0. Susceptibility is the share of the expected
	// activation that comes from ties, in 0..1.
	Gone                 []bool
	Risk, Susceptibility []float64
	// The receipt of Risk[u]: the customer's own part, the parts by
	// somebody who left, the largest first, and what the ones not listed
	// add. RiskOwn[u], the listed parts in order and RiskOther[u] sum to
	// Risk[u] within 1e-9.
	RiskOwn, RiskOther []float64
	RiskOffsets        []uint64
	RiskFrom           []uint32 // customer
	RiskPart           []float64

	// Spend is money per customer in the window, in the currency of the house.
	Spend []float64

	// Calls is directed, customers × customers; Bought is customers ×
	// products, weighted by the times. Calls may be nil.
	Calls, Bought *graph.Graph
	// Recommend has the popular and the similar products. Its Member and
	// Overlap columns are those of Levels and Membership here.
	Recommend *recommend.Index
}

// Run says where a Result comes from and how good it is.
type Run struct {
	graph.Run
	// Started is when the run began; Run.At is when it ended.
	Started time.Time
	// Window is the span of the events that were summed into ties.
	Window graph.Window
	// Inputs are the imports that were read, in the order of their ids.
	Inputs []Input
	// Parameters are the settings that the answer depends on, by name.
	Parameters []Parameter
	// Currency is how the house names its money, empty when it was not told.
	Currency string
	// BaseRisk is the mean risk of the customers who have not left: what
	// the risk of a community is shrunk to.
	BaseRisk float64
}

// Input names one import by its content.
type Input struct {
	Kind, File, Hash string
	Rows             int64
}

// Parameter is one setting of a run.
type Parameter struct{ Name, Value string }

// Level is one partition of the customers into communities. The columns below
// Of have one entry per community.
type Level struct {
	// Of is the community of each customer, None for one in no community.
	Of []uint32
	// IDs are the names of the communities, unique over all levels, in any
	// order.
	IDs *graph.Names
	// Parent is the community of the next level that holds this one; nil at
	// the last level.
	Parent []uint32
	// Size is the number of members; Density is arcs/(n(n-1)) of the call
	// graph within; CoreFraction is the share of members in the core.
	Size                  []uint32
	Density, CoreFraction []float64
	// Risk is the mean risk of the members shrunk to the base rate, and
	// ExpectedLoss the sum of risk times spend, in the currency of the house.
	Risk, ExpectedLoss []float64
	// Leader and Disseminator are customers or None; the confidence in each
	// is the ratio of the highest to the lowest rank, at least 1, or 0
	// where there is none.
	Leader, Disseminator                     []uint32
	LeaderConfidence, DisseminatorConfidence []float64
	// Members of community c are Members[MemberOffsets[c]:MemberOffsets[c+1]],
	// ascending.
	MemberOffsets []uint64
	Members       []uint32
}

// Customer finds a customer by id, be it an alias.
func (r *Result) Customer(id string) (uint32, bool) {
	if u, ok := r.Customers.Find(id); ok {
		return u, true
	}
	if at, ok := r.Aliases.Find(id); ok {
		return r.AliasOf[at], true
	}
	return 0, false
}

// Count is the number of communities.
func (l *Level) Count() int { return len(l.Size) }

// MembersOf returns the customers of community c, ascending. The slice is
// shared.
func (l *Level) MembersOf(c uint32) []uint32 {
	return l.Members[l.MemberOffsets[c]:l.MemberOffsets[c+1]]
}

// Role is a customer's place in its community.
type Role = influence.Role
