package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
	"kith/graph/neo4jstore"
	"kith/loaders"
	"kith/loaders/persons"
)

type serveCmd struct {
	Data   string `help:"Data folder." required:"" type:"path" placeholder:"DIR"`
	Listen string `help:"Address to listen on. Beyond loopback an API key is needed." default:"127.0.0.1:8080"`
	keyFlags
	storeFlags
	watchFlags
	writtenFlags
	mappingFlags
	retentionFlags
	folderFlags
	ImportGB float64 `name:"import-gb" help:"Largest file that POST /v1/imports takes, in GB of 2^30 bytes." default:"4" placeholder:"GB"`
	Seed     uint64  `help:"Seed of the analyses that POST /v1/runs starts." default:"1"`
}

// Run serves until the context ends.
func (cmd *serveCmd) Run(ctx context.Context, c *console) (err error) {
	key, err := cmd.key()
	if err != nil {
		return err
	}
	o := serving{listen: cmd.Listen, key: key, watch: cmd.Watch, files: loaders.Options{Kind: loaders.Kind(cmd.WatchAs)}, options: analysis.Options{Seed: cmd.Seed}}
	cmd.write(&o.files)
	if err := cmd.put(&o.files); err != nil {
		return err
	}
	if o.keep, err = cmd.span(); err != nil {
		return err
	}
	if o.largest = int64(cmd.ImportGB * (1 << 30)); o.largest < 1 {
		return fmt.Errorf("%w: --import-gb: a file has at least a byte; give a number above 0", errUsage)
	}
	flags := cmd.storeFlags
	if flags.folder, err = cmd.folderFlags.options(); err != nil {
		return err
	}
	h, err := openServed(ctx, cmd.Data, flags)
	if err != nil {
		return err
	}
	defer closeInto(h, &err)
	if cmd.Watch != "" { // better now than with the first file
		if err := loaders.Check(ctx, h.events, o.files); err != nil {
			return err
		}
	}
	return h.serve(ctx, c, o)
}

// openServed opens a house to be served. A Neo4j server that cannot be used is
// no obstacle when the folder has a result, which is then served from memory.
func openServed(ctx context.Context, dir string, f storeFlags) (*house, error) {
	if f.Store == "" {
		return openHouse(ctx, dir, f)
	}
	if err := keepOut(dir, f); err != nil {
		return nil, err
	}
	h, err := openHouse(ctx, dir, storeFlags{folder: f.folder})
	if err != nil {
		return nil, err
	}
	store, err := neo4jstore.Connect(f.Store, f.options())
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	h.store, h.health = store, newHealth(store)
	if err := h.health.ask(ctx); err != nil {
		if _, latest := analysis.Latest(h.results()); latest != nil || errors.Is(err, neo4jstore.ErrMigrating) {
			err = store.Prepare(ctx)
			h.health.fault.Store(nil)
		} else {
			err = nil
		}
		if err != nil {
			return nil, errors.Join(err, h.Close())
		}
	}
	return h, nil
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
	// watch names a folder to load files from, none when empty, and files says
	// how they are read, and with what salt ids are hashed in files that are sent.
	watch string
	files loaders.Options
	// largest is how many bytes a file may have that is sent; 0 means the default.
	largest int64
	// keep is for how long events are kept; 0 is for ever.
	keep time.Duration
	// ready is told the base URL once the server answers; nil prints it.
	ready func(url string)
}

// serve answers requests until ctx ends; then open requests are finished.
func (h *house) serve(ctx context.Context, c *console, o serving) error {
	r, err := h.served(ctx)
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
	var server *api.Server // has no request before Serve
	stream := loaders.NewStream(h.events, loaders.StreamOptions{
		Rejects:   api.MaxEventRejects,
		Committed: func(list []loaders.Happened) { server.Happened(happened(list, time.Now())) },
	})
	defer stream.Close()
	settings := api.Options{
		Result: r, Runner: runs, Imports: receipts{h.events}, Events: posts{stream},
		Uploads: uploads{h, runs, o.files.HashIDs, o.files.Salt}, UploadBytes: o.largest,
		Histories: histories{h.events}, Privacy: privacy{runs, o.files.Salt},
		Notice:  func(ctx context.Context) (string, error) { return persons.Outdated(ctx, h.events) },
		Logger:  slog.New(slog.NewJSONHandler(c.err, nil)),
		Version: version, Key: o.key,
	}
	if h.health != nil {
		settings.Health = h.health
	}
	if server, err = api.New(settings); err == nil {
		err = h.recall(ctx, server, r)
	}
	if err != nil {
		return errors.Join(err, ln.Close())
	}
	runs.publish, runs.drop, runs.log = server.Publish, server.Forget, settings.Logger
	runs.recall = func(ctx context.Context) error {
		r, err := h.stored(ctx)
		if err != nil && !errors.Is(err, graph.ErrNoRun) {
			return err
		}
		server.Forget(func(string) bool { return true })
		return h.recall(ctx, server, r)
	}
	base := "http://" + ln.Addr().String()
	if o.ready != nil {
		o.ready(base)
	} else {
		h.printFault(c)
		printAddresses(c, base, r)
	}
	if h.health != nil {
		h.health.log = settings.Logger
		h.health.back = h.catchUp(r, server.Publish)
		runs.running.Go(func() { h.health.run(life) })
	}
	if o.watch != "" {
		runs.running.Go(func() { watchFolder(life, h.events, o.watch, o.files, settings.Logger) })
	}
	if o.keep > 0 {
		runs.running.Go(func() { runs.retain(life, o.keep, clock{time.Now, time.After}) })
	}
	err = server.Serve(ctx, ln)
	stop()
	runs.running.Wait()
	c.printf("Stopped.\n")
	return err
}

// served is the result to begin with: the current one, or what was last known
// to be, where the store cannot be asked.
func (h *house) served(ctx context.Context) (*analysis.Result, error) {
	if h.health != nil && h.health.Faults() != nil {
		r, err := analysis.Latest(h.results())
		if err != nil {
			return nil, err
		}
		return h.without(ctx, r)
	}
	return h.current(ctx)
}

// catchUp gives what is to be done when the store is back: a run that has become
// current there meanwhile is published, if its result is in the data folder.
func (h *house) catchUp(served *analysis.Result, publish func(context.Context, *analysis.Result) error) func(context.Context) error {
	id := ""
	if served != nil {
		id = served.Run.ID
	}
	return func(ctx context.Context) error {
		// A run of this server may become current at any moment, so it looks
		// again until what it has published is what is current.
		for {
			bounded, cancel := context.WithTimeout(ctx, h.health.patience)
			run, err := h.store.Current(bounded)
			cancel()
			if errors.Is(err, graph.ErrNoRun) || err == nil && run.ID == id {
				return nil
			}
			if err != nil {
				return err
			}
			r, err := analysis.Open(h.results(), run.ID)
			if errors.Is(err, graph.ErrNoRun) {
				h.health.log.Warn("the current run was made in another data folder", slog.String("run", run.ID))
				return nil
			}
			if err != nil {
				return err
			}
			if err := errors.Join(publish(ctx, r), analysis.MarkCurrent(h.results(), run.ID)); err != nil {
				return err
			}
			id = run.ID
		}
	}
}

// printFault says what the server starts without.
func (h *house) printFault(c *console) {
	if h.health == nil {
		return
	}
	for _, f := range h.health.Faults() {
		c.printf("Warning (%s): %s.\nThe last result is served from memory until then; /readyz tells.\n", f.Code, f.Detail)
	}
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
