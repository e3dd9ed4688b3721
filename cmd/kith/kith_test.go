package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// kith runs one command in this process.
func kith(t testing.TB, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(context.Background(), args, &out, &errs)
	return out.String(), errs.String(), code
}

// must runs a command that must succeed and returns what it printed.
func must(t testing.TB, args ...string) string {
	t.Helper()
	out, errs, code := kith(t, args...)
	if code != exitOK {
		t.Fatalf("kith %s ended with %d: %s", strings.Join(args, " "), code, errs)
	}
	return out
}

// decoded runs a command with --json and decodes what it printed.
func decoded[T any](t *testing.T, args ...string) T {
	t.Helper()
	var v T
	out := must(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("kith %s did not print one JSON document: %v\n%s", strings.Join(args, " "), err, out)
	}
	return v
}

func TestHelpAndUsage(t *testing.T) {
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{nil, exitOK, "Know your customers"},
		{[]string{"--help"}, exitOK, "Exit codes"},
		{[]string{"version"}, exitOK, "kith "},
		{[]string{"load", "--help"}, exitOK, "churn or numbers; found out"},
		{[]string{"no-such-verb"}, exitUsage, "no-such-verb"},
		{[]string{"load", "--data", t.TempDir()}, exitUsage, "name the files"},
		{[]string{"load", "x.csv"}, exitUsage, "--data"},
		{[]string{"load", "--data", t.TempDir(), "--write-map", "x.map.yaml", "x.csv"}, exitUsage, "--explain"},
		{[]string{"analyze", "--data", filepath.Join(t.TempDir(), "none")}, exitNothing, "load"},
		{[]string{"serve", "--data", filepath.Join(t.TempDir(), "none")}, exitNothing, "load"},
		{[]string{"graph", "leiden", "no-such-file.csv"}, exitData, "no-such-file.csv"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			out, errs, code := kith(t, c.args...)
			if code != c.code || !strings.Contains(out+errs, c.says) {
				t.Errorf("ended with %d and said %q %q; want %d and %q", code, out, errs, c.code, c.says)
			}
			if strings.Count(strings.TrimSpace(errs), "\n") > 0 {
				t.Errorf("an error must be one sentence on one line:\n%s", errs)
			}
		})
	}
}

// TestOneVerbOfMany: a verb's help, which is made of its flags, is the same whether
// all verbs are parsed or that one alone.
func TestOneVerbOfMany(t *testing.T) {
	var c cli
	var out bytes.Buffer
	all, err := newParser(&c, nil, &out, &out)
	if err != nil {
		t.Fatal(err)
	}
	help := func(words []string) {
		out.Reset()
		defer func() {
			if _, shown := recover().(helpShown); !shown {
				t.Errorf("%v --help shows no help", words)
			}
		}()
		_, _ = all.Parse(append(words, "--help"))
	}
	verbs := 0
	var visit func(node *kong.Node, words []string)
	visit = func(node *kong.Node, words []string) {
		for _, child := range node.Children {
			verbs++
			words := append(slices.Clone(words), child.Name)
			help(words)
			want := out.String()
			if got := must(t, append(words, "--help")...); got != want {
				t.Errorf("%v alone:\n%s\nand with the others:\n%s", words, got, want)
			}
			visit(child, words)
		}
	}
	visit(all.Model.Node, nil)
	if others := otherVerbs(reflect.TypeOf(c), []string{"graph", "scc"}); verbs < 40 || len(others) < 30 || slices.Contains(others, `cli\.Graph`) || slices.Contains(others, `graphCmd\.SCC`) {
		t.Errorf("of %d verbs, all but one are %q", verbs, others)
	}
}
