package graph

import "time"

// Customer is a person or household that calls or buys.
type Customer struct {
	ID string
	// Attributes is a JSON object of what the house knows, keys in byte
	// order, or empty.
	Attributes string
}

// Product is what a customer can buy, watch or visit.
type Product struct {
	ID, Name, Category string
	// Price is per unit in the currency of the house; negative when unknown.
	Price float64
	// AvailableFrom and AvailableTo bound the sale, half open; zero is open.
	AvailableFrom, AvailableTo time.Time
}

// Kind tells the three sorts of ties apart.
type Kind uint8

// The kinds of ties, by the relationship that stands for them in a store.
const (
	Called Kind = iota // customer → customer
	Bought             // customer → product
	Viewed             // customer → product
)

// Kinds lists all kinds in their fixed order.
var Kinds = [...]Kind{Called, Bought, Viewed}

// String is the kind's relationship type: CALLED, BOUGHT or VIEWED.
func (k Kind) String() string {
	switch k {
	case Called:
		return "CALLED"
	case Bought:
		return "BOUGHT"
	case Viewed:
		return "VIEWED"
	}
	return "UNKNOWN"
}

// Tie is a directed tie over a window: the sum of its events.
type Tie struct {
	From, To string
	// Weight is what kernels use. For Called it is the number of distinct
	// 30-minute periods with contact (ours), for Bought and Viewed the
	// number of times.
	Weight float64
	// Count is calls, purchases or views; Messages counts Called only.
	Count, Messages int64
	// Seconds is talking time of Called, dwelling time of Viewed.
	Seconds int64
	// Quantity and Amount belong to Bought: units, and money in the
	// currency of the house; returns are subtracted.
	Quantity, Amount float64
	// First and Last are the times of the first and last event, UTC; zero
	// where the events carry no time.
	First, Last time.Time
}

// Departure says that a customer left, and when.
type Departure struct {
	Customer string
	At       time.Time
}

// Alias says that an id stands for a customer of another id: a record that was
// found to be the same person's, or a telephone number that the person held.
type Alias struct {
	ID, Customer string
	// Always says that it does so for all time, so that the id is nobody else.
	Always bool
}

// Fixed is the weight that an analyst has fixed by hand for the tie of a kind
// between two ids, in the place of the source's; 0 says that there is no tie.
type Fixed struct {
	Kind     Kind
	From, To string
	Weight   float32
}

// Window is the half-open span [From, To) of event times. A zero bound is open.
// Events without a time are in every window.
type Window struct{ From, To time.Time }
