package graphtest

import (
	"context"
	"fmt"

	"kith/graph"
)

// Classic is a graph of the literature.
type Classic struct {
	Graph *graph.Graph
	// Names are those of the rows, and of the columns too unless Columns has
	// others.
	Names   *graph.Names
	Columns *graph.Names
	// Groups is the published group of each row, or nil.
	Groups []uint32
	// Best is a partition of the highest modularity that exists at
	// resolution 1, BestModularity that modularity; nil and 0 when nobody has
	// proved one.
	Best           []uint32
	BestModularity float64
}

// Vertex returns the row of a name and panics when there is none.
func (c *Classic) Vertex(name string) uint32 {
	v, ok := c.Names.Find(name)
	if !ok {
		panic(fmt.Sprintf("graphtest: nobody is called %q", name))
	}
	return v
}

// must builds a graph of facts, which cannot be wrong.
func must(opt graph.BuildOptions, from, to []uint32, w []float32) *graph.Graph {
	g, _, err := graph.Build(context.Background(), opt, from, to, w)
	if err != nil {
		panic(err)
	}
	return g
}

// named builds a graph of named ties.
func named(undirected bool, ties [][2]string) *Classic {
	d := graph.NewDict(0)
	var from, to []uint32
	for _, t := range ties {
		from, to = append(from, d.AddString(t[0])), append(to, d.AddString(t[1]))
	}
	names, rank := d.Canonical()
	for i := range from {
		from[i], to[i] = rank[from[i]], rank[to[i]]
	}
	g := must(graph.BuildOptions{Rows: uint32(names.Len()), Undirected: undirected}, from, to, nil)
	return &Classic{Graph: g, Names: names}
}

// karate has actor, actor and the number of contexts in which they met.
var karate = [][3]uint8{
	{1, 2, 4}, {1, 3, 5}, {1, 4, 3}, {1, 5, 3}, {1, 6, 3}, {1, 7, 3}, {1, 8, 2}, {1, 9, 2}, {1, 11, 2}, {1, 12, 3},
	{1, 13, 1}, {1, 14, 3}, {1, 18, 2}, {1, 20, 2}, {1, 22, 2}, {1, 32, 2}, {2, 3, 6}, {2, 4, 3}, {2, 8, 4}, {2, 14, 5},
	{2, 18, 1}, {2, 20, 2}, {2, 22, 2}, {2, 31, 2}, {3, 4, 3}, {3, 8, 4}, {3, 9, 5}, {3, 10, 1}, {3, 14, 3}, {3, 28, 2},
	{3, 29, 2}, {3, 33, 2}, {4, 8, 3}, {4, 13, 3}, {4, 14, 3}, {5, 7, 2}, {5, 11, 3}, {6, 7, 5}, {6, 11, 3}, {6, 17, 3},
	{7, 17, 3}, {9, 31, 3}, {9, 33, 3}, {9, 34, 4}, {10, 34, 2}, {14, 34, 3}, {15, 33, 3}, {15, 34, 2}, {16, 33, 3}, {16, 34, 4},
	{19, 33, 1}, {19, 34, 2}, {20, 34, 1}, {21, 33, 3}, {21, 34, 1}, {23, 33, 2}, {23, 34, 3}, {24, 26, 5}, {24, 28, 4}, {24, 30, 3},
	{24, 33, 5}, {24, 34, 4}, {25, 26, 2}, {25, 28, 3}, {25, 32, 2}, {26, 32, 7}, {27, 30, 4}, {27, 34, 2}, {28, 34, 4}, {29, 32, 2},
	{29, 34, 2}, {30, 33, 4}, {30, 34, 2}, {31, 33, 3}, {31, 34, 3}, {32, 33, 4}, {32, 34, 4}, {33, 34, 5},
}

// Karate is W. W. Zachary's karate club (An information flow model for conflict
// and fission in small groups, J. Anthropological Research 33:452, 1977): 34
// members, 78 ties outside the club. Vertex i is the paper's actor i+1, so Mr Hi
// is 0 and John A is 33; names are 01..34. Groups are the factions of the
// paper's table 1: 0 for Mr Hi's, 1 for John A's. Best, of modularity 0.4198,
// is proved optimal in D. Aloise et al. doi:10.1103/PhysRevE.82.046112.
func Karate() *Classic { return karateClub(false) }

