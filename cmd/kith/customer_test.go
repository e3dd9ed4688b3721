package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What kith customer prints has every part that was loaded, in words, with where it
// came from.
func TestCustomerPage(t *testing.T) {
	t.Chdir(t.TempDir())
	const dir = "house"
	for _, f := range [][3]string{
		{"customers", "crm.csv", "id,name,city,email\nann,Ann Lee,Ulm,ann@lee.example\nann-2,Ann Lee,Bonn,ann@lee.example\nbob,Bob Orr,Kiel,bob@orr.example\n"},
		{"products", "catalogue.csv", "id,name,category\np1,Tea,drinks\n"},
		{"calls", "calls.csv", "caller,callee,at,seconds,kind,bytes\nann,bob,2026-01-01T10:00:00Z,60,voice,\nbob,ann,2026-01-01T11:00:00Z,-1,voice,\n" +
			"ann,eve,2026-01-02T10:00:00Z,3600,voice,\nann-2,eve,2026-01-02T12:00:00Z,,message,\nann,,2026-01-03T10:00:00Z,120,data,2500000\nbob,eve,2026-01-03T11:00:00Z,30,voice,\n"},
		{"purchases", "till.csv", "customer,product,at,basket,quantity,amount\nann,p1,2026-01-02,b1,2,9\nann-2,p1,2026-01-04,b2,-1,-4.5\n"},
		{"visits", "web.csv", "session,customer,product,at,seconds\ns1,,p1,2026-01-02T09:00:00Z,30\ns1,ann,p1,2026-01-02T09:01:00Z,30\n"},
		{"contacts", "spring.csv", "customer,campaign,arm,channel,at,response,revenue\nann,spring,offer,sms,2026-01-02,yes,9\n"},
		{"satisfaction", "surveys.csv", "customer,at,score,scale,comment,topic\nann,2026-01-03,8,0-10,fine,shop\n"},
		{"churn", "left.csv", "customer,at\neve,2026-01-05\n"},
	} {
		if err := os.WriteFile(f[1], []byte(f[2]), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, "load", "--data", dir, "--as", f[0], f[1])
	}
	must(t, "identity", "merge", "--data", dir, "--by", "eve", "--why", "same mail", "ann", "ann-2")
	must(t, "analyze", "--data", dir, "--seed", "1")
	out := must(t, "customer", "ann-2", "--data", dir)
	out = regexp.MustCompile(`(?m)^Result .*$`).ReplaceAllString(out, "Result …")
	out = regexp.MustCompile(` +\n`).ReplaceAllString(out, "\n")
	if diff := cmp.Diff(strings.TrimPrefix(customerPage, "\n"), out); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// A window leaves the standing as it is.
	out = must(t, "customer", "ann", "--data", dir, "--from", "2026-01-02", "--to", "2026-01-03")
	if !strings.Contains(out, "out       1 call (0 missed), 60 minutes, 1 message") || strings.Contains(out, "data  ") {
		t.Errorf("in the window: %s", out)
	}
}

// Values are shown as they were written, each on one line.
func TestShownValues(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "house")
	_, errs, code := kith(t, "load", "--data", dir, textFile(t, "empty.csv", ""))
	oneSentence(t, errs, code, exitData, "it is empty")
	if out := must(t, "load", "--data", dir, "--receipts"); out != "Nothing was loaded yet.\n" {
		t.Errorf("without imports: %q", out)
	}
	must(t, "load", "--data", dir, "--as", "customers", textFile(t, "crm.csv", "id,name,city\na,\"Eva \"\"Evi\"\"\",\"Bad\r\nEms\"\n"))
	for _, verb := range [][]string{{"identity", "show"}, {"customer"}} {
		out := must(t, append(verb, "a", "--data", dir)...)
		if !strings.Contains(out, `Eva "Evi" `) || !strings.Contains(out, "Bad Ems ") {
			t.Errorf("%v: %s", verb, out)
		}
	}
}

const customerPage = `
Customer ann
  one person, loaded as ann, ann-2
    ann and ann-2: by eve, same mail
  kith identity explain A B tells why, kith identity split RECORD takes one out again

Standing
  role               disseminator
  community          c0-0, the community of eve, 3 members, 1 has left
  risk to leave      33.3 % (mean 33.3 %)
    own              16.7 %
    eve left         16.7 %
    others who left  0.0 %
  value              4.50

Master data
  city   Bonn             (crm.csv, as ann-2; 1 other value)
  email  ann@lee.example  (crm.csv)
  name   Ann Lee          (crm.csv)

Purchases
  lines             1 in 2 baskets, 1 returned
  amount            4.50
  when              2026-01-02 00:00 to 2026-01-04 00:00
  last              0 days ago; 2.0 a month
  favourites        Tea (1×)
  categories        drinks (1×)
  2026-01-04 00:00  -1 × Tea, -4.50
  2026-01-02 00:00  2 × Tea, 9.00

Calls
  data      1 session, 2 minutes, 2.5 MB, 2026-01-03 10:00 to 2026-01-03 10:00
  out       2 calls (0 missed), 61 minutes, 1 message
  in        1 call (1 missed), 0 minutes, 0 messages
  partners  2
  when      2026-01-01 10:00 to 2026-01-02 12:00
  with eve  2 contacts, 60 minutes
  with bob  2 contacts, 1 minute

Visits
  visits     2 in 1 session, 1 minute, 2026-01-02 09:00 to 2026-01-02 09:01
  most seen  Tea (2×)

Campaigns
  contacts          1, 1 answered, 0 converted
  revenue           9.00
  2026-01-02 00:00  spring, offer, sms

Satisfaction
  said              1 survey, 0 complaints, 0 times praise
  mean score        80.0 % of the scale
  2026-01-03 00:00  survey, shop, 8, fine

From
  import 1  customers     crm.csv      2 rows
  import 3  calls         calls.csv    5 rows
  import 4  purchases     till.csv     2 rows
  import 5  visits        web.csv      1 row
  import 6  contacts      spring.csv   1 row
  import 7  satisfaction  surveys.csv  1 row

Result …
`
