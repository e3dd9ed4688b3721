package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"syscall"
	"time"

	"kith/loaders/identity"
	"kith/loaders/identity/internal/people"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	n := flag.Int("n", 1_000_000, "records")
	seed := flag.Uint64("seed", 1, "of the people")
	threads := flag.Int("threads", 0, "goroutines; 0 is as many as there are cores")
	verbose := flag.Bool("v", false, "list what the blocking rules brought")
	profile := flag.String("cpuprofile", "", "write a CPU profile here")
	out := flag.String("write", "", "write the people to this CSV file for peers, and end")
	flag.Parse()
	t := people.Make(*n, *seed)
	if *out != "" {
		return write(t, *out)
	}
	opt := identity.Options{Region: "GB", Threads: *threads}
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
	start := time.Now()
	stages, last := map[string]float64{}, ""
	begun := start
	opt.Progress = func(stage string, done, total int64) {
		if last != "" {
			stages[last] += time.Since(begun).Seconds()
		}
		last, begun = stage, time.Now()
	}
	r, err := identity.Resolve(context.Background(), records(t), opt)
	if err != nil {
		return err
	}
	seconds := time.Since(start).Seconds()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		return err
	}
	person := make(map[string]string, len(t.ID))
	for i, id := range t.ID {
		person[id] = t.Person[i]
	}
	q := r.Evaluate(func(id string) string { return person[id] })
	pairs := int64(0)
	for _, rule := range r.Rules {
		pairs += rule.New
		if *verbose {
			fmt.Fprintf(os.Stderr, "%-45s pairs %9d new %9d refined %d dropped %d (%d pairs)\n", rule.Rule, rule.Pairs, rule.New, rule.RefinedKeys, rule.DroppedKeys, rule.DroppedPairs)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"set": "people", "records": *n, "seconds": seconds, "stages": stages, "pairs": pairs, "links": r.Links.Len(),
		"precision": q.Precision, "recall": q.Recall, "f1": q.F1, "peak_mb": used.Maxrss / 1024, "cpu_seconds": float64(used.Utime.Nano()+used.Stime.Nano()) / 1e9})
}

// records hands the table over by columns.
func records(t *people.Table) identity.Records {
	field := func(name string, kind identity.Kind, column []string) identity.Field {
		return identity.Field{Name: name, Kind: kind, Columns: [][]string{column}}
	}
	return identity.Records{IDs: t.ID, Fields: []identity.Field{
		field("first_name", identity.GivenName, t.GivenName), field("surname", identity.Surname, t.Surname), field("dob", identity.BirthDate, t.BirthDate),
		field("phone", identity.Phone, t.Phone), field("email", identity.Email, t.Email), field("street", identity.Street, t.Street), field("city", identity.City, t.City)}}
}

func write(t *people.Table, path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	if err := w.Write(people.Header[:]); err != nil {
		return err
	}
	for i := range t.ID {
		row := t.Row(i)
		if err := w.Write(row[:]); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return f.Close()
}
