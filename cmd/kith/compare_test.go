package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"kith/graph/graphtest"
	"kith/graph/neo4jstore/neo4jtest"
)

// TestCompareGDS holds kith against the real Graph Data Science: on a planted and
// on a real graph both find nearly the same.
func TestCompareGDS(t *testing.T) {
	// All of it goes over TLS, as it must to this server.
	settings, ca := neo4jtest.TLS(t)
	_, stranger := neo4jtest.TLS(t)
	server := neo4jtest.OwnWithGDS(t, settings...)
	uri := strings.Replace(server.URI, "bolt+ssc://", "neo4j+s://", 1)
	t.Setenv("KITH_STORE_PASSWORD", server.Password)
	t.Setenv("KITH_STORE_CA", ca)
	projections := func() int64 {
		n, _ := server.Run("CALL gds.graph.list() YIELD graphName RETURN count(graphName)", nil)[0].Values[0].(int64)
		return n
	}
	house := func(calls string) string {
		dir := filepath.Join(t.TempDir(), "data")
		must(t, "load", "--data", dir, "--as", "calls", calls)
		return dir
	}
	empty := []string{"compare", "gds", "--store", uri}
	_, errs, code := kith(t, empty...)
	oneSentence(t, errs, code, exitNothing, "kith analyze")
	_, errs, code = kith(t, append(empty, "--store-ca", stranger)...)
	oneSentence(t, errs, code, exitFailed, "certificate", "--store-ca")

	// 20 groups of 20, nine ties of ten within, and what an analyst has changed
	// by hand, which counts on both sides.
	planted := filepath.Join(t.TempDir(), "calls.csv")
	var text strings.Builder
	text.WriteString("caller,callee,calls\n")
	for v := range 400 {
		for k := range 7 {
			to := v/20*20 + (v%20+1+3*k)%20
			if k == 6 {
				to = (v*131 + 17) % 400
			}
			if to != v {
				fmt.Fprintf(&text, "c%03d,c%03d,%d\n", v, to, 1+(v+k)%4)
			}
		}
	}
	if err := os.WriteFile(planted, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	must(t, "analyze", "--data", house(planted), "--store", uri)
	server.Run("CREATE (:Customer {id: 'alone'})", nil)
	server.Run("MATCH (:Customer {id: 'c000'})-[r:CALLED]-(:Customer {id: 'c001'}) SET r.fixed_weight = 0", nil)
	server.Run("MATCH (a:Customer {id: 'c000'}), (b:Customer {id: 'c399'}) MERGE (a)-[r:CALLED]->(b) SET r.fixed_weight = 40", nil)
	flags := []string{"compare", "gds", "--store", uri}
	byHand := decoded[comparison](t, append(flags, "--repeat", "2")...)
	if byHand.Customers != 401 {
		t.Errorf("%d customers, want 401", byHand.Customers)
	}
	server.Run("MATCH (n:Customer) DETACH DELETE n", nil)
	real := decoded[comparison](t, append(flags, "--data", house(graphtest.Data(t, "copenhagen/sms.csv")))...)
	if real.Customers != 568 { // counted by TestMessagesAsCalls
		t.Errorf("%d customers, want 568", real.Customers)
	}
	for name, r := range map[string]comparison{"planted": byHand, "real": real} {
		if r.GDS == "" || r.Neo4j == "" || len(r.Notes) != 0 || r.Ties == 0 || r.Graph.Kith.Bytes == 0 || r.Graph.GDS.Bytes == 0 {
			t.Errorf("%s: %+v", name, r)
		}
		for i, want := range []string{"leiden", "louvain"} {
			p := r.Parts[i]
			if p.Name != want || p.Kith.Seconds <= 0 || p.GDS.Seconds <= 0 || p.Kith.Bytes <= 0 || p.GDS.Bytes <= 0 {
				t.Errorf("%s: %+v", name, p)
			}
			if name == "planted" && (p.NMI < .95 || p.ARI < .9) || p.NMI < .8 {
				t.Errorf("%s: %s agrees by NMI %.3f and ARI %.3f", name, p.Name, p.NMI, p.ARI)
			}
			if math.Abs(p.Modularity[0]-p.Modularity[1]) > .03 || p.Modularity[0] < .2 {
				t.Errorf("%s: %s has modularity %v", name, p.Name, p.Modularity)
			}
		}
		for i, want := range []string{"pagerank", "betweenness"} {
			s := r.Scores[i]
			if s.Name != want || s.Largest > 1e-6 || s.Spearman < .9999 || s.Kendall < .999 || s.GDS.Seconds <= 0 {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
	if n := projections(); n != 0 {
		t.Errorf("%d projections are left", n)
	}

	// With sources each side draws its own.
	table := must(t, append(flags, "--sources", "100")...)
	for _, want := range []string{"568 customers", "NMI", "leiden", "louvain", "pagerank", "betweenness", "Kendall", "MB", "the paths from 100 customers"} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %s:\n%s", want, table)
		}
	}

	// Stopped in the middle it leaves nothing behind.
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	ended := make(chan int, 1)
	var stdout, stderr bytes.Buffer
	go func() { ended <- run(ctx, append(flags, "--repeat", "1000000"), &stdout, &stderr) }()
	wait(t, "the projection", func() bool { return projections() == 1 })
	stop()
	if code := <-ended; code != exitStopped {
		t.Errorf("stopped, it ended with %d: %s", code, stderr.String())
	}
	wait(t, "the end of the projection", func() bool { return projections() == 0 })

	// Of a data folder only the events of the window count.
	server.Run("MATCH (n:Customer) DETACH DELETE n", nil)
	timed := textFile(t, "timed.csv", "caller,callee,at\na,b,2026-01-01\nb,c,2026-01-02\nc,d,2026-01-03\nd,a,2026-01-04\n")
	within := decoded[comparison](t, append(flags, "--data", house(timed), "--from", "2026-01-02", "--to", "2026-01-04")...)
	if within.Customers != 3 || within.Ties != 2 {
		t.Errorf("in the window are %d customers and %d ties, want b, c and d, and 2", within.Customers, within.Ties)
	}
}

func TestCompareWithoutGDS(t *testing.T) {
	server := neo4jtest.Open(t)
	t.Setenv("KITH_STORE_PASSWORD", server.Password)
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitUsage, "--store"},
		{[]string{"--store", server.URI, "--threads", "0"}, exitUsage, "--threads"},
		{[]string{"--store", server.URI}, exitFailed, "no Graph Data Science: put the plugin"},
		{[]string{"--store", "bolt://127.0.0.1:1", "--store-timeout", "100ms"}, exitFailed, "does not answer"},
	} {
		_, errs, code := kith(t, append([]string{"compare", "gds"}, c.args...)...)
		oneSentence(t, errs, code, c.code, c.says)
	}
	t.Setenv("KITH_STORE_PASSWORD", "s3cret")
	_, errs, code := kith(t, "compare", "gds", "--store", server.URI)
	oneSentence(t, errs, code, exitFailed, "refuses the user or the password")
	if strings.Contains(errs, "s3cret") {
		t.Errorf("a password is in an error: %s", errs)
	}
	labels, _ := server.Run("MATCH (n) RETURN count(n)", nil)[0].Values[0].(int64)
	if labels != 0 {
		t.Errorf("it left %d nodes in a graph that is not its own", labels)
	}
}

// BenchmarkCompareGDS prints the table of a comparison on the friendships of
// 41,773 people.
func BenchmarkCompareGDS(b *testing.B) {
	server := neo4jtest.OwnWithGDS(b)
	b.Setenv("KITH_STORE_PASSWORD", server.Password)
	dir := filepath.Join(b.TempDir(), "data")
	kith := func(args ...string) string {
		var out, errs bytes.Buffer
		if code := run(b.Context(), args, &out, &errs); code != exitOK {
			b.Fatalf("kith %s: %s", strings.Join(args, " "), errs.String())
		}
		return out.String()
	}
	kith("load", "--data", dir, "--as", "calls", graphtest.Data(b, "deezer-ro/RO_edges.csv.gz"))
	for range b.N {
		b.Logf("\n%s", kith("compare", "gds", "--data", dir, "--store", server.URI, "--repeat", "3"))
	}
}
