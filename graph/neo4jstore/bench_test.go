package neo4jstore

import (
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/neo4j/neo4j-go-driver/v5/neo4j"

	"kith/graph"
	"kith/graph/neo4jstore/neo4jtest"
)

// made is a source of n customers with d calls each, and findings about them.
type made struct{ n, d int }

func (m made) id(i int) string { return fmt.Sprintf("+4915%08d", i) }

func (m made) Customers(context.Context) iter.Seq2[graph.Customer, error] {
	return func(yield func(graph.Customer, error) bool) {
		for i := range m.n {
			if !yield(graph.Customer{ID: m.id(i), Attributes: fmt.Sprintf(`{"age":%d,"city":"Ulm"}`, 18+i%70)}, nil) {
				return
			}
		}
	}
}

func (m made) Products(context.Context) iter.Seq2[graph.Product, error] {
	return func(func(graph.Product, error) bool) {}
}

func (m made) Ties(_ context.Context, k graph.Kind) iter.Seq2[graph.Tie, error] {
	return func(yield func(graph.Tie, error) bool) {
		if k != graph.Called {
			return
		}
		r := rand.New(rand.NewPCG(1, 2))
		at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		step := max(m.n/(m.d+1), 1)
		for i := range m.n {
			for j := range m.d {
				// One end in each stretch, so that no tie comes twice.
				to := (i + 1 + j*step + r.IntN(step)) % m.n
				t := graph.Tie{From: m.id(i), To: m.id(to), Weight: float64(1 + r.IntN(50)), Count: int64(1 + r.IntN(90)), Messages: int64(r.IntN(9)),
					Seconds: int64(r.IntN(9999)), First: at.Add(time.Duration(r.IntN(1e6)) * time.Second), Last: at.Add(time.Duration(1e6+r.IntN(1e6)) * time.Second)}
				if !yield(t, nil) {
					return
				}
			}
		}
	}
}

func (m made) findings(id string) *graph.Findings {
	f := &graph.Findings{Run: graph.Run{ID: id, At: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), Quality: map[string]float64{"modularity": 0.5}}}
	groups := max(m.n/50, 1)
	for g := range groups {
		f.Communities = append(f.Communities, graph.CommunityFinding{ID: fmt.Sprint("c", g), Size: 50, Density: 0.1, Risk: 0.2, Leader: m.id(g)})
	}
	f.Customers = func(yield func(graph.CustomerFinding) bool) {
		for i := range m.n {
			if !yield(graph.CustomerFinding{ID: m.id(i), Community: fmt.Sprint("c", i%groups), Role: "follower", PageRank: 1 / float64(1+i), ChurnRisk: 0.3}) {
				return
			}
		}
	}
	f.Memberships = func(yield func(graph.Membership) bool) {
		for i := range m.n {
			if !yield(graph.Membership{Customer: m.id(i), Community: fmt.Sprint("c", i%groups), Degree: 1}) {
				return
			}
		}
	}
	return f
}

