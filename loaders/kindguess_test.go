package loaders

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What a file holds is found out from its headers, its content and its name, and
// asked where it is not plain.
func TestGuessKind(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       Kind
		others     string // the kinds that are named where it is not plain
	}{
		{"a.csv", "caller,callee,start,duration\n1,2,2024-01-01,5\n", Calls, ""},
		{"a.csv", "a_number,b_number,timestamp\n1,2,1700000000\n", Calls, ""},
		{"a.csv", "1 2 1700000000\n2 3 1700000001\n3 1 1700000002\n", Calls, ""},
		{"a.csv", "1 x 1700000000\n2 y 1700000001\n3 z 1700000002\n", "", ""},
		{"a.csv", "customer_id,product_id,quantity,price\n1,2,1,3\n", Purchases, ""},
		{"a.csv", "customer_id,product_id,timestamp\n1,2,1700000000\n", "", "purchases or visits"},
		{"orders.csv", "customer_id,product_id,timestamp\n1,2,1700000000\n", Purchases, ""},
		{"views.csv", "customer_id,product_id,timestamp\n1,2,1700000000\n", Visits, ""},
		{"a.csv", "visitor,url,timestamp,dwell\n1,/,1700000000,4\n", Visits, ""},
		{"a.csv", "subscriber_id,tariff,city\n1,gold,x\n2,gold,x\n", Customers, ""},
		{"a.csv", "product_id,product_name,category\n1,x,y\n2,z,y\n", Products, ""},
		{"a.csv", "product_id,name,category\n1,x,y\n2,z,y\n", Products, ""},
		{"a.csv", "customer,churn_date\n1,2024-01-01\n", Churn, ""},
		{"a.csv", "customer,campaign,channel,sent_at\n1,x,mail,2024-01-01\n", Contacts, ""},
		{"a.csv", "customer,nps,survey_date\n1,9,2024-01-01\n", Satisfaction, ""},
		{"a.csv", "x,y,z\n1,2,3\n", "", ""},
	} {
		t.Run(c.name+" "+strings.SplitN(c.text, "\n", 2)[0], func(t *testing.T) {
			src, err := examine(c.name, write(t, c.name, c.text))
			if err != nil {
				t.Fatal(err)
			}
			o := &Options{}
			if err := src.learn(t.Context(), o); err != nil {
				t.Fatal(err)
			}
			l := &loading{o: o}
			err = l.settleKind(src)
			if c.want == "" {
				if err == nil || !strings.Contains(err.Error(), "--as") || !strings.Contains(err.Error(), c.others) {
					t.Errorf("%s: %v", o.Kind, err)
				}
				return
			}
			if err != nil || o.Kind != c.want {
				t.Errorf("%s: %v; want %s", o.Kind, err, c.want)
			}
		})
	}
}

// The confidence of each field and its reason.
func TestGuesses(t *testing.T) {
	var text strings.Builder
	text.WriteString("sender,to,when,seconds,callback,type,date\n")
	for i := range 20 {
		word := "sms"
		if i < 10 {
			word = "fax"
		}
		fmt.Fprintf(&text, "%d,%d,2024-01-01,%d,x,%s,2024-01-02\n", i, i+1, i, word)
	}
	p := planOf(t, Calls, text.String())
	var got []string
	for _, g := range p.guesses() {
		got = append(got, fmt.Sprintf("%s=%s %.2f %s: %s %v", g.Field, g.Column, g.Confidence, g.Word, g.Reason, g.Others))
	}
	want := []string{
		`caller=sender 0.95 sure: the header "sender" is a usual name []`,
		`callee=to 0.85 likely: the header "to" can be its name []`,
		`at=date 0.74 likely: the header "date" can be its name; all 20 sampled values are times [when]`,
		`seconds=seconds 0.99 sure: the header "seconds" is a usual name; all 20 sampled values are numbers []`,
		`kind=type 0.56 a guess: the header "type" can be its name; 10 of 20 sampled values are words for it []`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// FuzzMapFile reads any text as a map file: it is refused with a sentence, or
// what it says can be asked for and used.
func FuzzMapFile(f *testing.F) {
	for _, s := range []string{
		"version: 1\nkind: calls\nfields: {caller: a, callee: {column: 2, change: [digits, {strip-prefix: \"0\"}]}}\n",
		"version: 1\nkind: customers\nfields: {id: x}\nattributes: {age: {type: number}, a|b: c}\nother_attributes: no\n",
		"version: 1\nfiles: ['*.csv']\ndelimiter: ';'\nheader: no\nzone: Europe/Berlin\ndates: mdy\ndecimal: comma\nmax_rejects: 1%\n",
		"a: &a [*a]", "? x\n: y", "version: 1\nfields: {caller: {value: \"it's\"}, at: {unit: seconds}}", "---\n---\n", "\t", "{", "version: 1\nkind: !!str calls", "<<: x",
	} {
		f.Add(s)
	}
	path := filepath.Join(f.TempDir(), "calls.csv")
	if err := os.WriteFile(path, []byte("a,b,c\nx,y,1700000000\n"), 0o600); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := ParseMapFile(path+mapEnding, []byte(text))
		if err != nil {
			if err.Error() == "" {
				t.Fatal("an error without words")
			}
			return
		}
		m.fits(path)
		src, err := examine(path, path)
		if err != nil {
			t.Fatal(err)
		}
		o := m.Says
		if o.Kind == "" {
			o.Kind = Calls
		}
		if err := src.learn(t.Context(), &o); err != nil {
			return
		}
		p, err := makePlan(src, &o)
		if err != nil {
			return
		}
		p.guesses()
		if _, err := p.mappingJSON(); err != nil {
			t.Fatal(err)
		}
	})
}
