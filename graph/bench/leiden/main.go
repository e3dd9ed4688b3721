package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"runtime"
	"runtime/pprof"
	"syscall"
	"time"

	"kith/community"
	"kith/graph"
	"kith/graph/graphtest"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var o community.Options
	flag.IntVar(&o.Threads, "threads", 0, "goroutines; 0 is as many as there are cores")
	flag.Uint64Var(&o.Seed, "seed", 1, "seed")
	flag.IntVar(&o.Iterations, "iterations", 0, "how often to go over the graph")
	effort := flag.Int("effort", 0, "0 normal, 1 fast, 2 high, 3 until nothing improves")
	objective := flag.Int("objective", 0, "0 modularity, 1 CPM, 2 map equation")
	louvain := flag.Bool("louvain", false, "Louvain instead of Leiden")
	out := flag.String("out", "", "write the community of each vertex here, as id,community")
	profile := flag.String("cpuprofile", "", "write a CPU profile here")
	turns := flag.Bool("turns", false, "run once for each line of the standard input, a seed and where to write the communities")
	repeat := flag.Int("repeat", 1, "how often, each time with the next seed")
	generate := flag.String("generate", "", "write this graph to the file instead: planted-0.3, planted-0.5-weighted, followers, rmat-18, rmat-22x24 (of 24 ties a vertex), …")
	vertices := flag.Int("vertices", 100_000, "vertices of a planted graph")
	flag.Parse()
	o.Effort, o.Objective = community.Effort(*effort), community.Objective(*objective)
	if *generate != "" {
		return write(*generate, *vertices, flag.Arg(0))
	}
	ctx := context.Background()
	edges, err := graph.ReadEdges(ctx, flag.Arg(0), graph.EdgeOptions{Threads: o.Threads})
	if err != nil {
		return err
	}
	g, _, err := edges.Build(ctx, graph.BuildOptions{Undirected: true, Threads: o.Threads})
	if err != nil {
		return err
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
	find := community.Leiden
	if *louvain {
		find = community.Louvain
	}
	measure := func(out string) error {
		runtime.GC() // what the run before has left is not this one's to clear away
		start, before := time.Now(), cpu()
		h, err := find(ctx, g, o)
		if err != nil {
			return err
		}
		wall, after := time.Since(start).Seconds(), cpu()
		top := h.Top()
		q, err := community.Modularity(g, top, 1)
		if err != nil {
			return err
		}
		bits, err := community.Codelength(g, top, 1)
		if err != nil {
			return err
		}
		hash := fnv.New64a()
		for _, c := range top.Of {
			hash.Write([]byte{byte(c), byte(c >> 8), byte(c >> 16), byte(c >> 24)})
		}
		var used syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
			return err
		}
		if out != "" {
			if err := save(out, func(w *bufio.Writer) {
				for v, c := range top.Of {
					fmt.Fprintf(w, "%s,%d\n", edges.Names.At(uint32(v)), c)
				}
			}); err != nil {
				return err
			}
		}
		return json.NewEncoder(os.Stdout).Encode(map[string]any{
			"wall_s": wall, "cpu_s": after - before, "peak_bytes": used.Maxrss * 1024,
			"communities": top.Count, "modularity": q, "codelength": bits, "iterations": h.Iterations,
			"hash": fmt.Sprintf("%016x", hash.Sum64()), "seed": o.Seed, "graph_bytes": g.Bytes(),
		})
	}
	if *turns {
		fmt.Println("{}") // the graph is there
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			var path string
			if _, err := fmt.Sscan(lines.Text(), &o.Seed, &path); err != nil {
				return fmt.Errorf("a turn is a seed and a file, not %q: %w", lines.Text(), err)
			}
			if err := measure(path); err != nil {
				return err
			}
		}
		return nil
	}
	for range *repeat {
		if err := measure(*out); err != nil {
			return err
		}
		o.Seed++
	}
	return nil
}

// write makes a benchmark graph.
func write(name string, vertices int, path string) error {
	var from, to []uint32
	var weights []float32
	scale, ties := 0, 16
	if n, _ := fmt.Sscanf(name, "rmat-%dx%d", &scale, &ties); n > 0 {
		from, to = graphtest.RMAT(scale, ties, 1)
		g, _, err := graph.Build(context.Background(), graph.BuildOptions{Rows: 1 << scale, Undirected: true, DropLoops: true, Merge: graph.MergeOnce}, from, to, nil)
		if err != nil {
			return err
		}
		from, to = from[:0], to[:0]
		for u := range uint32(g.Rows()) {
			for _, v := range g.Neighbours(u) {
				if u < v {
					from, to = append(from, u), append(to, v)
				}
			}
		}
	} else {
		p := graphtest.PlantedOptions{Vertices: vertices, Seed: 1}
		if name == "followers" {
			// As many vertices and ties as ego-twitter, and hubs like there.
			p = graphtest.PlantedOptions{Vertices: 81306, MeanDegree: 33, MaxDegree: 3000, Mixing: .35, MinCommunity: 10, MaxCommunity: 3000, Seed: 1}
		} else if n, _ := fmt.Sscanf(name, "planted-%f", &p.Mixing); n != 1 {
			return fmt.Errorf("no graph is called %q", name)
		}
		if name == fmt.Sprintf("planted-%g-weighted", p.Mixing) {
			p.WeightMixing = .6 * p.Mixing
		}
		planted := graphtest.Planted(p)
		from, to, weights = planted.From, planted.To, planted.Weights
	}
	return save(path, func(w *bufio.Writer) {
		for i, u := range from {
			if weights == nil {
				fmt.Fprintf(w, "%d,%d\n", u, to[i])
			} else {
				fmt.Fprintf(w, "%d,%d,%g\n", u, to[i], weights[i])
			}
		}
	})
}

func save(path string, fill func(*bufio.Writer)) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fill(w)
	if err := w.Flush(); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// cpu is the processor time of this process so far, in seconds.
func cpu() float64 {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return 0
	}
	return float64(r.Utime.Sec+r.Stime.Sec) + float64(r.Utime.Usec+r.Stime.Usec)/1e6
}
