package simulate

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Report is what a simulation wrote: its parameters and exact counts, kept in
// truth/report.json. A load of the files can be checked against it.
type Report struct {
	Parameters Parameters `json:"parameters"`

	Customers   int `json:"customers"`
	Products    int `json:"products"`
	Communities int `json:"communities"`
	Cities      int `json:"cities"`
	Regions     int `json:"regions"`
	// Overlapping is the number of customers in two communities.
	Overlapping int `json:"overlapping"`
	// Ties are pairs of customers who may call each other; StrongTies lie
	// within a community.
	Ties       int64 `json:"ties"`
	StrongTies int64 `json:"strong_ties"`
	// Churned is the number who left, Infected of those who were drawn along.
	Churned  int `json:"churned"`
	Infected int `json:"infected"`

	// Files has one entry per CSV file for loading, in the order of their
	// names.
	Files []FileReport `json:"files"`
}

// Parameters are the Options with defaults filled in.
type Parameters struct {
	Customers           int       `json:"customers"`
	Days                int       `json:"days"`
	Seed                uint64    `json:"seed"`
	Contagion           bool      `json:"contagion"`
	Strength            float64   `json:"strength"`
	DecayDays           float64   `json:"decay_days"`
	ChurnPer30Days      float64   `json:"churn_per_30_days"`
	Overlap             float64   `json:"overlap"`
	CallsPerCustomerDay float64   `json:"calls_per_customer_day"`
	LinesPerCustomerDay float64   `json:"lines_per_customer_day"`
	Products            int       `json:"products"`
	Dirty               float64   `json:"dirty"`
	Duplicates          float64   `json:"duplicates"`
	Start               time.Time `json:"start"`
}

// FileReport counts the rows of a file, without the header: Rows is Good plus
// Duplicates plus Dirty.
type FileReport struct {
	Name       string `json:"name"`
	Bytes      int64  `json:"bytes"`
	Rows       int64  `json:"rows"`
	Good       int64  `json:"good"`
	Duplicates int64  `json:"duplicates"`
	Dirty      int64  `json:"dirty"`
	// DirtyBySort counts faulty rows by what is wrong with them.
	DirtyBySort map[string]int64 `json:"dirty_by_sort,omitempty"`
	// First and Last are the span of the good rows' times; zero where the
	// rows have no times or there are none.
	First time.Time `json:"first,omitzero"`
	Last  time.Time `json:"last,omitzero"`
}

// ReadReport returns the report of a finished simulation in a folder.
func ReadReport(dir string) (*Report, error) {
	path := filepath.Join(dir, "truth", "report.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the report of a simulation: %w", err)
	}
	r := new(Report)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read the report of a simulation in %s: %w", path, err)
	}
	return r, nil
}

// report counts all but the files.
func (op *operator) report() *Report {
	o := op.o
	r := &Report{
		Parameters: Parameters{
			Customers: o.Customers, Days: o.Days, Seed: o.Seed, Contagion: o.Contagion, Strength: o.Strength,
			DecayDays: o.Decay, ChurnPer30Days: o.Churn, Overlap: o.Overlap,
			CallsPerCustomerDay: o.CallsPerCustomerDay, LinesPerCustomerDay: o.LinesPerCustomerDay,
			Products: o.Products, Dirty: o.Dirty, Duplicates: o.Duplicates, Start: o.Start,
		},
		Customers: o.Customers, Products: o.Products,
		Communities: len(op.first) - 1, Cities: len(op.cityFirst) - 1, Regions: len(op.regionFirst) - 1,
		Overlapping: len(op.extras), Ties: int64(len(op.ties.who)) / 2,
	}
	for _, strong := range op.ties.strong {
		if strong {
			r.StrongTies++
		}
	}
	r.StrongTies /= 2
	for u, at := range op.gone {
		if at != stays {
			r.Churned++
		}
		if op.infector[u] != none {
			r.Infected++
		}
	}
	return r
}

// fileReport counts one file.
func (op *operator) fileReport(f *file, t *tally, first, last int64) FileReport {
	r := FileReport{Name: f.name, Bytes: f.bytes, Good: t.good, Duplicates: t.duplicates}
	for d, n := range t.dirty {
		if n > 0 {
			if r.DirtyBySort == nil {
				r.DirtyBySort = map[string]int64{}
			}
			r.DirtyBySort[dirtNames[d]] = n
			r.Dirty += n
		}
	}
	r.Rows = r.Good + r.Duplicates + r.Dirty
	if last >= 0 {
		r.First = op.o.Start.Add(time.Duration(first) * time.Second)
		r.Last = op.o.Start.Add(time.Duration(last) * time.Second)
	}
	return r
}
