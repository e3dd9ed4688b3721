package duckstore

import "testing"

// The salt of a data folder is made once, by whoever needs it first, and by itself says
// of nobody that he is forgotten.
func TestSalt(t *testing.T) {
	dir := t.TempDir()
	s := openAt(t, dir, Options{Create: true})
	salt, err := s.Salt(t.Context())
	if err != nil || len(salt) != 64 {
		t.Fatal(salt, err)
	}
	if knows, err := s.Forgotten(t.Context()); err != nil || knows != nil {
		t.Error("somebody is forgotten: ", err)
	}
	mustExec(t, s, "INSERT INTO events.customers (id, attributes, import_id) VALUES ('ann', '{}', 1)")
	if _, err := s.Forget(t.Context(), []string{"ann"}, false); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, dir, Options{})
	if again, err := s.Salt(t.Context()); err != nil || again != salt {
		t.Error(again, err)
	}
	if knows, err := s.Forgotten(t.Context()); err != nil || knows == nil || !knows("ann") {
		t.Error("she is not forgotten: ", err)
	}
	if other, err := openNew(t).Salt(t.Context()); err != nil || other == salt {
		t.Error(other, err)
	}
}
