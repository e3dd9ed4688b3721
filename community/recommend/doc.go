// Package recommend says what to offer: to a known customer what is popular in
// the customer's communities, to a visitor nobody knows what goes with the
// products just seen, and to everyone else what sells.
//
// In go a customer-product graph, a nested hierarchy of communities as plain
// slices and, if there are any, overlapping memberships. Build turns them into
// an Index once per analysis run: flat columns that can be stored as they are
// and that any number of goroutines may query without a lock.
//
//	x, err := recommend.Build(ctx, recommend.Input{Bought: bought, Levels: levels, Counts: counts}, recommend.Options{})
//	items := x.For(nil, recommend.Query{Customer: u, Owned: bought.Neighbours(u), Limit: 10})
//
// Every answer is a pure function of the Index and the query. The page at
// offset 10 therefore goes on exactly where the ten items at offset 0 ended,
// as long as the rest of the query is the same.
//
// # Caveats
//
// A product that fewer than MinSupporters customers bought is never listed, not
// even for everyone, and says nothing about a community where fewer members than
// that bought it. In a community smaller than MinSupporters nothing of its own
// is ever shown.
//
// A list is ordered by tier first: what the customer's communities buy, then
// what the wider communities around them buy, then what everyone buys. Scores
// fall within a tier and may rise from one tier to the next, because a product
// that stands in a later tier is known to be rare in the earlier one.
//
// The number of times a product was bought does not matter, only whether.
package recommend
