package recommend

import "sync"

// None stands for "no community" in a level and "no product" in an Item.
const None = ^uint32(0)

// Unknown is the customer of a Query that comes from a visitor nobody knows.
const Unknown = ^uint32(0)

// Index answers queries for one analysis run. Its exported fields are all its
// state: an Index whose fields were stored and read back answers alike. It is
// immutable and may be queried by any number of goroutines at once.
type Index struct {
	// Customers and Products are the sides of the graph it was built from.
	Customers, Products int
	// Prior and MinSupporters are the settings it was built with.
	Prior         float64
	MinSupporters int
	// Buyers has the number of customers of each product.
	Buyers []uint32

	// Member has, per level, the community of each customer or None; it is
	// shared with the Input.
	Member [][]uint32
	// The overlapping memberships of customer u are OverlapCommunity and
	// OverlapDegree[OverlapOffsets[u]:OverlapOffsets[u+1]]; all three are nil
	// when communities do not overlap. Shared with the Input.
	OverlapOffsets   []uint64
	OverlapCommunity []uint32
	OverlapDegree    []float64

	// Levels has the popular products of each community, per level.
	Levels []Table
	// Everyone is a Table of one row: the products by number of buyers.
	Everyone Table
	// Similar has the products that go with each product.
	Similar Table

	pool sync.Pool // of *scratch
}

// Table has one ranked list of products per row. The rows are the communities
// of a level, the one row "everyone", or the products of which the list shows
// similar ones. Entries of row r are [Offsets[r], Offsets[r+1]) of each column,
// the highest score first, ties by the smaller product.
type Table struct {
	// Size is the number of customers a row speaks of: members of the
	// community, all customers, or buyers of the product.
	Size    []uint32
	Offsets []uint64
	Product []uint32
	Score   []float32
	// Supporters is how many of the row's customers bought the entry's
	// product, never fewer than MinSupporters.
	Supporters []uint32
	// Lift is (Supporters/Size) over the share among all customers, LiftLow
	// the same from the lower end of Wilson's 95 % interval of Supporters/Size.
	Lift, LiftLow []float32
	// LLR is Dunning's log-likelihood ratio of the two products being bought
	// by the same customers; nil but in Similar.
	LLR []float32
	// ByProduct lists the entries of each row, as distances from the start of
	// the row, in ascending order of product.
	ByProduct []uint32
}

// Rows is the number of lists.
func (t *Table) Rows() int { return len(t.Size) }

// find returns the entry of product p in row r.
func (t *Table) find(r, p uint32) (entry uint64, ok bool) {
	from, to := t.Offsets[r], t.Offsets[r+1]
	lo, hi := from, to
	for lo < hi {
		mid := (lo + hi) / 2
		if t.Product[from+uint64(t.ByProduct[mid])] < p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo == to {
		return 0, false
	}
	entry = from + uint64(t.ByProduct[lo])
	return entry, t.Product[entry] == p
}

// Source is the method that put an item on a list.
type Source uint8

// The sources of items.
const (
	CommunityPopular Source = iota // what a community buys
	Popular                        // what everyone buys
	SimilarItems                   // what goes with a product that was seen
	ItemNeighbours                 // what goes with all that the customer owns
	Factors                        // what matrix factorisation expects
)

// String is the source's name: community-popular, popular, similar,
// item-neighbours or factors.
func (s Source) String() string {
	switch s {
	case CommunityPopular:
		return "community-popular"
	case Popular:
		return "popular"
	case SimilarItems:
		return "similar"
	case ItemNeighbours:
		return "item-neighbours"
	case Factors:
		return "factors"
	}
	return "unknown"
}

// Fallback says whose behaviour an item stands on when there was not enough
// evidence nearer to the customer.
type Fallback uint8

// The fallbacks, from the nearest to the farthest.
const (
	NoFallback      Fallback = iota // the customer's own communities
	ParentCommunity                 // a community that encloses them
	Everyone                        // all customers
)

// String is empty for NoFallback, else "parent community" or "everyone".
func (f Fallback) String() string {
	switch f {
	case NoFallback:
		return ""
	case ParentCommunity:
		return "parent community"
	case Everyone:
		return "everyone"
	}
	return "unknown"
}

// Item is one recommended product with its evidence.
type Item struct {
	Product uint32
	Source  Source
	// Fallback and Level say how far up the evidence comes from: Level is
	// the level of Community, 0 the finest.
	Fallback Fallback
	Level    uint8
	// Community is the community that the evidence is about, None when it is
	// about everyone or about buyers of Seen.
	Community uint32
	// Seen is the product that an item of SimilarItems goes with, else None.
	Seen uint32
	// Score is what the list was ordered by. It is an estimate of the chance
	// that the customer buys the product, or for SimilarItems a cosine, summed
	// over the products seen.
	Score float32
	// Of CommunitySize customers (members of Community, all customers, or
	// buyers of Seen) Supporters bought the product.
	Supporters, CommunitySize uint32
	// Lift, LiftLow and LLR are as in Table.
	Lift, LiftLow, LLR float32
}

// Query asks for a part of a list.
type Query struct {
	// Customer is the customer's number; Unknown, or any number that the
	// Index does not have, gets what everyone buys.
	Customer uint32
	// Owned are products to leave out, in ascending order.
	Owned []uint32
	// Allowed has bit p%64 of word p/64 set for each product that may be
	// shown: the filter for stock, category or price. Nil allows all.
	Allowed []uint64
	// Offset is how many items of the list to pass over, Limit how many to
	// return at most.
	Offset, Limit int
}

// Passes says whether a product may be shown to the one who asks.
func (q *Query) Passes(p uint32) bool {
	if q.Allowed != nil {
		if w := int(p / 64); w >= len(q.Allowed) || q.Allowed[w]&(1<<(p%64)) == 0 {
			return false
		}
	}
	lo, hi := 0, len(q.Owned)
	for lo < hi {
		mid := (lo + hi) / 2
		if q.Owned[mid] < p {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo == len(q.Owned) || q.Owned[lo] != p
}

// Order is an order of a community's list.
type Order uint8

// The orders of Popular.
const (
	// ByScore puts first what most members buy.
	ByScore Order = iota
	// ByLift puts first what members buy more than others do, by the lower
	// bound of the lift, so that few supporters do not make a high rank.
	ByLift
)
