package loaders

import (
	"fmt"
	"strings"
	"testing"
)

// TestRealContacts loads a randomised e-mail test and coupons that were redeemed,
// and compares with sums over the rows taken in Go.
func TestRealContacts(t *testing.T) {
	rows := realRows(t, realData(t, "hillstrom/hillstrom_half.csv.gz"), ',')
	place := map[string]int{}
	for i, name := range rows[0] {
		place[name] = i
	}
	var text strings.Builder
	text.WriteString("customer,segment,visit,conversion,spend\n")
	visits, conversions := 0, 0
	for i, r := range rows[1:] {
		fmt.Fprintf(&text, "%d,%s,%s,%s,%s\n", i, r[place["segment"]], r[place["visit"]], r[place["conversion"]], r[place["spend"]])
		if r[place["visit"]] == "1" {
			visits++
		}
		if r[place["conversion"]] == "1" {
			conversions++
		}
	}
	st, _ := newStore(t)
	r := mustLoad(t, st, Options{Kind: Contacts, Files: []string{write(t, "test.csv", text.String())}})
	if r.Rows != 31999 || r.Accepted != 31999 || r.NewCustomers != 31999 {
		t.Errorf("%+v", r)
	}
	want := fmt.Sprintf("3 %d %d", visits, conversions)
	if got := table(t, st, "SELECT count(DISTINCT arm), count(*) FILTER (responded), count(*) FILTER (converted) FROM events.contacts"); got[0] != want {
		t.Errorf("arms, visits and conversions are %s, want %s", got[0], want)
	}
	r = mustLoad(t, st, Options{Kind: Contacts, Files: []string{realData(t, "completejourney/csv/coupon_redemptions.csv.gz")}, Map: Map{"response": "'redeemed'"}})
	if r.Accepted != 2102 || r.Rejected != 0 {
		t.Errorf("%+v", r)
	}
}
