// Command edges reads an edge list, builds its graph and prints one line of JSON
// with the seconds that each step took, so that scripts can set it beside peers.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
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
	var read graph.EdgeOptions
	var build graph.BuildOptions
	flag.StringVar(&read.From, "from", "", "column of the one end, by name or number")
	flag.StringVar(&read.To, "to", "", "column of the other end")
	flag.StringVar(&read.Weight, "weight", "", "column of the weight")
	flag.BoolVar(&read.TwoSides, "two-sides", false, "the ends are of two kinds")
	flag.IntVar(&read.Threads, "threads", 0, "goroutines; 0 is as many as there are cores")
	flag.BoolVar(&build.Undirected, "undirected", false, "store every tie both ways")
	profile := flag.String("cpuprofile", "", "write a CPU profile here")
	repeat := flag.Int("repeat", 1, "how often")
	flag.Parse()
	build.Threads = read.Threads
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
	for range *repeat {
		if err := once(read, build); err != nil {
			return err
		}
	}
	return nil
}

func once(read graph.EdgeOptions, build graph.BuildOptions) error {
	ctx := context.Background()
	start, before := time.Now(), cpu()
	e, err := graph.ReadEdges(ctx, flag.Arg(0), read)
	if err != nil {
		return err
	}
	middle := time.Now()
	g, _, err := e.Build(ctx, build)
	if err != nil {
		return err
	}
	end := time.Now()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{
		"rows": e.Rows, "vertices": g.Rows(), "columns": g.Cols, "arcs": g.Arcs(),
		"read_s": middle.Sub(start).Seconds(), "build_s": end.Sub(middle).Seconds(),
		"wall_s": end.Sub(start).Seconds(), "cpu_s": cpu() - before,
		"peak_bytes": usage.Maxrss * 1024,
	})
}

// cpu is the processor time that this process has used.
func cpu() float64 {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return float64(u.Utime.Sec+u.Stime.Sec) + float64(u.Utime.Usec+u.Stime.Usec)/1e6
}