// BenchmarkThroughput prints how many rows a second go in and out, beside a
// loop over the bare driver that does no more than it must, with as many workers.
// ratio compares the times, cpu-ratio the processor seconds of server and client,
// which other work on the machine disturbs less; above 1 is in favour of kith.
// KITH_BENCH_CUSTOMERS says how many customers there are.
func BenchmarkThroughput(b *testing.B) {
	m := made{20_000, 10}
	if n, err := strconv.Atoi(os.Getenv("KITH_BENCH_CUSTOMERS")); err == nil {
		m.n = n
	}
	server := neo4jtest.Own(b)
	s := openEmpty(b, server, Options{})
	bare := bareLoop{b, server.Driver(), s.o.Workers, s.o.BatchSize}
	ctx := context.Background()
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	empty := func(cypher string) {
		server.Run(cypher+" CALL (x) { DETACH DELETE x } IN TRANSACTIONS OF 10000 ROWS", nil)
	}
	fresh := func() {
		server.Run("MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 20000 ROWS", nil)
		empty("MATCH (x)")
		must(s.migrate(ctx))
	}
	customers := slices.Collect(values(m.Customers(ctx)))
	ties := slices.Collect(values(m.Ties(ctx, graph.Called)))
	bareNodes := func() {
		bare.write("UNWIND $rows AS r MERGE (c:Customer {id: r.id}) SET c += r.p", len(customers), func(i int) any {
			return map[string]any{"id": customers[i].ID, "p": customerProperties("", customers[i].Attributes)}
		})
	}
	bareTies := func() {
		bare.write("UNWIND $rows AS r MATCH (a:Customer {id: r.from}) MATCH (b:Customer {id: r.to}) CREATE (a)-[x:CALLED]->(b) SET x = r.p", len(ties), func(i int) any {
			t := ties[i]
			return map[string]any{"from": t.From, "to": t.To, "p": map[string]any{"weight": t.Weight, "calls": t.Count, "messages": t.Messages,
				"seconds": t.Seconds, "first": t.First, "last": t.Last}}
		})
	}
	for _, part := range []struct {
		name       string
		rows       int
		prepare    func()
		ours, bare func()
	}{
		{"nodes", len(customers), fresh, func() { must(s.Sync(ctx, made{m.n, 0}, nil)) }, bareNodes},
		// With the nodes that they need.
		{"relationships", len(ties), fresh, func() { must(s.Sync(ctx, m, nil)) }, func() { bareNodes(); bareTies() }},
		{"stream", len(ties), func() {},
			func() { _, err := s.Read(ctx, nil); must(err) },
			func() {
				bare.read("MATCH (c:Customer) RETURN c.id, c.attributes")
				bare.read("MATCH (a:Customer)-[r:CALLED]->(b:Customer) RETURN a.id, b.id, r.weight")
			}},
		{"write-back", 2 * m.n, func() { empty("MATCH (x:Community)") },
			func() { must(s.Publish(ctx, m.findings("run"), nil)) },
			func() {
				f := m.findings("run")
				found := slices.Collect(f.Customers)
				bare.write("UNWIND $rows AS r MERGE (k:Community {id: r.id}) SET k += r.p", len(f.Communities), func(i int) any {
					return map[string]any{"id": f.Communities[i].ID, "p": map[string]any{"run": "run", "level": 0, "size": 50, "density": 0.1, "risk": 0.2, "expected_loss": 0.0, "leader": f.Communities[i].Leader}}
				})
				bare.write("UNWIND $rows AS r MATCH (c:Customer {id: r.id}) MATCH (k:Community {id: r.p.community}) SET c += r.p CREATE (c)-[:MEMBER_OF {degree: 1.0, core: false, leader: false}]->(k)", len(found), func(i int) any {
					c := found[i]
					return map[string]any{"id": c.ID, "p": map[string]any{"run": "run", "community": c.Community, "role": c.Role, "core": c.Core, "pagerank": c.PageRank,
						"authority": c.Authority, "dissemination": c.Dissemination, "susceptibility": c.Susceptibility, "churn_risk": c.ChurnRisk, "own_value": c.OwnValue, "risk_own": c.RiskOwn}}
				})
			}},
	} {
		b.Run(part.name, func(b *testing.B) {
			var ours, bare spent
			for round := range b.N + 1 {
				if round == 1 { // the first warmed the server up
					ours, bare = spent{}, spent{}
				}
				// Turn about, so that neither is favoured.
				for _, first := range []bool{true, false} {
					run := func(f func(), sum *spent) {
						part.prepare()
						began := time.Now()
						cpu := processorTime(server.PID())
						f()
						sum.wall += time.Since(began)
						sum.cpu += processorTime(server.PID()) - cpu
					}
					if first {
						run(part.ours, &ours)
						run(part.bare, &bare)
					} else {
						run(part.bare, &bare)
						run(part.ours, &ours)
					}
				}
			}
			rows := float64(2 * b.N * part.rows)
			b.ReportMetric(rows/ours.wall.Seconds(), "rows/s")
			b.ReportMetric(rows/bare.wall.Seconds(), "bare-rows/s")
			b.ReportMetric(bare.wall.Seconds()/ours.wall.Seconds(), "ratio")
			if ours.cpu > 0 {
				b.ReportMetric(float64(bare.cpu)/float64(ours.cpu), "cpu-ratio")
			}
		})
	}
}

// spent is what a part took, of time and of the processors' time.
type spent struct{ wall, cpu time.Duration }

// processorTime is what the server and this process have used so far; 0 where the
// system does not say.
func processorTime(server int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", server))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	var ticks time.Duration
	for i, field := range strings.Fields(rest) {
		if i == 11 || i == 12 { // user and system time, in hundredths of a second
			n, _ := strconv.Atoi(field)
			ticks += time.Duration(n)
		}
	}
	var own syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &own) != nil {
		return 0
	}
	return ticks*10*time.Millisecond + time.Duration(own.Utime.Nano()+own.Stime.Nano())
}

func values[T any](items iter.Seq2[T, error]) iter.Seq[T] {
	return func(yield func(T) bool) {
		for item, err := range items {
			if err != nil || !yield(item) {
				return
			}
		}
	}
}

// bareLoop does the least that gets rows in and out.
type bareLoop struct {
	b       *testing.B
	driver  neo4j.DriverWithContext
	workers int
	batch   int
}

func (l bareLoop) write(cypher string, n int, row func(int) any) {
	var workers sync.WaitGroup
	batches := make(chan []any)
	for range l.workers {
		workers.Go(func() {
			for rows := range batches {
				_, err := neo4j.ExecuteQuery(context.Background(), l.driver, cypher, map[string]any{"rows": rows}, neo4j.EagerResultTransformer)
				if err != nil {
					l.b.Error(err)
				}
			}
		})
	}
	for lo := 0; lo < n; lo += l.batch {
		var rows []any
		for i := lo; i < min(lo+l.batch, n); i++ {
			rows = append(rows, row(i))
		}
		batches <- rows
	}
	close(batches)
	workers.Wait()
}

func (l bareLoop) read(cypher string) {
	ctx := context.Background()
	session := l.driver.NewSession(ctx, neo4j.SessionConfig{})
	defer session.Close(ctx)
	result, err := session.Run(ctx, cypher, nil)
	if err != nil {
		l.b.Fatal(err)
	}
	for result.Next(ctx) {
	}
	if result.Err() != nil {
		l.b.Fatal(result.Err())
	}
}
