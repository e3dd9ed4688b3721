package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// cli is the whole command line; kong makes flags, environment and help of it.
type cli struct {
	Demo     demoCmd     `cmd:"" help:"Simulate an operator, load, analyse and serve it: all verbs in one."`
	Simulate simulateCmd `cmd:"" help:"Write the files of a believable operator, with the truth beside them."`
	Load     loadCmd     `cmd:"" help:"Take in files of calls, purchases, customers, products, visits, campaign contacts, satisfaction, churn dates or telephone numbers."`
	Identity identityCmd `cmd:"" help:"Find out which customers are one person, so that each stands once; look at it, correct it."`
	Analyze  analyzeCmd  `cmd:"" help:"Find communities, leaders, churn risk and recommendations, and publish them."`
	Serve    serveCmd    `cmd:"" help:"Serve the newest result over HTTP."`
	Customer customerCmd `cmd:"" help:"Show all that is known of a customer on one page, with where it came from."`
	Forget   forgetCmd   `cmd:"" help:"Remove a person everywhere, keep the person from coming back, and prove it by a search."`
	Trim     trimCmd     `cmd:"" help:"Remove events that are older than the house may keep."`
	Export   exportCmd   `cmd:"" help:"Write the graph for another program."`
	Graph    graphCmd    `cmd:"" help:"Run one graph kernel on an edge list."`
	Compare  compareCmd  `cmd:"" help:"Hold results against those of another program."`
	Doctor   doctorCmd   `cmd:"" help:"Look at a data folder or a Neo4j server and say what is wrong; guess and check a map of a graph that is already there."`
	Version  versionCmd  `cmd:"" help:"Print the version."`
}

// console is what a verb talks to.
type console struct {
	out, err io.Writer
}

// json writes v as one indented JSON document for programs to read.
func (c *console) json(v any) error {
	enc := json.NewEncoder(c.out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func (c *console) printf(format string, args ...any) {
	fmt.Fprintf(c.out, format, args...)
}

// helpShown unwinds the parser once it has printed help.
type helpShown struct{ code int }

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			shown, ok := r.(helpShown)
			if !ok {
				panic(r)
			}
			code = shown.code
		}
	}()
	var c cli
	parser, err := newParser(&c, args, stdout, stderr)
	if err != nil {
		fmt.Fprintln(stderr, "kith:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(stderr, "kith: %v; see kith --help\n", err)
		return exitUsage
	}
	parsed.BindTo(ctx, (*context.Context)(nil))
	err = parsed.Run(&console{out: stdout, err: stderr})
	if err == nil {
		return exitOK
	}
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		if strings.HasPrefix(parsed.Command(), "graph ") {
			fmt.Fprintln(stderr, "kith: stopped; nothing was written")
			return exitStopped
		}
		fmt.Fprintln(stderr, "kith: stopped; what was finished is kept, run the same command again to go on")
		return exitStopped
	}
	fmt.Fprintln(stderr, "kith:", err)
	return exitCode(err)
}

// newParser makes a parser of the grammar, or of as much of it as the words of a
// command line ask for.
func newParser(c *cli, args []string, stdout, stderr io.Writer) (*kong.Kong, error) {
	options := []kong.Option{
		kong.Name("kith"),
		kong.Description("Know your customers by the company they keep.\n\n" + exitHelp),
		kong.Writers(stdout, stderr),
		kong.Exit(func(code int) { panic(helpShown{code}) }),
		kong.DefaultEnvars("KITH"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	}
	if others := otherVerbs(reflect.TypeOf(*c), args); len(others) > 0 {
		options = append(options, kong.IgnoreFields("^(?:"+strings.Join(others, "|")+")$"))
	}
	return kong.New(c, options...)
}

// otherVerbs names the fields of the verbs that a command line does not ask for, as
// regular expressions; none where it does not begin with a verb. To make the flags of
// all verbs takes longer than many a verb runs.
func otherVerbs(grammar reflect.Type, args []string) (others []string) {
	if len(args) == 0 {
		return nil
	}
	var asked reflect.Type
	for _, f := range reflect.VisibleFields(grammar) {
		if _, verb := f.Tag.Lookup("cmd"); !verb {
			continue
		}
		if cmp.Or(f.Tag.Get("name"), strings.ToLower(f.Name)) == args[0] {
			asked = f.Type
		} else {
			others = append(others, grammar.Name()+`\.`+f.Name)
		}
	}
	if asked == nil {
		return nil
	}
	return append(others, otherVerbs(asked, args[1:])...)
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *console) error {
	c.printf("kith %s\n", version)
	return nil
}

// isTerminal says whether w is a terminal that a person may look at.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
}