// KarateWeighted is Karate with the number of contexts in which two members met
// as weights (the paper's figure 3), 231 in all. Its best modularity is not
// given here.
func KarateWeighted() *Classic {
	c := karateClub(true)
	c.Best, c.BestModularity = nil, 0
	return c
}

func karateClub(weighted bool) *Classic {
	c := &Classic{BestModularity: 0.41979}
	var from, to []uint32
	var w []float32
	for _, t := range karate {
		from, to = append(from, uint32(t[0]-1)), append(to, uint32(t[1]-1))
		w = append(w, float32(t[2]))
	}
	if !weighted {
		w = nil
	}
	c.Graph = must(graph.BuildOptions{Rows: 34, Undirected: true}, from, to, w)
	names := make([]string, 34)
	for i := range names {
		names[i] = fmt.Sprintf("%02d", i+1)
	}
	c.Names = graph.NamesOf(names)
	const hi = "1111111100111100110101000000000000" // followers of Mr Hi
	c.Groups = make([]uint32, 34)
	c.Best = make([]uint32, 34)
	for i := range hi {
		c.Groups[i] = uint32('1' - hi[i])
	}
	for k, members := range [][]uint32{
		{1, 2, 3, 4, 8, 12, 13, 14, 18, 20, 22},
		{5, 6, 7, 11, 17},
		{9, 10, 15, 16, 19, 21, 23, 27, 30, 31, 33, 34},
		{24, 25, 26, 28, 29, 32},
	} {
		for _, m := range members {
			c.Best[m-1] = uint32(k)
		}
	}
	return c
}

