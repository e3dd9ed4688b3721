package people

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// Table has a row per record.
type Table struct {
	ID, Person                                                []string
	GivenName, Surname, BirthDate, Phone, Email, Street, City []string
	// Seen is when the record was written, in days.
	Seen []int64
}

// Header names the columns of Row.
var Header = [...]string{"unique_id", "person", "first_name", "surname", "dob", "phone", "email", "street", "city", "seen"}

// Row is record i as texts in the order of Header.
func (t *Table) Row(i int) [len(Header)]string {
	return [...]string{t.ID[i], t.Person[i], t.GivenName[i], t.Surname[i], t.BirthDate[i], t.Phone[i], t.Email[i], t.Street[i], t.City[i], fmt.Sprint(t.Seen[i])}
}

// person is the truth.
type person struct {
	given, surname, maiden    string
	year, month, day          int
	mobile, oldMobile         string
	landline, email, office   string
	street, city              string
	oldStreet, oldCity        string
	movedAt, swappedAt, wedAt int64
}

type maker struct {
	rand     *rand.Rand
	given    []string
	surnames []string
	streets  []string
	cities   []string
	offices  []string
	table    *Table
	people   int
}

// days is the span over which records are written.
const days = 3650

// Make makes up so many records. The same arguments give the same table.
func Make(records int, seed uint64) *Table {
	m := &maker{rand: rand.New(rand.NewPCG(seed, 0x9e3779b9)), table: &Table{}}
	scale := math.Sqrt(float64(records) / 1e4)
	m.given = m.words(int(300*scale)+100, 2, 3, "")
	m.surnames = m.words(int(2000*scale)+200, 2, 4, "")
	m.streets = m.words(int(1500*scale)+100, 2, 3, " ")
	m.cities = m.words(int(60*scale)+10, 2, 3, "")
	for range max(records/20000, 3) {
		m.offices = append(m.offices, m.number("020"))
	}
	for len(m.table.ID) < records {
		m.household(records)
	}
	m.shuffle()
	return m.table
}

