package identity

import (
	"fmt"

	"pgregory.net/rapid"
)

// drawnRecords draws a few records of people, with slips and gaps, out of few
// values, so that much is alike.
func drawnRecords(t *rapid.T) Records {
	n := rapid.IntRange(0, 24).Draw(t, "records")
	pick := func(name string, values ...string) []string {
		out := make([]string, n)
		for i := range out {
			out[i] = rapid.SampledFrom(values).Draw(t, name)
		}
		return out
	}
	r := Records{Fields: []Field{
		{Name: "given", Kind: GivenName, Columns: [][]string{pick("given", "", "Anna", "Anne", "Bob", "Zoë", "Smith")}},
		{Name: "surname", Kind: Surname, Columns: [][]string{pick("surname", "", "Smith", "Smyth", "Jones", "Anna")}},
		{Name: "born", Kind: BirthDate, Columns: [][]string{pick("born", "", "1971-06-24", "1971-06-25", "24.06.1971", "1980-01-01")}},
		{Name: "phone", Kind: Phone, Columns: [][]string{
			pick("phone", "", "020 7946 0958", "+44 20 7946 0958", "020 7946 0959"), pick("mobile", "", "020 7946 0958", "07700 900123")}},
		{Name: "email", Kind: Email, Columns: [][]string{pick("email", "", "a@x.example", "A@x.example", "b@x.example")}},
		{Name: "street", Kind: Street, Columns: [][]string{pick("street", "", "1 High Street", "1 High St", "2 Low Road")}},
		{Name: "city", Kind: City, Columns: [][]string{pick("city", "", "Leeds", "York")}},
		{Name: "sex", Kind: Category, Columns: [][]string{pick("sex", "", "f", "m")}},
	}}
	for i := range n {
		r.IDs = append(r.IDs, fmt.Sprintf("r%02d", i))
	}
	return r
}
