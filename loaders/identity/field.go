package identity

import (
	"strings"
	"unicode"
)

// Kind says what a field holds, and thereby how its text is brought into a
// normal form and how two values are compared.
type Kind uint8

// The kinds of fields.
const (
	Text      Kind = iota // any words: a city, an occupation
	GivenName             // first names
	Surname               // family name
	FullName              // all names in one field, in whatever order
	BirthDate             // a date in one of several shapes
	Phone                 // a telephone number
	Email                 // an e-mail address
	Street                // a line of an address
	Postcode              // a postal code
	City                  // a place
	ID                    // a number given by an authority: passport, tax, social security
	Code                  // a short code with digits: house number
	Category              // one of a few values that are right or wrong: sex
)

// String is the kind in words.
func (k Kind) String() string {
	switch k {
	case Text:
		return "text"
	case GivenName:
		return "given name"
	case Surname:
		return "surname"
	case FullName:
		return "full name"
	case BirthDate:
		return "birth date"
	case Phone:
		return "phone"
	case Email:
		return "e-mail"
	case Street:
		return "street"
	case Postcode:
		return "postcode"
	case City:
		return "city"
	case ID:
		return "id"
	case Code:
		return "code"
	case Category:
		return "category"
	}
	return "unknown kind"
}

// Field is something that is known of records and is compared.
type Field struct {
	// Name is unique among the fields.
	Name string
	Kind Kind
	// Columns has one slice per column of the field, each with one text per
	// record; empty means missing. Most fields have one column. A field with
	// several (phone, mobile, office) agrees where any of its values do.
	Columns [][]string
	// Mistaken names the field that people write this one's value into:
	// surname for given name. Both fields must name each other. Fields of
	// kinds GivenName and Surname find each other when there is one of each.
	Mistaken string
}

// Records are what is to be resolved: n records in any order. Nothing in it is
// written to.
type Records struct {
	// IDs are n distinct texts. Their byte order is the canonical order.
	IDs []string
	// Fields describe the records; there must be at least one.
	Fields []Field
}

// headerKinds are plain headers that stand for a kind.
var headerKinds = [...]struct {
	kind  Kind
	names string
}{
	{GivenName, "givenname firstname forename fname vorname prenom nombre imie middlename prénom imię nome jméno jmeno имя"},
	{Surname, "surname lastname familyname lname nachname nom apellido nazwisko familienname apellidos cognome příjmení prijmeni фамилия"},
	{FullName, "name fullname customername contactname displayname"},
	{BirthDate, "dob birthdate dateofbirth birthday bornon born geburtsdatum gebdatum geburtstag datedenaissance fechadenacimiento fechanacimiento datadinascita dataurodzenia datumnarození datumnarozeni датарождения"},
	{Phone, "phone phonenumber telephone tel mobile mobilephone cell cellphone msisdn homephone workphone officephone fax contactnumber phone1 phone2 mobile1 mobile2 telefon telefonnummer handy handynummer mobil mobilnummer mobiltelefon rufnummer téléphone portable teléfono telefono móvil movil cellulare komórka телефон"},
	{Email, "email emailaddress mail mailaddress email1 email2 emailadresse mailadresse courriel correo correoelectrónico correoelectronico почта"},
	{Street, "street streetname address address1 address2 addressline1 addressline2 streetaddress strasse straße anschrift adresse rue calle dirección direccion indirizzo ulica ulice улица адрес"},
	{Postcode, "postcode postalcode zip zipcode plz postleitzahl codepostal códigopostal codigopostal kodpocztowy psč psc индекс"},
	{City, "city town suburb place locality municipality ort stadt wohnort ville ciudad città citta miasto město mesto город"},
	{ID, "ssn socsecid socialsecuritynumber nationalid taxid passport passportnumber personalnumber idnumber nino pesel"},
	{Code, "streetnumber housenumber houseno"},
	{Category, "sex gender salutation title anrede geschlecht"},
}

// PlainHeader is a header in lower case, letters and digits only.
func PlainHeader(header string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, header)
}

// KindOf guesses a kind from a header; Text for one that it does not know.
func KindOf(header string) Kind {
	plain := PlainHeader(header)
	for _, h := range headerKinds {
		for _, name := range strings.Fields(h.names) {
			if plain == name {
				return h.kind
			}
		}
	}
	return Text
}
