// Package factor learns what customers like from what they bought, by implicit
// matrix factorisation: every customer and every product gets a short vector, and
// the product of the two says how well they go together.
//
// In goes a customer-product graph whose weights say how often or how much; out
// come the vectors, and from them lists for customers, for those who bought since,
// and for those who weren't there at all.
//
//	m, err := factor.Train(ctx, bought, factor.Options{})
//	items := m.For(nil, recommend.Query{Customer: u, Owned: bought.Neighbours(u), Limit: 10})
//
// # Caveats
//
// A score is no probability; it only orders the products of one customer. There is
// no evidence to show with it beyond the score, so lists for a widget should come
// from package recommend and its sources, with this as one more vote.
//
// Vectors are float32. Sums have a fixed order, the same in plain Go as with vector
// registers, so the same input gives the same bits on any number of threads.
package factor