// words makes up distinct words.
func (m *maker) words(n, least, most int, tail string) []string {
	const onset, vowel, coda = "b c d f g h j k l m n p r s t v w z br ch cl dr fr gr kr pl pr sh st th tr", "a e i o u ai ea ee ie oo", "n r s l m t k d"
	onsets, vowels, codas := strings.Fields(onset), strings.Fields(vowel), strings.Fields(coda)
	seen := map[string]bool{}
	var out []string
	for len(out) < n {
		var b strings.Builder
		for range least + m.rand.IntN(most-least+1) {
			b.WriteString(onsets[m.rand.IntN(len(onsets))])
			b.WriteString(vowels[m.rand.IntN(len(vowels))])
		}
		if m.rand.IntN(2) == 0 {
			b.WriteString(codas[m.rand.IntN(len(codas))])
		}
		if tail != "" {
			b.WriteString([...]string{" street", " road", " avenue", " lane", " close"}[m.rand.IntN(5)])
		}
		if w := b.String(); !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

// skewed picks a word; the k-th is about 1/k as frequent as the first.
func (m *maker) skewed(words []string) string {
	at := int(math.Exp(m.rand.Float64()*math.Log(float64(len(words))+1))) - 1
	return words[min(at, len(words)-1)]
}

func (m *maker) chance(p float64) bool { return m.rand.Float64() < p }

func (m *maker) number(prefix string) string {
	return fmt.Sprintf("%s%0*d", prefix, 11-len(prefix), m.rand.Int64N(pow10(11-len(prefix))))
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// address is a house in a street of a city.
func (m *maker) address() (street, city string) {
	return fmt.Sprintf("%d %s", 1+m.rand.IntN(120), m.streets[m.rand.IntN(len(m.streets))]), m.skewed(m.cities)
}

// household makes people who live together, and their records.
func (m *maker) household(records int) {
	surname := m.skewed(m.surnames)
	street, city := m.address()
	landline := m.number("020")
	size := 1 + m.rand.IntN(4)
	var family []*person
	for k := range size {
		p := &person{given: m.skewed(m.given), surname: surname, landline: landline, street: street, city: city,
			year: 1930 + m.rand.IntN(40), month: 1 + m.rand.IntN(12), day: 1 + m.rand.IntN(28)}
		if k >= 2 { // a child
			p.year = 1975 + m.rand.IntN(30)
			if m.chance(.03) { // named after a parent
				p.given = family[m.rand.IntN(2)].given
			}
			if k == 3 && m.chance(.03) { // a twin
				p.year, p.month, p.day = family[2].year, family[2].month, family[2].day
			}
		}
		if k == 1 {
			p.maiden = m.skewed(m.surnames)
			p.wedAt = m.rand.Int64N(20 * days)
			if m.chance(.2) {
				p.surname = p.maiden
			}
		}
		p.mobile, p.oldMobile, p.swappedAt = m.number("07"), m.number("07"), m.rand.Int64N(4*days)
		p.oldStreet, p.oldCity = m.address()
		p.movedAt = m.rand.Int64N(6 * days)
		p.email = m.email(p)
		if k == 1 && m.chance(.04) { // a couple with one address
			p.email = family[0].email
		}
		if m.chance(.01) {
			p.office = m.offices[m.rand.IntN(len(m.offices))]
		}
		family = append(family, p)
	}
	for _, p := range family {
		n := 1
		for n < 6 && m.chance(.25) {
			n++
		}
		for range n {
			if len(m.table.ID) < records {
				m.record(p)
			}
		}
		m.people++
	}
}

func (m *maker) email(p *person) string {
	host := [...]string{"mail.example", "post.example", "web.example", "inbox.example"}[m.rand.IntN(4)]
	switch m.rand.IntN(4) {
	case 0:
		return fmt.Sprintf("%s.%s%d@%s", p.given, p.surname, m.rand.IntN(1000), host)
	case 1:
		return fmt.Sprintf("%c%s%d@%s", p.given[0], p.surname, p.year, host)
	case 2:
		return fmt.Sprintf("%s%d%s@%s", p.given, m.rand.IntN(100), p.surname[:3], host)
	}
	return fmt.Sprintf("%s%d@%s", m.streets[m.rand.IntN(len(m.streets))][:5], m.rand.IntN(100000), host)
}

// record writes down what somebody took a person to be on a day.
func (m *maker) record(p *person) {
	t := m.table
	at := m.rand.Int64N(days)
	given, surname := p.given, p.surname
	if p.maiden != "" && at < p.wedAt-15*days {
		surname = p.maiden
	}
	birth := fmt.Sprintf("%04d-%02d-%02d", p.year, p.month, p.day)
	phone := p.mobile
	switch {
	case p.office != "" && m.chance(.5):
		phone = p.office
	case m.chance(.2):
		phone = p.landline
	case at < p.swappedAt-3*days:
		phone = p.oldMobile
	}
	street, city := p.street, p.city
	if at < p.movedAt-5*days {
		street, city = p.oldStreet, p.oldCity
	}
	email := p.email
	// Slips.
	switch {
	case m.chance(.01):
		given = given[:1]
	case m.chance(.03):
		given = m.slip(given)
	}
	if m.chance(.03) {
		surname = m.slip(surname)
	}
	if m.chance(.005) {
		given, surname = surname, given
	}
	switch {
	case m.chance(.005):
		birth = "1900-01-01"
	case m.chance(.005) && p.day <= 12:
		birth = fmt.Sprintf("%04d-%02d-%02d", p.year, p.day, p.month)
	case m.chance(.015):
		birth = m.slipDigit(birth)
	}
	if m.chance(.01) {
		phone = m.slipDigit(phone)
	}
	if m.chance(.015) {
		email = m.slip(email)
	}
	if m.chance(.04) {
		street = m.slip(street)
	}
	if m.chance(.03) {
		city = m.slip(city)
	}
	// What was left out.
	for _, c := range []struct {
		value *string
		share float64
	}{{&given, .02}, {&surname, .005}, {&birth, .12}, {&phone, .15}, {&email, .35}, {&street, .1}, {&city, .08}} {
		if m.chance(c.share) {
			*c.value = ""
		}
	}
	t.ID = append(t.ID, "")
	t.Person = append(t.Person, fmt.Sprintf("p%d", m.people))
	t.GivenName, t.Surname, t.BirthDate = append(t.GivenName, given), append(t.Surname, surname), append(t.BirthDate, birth)
	t.Phone, t.Email, t.Street, t.City = append(t.Phone, phone), append(t.Email, email), append(t.Street, street), append(t.City, city)
	t.Seen = append(t.Seen, at+1)
}

// slip leaves a letter out, doubles one, swaps two or puts another in its place.
func (m *maker) slip(s string) string {
	if len(s) < 3 {
		return s
	}
	i := m.rand.IntN(len(s) - 1)
	switch m.rand.IntN(4) {
	case 0:
		return s[:i] + s[i+1:]
	case 1:
		return s[:i] + s[i:i+1] + s[i:]
	case 2:
		return s[:i] + s[i+1:i+2] + s[i:i+1] + s[i+2:]
	}
	return s[:i] + string(rune('a'+m.rand.IntN(26))) + s[i+1:]
}

func (m *maker) slipDigit(s string) string {
	for range 20 {
		i := m.rand.IntN(len(s))
		if s[i] >= '0' && s[i] <= '9' {
			return s[:i] + string(rune('0'+m.rand.IntN(10))) + s[i+1:]
		}
	}
	return s
}

// shuffle puts the records in random order and numbers them.
func (m *maker) shuffle() {
	t := m.table
	m.rand.Shuffle(len(t.ID), func(i, j int) {
		for _, c := range [...][]string{t.Person, t.GivenName, t.Surname, t.BirthDate, t.Phone, t.Email, t.Street, t.City} {
			c[i], c[j] = c[j], c[i]
		}
		t.Seen[i], t.Seen[j] = t.Seen[j], t.Seen[i]
	})
	for i := range t.ID {
		t.ID[i] = fmt.Sprintf("r%07d", i)
	}
}
