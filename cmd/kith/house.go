package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"path/filepath"
	"sync"
	"time"

	"kith/api"
	"kith/api/analysis"
	"kith/graph"
	"kith/graph/duckstore"
	"kith/loaders"
)

// house is an open data folder: its events, its results, and the store of its
// graph, which is the folder's own or a Neo4j server.
type house struct {
	dir    string
	events *duckstore.Store
	store  graph.Store
	// health tells how the store is; nil for the folder's own.
	health *health
}

func openHouse(ctx context.Context, dir string, f storeFlags) (*house, error) {
	if err := keepOut(dir, f); err != nil {
		return nil, err
	}
	st, err := duckstore.Open(ctx, dir, f.folder)
	if err != nil {
		return nil, err
	}
	h := &house{dir: dir, events: st, store: st}
	if f.Store == "" {
		return h, nil
	}
	server, err := f.open(ctx)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	h.store, h.health = server, newHealth(server)
	return h, nil
}

// Close closes the stores.
func (h *house) Close() error {
	err := h.events.Close()
	if h.store != graph.Store(h.events) {
		err = errors.Join(h.store.Close(), err)
	}
	return err
}

func (h *house) results() string { return filepath.Join(h.dir, "results") }

// events is the event store as an analysis wants it.
type events struct{ *duckstore.Store }

// Inputs lists the imports by content.
func (e events) Inputs(ctx context.Context) ([]analysis.Input, error) {
	imports, err := e.Imports(ctx)
	if err != nil {
		return nil, err
	}
	var inputs []analysis.Input
	for _, i := range imports {
		if !i.Undone.IsZero() {
			continue
		}
		inputs = append(inputs, analysis.Input{Kind: i.Kind, File: i.File, Hash: i.Hash, Rows: i.Accepted})
	}
	return inputs, nil
}

// analyze runs an analysis and publishes it whole.
func (h *house) analyze(ctx context.Context, o analysis.Options) (*analysis.Result, error) {
	o.Version = version
	if err := errNoMap(h.dir); err != nil {
		return nil, err
	}
	r, err := analysis.Analyze(ctx, h.store, events{h.events}, o)
	if err != nil {
		return nil, err
	}
	if err := analysis.Publish(ctx, h.store, h.results(), r, o.Progress); err != nil {
		return nil, err
	}
	return r, analysis.MarkCurrent(h.results(), r.Run.ID)
}

// current opens the newest published result, without those who asked to be
// forgotten since.
func (h *house) current(ctx context.Context) (*analysis.Result, error) {
	r, err := h.stored(ctx)
	if err != nil {
		return nil, err
	}
	if err := analysis.MarkCurrent(h.results(), r.Run.ID); err != nil {
		return nil, err
	}
	return h.without(ctx, r)
}

// stored opens the newest published result as it is.
func (h *house) stored(ctx context.Context) (*analysis.Result, error) {
	run, err := h.store.Current(ctx)
	if err != nil {
		return nil, err
	}
	return analysis.Open(h.results(), run.ID)
}

// receipts shows the imports of a house to the API.
type receipts struct{ store *duckstore.Store }

// List gives receipts below an id, the newest first.
func (r receipts) List(ctx context.Context, before int64, limit int) ([]api.Import, error) {
	imports, err := r.store.Imports(ctx)
	if err != nil {
		return nil, err
	}
	var list []api.Import
	for i := len(imports) - 1; i >= 0 && len(list) < limit; i-- {
		if imports[i].ID < before {
			shown, err := shownImport(imports[i])
			if err != nil {
				return nil, err
			}
			list = append(list, shown)
		}
	}
	return list, nil
}

// Get gives one receipt with its rejects by reason, and the first of them.
func (r receipts) Get(ctx context.Context, id int64) (api.Import, error) {
	i, err := r.store.Import(ctx, id)
	if errors.Is(err, sql.ErrNoRows) {
		return api.Import{}, api.ErrUnknown
	}
	if err != nil {
		return api.Import{}, err
	}
	shown, err := shownImport(i)
	if err != nil {
		return api.Import{}, err
	}
	all, err := loaders.Receipts(ctx, r.store)
	if err != nil {
		return api.Import{}, err
	}
	for _, receipt := range all {
		if int64(receipt.ID) != id {
			continue
		}
		for _, reason := range receipt.Reasons {
			shown.RejectedByReason = append(shown.RejectedByReason, api.RejectCount{Reason: reason.Reason, Rows: reason.Count})
		}
	}
	if shown.Rejected > 0 {
		const first = 10
		shown.Rejects, err = r.Rejects(ctx, id, 0, first)
		shown.Rejects = shown.Rejects[:min(first, len(shown.Rejects))]
	}
	return shown, err
}

