package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
)

type serveCmd struct {
	Data   string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	Listen string `help:"Address to listen on. Beyond loopback an API key is needed." default:"127.0.0.1:8080"`
	keyFlags
	storeFlags
	Seed uint64 `help:"Seed of the analyses that POST /v1/runs starts." default:"1"`
}

// Run serves until the context ends.
func (cmd *serveCmd) Run(ctx context.Context, c *console) (err error) {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	h, err := openHouse(ctx, cmd.Data, cmd.storeFlags)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	return h.serve(ctx, c, serving{listen: cmd.Listen, key: key, options: analysis.Options{Seed: cmd.Seed}})
}

// keyFlags say which key clients must show.
type keyFlags struct {
	APIKey     string `name:"api-key" env:"KITH_API_KEY" help:"Key that clients must show as a bearer token. Better in the environment or a file than on the command line." placeholder:"KEY"`
	APIKeyFile string `name:"api-key-file" env:"KITH_API_KEY_FILE" help:"File whose first line is the key." placeholder:"FILE" type:"path"`
}

func (f keyFlags) key() (string, error) {
	if f.APIKeyFile == "" {
		return f.APIKey, nil
	}
	if f.APIKey != "" {
		return "", fmt.Errorf("%w: give the API key itself or a file with it, not both", errUsage)
	}
	text, err := os.ReadFile(f.APIKeyFile)
	if err != nil {
		return "", fmt.Errorf("read the API key: %w", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if first = strings.TrimSpace(first); first == "" {
		return "", &graph.DataError{File: f.APIKeyFile, Line: 1, Reason: "is empty; write the API key into the first line"}
	}
	return first, nil
}

// serving is how a house is served.
type serving struct {
	listen, key string
	options     analysis.Options
	// ready is told the base URL once the server answers; nil prints it.
	ready func(url string)
}

// serve answers requests until ctx ends; then open requests are finished.
func (h *house) serve(ctx context.Context, c *console, o serving) error {
	r, err := h.current(ctx)
	if err != nil && !errors.Is(err, graph.ErrNoRun) {
		return err
	}
	if err != nil {
		c.printf("Nothing has been analysed yet: run kith analyze first, or POST /v1/runs.\n")
	}
	ln, err := api.Listen(ctx, o.listen, o.key)
	if err != nil {
		return err
	}
	life, stop := context.WithCancel(ctx)
	defer stop()
	runs := &runner{house: h, options: o.options, life: life}
	server, err := api.New(api.Options{
		Result: r, Runner: runs, Imports: receipts{h.events}, Health: h,
		Logger:  slog.New(slog.NewJSONHandler(c.err, nil)),
		Version: version, Key: o.key,
	})
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	runs.publish = server.Publish
	base := "http://" + ln.Addr().String()
	if o.ready != nil {
		o.ready(base)
	} else {
		printAddresses(c, base, r)
	}
	err = server.Serve(ctx, ln)
	stop()
	runs.running.Wait()
	c.printf("Stopped.\n")
	return err
}

// printAddresses names the pages and requests to try first.
func printAddresses(c *console, base string, r *analysis.Result) {
	c.printf("Serving on %s\n", base)
	c.printf("  %s/            communities at risk\n", base)
	c.printf("  %s/docs        the API, to try out\n", base)
	if r != nil && r.Customers.Len() > 0 {
		c.printf("  curl '%s/v1/customers/%s/recommendations?limit=3'\n", base, url.PathEscape(exampleCustomer(r)))
	}
	c.printf("Ctrl-C stops it.\n")
}

// exampleCustomer is the customer most at risk, or the first where none is.
func exampleCustomer(r *analysis.Result) string {
	most := uint32(0)
	for u, risk := range r.Risk {
		if risk > r.Risk[most] {
			most = uint32(u)
		}
	}
	return r.Customers.At(most)
}
