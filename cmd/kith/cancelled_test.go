package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/api"
)

// Who asks what is known of them is told of orders that were cancelled, too, although
// these count for nothing: of those that were paid before, and of those that never were.
func TestCustomerOfCancelledOrders(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	head := "order,status,customer,sku,date,qty,price\n"
	must(t, "load", "--as", "purchases", "--data", dir, textFile(t, "mon.csv", head+
		"o1,paid,dan,tea,2026-01-02,1,5\no1,paid,dan,cup,2026-01-02,1,7\no2,paid,ann,tea,2026-01-02,1,5\no3,paid,ann,cup,2026-01-02,1,5\no4,paid,bob,cup,2026-01-02,1,5\n"))
	must(t, "load", "--as", "purchases", "--data", dir, textFile(t, "tue.csv", head+
		"o1,cancelled,dan,tea,2026-01-02,1,5\no1,cancelled,dan,cup,2026-01-02,1,7\no2,cancelled,ann,tea,2026-01-02,1,5\no5,cancelled,eve,tea,2026-01-03,1,5\no5,paid,bob,tea,2026-01-03,1,5\n"))
	out := must(t, "customer", "dan", "--data", dir)
	for _, say := range []string{"2 lines of cancelled orders count for nothing", "mon.csv", "tue.csv"} {
		if !strings.Contains(out, say) {
			t.Errorf("it does not say %q:\n%s", say, out)
		}
	}
	got := map[string]api.PurchaseHistory{}
	for _, id := range []string{"ann", "bob", "eve"} {
		c := decoded[api.Customer](t, "customer", id, "--data", dir)
		got[id] = api.PurchaseHistory{Lines: c.History.Purchases.Lines, Cancelled: c.History.Purchases.Cancelled, Amount: c.History.Purchases.Amount}
	}
	want := map[string]api.PurchaseHistory{"ann": {Lines: 1, Cancelled: 1, Amount: 5}, "bob": {Lines: 2, Amount: 10}, "eve": {Cancelled: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, errs, code := kith(t, "customer", "dan", "--to", "2026-01-02", "--data", dir)
	oneSentence(t, errs, code, exitNothing, "nothing is known")

	must(t, "analyze", "--data", dir)
	if out := must(t, "customer", "ann", "--data", dir); !strings.Contains(out, "1 line of cancelled orders counts for nothing") {
		t.Error(out)
	}
	base := serveForTest(t, dir)
	history := get(t, base+"/v1/customers/ann", http.StatusOK)["history"].(map[string]any)
	if n := history["purchases"].(map[string]any)["cancelled"]; n != 1.0 || len(history["imports"].([]any)) != 2 {
		t.Errorf("%v", history)
	}
	if page := pageOf(t, base+"/customers/ann"); !strings.Contains(page, "1 line of cancelled orders counts for nothing.") {
		t.Error(page)
	}
	// The result does not have dan, of whom there is nothing else.
	if said := get(t, base+"/v1/customers/dan", http.StatusNotFound)["detail"].(string); !strings.Contains(said, "2 lines of cancelled orders count for nothing") {
		t.Error(said)
	}
}
