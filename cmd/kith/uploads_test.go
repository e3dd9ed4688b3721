package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"kith/graph/duckstore"
	"kith/loaders"
)

// upload sends a file to a server.
func upload(t *testing.T, base, path string, file io.Reader, status int) map[string]any {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+path, file)
	if err != nil {
		t.Fatal(err)
	}
	return answer(t, request, status)
}

// TestUpload sends files to a server: they are in whole, with the receipt that
// kith load would have given, or they are not in at all.
func TestUpload(t *testing.T) {
	dir, _, _ := build(t, loaded{kind: "customers", path: textFile(t, "people.csv", "id,name\na,Ann\n")})
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	base, _, stop := serveAs(t, h, serving{largest: 1 << 20})
	const calls = "src,dst,when\na,b,02/03/2026 09:15\nb,c,13/03/2026 09:15\nx,x,13/03/2026 09:15\na,b\n"
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write([]byte(calls)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	const query = "?file=calls.csv.gz&kind=calls&map=caller%3Dsrc,callee%3Ddst,at%3Dwhen&zone=Europe/Berlin"

	seen := upload(t, base, "/v1/imports/explain"+query, bytes.NewReader(packed.Bytes()), http.StatusOK)
	if seen["looked"] != 4.0 || seen["rejected"] != 2.0 || seen["stored"].([]any)[0].([]any)[5] != "2026-03-02 08:15:00" {
		t.Errorf("explained as %v", seen)
	}
	if n := len(get(t, base+"/v1/imports", http.StatusOK)["items"].([]any)); n != 1 {
		t.Errorf("explaining left %d receipts", n)
	}
	receipt := upload(t, base, "/v1/imports"+query, bytes.NewReader(packed.Bytes()), http.StatusCreated)
	if receipt["accepted"] != 2.0 || receipt["rejected"] != 2.0 || receipt["file"] != "calls.csv.gz" || receipt["first_at"] != "2026-03-02T08:15:00Z" {
		t.Errorf("%v", receipt)
	}
	first := receipt["rejects"].([]any)[0].(map[string]any)
	if first["line"] != 4.0 || first["row"] != "x,x,13/03/2026 09:15" || first["reason"] != "caller and callee are the same" {
		t.Errorf("the first reject is %v", first)
	}
	all := get(t, fmt.Sprintf("%s/v1/imports/%v/rejects", base, receipt["id"]), http.StatusOK)["items"].([]any)
	if len(all) != 2 || all[1].(map[string]any)["reason"] != "too few fields" {
		t.Errorf("the rejects are %v", all)
	}
	if again := upload(t, base, "/v1/imports"+query, bytes.NewReader(packed.Bytes()), http.StatusOK); again["id"] != receipt["id"] {
		t.Errorf("again: %v", again)
	}
	for _, c := range []struct {
		query, body string
		status      int
		detail      string
	}{
		{"file=self.csv", "caller,callee,at\nx,x,1772442900\n", 422, "its one row was rejected, because caller and callee are the same; /v1/imports/3/rejects lists them"},
		{"file=..%2Fcut.csv&max_rejects=0", "caller,callee,at\na,b,1772442900\nx,x,1\n", 422, "cut.csv: 1 of 2 rows (50 %) would be rejected"},
		{"file=zone.csv&zone=Mars", calls, 400, `there is no time zone "Mars"`},
		{"file=map.csv&map=caller", calls, 400, `the mapping "caller" is not understood`},
		{"file=unit.csv&unit=seconds", calls, 400, `the units "seconds" are not understood`},
		{"file=book.xlsx", "PK\x03\x04", 422, "book.xlsx: it is a zip archive or an Excel workbook"},
		{"file=large.csv", "caller,callee\n" + strings.Repeat("a,b\n", 1<<18), 413, "1048576 bytes at most"},
	} {
		if p := upload(t, base, "/v1/imports?"+c.query, strings.NewReader(c.body), c.status); !strings.Contains(p["detail"].(string), c.detail) {
			t.Errorf("%s: %v", c.query, p["detail"])
		}
	}
	// A file that breaks off leaves nothing.
	broken := "caller,callee\n" + strings.Repeat("a,broken\n", 1000)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/imports?file=broken.csv", io.MultiReader(strings.NewReader(broken), failing{}))
	if err != nil {
		t.Fatal(err)
	}
	if response, err := http.DefaultClient.Do(request); err == nil {
		t.Errorf("a body that broke off was answered with %d", response.StatusCode)
		response.Body.Close()
	}
	wait(t, "nothing is left of what was sent", func() bool {
		left, _ := filepath.Glob(filepath.Join(dir, "tmp", "*"))
		return len(left) == 0
	})
	if n := len(get(t, base+"/v1/imports", http.StatusOK)["items"].([]any)); n != 3 {
		t.Errorf("there are %d receipts", n)
	}
	id := startRun(t, base, http.StatusAccepted)["id"].(string)
	wait(t, "the run", func() bool { return get(t, base+"/v1/runs/"+id, http.StatusOK)["status"] == "published" })
	if items := get(t, base+"/v1/customers/b/neighbours", http.StatusOK)["items"].([]any); len(items) != 2 {
		t.Errorf("b has the neighbours %v", items)
	}
	stop()
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the line is cut") }

// TestUploadIsALoad gives one file to kith load and to a server, and finds the
// same receipt.
func TestUploadIsALoad(t *testing.T) {
	path := textFile(t, "purchases.csv", "customer;product;date;amount\nann;p1;2026-01-02;1,50\nbob;p2;2026-01-03;x\n")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var byCommand []map[string]any
	out := must(t, "load", "--data", t.TempDir(), "--json", path)
	if err := json.Unmarshal([]byte(out), &byCommand); err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(t.Context(), t.TempDir(), storeFlags{folder: duckstore.Options{Create: true}})
	if err != nil {
		t.Fatal(err)
	}
	base, _, stop := serveAs(t, h, serving{})
	byServer := upload(t, base, "/v1/imports?file="+url.QueryEscape(filepath.Base(path)), bytes.NewReader(text), http.StatusCreated)
	for _, name := range []string{"kind", "hash", "bytes", "mapping", "rows", "accepted", "duplicates", "rejected", "notes", "new_customers", "new_products"} {
		if fmt.Sprint(byServer[name]) != fmt.Sprint(byCommand[0][name]) {
			t.Errorf("%s: the server says %v and the command %v", name, byServer[name], byCommand[0][name])
		}
	}
	stop()
}

// TestUploadHashesIDs: where ids are hashed, no plain one gets in.
func TestUploadHashesIDs(t *testing.T) {
	salt, err := loaders.NewSalt("a secret of twenty characters")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	h, err := openHouse(t.Context(), dir, storeFlags{folder: duckstore.Options{Create: true}})
	if err != nil {
		t.Fatal(err)
	}
	base, _, stop := serveAs(t, h, serving{files: loaders.Options{HashIDs: true, Salt: salt}})
	if receipt := upload(t, base, "/v1/imports?file=calls.csv", strings.NewReader("caller,callee\n+4477001,+4477002\n"), http.StatusCreated); receipt["accepted"] != 1.0 {
		t.Errorf("%v", receipt)
	}
	var plain, all int
	if err := h.events.DB().QueryRowContext(t.Context(), "SELECT count(*) FILTER (caller LIKE '+%' OR callee LIKE '+%'), count(*) FROM events.calls").Scan(&plain, &all); err != nil {
		t.Fatal(err)
	}
	if plain != 0 || all != 1 {
		t.Errorf("of %d calls %d have plain ids", all, plain)
	}
	stop()

	// Nor does one that another salt has hashed.
	if salt, err = loaders.NewSalt("another one, as long as that"); err != nil {
		t.Fatal(err)
	}
	if h, err = openHouse(t.Context(), dir, storeFlags{}); err != nil {
		t.Fatal(err)
	}
	base, _, stop = serveAs(t, h, serving{files: loaders.Options{HashIDs: true, Salt: salt}})
	p := upload(t, base, "/v1/imports?file=more.csv", strings.NewReader("caller,callee\n+4477001,+4477003\n"), http.StatusUnprocessableEntity)
	if detail := p["detail"].(string); !strings.Contains(detail, "more.csv: the salt is another than that of import 1") {
		t.Error(detail)
	}
	stop()
}

// Sentences that name flags name parameters to those who send files.
func TestAsParameters(t *testing.T) {
	for text, want := range map[string]string{
		"it may be churn; say which with --as":                                              "it may be churn; say which with the parameter kind",
		"pass --encoding windows-1252 or another, or --encoding utf-8 to have":              "pass encoding=windows-1252 or another, or encoding=utf-8 to have",
		"it is UTF-8; leave --encoding out":                                                 "it is UTF-8; leave the parameter encoding out",
		"for example --map customer=a,product=b, or pass --header no if":                    "for example map=customer=a,product=b, or pass header=no if",
		"pass --delimiter ';' or leave it out":                                              "pass delimiter=';' or leave it out",
		`needs one date for all: pass --map "at='2026-01-31'", and`:                         "needs one date for all: pass map=at='2026-01-31', and",
		"or as dates with --dates dmy or mdy":                                               "or as dates with dates=dmy or mdy",
		"a.duckdb: it is a DuckDB database; say with --sql \"SELECT …\" which rows to load": "a.duckdb: it is a DuckDB database; write the rows that you want to a Parquet file and send that, or load it with kith load --sql",
	} {
		if got := asParameters(text); got != want {
			t.Errorf("%s\nis said as\n%s", text, got)
		}
	}
}
