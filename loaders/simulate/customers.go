package simulate

import "time"

// tariffs by kind of community, in tenths.
var tariffs = [kinds][10]string{
	mixed:    {"basic", "basic", "basic", "family", "family", "family", "prepaid", "prepaid", "premium", "basic"},
	business: {"business", "business", "business", "business", "premium", "premium", "basic", "basic", "family", "prepaid"},
	young:    {"prepaid", "prepaid", "prepaid", "prepaid", "basic", "basic", "basic", "premium", "family", "prepaid"},
}

// oldest and youngest are the years of age by kind of community.
var oldest, youngest = [kinds]int{85, 66, 29}, [kinds]int{16, 22, 15}

// appendCustomerRow writes a row of customers.csv. Seven in eight live in the city
// of their first community.
func (op *operator) appendCustomerRow(b []byte, u uint32) []byte {
	s := open(op.o.Seed, forCustomer, uint64(u), 2)
	c := op.community[u]
	city, k := op.cityOf[c], op.kinds[c]
	if s.chance(1. / 8) {
		city = uint32(s.below(len(op.cityFirst) - 1))
	}
	gender := "f"
	if r := s.float(); r < .485 {
		gender = "m"
	} else if r > .985 {
		gender = "" // not told
	}
	age := youngest[k] + (s.below(oldest[k]-youngest[k]+1)+s.below(oldest[k]-youngest[k]+1))/2
	b = append(op.appendCustomer(b, u), ',')
	b = append(appendCity(b, city), ',')
	b = append(appendRegion(b, op.regionOf[city]), ',')
	b = append(append(b, tariffs[k][s.below(10)]...), ',')
	b = append(append(b, gender...), ',')
	b = append(appendCount(b, int64(op.o.Start.Year()-age)), ',')
	b = append(b, op.day(-int(op.since[u])).Format(time.DateOnly)...)
	return append(b, '\n')
}
