package graph_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
	"kith/graph/graphtest"
)

// namesUpTo are n names in byte order.
func namesUpTo(n int) *graph.Names {
	names := graph.NamesOf(nil)
	for i := range n {
		names.Append("v" + strconv.Itoa(1e8+i))
	}
	return names
}

func listOf(n *graph.Names) []string {
	var list []string
	for i := range n.Len() {
		list = append(list, n.At(uint32(i)))
	}
	return list
}

func writeSnapshot(t testing.TB, g *graph.Graph, names, columns *graph.Names) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "g.csr")
	if err := graph.WriteSnapshot(context.Background(), path, g, names, columns, nil); err != nil {
		t.Fatal(err)
	}
	return path
}

// differs tells whether two graphs differ in anything.
func differs(a, b *graph.Graph) bool {
	return !slices.Equal(a.Offsets, b.Offsets) || !slices.Equal(a.Targets, b.Targets) || !slices.Equal(a.Weights, b.Weights) ||
		(a.Weights == nil) != (b.Weights == nil) || a.Cols != b.Cols || a.Undirected != b.Undirected
}

// TestSnapshotsComeBack is the law: what is opened is what was written.
func TestSnapshotsComeBack(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.IntRange(1, 40).Draw(t, "rows")
		shape := graph.BuildOptions{Rows: uint32(rows), Undirected: rapid.Bool().Draw(t, "undirected")}
		if !shape.Undirected && rapid.Bool().Draw(t, "two sides") {
			shape.TwoSides, shape.Cols = true, uint32(rapid.IntRange(1, 40).Draw(t, "cols"))
		}
		cols := max(int(shape.Cols), rows)
		if shape.TwoSides {
			cols = int(shape.Cols)
		}
		var arcs []graph.Arc
		for range rapid.IntRange(0, 120).Draw(t, "arcs") {
			arcs = append(arcs, graph.Arc{From: uint32(rapid.IntRange(0, rows-1).Draw(t, "from")), To: uint32(rapid.IntRange(0, cols-1).Draw(t, "to")),
				Weight: rapid.SampledFrom([]float32{1, 1, 1, .5, 3e38}).Draw(t, "weight")})
		}
		shape.Merge = graph.MergeMax
		g, _, err := graph.BuildArcs(t.Context(), shape, arcs)
		if err != nil {
			t.Fatal(err)
		}
		names, columns := namesUpTo(rows), (*graph.Names)(nil)
		if shape.TwoSides {
			columns = namesUpTo(cols)
		}
		if rapid.Bool().Draw(t, "nameless") {
			names, columns = nil, nil
		}
		path := filepath.Join(dir, "g.csr")
		if err := graph.WriteSnapshot(t.Context(), path, g, names, columns, nil); err != nil {
			t.Fatal(err)
		}
		for _, threads := range []int{1, 3} {
			s, err := graph.OpenSnapshot(t.Context(), path, threads)
			if err != nil {
				t.Fatal(err)
			}
			if differs(g, s.Graph) {
				t.Fatalf("wrote %+v and opened %+v", g, s.Graph)
			}
			if err := s.Graph.Validate(); err != nil {
				t.Fatal(err)
			}
			if columns == nil {
				columns = names
			}
			if diff := cmp.Diff([][]string{listOf(names), listOf(columns)}, [][]string{listOf(s.Names), listOf(s.Columns)}); diff != "" {
				t.Fatalf("the names differ (-written +opened):\n%s", diff)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	})
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Errorf("besides the snapshot there is %v", left)
	}
}

