package persons_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/loaders/persons"
)

// The CRM, the shop and the app call the same things by other names: what holds the
// same, and never stands in one record, is compared with each other.
func TestHeadersOfOtherFiles(t *testing.T) {
	given := strings.Fields("Anna Bernd Clara Dora Emil Fritz Gerda Hans Ida Jonas")
	surnames := strings.Fields("Schmidt Meyer Weber Koch Bauer Wolf Klein Schulz Braun Lange")
	r := rand.New(rand.NewPCG(1, 2))
	crm, shop := []string{"id,first_name,last_name,birth_date,address_1,address_2,gender"}, []string{"Kundennummer,Vorname,Nachname,Geburtsdatum,Telefon,Anrede"}
	for i := range 200 {
		name := func() string { return given[r.IntN(10)] + "," + surnames[r.IntN(10)] }
		day, month, year := 1+r.IntN(28), 1+r.IntN(12), 1950+r.IntN(50)
		one := name()
		crm = append(crm, fmt.Sprintf("a%d,%s,%d-%02d-%02d,Elm Road %d,Flat %d,%c", i, one, year, month, day, i, i%9, "fm"[i%2]))
		if i >= 100 { // somebody else
			one, year = name(), year+1
		}
		shop = append(shop, fmt.Sprintf("b%d,%s,%02d.%02d.%d,+4917012%05d,%s", i, one, day, month, year, i, []string{"Frau", "Herr"}[i%2]))
	}
	st := house(t, strings.Join(crm, "\n"))
	load(t, st, "shop.csv", strings.Join(shop, "\n")+"\n")
	report := resolve(t, st, persons.Options{})
	var fields []string
	for _, f := range report.Fields {
		fields = append(fields, f.Holds+" "+strings.Join(f.Attributes, "+"))
	}
	slices.Sort(fields)
	want := []string{"birth Geburtsdatum+birth_date", "category Anrede", "category gender", "given Vorname+first_name", "phone Telefon", "street address_1", "street address_2", "surname Nachname+last_name"}
	if diff := cmp.Diff(want, fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if report.People < 95 || report.People > 105 || report.Merged != 2*report.People || !slices.Contains(people(t, st), "a7: a7 b7") {
		t.Errorf("%s", report.Sentence())
	}
	// A map says the same.
	said := map[string]string{"given": "first_name+Vorname", "surname": "Nachname+last_name", "birth": "birth_date+Geburtsdatum"}
	if by := resolve(t, st, persons.Options{Map: said}); by.People != report.People || by.Merged != report.Merged {
		t.Errorf("by a map: %s", by.Sentence())
	}
}

// Of somebody with two numbers both count, whichever column they stand in.
func TestEachNumberOfSomebodyCounts(t *testing.T) {
	old, moved := []string{"id,name,phone,mobile"}, []string{"id,name,phone,mobile"}
	for i := range 60 {
		name := strings.Fields("Ann Bob Cem Dora Eve Fay")[i%6] + " " + strings.Fields("Lee Fox Kay")[i%3]
		old = append(old, fmt.Sprintf("a%d,%s,+4930111%04d,+4917022%05d", i, name, i, i))
		moved = append(moved, fmt.Sprintf("b%d,%s,+4917022%05d,+4917033%05d", i, name, i, i))
	}
	report := resolve(t, house(t, strings.Join(old, "\n"), strings.Join(moved, "\n")), persons.Options{})
	if report.People != 60 || report.Merged != 120 {
		t.Errorf("%s", report.Sentence())
	}
}
