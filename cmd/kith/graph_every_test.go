package main

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// tiesText draws a graph with loops and ties that stand in several rows.
func tiesText(vertices, ties int) []string {
	r := rand.New(rand.NewPCG(7, 7))
	var list []string
	for range ties {
		u := int(float64(vertices) * math.Pow(r.Float64(), 3))
		list = append(list, fmt.Sprintf("v%d,v%d,%d", u, r.IntN(vertices), 1+r.IntN(4)))
	}
	return list
}

// eachVerb calls f for every verb of kith graph with the first of its flags, or with
// each of them in the long version, KITH_SOAK_VERBS=1.
func eachVerb(t *testing.T, f func(t *testing.T, verb string, flags []string)) {
	for _, verb := range slices.Sorted(maps.Keys(graphVerbs)) {
		list := graphVerbs[verb]
		if !soakVerbs() {
			list = list[:1]
		}
		for _, flags := range list {
			t.Run(strings.Join(append([]string{verb}, flags...), " "), func(t *testing.T) { f(t, verb, flags) })
		}
	}
}

func soakVerbs() bool { return os.Getenv("KITH_SOAK_VERBS") != "" }

// verbAnswer runs a verb and returns its report, without what depends on the machine,
// and what it wrote.
func verbAnswer(t *testing.T, verb, file string, flags []string, more ...string) (kernelReport, string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	args := append([]string{"graph", verb, file}, flags...)
	if verb != "snapshot" {
		args = append(args, "--out", out)
	}
	r := decoded[kernelReport](t, append(verbFlags(args, "v0", textFile(t, "seeds.csv", "set,id\none,v0\none,v1\ntwo,v2\n"), out), more...)...)
	r.File, r.Threads, r.ReadS, r.BuildS, r.KernelS, r.KernelCPUS, r.LoadCPUS, r.ListsS, r.PeakBytes, r.EstimateBytes = "", 0, 0, 0, 0, 0, 0, 0, 0, 0
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(text)
}

// TestEveryVerbIsTheSameToTheBit runs each verb on 1, 2, 3, 8 and 16 threads and with
// the rows in two orders; twenty times in the long version.
func TestEveryVerbIsTheSameToTheBit(t *testing.T) {
	t.Parallel()
	list, runs := tiesText(200, 1000), 5
	if soakVerbs() {
		list, runs = tiesText(2000, 20_000), 20
	}
	files := []string{textFile(t, "ties.csv", strings.Join(list, "\n")+"\n")}
	slices.Reverse(list)
	files = append(files, textFile(t, "seit.csv", strings.Join(list, "\n")+"\n"))
	eachVerb(t, func(t *testing.T, verb string, flags []string) {
		first, want := verbAnswer(t, verb, files[0], flags, "--threads", "1")
		if len(want) < 500 {
			t.Fatalf("wrote %q", want)
		}
		for i := range runs - 1 {
			threads := []string{"16", "8", "3", "2", "1"}[i%5]
			r, got := verbAnswer(t, verb, files[i%2], flags, "--threads", threads)
			if got != want || !reflect.DeepEqual(r, first) {
				t.Fatalf("run %d on %s threads differs: %+v, not %+v", i+2, threads, r, first)
			}
		}
	})
}

// finite tells whether all numbers of an answer are.
func finite(text string) bool {
	for line := range strings.Lines(text) {
		for i, field := range strings.Split(strings.TrimSpace(line), ",") {
			if x, err := strconv.ParseFloat(field, 64); err == nil && i > 0 && (math.IsNaN(x) || math.IsInf(x, 0)) {
				return false
			}
		}
	}
	return true
}

// TestEveryVerbOnOddFiles: each odd file has an answer of finite numbers, or is
// refused in one sentence that names it, the same by all verbs.
func TestEveryVerbOnOddFiles(t *testing.T) {
	t.Parallel()
	complete, star := "", ""
	for u := range 40 {
		for v := range u {
			complete += fmt.Sprintf("v%d,v%d\n", u, v)
		}
	}
	for u := range 3000 {
		star += fmt.Sprintf("v0,v%d\n", u+1)
	}
	huge := "v0,v1,3e38\nv1,v2,3e38\nv2,v0,3e38\nv2,v3,1\n"
	for name, c := range map[string]struct{ text, refused string }{
		"empty":            {"", "is empty"},
		"not a number":     {"v0,v1,1\nv1,v2,NaN\n", "weight"},
		"infinite":         {"v0,v1,1\nv1,v2,Inf\n", "weight"},
		"negative":         {"v0,v1,1\nv1,v2,-3\n", "weight"},
		"beyond a float32": {"v0,v1,1\nv1,v2,1e39\n", "weight"},
		"one vertex":       {"v0,v0,1\nv1,v1,0\nv2,v2,0\n", ""},
		"no ties":          {"v0,v1,0\nv1,v2,0\n", ""},
		"loops":            {"v0,v0,1\nv1,v1,2\nv0,v1,1\nv2,v2,1\n", ""},
		"several rows":     {"v0,v1,1\nv0,v1,2\nv1,v0,3\nv2,v1,1\n", ""},
		"huge weights":     {huge, ""},
		"tiny weights":     {strings.ReplaceAll(huge, "3e38", "1e-38"), ""},
		"apart":            {"v0,v1\nv2,v3\nv3,v4\nv5,v6\nv6,v7\nv7,v5\n", ""},
		"a star":           {star, ""},
		"complete":         {complete, ""},
		"large numbers":    {"v0,v1\nv1,v2\nv2,4294967296\n4294967296,18446744073709551616\n18446744073709551616,v0\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			file := textFile(t, "odd.csv", c.text)
			eachVerb(t, func(t *testing.T, verb string, flags []string) {
				if c.refused == "" {
					if name == "huge weights" && verb == "als" {
						_, errs, code := kith(t, append([]string{"graph", verb, file}, flags...)...)
						if code != exitFailed || !strings.Contains(errs, "a tie of weight 3e+38 would count") {
							t.Errorf("ended with %d and said %q", code, errs)
						}
						return
					}
					if _, text := verbAnswer(t, verb, file, flags); verb != "snapshot" && !finite(text) {
						t.Errorf("wrote %s", text[:min(300, len(text))])
					}
					return
				}
				if !soakVerbs() && verb != "leiden" && verb != "pagerank" && verb != "als" {
					return // all read in the same way
				}
				out := filepath.Join(t.TempDir(), "out")
				args := verbFlags(append([]string{"graph", verb, file}, flags...), "v0", textFile(t, "seeds.csv", "set,id\none,v0\n"), out)
				_, errs, code := kith(t, args...)
				if code != exitData || strings.Count(errs, "\n") != 1 || !strings.Contains(errs, "odd.csv") || !strings.Contains(errs, c.refused) {
					t.Errorf("ended with %d and said %q", code, errs)
				}
				if _, err := os.Stat(out); err == nil {
					t.Error("something was written all the same")
				}
			})
		})
	}
}
