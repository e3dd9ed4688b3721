package analysis

import "kith/community/recommend"

// walkIndex visits the index of recommendations. The communities that it shares
// with the Result are not written twice; a nil index comes back nil.
func (r *Result) walkIndex(c *codec) {
	shape := struct {
		Customers, Products int
		Prior               float64
		MinSupporters       int
		Present, Overlap    bool
	}{}
	if x := r.Recommend; x != nil {
		shape.Present, shape.Overlap = true, x.OverlapOffsets != nil
		shape.Customers, shape.Products = x.Customers, x.Products
		shape.Prior, shape.MinSupporters = x.Prior, x.MinSupporters
	}
	c.object("recommend", &shape, false)
	if c.err != nil || !shape.Present {
		return
	}
	x := r.Recommend
	if c.r != nil {
		x = &recommend.Index{
			Customers: shape.Customers, Products: shape.Products,
			Prior: shape.Prior, MinSupporters: shape.MinSupporters,
			Levels: make([]recommend.Table, len(r.Levels)),
		}
		for i := range r.Levels {
			x.Member = append(x.Member, r.Levels[i].Of)
		}
		if shape.Overlap {
			x.OverlapOffsets, x.OverlapCommunity, x.OverlapDegree = r.MembershipOffsets, r.MembershipCommunity, r.MembershipDegree
		}
		r.Recommend = x
	}
	column(c, "recommend.buyers", &x.Buyers)
	for i := range x.Levels {
		walkTable(c, &x.Levels[i])
	}
	walkTable(c, &x.Everyone)
	walkTable(c, &x.Similar)
}

func walkTable(c *codec, t *recommend.Table) {
	column(c, "table.size", &t.Size)
	column(c, "table.offsets", &t.Offsets)
	column(c, "table.product", &t.Product)
	column(c, "table.score", &t.Score)
	column(c, "table.supporters", &t.Supporters)
	column(c, "table.lift", &t.Lift)
	column(c, "table.lift_low", &t.LiftLow)
	column(c, "table.llr", &t.LLR)
	column(c, "table.by_product", &t.ByProduct)
}
