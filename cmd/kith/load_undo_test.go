package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/loaders"
)

// TestLoadUndo takes an import back as a data engineer does: look, do, load again.
func TestLoadUndo(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	for name, text := range map[string]string{
		"crm.csv":  "id,name,email\nk1,Ann Bell,ann@example.com\nk2,Bob Cole,bob@example.com\n",
		"shop.csv": "id,name,email\ns1,Ann Bell,ann@example.com\nk2,Bob Cole,wrong@example.com\nx9,Xen Ode,\n,Nobody,\n",
		"june.csv": "customer,product,at,amount\nk1,tea,2026-06-01,5\ns1,tea,2026-06-02,6\n",
		"may.csv":  "customer,product,at,amount\nk1,cup,2026-05-01,5\ns1,tea,2026-06-02,6\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	must(t, "load", "--data", "house", "--as", "customers", "crm.csv", "shop.csv")
	must(t, "load", "--data", "house", "--as", "purchases", "june.csv", "may.csv")
	must(t, "identity", "merge", "--data", "house", "k1", "s1")
	must(t, "analyze", "--data", "house")

	said := func(want string, args ...string) {
		t.Helper()
		out, errs, code := kith(t, append([]string{"load", "--data", "house"}, args...)...)
		if code != exitOK || !strings.Contains(out, want) {
			t.Errorf("kith load %q ended with %d and said %s%s\nwithout %q", args, code, errs, out, want)
		}
	}
	said("Would take back import 3, purchases from june.csv:\n  events.purchases: 2 rows\n  1 product that nothing else names\n"+
		"may.csv (import 4) left out 1 row as a duplicate of an import that was taken back: load the file again to have it.\nNothing was changed; --yes does it.\n", "--undo", "3")
	said("Took back import 3", "--undo", "3", "--yes")
	said("was taken back on", "--undo", "3", "--yes")
	said("june.csv: import 3 was taken back on", "--receipts")
	said("nothing of it is stored any more", "--receipts", "3")
	if out := must(t, "doctor", "--data", "house"); !strings.Contains(out, "may.csv (import 4) left out 1 row") {
		t.Errorf("doctor says nothing of what is lacking:\n%s", out)
	}
	said("may.csv", "may.csv")
	if out := must(t, "doctor", "--data", "house"); strings.Contains(out, "left out") || !strings.Contains(out, "2 purchase lines") {
		t.Errorf("doctor says after may.csv was loaded again:\n%s", out)
	}

	// s1 was known by shop.csv, and still is by may.csv.
	said("events.customers: 3 rows; 1 of them is again what stood there before\n  events.rejects: 1 row\n  1 customer that nothing else names\n", "--undo", "2", "--yes")
	if left, _ := filepath.Glob("house/rejects/*"); len(left) > 0 {
		t.Errorf("rejects are left: %q", left)
	}
	if out := must(t, "customer", "k2", "--data", "house"); !strings.Contains(out, "bob@example.com") || strings.Contains(out, "wrong") {
		t.Errorf("k2 is\n%s", out)
	}
	var done loaders.Undone
	out := must(t, "load", "--data", "house", "--undo", "5", "--yes", "--json")
	if err := json.Unmarshal([]byte(out), &done); err != nil || done.Customers != 1 || done.Import.Undone.IsZero() {
		t.Errorf("%v: %s", err, out)
	}
	if out := must(t, "customer", "k1", "--data", "house"); strings.Contains(out, "s1") {
		t.Errorf("s1 is gone, and k1 is\n%s", out)
	}
	must(t, "analyze", "--data", "house")
	if r := open(t, "house"); r.Customers.Len() != 2 || len(r.Run.Inputs) != 2 {
		t.Errorf("the result has %d customers, from %+v", r.Customers.Len(), r.Run.Inputs)
	}

	for want, args := range map[string][]string{
		"there is no import 9; kith load --receipts lists them": {"--undo", "9"},
		"--undo takes the number of an import":                  {"--undo=-1"},
		"loads nothing: leave files":                            {"--undo", "1", "may.csv"},
	} {
		if _, errs, code := kith(t, append([]string{"load", "--data", "house"}, args...)...); code != exitUsage || !strings.Contains(errs, want) {
			t.Errorf("kith load %q ended with %d and said %s", args, code, errs)
		}
	}
}

// TestUndoOverHTTP takes a file and posted events back while a server runs.
func TestUndoOverHTTP(t *testing.T) {
	var text strings.Builder
	text.WriteString("customer,product,at,amount\n")
	for i := range 60 {
		fmt.Fprintf(&text, "c%d,p%d,2026-06-%02d,5\n", i%12, i*7%10, 1+i%28)
	}
	dir, receipts, _ := build(t, loaded{kind: "purchases", path: textFile(t, "june.csv", text.String())})
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	base, _, stop := serveAs(t, h, serving{})
	undo := func(target string, status int) map[string]any {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, base+target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		return answer(t, request, status)
	}
	offered := func() map[string]bool {
		t.Helper()
		products := map[string]bool{}
		for _, item := range get(t, base+"/v1/customers/c1/recommendations?limit=50", http.StatusOK)["items"].([]any) {
			products[item.(map[string]any)["product"].(map[string]any)["id"].(string)] = true
		}
		return products
	}
	var product string
	for product = range offered() {
		break
	}
	if product == "" {
		t.Fatal("c1 is offered nothing")
	}
	posted := postEvents(t, base, "k", fmt.Sprintf(`{"purchases": [{"customer": "c1", "product": %q, "at": "2026-07-01T00:00:00Z"}]}`, product), http.StatusOK)
	if offered()[product] {
		t.Fatalf("%s is bought and offered", product)
	}
	id := posted["imports"].([]any)[0]
	if dry := undo(fmt.Sprintf("/v1/imports/%v?dry_run=true", id), http.StatusOK); dry["undone_at"] != nil || offered()[product] {
		t.Errorf("counted only: %v", dry)
	}
	done := undo(fmt.Sprintf("/v1/imports/%v", id), http.StatusOK)
	if done["undone_at"] == nil || fmt.Sprint(done["tables"]) != "[map[removed:1 table:events.purchases]]" || !offered()[product] {
		t.Errorf("taken back, %s offered %t: %v", product, offered()[product], done)
	}
	if again := postEvents(t, base, "k", fmt.Sprintf(`{"purchases": [{"customer": "c1", "product": %q, "at": "2026-07-01T00:00:00Z"}]}`, product), http.StatusOK); again["accepted"] != 1.0 || offered()[product] {
		t.Errorf("posted again: %v", again)
	}
	if done := undo(fmt.Sprintf("/v1/imports/%d", receipts[0].ID), http.StatusOK); done["again"] != false || done["customers"] != 11.0 {
		t.Errorf("the file is taken back: %v", done)
	}
	if shown := get(t, fmt.Sprintf("%s/v1/imports/%d", base, receipts[0].ID), http.StatusOK); shown["undone_at"] == nil {
		t.Errorf("the receipt is %v", shown)
	}
	if done := undo(fmt.Sprintf("/v1/imports/%d", receipts[0].ID), http.StatusOK); done["again"] != true {
		t.Errorf("a second time: %v", done)
	}
	undo("/v1/imports/99", http.StatusNotFound)
	undo("/v1/imports/99999999999", http.StatusNotFound)
	stop()
}
