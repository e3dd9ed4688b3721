package identity

import (
	"testing"

	"pgregory.net/rapid"
)

// pairOf is a table of two records with one field, or one more that the first is
// mistaken for.
func pairOf(t testing.TB, kind Kind, a, b string) Level {
	t.Helper()
	x := mustTable(t, Records{IDs: []string{"a", "b"}, Fields: []Field{{Name: "f", Kind: kind, Columns: [][]string{{a, b}}}}})
	var at [1]Level
	x.levelsOf(0, 1, at[:])
	return at[0]
}

func TestLevels(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		a, b string
		want Level
	}{
		{GivenName, "Robert", "ROBERT", Exact},
		{GivenName, "Robert", "Robret", Close},
		{GivenName, "Rob", "Robert", Near},
		{GivenName, "Robert", "Alice", Different},
		{GivenName, "", "Alice", Missing},
		{GivenName, "--", "Alice", Missing},
		{Surname, "Müller", "Muller", Exact},
		{Surname, "Иванов", "Иванова", Close},
		{Surname, "Иванов", "Петров", Different},
		{FullName, "Robert Allen", "Allen, Robert", Exact},
		{FullName, "Robert Allen", "Alen, Robert", Close},
		{BirthDate, "1971-06-24", "24.06.1971", Exact},
		{BirthDate, "1971-06-24", "1971-05-24", Close},
		{BirthDate, "1971-06-12", "1971-12-06", Close},
		{BirthDate, "1971-06-24", "1917-06-24", Close},
		{BirthDate, "1971-06-24", "1980-06-24", Near},
		{BirthDate, "1971-06-24", "1971-06-13", Near},
		{BirthDate, "1971-06-24", "1980-11-02", Different},
		{BirthDate, "1971-06-24", "1971", Different},
		{Phone, "020 7946 0958", "+44 20 7946 0958", Exact},
		{Phone, "020 7946 0958", "020 7946 0985", Close},
		{Phone, "020 7946 0958", "020 7946 1059", Different},
		{Phone, "020 7946 0958", "020 7946 0857", Near},
		{Email, "A@b.example", "a@b.example", Exact},
		{Email, "rob.allen@b.example", "rob.alen@b.example", Close},
		{Email, "rob.allen@b.example", "rob.allen@b.test", Near},
		{Email, "rob.allen@b.example", "kim.lee@post.test", Different},
		{Street, "1 High Street", "1, High St.", Exact},
		{Street, "1 High Street", "1 Hihg Street", Close},
		{Street, "1 High Street", "9 Abbey Road", Different},
		{Postcode, "SW1A 1AA", "sw1a1aa", Exact},
		{Postcode, "SW1A 1AA", "SW1A 1AB", Close},
		{City, "London", "Londn", Close},
		{City, "London", "Leeds", Different},
		{ID, "123-456-789", "123456789", Exact},
		{ID, "123456789", "123456798", Close},
		{ID, "123456789", "123456700", Near},
		{ID, "123456789", "987654321", Different},
		{Code, "12", "13", Different},
		{Category, "f", "m", Different},
		{Category, "f", "F", Exact},
		{Text, "baker", "bakers", Close},
	} {
		if got := pairOf(t, c.kind, c.a, c.b); got != c.want {
			t.Errorf("%s %q and %q: %s; want %s", c.kind, c.a, c.b, got, c.want)
		}
	}
}

func TestCrossedNames(t *testing.T) {
	for _, c := range []struct {
		name           string
		a, b           [2]string // given name, surname
		given, surname Level
	}{
		{"swapped", [2]string{"Isla", "Hall"}, [2]string{"Hall", "Isla"}, Crossed, Crossed},
		{"swapped with a slip", [2]string{"Isla", "Hallam"}, [2]string{"Halam", "Isla"}, Crossed, Crossed},
		{"one missing", [2]string{"", "Hall"}, [2]string{"Hall", "Isla"}, Missing, Crossed},
		{"only one of them", [2]string{"Isla", "Hall"}, [2]string{"Hall", "Smith"}, Different, Different},
		{"same", [2]string{"Isla", "Hall"}, [2]string{"Isla", "Hall"}, Exact, Exact},
	} {
		x := mustTable(t, Records{IDs: []string{"a", "b"}, Fields: []Field{
			{Name: "given", Kind: GivenName, Columns: [][]string{{c.a[0], c.b[0]}}},
			{Name: "surname", Kind: Surname, Columns: [][]string{{c.a[1], c.b[1]}}}}})
		var at [2]Level
		x.levelsOf(0, 1, at[:])
		if at != [2]Level{c.given, c.surname} {
			t.Errorf("%s: %s and %s; want %s and %s", c.name, at[0], at[1], c.given, c.surname)
		}
		x.levelsOf(1, 0, at[:])
		if at != [2]Level{c.given, c.surname} {
			t.Errorf("%s, the other way round: %s and %s; want %s and %s", c.name, at[0], at[1], c.given, c.surname)
		}
	}
}

func TestLevelsOfSeveralColumns(t *testing.T) {
	x := mustTable(t, Records{IDs: []string{"a", "b", "c", "d"}, Fields: []Field{{Name: "phone", Kind: Phone, Columns: [][]string{
		{"020 7946 0958", "", "020 7946 0959", ""},
		{"07700 900123", "+442079460958", "07700 900124", ""}}}}})
	for _, c := range []struct {
		p, q uint32
		want Level
	}{{0, 1, Exact}, {0, 2, Close}, {1, 2, Close}, {0, 3, Missing}} {
		var at [1]Level
		if x.levelsOf(c.p, c.q, at[:]); at[0] != c.want {
			t.Errorf("%s and %s: %s; want %s", x.ids.At(c.p), x.ids.At(c.q), at[0], c.want)
		}
	}
}

// Levels don't depend on which record comes first.
func TestLevelsAreSymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := drawnRecords(t)
		phones, err := NewPhoneReader("")
		if err != nil {
			t.Fatal(err)
		}
		x, err := newTable(t.Context(), r, text{phones: phones}, 1)
		if err != nil {
			t.Fatal(err)
		}
		at, back := make([]Level, len(r.Fields)), make([]Level, len(r.Fields))
		for q := range uint32(x.n) {
			for p := range q {
				x.levelsOf(p, q, at)
				x.levelsOf(q, p, back)
				for f := range at {
					if at[f] != back[f] || at[f] >= levels {
						t.Fatalf("field %s of %d and %d: %s and %s", r.Fields[f].Name, p, q, at[f], back[f])
					}
				}
			}
		}
	})
}

func TestKindOf(t *testing.T) {
	for header, want := range map[string]Kind{"First Name": GivenName, "surname": Surname, "D.O.B.": BirthDate, "Phone": Phone, "mobile": Phone, "E-Mail": Email, "Post code": Postcode, "shoe size": Text} {
		if got := KindOf(header); got != want {
			t.Errorf("%q is a %s; want %s", header, got, want)
		}
	}
}

func TestSoundex(t *testing.T) {
	// The examples of the US National Archives.
	for name, want := range map[string]string{"washington": "w252", "lee": "l000", "gutierrez": "g362", "pfister": "p236", "jackson": "j250", "tymczak": "t522", "ashcraft": "a261", "vandeusen": "v532"} {
		if got, ok := soundex(name); got != want || !ok {
			t.Errorf("%s sounds like %s; want %s", name, got, want)
		}
	}
	if _, ok := soundex("иванов"); ok {
		t.Error("Cyrillic has no Soundex")
	}
}
