package simulate

import "math"

// categories are what the operator's shop sells, with a usual price.
var categories = [...]struct {
	name, noun string
	price      float64
}{
	{"phones", "phone", 299}, {"tablets", "tablet", 349}, {"routers", "router", 89}, {"headphones", "headphones", 59},
	{"chargers", "charger", 19}, {"cases", "case", 15}, {"wearables", "watch", 149}, {"speakers", "speaker", 79},
	{"games", "game", 39}, {"films", "film", 9}, {"music", "album", 8}, {"books", "book", 12},
	{"apps", "app", 4}, {"roaming", "roaming pack", 10}, {"data", "data pack", 15}, {"gifts", "gift card", 25},
}

var brands = [...]string{"Aster", "Borea", "Cirro", "Delto", "Elvane", "Fjord", "Garnet", "Halo", "Indigo", "Juno", "Kestrel", "Lumen"}

// How many favourites a community and a city have, and the shares of lines that
// are drawn from a customer's habits, the community's favourites and the city's;
// the rest is what sells everywhere.
const (
	communityFavourites, cityFavourites      = 24, 40
	habitShare, communityShare, cityShare    = .1, .5, .15
	popularityExponent, popularityFlattening = .9, 3
)

// catalogue is what is sold and who likes what.
type catalogue struct {
	category   []uint8
	cents      []uint32  // price
	upTo       []float64 // running sum of popularity
	byCategory [len(categories)][]uint32
	// Favourites of community c are the communityFavourites entries from
	// c·communityFavourites on, the most liked first; likewise of cities.
	community, city []uint32
	// likeUpTo is the running sum of how much each place is liked.
	likeUpTo []float64
}

// stock fills the catalogue: popularity falls with a power of the rank (Zipf),
// and favourites come mostly from a few liked categories.
func (op *operator) stock() {
	n := op.o.Products
	g := &op.catalogue
	g.category, g.cents, g.upTo = make([]uint8, n), make([]uint32, n), make([]float64, n)
	rank := shuffled(open(op.o.Seed, forCatalogue, 0, 0), n)
	sum := 0.0
	for p := range n {
		s := open(op.o.Seed, forCatalogue, uint64(p), 1)
		k := s.below(len(categories))
		g.category[p] = uint8(k)
		g.byCategory[k] = append(g.byCategory[k], uint32(p))
		g.cents[p] = uint32(math.Ceil(categories[k].price*math.Exp(.4*s.normal())))*100 - 1
		sum += math.Pow(float64(rank[p])+popularityFlattening, -popularityExponent)
		g.upTo[p] = sum
	}
	g.community = op.favourites(0, len(op.first)-1, communityFavourites)
	g.city = op.favourites(1, len(op.cityFirst)-1, cityFavourites)
	sum = 0
	for i := range max(communityFavourites, cityFavourites) {
		sum += 1 / float64(i+2)
		g.likeUpTo = append(g.likeUpTo, sum)
	}
}

// favourites draws the favourites of so many groups, seven in ten from three
// liked categories.
func (op *operator) favourites(sort, groups, each int) []uint32 {
	g := &op.catalogue
	list := make([]uint32, 0, groups*each)
	for c := range groups {
		s := open(op.o.Seed, forTaste, uint64(c), uint64(sort))
		liked := [3]int{s.below(len(categories)), s.below(len(categories)), s.below(len(categories))}
		for range each {
			p := uint32(s.below(op.o.Products))
			if from := g.byCategory[liked[s.below(3)]]; s.chance(.7) && len(from) > 0 {
				p = from[s.below(len(from))]
			}
			list = append(list, p)
		}
	}
	return list
}

// choose draws a product that a customer buys.
func (op *operator) choose(s *stream, u uint32) uint32 {
	if s.chance(habitShare) {
		habit := open(op.o.Seed, forHabit, uint64(u), uint64(s.below(2)))
		return op.fancy(&habit, u)
	}
	return op.fancy(s, u)
}

// fancy is choose without habits.
func (op *operator) fancy(s *stream, u uint32) uint32 {
	g := &op.catalogue
	c := op.community[u]
	if !s.chance(float64(op.share[u])) {
		c = op.second[u]
	}
	switch r := s.float() * (1 - habitShare); {
	case r < communityShare:
		return g.community[int(c)*communityFavourites+pick(g.likeUpTo[:communityFavourites], s.float())]
	case r < communityShare+cityShare:
		return g.city[int(op.cityOf[c])*cityFavourites+pick(g.likeUpTo[:cityFavourites], s.float())]
	}
	return uint32(pick(g.upTo, s.float()))
}

// appendProductRow writes a row of products.csv.
func (op *operator) appendProductRow(b []byte, p uint32) []byte {
	g := &op.catalogue
	k := g.category[p]
	name := append([]byte(nil), brands[int(p)%len(brands)]...)
	name = append(append(name, ' '), categories[k].noun...)
	name = appendCount(append(name, ' '), int64(p))
	b = append(appendProduct(b, p), ',')
	if categories[k].name == "chargers" { // a comma in a name is usual in exports
		b = append(append(append(b, '"'), name...), `, 2 m"`...)
	} else {
		b = append(b, name...)
	}
	b = append(append(append(b, ','), categories[k].name...), ',')
	return append(appendMoney(b, g.cents[p]), '\n')
}
