package identity

import "math"

// Double is a way in which different people look alike: pairs of records in
// which several fields agree together more often than each would by chance. The
// model of Fellegi and Sunter takes fields to be independent among different
// people, and so takes such pairs for one person. Ours.
type Double struct {
	// Name is Household, Namesakes or Neighbours.
	Name string
	// Share is the chance that two records drawn at random are such a pair.
	Share float64
	// H has for each field the chance of each level among such pairs. It is
	// used for the fields on which the double bears and whose levels were
	// learned.
	H [][levels]float64
}

// The doubles.
const (
	// Household: those who live together share surname, telephone, address,
	// now and then an e-mail address; rarely a given name or a birth date.
	Household = "household"
	// Namesakes share their names, more often than given name and surname
	// would meet by themselves, and have similar e-mail addresses.
	Namesakes = "namesakes"
	// Neighbours share what makes up an address.
	Neighbours = "neighbours"

	maxDoubles = 3
)

// The chances of two people who live together to share a given name (father and
// son) and a birth date (twins): what is usual, rounded to the safe side.
const (
	sameName = .02
	sameDay  = .02
)

// bearing is what a double has to do with a field.
type bearing uint8

const (
	nothing   bearing = iota // levels are those of chance
	together                 // they have one value: levels are learned
	similarly                // learned, but for Exact, which is that of chance
	atTimes                  // Exact at a fixed rate beyond chance
	popular                  // learned; the value is a common one, as in two strangers who share it
)

// bears is what the double has to do with a kind of field.
func (d *Double) bears(k Kind) bearing {
	switch d.Name {
	case Household:
		switch k {
		case GivenName, FullName, BirthDate:
			return atTimes
		case ID, Category:
			return nothing
		}
		return together
	case Namesakes:
		switch k {
		case GivenName, Surname, FullName:
			return popular
		case Email:
			return similarly
		}
	case Neighbours:
		switch k {
		case Street, Postcode, City, Code, Text:
			return popular
		}
	}
	return nothing
}

// startTogether is what EM takes for H to begin with and leans on.
var startTogether = [levels]float64{Exact: .6, Close: .03, Near: .03, Crossed: .001, Different: .339}

// startDoubles lays the doubles out that bear on at least two of the fields, and
// none where no field tells one person from another: the double would then be
// taken for the person.
func startDoubles(columns []column, share float64) []Double {
	own := false
	for i := range columns {
		switch columns[i].Kind {
		case GivenName, FullName, BirthDate, ID:
			own = true
		}
	}
	if !own {
		return nil
	}
	var out []Double
	for _, name := range [maxDoubles]string{Household, Namesakes, Neighbours} {
		d := Double{Name: name, Share: share, H: make([][levels]float64, len(columns))}
		related := 0
		for f := range columns {
			d.H[f] = startTogether
			if b := d.bears(columns[f].Kind); b != nothing && b != atTimes {
				related++
			}
		}
		if related >= 2 {
			out = append(out, d)
		}
	}
	return out
}

// weight is log2(h/u) of a level in bits.
func (d *Double) weight(field *FieldModel, f int, l Level, count, known int) float64 {
	if l == Missing {
		return 0
	}
	u := field.chance(l, count, known)
	switch d.bears(field.Kind) {
	case nothing:
		return 0
	case similarly:
		if l == Exact {
			return 0
		}
	case atTimes:
		rate := sameName
		if field.Kind == BirthDate {
			rate = sameDay
		}
		if l == Exact {
			return math.Log2((rate + (1-rate)*u) / u)
		}
		return math.Log2(1 - rate)
	case popular:
		u = field.U[l]
	}
	return math.Log2(d.H[f][l] / u)
}
