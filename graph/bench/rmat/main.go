package main

import (
	"bufio"
	"flag"
	"fmt"
	"os"
	"strconv"

	"kith/graph/graphtest"
)

func main() {
	scale := flag.Int("scale", 18, "the graph has 2^scale vertices")
	factor := flag.Int("factor", 16, "and so many ties for each")
	seed := flag.Uint64("seed", 1, "seed")
	flag.Parse()
	if err := write(flag.Arg(0), *scale, *factor, *seed); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(path string, scale, factor int, seed uint64) error {
	from, to := graphtest.RMAT(scale, factor, seed)
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	var line []byte
	for i, u := range from {
		line = strconv.AppendUint(line[:0], uint64(u), 10)
		line = append(line, ',')
		line = strconv.AppendUint(line, uint64(to[i]), 10)
		line = append(line, '\n')
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
