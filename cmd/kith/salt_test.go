package main

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"kith/api"
	"kith/loaders"
)

// houseOfHashes has two people whose ids are hashed, behind a file in which one of
// them and a third stand in plain, and the file with the salt.
func houseOfHashes(t *testing.T) (dir, salt, calls string) {
	t.Helper()
	dir, salt = filepath.Join(t.TempDir(), "data"), textFile(t, "salt", "0123456789abcdef0123\n")
	must(t, "load", "--as", "purchases", "--data", dir, textFile(t, "before.csv", "customer,product,at,amount\n+4915155501,tea,2026-01-02,5\n+4915155503,tea,2026-01-02,5\n"))
	calls = "caller,callee,at,seconds\n+4915155501,+4915155502,2026-01-02T10:00:00Z,60\n+4915155504,+4915155502,2026-01-02T11:00:00Z,60\n"
	must(t, "load", "--as", "calls", "--data", dir, "--hash-ids", "--salt-file", salt, textFile(t, "calls.csv", calls))
	return dir, salt, calls
}

// Who is known by a hashed id is not said to be gone when a plain one is given.
func TestForgetHashed(t *testing.T) {
	t.Parallel()
	dir, salt, calls := houseOfHashes(t)
	for _, more := range [][]string{nil, {"--yes"}, {"--allow-again"}} {
		_, errs, code := kith(t, append([]string{"forget", "+4915155502", "--data", dir}, more...)...)
		oneSentence(t, errs, code, exitUsage, `ids are hashed here, and nothing stands under "+4915155502"`, "the person's hashed id", "--salt-file FILE")
	}
	_, errs, code := kith(t, "forget", "+4915155502", "--data", dir, "--yes", "--salt-file", textFile(t, "salt", "another salt of some length"))
	oneSentence(t, errs, code, exitUsage, "the salt is another than that of import 2")

	done := decoded[api.Forgotten](t, "forget", "+4915155502", "--data", dir, "--yes", "--salt-file", salt)
	if len(done.Tables) == 0 || !done.Proof.Clean || done.Note != "" {
		t.Errorf("%+v", done)
	}
	if again := must(t, "load", "--as", "calls", "--data", dir, "--hash-ids", "--salt-file", salt, "--json", textFile(t, "more.csv", calls+"\n")); !strings.Contains(again, "the person asked to be forgotten") {
		t.Errorf("the person comes back: %s", again)
	}
	must(t, "forget", "+4915155502", "--data", dir, "--allow-again", "--salt-file", salt)
	must(t, "load", "--as", "calls", "--data", dir, "--hash-ids", "--salt-file", salt, textFile(t, "more.csv", calls+"\n\n"))

	// Of a plain row that is older the person goes, and what is left is told, also when
	// the command is given again.
	for range 2 {
		out := must(t, "forget", "+4915155501", "--data", dir, "--yes")
		if !strings.Contains(out, "What is stored under hashed ids stays") || strings.Contains(out, "does not come back") {
			t.Error(out)
		}
	}
	s, err := loaders.ReadSalt(salt)
	if err != nil {
		t.Fatal(err)
	}
	h, err := openHouse(t.Context(), dir, storeFlags{})
	if err != nil {
		t.Fatal(err)
	}
	hashed, err := loaders.HashedIn(t.Context(), h.events, s)
	if err != nil {
		t.Fatal(err)
	}
	first, _ := hashed.Of("+4915155501")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if f := decoded[api.Forgotten](t, "forget", first, "--data", dir, "--yes"); len(f.Tables) == 0 || f.Note != "" {
		t.Errorf("by the hash: %+v", f)
	}
	// Nobody is known by that hash, which is right as no step came before it.
	if out := must(t, "forget", "+4915155509", "--data", dir, "--salt-file", salt); !strings.Contains(out, "no table has these ids") {
		t.Error(out)
	}
}

// Steps before the hash are told of.
func TestForgetHashedBehindSteps(t *testing.T) {
	t.Parallel()
	dir, salt := filepath.Join(t.TempDir(), "data"), textFile(t, "salt", "0123456789abcdef0123\n")
	must(t, "load", "--as", "calls", "--data", dir, "--change", "caller=digits+hash,callee=digits+hash", "--salt-file", salt,
		textFile(t, "calls.csv", "caller,callee\n+4915155501,+4915155502\n"))
	_, errs, code := kith(t, "forget", "+4915155502", "--data", dir, "--yes", "--salt-file", salt)
	oneSentence(t, errs, code, exitUsage, "ids were changed here before they were hashed (digits)")
	if f := decoded[api.Forgotten](t, "forget", "4915155502", "--data", dir, "--yes", "--salt-file", salt); len(f.Tables) == 0 {
		t.Errorf("%+v", f)
	}
}

// A server refuses plain ids, too, unless it has the salt.
func TestForgetHashedByServer(t *testing.T) {
	t.Parallel()
	dir, file, _ := houseOfHashes(t)
	remove := func(o serving, id string, status int) map[string]any {
		h, err := openHouse(context.Background(), dir, storeFlags{})
		if err != nil {
			t.Fatal(err)
		}
		base, _, stop := serveAs(t, h, o)
		defer stop()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodDelete, base+"/v1/customers/"+url.PathEscape(id), http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		return answer(t, request, status)
	}
	if said := remove(serving{}, "+4915155502", http.StatusBadRequest); !strings.Contains(said["detail"].(string), "ids are hashed here") {
		t.Errorf("%v", said)
	}
	if said := remove(serving{}, "+4915155503", http.StatusOK); !strings.Contains(said["note"].(string), "stored under hashed ids stays") {
		t.Errorf("%v", said)
	}
	var o serving
	var err error
	if o.files.Salt, err = loaders.NewSalt("another salt of some length"); err != nil {
		t.Fatal(err)
	}
	if said := remove(o, "+4915155502", http.StatusBadRequest); !strings.Contains(said["detail"].(string), "the salt is another") {
		t.Errorf("%v", said)
	}
	if o.files.Salt, err = loaders.ReadSalt(file); err != nil {
		t.Fatal(err)
	}
	if said := remove(o, "+4915155502", http.StatusOK); said["note"] != nil || len(said["tables"].([]any)) == 0 {
		t.Errorf("%v", said)
	}
}
