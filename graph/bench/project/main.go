// Command project reads a customer-product file, projects it and prints one line
// of JSON with the seconds that it took, so that scripts can set it beside peers.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"strconv"
	"syscall"
	"time"

	"kith/graph"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	columns := flag.Bool("columns", false, "project the second column, not the first")
	idf := flag.Bool("idf", false, "weigh by rarity")
	k := flag.Int("k", 20, "neighbours for each vertex")
	threads := flag.Int("threads", 0, "goroutines; 0 is as many as there are cores")
	repeat := flag.Int("repeat", 1, "how often")
	out := flag.String("out", "", "write vertex,neighbour,similarity here")
	profile := flag.String("cpuprofile", "", "write a CPU profile here")
	flag.Parse()
	ctx := context.Background()
	e, err := graph.ReadEdges(ctx, flag.Arg(0), graph.EdgeOptions{TwoSides: true, Threads: *threads})
	if err != nil {
		return err
	}
	g, _, err := e.Build(ctx, graph.BuildOptions{Threads: *threads})
	if err != nil {
		return err
	}
	opt := graph.ProjectOptions{K: *k, Weighting: graph.Cosine, Threads: *threads}
	names := e.Names
	if *columns {
		opt.Side, names = graph.SideColumns, e.Columns
	}
	if *idf {
		opt.Weighting = graph.CosineIDF
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	var near *graph.Graph
	for range *repeat {
		start, before := time.Now(), cpu()
		var report graph.ProjectReport
		if near, report, err = graph.Project(ctx, g, opt); err != nil {
			return err
		}
		seconds, processor := time.Since(start).Seconds(), cpu()-before
		var usage syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
			return err
		}
		err = json.NewEncoder(os.Stdout).Encode(map[string]any{
			"rows": g.Rows(), "columns": g.Cols, "arcs": g.Arcs(), "neighbours": near.Arcs(), "paths": report.Paths,
			"wall_s": seconds, "cpu_s": processor, "peak_bytes": usage.Maxrss * 1024,
		})
		if err != nil {
			return err
		}
	}
	if *out == "" {
		return nil
	}
	return write(*out, near, names)
}

func write(path string, near *graph.Graph, names *graph.Names) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<20)
	for u := range uint32(near.Rows()) {
		for _, x := range near.Strongest(u) {
			_, _ = w.WriteString(names.At(u) + "," + names.At(x.Vertex) + "," + strconv.FormatFloat(float64(x.Weight), 'g', 9, 32) + "\n")
		}
	}
	return w.Flush()
}

// cpu is the processor time that this process has used.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
