package graph_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"kith/graph"
)

func TestMatrixMarketForms(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		opt  graph.EdgeOptions
		want []string
		n    int
	}{
		"real": {"%%MatrixMarket matrix coordinate real general\n% made by hand\n\n3 3 2\n1 2 0.5\n3 1 2e1\n", graph.EdgeOptions{}, []string{"1 2 0.5", "3 1 20"}, 3},
		"pattern of a graph with a lonely vertex": {"%%MatrixMarket matrix coordinate pattern general\n11 11 2\n1 2\n10\t2\n", graph.EdgeOptions{},
			[]string{"1 2 1", "10 2 1"}, 11},
		"symmetric stands for both directions": {"%%matrixmarket MATRIX Coordinate Integer Symmetric\r\n3 3 2\r\n2 1 7\r\n3 3 4\r\n", graph.EdgeOptions{},
			[]string{"1 2 7", "2 1 7", "3 3 4"}, 3},
		"unweighted":   {"%%MatrixMarket matrix coordinate real general\n2 2 1\n1 2 -7\n", graph.EdgeOptions{Unweighted: true}, []string{"1 2 1"}, 2},
		"two sides":    {"%%MatrixMarket matrix coordinate real general\n2 4 2\n1 4 1\n2 1 3\n", graph.EdgeOptions{TwoSides: true}, []string{"1 4 1", "2 1 3"}, 2},
		"no entries":   {"%%MatrixMarket matrix coordinate real general\n2 2 0\n", graph.EdgeOptions{}, nil, 2},
		"no vertices":  {"%%MatrixMarket matrix coordinate real general\n0 0 0\n", graph.EdgeOptions{}, nil, 0},
		"no last line": {"%%MatrixMarket matrix coordinate pattern general\n2 2 1\n1 2", graph.EdgeOptions{}, []string{"1 2 1"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tc.want, ties(t, tc.text, tc.opt)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			e, err := readText(tc.text, tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			if e.Names.Len() != tc.n {
				t.Errorf("%d vertices, want %d", e.Names.Len(), tc.n)
			}
		})
	}
}

func TestMatrixMarketRefuses(t *testing.T) {
	const banner = "%%MatrixMarket matrix coordinate real general\n"
	for text, want := range map[string]string{
		"%%MatrixMarket\n1 1 0\n":                                         "ties.csv line 1: has a banner of 1 words; kith reads",
		"%%MatrixMarket vector coordinate real general\n1 1 0\n":          "line 1: has a banner of 5 words; kith reads",
		"%%MatrixMarket matrix array real general\n1 1\n1\n":              `line 1: is in the form "array"; kith reads`,
		"%%MatrixMarket matrix coordinate complex general\n1 1 0\n":       `line 1: has "complex" entries; kith reads`,
		"%%MatrixMarket matrix coordinate real skew-symmetric\n1 1 0\n":   `line 1: is "skew-symmetric"; kith reads`,
		"%%MatrixMarket matrix coordinate real symmetric\n3 3 1\n1 3 1\n": "line 3: has an entry above the diagonal, row 1 column 3",
		banner:                             "line 1: has no line of sizes",
		banner + "2 2\n":                   "line 2: has 2 numbers where the sizes should be",
		banner + "%\n2 x 1\n":              `line 3: has the size "x"`,
		banner + "2 -2 1\n":                `line 2: has the size "-2"`,
		banner + "2 3 1\n1 3 1\n":          "line 2: is a matrix of 2 rows and 3 columns",
		banner + "2 2 1\n\n1 2 1\n0 1 1":   "line 5: names an entry outside the 2 rows and 2 columns",
		banner + "2 2 1\n3 1 1\n":          "line 3: names an entry outside",
		banner + "2 2 1\n1 a 1\n":          "line 3: names an entry outside",
		banner + "2 2 1\n1 02 1\n":         "line 3: names an entry outside",
		banner + "2 2 2\n1 2 1\n":          "has 1 entries, and its line of sizes says 2",
		banner + "2 2 1\n1 2 -1\n":         `line 3, column 3: has "-1"; a weight must be`,
		banner + "2 2 1\n1 2\n":            "line 3: has 2 of 3 fields",
		banner + "999999999 999999999 0\n": "line 2: has 999999999 rows and 999999999 columns; the most",
	} {
		_, err := readText(text, graph.EdgeOptions{})
		var data *graph.DataError
		if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
	for _, opt := range []graph.EdgeOptions{{From: "1", To: "2"}, {TwoSides: true}} {
		if _, err := readText("%%MatrixMarket matrix coordinate real symmetric\n1 1 0\n", opt); err == nil {
			t.Errorf("%+v is taken", opt)
		}
	}
}

// TestFormsAgree is the law: the same graph gives the same bits as an edge list,
// as a MatrixMarket file and as one of METIS.
func TestFormsAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 120).Draw(t, "n")
		weights := map[[2]int]int{}
		for range rapid.IntRange(1, 200).Draw(t, "ties") {
			u, v := rapid.IntRange(1, n).Draw(t, "u"), rapid.IntRange(1, n).Draw(t, "v")
			if u != v {
				weights[[2]int{max(u, v), min(u, v)}] = rapid.IntRange(1, 9).Draw(t, "w")
			}
		}
		var market, metis, list strings.Builder
		fmt.Fprintf(&market, "%%%%MatrixMarket matrix coordinate integer symmetric\n%d %d %d\n", n, n, len(weights))
		fmt.Fprintf(&metis, "%% made\n%d %d 1\n", n, len(weights))
		list.WriteString("from,to,weight\n")
		lines := make([]string, n+1)
		for e, w := range weights {
			fmt.Fprintf(&market, "%d %d %d\n", e[0], e[1], w)
			fmt.Fprintf(&list, "%d,%d,%d\n", e[0], e[1], w)
			lines[e[0]] += fmt.Sprintf(" %d %d", e[1], w)
			lines[e[1]] += fmt.Sprintf(" %d %d", e[0], w)
		}
		for v := 1; v <= n; v++ {
			fmt.Fprintf(&list, "%d,%d,0\n", v, v) // so that all vertices are there
			metis.WriteString(lines[v] + "\n")
		}
		build := func(name, text string) (*graph.Edges, *graph.Graph) {
			e, err := graph.ReadEdgesFrom(context.Background(), name, strings.NewReader(text), graph.EdgeOptions{Threads: 2})
			if err != nil {
				t.Fatal(err)
			}
			g, _, err := e.Build(context.Background(), graph.BuildOptions{Undirected: name == "a.csv"})
			if err != nil {
				t.Fatal(err)
			}
			return e, g
		}
		e, want := build("a.csv", list.String())
		for name, text := range map[string]string{"a.mtx": market.String(), "a.graph": metis.String()} {
			other, got := build(name, text)
			if differs(want, got) || !cmp.Equal(listOf(e.Names), listOf(other.Names)) {
				t.Fatalf("%s gives another graph:\n%+v\n%+v", name, want, got)
			}
		}
	})
}
