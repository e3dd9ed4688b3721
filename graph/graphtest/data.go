package graphtest

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"kith/graph"
)

// Data returns the path of a file or folder of the real data, which lies in
// ../shared/data beside the repository. When it is absent the test is skipped,
// naming what was left out; with KITH_REQUIRE_DATA=1 it fails.
func Data(tb testing.TB, path string) string {
	tb.Helper()
	dir, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if filepath.Dir(dir) == dir {
			tb.Fatal("no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
	full := filepath.Join(filepath.Dir(dir), "shared", "data", filepath.FromSlash(path))
	if _, err := os.Stat(full); err != nil {
		if os.Getenv("KITH_REQUIRE_DATA") == "1" {
			tb.Fatalf("real data %s is required and absent", path)
		}
		tb.Skipf("left out: real data %s is absent", path)
	}
	return full
}

// ReadGML reads an undirected graph of the real data in GML, plain or gzipped.
// Groups come from a node's value, group or community; where a community is
// given as the list of its members, two vertices are together when their
// smallest members are the same. Groups are numbered by their first vertex.
func ReadGML(tb testing.TB, path string) *Classic {
	tb.Helper()
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			tb.Fatal(err)
		}
	}
	c, err := parseGML(r)
	if err != nil {
		tb.Fatalf("%s: %v", path, err)
	}
	return c
}

type gmlNode struct {
	label string
	group int // -1 when the file has none
}

func parseGML(r io.Reader) (*Classic, error) {
	nodes := map[int]*gmlNode{}
	var edges [][2]int
	var node *gmlNode
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		key, value, _ := strings.Cut(strings.TrimSpace(lines.Text()), " ")
		number := -1
		if n, err := fmt.Sscan(value, &number); n == 0 || err != nil {
			number = -1
		}
		switch key {
		case "id":
			node = &gmlNode{label: value, group: -1}
			nodes[number] = node
		case "label":
			node.label = strings.Trim(value, `"`)
		case "value", "group", "community":
			if node.group < 0 || number < node.group {
				node.group = number
			}
		case "source":
			edges = append(edges, [2]int{number, -1})
		case "target":
			edges[len(edges)-1][1] = number
		}
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	ids := make([]int, 0, len(nodes))
	for id := range nodes {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	d := graph.NewDict(len(ids))
	provisional := map[int]uint32{}
	for _, id := range ids {
		provisional[id] = d.AddString(nodes[id].label)
	}
	if d.Len() != len(ids) {
		return nil, fmt.Errorf("%d labels for %d nodes", d.Len(), len(ids))
	}
	names, rank := d.Canonical()
	c := &Classic{Names: names}
	var from, to []uint32
	for _, e := range edges {
		u, ok := provisional[e[0]]
		v, ok2 := provisional[e[1]]
		if !ok || !ok2 {
			return nil, fmt.Errorf("edge %d-%d of unknown nodes", e[0], e[1])
		}
		from, to = append(from, rank[u]), append(to, rank[v])
	}
	c.Graph = must(graph.BuildOptions{Rows: uint32(len(ids)), Undirected: true, Merge: graph.MergeOnce}, from, to, nil)
	groups := make([]int, len(ids))
	for _, id := range ids {
		groups[rank[provisional[id]]] = nodes[id].group
	}
	if !slices.Contains(groups, -1) {
		number := map[int]uint32{}
		for _, g := range groups {
			if _, ok := number[g]; !ok {
				number[g] = uint32(len(number))
			}
			c.Groups = append(c.Groups, number[g])
		}
	}
	return c, nil
}