// SouthernWomen is the customer-product graph of the classics: 18 women of
// Natchez and the 14 social events they attended, 89 attendances (A. Davis, B. B.
// Gardner, M. R. Gardner, Deep South, 1941). Groups are the two that L. C.
// Freeman's comparison of 21 analyses (Finding social groups, 2003) agrees on:
// the first nine women of the book's table are 0, the others 1. Evelyn Jefferson
// and Theresa Anderson share 7 events, Evelyn and Laura Mandeville 6 (R. L.
// Breiger, doi:10.2307/2576011).
func SouthernWomen() *Classic {
	table := []struct {
		woman  string
		events []int
	}{
		{"Evelyn Jefferson", []int{1, 2, 3, 4, 5, 6, 8, 9}},
		{"Laura Mandeville", []int{1, 2, 3, 5, 6, 7, 8}},
		{"Theresa Anderson", []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{"Brenda Rogers", []int{1, 3, 4, 5, 6, 7, 8}},
		{"Charlotte McDowd", []int{3, 4, 5, 7}},
		{"Frances Anderson", []int{3, 5, 6, 8}},
		{"Eleanor Nye", []int{5, 6, 7, 8}},
		{"Pearl Oglethorpe", []int{6, 8, 9}},
		{"Ruth DeSand", []int{5, 7, 8, 9}},
		{"Verne Sanderson", []int{7, 8, 9, 12}},
		{"Myra Liddel", []int{8, 9, 10, 12}},
		{"Katherina Rogers", []int{8, 9, 10, 12, 13, 14}},
		{"Sylvia Avondale", []int{7, 8, 9, 10, 12, 13, 14}},
		{"Nora Fayette", []int{6, 7, 9, 10, 11, 12, 13, 14}},
		{"Helen Lloyd", []int{7, 8, 10, 11, 12}},
		{"Dorothy Murchison", []int{8, 9}},
		{"Olivia Carleton", []int{9, 11}},
		{"Flora Price", []int{9, 11}},
	}
	women, events := graph.NewDict(0), graph.NewDict(0)
	var from, to []uint32
	for _, row := range table {
		for _, e := range row.events {
			from = append(from, women.AddString(row.woman))
			to = append(to, events.AddString(fmt.Sprintf("E%d", e)))
		}
	}
	names, rank := women.Canonical()
	columns, column := events.Canonical()
	c := &Classic{Names: names, Columns: columns, Groups: make([]uint32, len(table))}
	for i := range from {
		from[i], to[i] = rank[from[i]], column[to[i]]
	}
	for i := range table {
		if i >= 9 {
			c.Groups[rank[i]] = 1
		}
	}
	c.Graph = must(graph.BuildOptions{Rows: uint32(names.Len()), Cols: uint32(columns.Len())}, from, to, nil)
	return c
}

// Florentine is the marriage network of 15 Renaissance families, 20 ties
// (J. F. Padgett, C. K. Ansell, doi:10.1086/230190; the isolated Pucci are left
// out). The Medici have the highest degree, 6, and lie on a share of .522 of the
// shortest paths between others, before the Guadagni with .255 and the Strozzi
// with .103 (M. O. Jackson, Social and Economic Networks, 2008, section 1.2.1).
func Florentine() *Classic {
	return named(true, [][2]string{
		{"Acciaiuoli", "Medici"}, {"Albizzi", "Ginori"}, {"Albizzi", "Guadagni"}, {"Albizzi", "Medici"},
		{"Barbadori", "Castellani"}, {"Barbadori", "Medici"}, {"Bischeri", "Guadagni"}, {"Bischeri", "Peruzzi"},
		{"Bischeri", "Strozzi"}, {"Castellani", "Peruzzi"}, {"Castellani", "Strozzi"}, {"Guadagni", "Lamberteschi"},
		{"Guadagni", "Tornabuoni"}, {"Medici", "Ridolfi"}, {"Medici", "Salviati"}, {"Medici", "Tornabuoni"},
		{"Pazzi", "Salviati"}, {"Peruzzi", "Strozzi"}, {"Ridolfi", "Strozzi"}, {"Ridolfi", "Tornabuoni"},
	})
}

// Kite is D. Krackhardt's kite of ten people and 18 ties, drawn so that three
// measures name three leaders: Diane has the highest degree (6), Heather the
// highest betweenness (14 pairs), Fernando and Garth the highest closeness
// (9/14). doi:10.2307/2393394.
func Kite() *Classic {
	const a, b, c, d, e, f, g, h, i, j = "Andre", "Beverley", "Carol", "Diane", "Ed", "Fernando", "Garth", "Heather", "Ike", "Jane"
	return named(true, [][2]string{
		{a, b}, {a, c}, {a, d}, {a, f}, {b, d}, {b, e}, {b, g}, {c, d}, {c, f},
		{d, e}, {d, f}, {d, g}, {e, g}, {f, g}, {f, h}, {g, h}, {h, i}, {i, j},
	})
}

// Pages is the directed example of Wikipedia's article on PageRank: eleven
// pages, 17 links, and A links nowhere. With damping .85 and A's rank spread over
// all pages, the ranks in per cent are A 3.3, B 38.4, C 34.3, D 3.9, E 8.1, F 3.9
// and 1.6 for each of G to K.
func Pages() *Classic {
	return named(false, [][2]string{
		{"B", "C"}, {"C", "B"}, {"D", "A"}, {"D", "B"}, {"E", "B"}, {"E", "D"}, {"E", "F"}, {"F", "B"}, {"F", "E"},
		{"G", "B"}, {"G", "E"}, {"H", "B"}, {"H", "E"}, {"I", "B"}, {"I", "E"}, {"J", "E"}, {"K", "E"},
	})
}

// RingOfCliques is a ring of so many cliques of so many vertices each, one tie
// between neighbours in the ring: vertices size·k to size·k+size-1 are clique k,
// which is also the group. S. Fortunato and M. Barthélemy (doi:10.1073/pnas.0605965104)
// show that the modularity of the cliques is 1 - 2/(size(size-1)+2) - 1/cliques,
// and of pairs of neighbouring cliques 1 - 1/(size(size-1)+2) - 2/cliques: for 30
// cliques of 5, .876 and .888, so that modularity merges what is plainly apart.
// There must be at least three cliques of at least two.
func RingOfCliques(cliques, size int) *Classic {
	c := &Classic{}
	var from, to []uint32
	var names []string
	width := len(fmt.Sprint(cliques*size - 1))
	for k := range cliques {
		first := uint32(k * size)
		for i := range uint32(size) {
			names = append(names, fmt.Sprintf("%0*d", width, first+i))
			c.Groups = append(c.Groups, uint32(k))
			for j := range i {
				from, to = append(from, first+i), append(to, first+j)
			}
		}
		from, to = append(from, first+uint32(size)-1), append(to, uint32((k+1)%cliques*size))
	}
	c.Names = graph.NamesOf(names)
	c.Graph = must(graph.BuildOptions{Rows: uint32(cliques * size), Undirected: true}, from, to, nil)
	return c
}
