package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/loaders"
)

// A file is explained without a data folder, its mapping written down and found
// again, and loaded without a word more.
func TestLoadExplain(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "orders-2024.csv")
	text := "shopper;product_id;day;price\n1;p;13.01.2024;1,50\n2;q;14.01.2024;x\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	data, mapFile := filepath.Join(dir, "data"), filepath.Join(dir, "orders.map.yaml")
	out := must(t, "load", "--data", data, "--explain", "--map", "at=day", "--write-map", mapFile, file)
	for _, want := range []string{
		"holds:      purchases, sure", "customer  shopper     sure 0.95", "given 1.00", "Of all 2 rows 1 would be rejected",
		"line 3, price: price is not a number: 2;q;14.01.2024;x", "kith load --data", "--as purchases --map customer=shopper,product=product_id,at=day,price=price --delimiter ';'",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if _, err := os.Stat(data); !os.IsNotExist(err) {
		t.Errorf("the data folder is there: %v", err)
	}
	if _, errs, code := kith(t, "load", "--explain", "--write-map", mapFile, file); code == exitOK || !strings.Contains(errs, "is there already") {
		t.Errorf("a map file was written over: %d %s", code, errs)
	}
	all := decoded[[]loaders.Explanation](t, "load", "--explain", file)
	if len(all) != 1 || all[0].MapFile == "" || all[0].Kind.Kind != loaders.Purchases {
		t.Errorf("%+v", all)
	}
	receipts := decoded[[]loaders.Receipt](t, "load", "--data", data, file)
	if len(receipts) != 1 || receipts[0].Accepted != 1 || receipts[0].Kind != loaders.Purchases || !strings.HasPrefix(receipts[0].Mapping["(map file)"], "orders.map.yaml sha256:") {
		t.Errorf("%+v", receipts)
	}
}

// A salt is taken from a file or the environment, and is in nothing that is said.
func TestLoadHashesIDs(t *testing.T) {
	dir := t.TempDir()
	file, salt := filepath.Join(dir, "calls.csv"), filepath.Join(dir, "salt")
	const secret = "a secret of enough characters"
	for path, text := range map[string]string{file: "caller,callee\nRAWID-1,RAWID-2\nRAWID-3,\n", salt: secret + "\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	data := filepath.Join(dir, "data")
	if _, errs, code := kith(t, "load", "--data", data, "--hash-ids", file); code == exitOK || !strings.Contains(errs, "KITH_SALT") {
		t.Errorf("%d %s", code, errs)
	}
	out := must(t, "load", "--data", data, "--hash-ids", "--salt-file", salt, "--json", file)
	t.Setenv("KITH_SALT", secret)
	out += must(t, "load", "--data", data, "--hash-ids", file) // the same salt
	if !strings.Contains(out, "was loaded before") || strings.Contains(out, "RAWID") || strings.Contains(out, secret) {
		t.Error(out)
	}
	if _, errs, code := kith(t, "load", "--data", data, "--hash-ids", "--salt-file", salt, file); code != exitUsage {
		t.Errorf("two salts: %d %s", code, errs)
	}
}
