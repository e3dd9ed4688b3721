package neo4jstore

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// anyValue draws what a change may hold.
func anyValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](nil),
		rapid.Bool().AsAny(),
		rapid.Int64().AsAny(),
		rapid.Float64().AsAny(),
		rapid.String().AsAny(),
		rapid.Map(rapid.Int64Range(-1e15, 4e15), func(micro int64) any { return time.UnixMicro(micro).In(zoneUTC) }),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	return rapid.OneOf(append(leaves,
		rapid.Map(rapid.SliceOfN(anyValue(depth-1), 0, 4), func(l []any) any { return l }),
		rapid.Map(rapid.MapOfN(rapid.String(), anyValue(depth-1), 0, 4), func(m map[string]any) any { return m }),
	)...)
}

func TestChangesComeBackAsTheyWere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var want []change
		var raw []byte
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			c := change{step(rapid.IntRange(0, int(stepCount)-1).Draw(t, "step")), rapid.SliceOfN(anyValue(2), 0, 4).Draw(t, "row")}
			want = append(want, c)
			raw = encode(raw, c)
		}
		got, err := unpack(pack(raw))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got, cmp.AllowUnexported(change{}), cmp.Comparer(func(a, b time.Time) bool { return a.Equal(b) })); d != "" {
			t.Fatalf("(-want +got):\n%s", d)
		}
	})
}

func TestDamagedChangesAreRefused(t *testing.T) {
	raw := encode(nil, change{addTie, []any{"ann", int64(3), 0.5, map[string]any{"a": []any{true}}}})
	for n := 1; n < len(raw); n++ {
		if got, err := unpack(pack(raw[:n])); !errors.Is(err, errDamaged) {
			t.Errorf("the first %d bytes of %d give %v, %v", n, len(raw), got, err)
		}
	}
	whole := pack(raw)
	for i, bad := range [][]byte{nil, whole[:len(whole)-3], pack([]byte{byte(stepCount), tagList, 0}), pack([]byte{0, tagInt, 2}), pack([]byte{0, 77})} {
		if got, err := unpack(bad); !errors.Is(err, errDamaged) {
			t.Errorf("damaged payload %d gives %v, %v", i, got, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add(encode(nil, change{putCustomer, []any{"ann", map[string]any{"age": int64(3)}}}))
	f.Fuzz(func(t *testing.T, raw []byte) {
		changes, err := unpack(pack(raw))
		if err != nil {
			return
		}
		var again []byte
		for _, c := range changes {
			again = encode(again, c)
		}
		if _, err := unpack(pack(again)); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}
