package neo4jstore

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"strings"
	"testing"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// crowd is a source of n customers who call and buy; version changes a third of
// the weights, drops some ties and adds others.
type crowd struct{ n, version int }

func (c crowd) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return func(yield func(graph.Customer, error) bool) {
		for i := range c.n {
			if !yield(graph.Customer{ID: fmt.Sprint("c", i), Attributes: fmt.Sprintf(`{"version":%d}`, c.version)}, nil) {
				return
			}
		}
	}
}

func (c crowd) Products(context.Context) iter.Seq2[graph.Product, error] {
	return func(yield func(graph.Product, error) bool) {
		for i := range 20 {
			if !yield(graph.Product{ID: fmt.Sprint("p", i), Name: fmt.Sprint("Product ", i), Price: float64(c.version)}, nil) {
				return
			}
		}
	}
}

func (c crowd) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		for i := range c.n {
			for j := range 4 {
				t := graph.Tie{From: fmt.Sprint("c", i), Weight: float64(1 + j), Count: 2}
				if i%3 == 0 {
					t.Weight += float64(c.version)
				}
				switch k {
				case graph.Called:
					t.To = fmt.Sprint("c", (i+1+j*(7+c.version))%c.n)
				case graph.Bought:
					t.To, t.Amount, t.Quantity = fmt.Sprint("p", (i+j*3)%20), float64(i)/7, 1
				default:
					return
				}
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

// counts are the nodes and ties that a Sync of the crowd alone leaves.
func (c crowd) counts() [4]int64 { return [4]int64{int64(c.n), 20, int64(4 * c.n), int64(4 * c.n)} }

// stored counts customers, products, calls and purchases.
func stored(server *neo4jtest.Server) (n [4]int64) {
	for i, cypher := range []string{
		"MATCH (n:Customer) RETURN count(n)", "MATCH (n:Product) RETURN count(n)",
		"MATCH ()-[r:CALLED]->() RETURN count(r)", "MATCH ()-[r:BOUGHT]->() RETURN count(r)",
	} {
		n[i] = number1(server, cypher)
	}
	return n
}

// number1 is the answer to a query for one whole number.
func number1(server *neo4jtest.Server, cypher string) int64 {
	n, _ := server.Run(cypher, nil)[0].Values[0].(int64)
	return n
}

// texts are the answers to a query for texts.
func texts(server *neo4jtest.Server, cypher string) []string {
	var all []string
	for _, record := range server.Run(cypher, nil) {
		text, _ := record.Values[0].(string)
		all = append(all, text)
	}
	return all
}

// leftovers counts what is only there while something is being written.
func leftovers(server *neo4jtest.Server) int64 {
	return number1(server, "OPTIONAL MATCH (n) WHERE n:KithChange OR n:KithNextCommunity OR n:KithFormerCommunity RETURN count(n)")
}

// findings about the crowd; run names them.
func (c crowd) findings(run string) *graph.Findings {
	f := &graph.Findings{Run: graph.Run{ID: run, Seed: 7, Version: "v1", Quality: map[string]float64{"modularity": float64(len(run))}}}
	for g := range 12 {
		f.Communities = append(f.Communities, graph.CommunityFinding{ID: fmt.Sprint("g", g), Size: c.n / 12, Risk: float64(len(run))})
	}
	f.Customers = func(yield func(graph.CustomerFinding) bool) {
		for i := range c.n {
			if !yield(graph.CustomerFinding{ID: fmt.Sprint("c", i), Community: fmt.Sprint("g", i%12), Role: run, PageRank: float64(i)}) {
				return
			}
		}
	}
	f.Memberships = func(yield func(graph.Membership) bool) {
		for i := range c.n {
			if !yield(graph.Membership{Customer: fmt.Sprint("c", i), Community: fmt.Sprint("g", i%12), Degree: float64(len(run))}) {
				return
			}
		}
	}
	f.Preferences = func(yield func(graph.Preference) bool) {
		for g := range 12 {
			if !yield(graph.Preference{Community: fmt.Sprint("g", g), Product: "p1", Lift: float64(len(run))}) {
				return
			}
		}
	}
	return f
}

// mustBeWhole sees that the findings of one run, all of them and nothing else,
// stand in the graph.
func (c crowd) mustBeWhole(t *testing.T, s *Store, server *neo4jtest.Server, run string) {
	t.Helper()
	current, err := s.Current(t.Context())
	if err != nil || current.ID != run || current.Quality["modularity"] != float64(len(run)) {
		t.Errorf("the current run is %+v, %v; want %s", current, err, run)
	}
	c.mustShow(t, server, run)
	if n := number1(server, fmt.Sprintf("MATCH (c:Customer) WHERE c.run = '%s' AND c.role = '%s' RETURN count(c)", run, run)); n != int64(c.n) {
		t.Errorf("%d customers have the figures of run %s, want %d", n, run, c.n)
	}
	if n := leftovers(server); n != 0 {
		t.Errorf("%d nodes of former runs are left", n)
	}
}

// mustShow sees that the communities, memberships and preferences are those of
// one run.
func (c crowd) mustShow(t *testing.T, server *neo4jtest.Server, run string) {
	t.Helper()
	for cypher, want := range map[string]int{
		"MATCH (r:Run) RETURN count(r)":                                                                 1,
		"MATCH (k:Community) RETURN count(k)":                                                           12,
		"MATCH (k:Community {run: '%s'}) RETURN count(k)":                                               12,
		"MATCH (:Customer)-[m:MEMBER_OF]->(:Community) RETURN count(m)":                                 c.n,
		"MATCH (:Customer)-[m:MEMBER_OF]->(:Community {run: '%s'}) RETURN count(m)":                     c.n,
		"MATCH (:Customer)-[m:MEMBER_OF {degree: size('%s') * 1.0}]->(:Community) RETURN count(m)":      c.n,
		"MATCH (:Community)-[p:PREFERS {lift: size('%s') * 1.0}]->(:Product {id:'p1'}) RETURN count(p)": 12,
	} {
		cypher = strings.ReplaceAll(cypher, "%s", run)
		if n := number1(server, cypher); n != int64(want) {
			t.Errorf("%s: %d, want %d", cypher, n, want)
		}
	}
}

func mustSync(t testing.TB, s *Store, src graph.Source) {
	t.Helper()
	if err := s.Sync(context.Background(), src, nil); err != nil {
		t.Fatal(err)
	}
}

// digest reads the network and hashes all of it.
func digest(t testing.TB, s *Store) string {
	t.Helper()
	n, err := s.Read(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return digestOf(n)
}

func digestOf(n *graph.Network) string {
	h := sha256.New()
	for _, names := range []*graph.Names{n.Customers, n.Attributes, n.Products} {
		for i := range names.Len() {
			fmt.Fprintf(h, "%q,", names.At(uint32(i)))
		}
	}
	fmt.Fprintf(h, "%q", fmt.Sprint(n.Catalogue))
	for _, g := range []*graph.Graph{n.Calls, n.Bought, n.Viewed} {
		for _, part := range []any{g.Offsets, g.Targets, g.Weights, g.Cols} {
			_ = binary.Write(h, binary.LittleEndian, part)
		}
	}
	_ = binary.Write(h, binary.LittleEndian, n.Spend)
	return hex.EncodeToString(h.Sum(nil))
}

// visit opens a Visitor that is closed when the test ends.
func visit(t testing.TB, server *neo4jtest.Server, o Options) *Visitor {
	t.Helper()
	o.User, o.Password = server.User, server.Password
	v, err := Visit(server.URI, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := v.Close(); err != nil {
			t.Error(err)
		}
	})
	return v
}

func parsed(t testing.TB, text string) *GraphMap {
	t.Helper()
	m, err := ParseMap("map.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// wipe empties the database, and drops what a store has made.
func wipe(t testing.TB, server *neo4jtest.Server) {
	t.Helper()
	server.Run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS", nil)
}

// everything is all that stands in a database: nodes, relationships, constraints
// and indexes, as text.
func everything(server *neo4jtest.Server) string {
	var b strings.Builder
	for _, cypher := range []string{
		"MATCH (n) RETURN elementId(n) AS id, labels(n) AS labels, properties(n) AS p ORDER BY id",
		"MATCH (a)-[r]->(b) RETURN elementId(r) AS id, elementId(a) AS a, elementId(b) AS b, type(r) AS t, properties(r) AS p ORDER BY id",
		"SHOW CONSTRAINTS YIELD name RETURN name ORDER BY name",
		"SHOW INDEXES YIELD name WHERE NOT name STARTS WITH 'index_' RETURN name ORDER BY name",
	} {
		for _, record := range server.Run(cypher, nil) {
			fmt.Fprintf(&b, "%q\n", fmt.Sprint(record.Values...))
		}
	}
	return b.String()
}
