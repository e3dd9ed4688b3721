package main

import (
	"errors"
	"math"
	"testing"

	"kith/graph/duckstore"
)

// TestFolderMemory opens a data folder with a bound on the memory of its
// database, which then has it.
func TestFolderMemory(t *testing.T) {
	for _, gb := range []float64{-1, 0.1, math.Inf(1)} {
		if _, err := (folderFlags{gb}).options(); !errors.Is(err, errUsage) {
			t.Errorf("%v GB: %v", gb, err)
		}
	}
	if o, err := (folderFlags{}).options(); err != nil || o != (duckstore.Options{}) {
		t.Errorf("without a bound: %+v, %v", o, err)
	}
	o, err := folderFlags{1.5}.options()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	o.Create = true
	st, err := duckstore.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	o.Create = false
	h, err := openHouse(t.Context(), dir, storeFlags{folder: o})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	var limit string
	if err := h.events.DB().QueryRowContext(t.Context(), "SELECT current_setting('memory_limit')").Scan(&limit); err != nil || limit != "1.3 GiB" {
		t.Errorf("the limit is %s, %v", limit, err)
	}
}
