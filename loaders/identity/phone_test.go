package identity

import (
	"fmt"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"pgregory.net/rapid"
)

func TestNumbersThatASpreadsheetCutAreNobodys(t *testing.T) {
	phones, err := NewPhoneReader("GB")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind     Kind
		in, want string
	}{
		{Phone, "4.17E+11", ""},
		{Phone, " 4,4201E+11 ", ""},
		{ID, "4E+12", ""},
		{Code, "4.00638E+12", ""},
		{Phone, "020 7946 0958", "+442079460958"},
		{Code, "4E+1", "4e1"},
		{FullName, "4E+11", "11 4e"},
	} {
		if got := (text{phones: phones}).normal(c.kind, c.in); got != c.want {
			t.Errorf("%v of %q is %q, want %q", c.kind, c.in, got, c.want)
		}
	}
}

func TestPhoneReader(t *testing.T) {
	for _, c := range []struct {
		region, in, want string
		ok               bool
	}{
		{"GB", "+44 20 7946 0958", "+442079460958", true},
		{"GB", "020 7946 0958", "+442079460958", true},
		{"gb", "(020) 7946-0958", "+442079460958", true},
		{"GB", "+44 (0)20 7946 0958", "+442079460958", true},
		{"GB", "0044 20 7946 0958", "+442079460958", true},
		{"GB", "020 7946 0958 ext. 12", "+442079460958", true},
		{"", "+44 20 7946 0958", "+442079460958", true},
		{"", "020 7946 0958", "020 7946 0958", false},
		{"US", "(415) 555-2671", "+14155552671", true},
		{"US", "1-415-555-2671", "+14155552671", true},
		{"CA", "1 604 555 2671", "+16045552671", true},
		{"DE", "+44 20 7946 0958", "+442079460958", true},
		{"RU", "8 (912) 345-67-89", "+79123456789", true},
		{"RU", "+7 912 345 67 89", "+79123456789", true},
		{"IT", "06 1234 5678", "+390612345678", true}, // Italian zeros stay
		{"AR", "011 15 1234 5678", "+5491112345678", true},
		{"MX", "+52 55 1234 5678", "+525512345678", true},
		{"BR", "0 41 11 91234 5678", "+5511912345678", true},
		{"GB", "999", "999", false},
		{"GB", "", "", false},
		{"GB", "9f86d081884c7d659a2f", "9f86d081884c7d659a2f", false},
		{"GB", "Unknown", "unknown", false},
		{"GB", "+999 123 4567", "999 123 4567", false},
	} {
		r, err := NewPhoneReader(c.region)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := r.Read(c.in); got != c.want || ok != c.ok {
			t.Errorf("in %q, %q is %q, %t; want %q, %t", c.region, c.in, got, ok, c.want, c.ok)
		}
	}
	if _, err := NewPhoneReader("ZZ"); err == nil {
		t.Error("there is no region ZZ, and it was accepted")
	}
}

// drawnPhone draws digits as people write them, with a prefix that some country
// uses.
func drawnPhone() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		prefix := rapid.SampledFrom([]string{"", "", "0", "00", "1", "8", "+", "+44", "+1", "+49", "+39", "+7", "+54", "+52", "+55", "+886",
			"+290", "0044", "01144", "0011", "810", "44", "15", "+800", "+247", "+01", "+0", "0 0"}).Draw(t, "prefix")
		n := rapid.IntRange(1, 16).Draw(t, "digits")
		out := prefix
		for range n {
			out += rapid.SampledFrom([]string{"", "", "", "", " ", "-", "(", ") ", "."}).Draw(t, "sign")
			out += string(rune('0' + rapid.IntRange(0, 9).Draw(t, "digit")))
		}
		return out
	})
}

// The library is the oracle of the quick way.
func TestQuickPhonesAgreeWithLibrary(t *testing.T) {
	readers := map[string]*PhoneReader{}
	regions := []string{"", "GB", "US", "CA", "DE", "IT", "RU", "KZ", "FR", "AR", "BR", "MX", "CN", "TW", "IN", "AU", "SG", "SM", "GG", "JP", "CZ", "HU"}
	for _, region := range regions {
		r, err := NewPhoneReader(region)
		if err != nil {
			t.Fatal(err)
		}
		readers[region] = r
	}
	quick := 0
	rapid.Check(t, func(rt *rapid.T) {
		region := rapid.SampledFrom(regions).Draw(rt, "region")
		s := drawnPhone().Draw(rt, "number")
		r := readers[region]
		got, sure, ok := r.quick(s)
		if !sure {
			return
		}
		quick++
		if want, wanted := r.slow(s); got != want || ok != wanted {
			rt.Fatalf("%q in %q is %q, %t; the library says %q, %t", s, region, got, ok, want, wanted)
		}
	})
	if quick == 0 {
		t.Error("the quick way read none of them")
	}
}

// Every region's example numbers are read, nationally and internationally.
func TestExamplesOfAllRegions(t *testing.T) {
	quick, all := 0, 0
	for region := range phonenumbers.GetSupportedRegions() {
		r, err := NewPhoneReader(region)
		if err != nil {
			t.Fatal(err)
		}
		example := phonenumbers.GetExampleNumber(region)
		want := phonenumbers.Format(example, phonenumbers.E164)
		for _, format := range []phonenumbers.PhoneNumberFormat{phonenumbers.E164, phonenumbers.INTERNATIONAL, phonenumbers.NATIONAL} {
			s := phonenumbers.Format(example, format)
			all++
			if got, sure, _ := r.quick(s); sure {
				quick++
				if got != want {
					t.Errorf("%s: %q is %q; want %q", region, s, got, want)
				}
			} else if got, ok := r.slow(s); got != want || !ok {
				t.Errorf("%s: the library reads %q as %q, %t; want %q", region, s, got, ok, want)
			}
		}
	}
	if quick*10 < all*9 {
		t.Errorf("only %d of %d examples are read the quick way", quick, all)
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"+44 20 7946 0958", "020 7946 0958", "tel:+1-201-555-0123;phone-context=x", "٠١٢٣٤٥٦٧٨٩", "++1 2", "0"} {
		f.Add(s)
	}
	r, err := NewPhoneReader("GB")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, ok := r.Read(s)
		again, stillOK := r.Read(got)
		if ok && (again != got || !stillOK) {
			t.Errorf("%q is %q, which is %q, %t", s, got, again, stillOK)
		}
		if number, sure, ok := r.quick(s); sure {
			if want, wanted := r.slow(s); number != want || ok != wanted {
				t.Errorf("%q is %q, %t; the library says %q, %t", s, number, ok, want, wanted)
			}
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	r, err := NewPhoneReader("GB")
	if err != nil {
		b.Fatal(err)
	}
	for _, s := range []string{"+44 20 7946 0958", "020 7946 0958", "020 7946 0958 x3"} {
		b.Run(fmt.Sprintf("%q", s), func(b *testing.B) {
			for range b.N {
				r.Read(s)
			}
		})
	}
}
