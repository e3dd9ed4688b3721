package simulate

import (
	"context"
	"strconv"
)

var kindNames = [kinds]string{"mixed", "business", "young"}

// writeTruth writes what a method should find.
func (op *operator) writeTruth(ctx context.Context, d *folder) error {
	name := func(b []byte, u uint32) []byte {
		if u == none {
			return b
		}
		return op.appendCustomer(b, u)
	}
	_, err := op.writeList(ctx, d, 0, "truth/communities.csv", "community,city,region,kind,size,leader,disseminator\n", nil, len(op.first)-1,
		func(h *sheet, i int) {
			c := uint32(i)
			b := append(appendCommunity(h.text, c), ',')
			b = append(appendCity(b, op.cityOf[c]), ',')
			b = append(appendRegion(b, op.regionOf[op.cityOf[c]]), ',')
			b = append(append(b, kindNames[op.kinds[c]]...), ',')
			b = append(appendCount(b, int64(op.first[c+1]-op.first[c])), ',')
			b = append(name(b, op.leader[c]), ',')
			h.text = append(name(b, op.disseminator[c]), '\n')
		}, nil)
	if err != nil {
		return err
	}
	membership := func(b []byte, u, c uint32, degree float32) []byte {
		b = append(op.appendCustomer(b, u), ',')
		b = append(appendCommunity(b, c), ',')
		return append(strconv.AppendFloat(b, float64(degree), 'f', 3, 64), '\n')
	}
	_, err = op.writeList(ctx, d, 0, "truth/memberships.csv", "customer,community,degree\n", nil, op.o.Customers,
		func(h *sheet, i int) {
			u := op.order[i]
			h.text = membership(h.text, u, op.community[u], op.share[u])
			if c := op.second[u]; c != none {
				h.text = membership(h.text, u, c, 1-op.share[u])
			}
		}, nil)
	if err != nil {
		return err
	}
	list := op.leavers()
	_, err = op.writeList(ctx, d, 0, "truth/churn.csv", "customer,at,infected_by,exposure\n", nil, len(list),
		func(h *sheet, i int) {
			u := list[i]
			b := append(op.appendCustomer(h.text, u), ',')
			b = append(op.moment(b, op.gone[u]), ',')
			b = append(name(b, op.infector[u]), ',')
			h.text = append(strconv.AppendFloat(b, float64(op.exposure[u]), 'f', 4, 64), '\n')
		}, nil)
	return err
}