// Rejects gives rejected rows of an import by line.
func (r receipts) Rejects(ctx context.Context, id, after int64, limit int) ([]api.ImportReject, error) {
	if _, err := r.store.Import(ctx, id); errors.Is(err, sql.ErrNoRows) {
		return nil, api.ErrUnknown
	} else if err != nil {
		return nil, err
	}
	list, err := r.store.Rejects(ctx, id, limit, after)
	if err != nil {
		return nil, err
	}
	shown := make([]api.ImportReject, len(list))
	for i, reject := range list {
		shown[i] = api.ImportReject{Line: reject.Line, Column: reject.Column, Reason: reject.Reason, Row: reject.Row}
	}
	return shown, nil
}

func shownImport(i duckstore.Import) (api.Import, error) {
	shown := api.Import{
		ID: i.ID, At: i.At, Kind: i.Kind, File: i.File, Hash: i.Hash, Bytes: i.Bytes, Notes: i.Notes,
		Rows: i.Rows, Accepted: i.Accepted, Duplicates: i.Duplicates, Rejected: i.Rejected,
		FirstAt: i.First, LastAt: i.Last, Seconds: i.Seconds, UndoneAt: i.Undone, Lacks: i.Lacks,
	}
	if i.Seconds > 0 {
		shown.RowsPerSecond = math.Round(float64(i.Rows) / i.Seconds)
	}
	if i.NewCustomers >= 0 {
		shown.NewCustomers, shown.NewProducts = &i.NewCustomers, &i.NewProducts
	}
	for _, why := range i.Repeats {
		shown.DuplicatesByReason = append(shown.DuplicatesByReason, api.RejectCount{Reason: why.Reason, Rows: why.Count})
	}
	for _, w := range i.Warnings {
		shown.Warnings = append(shown.Warnings, api.ImportWarning{Warning: w.Warning, Rows: w.Count, Line: w.Line})
	}
	if err := json.Unmarshal(i.Mapping, &shown.Mapping); err != nil {
		return api.Import{}, fmt.Errorf("read the mapping of import %d: %w", i.ID, err)
	}
	return shown, nil
}

// runner starts analyses for the API, one at a time, and publishes what they find.
type runner struct {
	house   *house
	options analysis.Options
	publish func(context.Context, *analysis.Result) error
	// life ends the runs when the server stops.
	life    context.Context
	running sync.WaitGroup
	log     *slog.Logger // may be nil
	// drop makes the server forget people.
	drop func(gone func(id string) bool)
	// recall makes it remember what was posted as the store has it now.
	recall func(context.Context) error

	mu   sync.Mutex
	runs []api.Run // the newest last
	held bool      // no run may begin
}

// hold keeps runs from beginning until release; it is false while one is under
// way, or somebody else holds them.
func (r *runner) hold() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.runs); r.held || n > 0 && r.runs[n-1].Status == api.RunStatusRunning {
		return false
	}
	r.held = true
	return true
}

func (r *runner) release() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held = false
}

// Start begins a run over a period unless one is under way or the store cannot be
// used.
func (r *runner) Start(ctx context.Context, p graph.Period) (api.Run, error) {
	w, err := windowOf(ctx, r.house.events, p)
	if err != nil {
		return api.Run{}, err
	}
	if r.house.health != nil {
		if err := r.house.health.ask(ctx); err != nil {
			return api.Run{}, err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if n := len(r.runs); r.held || n > 0 && r.runs[n-1].Status == api.RunStatusRunning {
		return api.Run{}, api.ErrRunning
	}
	run := api.Run{ID: fmt.Sprintf("run-%d", len(r.runs)+1), Status: api.RunStatusRunning, StartedAt: time.Now().UTC()}
	r.runs = append(r.runs, run)
	i := len(r.runs) - 1
	r.running.Go(func() { r.work(i, w) })
	return run, nil
}

// Runs lists the runs, the newest first.
func (r *runner) Runs(context.Context) ([]api.Run, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	list := make([]api.Run, 0, len(r.runs))
	for i := len(r.runs) - 1; i >= 0; i-- {
		list = append(list, r.runs[i])
	}
	return list, nil
}

func (r *runner) work(i int, w graph.Window) {
	o := r.options
	o.From, o.AsOf = w.From, w.To
	o.Progress = func(stage string, done, total int64) {
		r.change(i, func(run *api.Run) { run.Stage, run.Done, run.Total = stage, done, total })
	}
	result, err := r.house.analyze(r.life, o)
	if err == nil {
		err = r.publish(r.life, result)
	}
	r.change(i, func(run *api.Run) {
		run.EndedAt, run.Stage, run.Done, run.Total = time.Now().UTC(), "", 0, 0
		if err != nil {
			run.Status, run.Error = api.RunStatusFailed, err.Error()
			return
		}
		run.Status, run.Result, run.AsOf = api.RunStatusPublished, result.Run.ID, result.Run.AsOf
		run.Customers, run.Communities = result.Customers.Len(), result.Levels[0].Count()
	})
}

func (r *runner) change(i int, f func(*api.Run)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.runs[i])
}
