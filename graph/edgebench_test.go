package graph_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"kith/graph"
)

func BenchmarkReadEdges(b *testing.B) {
	for _, tc := range []struct{ name, format string }{
		{"numbers", "%d,%d\n"},
		{"phones", "+45%08d,+45%08d\n"},
		{"weights", "%d,%d,1.5\n"},
	} {
		for _, rows := range []int{10_000, 1_000_000} {
			text := tiesCSV(rows, rows/10, tc.format)
			b.Run(fmt.Sprintf("%s/%d", tc.name, rows), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				b.ReportAllocs()
				for b.Loop() {
					if _, err := graph.ReadEdgesFrom(context.Background(), "x", bytes.NewReader(text), graph.EdgeOptions{}); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
			})
		}
	}
}

// BenchmarkCallsCSVToCSR is the way of a night's call records: a file of 10 M
// rows with phone numbers to a weighted graph, names and all. The script
// graph/bench/peers/read_peers.py sets the same beside DuckDB.
func BenchmarkCallsCSVToCSR(b *testing.B) {
	for _, rows := range []int{100_000, 10_000_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "calls.csv")
			if err := writeCalls(path, rows); err != nil {
				b.Fatal(err)
			}
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(info.Size())
			b.ReportAllocs()
			for b.Loop() {
				e, err := graph.ReadEdges(context.Background(), path, graph.EdgeOptions{})
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := e.Build(context.Background(), graph.BuildOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}

func writeCalls(path string, rows int) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	defer file.Close()
	w := bufio.NewWriterSize(file, 1<<20)
	if _, err := w.WriteString("caller,callee,start,seconds\n"); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(1, 0))
	at := 1_700_000_000
	for range rows {
		at += r.IntN(2)
		if _, err := fmt.Fprintf(w, "+4520%06d,+4520%06d,%d,%d\n", r.IntN(rows/10), r.IntN(rows/10), at, r.IntN(600)); err != nil {
			return err
		}
	}
	return w.Flush()
}
