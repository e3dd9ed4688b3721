package identity

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"kith/graph"
)

// table is the records in canonical order, their values in normal form and
// numbered. Number 0 is the empty text, which stands for what is missing; the
// others follow byte order, so they don't depend on the order of the rows.
type table struct {
	n       int
	ids     *graph.Names
	row     []uint32 // where each record stands in the caller's slices
	place   []uint32 // and back
	columns []column
	slots   int      // values of a record
	cells   []uint32 // n times so many
}

// column is a field.
type column struct {
	Field
	first, width int          // its slots
	partner      int          // the field that its values are mistaken for, or -1
	values       *graph.Names // shared by partners
	ascii        bool         // all values are
	count        []uint32     // records that have each value
	known        int          // records that have any
}

// text is how values are read.
type text struct {
	phones     *PhoneReader
	monthFirst bool
}

// cutNumber is what spreadsheets make of numbers of twelve digits and more.
var cutNumber = regexp.MustCompile(`^[0-9]([.,][0-9]+)?E\+[0-9]{2}$`)

// normal is the normal form of a value, empty when there is none: 4.17E+11 may stand
// for any of a billion numbers, so that it makes nobody the same.
func (t text) normal(kind Kind, s string) string {
	if s == "" {
		return ""
	}
	if (kind == Phone || kind == ID || kind == Code) && strings.Contains(s, "E+") && cutNumber.MatchString(strings.TrimSpace(s)) {
		return ""
	}
	switch kind {
	case FullName:
		return sortedWords(Name(s))
	case BirthDate:
		d, _ := Date(s, t.monthFirst)
		return d
	case Phone:
		p, _ := t.phones.Read(s)
		return p
	case Email:
		e, _ := EmailAddress(s)
		return e
	case Street:
		return AddressLine(s)
	case ID, Code, Postcode:
		return strings.ReplaceAll(Name(s), " ", "")
	}
	return Name(s)
}

// newTable orders and numbers the records.
func newTable(ctx context.Context, r Records, t text, threads int) (*table, error) {
	x := &table{n: len(r.IDs)}
	if err := x.describe(r); err != nil {
		return nil, err
	}
	d := graph.NewDict(x.n)
	provisional := make([]uint32, x.n)
	for i, id := range r.IDs {
		provisional[i] = d.AddString(id)
		if int(provisional[i]) != i {
			return nil, &graph.DataError{Reason: fmt.Sprintf("the record id %q stands twice; give each record an id of its own, such as file and line", id)}
		}
	}
	x.ids, x.place = d.Canonical()
	x.row = make([]uint32, x.n)
	for row, at := range x.place {
		x.row[at] = uint32(row)
	}
	x.cells = make([]uint32, x.n*x.slots)
	err := each(ctx, threads, len(x.columns), func(_, f int) {
		c := &x.columns[f]
		if c.partner < 0 {
			x.number(t, f)
		} else if f < c.partner {
			x.number(t, f, c.partner)
		}
	})
	return x, err
}

// describe checks the fields and lays their slots out.
func (x *table) describe(r Records) error {
	if len(r.Fields) == 0 || len(r.Fields) > maxFields {
		return fmt.Errorf("identity: %d fields; give 1 to %d", len(r.Fields), maxFields)
	}
	byName := map[string]int{}
	for i, f := range r.Fields {
		if f.Name == "" {
			return fmt.Errorf("identity: field %d has no name", i+1)
		}
		if _, twice := byName[f.Name]; twice {
			return fmt.Errorf("identity: two fields are called %q", f.Name)
		}
		byName[f.Name] = i
		if len(f.Columns) == 0 || len(f.Columns) > maxColumns {
			return fmt.Errorf("identity: field %q has %d columns; give 1 to %d", f.Name, len(f.Columns), maxColumns)
		}
		for _, values := range f.Columns {
			if len(values) != x.n {
				return fmt.Errorf("identity: field %q has %d values for %d records", f.Name, len(values), x.n)
			}
		}
		x.columns = append(x.columns, column{Field: f, first: x.slots, width: len(f.Columns), partner: -1})
		x.slots += len(f.Columns)
	}
	return x.pair(byName)
}

const (
	maxFields  = 21 // levels of a pair fit in 64 bits
	maxColumns = 8
)

// pair finds the fields that are mistaken for each other.
func (x *table) pair(byName map[string]int) error {
	for i := range x.columns {
		name := x.columns[i].Mistaken
		if name == "" {
			continue
		}
		j, ok := byName[name]
		if !ok || j == i || x.columns[j].Mistaken != x.columns[i].Name || x.columns[j].width != 1 || x.columns[i].width != 1 {
			return fmt.Errorf("identity: field %q is mistaken for %q; that must be another field of one column, as it is, and name it back", x.columns[i].Name, name)
		}
		x.columns[i].partner = j
	}
	given, surname := -1, -1
	for i, c := range x.columns {
		switch {
		case c.Kind != GivenName && c.Kind != Surname:
		case c.partner >= 0 || c.width > 1:
			return nil
		case c.Kind == GivenName && given < 0:
			given = i
		case c.Kind == Surname && surname < 0:
			surname = i
		default:
			return nil // several: the caller must say
		}
	}
	if given >= 0 && surname >= 0 {
		x.columns[given].partner, x.columns[surname].partner = surname, given
	}
	return nil
}

// number fills the cells of fields that share their numbers.
func (x *table) number(t text, fields ...int) {
	d := graph.NewDict(0)
	d.AddString("")
	for _, f := range fields {
		c := &x.columns[f]
		for k, values := range c.Columns {
			slot := c.first + k
			for row, s := range values {
				x.cells[int(x.place[row])*x.slots+slot] = d.AddString(t.normal(c.Kind, s))
			}
		}
	}
	values, rank := d.Canonical()
	blob, _ := values.Raw()
	ascii := !slices.ContainsFunc(blob, func(b byte) bool { return b >= 0x80 })
	for _, f := range fields {
		c := &x.columns[f]
		c.values, c.ascii = values, ascii
		c.count = make([]uint32, values.Len())
		for r := range x.n {
			cells := x.cells[r*x.slots+c.first:][:c.width]
			any := false
			for k, v := range cells {
				v = rank[v]
				if slices.Contains(cells[:k], v) {
					v = 0 // the same number twice
				}
				cells[k] = v
				if v != 0 {
					c.count[v]++
					any = true
				}
			}
			if any {
				c.known++
			}
		}
	}
}

// of are the values of a record.
func (x *table) of(r uint32) []uint32 { return x.cells[int(r)*x.slots:][:x.slots] }