// TestSnapshotOfManyChunks goes over the end of a checksum's stretch.
func TestSnapshotOfManyChunks(t *testing.T) {
	from, to := graphtest.RMAT(15, 40, 1)
	g, _, err := graph.Build(t.Context(), graph.BuildOptions{Rows: 1 << 15, Undirected: true}, from, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	path := writeSnapshot(t, g, namesUpTo(g.Rows()), nil)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(whole) < 2*(4<<20) {
		t.Fatalf("%d bytes are too few for the test", len(whole))
	}
	s, err := graph.OpenSnapshot(t.Context(), path, 2)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if differs(g, s.Graph) {
		t.Error("the graph that was opened is not the one that was written")
	}
	again, err := os.ReadFile(writeSnapshot(t, s.Graph, s.Names, s.Columns))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(whole, again) {
		t.Error("the same graph gives other bytes when it is written again")
	}
}

// TestDamagedSnapshots cuts a snapshot off at every byte and turns every byte
// over: each is refused with a sentence, or holds the same graph where nobody
// reads the byte.
func TestDamagedSnapshots(t *testing.T) {
	g := graphtest.Karate().Graph
	path := writeSnapshot(t, g, namesUpTo(g.Rows()), nil)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged.csr")
	try := func(b []byte) (*graph.Snapshot, error) {
		if err := os.WriteFile(damaged, b, 0o600); err != nil {
			t.Fatal(err)
		}
		return graph.OpenSnapshot(t.Context(), damaged, 1)
	}
	var data *graph.DataError
	for n := range len(whole) {
		if _, err := try(whole[:n]); !errors.As(err, &data) {
			t.Fatalf("cut off at byte %d: %v", n, err)
		}
	}
	if _, err := try(append(bytes.Clone(whole), 0)); !errors.As(err, &data) {
		t.Errorf("with a byte more: %v", err)
	}
	unread := 0
	for i := range whole {
		b := bytes.Clone(whole)
		b[i] ^= 0x41
		s, err := try(b)
		if err != nil {
			if !errors.As(err, &data) && !errors.Is(err, graph.ErrNewer) {
				t.Fatalf("byte %d turned over: %v", i, err)
			}
			continue
		}
		unread++
		if differs(g, s.Graph) {
			t.Fatalf("byte %d turned over gives another graph", i)
		}
		s.Close()
	}
	// 48 bytes fill the header up, 60 the one checksum of the body.
	if unread != 48+60 {
		t.Errorf("%d bytes may change unnoticed", unread)
	}
}

// TestForgedSnapshots have right checksums over wrong numbers.
func TestForgedSnapshots(t *testing.T) {
	sum := func(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }
	g := graphtest.Karate().Graph
	whole, err := os.ReadFile(writeSnapshot(t, g, namesUpTo(g.Rows()), nil))
	if err != nil {
		t.Fatal(err)
	}
	const body = 192
	for name, forge := range map[string]func(b []byte){
		"offsets that fall":     func(b []byte) { binary.LittleEndian.PutUint64(b[body+8:], 1<<40) },
		"a first offset":        func(b []byte) { binary.LittleEndian.PutUint64(b[body:], 1) },
		"a target too large":    func(b []byte) { binary.LittleEndian.PutUint32(b[body+320:], 999) },
		"targets out of order":  func(b []byte) { binary.LittleEndian.PutUint32(b[body+324:], 1) },
		"names out of order":    func(b []byte) { b[len(b)-100] = 0 },
		"more rows than uint32": func(b []byte) { binary.LittleEndian.PutUint64(b[16:], 1<<33) },
		"rows without names":    func(b []byte) { binary.LittleEndian.PutUint64(b[40:], 33) },
	} {
		b := bytes.Clone(whole)
		forge(b)
		binary.LittleEndian.PutUint32(b[128:], sum(b[body:]))
		binary.LittleEndian.PutUint32(b[76:], sum(b[128:132]))
		binary.LittleEndian.PutUint32(b[72:], sum(b[:72]))
		path := filepath.Join(t.TempDir(), "forged.csr")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		var data *graph.DataError
		if s, err := graph.OpenSnapshot(t.Context(), path, 1); !errors.As(err, &data) {
			t.Errorf("%s: opened with %v, %v", name, s, err)
		}
	}
}

func TestSnapshotOfANewerVersion(t *testing.T) {
	path := writeSnapshot(t, graphtest.Karate().Graph, nil, nil)
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[8] = 2
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := graph.OpenSnapshot(t.Context(), path, 1); !errors.Is(err, graph.ErrNewer) {
		t.Errorf("got %v", err)
	}
}

func TestSnapshotsThatDoNotFit(t *testing.T) {
	dir := t.TempDir()
	g := graphtest.Karate().Graph
	if err := graph.WriteSnapshot(t.Context(), filepath.Join(dir, "a"), g, namesUpTo(3), nil, nil); err == nil {
		t.Error("3 names for 34 vertices were taken")
	}
	if err := graph.WriteSnapshot(t.Context(), filepath.Join(dir, "b"), g, nil, namesUpTo(3), nil); err == nil {
		t.Error("3 names for 34 columns were taken")
	}
	if err := graph.WriteSnapshot(t.Context(), filepath.Join(dir, "none", "c"), g, nil, nil, nil); err == nil {
		t.Error("a folder that is not there was written to")
	}
	var data *graph.DataError
	text := filepath.Join(dir, "text.csv")
	if err := os.WriteFile(text, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{text, filepath.Join(dir, "none")} {
		if _, err := graph.OpenSnapshot(t.Context(), path, 1); !errors.As(err, &data) {
			t.Errorf("%s: %v", path, err)
		}
		if graph.IsSnapshot(path) {
			t.Errorf("%s is taken for a snapshot", path)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(left) != 1 {
		t.Errorf("writing that failed left %v", left)
	}
}
