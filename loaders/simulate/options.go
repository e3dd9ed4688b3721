package simulate

import (
	"fmt"
	"math"
	"runtime"
	"time"

	"kith/graph"
)

// Options are the settings of a simulation. The zero value simulates 20,000
// customers over 90 days without contagion.
type Options struct {
	// Customers is their number, at most 99,999,999; 0 means 20,000.
	Customers int
	// Days is the length of time, at most 3,650; 0 means 90.
	Days int
	// Seed picks one of the operators that are possible.
	Seed uint64

	// Contagion says that customers who leave draw their neighbours along.
	Contagion bool
	// Strength is the share that one strong tie to a customer who just left
	// adds to the hazard of leaving; 0 means 0.8.
	Strength float64
	// Decay is the time in days after which that has fallen to 1/e; 0 means 30.
	Decay float64
	// Churn is the share of customers who leave in 30 days, the same with
	// and without contagion; 0 means 0.03, negative none.
	Churn float64

	// Overlap is the share of customers with a second community; 0 means
	// 0.15, negative none.
	Overlap float64
	// CallsPerCustomerDay is the mean number of calls and messages that a
	// customer starts in a day, about; 0 means 1, negative none.
	CallsPerCustomerDay float64
	// LinesPerCustomerDay is the mean number of purchased lines, about; 0
	// means 0.15, negative none.
	LinesPerCustomerDay float64
	// Products is the size of the catalogue; 0 means one for 20 customers,
	// but 60 to 20,000.
	Products int

	// Dirty is the number of faulty rows added for each good one; 0 means
	// 0.005, negative none.
	Dirty float64
	// Duplicates is the number of repeated rows added for each good one; 0
	// means 0.002, negative none.
	Duplicates float64

	// Start is the first day, cut to a whole day in UTC; zero means
	// 2026-01-01.
	Start time.Time

	// Threads is how many goroutines to use; 0 means GOMAXPROCS.
	Threads int
	// Progress is told how far the simulation has come.
	Progress graph.Progress
}

// maxCustomers keeps the numbers of customers at eight digits.
const maxCustomers = 99_999_999

// withDefaults fills in what is zero and sets what is negative to 0.
func (o Options) withDefaults() Options {
	if o.Customers == 0 {
		o.Customers = 20_000
	}
	if o.Days == 0 {
		o.Days = 90
	}
	if o.Products == 0 {
		o.Products = min(max(o.Customers/20, 60), 20_000)
	}
	for _, f := range []struct {
		field *float64
		value float64
	}{
		{&o.Strength, .8}, {&o.Decay, 30}, {&o.Churn, .03}, {&o.Overlap, .15},
		{&o.CallsPerCustomerDay, 1}, {&o.LinesPerCustomerDay, .15},
		{&o.Dirty, .005}, {&o.Duplicates, .002},
	} {
		if *f.field == 0 {
			*f.field = f.value
		}
	}
	for _, f := range []*float64{&o.Churn, &o.Overlap, &o.CallsPerCustomerDay, &o.LinesPerCustomerDay, &o.Dirty, &o.Duplicates} {
		*f = max(*f, 0)
	}
	if o.Start.IsZero() {
		o.Start = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	o.Start = o.Start.UTC().Truncate(24 * time.Hour)
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	return o
}

// check says which setting is out of range; o has its defaults.
func (o Options) check() error {
	switch {
	case o.Customers < 1 || o.Customers > maxCustomers:
		return fmt.Errorf("the number of customers is %d; it must be 1 to %d", o.Customers, maxCustomers)
	case o.Days < 1 || o.Days > 3650:
		return fmt.Errorf("the number of days is %d; it must be 1 to 3650", o.Days)
	case o.Products < 1 || o.Products > 99_999:
		return fmt.Errorf("the number of products is %d; it must be 1 to 99999", o.Products)
	case o.Start.Year() < 1971 || o.Start.Year() > 9900:
		return fmt.Errorf("the start is in the year %d; it must be from 1971 to 9900", o.Start.Year())
	}
	for _, f := range []struct {
		name         string
		value, limit float64
	}{
		{"strength of contagion", o.Strength, 1000}, {"decay of contagion in days", o.Decay, 1e6},
		{"share of churn in 30 days", o.Churn, 1}, {"share of overlap", o.Overlap, 1},
		{"number of calls a day", o.CallsPerCustomerDay, 1000},
		{"number of purchased lines a day", o.LinesPerCustomerDay, 1000},
		{"share of dirty rows", o.Dirty, .5}, {"share of duplicates", o.Duplicates, .5},
	} {
		if !(f.value >= 0 && f.value <= f.limit) || math.IsNaN(f.value) {
			return fmt.Errorf("the %s is %v; it must be 0 to %v", f.name, f.value, f.limit)
		}
	}
	if o.Decay == 0 {
		return fmt.Errorf("the decay of contagion is 0 days; it must be positive")
	}
	return nil
}
