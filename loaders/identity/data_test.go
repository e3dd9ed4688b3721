package identity_test

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"kith/graph/graphtest"
	"kith/loaders/identity"
	"kith/loaders/identity/internal/people"
)

// set is a set of records with the truth: who each record, by its id, is of.
type set struct {
	name    string
	records identity.Records
	person  map[string]string
}

// columns reads a CSV file of the real data by its header.
func columns(tb testing.TB, path string) map[string][]string {
	tb.Helper()
	f, err := os.Open(graphtest.Data(tb, path))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.TrimLeadingSpace = true
	rows, err := r.ReadAll()
	if err != nil {
		tb.Fatal(err)
	}
	out := map[string][]string{}
	for i, header := range rows[0] {
		for _, row := range rows[1:] {
			out[header] = append(out[header], row[i])
		}
	}
	return out
}

func field(name string, kind identity.Kind, columns ...[]string) identity.Field {
	return identity.Field{Name: name, Kind: kind, Columns: columns}
}

func newSet(name string, ids, person []string, fields ...identity.Field) set {
	s := set{name: name, records: identity.Records{IDs: ids, Fields: fields}, person: map[string]string{}}
	for i, id := range ids {
		s.person[id] = person[i]
	}
	return s
}

func febrl(tb testing.TB, name string) set {
	tb.Helper()
	d := columns(tb, "febrl/"+name+".csv")
	var person []string
	for _, id := range d["rec_id"] {
		person = append(person, strings.Split(id, "-")[1])
	}
	return newSet("febrl "+name, d["rec_id"], person,
		field("given_name", identity.GivenName, d["given_name"]),
		field("surname", identity.Surname, d["surname"]),
		field("street_number", identity.Code, d["street_number"]),
		field("address_1", identity.Street, d["address_1"]),
		field("address_2", identity.Street, d["address_2"]),
		field("suburb", identity.City, d["suburb"]),
		field("postcode", identity.Postcode, d["postcode"]),
		field("state", identity.Category, d["state"]),
		field("date_of_birth", identity.BirthDate, d["date_of_birth"]),
		field("soc_sec_id", identity.ID, d["soc_sec_id"]))
}

func rldata(tb testing.TB) set {
	tb.Helper()
	d := columns(tb, "rldata/csv/RLdata500.csv")
	var ids, born []string
	for i := range d["identity"] {
		ids = append(ids, fmt.Sprint(i+1))
		born = append(born, d["by"][i]+"-"+d["bm"][i]+"-"+d["bd"][i])
	}
	return newSet("rldata500", ids, d["identity"],
		field("fname_c1", identity.GivenName, d["fname_c1"]),
		field("fname_c2", identity.Text, d["fname_c2"]),
		field("lname_c1", identity.Surname, d["lname_c1"]),
		field("lname_c2", identity.Text, d["lname_c2"]),
		field("born", identity.BirthDate, born))
}

func fake1000(tb testing.TB) set {
	tb.Helper()
	d := columns(tb, "splink-demo/fake_1000.csv")
	return newSet("fake_1000", d["unique_id"], d["cluster"],
		field("first_name", identity.GivenName, d["first_name"]),
		field("surname", identity.Surname, d["surname"]),
		field("dob", identity.BirthDate, d["dob"]),
		field("city", identity.City, d["city"]),
		field("email", identity.Email, d["email"]))
}

// madeUp are people of the house's own making.
func madeUp(n int, seed uint64) set {
	t := people.Make(n, seed)
	return newSet(fmt.Sprintf("people %d", n), t.ID, t.Person,
		field("first_name", identity.GivenName, t.GivenName),
		field("surname", identity.Surname, t.Surname),
		field("dob", identity.BirthDate, t.BirthDate),
		field("phone", identity.Phone, t.Phone),
		field("email", identity.Email, t.Email),
		field("street", identity.Street, t.Street),
		field("city", identity.City, t.City))
}

// resolve resolves a set as the house would.
func (s set) resolve(tb testing.TB, opt identity.Options) *identity.Result {
	tb.Helper()
	if opt.Region == "" {
		opt.Region = "GB"
	}
	r, err := identity.Resolve(tb.Context(), s.records, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
