// Package neighbour recommends by neighbouring items (item-kNN): to a customer what
// goes with the things that the customer owns.
//
// In goes a customer-product graph; New finds for every product those that are
// bought by the same customers, and For adds their similarities up.
//
//	m, err := neighbour.New(ctx, bought, neighbour.Options{})
//	items := m.For(nil, recommend.Query{Customer: u, Owned: bought.Neighbours(u), Limit: 10})
//
// # Caveats
//
// Only products among the K most alike of something owned are ever listed, so a list
// may be short. There is no floor on common buyers here: before anybody else sees
// lists of a small house, take those of package recommend, which has one.
package neighbour
