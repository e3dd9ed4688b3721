package graph_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

// checkDict adds the ids and holds the Dict to a map and a sort.
func checkDict(t interface {
	Helper()
	Fatalf(string, ...any)
}, ids []string) {
	t.Helper()
	d := graph.NewDict(0)
	numbers := map[string]uint32{}
	var list, copied graph.IDs
	for _, id := range ids {
		list.Add([]byte(id))
		want, known := numbers[id]
		if !known {
			want = uint32(len(numbers))
			numbers[id] = want
		}
		if got := d.Add([]byte(id)); got != want {
			t.Fatalf("Add(%.40q) = %d, want %d", id, got, want)
		}
	}
	if d.Len() != len(numbers) {
		t.Fatalf("Len() = %d, want %d", d.Len(), len(numbers))
	}
	for i, id := range ids {
		copied.AddFrom(&list, i)
		if text := list.Text(i); text != nil && string(text) != id {
			t.Fatalf("Text(%d) = %.40q, want %.40q", i, text, id)
		}
		for j, other := range ids[:min(i+1, 3)] {
			if got := copied.Equal(i, &list, j); got != (id == other) {
				t.Fatalf("Equal of %.40q and %.40q: %v", id, other, got)
			}
		}
	}
	for _, l := range []*graph.IDs{&list, &copied} {
		got := make([]uint32, l.Len())
		graph.NewDict(0).AddIDs(l, got)
		for i, id := range ids {
			if got[i] != numbers[id] {
				t.Fatalf("AddIDs gives %.40q the number %d, want %d", id, got[i], numbers[id])
			}
		}
	}
	want := make([]string, 0, len(numbers))
	for id := range numbers {
		want = append(want, id)
	}
	slices.Sort(want)
	names, rank := d.Canonical()
	if diff := cmp.Diff(want, listNames(names)); diff != "" {
		t.Fatalf("names (-want +got):\n%.2000s", diff)
	}
	for id, provisional := range numbers {
		if got := names.At(rank[provisional]); got != id {
			t.Fatalf("rank of %.40q leads to %.40q", id, got)
		}
	}
}

func TestDictLaws(t *testing.T) {
	id := rapid.OneOf(
		rapid.StringN(0, 6, 12),
		rapid.StringMatching(`(abcdefgh){0,3}[ab]{0,9}`),
		rapid.StringMatching("a{0,20}\x00{0,20}"),
		rapid.StringMatching(`[0-9]{1,11}`),
		rapid.StringMatching(`\+?[0-9]{0,17}[:/a]?[0-9]{0,3}`),
	)
	rapid.Check(t, func(t *rapid.T) { checkDict(t, rapid.SliceOf(id).Draw(t, "ids")) })
}

func TestDictShapes(t *testing.T) {
	long := strings.Repeat("x", 300)
	var many, shared, turns []string
	for i := range 20_000 {
		many = append(many, fmt.Sprint(rand.New(rand.NewPCG(1, uint64(i))).Uint64()))
		shared = append(shared, fmt.Sprintf("customer/eu-west/%08d", i*7919%20_000))
		turns = append(turns, fmt.Sprintf("+44%09d", i*i%9973), fmt.Sprintf("c%d", i%4999))
	}
	for name, ids := range map[string][]string{
		"none":          nil,
		"empty id":      {""},
		"NUL and empty": {"", "\x00", "\x00\x00", "a", "a\x00", "a\x00b", "a"},
		"emoji, commas": {"☎️", "a,b", `"`, "☎️", "Ærø"},
		"254..256":      {long[:254], long[:255], long[:256], long[:255]},
		"long":          {strings.Repeat("y", 5<<20), strings.Repeat("y", 5<<20) + "z", "y", strings.Repeat("z", 1<<22), "z"},
		"nested":        {long, long + "a", long[:200], long[:100], long + "b", long[:8], long[:16], long[:7], long[:9]},
		"many":          many,
		"numerals": {"1", "01", "+1", "001", "", "+", "++1", "0", "00", "+0", "-1", "12345678", "012345678", "+12345678", "1234567", "123456789012345",
			"0123456789012345", "+123456789012345", "1234567890123456", "12345:78", "1234/678", "12345678901234:", "\xb12345678", "1234567\xb1901", "1"},
		"texts, then numerals": append(slices.Clone(shared), many...),
		"numerals, then texts": append(slices.Clone(many), shared...),
		"in turns":             turns,
		"shared prefix":        shared,
	} {
		t.Run(name, func(t *testing.T) { checkDict(t, ids) })
	}
}

func TestDictIsCanonicalForAnyOrder(t *testing.T) {
	ids := make([]string, 5000)
	for i := range ids {
		ids[i] = fmt.Sprint(i * i)
	}
	var first []string
	for seed := range uint64(3) {
		rand.New(rand.NewPCG(seed, 0)).Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		d := graph.NewDict(len(ids))
		for _, id := range ids {
			d.AddString(id)
		}
		names, _ := d.Canonical()
		if first == nil {
			first = listNames(names)
		} else if diff := cmp.Diff(first, listNames(names)); diff != "" {
			t.Fatalf("order changed the names:\n%.1000s", diff)
		}
	}
}

func BenchmarkDict(b *testing.B) {
	for _, n := range []int{1_000, 100_000, 1_000_000} {
		ids := make([][]byte, n)
		r := rand.New(rand.NewPCG(1, 0))
		for i := range ids {
			ids[i] = fmt.Appendf(nil, "+45%08d", r.IntN(100_000_000))
		}
		b.Run(fmt.Sprintf("add/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d := graph.NewDict(0)
				for _, id := range ids {
					d.Add(id)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/id")
		})
		b.Run(fmt.Sprintf("canonical/%d", n), func(b *testing.B) {
			d := graph.NewDict(n)
			for _, id := range ids {
				d.Add(id)
			}
			b.ReportAllocs()
			for b.Loop() {
				d.Canonical()
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/id")
		})
	}
}
