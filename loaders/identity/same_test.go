package identity_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"kith/loaders/identity"
)

// bits is a result as bytes: clusters, links, fates and the model.
func bits(t *testing.T, r *identity.Result) []byte {
	t.Helper()
	var b bytes.Buffer
	for _, part := range []any{r.Of, r.Offsets, r.Members, r.Links.A, r.Links.B, r.Links.Weight} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range r.Fates {
		b.WriteByte(byte(f))
	}
	if err := json.NewEncoder(&b).Encode([]any{r.Model, r.Rules}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// shuffled has the rows in another order.
func shuffled(r identity.Records, seed uint64) identity.Records {
	order := rand.New(rand.NewPCG(seed, 0)).Perm(len(r.IDs))
	take := func(values []string) []string {
		out := make([]string, len(order))
		for i, row := range order {
			out[i] = values[row]
		}
		return out
	}
	out := identity.Records{IDs: take(r.IDs)}
	for _, f := range r.Fields {
		columns := f.Columns
		f.Columns = nil
		for _, c := range columns {
			f.Columns = append(f.Columns, take(c))
		}
		out.Fields = append(out.Fields, f)
	}
	return out
}

func TestSameToTheBit(t *testing.T) {
	s := madeUp(300, 3)
	want := bits(t, s.resolve(t, identity.Options{Threads: 1}))
	for _, threads := range []int{2, 3, 8} {
		if got := bits(t, s.resolve(t, identity.Options{Threads: threads})); !bytes.Equal(want, got) {
			t.Errorf("with %d threads the result differs", threads)
		}
	}
	for seed := range uint64(2) {
		other := set{records: shuffled(s.records, seed)}
		if got := bits(t, other.resolve(t, identity.Options{})); !bytes.Equal(want, got) {
			t.Errorf("with the rows in another order the result differs")
		}
	}
}

// Names of records don't matter as long as their order stays.
func TestRelabelling(t *testing.T) {
	s := madeUp(400, 5)
	want := s.resolve(t, identity.Options{})
	other := s.records
	other.IDs = nil
	for _, id := range s.records.IDs {
		other.IDs = append(other.IDs, "customer/"+id)
	}
	got := set{records: other}.resolve(t, identity.Options{})
	if !bytes.Equal(bits(t, want), bits(t, got)) {
		t.Error("with other names the result differs")
	}
}
