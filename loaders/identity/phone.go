package identity

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
)

// PhoneReader brings telephone numbers to E.164, as +442079460958. It knows the
// numbering plans of the world from the metadata of libphonenumber, as
// github.com/nyaruka/phonenumbers ships them, and reads the usual ways of
// writing itself, at a hundredth of the time that the library takes; whatever
// is unusual goes to the library. A test holds the two to each other.
//
// A reader may be used by several goroutines.
type PhoneReader struct {
	region string
	home   *plan // nil without a region
	// plans by country calling code; nil where there is no such code.
	plans [1000]*plan
}

// plan is what has to be known of a country's numbers.
type plan struct {
	code int
	// about is where the patterns come from; they are compiled when they are
	// needed, as there are hundreds.
	about *phonenumbers.PhoneMetadata
	once  sync.Once
	// international matches what is dialled before a country code, national
	// what is dialled before a national number. Nil matches nothing.
	international, national *regexp.Regexp
	// simple says that what national matches is just left out.
	simple bool
	// general matches national numbers.
	general *regexp.Regexp
	// lengths has a bit for each possible length of a national number.
	lengths uint32
}

// NewPhoneReader makes a reader for a house in a region, named by its two-letter
// code (ISO 3166-1), in which numbers without a country code are dialled. With
// an empty region only numbers in international form become E.164.
func NewPhoneReader(region string) (*PhoneReader, error) {
	all, err := phonenumbers.MetadataCollection()
	if err != nil {
		return nil, fmt.Errorf("read the numbering plans of the world: %w", err)
	}
	r := &PhoneReader{region: strings.ToUpper(region)}
	for _, m := range all.GetMetadata() {
		code := int(m.GetCountryCode())
		main := m.GetId() == phonenumbers.GetRegionCodeForCountryCode(code)
		if code <= 0 || code >= len(r.plans) || !main && m.GetId() != r.region {
			continue
		}
		p := newPlan(m)
		if main && r.plans[code] == nil {
			r.plans[code] = p
		}
		if m.GetId() == r.region && r.region != "001" {
			r.home = p
		}
	}
	if r.region != "" && r.home == nil {
		return nil, fmt.Errorf("there is no region %q with telephone numbers; name it by two letters, such as GB", region)
	}
	return r, nil
}

func newPlan(m *phonenumbers.PhoneMetadata) *plan {
	p := &plan{code: int(m.GetCountryCode()), about: m, simple: m.GetNationalPrefixTransformRule() == ""}
	for _, n := range m.GetGeneralDesc().GetPossibleLength() {
		if n > 0 && n < 32 {
			p.lengths |= 1 << n
		}
	}
	return p
}

// compiled is the plan with its patterns. A pattern that Go can't read makes the
// plan one for the library.
func (p *plan) compiled() *plan {
	p.once.Do(func() {
		compile := func(pattern, behind string) *regexp.Regexp {
			if pattern == "" {
				return nil
			}
			re, err := regexp.Compile("^(?:" + pattern + ")" + behind)
			if err != nil {
				p.lengths = 0
			}
			return re
		}
		p.international = compile(p.about.GetInternationalPrefix(), "")
		p.national = compile(p.about.GetNationalPrefixForParsing(), "")
		p.general = compile(p.about.GetGeneralDesc().GetNationalNumberPattern(), "$")
	})
	return p
}

// possible says whether national numbers can have so many digits.
func (p *plan) possible(digits int) bool { return digits < 32 && p.lengths>>digits&1 == 1 }

// Read gives a number in E.164, without its extension. It is false for what is
// no possible number; the text is then the Name of what was written, so that
// numbers that were hashed, short numbers and internal ones can be compared.
func (r *PhoneReader) Read(s string) (string, bool) {
	if number, sure, ok := r.quick(s); sure {
		return number, ok
	}
	number, ok := r.slow(s)
	if !ok {
		return number, false
	}
	// The library takes digits such as twelve zeros for a number whose E.164 form
	// it reads as yet another.
	again, sure, _ := r.quick(number)
	if !sure {
		again, _ = r.slow(number)
	}
	if again != number {
		return Name(s), false
	}
	return number, true
}

// slow leaves it to the library.
func (r *PhoneReader) slow(s string) (string, bool) {
	number, err := phonenumbers.Parse(s, r.region)
	if err != nil || !phonenumbers.IsPossibleNumber(number) {
		return Name(s), false
	}
	return phonenumbers.Format(number, phonenumbers.E164), true
}

// quick reads digits with the usual signs between them. It is not sure of what
// else there may be.
func (r *PhoneReader) quick(s string) (number string, sure, ok bool) {
	var buffer [24]byte // a plus, the country code and the number
	b := buffer[:0]
	plus := false
	for i := range len(s) {
		switch c := s[i]; {
		case isDigit(c):
			if len(b) == 20 {
				return "", false, false
			}
			b = append(b, c)
		case c == '+' && len(b) == 0 && !plus:
			plus = true
		case c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/':
		default:
			return "", false, false
		}
	}
	if len(b) < 7 { // the library tells short numbers apart
		return "", false, false
	}
	p := r.home
	if !plus {
		if p == nil || p.compiled().lengths == 0 {
			return "", false, false
		}
		if p.international != nil {
			if at := p.international.FindIndex(b); at != nil {
				if at[1] == len(b) || b[at[1]] == '0' {
					return "", false, false
				}
				b, plus = b[at[1]:], true
			}
		}
	}
	if plus {
		if p, b = r.country(b); p == nil {
			return "", false, false
		}
	} else if startsWithCode(b, p.code) {
		return "", false, false
	}
	if b, sure = p.withoutPrefix(b); !sure || !p.possible(len(b)) {
		return "", false, false
	}
	out := make([]byte, 0, 24)
	out = append(out, '+')
	out = appendCode(out, p.code)
	return string(append(out, b...)), true, true
}

// withoutPrefix leaves out what is dialled before a national number; it is not
// sure where the rules are involved.
func (p *plan) withoutPrefix(b []byte) ([]byte, bool) {
	if p.compiled().national == nil {
		return b, true
	}
	at := p.national.FindSubmatchIndex(b)
	if at == nil {
		return b, true
	}
	if !p.simple || len(at) > 2 || p.general == nil || p.general.Match(b) {
		return nil, false
	}
	rest := b[at[1]:]
	return rest, p.possible(len(rest))
}

// country finds the country code that digits begin with.
func (r *PhoneReader) country(b []byte) (*plan, []byte) {
	code := 0
	for i := 0; i < 3 && i < len(b); i++ {
		code = code*10 + int(b[i]-'0')
		if code == 0 {
			return nil, nil
		}
		if p := r.plans[code]; p != nil {
			return p, b[i+1:]
		}
	}
	return nil, nil
}

func startsWithCode(b []byte, code int) bool {
	var buffer [3]byte
	return strings.HasPrefix(string(b), string(appendCode(buffer[:0], code)))
}

func appendCode(b []byte, code int) []byte {
	if code >= 100 {
		b = append(b, byte('0'+code/100))
	}
	if code >= 10 {
		b = append(b, byte('0'+code/10%10))
	}
	return append(b, byte('0'+code%10))
}
