package graph_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"kith/graph"
)

func readMETIS(text string, opt graph.EdgeOptions) (*graph.Edges, error) {
	return graph.ReadEdgesFrom(context.Background(), "ties.graph", strings.NewReader(text), opt)
}

func TestMETISForms(t *testing.T) {
	for name, tc := range map[string]struct {
		text string
		opt  graph.EdgeOptions
		want []string
	}{
		"plain, with a lonely vertex": {"% made by hand\n4 2\n2\n1 4\n\n2\n", graph.EdgeOptions{}, []string{"1 2 1", "2 1 1", "2 4 1", "4 2 1"}},
		"weighted edges":              {"3 2 1\n2 5\n1 5 3 7\n% half way\n2 7", graph.EdgeOptions{}, []string{"1 2 5", "2 1 5", "2 3 7", "3 2 7"}},
		"weights left out":            {"2 1 001\n2 5\n1 5\n", graph.EdgeOptions{Unweighted: true}, []string{"1 2 1", "2 1 1"}},
		"sizes and weights before":    {"2 1 111 2\n9 8 7 2 5\n1 1 1 1 5\r\n", graph.EdgeOptions{}, []string{"1 2 5", "2 1 5"}},
		"empty":                       {"0 0\n", graph.EdgeOptions{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := readMETIS(tc.text, tc.opt)
			if err != nil {
				t.Fatal(err)
			}
			g, _, err := e.Build(t.Context(), graph.BuildOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if err := g.Validate(); err != nil || !g.Undirected {
				t.Errorf("undirected %v, %v", g.Undirected, err)
			}
			var got []string
			for _, a := range arcsOf(g) {
				got = append(got, tieText(e, a))
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMETISRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "is empty",
		"% only this\n":           "has no first line; a METIS file has",
		"3\n":                     "line 1: has 1 numbers; a METIS file has",
		"a,b\n":                   "line 1: has 1 numbers; a METIS file has",
		"a b\n":                   `line 1: has "a"; a METIS file has`,
		"2 1 2\n2\n1\n":           `line 1: has the format "2"`,
		"999999999 0\n":           "line 1: has 999999999 vertices; the most",
		"2 1\n2\n":                "ends after the lines of 1 of its 2 vertices",
		"2 1\n2\n1\n1\n":          "line 4: is one line more than the 2 vertices",
		"2 2\n2\n1\n":             "names 2 neighbours, and its first line says 2 edges",
		"2 1\n3\n1\n":             "line 2: names the neighbour 3; vertices are numbered from 1 to 2",
		"2 1\n0\n1\n":             "line 2: names the neighbour 0",
		"2 1\n1\n2\n":             "line 2: names vertex 1 as its own neighbour",
		"2 1\nx\n1\n":             `line 2: has "x", which is not a whole number`,
		"2 1\n-1\n1\n":            `line 2: has "-1", which is not a whole number`,
		"3 1\n2\n3\n\n":           "line 2: names the neighbour 2, whose line 3 does not name vertex 1",
		"2 1 1\n2 5\n1 6\n":       "line 2: names the neighbour 2, whose line 3 does not name vertex 1 with the same weight",
		"2 1 1\n2\n1 6\n":         "line 2: ends with a neighbour that has no weight",
		"2 1 1\n2 0\n1 0\n":       "line 2: has an edge of weight 0",
		"2 2\n2 2\n1 1\n":         "line 2: names the neighbour 2 twice",
		"2 1 11 3\n1 1\n1 1\n":    "line 2: has 2 numbers; the format of the first line wants 3",
		"2 1 1\n2 99999999999\n1": `line 2: has "99999999999", which is not a whole number`,
	} {
		_, err := readMETIS(text, graph.EdgeOptions{})
		var data *graph.DataError
		if !errors.As(err, &data) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q:\n got %v\nwant %s", text, err, want)
		}
	}
	for _, opt := range []graph.EdgeOptions{{From: "1", To: "2"}, {TwoSides: true}} {
		if _, err := readMETIS("0 0\n", opt); err == nil {
			t.Errorf("%+v is taken", opt)
		}
	}
}

// TestFileThatChanges adds a row to a file as soon as reading it has begun.
func TestFileThatChanges(t *testing.T) {
	path := filepath.Join(t.TempDir(), "ties.csv")
	if err := os.WriteFile(path, []byte("a,b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	add := func(string, int64, int64) {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err == nil {
			_, err = f.WriteString("c,d\n")
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			t.Error(err)
		}
	}
	_, err := graph.ReadEdges(t.Context(), path, graph.EdgeOptions{Progress: add})
	var data *graph.DataError
	if !errors.As(err, &data) || !strings.Contains(err.Error(), "changed while it was being read") {
		t.Errorf("got %v", err)
	}
	if _, err := graph.ReadEdges(t.Context(), path, graph.EdgeOptions{}); err != nil {
		t.Errorf("now that it is at rest: %v", err)
	}
}
